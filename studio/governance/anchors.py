"""Anchors of the audit log outside of it: a folder on another disk, phones, recordings.

A signed checkpoint that stands where whoever cuts the log cannot reach shows the cut. Each minute
the newest one is added to ``shopcast-anchors-LOG.jsonl`` of the folder that a person chose; it is
told by an event, which phones keep, and stands in the chapter data of what is recorded. Nothing
waits for any of them.
"""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json, read_json
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import keep_private
from studio.governance.audit import SignedAnchor
from studio.governance.time_stamps import StampedAnchor, ask_stamp
from studio.governance.watch.model import AnchorPlace

_log = logger(__name__)
PREFIX = "shopcast-anchors-"
CHAPTERS = ".chapters.json"
MOST_WAITING = 10_000
"""A week of minutes: a disk that is away for longer gets the newest."""
MOST_BYTES = 50_000_000
MOST_FILES = 5_000
CLOSE_S = 2.0
STAMP_NS = 3600 * NS
"""How often a time-stamp service is asked."""
_TEXT = re.compile(r"[^\s:\"]+\.log:\d+:[0-9a-f]{64}")


class AnchorFolder:
    """Writes anchors into a folder, in a thread of its own; what fails is tried again.

    Args:
        chosen: the folder a person chose, "" for none; asked in the thread, at its start.
        service: address of a time-stamp service (RFC 3161), "" for none; asked in the thread.
        beside: a path on the disk of the log.
    """

    def __init__(
        self, chosen: Callable[[], str], beside: Path, service: Callable[[], str] = lambda: ""
    ) -> None:
        self._chosen, self._beside, self._service = chosen, beside, service
        self.place = AnchorPlace()
        self._waiting: deque[SignedAnchor] = deque(maxlen=MOST_WAITING)
        self._some, self._is_closing = threading.Event(), False
        self._newest, self._stamp_ns = SignedAnchor(""), 0
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="anchors", daemon=True)
        self._thread.start()

    def keep(self, made: SignedAnchor) -> None:
        """Keeps an anchor soon; returns at once."""
        self._newest = made
        self._waiting.append(made)
        self._some.set()

    def choose(self, folder: str) -> None:
        """Anchors go there from now on; "" is nowhere. Not for the engine's loop.

        Raises:
            StudioError: it is no folder, or cannot be written.
        """
        if folder:
            _try_out(Path(folder))
        with self._lock:
            self._take(folder)
        self._some.set()

    def stamp(self, url: str, made: SignedAnchor) -> StampedAnchor:
        """Has an anchor stamped by a service (RFC 3161) and keeps that too. Not for the loop.

        Raises:
            StudioError: no folder is chosen; the service gave no stamp.
        """
        if not self.place.folder:
            raise StudioError("conflict", "audit.stamp_nowhere")
        stamped = ask_stamp(url, made)
        self.keep(stamped)
        return stamped

    def close(self) -> None:
        """Writes what waits; a disk that hangs is left behind."""
        self._is_closing = True
        self._some.set()
        self._thread.join(CLOSE_S)

    # -- in its thread -------------------------------------------------------------------------

    def _run(self) -> None:
        with self._lock:
            if not self.place.folder:
                self._take(self._chosen())
        while True:
            is_closing = self._is_closing
            with self._lock:
                self._write_all()
            if is_closing:
                return
            self._stamp_due()
            self._some.wait()
            self._some.clear()

    def _stamp_due(self) -> None:
        """Each hour the newest anchor is stamped, where there is a service."""
        newest = self._newest
        if not newest.anchor or not self.place.folder or self._is_closing:
            return
        if self._stamp_ns and now_ns() - self._stamp_ns < STAMP_NS:
            return
        self._stamp_ns = now_ns()
        url = self._service()
        if not url:
            return
        try:
            self.stamp(url, newest)
        except StudioError as error:
            _log.warning("%s", error.in_language("en"))

    def _take(self, folder: str) -> None:
        self.place = AnchorPlace(
            folder=folder, is_same_disk=bool(folder) and _is_same(Path(folder), self._beside)
        )

    def _write_all(self) -> None:
        place, waiting = self.place, list(self._waiting)
        if not waiting:
            return
        if not place.folder:
            while len(self._waiting) > 1:  # a folder that is chosen gets the newest at once
                self._waiting.popleft()
            return
        try:
            lines: dict[str, str] = {}
            for made in waiting:
                name = _file_of(made)
                lines[name] = f"{lines.get(name, '')}{encode_json(made)}\n"
            for name, text in lines.items():
                _append(Path(place.folder), name, text)
        except OSError as error:
            why = error.strerror or str(error)
            if why != place.error:
                _log.warning("anchors cannot be kept in %s: %s", place.folder, why)
            self.place = msgspec.structs.replace(place, error=why, waiting=len(waiting))
            return
        for made in waiting:
            if self._waiting and self._waiting[0] is made:
                self._waiting.popleft()
        self.place = msgspec.structs.replace(place, at_utc=waiting[-1].at, error="", waiting=0)


