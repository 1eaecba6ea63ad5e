"""The audit log: who did what, in a chain of hashes with signed checkpoints.

One file a run of the engine, ``data/audit/UTC.log``; a line is ``HASH BODY``, BODY is JSON, HASH is
SHA-256 of the hash before and BODY. The first line names the file before and its last hash, so
that a file taken away is missed. Each minute and at the end a checkpoint is signed (Ed25519): who
owns the file but not the key cannot make a chain of his own. A cut tail shows against an anchor,
which is kept elsewhere (`anchor`).
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.bounded import read_bounded
from studio.core.clean import read_json, write_json
from studio.core.clock import NS, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import keep_private
from studio.governance.secrets import SecretStore

_log = logger(__name__)
FORMAT = 1
START = "0" * 64
KEY = "audit/key"
MOST_WAITING = 20_000
MOST_BYTES = 1_000_000_000
SYNC_S = 0.5
CHECKPOINT_NS = 60 * NS
MADE = "\0made"
"""Where an entry that waits has what is still to be made."""
_making = threading.Lock()


class Signer:
    """This machine's signing key, made at first use."""

    def __init__(self, store: SecretStore) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        with _making:
            kept = store.get(KEY)
            if not kept:
                kept = Ed25519PrivateKey.generate().private_bytes_raw().hex()
                store.set(KEY, kept)
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept))
        self.public: str = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, text: str) -> str:
        """Its signature, hex."""
        return self._key.sign(text.encode()).hex()


def is_signed(public: str, text: str, signature: str) -> bool:
    """Did the owner of this public key (hex) sign the text?"""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def link(before: str, body: str) -> str:
    """The hash of a line."""
    return hashlib.sha256(f"{before}{body}".encode("utf-8", "surrogatepass")).hexdigest()


def anchor(file: str, count: int, head: str) -> str:
    """What is kept elsewhere: file, lines and the last one's hash."""
    return f"{file}:{count}:{head}"


