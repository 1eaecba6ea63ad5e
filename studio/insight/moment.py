"""The picture of a moment: which recording shows it, and the frame itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from studio.core.aigc import bears_aigc, labelled_picture
from studio.core.clean import read_json
from studio.core.clock import seconds_of, utc_of
from studio.core.errors import StudioError
from studio.core.text import natural
from studio.governance.database import Database, DatabaseError
from studio.insight.journal import CLOCK, open_to_read
from studio.media.frame import Frame, from_av, from_rgb, to_rgb
from studio.media.picture_file import encode_picture, write_picture
from studio.outputs.kept_files import KINDS
from studio.sender.file_clock import ClockMark, read_clock

HALF_A_PICTURE_US = 2_000
"""Containers keep whole milliseconds: a picture may be written a little after its time."""
LATEST_S = 900.0
"""A picture is written this long after its time at most: an output's longest delay."""
SKEW_S = 5.0


class Instant(NamedTuple):
    """A moment on the clock of one engine.

    Attributes:
        engine_us: from that engine's tick 0.
        zero_ns: monotonic time of that tick.
    """

    at_utc: str
    run: int
    at_ns: int
    engine_us: int
    zero_ns: int


class RecordedMoment(NamedTuple):
    """Where a moment stands in a recording, ``file_us`` after its first picture."""

    instant: Instant
    recording: Path
    file_us: int


def find_instant(journal: Path, when: str) -> Instant:
    """A time in UTC, or the number of a journal entry, on the clock of the engine that ran then.

    Raises:
        StudioError: invalid, when it is neither; not_found, when no engine ran then.
    """
    try:
        with closing(open_to_read(journal)) as base:
            number = natural(when)
            if number is not None:
                row = base.execute(
                    "SELECT run, at_ns, at_utc FROM entries WHERE id = ?", (number,)
                ).fetchone()
                if row is None:
                    raise StudioError("not_found", "insight.no_entry", id=when)
                return _on_clock(base, row[0], row[1], row[2])
            try:
                wanted = seconds_of(when)
            except ValueError:
                raise StudioError("invalid", "insight.no_time", text=when) from None
            run, at_ns, at_utc = _entry_before(base, wanted)
            ahead_ns = round((wanted - seconds_of(at_utc)) * 1e9)
            return _on_clock(base, run, at_ns + ahead_ns, utc_of(wanted))
    except DatabaseError as error:
        raise StudioError("not_found", "insight.no_journal", path=str(journal), why=error) from None


def _entry_before(base: Database, wanted: float) -> tuple[int, int, str]:
    """The last entry at or before a time; entries stand in the order of time."""
    row = base.execute(
        "SELECT run, at_ns, at_utc FROM entries WHERE id < ? ORDER BY id DESC LIMIT 1",
        (entry_after(base, wanted),),
    ).fetchone()
    if row is None:
        raise StudioError("not_found", "insight.nothing_then", at=utc_of(wanted))
    return row[0], row[1], row[2]


def entry_after(base: Database, wanted: float) -> int:
    """Number of the first entry after a time (seconds since 1970), or the next one's."""
    newest = base.execute("SELECT max(id) FROM entries").fetchone()[0] or 0

    def seconds(id: int) -> float:
        row = base.execute(
            "SELECT at_utc FROM entries WHERE id >= ? ORDER BY id LIMIT 1", (id,)
        ).fetchone()
        return seconds_of(row[0]) if row else float("inf")

    return bisect_left(range(1, newest + 1), True, key=lambda id: seconds(id) > wanted) + 1


