"""Anchors that a desk keeps of each engine it was at: an engine whose log went back is seen.

A file an engine, ``shopcast-anchors-KEY.jsonl``, the newest anchor of each of its logs a line; the
folder or a file of it is what ``shopcast audit verify --anchor`` reads. What contradicts an anchor
that is kept is kept beside it: two anchors of one line that differ, both signed, are the proof
that somebody with the key wrote the log anew.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import config_dir, folder_mark
from studio.core.whole_file import PRIVATE, write_whole
from studio.governance.anchors import PREFIX, read_anchors
from studio.governance.audit import MOST_BYTES, SignedAnchor, anchor_parts, is_signed, logs
from studio.governance.audit_check import MOST_LINE, dropped_logs

_log = logger(__name__)
MOST_LOGS, MOST_ENGINES, MOST_DOUBTS, MOST_TEXT = 100, 50, 20, 300
OLD_S = 30 * 86_400
"""An engine that was not met for so long gives its place away; who changes keys each minute must
not drive out what proves something of others."""
OWN_LOGS = 5
"""Of its own logs: whoever brought an old copy back knowingly has starts enough to be told."""
Contradiction = Literal["back", "other", "unsigned"]


class AnchorDoubt(NamedTuple):
    """An anchor that does not go with the one that is kept.

    Attributes:
        what: "back": fewer lines than before; "other": the same lines end in another hash;
            "unsigned": its key did not sign it.
        kept, told: both anchors; ``kept`` is empty where none is needed.
    """

    what: Contradiction
    kept: SignedAnchor
    told: SignedAnchor


class KeptAnchors:
    """The newest anchors of every engine, in a folder; may be used from any thread.

    Args:
        folder: made when there is something to keep.
        most_logs: so many logs of an engine are remembered, the newest ones.
    """

    def __init__(self, folder: Path, most_logs: int = MOST_LOGS) -> None:
        self.folder, self._most = folder, most_logs
        self._lock = threading.Lock()
        self._known: dict[str, list[SignedAnchor]] = {}

    def of(self, key: str) -> list[SignedAnchor]:
        """What is kept of the engine with this public key, by log, the oldest first."""
        with self._lock:
            return list(self._read(key))

    def take(self, made: SignedAnchor) -> AnchorDoubt | None:
        """Keeps an anchor where it says more than what is there; what is wrong with it, else None.

        A disk that does not take it is logged: the next one is tried again.
        """
        file, count, head = anchor_parts(made)
        if not file or not made.key or len(made.anchor) > MOST_TEXT:
            return None
        if not is_signed(made.key, made.anchor, made.signature):
            return AnchorDoubt("unsigned", SignedAnchor(""), made)
        with self._lock:
            kept = self._read(made.key)
            of_file = [entry for entry in kept if anchor_parts(entry)[0] == file]
            if any(anchor_parts(entry)[1:] == (count, head) for entry in of_file):
                return None
            doubt = _doubt(of_file, made)
            if doubt is None and len(of_file) == 1:
                kept = [entry for entry in kept if entry not in of_file]
            if len(of_file) < MOST_DOUBTS:  # more than one is a proof, and stays
                self._write(made.key, [*kept, made])
        return doubt

    def _read(self, key: str) -> list[SignedAnchor]:
        if key not in self._known:
            if len(self._known) >= MOST_ENGINES:
                self._known.clear()
            path = self._path(key)
            try:
                found = read_anchors(str(path)) if path.is_file() else []
            except StudioError as error:
                _log.warning("%s", error.in_language("en"))
                found = []
            self._known[key] = [
                entry for entry in found
                if entry.key == key and is_signed(key, entry.anchor, entry.signature)
            ]  # fmt: skip
        return self._known[key]

    def _write(self, key: str, kept: Sequence[SignedAnchor]) -> None:
        files = sorted({anchor_parts(entry)[0] for entry in kept})[-self._most :]
        rows = sorted(
            (entry for entry in kept if anchor_parts(entry)[0] in files),
            key=lambda entry: (anchor_parts(entry)[0], entry.at),
        )
        self._known[key] = rows
        path = self._path(key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            is_new = not path.exists()
            text = "".join(f"{encode_json(entry)}\n" for entry in rows)
            write_whole(path, text, mode=PRIVATE)
            if is_new:
                self._make_room(path)
        except OSError as error:
            _log.warning("anchors cannot be kept in %s: %s", self.folder, error)

    def _make_room(self, newest: Path) -> None:
        now_s = newest.stat().st_mtime  # by the disk's own clock
        found = sorted(self.folder.glob(f"{PREFIX}*.jsonl"), key=lambda path: path.stat().st_mtime)
        while len(found) > MOST_ENGINES:
            oldest = found.pop(0)
            is_old = now_s - oldest.stat().st_mtime > OLD_S
            (oldest if is_old else newest).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{PREFIX}{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"


def _count(made: SignedAnchor) -> int:
    return anchor_parts(made)[1]


def _doubt(of_file: Sequence[SignedAnchor], made: SignedAnchor) -> AnchorDoubt | None:
    _, count, _ = anchor_parts(made)
    for before in of_file:
        if _count(before) == count:
            return AnchorDoubt("other", before, made)
    longest = max(of_file, key=_count, default=None)
    if longest is not None and count < _count(longest):
        return AnchorDoubt("back", longest, made)
    return None


def own_kept(folder: Path) -> KeptAnchors:
    """What this machine remembers of its own log, beside its settings.

    A data folder that is brought back from an old copy has less than is remembered here.

    Args:
        folder: of the log.
    """
    place = config_dir() / "own-anchors" / folder_mark(folder)
    return KeptAnchors(place, most_logs=OWN_LOGS)


class Comparison(NamedTuple):
    """What a log says to anchors that somebody else kept.

    Attributes:
        agreed: how many are as the log has them.
        strange: of other keys, or not signed by it: nothing is said by them.
        missing: those that the log contradicts: the line, or the file, is not there any more.
    """

    agreed: int
    strange: int
    missing: tuple[SignedAnchor, ...]


def compare(folder: Path, public: str, anchors: Sequence[SignedAnchor]) -> Comparison:
    """Does the log still have the lines that these anchors saw? The chain itself is not checked.

    Args:
        public: the key (hex) that must have signed them.

    Raises:
        OSError: a file cannot be read.
    """
    own = [
        made for made in anchors
        if made.key == public and is_signed(public, made.anchor, made.signature)
        and anchor_parts(made)[1] > 0
    ]  # fmt: skip
    dropped = dropped_logs(folder, public)
    paths = {path.name: path for path in logs(folder)}
    missing: list[SignedAnchor] = []
    agreed = 0
    for name in sorted({anchor_parts(made)[0] for made in own}):
        asked = [made for made in own if anchor_parts(made)[0] == name]
        if name in dropped:
            agreed += len(asked)
            continue
        heads = dict(_heads(paths[name], {_count(made) for made in asked})) if name in paths else {}
        for made in asked:
            _, count, head = anchor_parts(made)
            if heads.get(count) == head:
                agreed += 1
            else:
                missing.append(made)
    return Comparison(agreed, len(anchors) - len(own), tuple(missing))


def _heads(path: Path, numbers: set[int]) -> Iterator[tuple[int, str]]:
    """The hash that stands in each of these lines."""
    last, left = max(numbers), MOST_BYTES
    with path.open("rb") as file:
        for number in range(1, last + 1):
            line = file.readline(MOST_LINE)
            left -= len(line)
            if not line or left < 0:
                return
            if number in numbers:
                yield number, line[:64].decode("ascii", "replace")