class AuditLog:
    """Writes in a thread of its own; the engine never waits. What is lost is counted and written.

    Args:
        folder: of the logs.
        signer: made in the thread; None leaves checkpoints unsigned.
    """

    def __init__(self, folder: Path, signer: Callable[[], Signer]) -> None:
        self.folder = folder
        self.file, self.count, self.head, self.public = "", 0, START, ""
        self.lost = self.error_count = 0
        self.signed = ""
        """The anchor of the last checkpoint."""
        self.signed_ns = 0
        self._signer_of = signer
        self._queue: queue.Queue[dict[str, Any] | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def write(
        self, kind: str, made: Callable[[], dict[str, Any]] | None = None, **data: Any
    ) -> None:
        """Writes an entry; ``data`` is plain and holds no secret; ``made`` brings more of it, in
        the log's thread.
        """
        entry = {"kind": kind, "at": utc_iso(), "at_ns": now_ns(), **data}
        if made is not None:
            entry[MADE] = made
        try:
            self._queue.put_nowait(entry)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Writes what waits, seals the file and closes it."""
        self._queue.put(None)
        self._thread.join(5.0)

    # -- in its thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            handle, signer = self._open()
        except (OSError, StudioError) as error:
            _log.error("no audit log can be written in %s: %s", self.folder, error)
            while self._queue.get() is not None:
                self.lost += 1
            return
        done, checkpointed, told = False, now_ns(), 0
        with os.fdopen(handle, "ab") as file:
            while not done:
                entries, done = self._batch()
                if self.lost > told:
                    entries.append({"kind": "lost", "at": utc_iso(), "count": self.lost - told})
                    told = self.lost
                if done or (self.count and now_ns() - checkpointed > CHECKPOINT_NS):
                    checkpointed = now_ns()
                    self._put(file, entries)
                    text = anchor(self.file, self.count, self.head)
                    entries = [{
                        "kind": "checkpoint", "at": utc_iso(), "anchor": text,
                        "key": signer.public, "signature": signer.sign(text), "is_last": done,
                    }]  # fmt: skip
                    self._put(file, entries)
                    self.signed, self.signed_ns = text, now_ns()
                else:
                    self._put(file, entries)

    def _open(self) -> tuple[int, Signer]:
        self.folder.mkdir(parents=True, exist_ok=True)
        signer = self._signer_of()
        self.public = signer.public
        before = logs(self.folder)
        name = utc_iso().replace(":", "").replace(".", "")
        self.file = f"{name}.log"
        number = 0
        while (self.folder / self.file).exists():
            number += 1
            self.file = f"{name}-{number}.log"
        path = self.folder / self.file
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        keep_private(path)
        last = _last_hash(read_bounded(before[-1], MOST_BYTES)) if before else START
        body = {
            "kind": "begin", "at": utc_iso(), "format": FORMAT, "key": signer.public,
            "before": before[-1].name if before else "", "before_head": last,
        }  # fmt: skip
        with os.fdopen(os.dup(handle), "ab") as file:
            self._put(file, [body])
        return handle, signer

    def _put(self, file: Any, entries: list[dict[str, Any]]) -> None:
        head, lines = self.head, []
        for entry in entries:
            made = entry.pop(MADE, None)
            body = write_json(entry if made is None else {**entry, **made()}, default=str)
            head = link(head, body)
            lines.append(f"{head} {body}\n")
        if not lines:
            return
        try:
            file.write("".join(lines).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            self.lost += len(entries)
            self.error_count += 1
            if self.error_count == 1:
                _log.error("audit entries were lost: %s", error)
            return
        self.head, self.count = head, self.count + len(lines)

    def _batch(self) -> tuple[list[dict[str, Any]], bool]:
        entries: list[dict[str, Any]] = []
        try:
            item = self._queue.get(timeout=CHECKPOINT_NS / NS)
        except queue.Empty:
            return entries, False
        until = now_ns() + round(SYNC_S * NS)
        while item is not None:
            entries.append(item)
            if len(entries) >= 2000:
                return entries, False
            try:
                item = self._queue.get(timeout=max(0.0, (until - now_ns()) / NS))
            except queue.Empty:
                return entries, False
        return entries, True


def logs(folder: Path) -> list[Path]:
    """The files of a folder, oldest first."""
    return sorted(folder.glob("*.log"), key=lambda path: path.stem)


def _last_hash(text: bytes) -> str:
    lines = text.splitlines()
    return lines[-1].split(b" ", 1)[0].decode("ascii", "replace") if lines else START


DROPPED = "dropped.jsonl"
"""Beside the logs: what was dropped when its time was over, each line signed."""


def drop_log(folder: Path, name: str, signer: Signer) -> None:
    """Takes a file away and leaves a signed word of it: name, lines and last hash.

    Raises:
        OSError: it cannot be.
    """
    path = folder / name
    text = read_bounded(path, MOST_BYTES)
    count, head = text.count(b"\n"), _last_hash(text)
    said = anchor(name, count, head)
    line = {"dropped": said, "at": utc_iso(), "signature": signer.sign(f"dropped {said}")}
    with (folder / DROPPED).open("ab") as file:
        keep_private(folder / DROPPED)
        file.write(f"{write_json(line)}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _dropped(folder: Path, public: str) -> dict[str, str]:
    """Last hashes of the files that were dropped, by name; only what this key signed counts."""
    path = folder / DROPPED
    if not path.exists():
        return {}
    found = {}
    for line in read_bounded(path, MOST_BYTES).splitlines():
        try:
            entry = read_json(line)
        except (ValueError, RecursionError):
            continue
        said = str(entry.get("dropped", "")) if isinstance(entry, dict) else ""
        name, _, rest = said.partition(":")
        if said and is_signed(public, f"dropped {said}", str(entry.get("signature", ""))):
            found[name] = rest.rpartition(":")[2]
    return found


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a log.

    Attributes:
        file, line: where; line 0 is the file as a whole.
        what: key of a message under ``audit.``.
        at: time of the last sound entry before it.
    """

    file: str
    line: int
    what: str
    at: str = ""


@dataclass(slots=True)
class Report:
    """What a check of logs found."""

    files: int = 0
    entries: int = 0
    signed: int = 0
    flaws: tuple[Flaw, ...] = ()


def check_logs(folder: Path, public: str = "", anchors: tuple[str, ...] = ()) -> Report:
    """Checks every file of a folder: chain, order of files, signatures, anchors.

    Args:
        public: the key (hex) that must have signed; "" takes each file's own word, which shows
            changes by somebody without a key alone.
        anchors: texts that were kept elsewhere (`anchor`).

    Raises:
        StudioError: not_found; failed, when a file cannot be read.
    """
    files = logs(folder)
    if not files:
        raise StudioError("not_found", "audit.none", path=str(folder))
    report = Report(len(files))
    flaws: list[Flaw] = []
    read = {path.name: _read(path) for path in files}
    dropped = _dropped(folder, public) if public else {}
    for name, lines in read.items():
        parts = [text.split(":") for text in anchors if text.startswith(f"{name}:")]
        wanted = {part[1]: part[2] for part in parts if len(part) == 3}
        found = _check_file(name, lines, public, read, wanted, report)
        flaws += [flaw for flaw in found if flaw.what != "gone" or not _is_let(flaw, dropped)]
    flaws += [Flaw(text.split(":")[0], 0, "gone") for text in anchors
              if text.split(":")[0] not in {**read, **dropped}]  # fmt: skip
    report.flaws = tuple(flaws)
    return report


def _is_let(flaw: Flaw, dropped: dict[str, str]) -> bool:
    """Was this missing file dropped by its owner, as far as the next one had seen it?"""
    return dropped.get(flaw.file) == flaw.at


def _read(path: Path) -> list[str]:
    try:
        return read_bounded(path, MOST_BYTES).decode("utf-8", "surrogateescape").split("\n")
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "audit.unreadable", path=str(path), why=why) from None


