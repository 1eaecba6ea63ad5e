"""The record of a show of four hours: packed beside the copying, then every fault of it named.

An encrypted journal with as many entries as a busy evening gives (comments sealed), the audit log
of its commands, and a recording of two gigabytes. Copying the same bytes alone is the reference.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.base import BenchReport, Row
from bench.places import own_places, set_here
from studio.comments.events import CommentReceived
from studio.core.clean import encode_json
from studio.core.clock import now_ns, utc_iso
from studio.core.paths import data_dir
from studio.governance.audit import AuditLog, Signer
from studio.governance.people import PeopleKeys
from studio.governance.sealing import sealed_data
from studio.governance.secrets import Secrets
from studio.insight.entries import EntryFacts
from studio.insight.journal import Journal
from studio.insight.record import RecordPacker, check_folder
from studio.sender.file_clock import SUFFIX, ClockMark

ENTRIES = 200_000
"""Four hours with some fourteen comments a second, and what was done meanwhile."""
COMMANDS, VIEWERS = 5_000, 20_000
FILM_BYTES = 2_000_000_000
MOST_S = 60.0


def run(events: int = ENTRIES) -> BenchReport:
    """A kept limit is a minute beside the copying, and one changed or missing file named.

    Args:
        events: entries of the journal.
    """
    report = BenchReport("record", "copying the recording alone")
    with (
        tempfile.TemporaryDirectory(prefix="shopcast-record-") as folder,
        set_here(own_places(Path(folder))),
    ):
        report.rows += _rows(Path(folder), events)
    return report


def _rows(root: Path, events: int) -> list[Row]:
    film = _recorded(root / "films")
    _written(events, film)
    began = time.perf_counter()
    shutil.copyfile(film, root / "alone.mkv")
    alone_s = time.perf_counter() - began
    (root / "alone.mkv").unlink()
    packer = RecordPacker(data_dir(), root / "films", lambda: Signer(Secrets()))
    began = time.perf_counter()
    packed = packer.pack("last", root / "records")
    took_s = time.perf_counter() - began
    folder = Path(packed.folder)
    began = time.perf_counter()
    report = check_folder(folder, packed.key)
    check_s = time.perf_counter() - began
    has_film = any(path.suffix == ".mkv" for path in (folder / "recordings").glob("*"))
    named = [_is_named(folder, name, how) for name, how in (
        ("prices.csv", "missing"), ("journal.jsonl", "changed"), ("recordings/show.mkv", "changed"),
    )]  # fmt: skip
    return [
        Row("packed", took_s, alone_s, "s"),
        Row("  beside the copying", took_s - alone_s, None, "s", MOST_S),
        Row("  entries", packed.entries, None, ""),
        Row("  megabytes", packed.bytes / 1e6, None, "MB"),
        Row("  recording left out", int(not has_film), None, "", 0),
        Row("read again", check_s, None, "s"),
        Row("  faults of the whole one", len(report.faults), None, "", 0),
        Row("  faults that were not named, of three", named.count(False), None, "", 0),
    ]


def _recorded(folder: Path) -> Path:
    folder.mkdir()
    part = random.Random(1).randbytes(1_000_000)
    film = folder / "show.mkv"
    with film.open("wb") as file:
        for _ in range(FILM_BYTES // len(part)):
            file.write(part)
    return film


def _written(events: int, film: Path) -> None:
    people = PeopleKeys(data_dir() / "people.db", Secrets(), lambda: b"salt")
    signer = Signer(Secrets())
    log = AuditLog(data_dir() / "audit", lambda: signer)
    journal = Journal(data_dir() / "journal.db", "evening")
    for number in range(events):
        who = f"douyin/viewer-{number % VIEWERS}"
        entry = {"id": str(number), "platform": "douyin", "author": f"viewer {number % VIEWERS}",
                 "text": f"还有吗 {number}", "who": who, "state": "allowed", "authors": 1,
                 "reason": None}  # fmt: skip
        event, own = CommentReceived(entry=entry), EntryFacts(viewer=people.person(who))
        while not journal.write(event.name, partial(sealed_data, people, event), own):
            time.sleep(0.01)
        if number % 10_000 == 0:
            while journal.is_behind(0):
                time.sleep(0.01)
    mark = ClockMark(0, 0, now_ns(), utc_iso())  # the film began within the show
    film.with_name(film.name + SUFFIX).write_text(encode_json({"marks": [mark]}), encoding="utf-8")
    journal.write("shows.closed", {})
    for number in range(COMMANDS):
        log.write("command", command="scenes.take", args={"scene": f"开场 {number}"}, who="desk")
    journal.close()
    log.close()
    people.close()


def _is_named(folder: Path, name: str, how: str) -> bool:
    path = folder / name
    kept = path.stat()
    if how == "missing":
        aside = path.rename(path.with_suffix(".aside"))
        faults = check_folder(folder).faults
        aside.rename(path)
    else:
        with path.open("r+b") as file:
            file.seek(kept.st_size // 2)
            byte = file.read(1)
            file.seek(kept.st_size // 2)
            file.write(bytes([byte[0] ^ 1]))
        faults = check_folder(folder).faults
        with path.open("r+b") as file:
            file.seek(kept.st_size // 2)
            file.write(byte)
    return any((fault.what, fault.file) == (how, name) for fault in faults)