def _on_clock(base: Database, run: int, at_ns: int, at_utc: str) -> Instant:
    for (data,) in base.execute(
        "SELECT data FROM entries WHERE name = ? AND run = ? ORDER BY id", (CLOCK, run)
    ):
        zero_ns = int(_plain(data).get("zero_ns", 0))
        if zero_ns:
            return Instant(at_utc, run, at_ns, (at_ns - zero_ns) // 1000, zero_ns)
    raise StudioError("not_found", "insight.no_clock", at=at_utc)


def _plain(text: str) -> dict[str, Any]:
    found = read_json(text)
    return found if isinstance(found, dict) else {}


# --- recordings ---------------------------------------------------------------------------------


def recording_folders(journal: Path, usual: Path) -> list[Path]:
    """Where recordings are: the usual folder, and those that the journal names."""
    folders = {usual: None}
    with closing(open_to_read(journal)) as base:
        for (data,) in base.execute("SELECT data FROM entries WHERE name = 'outputs.changed'"):
            status = _plain(data).get("status")
            if isinstance(status, dict) and status.get("kind") == "file":
                folders[Path(str(status.get("shown_url", ""))).parent] = None
    return [folder for folder in folders if folder.is_dir()]


def find_recording(instant: Instant, files: Iterable[Path]) -> RecordedMoment:
    """The recording that shows a moment.

    Raises:
        StudioError: not_found, when none does; says whether the standby clip was on.
    """
    for file in files:
        marks = read_clock(file)
        for number, mark in enumerate(marks):
            if mark.engine_us is None or not _is_of(mark, instant):
                continue
            file_us = mark.file_us + instant.engine_us - mark.engine_us
            ends = marks[number + 1].file_us if number + 1 < len(marks) else None
            if file_us < mark.file_us - HALF_A_PICTURE_US:
                continue
            if file_us < ends if ends is not None else file_us <= _length_us(file):
                return RecordedMoment(instant, file, max(0, file_us))
    raise StudioError("not_found", "insight.not_recorded", at=instant.at_utc)


def recordings(folders: Iterable[Path]) -> Iterator[Path]:
    """Recordings that say which moments they show, the newest first."""
    found = [
        file for folder in folders for file in folder.iterdir()
        if file.suffix.lower() in KINDS and read_clock(file)
    ]  # fmt: skip
    yield from sorted(found, key=lambda file: read_clock(file)[0].at_utc, reverse=True)


def _is_of(mark: ClockMark, instant: Instant) -> bool:
    """Was it written by the engine that the moment belongs to (and not by one before a restart
    of the machine, whose clock began anew)?"""
    assert mark.engine_us is not None
    late_s = (mark.at_ns - instant.zero_ns) / 1e9 - mark.engine_us / 1e6
    apart_s = seconds_of(mark.at_utc) - seconds_of(instant.at_utc)
    apart_ns = (mark.at_ns - instant.at_ns) / 1e9
    return -1.0 <= late_s <= LATEST_S and abs(apart_s - apart_ns) < SKEW_S


def _length_us(file: Path) -> int:
    """Time of the last picture's end, from the first one; a file may still grow."""
    import av

    try:
        with av.open(str(file), "r") as container:
            if container.duration:
                return int(container.duration)
            first = last = None
            for packet in container.demux(video=0):
                if packet.pts is not None and packet.time_base is not None:
                    last = int(packet.pts * packet.time_base * 1_000_000)
                    first = last if first is None else first
            return (last or 0) - (first or 0) + 1_000_000
    except (av.FFmpegError, IndexError):
        return -1


# --- the picture --------------------------------------------------------------------------------


def frame_at(found: RecordedMoment) -> Frame:
    """The picture that stood at the moment.

    Raises:
        StudioError: failed, when the recording cannot be read.
    """
    import av

    file = found.recording
    try:
        with av.open(str(file), "r") as container:
            stream = container.streams.video[0]
            base = stream.time_base or 1
            first = next(p.pts for p in container.demux(stream) if p.pts is not None)
            target = first + (found.file_us + HALF_A_PICTURE_US) / 1_000_000 / base
            container.seek(max(int(first), int(target)), stream=stream, backward=True)
            standing = None
            for picture in container.decode(stream):
                if picture.pts is not None and picture.pts > target and standing is not None:
                    break
                standing = picture
            if standing is not None:
                return from_av(standing, 0)
    except (av.FFmpegError, IndexError, StopIteration) as error:
        raise StudioError("failed", "insight.unreadable", file=str(file), why=error) from None
    raise StudioError("failed", "insight.unreadable", file=str(file), why="-")


def picture_of(journal: Path, when: str, usual: Path, out: Path) -> RecordedMoment:
    """Writes the programme's picture of a moment.

    Args:
        when: UTC, or the number of a journal entry.
        usual: folder of recordings.
        out: the picture, .png, .jpg or .webp.

    Raises:
        StudioError: invalid, not_found, failed.
    """
    found = _recorded(journal, when, usual)
    write_picture(frame_at(found), out, is_generated=_bears_label(found))
    return found


def picture_bytes(journal: Path, when: str, usual: Path) -> bytes:
    """The same as a JPEG.

    Raises:
        StudioError: invalid, not_found, failed.
    """
    found = _recorded(journal, when, usual)
    picture = encode_picture(frame_at(found), ".jpg", 70)
    return labelled_picture(picture) if _bears_label(found) else picture


def small_picture(journal: Path, when: str, usual: Path, high: int) -> bytes:
    """The same ``high`` rows high.

    Raises:
        StudioError: invalid, not_found, failed.
    """
    from studio.media.cv import cv2

    found = _recorded(journal, when, usual)
    rgb = to_rgb(frame_at(found))
    wide = max(2, 2 * round(rgb.shape[1] * high / rgb.shape[0] / 2))
    small = np.asarray(cv2.resize(rgb, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
    picture = encode_picture(from_rgb(small), ".jpg", 70)
    return labelled_picture(picture) if _bears_label(found) else picture


def _bears_label(found: RecordedMoment) -> bool:
    """Does the recording say that something in it is generated?"""
    import av

    try:
        with av.open(str(found.recording), "r") as container:
            return any(map(bears_aigc, container.metadata.values()))
    except (av.FFmpegError, OSError):
        return False


def _recorded(journal: Path, when: str, usual: Path) -> RecordedMoment:
    instant = find_instant(journal, when)
    return find_recording(instant, recordings(recording_folders(journal, usual)))
