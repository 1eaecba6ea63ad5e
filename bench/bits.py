"""One bit changed in a thousand random places: of a sealed audit segment, of a live database.

The database is a journal whose log has not been written back yet, copied while it is written. For
each changed bit its entries are read again and compared with what was written: an entry that is
another one and passes as whole must never be. What was not found at all is told apart: bytes that
no entry uses, and an end that is missing because SQLite drops a log from its first bad frame on.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.places import own_places, set_here
from studio.governance.audit import AuditLog, Signer, logs
from studio.governance.audit_check import check_logs
from studio.governance.database import DatabaseError
from studio.governance.secrets import Secrets
from studio.insight.journal import Journal, broken_links, read

PLACES = 1000
ENTRIES = 400


def run(events: int = PLACES) -> BenchReport:
    """A kept limit is none changed that passes as whole; of the segment every one found.

    Args:
        events: places.
    """
    report = BenchReport("bits", "none: one bit changed in each of so many places")
    with tempfile.TemporaryDirectory(prefix="shopcast-bits-") as folder:
        root = Path(folder)
        with set_here(own_places(root)):
            report.rows += [*_of_segment(root, events), *_of_database(root, events)]
    return report


def _of_segment(root: Path, places: int) -> list[Row]:
    signer = Signer(Secrets(root / "config", use_keyring=False))
    log = AuditLog(root / "audit", lambda: signer)
    for number in range(ENTRIES):
        log.write("command", command="scenes.take", args={"scene": f"开场 {number}"}, who="desk")
    log.close()
    path, chance = logs(log.folder)[0], random.Random(3)
    whole, found = path.read_bytes(), 0
    for _ in range(places):
        path.write_bytes(_changed(whole, chance))
        found += bool(check_logs(log.folder, signer.public).flaws)
    return [
        Row("sealed audit segment: places", places, None, ""),
        Row("  not found", places - found, None, "", 0),
    ]


def _of_database(root: Path, places: int) -> list[Row]:
    live = root / "live"
    live.mkdir()
    journal = Journal(live / "journal.db", "bench")
    for number in range(ENTRIES):
        journal.write("own", {"number": number, "words": f"开场 {number}"})
        if number == ENTRIES // 2:
            time.sleep(0.3)  # a part in the file, a part in its log
    deadline = time.monotonic() + 20
    while journal.is_behind(0) and time.monotonic() < deadline:
        time.sleep(0.01)
    shutil.copytree(live, root / "log")
    journal.close()
    shutil.copytree(live, root / "file")
    return [
        *_of_copy(root / "log", "live encrypted journal, its log not written back", places),
        *_of_copy(root / "file", "the same, written back", places),
    ]


def _of_copy(copy: Path, name: str, places: int) -> list[Row]:
    written = _entries(copy / "journal.db")
    files = [file for name in ("journal.db", "journal.db-wal") if (file := copy / name).exists()]
    kept = {file: file.read_bytes() for file in files}
    sizes = [len(data) for data in kept.values()]
    chance, what = random.Random(5), Counter[str]()
    for _ in range(places):
        shutil.rmtree(copy)
        copy.mkdir()
        for file, data in kept.items():
            file.write_bytes(data)
        (hit,) = chance.choices(files, sizes)
        hit.write_bytes(_changed(kept[hit], chance))
        what[_judged(copy / "journal.db", written)] += 1
    return [
        Row(f"{name}: places", places, None, ""),
        Row("  a changed entry passed as whole", what["changed"], None, "", 0),
        Row("  the file was refused, or a page of it", what["refused"], None, ""),
        Row("  links were broken", what["links"], None, ""),
        Row("  the newest entries were missing, the others whole", what["shorter"], None, ""),
        Row("  bytes that no entry uses", what["same"], None, ""),
    ]


def _judged(path: Path, written: list[Any]) -> str:
    try:
        found = _entries(path)
        links = broken_links(path)
    except (DatabaseError, OSError, ValueError):
        return "refused"
    if links:
        return "links"
    if found == written:
        return "same"
    return "shorter" if found == written[: len(found)] else "changed"


def _entries(path: Path) -> list[Any]:
    return list(read(path))


def _changed(data: bytes, chance: random.Random) -> bytes:
    at, bit = chance.randrange(len(data)), 1 << chance.randrange(8)
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