def _check_file(
    name: str,
    lines: list[str],
    public: str,
    others: dict[str, list[str]],
    wanted: dict[str, str],
    report: Report,
) -> Iterator[Flaw]:
    """The flaws of a file, up to its first line that is not sound."""
    if lines[-1]:
        yield Flaw(name, len(lines), "torn")
    head, at, key, is_sealed = START, "", public, False
    hashes = {"0": START}
    for number, line in enumerate(lines[:-1], 1):
        found, _, body = line.partition(" ")
        try:
            entry = read_json(body)
        except (ValueError, RecursionError):
            entry = None
        is_first = number == 1
        if found != link(head, body) or not isinstance(entry, dict) or is_sealed or (
            is_first != (entry.get("kind") == "begin")
        ):  # fmt: skip
            yield Flaw(name, number, "changed", at)
            return
        if is_first:
            yield from _follows(entry, others)
            key = public or str(entry.get("key", ""))
        if entry.get("kind") == "checkpoint":
            text = str(entry.get("anchor", ""))
            is_own = text == anchor(name, number - 1, head)
            if not is_own or not is_signed(key, text, str(entry.get("signature", ""))):
                yield Flaw(name, number, "unsigned", at)
            else:
                report.signed += 1
            is_sealed = bool(entry.get("is_last"))
        head, at = found, str(entry.get("at", at))
        hashes[str(number)] = head
        report.entries += 1
    for count, expected in wanted.items():
        if hashes.get(count) != expected:
            yield Flaw(name, int(count) if count.isdecimal() else 0, "anchor", at)
    if not is_sealed:
        yield Flaw(name, len(hashes) - 1, "open", at)


def _follows(entry: dict[str, Any], others: dict[str, list[str]]) -> Iterator[Flaw]:
    """Is the file before there, and does it still reach as far as this one saw it?"""
    before, head = str(entry.get("before", "")), str(entry.get("before_head", ""))
    if not before:
        return
    if before not in others:
        yield Flaw(before, 0, "gone", head)
    elif head != START and not any(line.startswith(head) for line in others[before]):
        yield Flaw(before, 0, "cut")
