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
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from studio.core.batches import WaitingBatches
from studio.core.bounded import read_bounded
from studio.core.clean import write_json
from studio.core.clock import NS, now_ns, utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import keep_private
from studio.core.text import natural
from studio.governance.secrets import SecretStore

_log = logger(__name__)
FORMAT = 1
START = "0" * 64
KEY = "audit/key"
MOST_WAITING = 50_000
MANY, MOST_IN_A_WRITE = 2_000, 10_000
"""So many are written at once, without waiting for more; and so many by one write."""
MOST_BYTES = 1_000_000_000
SYNC_S = 0.5
CHECKPOINT_NS = 60 * NS
JUMP_MS = 5_000
"""So far apart from the engine's own clock, this machine's was set."""
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


class SignedAnchor(msgspec.Struct, frozen=True):
    """A signed checkpoint, as it is kept elsewhere; whoever has it can prove it.

    Attributes:
        anchor: file, lines and the last one's hash (`anchor`).
        at: when it was signed, UTC.
        key: that signed, public, hex.
    """

    anchor: str
    at: str = ""
    key: str = ""
    signature: str = ""


def anchor_parts(made: SignedAnchor) -> tuple[str, int, str]:
    """File, lines and hash of an anchor; ("", 0, "") where it is none."""
    file, digits, head = (*made.anchor.split(":"), "", "")[:3]
    count = natural(digits)
    return (file, count, head) if head and count is not None else ("", 0, "")


class AuditLog:
    """Writes in a thread of its own; the engine never waits. What is lost is counted and written.

    Args:
        folder: of the logs.
        signer: made in the thread; None leaves checkpoints unsigned.
        on_signed: told of each checkpoint, in the log's thread; returns at once.
    """

    def __init__(
        self,
        folder: Path,
        signer: Callable[[], Signer],
        on_signed: Callable[[SignedAnchor], None] | None = None,
    ) -> None:
        self.folder = folder
        self.file, self.count, self.head, self.public = "", 0, START, ""
        self.lost = self.error_count = 0
        self.newest = SignedAnchor("")
        """The last checkpoint."""
        self.signed_ns = 0
        self._signer_of, self._on_signed = signer, on_signed
        self._line = WaitingBatches[dict[str, Any]](
            most=MOST_WAITING, many=MANY, most_taken=MOST_IN_A_WRITE, gather_s=SYNC_S
        )
        self._is_asked = False
        self._apart_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    @property
    def signed(self) -> str:
        """The anchor of the last checkpoint."""
        return self.newest.anchor

    @property
    def waiting(self) -> int:
        """Entries that are not written yet."""
        return len(self._line)

    def write(
        self, kind: str, made: Callable[[], dict[str, Any]] | None = None, **data: Any
    ) -> None:
        """Writes an entry; ``data`` is plain and holds no secret; ``made`` brings more of it, in
        the log's thread.
        """
        entry = {"kind": kind, "at": utc_ms(), "at_ns": now_ns(), **data}
        if made is not None:
            entry[MADE] = made
        if not self._line.put(entry):
            self.lost += 1

    def checkpoint(self) -> None:
        """Signs soon, not at the end of the minute."""
        self._is_asked = True
        self._line.hurry()

    def close(self) -> None:
        """Writes what waits, seals the file and closes it."""
        self._line.close()
        self._thread.join(5.0)

    # -- in its thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            handle, signer = self._open()
        except (OSError, StudioError) as error:
            _log.error("no audit log can be written in %s: %s", self.folder, error)
            for count in self._line.dropped():
                self.lost += count
            return
        done, checkpointed, told = False, now_ns(), 0
        # No buffer: what a full disk did not take must not be written behind what comes later.
        with os.fdopen(handle, "ab", buffering=0) as file:
            while not done:
                is_closing = self._line.is_closing  # what is written after this is lost and counted
                entries, is_asked = self._batch(checkpointed + CHECKPOINT_NS)
                done = is_closing and not self._line
                entries = self._jumped() + entries
                if self.lost > told:
                    entries.append({"kind": "lost", "at": utc_ms(), "count": self.lost - told})
                    told = self.lost
                self._put(file, entries)
                is_due = self.count and now_ns() - checkpointed >= CHECKPOINT_NS
                if done or is_asked or is_due:
                    checkpointed = now_ns()
                    self._sign(file, signer, is_last=done)

    def _jumped(self) -> list[dict[str, Any]]:
        """Was this machine's clock set since the last look? An entry says by how much."""
        ms, apart_ms = utc_ms(), utc_ms() - now_ns() // 1_000_000
        before, self._apart_ms = self._apart_ms, apart_ms
        if before is None or abs(apart_ms - before) < JUMP_MS:
            if before is not None:
                self._apart_ms = before
            return []
        return [{"kind": "clock", "at": ms, "by_s": round((apart_ms - before) / 1000)}]

    def _sign(self, file: Any, signer: Signer, *, is_last: bool) -> None:
        text, ms = anchor(self.file, self.count, self.head), utc_ms()
        made = SignedAnchor(text, _utc(ms), signer.public, signer.sign(text))
        entry = {
            "kind": "checkpoint", "at": ms, "anchor": text, "key": signer.public,
            "signature": made.signature, "is_last": is_last,
        }  # fmt: skip
        if not self._put(file, [entry]):
            return
        self.newest, self.signed_ns = made, now_ns()
        if self._on_signed is not None:
            self._on_signed(made)

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
            "kind": "begin", "at": utc_ms(), "format": FORMAT, "key": signer.public,
            "before": before[-1].name if before else "", "before_head": last,
        }  # fmt: skip
        with os.fdopen(os.dup(handle), "ab", buffering=0) as file:
            self._put(file, [body])
        return handle, signer

    def _put(self, file: Any, entries: list[dict[str, Any]]) -> bool:
        """Writes and syncs; False where the disk would not have it."""
        head, lines = self.head.encode(), list[bytes]()
        for entry in entries:
            made = entry.pop(MADE, None)
            entry["at"] = _utc(entry["at"])
            body = _body(entry if made is None else {**entry, **made()})
            head = hashlib.sha256(head + body).hexdigest().encode()
            lines += (head, b" ", body, b"\n")
        if not lines:
            return True
        size, left = file.seek(0, os.SEEK_END), memoryview(b"".join(lines))
        try:
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError as error:
            _cut_to(file, size)
            self.lost += len(entries)
            self.error_count += 1
            if self.error_count == 1:
                _log.error("audit entries were lost: %s", error)
            return False
        self.head, self.count = head.decode(), self.count + len(entries)
        return True

    def _batch(self, due_ns: int) -> tuple[list[dict[str, Any]], bool]:
        """What came within half a second of the first, and whether a checkpoint is asked for.

        Args:
            due_ns: when the next checkpoint is; nothing is waited for beyond.
        """
        self._line.wait(max(0.0, (due_ns - now_ns()) / NS))
        # Before they are taken: what was written before it was asked for is signed with it.
        is_asked, self._is_asked = self._is_asked, False
        return self._line.take(), is_asked


def _cut_to(file: Any, size: int) -> None:
    """Half a line would break the chain of those that follow."""
    try:
        file.truncate(size)
    except OSError as error:
        _log.error("half an audit entry stays in the log: %s", error)


def _body(entry: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(entry, enc_hook=str)
    except (UnicodeEncodeError, TypeError, ValueError):  # half a letter, a number beyond 64 bits
        return write_json(entry, default=str).encode("utf-8")


@lru_cache(maxsize=8)
def _utc(ms: int) -> str:
    """Many entries come in the same millisecond."""
    return utc_of(ms / 1000)


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
