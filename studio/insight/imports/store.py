"""What was imported, in a file of its own: each row once, its latest state."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.paths import data_dir, keep_private
from studio.governance.database import Database, DatabaseError, open_database
from studio.insight.imports.model import Export, ExportRow, ImportedFile, Merged, Undone

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, as_of TEXT NOT NULL,
    rows INTEGER NOT NULL, new INTEGER NOT NULL, at_utc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    kind TEXT NOT NULL, key TEXT NOT NULL, order_id TEXT NOT NULL, at TEXT NOT NULL,
    stamp TEXT NOT NULL, as_of TEXT NOT NULL, rank INTEGER NOT NULL, amount INTEGER,
    currency TEXT NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL, file INTEGER NOT NULL,
    PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS before (
    by INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, order_id TEXT NOT NULL,
    at TEXT NOT NULL, stamp TEXT NOT NULL, as_of TEXT NOT NULL, rank INTEGER NOT NULL,
    amount INTEGER, currency TEXT NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL,
    file INTEGER NOT NULL, PRIMARY KEY (by, kind, key)) WITHOUT ROWID;
"""
"""``before``: rows as they stood before file ``by`` replaced them, to take that file back."""
ALL = "kind, key, order_id, at, stamp, as_of, rank, amount, currency, digest, data, file"

_MARKS = ",".join("?" * 12)
FIELDS = "key, order_id, at, stamp, rank, amount, currency, data"


def store_path() -> Path:
    """The file."""
    return data_dir() / "imports" / "exports.db"


