"""A small client of the door for the command line: one question at a time, its answer awaited."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast, get_args

from studio.core.clean import read_json
from studio.core.errors import Code, StudioError
from studio.core.text import Text
from studio.remote import place

if TYPE_CHECKING:
    from studio.protocols.obs_client import ObsAnswer

Heard = TypeVar("Heard")

SECONDS = 30.0
TOGETHER = 50
"""So many questions go out before the first answer is waited for."""
MOST_BYTES = 64 * 1024 * 1024


class Where(NamedTuple):
    """A door and what opens it."""

    address: str
    password: str


def find() -> Where:
    """The door of the engine that runs for this user.

    Raises:
        StudioError: unavailable, when none runs.
    """
    where = find_running()
    if where is None:
        raise StudioError("unavailable", "remote.not_running")
    return where


def find_running() -> Where | None:
    """The same; None when none runs: for what can be done without one."""
    address = place.address()
    return Where(address, password_for(address)) if address else None


def password_for(address: str) -> str:
    """What opens the door there: the key of the run that opened it, else the kept password.

    "" when there is neither.
    """
    key = place.read()
    if key is not None and address.endswith(f":{key.port}"):
        return key.key
    from studio.governance.secrets import Secrets

    return Secrets().get("remote/password")


class RemoteClient:
    """Speaks obs-websocket v5 (JSON, no events). Use as a context manager.

    Raises:
        StudioError: unavailable (nobody there, lost), denied (the password).
    """

    def __init__(self, address: str, password: str = "", name: str = "cli") -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        from studio.protocols.obs_client import ObsClientProtocol

        # A stranger on that port may say anything: what cannot be read is no engine either.
        self._lost = (OSError, TimeoutError, WebSocketException, ValueError)
        self._protocol = ObsClientProtocol()
        self._numbers = itertools.count(1)
        try:
            self._context = connect(address, max_size=MOST_BYTES, compression=None, open_timeout=10)
            self._socket = self._context.__enter__()
        except self._lost as error:
            raise StudioError("unavailable", "remote.lost", why=_why(error)) from None
        try:
            self._identify(password)
            self.vendor("session.introduce", name=name)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RemoteClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def request(self, kind: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request of the protocol; its data.

        Raises:
            StudioError: failed, with the status it was answered with.
        """
        number = next(self._numbers)
        answer = self._answer(number, kind, self._protocol.request(number, kind, data))
        return answer.data

    def vendor(self, question: str, /, **data: Any) -> Any:
        """One of our own questions or commands; its result.

        Raises:
            StudioError: what the engine says, as if it had been raised here.
        """
        number = next(self._numbers)
        frame = self._protocol.vendor_request(number, question, data)
        told = self._answer(number, question, frame).vendor
        if told is None or not told.ok:
            raise _fault(told.error if told else {})
        return told.result

    def vendor_all(self, question: str, /, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same with each of these, ``TOGETHER`` at a time; their answers are not looked at.

        Raises:
            StudioError: unavailable: the connection was lost.
        """
        from studio.protocols.obs_client import ObsAnswer

        for start in range(0, len(rows), TOGETHER):
            some = rows[start : start + TOGETHER]
            waiting = {next(self._numbers) for _ in some}
            for number, data in zip(sorted(waiting), some, strict=True):
                self._say(self._protocol.vendor_request(number, question, dict(data)))
            while waiting:
                answer = self._hear(self._protocol.read)
                if isinstance(answer, ObsAnswer):
                    waiting.discard(answer.number)

    def run(self, command: str, /, **args: Any) -> Any:
        """A command; what it returned, without the journal's entry its answer comes in.

        Raises:
            StudioError: what the engine says.
        """
        return self.vendor(command, **args)["result"]

    def _answer(self, number: int, kind: str, frame: str) -> ObsAnswer:
        from studio.protocols.obs_client import ObsAnswer

        self._say(frame)
        while True:
            answer = self._hear(self._protocol.read)
            if isinstance(answer, ObsAnswer) and answer.number == number:
                break
        if not answer.is_done:
            why, code = answer.comment, answer.code
            raise StudioError("failed", "remote.refused", request=kind, why=why, code=code)
        return answer

    def _identify(self, password: str) -> None:
        self._hear(self._protocol.take_hello)
        self._say(self._protocol.identify(password))
        try:
            self._hear(self._protocol.is_admitted)
        except StudioError:
            if self._socket.close_code == 4009:
                raise StudioError("denied", "remote.not_admitted") from None
            raise

    def _say(self, frame: str) -> None:
        try:
            self._socket.send(frame)
        except self._lost as error:
            raise StudioError("unavailable", "remote.lost", why=_why(error)) from None

    def _hear(self, read: Callable[[str | bytes], Heard]) -> Heard:
        """The next message, as ``read`` understands it."""
        try:
            return read(self._socket.recv(timeout=SECONDS))
        except self._lost as error:
            raise StudioError("unavailable", "remote.lost", why=_why(error)) from None


def _fault(error: dict[str, Any]) -> StudioError:
    """The engine's error as one of our own; what is none comes from another program."""
    code, key, params = error.get("code"), error.get("key"), error.get("params")
    if code in get_args(Code) and isinstance(key, str) and isinstance(params, dict):
        return StudioError(cast(Code, code), key, **params)
    return StudioError("unavailable", "remote.lost", why="an answer of another program")


def _why(error: BaseException) -> str:
    return str(error) or type(error).__name__


def parse_pairs(words: list[str]) -> dict[str, Any]:
    """ "key=value" words as arguments; a value that is a JSON list or object is read as one.

    Raises:
        StudioError: invalid, for a word without "=".
    """
    found: dict[str, Any] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key.strip():
            raise StudioError("invalid", "remote.not_a_pair", text=word)
        found[key.strip()] = value
        if value[:1] in "[{" and value:
            try:
                found[key.strip()] = read_json(value)
            except ValueError:
                continue
    return found


def do(command: str, words: list[str]) -> Any:
    """Runs a command on the running engine; its result, None when it has nothing to say.

    Raises:
        StudioError: what the engine says.
    """
    args = parse_pairs(words)
    with RemoteClient(*find()) as client:
        return client.run("command.text", command=command, args=args)


def undo(*, confirm: bool = False) -> Text:
    """Takes back the last step that the command line did in the open show; what it is called.

    Args:
        confirm: also where that cannot be undone.

    Raises:
        StudioError: conflict: there is none, or another has changed the same since.
    """
    with RemoteClient(*find()) as client:
        done = client.vendor("undo.run", confirm=confirm)
    return Text(*done["step"]["label"])


def ask_running(command: str, /, **args: Any) -> Any:
    """What a command of the engine that runs for this user returned; None where none runs.

    For what can be done without an engine, but is the engine's own to do while it has it open.

    Raises:
        StudioError: what the engine says.
    """
    where = find_running()
    if where is None:
        return None
    with RemoteClient(*where) as client:
        return client.run(command, **args)


def check_format(file: Path) -> str:
    """The picture format of a file's ending.

    Raises:
        StudioError: invalid, when pictures are not written in it.
    """
    from studio.protocols.obs_ws import FORMATS

    format = file.suffix.lstrip(".").lower() or "png"
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        raise StudioError("invalid", "remote.picture_format", format=format, known=known)
    return format


def snapshot(file: Path, scene: str | None) -> None:
    """Writes the programme, or a scene as it would go out, of the running engine to a file.

    Raises:
        StudioError: what the engine says; failed, when the file cannot be written.
    """
    format = check_format(file)
    what = {"what": "scene", "name": scene} if scene else {"what": "programme"}
    with RemoteClient(*find()) as client:
        found = client.vendor("picture.get", format=format, **what)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(found["imageData"].partition(",")[2]))
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "media.cannot_write", path=str(file), why=why) from None