def _file_of(made: SignedAnchor) -> str:
    stem = made.anchor.partition(":")[0].removesuffix(".log")
    return f"{PREFIX}{re.sub('[^0-9A-Za-z-]', '_', stem)}.jsonl"


def _append(folder: Path, name: str, lines: str) -> None:
    """Adds lines. The folder is never made: a disk that is not there has none.

    Raises:
        OSError: it cannot be.
    """
    path = folder / name
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o600), "ab") as file:
        keep_private(path)
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())


def _try_out(folder: Path) -> None:
    test = folder / f"{PREFIX}test"
    try:
        if not folder.is_absolute() or not folder.is_dir():
            raise StudioError("invalid", "audit.no_anchor_folder", path=str(folder))
        test.write_text("", encoding="utf-8")
        test.unlink()
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "media.cannot_write", path=str(folder), why=why) from None


def _is_same(folder: Path, beside: Path) -> bool:
    try:
        while not beside.exists() and beside != beside.parent:
            beside = beside.parent
        return folder.stat().st_dev == beside.stat().st_dev
    except OSError:
        return False


def read_anchors(word: str) -> list[SignedAnchor]:
    """The anchors that a word of the command line means.

    Args:
        word: an anchor itself (``FILE:LINES:HASH``), a file with anchors (those of a folder, what
            a phone kept, chapter data of a recording, or any text with anchors in it), or a
            folder of such files.

    Raises:
        StudioError: not_found: it is none of these, or there is none in it; failed: it cannot be
            read.
    """
    path = Path(word).expanduser()
    try:
        if path.is_dir():
            found = [made for file in _files(path) for made in _in_file(file)]
        elif path.is_file():
            found = list(_in_file(path))
        else:
            found = list(_in_text(word))
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "audit.unreadable", path=word, why=why) from None
    if not found:
        raise StudioError("not_found", "audit.no_anchors", path=word[:300])
    return found


def _files(folder: Path) -> list[Path]:
    names = (path for path in folder.iterdir() if path.is_file())
    fits = (
        path for path in names
        if path.name.endswith(CHAPTERS) or (path.name.startswith(PREFIX) and path.suffix)
    )  # fmt: skip
    return sorted(fits)[-MOST_FILES:]


def _in_file(path: Path) -> Iterator[SignedAnchor]:
    text = read_bounded(path, MOST_BYTES).decode("utf-8", "replace")
    if path.name.endswith(CHAPTERS):
        try:
            whole = read_json(text)
        except ValueError:
            whole = None
        entries = whole.get("anchors") if isinstance(whole, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            yield from _made(entry)
        return
    yield from _in_text(text)


def _in_text(text: str) -> Iterator[SignedAnchor]:
    """One a line, as JSON or bare; a line may hold other words."""
    for line in text.split("\n"):
        entry: Any = None
        if line.lstrip().startswith("{"):
            try:
                entry = read_json(line)
            except ValueError:
                entry = None
        if entry is not None:
            yield from _made(entry)
        else:
            yield from (SignedAnchor(match[0]) for match in _TEXT.finditer(line))


def _made(entry: Any) -> Iterator[SignedAnchor]:
    if isinstance(entry, dict) and _TEXT.fullmatch(str(entry.get("anchor", ""))):
        text, at, by, signature, stamp = (
            str(entry.get(name, "")) for name in ("anchor", "at", "key", "signature", "stamp")
        )
        if stamp:
            yield StampedAnchor(text, at, by, signature, stamp)
        else:
            yield SignedAnchor(text, at, by, signature)
