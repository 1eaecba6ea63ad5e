"""Incidents of three years, in a file of their own in the data folder."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from studio.core.clean import encode_json
from studio.core.clock import age_days
from studio.core.log import logger
from studio.core.paths import data_dir, keep_private
from studio.core.troubles import tell_trouble
from studio.governance.database import Database, DatabaseError, is_outdated, open_database
from studio.plans.model import Incident

T = TypeVar("T")
_log = logger(__name__)
KEPT_DAYS = 3 * 365 + 1
COUNTED_DAYS = 90.0
MOST = 10_000
TABLE = """CREATE TABLE IF NOT EXISTS incidents(
 id TEXT PRIMARY KEY, began_utc TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL,
 drill INTEGER NOT NULL, body TEXT NOT NULL)"""


def store_path() -> Path:
    """The file."""
    return data_dir() / "plans" / "incidents.db"


class IncidentStore:
    """Writes on a thread of its own; whoever runs a plan never waits for the disk.

    Args:
        path: the file; its folder is made. None for the one in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given = path
        self._thread: ThreadPoolExecutor | None = None
        self._database: Database | None = None
        self._lock = threading.Lock()
        self._began: dict[str, tuple[str, str]] = {}

    def put(self, incident: Incident) -> None:
        """Keeps an incident as it is now; a later one of the same id takes its place."""
        if not incident.is_drill:
            self._began[incident.id] = (incident.plan, incident.began_utc)
        row = (
            incident.id, incident.began_utc, incident.plan, incident.state,
            int(incident.is_drill), encode_json(incident),
        )  # fmt: skip
        self._threads().submit(self._put, row)

    def _put(self, row: Sequence[Any]) -> None:
        try:
            with self._lock, self._open() as database:
                database.execute("INSERT OR REPLACE INTO incidents VALUES(?,?,?,?,?,?)", row)
        except (DatabaseError, OSError) as error:
            self._told(error)

    async def recent(self, most: int, before_utc: str = "") -> list[Incident]:
        """The last incidents, the latest first; those that began before a time."""
        return await self._ask(self._recent, min(most, MOST), before_utc)

    async def find(self, id: str) -> Incident | None:
        """The incident of this id."""
        return await self._ask(self._find, id)

    async def begin(self, most: int) -> list[Incident]:
        """Forgets what is older than three years; returns the last incidents."""
        return await self._ask(self._begin, most)

    def a_month(self, plans: Sequence[str]) -> float:
        """Incidents of these plans in 30 days, of the last 90; drills do not count."""
        chosen = [
            began
            for plan, began in self._began.values()
            if plan in plans and age_days(began) <= COUNTED_DAYS
        ]
        return len(chosen) * 30 / COUNTED_DAYS

    async def flush(self) -> None:
        """All that was put is on the disk."""
        await self._ask(lambda: None)

    async def close(self) -> None:
        """Writes what waits and closes the file."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown, True)
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    # -- on the store's own thread -------------------------------------------------------------

    def _threads(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "incidents")
        return self._thread

    async def _ask(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads(), work, *args)

    def _open(self) -> Database:
        if self._database is not None and is_outdated(self._database):
            self._database.close()
            self._database = None
        if self._database is None:
            path = self._given or store_path()
            path.parent.mkdir(parents=True, exist_ok=True)
            keep_private(path)
            database = open_database(path, wait_s=5)
            database.execute("PRAGMA journal_mode=WAL").fetchall()
            database.execute(TABLE)
            database.execute("CREATE INDEX IF NOT EXISTS began ON incidents(began_utc)")
            self._database = database
        return self._database

    def _recent(self, most: int, before_utc: str) -> list[Incident]:
        where = "WHERE began_utc < ?" if before_utc else ""
        values: list[Any] = [before_utc] if before_utc else []
        order = "ORDER BY began_utc DESC, rowid DESC LIMIT ?"
        return self._read(f"SELECT body FROM incidents {where} {order}", *values, most)

    def _find(self, id: str) -> Incident | None:
        found = self._read("SELECT body FROM incidents WHERE id = ?", id)
        return found[0] if found else None

    def _begin(self, most: int) -> list[Incident]:
        try:
            with self._lock, self._open() as database:
                old = f"-{KEPT_DAYS} days"
                database.execute(
                    "DELETE FROM incidents WHERE began_utc < strftime('%Y-%m-%dT', 'now', ?)",
                    (old,),
                )
                rows = database.execute(
                    "SELECT id, plan, began_utc FROM incidents WHERE drill = 0"
                    " AND began_utc >= strftime('%Y-%m-%dT', 'now', ?)",
                    (f"-{int(COUNTED_DAYS)} days",),
                ).fetchall()
        except (DatabaseError, OSError) as error:
            self._told(error)
            return []
        self._began |= {id: (plan, began) for id, plan, began in rows}
        return self._recent(most, "")

    def _read(self, query: str, *values: Any) -> list[Incident]:
        try:
            with self._lock, self._open() as database:
                rows = database.execute(query, values).fetchall()
        except (DatabaseError, OSError) as error:
            self._told(error)
            return []
        found = []
        for (body,) in rows:
            try:
                found.append(msgspec.json.decode(body, type=Incident))
            except msgspec.DecodeError as error:
                _log.warning("an incident cannot be read: %s", error)
        return found

    def _told(self, error: Exception) -> None:
        tell_trouble("incidents.not_kept", path=str(self._given or store_path()), why=str(error))
