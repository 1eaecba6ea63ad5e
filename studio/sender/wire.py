"""How engine and sender talk: messages over a loopback socket, and the note that finds it.

A frame is two big-endian uint32 (length of the head, length of the payload), the head as
msgpack, and the payload as it is. The sender listens on 127.0.0.1 and writes its port and a
random token into a note that only the user may read; keys travel over this socket alone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import struct
from pathlib import Path
from typing import Annotated

import msgspec

from studio.core import processes
from studio.core.whole_file import PRIVATE, write_whole
from studio.sender.model import OutputSettings, OutputStatus

VERSION = 2
MAX_HEAD = 1 << 16
MAX_PAYLOAD = 1 << 26
_LENGTHS = struct.Struct(">II")


class WireFault(Exception):
    """The other side does not speak our language."""


class Hello(msgspec.Struct, tag="hello", frozen=True):
    """First word of the engine."""

    token: str
    version: int = VERSION


class Welcome(msgspec.Struct, tag="welcome", frozen=True):
    """The sender's answer: who it is, and whether it is on already (then it is adopted).

    Attributes:
        settings: what it publishes, None when it was not told yet.
        codec: digest of how the packets it carries are encoded.
    """

    pid: int
    output: str
    is_configured: bool
    settings: OutputSettings | None = None
    codec: str = ""
    version: int = VERSION


class Configure(msgspec.Struct, tag="configure", frozen=True):
    """What to publish and where. ``key`` is a secret. The same again changes nothing.

    Attributes:
        codec: digest of how the packets will be encoded (`studio.outputs.standby.codec_digest`).
    """

    settings: OutputSettings
    key: str = ""
    backup_key: str = ""
    codec: str = ""


class Standby(msgspec.Struct, tag="standby", frozen=True):
    """The standby clip (payload: a NUT file); it also tells the codecs' parameters."""

    sha256: str


class Packet(msgspec.Struct, tag="p", frozen=True):
    """An encoded packet (payload: its data). Times are microseconds of the engine's clock.

    Attributes:
        is_video: else audio.
        pts_us, dts_us, duration_us: from the engine's tick 0.
    """

    is_video: bool
    pts_us: int
    dts_us: int
    duration_us: int
    is_keyframe: bool


class RetryNow(msgspec.Struct, tag="retry", frozen=True):
    """Do not wait for the next try."""


class Dump(msgspec.Struct, tag="dump", frozen=True):
    """Throw away what waits in the delay and show the standby clip for ``hold_s`` at least."""

    hold_s: float = 5.0


class Split(msgspec.Struct, tag="split", frozen=True):
    """Go on in a new file at the next keyframe."""


class Mark(msgspec.Struct, tag="mark", frozen=True):
    """Something happened that a recording keeps as a chapter.

    Attributes:
        kind: scene, product, incident or mark; anchor: of the audit log, which is kept beside the
            chapters.
        label: for a person.
        ref: what it is about, e.g. the product's id.
        at_utc: UTC ISO 8601.
    """

    kind: str
    label: str
    ref: str = ""
    at_utc: str = ""


class StopSending(msgspec.Struct, tag="stop", frozen=True):
    """Say good-bye to the server, finish the file, end."""


class SenderStatus(msgspec.Struct, tag="status", frozen=True):
    """What the sender knows of itself; also its heartbeat."""

    status: OutputStatus


ToSender = Hello | Configure | Standby | Packet | RetryNow | Dump | Split | Mark | StopSending
ToEngine = Welcome | SenderStatus

_encoder = msgspec.msgpack.Encoder()
_to_sender = msgspec.msgpack.Decoder(ToSender)
_to_engine = msgspec.msgpack.Decoder(ToEngine)


def pack(head: ToSender | ToEngine, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    data = _encoder.encode(head)
    return _LENGTHS.pack(len(data), len(payload)) + data + payload


class _Unpacker:
    def __init__(self) -> None:
        self._buffer = bytearray()

    def _frames(self, data: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        self._buffer += data
        found: list[tuple[bytes, bytes]] = []
        at = 0
        while len(self._buffer) - at >= _LENGTHS.size:
            head, payload = _LENGTHS.unpack_from(self._buffer, at)
            if head > MAX_HEAD or payload > limit:
                raise WireFault(f"a frame of {head} + {payload} bytes")
            end = at + _LENGTHS.size + head + payload
            if len(self._buffer) < end:
                break
            middle = at + _LENGTHS.size + head
            found.append(
                (bytes(self._buffer[at + _LENGTHS.size : middle]), bytes(self._buffer[middle:end]))
            )
            at = end
        del self._buffer[:at]
        return found


class SenderUnpacker(_Unpacker):
    """What the sender hears. Until the token was right only a small hello is let in."""

    is_trusted = False

    def feed(self, data: bytes) -> list[tuple[ToSender, bytes]]:
        """Frames that are whole now.

        Raises:
            WireFault: not our language.
        """
        limit = MAX_PAYLOAD if self.is_trusted else 0
        try:
            return [(_to_sender.decode(h), p) for h, p in self._frames(data, limit)]
        except msgspec.DecodeError as fault:
            raise WireFault(str(fault)) from None


class EngineUnpacker(_Unpacker):
    """What the engine hears."""

    def feed(self, data: bytes) -> list[ToEngine]:
        """Frames that are whole now.

        Raises:
            WireFault: not our language.
        """
        try:
            return [_to_engine.decode(head) for head, _ in self._frames(data, 0)]
        except msgspec.DecodeError as fault:
            raise WireFault(str(fault)) from None


class SenderRecord(msgspec.Struct, frozen=True):
    """Where a running sender is found; a hint, see `studio.outputs.line.is_sender`.

    Attributes:
        started: when the process began, in the system's words (`studio.core.processes`).
    """

    pid: Annotated[int, msgspec.Meta(gt=1, lt=processes.MOST_PID)]
    port: Annotated[int, msgspec.Meta(gt=0, lt=1 << 16)]
    token: str
    output: str
    version: int = VERSION
    started: str = ""

    @property
    def process(self) -> processes.ProcessIdentity:
        """The process that it names."""
        return processes.ProcessIdentity(self.pid, self.started)


def note_path(runtime: Path, output: str) -> Path:
    """The file of the note of ``output``; any name gives a file name every system takes."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", output)[:40].strip("_")
    digest = hashlib.sha256(output.encode()).hexdigest()[:8]
    return runtime / f"sender-{plain or 'output'}-{digest}.json"


def write_note(path: Path, note: SenderRecord) -> None:
    """Writes the note so that it is whole or not there, readable by the user alone."""
    write_whole(path, msgspec.json.encode(note), mode=PRIVATE)


def read_note(path: Path) -> SenderRecord | None:
    """The note, or None when there is none that can be read, or it lies under another's name."""
    try:
        with path.open("rb") as file:
            note = msgspec.json.decode(file.read(MAX_HEAD), type=SenderRecord)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return note if note_path(path.parent, note.output).name == path.name else None


def find_notes(runtime: Path) -> dict[str, SenderRecord]:
    """Notes of all senders by output; one that is left over from a dead sender is among them."""
    notes = (read_note(path) for path in sorted(runtime.glob("sender-*.json")))
    return {note.output: note for note in notes if note is not None}


def new_token() -> str:
    """A token nobody guesses."""
    return secrets.token_hex(16)
