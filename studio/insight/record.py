"""The record of a show for the years that the law asks: everything in one folder, signed.

A folder holds the journal's entries as JSON lines (persons stay sealed, so that erasing somebody
reaches the record too), prices and cards as a table, the goods as the show file has them, the
audit log's files of that time, the recordings, a manifest with SHA-256 of each, its signature, and
``verify.py``, which needs Python alone.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json, write_json
from studio.core.clock import seconds_of, utc_iso
from studio.core.errors import StudioError
from studio.core.table_text import harmless
from studio.core.whole_file import PRIVATE, write_whole
from studio.governance.audit import Signer, logs
from studio.governance.database import Database, DatabaseError
from studio.insight import record_check
from studio.insight.journal import open_to_read
from studio.insight.moment import recording_folders, recordings
from studio.sender.file_clock import read_clock

LAST = "last"
APART_S = 15 * 60.0
"""Runs of one show that are no further apart are one evening: an engine was exchanged."""
ROWS = 10_000
PRICES = ("shop.card_shown", "shop.card_hidden", "shop.explained", "offers.changed")
COLUMNS = ("entry", "at", "engine_ns", "what", "show", "scene", "sku", "data")
_SQL = (
    "id, run, at_ns, at_utc, name, show, scene, sku, platform, viewer, value_cents, currency, data"
)


class Evening(NamedTuple):
    """A show from the first entry to the last.

    Attributes:
        runs: engines that ran it.
        first, last: numbers of entries.
    """

    show: str
    runs: tuple[int, ...]
    began_utc: str
    ended_utc: str
    first: int
    last: int


class PackedRecord(msgspec.Struct, frozen=True):
    """What was packed.

    Attributes:
        folder: where it stands.
        files: how many are in the manifest.
        bytes: of all of them.
        entries: of the journal.
        key: public key that signed, hex.
        left_out: what could not be had, and why.
    """

    folder: str
    show: str
    began_utc: str
    ended_utc: str
    files: int
    bytes: int
    entries: int
    key: str
    left_out: tuple[str, ...] = ()


def find_evening(journal: Path, show: str) -> Evening:
    """The show that is meant: a show's name (its last evening), a run's number, or "last".

    Raises:
        StudioError: not_found.
    """
    try:
        with closing(open_to_read(journal)) as base:
            runs = _runs(base)
    except DatabaseError as error:
        raise StudioError("not_found", "insight.no_journal", path=str(journal), why=error) from None
    for evening in reversed(_evenings(runs)):
        if show in (LAST, evening.show) or show in map(str, evening.runs):
            return evening
    names = ", ".join(sorted({run.show for run in runs})) or "-"
    raise StudioError("not_found", "record.no_show", show=show, names=names)


def _runs(base: Database) -> list[Evening]:
    """Every run that has entries, by its own show; a run may open several shows."""
    rows = base.execute(
        "SELECT run, show, min(id), max(id), min(at_utc), max(at_utc) FROM entries "
        "WHERE show <> '' GROUP BY run, show ORDER BY min(id)"
    )
    return [
        Evening(show, (run,), began, ended, first, last)
        for run, show, first, last, began, ended in rows
    ]


def _evenings(runs: Iterable[Evening]) -> list[Evening]:
    evenings: list[Evening] = []
    for run in runs:
        before = evenings[-1] if evenings else None
        if before and before.show == run.show and (
            seconds_of(run.began_utc) - seconds_of(before.ended_utc) <= APART_S
        ):  # fmt: skip
            evenings[-1] = before._replace(
                runs=(*before.runs, *run.runs), ended_utc=run.ended_utc, last=run.last
            )
        else:
            evenings.append(run)
    return evenings


class RecordFault(msgspec.Struct, frozen=True):
    """What is wrong with a record, and where (`studio.insight.record_check.Finding`)."""

    what: str
    file: str
    detail: str = ""


class RecordReport(msgspec.Struct, frozen=True):
    """What a check of a record found.

    Attributes:
        key: public key that signed, hex; "" where nobody did.
    """

    folder: str
    show: str
    files: int
    is_whole: bool
    key: str = ""
    faults: tuple[RecordFault, ...] = ()


def check_folder(folder: Path, key: str = "") -> RecordReport:
    """Looks whether a record is whole.

    Args:
        key: public key that must have signed; "" takes the record's own word.

    Raises:
        StudioError: not_found, there is no record there.
    """
    try:
        manifest, findings = record_check.check_record(folder, key)
    except (OSError, ValueError) as error:
        raise StudioError("not_found", "record.none", path=str(folder), why=str(error)) from None
    faults = tuple(RecordFault(*finding) for finding in findings)
    show, count = str(manifest.get("show", "")), len(manifest["files"])
    return RecordReport(str(folder), show, count, not faults, _key_of(folder), faults)


def _key_of(folder: Path) -> str:
    try:
        signature = read_json(read_bounded(folder / record_check.SIGNATURE, 10_000))
    except (OSError, ValueError):
        return ""
    return str(signature.get("key", "")) if isinstance(signature, dict) else ""


class RecordPacker:
    """Packs records.

    Args:
        data: the data folder, with journal and audit log.
        usual: folder of recordings.
        signer: made when it signs.
    """

    def __init__(self, data: Path, usual: Path, signer: Callable[[], Signer]) -> None:
        self._data, self._usual, self._signer_of = data, usual, signer

    def pack(
        self, show: str, into: Path, *, show_file: Path | None = None, with_media: bool = True
    ) -> PackedRecord:
        """Writes the record into a folder of its own below ``into``.

        Args:
            show_file: show.json of the show, for the goods as they are there.
            with_media: recordings are copied; without, the manifest names what was left out.

        Raises:
            StudioError: not_found, no such show; failed, with what could not be written; nothing
                half is left.
        """
        evening = find_evening(self._data / "journal.db", show)
        signer = self._signer_of()
        stamp = "".join(c for c in evening.began_utc[:19] if c.isdigit() or c == "T")
        name = "".join(c if c.isalnum() or c in "-_ " else "_" for c in evening.show)[:60].strip()
        folder = into / f"{stamp}-{name or 'show'}"
        fresh = folder.with_name(folder.name + ".part")
        if folder.exists():
            raise StudioError("conflict", "record.there_already", path=str(folder))
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True, mode=0o700)
            packed = self._fill(fresh, evening, signer, show_file, with_media=with_media)
            fresh.rename(folder)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            why = error.strerror or str(error)
            raise StudioError("failed", "record.not_written", path=str(folder), why=why) from None
        return msgspec.structs.replace(packed, folder=str(folder))

    def _fill(
        self, folder: Path, evening: Evening, signer: Signer, show_file: Path | None, *,
        with_media: bool,
    ) -> PackedRecord:  # fmt: skip
        left_out: list[str] = []
        entries = self._write_entries(folder, evening)
        if show_file is not None:
            try:
                shutil.copyfile(show_file, folder / "show.json")
            except OSError as error:
                left_out.append(f"show.json: {error.strerror or error}")
        self._copy_audit(folder, evening)
        copied: dict[str, str] = {}
        if with_media:
            copied = self._copy_recordings(folder, evening, left_out)
        else:
            left_out.append("recordings")
        shutil.copyfile(record_check.__file__, folder / record_check.SCRIPT)
        files = {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size, "sha256": record_check.file_hash(path),
            }
            for path in sorted(folder.rglob("*")) if path.is_file()
        }  # fmt: skip
        for name, digest in copied.items():
            if files[name]["sha256"] != digest:
                (folder / name).unlink()
                del files[name]
                left_out.append(f"{name}: does not read as it was written")
        manifest = write_json(
            {
                "format": record_check.FORMAT, "made": utc_iso(), "show": evening.show,
                "from": evening.began_utc, "to": evening.ended_utc, "runs": list(evening.runs),
                "entries": entries, "left_out": left_out, "files": files,
            },
            indent=1,
        )  # fmt: skip
        raw = manifest.encode("utf-8")
        write_whole(folder / record_check.MANIFEST, raw, mode=PRIVATE)
        signature = signer.sign(record_check.signed_text(raw))
        write_whole(
            folder / record_check.SIGNATURE,
            write_json({"key": signer.public, "signature": signature}), mode=PRIVATE,
        )  # fmt: skip
        size = sum(int(str(entry["bytes"])) for entry in files.values())
        return PackedRecord(
            "", evening.show, evening.began_utc, evening.ended_utc, len(files), size, entries,
            signer.public, tuple(left_out),
        )  # fmt: skip

    # -- what goes in --------------------------------------------------------------------------

    def _write_entries(self, folder: Path, evening: Evening) -> int:
        """The journal as JSON lines, and what was shown at which price as a table."""
        count = 0
        with (
            (folder / "journal.jsonl").open("w", encoding="utf-8") as lines,
            (folder / "prices.csv").open("w", encoding="utf-8-sig", newline="") as table,
        ):
            prices = csv.writer(table)
            prices.writerow(COLUMNS)
            for row in self._rows(evening):
                count += 1
                lines.write(write_json(row) + "\n")
                if row["name"] in PRICES:
                    data = {key: harmless(value) for key, value in dict(row["data"]).items()}
                    prices.writerow(
                        [row["entry"], row["at"], row["at_ns"], row["name"], harmless(row["show"]),
                         harmless(row["scene"]), harmless(row["sku"]), write_json(data)]
                    )  # fmt: skip
        return count

    def _rows(self, evening: Evening) -> Iterator[dict[str, Any]]:
        with closing(open_to_read(self._data / "journal.db")) as base:
            cursor = base.execute(
                f"SELECT {_SQL} FROM entries WHERE id BETWEEN ? AND ? "
                f"AND run IN ({', '.join('?' * len(evening.runs))}) ORDER BY id",
                (evening.first, evening.last, *evening.runs),
            )
            while rows := list(itertools.islice(cursor, ROWS)):
                for row in rows:
                    entry, run, at_ns, at, name, show, scene, sku, platform, viewer = row[:10]
                    yield {
                        "entry": entry, "run": run, "at_ns": at_ns, "at": at, "name": name,
                        "show": show, "scene": scene, "sku": sku, "platform": platform,
                        "viewer": viewer, "value_cents": row[10], "currency": row[11],
                        "data": read_json(row[12]),
                    }  # fmt: skip

    def _copy_audit(self, folder: Path, evening: Evening) -> None:
        """The logs of that time: begun before its end, written last after its begin."""
        kept = logs(self._data / "audit")
        if not kept:
            return
        (folder / "audit").mkdir()
        ends = seconds_of(evening.ended_utc)
        begins = seconds_of(evening.began_utc)
        for path in kept:
            first, last = _times_of(path)
            if last >= begins and first <= ends:
                shutil.copyfile(path, folder / "audit" / path.name)

    def _copy_recordings(
        self, folder: Path, evening: Evening, left_out: list[str]
    ) -> dict[str, str]:
        """SHA-256 of each as it was read, by its name in the record."""
        begins, ends = seconds_of(evening.began_utc), seconds_of(evening.ended_utc)
        copied: dict[str, str] = {}
        for file in recordings(recording_folders(self._data / "journal.db", self._usual)):
            if not begins <= seconds_of(read_clock(file)[0].at_utc) <= ends:
                continue
            to = _free_name(folder / "recordings" / file.name)
            try:
                copied[to.relative_to(folder).as_posix()] = _copied(file, to)
            except OSError as error:
                to.unlink(missing_ok=True)
                left_out.append(f"{file.name}: {error.strerror or error}")
        return copied


def _free_name(path: Path) -> Path:
    """Recordings of two folders may have one name."""
    numbers = itertools.count(2)
    free = path
    while free.exists():
        free = path.with_stem(f"{path.stem}-{next(numbers)}")
    return free


def _copied(file: Path, to: Path) -> str:
    """A copy; the SHA-256 of what was read for it."""
    to.parent.mkdir(exist_ok=True)
    made = hashlib.sha256()
    with file.open("rb") as source, to.open("wb") as target:
        while chunk := source.read(record_check.CHUNK):
            made.update(chunk)
            target.write(chunk)
    shutil.copystat(file, to)
    return made.hexdigest()


def _times_of(path: Path) -> tuple[float, float]:
    """Of the first and the last entry of an audit log, seconds since 1970."""
    first, last = b"", b""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                first, last = first or line, line
    return _time_of(first), _time_of(last)


def _time_of(line: bytes) -> float:
    try:
        entry = read_json(line.partition(b" ")[2])
        return seconds_of(str(entry["at"])) if isinstance(entry, dict) else 0.0
    except (ValueError, KeyError):
        return 0.0