class ExportStore:
    """The rows of all exports.

    Raises:
        StudioError: failed, when the file cannot be opened.
    """

    def __init__(self, path: Path | None = None) -> None:
        path = path or store_path()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            keep_private(path)
            self._db = open_database(path)
            self._db.execute("PRAGMA journal_mode=WAL").fetchall()
            self._db.execute(SCHEMA).fetchall()
            if "undone_utc" not in {row[1] for row in self._db.execute("PRAGMA table_info(files)")}:
                self._db.execute("ALTER TABLE files ADD COLUMN undone_utc TEXT NOT NULL DEFAULT ''")
        except (OSError, DatabaseError) as error:
            raise StudioError("failed", "imports.store", path=str(path), why=str(error)) from None

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def files(self, most: int = 100) -> list[ImportedFile]:
        """What was imported, the newest first."""
        rows = self._db.execute(
            "SELECT id, name, kind, rows, new, at_utc, undone_utc FROM files "
            "ORDER BY id DESC LIMIT ?", (most,),
        )  # fmt: skip
        return [ImportedFile(*row) for row in rows]

    def undo(self, file: int) -> Undone:
        """Takes a file back: rows that it brought go, rows that it replaced come back.

        A row that a later file has replaced stays as that one has it; what that one would bring
        back is set right.

        Raises:
            StudioError: not_found; conflict, when it was taken back before.
        """
        done = Undone()
        with self._transaction(commit=True) as db:
            known = db.execute("SELECT undone_utc FROM files WHERE id = ?", (file,)).fetchone()
            if known is None:
                raise StudioError("not_found", "imports.no_file", file=str(file))
            if known[0]:
                raise StudioError("conflict", "imports.undone", file=str(file))
            before = {(row[0], row[1]): row for row in db.execute(
                f"SELECT {ALL} FROM before WHERE by = ?", (file,))}  # fmt: skip
            later = db.execute(
                "SELECT by, kind, key FROM before WHERE file = ? AND by <> ?", (file, file)
            ).fetchall()
            for by, kind, key in later:
                done.kept += 1
                db.execute(
                    "DELETE FROM before WHERE by = ? AND kind = ? AND key = ?", (by, kind, key)
                )
                older = before.pop((kind, key), None)
                if older is not None:
                    db.execute(f"INSERT INTO before VALUES ({_MARKS}, ?)", (by, *older))
            back = list(before.values())
            db.execute("DELETE FROM rows WHERE file = ?", (file,))
            mine = db.changes()
            db.executemany(f"INSERT OR REPLACE INTO rows VALUES ({_MARKS})", back)
            db.execute("DELETE FROM before WHERE by = ?", (file,))
            db.execute("UPDATE files SET undone_utc = ? WHERE id = ?", (utc_iso(), file))
            done.restored, done.removed = len(back), mine - len(back)
        return done

    def merge(self, export: Export, name: str, *, is_dry: bool = False) -> Merged:
        """Takes new rows and later states of known ones, all or nothing.

        A row that is known in a later state than the file has stays as it is: an older export
        changes nothing.

        Args:
            is_dry: only counts.
        """
        merged = Merged()
        as_of = max((row.stamp for row in export.rows), default="")
        with self._transaction(commit=not is_dry) as db:
            known = {
                key: (digest, stamp, of, rank, data)
                for key, digest, stamp, of, rank, data in db.execute(
                    "SELECT key, digest, stamp, as_of, rank, data FROM rows WHERE kind = ?",
                    (export.kind,),
                )
            }
            file = db.insert(
                "INSERT INTO files (name, kind, as_of, rows, new, at_utc) VALUES (?,?,?,?,0,?)",
                (name, export.kind, as_of, len(export.rows), utc_iso()),
            )
            values = []
            for row in export.rows:
                data = msgspec.json.encode(row.data, order="sorted")
                mark = _mark(data, row.amount, row.currency)
                before = known.get(row.key)
                if before is None:
                    merged.new += 1
                elif before[0] == mark:
                    merged.same += 1
                    continue
                elif _is_older(row, as_of, before):
                    merged.older += 1
                    continue
                else:
                    merged.changed += 1
                values.append((
                    export.kind, row.key, row.order, row.at, row.stamp, as_of, row.rank,
                    row.amount, row.currency, mark, data, file,
                ))  # fmt: skip
            db.executemany(
                f"INSERT OR REPLACE INTO before SELECT ?, {ALL} FROM rows "
                "WHERE kind = ? AND key = ?",
                [(file, export.kind, value[1]) for value in values if value[1] in known],
            )
            db.executemany(f"INSERT OR REPLACE INTO rows VALUES ({_MARKS})", values)
            db.execute("UPDATE files SET new = ? WHERE id = ?", (merged.new, file))
        if not is_dry:
            merged.file = file
        return merged

    def rows(self, kind: str) -> Sequence[tuple[str, str, int | None, str]]:
        """Key, time, amount and currency of each row of a kind, by key."""
        return self._db.execute(
            "SELECT key, at, amount, currency FROM rows WHERE kind = ? ORDER BY key", (kind,)
        ).fetchall()

    def full_rows(self, kind: str) -> list[ExportRow]:
        """The rows of a kind with what they say, by key."""
        found = self._db.execute(f"SELECT {FIELDS} FROM rows WHERE kind = ? ORDER BY key", (kind,))
        return [_row(values) for values in found]

    def put_row(self, kind: str, row: ExportRow) -> ExportRow | None:
        """Writes one row whatever stood there; what stood there."""
        with self._transaction(commit=True) as db:
            before = self._one(db, kind, row.key)
            data = msgspec.json.encode(row.data, order="sorted")
            mark = _mark(data, row.amount, row.currency)
            values = (kind, row.key, row.order, row.at, row.stamp, row.stamp, row.rank, row.amount,
                      row.currency, mark, data, 0)  # fmt: skip
            db.execute(f"INSERT OR REPLACE INTO rows VALUES ({','.join('?' * 12)})", values)
        return before

    def remove_row(self, kind: str, key: str) -> ExportRow | None:
        """Takes one row away; what it was."""
        with self._transaction(commit=True) as db:
            before = self._one(db, kind, key)
            db.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (kind, key))
        return before

    @staticmethod
    def _one(db: Database, kind: str, key: str) -> ExportRow | None:
        values = db.execute(
            f"SELECT {FIELDS} FROM rows WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return _row(values) if values else None

    @contextmanager
    def _transaction(self, *, commit: bool) -> Iterator[Database]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            with contextlib.suppress(DatabaseError):
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT" if commit else "ROLLBACK")


def _mark(data: bytes, amount: int | None, currency: str) -> bytes:
    """Equal for rows that say the same."""
    return hashlib.blake2b(data + f"|{amount}|{currency}".encode(), digest_size=16).digest()


def _row(values: tuple[Any, ...]) -> ExportRow:
    key, order, at, stamp, rank, amount, currency, data = values
    plain = msgspec.json.decode(data, type=dict[str, str])
    return ExportRow(key, order, at, stamp, rank, amount, currency, plain)


def _is_older(row: ExportRow, as_of: str, before: tuple[bytes, str, str, int, bytes]) -> bool:
    """Is what the file has an earlier state than what is known?"""
    _, stamp, before_as_of, rank, data = before
    if row.stamp != stamp:
        return row.stamp < stamp
    if row.rank != rank:
        return row.rank < rank
    if as_of != before_as_of:
        return as_of < before_as_of
    return _has_shrunk(row.data, msgspec.json.decode(data, type=dict[str, str]))


def _has_shrunk(data: dict[str, str], before: dict[str, str]) -> bool:
    """Figures of one moment only grow: those that are smaller were taken earlier."""
    falls = rises = 0
    for name, value in before.items():
        fresh = data.get(name)
        if fresh is None:
            falls += 1
        elif fresh != value:
            with contextlib.suppress(ValueError):
                falls += float(fresh) < float(value)
                rises += float(fresh) > float(value)
    return falls > 0 and rises == 0
