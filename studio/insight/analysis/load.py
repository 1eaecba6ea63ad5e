"""Makes the file of columns anew from the journal and the imported exports; it is fed by arrays."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from studio.core.clean import read_json
from studio.core.clock import seconds_of, utc_iso, zone_s
from studio.core.errors import StudioError
from studio.core.paths import keep_private
from studio.core.processes import identify
from studio.core.whole_file import beside, take_name
from studio.governance.database import DatabaseError, open_database
from studio.insight.analysis.base import NUMBERS, TABLES, TEXTS, VERSION, insert_rows, open_analysis
from studio.insight.analysis.money import MoneyRow, add_money
from studio.insight.context import ENDED, FLOWS
from studio.insight.journal import broken_links, open_to_read
from studio.insight.model import Rebuilt

if TYPE_CHECKING:
    import duckdb

BATCH = 10_000
LOAD_MEMORY = "256MB"
"""For the database while a file is made; numpy and Python come on top of it."""
MANY = 200_000
"""Entries: fewer are gone through in about three seconds."""
GAP_US = 15 * 60 * 1_000_000
"""An engine that comes back within it goes on with the same airing."""
NEVER = np.iinfo(np.int64).min
OPENING_US, CLOSING_US = 10 * 60 * 1_000_000, 20 * 60 * 1_000_000
TREND = {
    "online_user_cnt": "online", "watch_ucnt": "entered", "leave_ucnt": "left",
    "pay_cnt": "orders", "pay_ucnt": "buyers", "pay_amt": "gmv_cents",
    "incr_fans_cnt": "followers", "comment_cnt": "comments", "stat_cost": "ad_cost_cents",
}  # fmt: skip
"""Figures of 罗盘 that may be added; its rates are made anew from sums."""
_FIELDS = (
    "id", "run", "at_ns", "at_utc", "happened_utc", "tick", "programme_ms", "name", "schema",
    "show", "scene", "sku", "platform", "traffic", "viewer", "value_cents", "currency", "data",
)  # fmt: skip
_OLD = {
    "happened_utc": "''", "tick": "NULL", "programme_ms": "NULL", "schema": "1", "show": "''",
    "scene": "''", "sku": "''", "platform": "''", "traffic": "''", "viewer": "''",
    "value_cents": "NULL", "currency": "''",
}  # fmt: skip


class WordCodes:
    """A number for each text; "" is 0."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {"": 0}

    def __call__(self, text: str) -> int:
        """Its number."""
        return self._codes.setdefault(text, len(self._codes))

    @property
    def texts(self) -> list[str]:
        """In the order of their numbers."""
        return list(self._codes)


class AnalysisWriter:
    """Fills a fresh file.

    Args:
        path: must not be there yet.
    """

    def __init__(self, path: Path, *, memory: str = LOAD_MEMORY) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.base: duckdb.DuckDBPyConnection = open_analysis(path, memory=memory)
        self.base.execute(TABLES)
        self.words = WordCodes()
        self.entries = 0
        self.exports = ""

    def add(self, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Entries as arrays of one length, a column each; NEVER is not known."""
        self.entries += len(columns["entry"])
        names = [*NUMBERS, *TEXTS]
        chosen = [_chosen(name) for name in names]
        self.base.execute("SET VARIABLE texts = $1", [self.words.texts])
        self.base.register("fresh", dict(columns))
        self.base.execute(
            f"INSERT INTO events ({', '.join(names)}) SELECT {', '.join(chosen)} FROM fresh"
        )
        self.base.unregister("fresh")

    def finish(self) -> None:
        """Times on air, figures, and the mark that it is whole."""
        self.base.execute(
            "INSERT INTO airings SELECT airing, any_value(show_name), min(at_us), max(at_us), 0, "
            "count(*), 0, 0 FROM events WHERE airing > 0 "
            "GROUP BY airing ORDER BY airing"
        )
        rows = self.base.execute("SELECT id, began_us, ended_us FROM airings").fetchall()
        for airing, began_us, ended_us in rows:
            length_us = ended_us - began_us
            self.base.execute(
                "UPDATE airings SET zone_us = ?, opened_us = ?, closing_us = ? WHERE id = ?",
                [
                    zone_s(began_us / 1e6) * 1_000_000,
                    began_us + min(OPENING_US, length_us // 6),
                    ended_us - min(CLOSING_US, length_us // 4),
                    airing,
                ],
            )
        self.base.execute(
            "INSERT INTO figures SELECT airing, at_us, platform, metric, number, 'journal' "
            "FROM events WHERE metric <> ''"
        )
        self.base.execute(
            "UPDATE figures SET airing = a.id FROM airings a WHERE airing = 0 "
            "AND at_us BETWEEN a.began_us AND a.ended_us"
        )
        about = [VERSION, utc_iso(), self.entries, self.exports]
        self.base.execute("INSERT INTO about VALUES (?, ?, ?, ?)", about)
        self.base.execute("CHECKPOINT")
        self.base.close()


def _chosen(name: str) -> str:
    """How a column of arrays becomes one of the table."""
    if name in TEXTS:
        return f"getvariable('texts')[{name} + 1]"
    if NUMBERS[name] == "BIGINT":
        return f"nullif({name}, {NEVER})"
    return f"if(isnan({name}), NULL, {name})" if name == "number" else name


def rebuild(journal: Path, exports: Path, target: Path) -> Rebuilt:
    """Makes ``target`` anew; the one before stands until the new one is whole.

    Raises:
        StudioError: not_found, when there is no journal; failed, when it cannot be read.
    """
    fresh = beside(target)  # another process may be making it too: the last one whole stays
    _clear(target)
    try:
        writer = AnalysisWriter(fresh)
        for columns in _journal_columns(journal, writer.words):
            writer.add(columns)
        writer.exports = exports_mark(exports)  # before they are read: what comes meanwhile is new
        orders = _add_exports(exports, writer.base) if exports.is_file() else 0
        writer.finish()
        broken = broken_links(journal)
    except DatabaseError as error:
        fresh.unlink(missing_ok=True)
        code = "failed" if journal.is_file() else "not_found"
        key = "insight.no_journal"
        raise StudioError(code, key, path=str(journal), why=error) from None  # type: ignore[arg-type]
    keep_private(fresh)
    take_name(fresh, target)
    with closing(open_analysis(target, is_read_only=True)) as base:
        airings = base.execute("SELECT count(*) FROM airings").fetchone()
    return Rebuilt(
        writer.entries, airings[0] if airings else 0, orders, len(broken),
        tuple(f"{run}/{seq}" for run, seq in broken[:20]),
    )  # fmt: skip


def _clear(target: Path) -> None:
    """Removes what processes left that were ended in the middle."""
    for left in target.parent.glob(f".{target.name}.*"):
        pid = left.name.removeprefix(f".{target.name}.").partition("-")[0]
        if not (pid.isdecimal() and int(pid) != os.getpid() and identify(int(pid))):
            left.unlink(missing_ok=True)


def is_fresh(analysis: Path, journal: Path, exports: Path | None = None) -> bool:
    """Is a question answered from the file as it is?

    One that is behind the journal or the imported exports is made anew, unless that takes many
    seconds: then it is what was last made, by hand or when a show went on air.
    """
    if not analysis.is_file():
        return False
    try:
        with closing(open_to_read(journal)) as base:
            newest = base.execute("SELECT coalesce(max(id), 0) FROM entries").fetchone()[0]
    except DatabaseError:
        return True
    about = _about(analysis)
    if about is None:
        return False
    entries, mark = about
    is_same = newest == entries and (exports is None or mark == exports_mark(exports))
    return bool(is_same or newest > MANY)


def _about(analysis: Path) -> tuple[int, str] | None:
    """Entries and exports that stand in it; None where it is to be made anew whatever they are."""
    import duckdb

    try:
        with closing(open_analysis(analysis, is_read_only=True)) as base:
            version = base.execute("SELECT version FROM about").fetchone()
            if version is None or version[0] != VERSION:
                return None
            row = base.execute("SELECT entries, exports FROM about").fetchone()
    except (StudioError, duckdb.Error):  # it is derived: whatever is wrong with it
        return None
    return None if row is None else (int(row[0]), str(row[1]))


def exports_mark(exports: Path) -> str:
    """Tells imported exports from those before and after an import or its undo; "" is none.

    Not the files' times: an import that comes while the analysis is made would be older than it.
    """
    if not exports.is_file():
        return ""
    try:
        with closing(open_database(exports, reads=True)) as store:
            has = {row[1] for row in store.execute("PRAGMA table_info(files)")}
            undone = "coalesce(max(undone_utc), '')" if "undone_utc" in has else "''"
            row = store.execute(
                f"SELECT count(*), coalesce(max(id), 0), coalesce(max(at_utc), ''), {undone} "
                "FROM files"
            ).fetchone()
    except DatabaseError:
        return "?"
    return "/".join(map(str, row))


# --- the journal --------------------------------------------------------------------------------


def _journal_columns(journal: Path, words: WordCodes) -> Iterator[dict[str, np.ndarray[Any, Any]]]:
    airings, viewers = AiringFinder(), WordCodes()
    with closing(open_to_read(journal)) as base:
        has = {row[1] for row in base.execute("PRAGMA table_info(entries)")}
        if not has:
            raise DatabaseError("no table of entries")
        fields = [name if name in has else _OLD[name] for name in _FIELDS]
        shows = dict(base.execute("SELECT id, show FROM runs"))
        cursor = base.execute(f"SELECT {', '.join(fields)} FROM entries ORDER BY id")
        while rows := list(islice(cursor, BATCH)):
            yield _columns(rows, shows, words, viewers, airings)


def _columns(
    rows: Sequence[tuple[Any, ...]], shows: Mapping[int, str], words: WordCodes, viewers: WordCodes,
    airings: AiringFinder,
) -> dict[str, np.ndarray[Any, Any]]:  # fmt: skip
    lists: dict[str, list[Any]] = {name: [] for name in (*NUMBERS, *TEXTS)}
    for row in rows:
        (id, run, at_ns, at_utc, happened, tick, programme_ms, name, schema, show, scene, sku,
         platform, traffic, viewer, cents, currency, data) = row  # fmt: skip
        came_us = _us(at_utc)
        show = show or shows.get(run, "")
        airing = airings.of(run, show, came_us, name, data, schema, programme_ms)
        metric, number = _figure(name, data)
        values = (
            id, airing, _us(happened) if happened else came_us, came_us, at_ns,
            NEVER if tick is None else tick, number,
            NEVER if cents is None else cents, viewers(viewer),
            words(name), words(show), words(scene), words(sku), words(platform), words(traffic),
            words(metric), words(currency),
        )  # fmt: skip
        for column, value in zip(lists.values(), values, strict=True):
            column.append(value)
    return {
        name: np.array(column, np.float64 if name == "number" else np.int64)
        for name, column in lists.items()
    }


def _us(utc: str) -> int:
    try:
        return round(seconds_of(utc) * 1_000_000)
    except ValueError:
        return 0


def _figure(name: str, data: str) -> tuple[str, float]:
    """The figure an entry bears: a platform's, or pieces sold."""
    if name not in ("insight.figure", "insight.sold", "insight.returned"):
        return "", float("nan")
    with contextlib.suppress(ValueError, TypeError, KeyError):
        plain: Any = read_json(data)
        if name == "insight.figure":
            return str(plain["metric"]), float(plain["value"])
        return "", float(plain["units"])
    return "", float("nan")


class AiringFinder:
    """Numbers the times on air, in the order of the journal; 0 is off air.

    A run of an engine that died and came back within a quarter of an hour goes on with the same.
    """

    def __init__(self) -> None:
        self._number = 0
        self._last: tuple[str, int] = ("", -GAP_US)
        self._flowing: dict[int, set[str]] = {}

    def of(
        self, run: int, show: str, at_us: int, name: str, data: str, schema: int,
        programme_ms: int | None,
    ) -> int:  # fmt: skip
        """Which one an entry belongs to."""
        is_on = programme_ms is not None
        if schema < 2:  # that journal did not say so: the outputs do
            is_on = self._flows(run, name, data)
        if not is_on:
            return 0
        if self._last[0] != show or at_us - self._last[1] > GAP_US:
            self._number += 1
        self._last = (show, at_us)
        return self._number

    def _flows(self, run: int, name: str, data: str) -> bool:
        flowing = self._flowing.setdefault(run, set())
        if name == "outputs.changed":
            with contextlib.suppress(ValueError, AttributeError):
                plain: Any = read_json(data)
                output, state = str(plain.get("output")), plain.get("state")
                if state in FLOWS:
                    flowing.add(output)
                elif state in ENDED:
                    flowing.discard(output)
        return bool(flowing)


# --- exports ------------------------------------------------------------------------------------


def _add_exports(path: Path, base: duckdb.DuckDBPyConnection) -> int:
    """Orders, money and figures of platforms, each row once, its latest state."""
    told: list[MoneyRow] = []
    orders: list[tuple[Any, ...]] = []
    figures: list[tuple[Any, ...]] = []
    clicks: list[tuple[Any, ...]] = []
    with closing(open_database(path, reads=True)) as store:
        rows = store.execute(
            "SELECT kind, key, order_id, at, rank, amount, currency, data FROM rows "
            "ORDER BY kind, key"
        )
        for kind, key, order_id, at, rank, amount, currency, blob in rows:
            data = msgspec.json.decode(blob, type=dict[str, str])
            at_us = _us(at) if at else None
            if kind == "clicks":
                where = (float(data[name]) for name in ("x", "y", "width", "height"))
                clicks.append((data["page"], at_us, *where, data.get("what", "")))
                continue
            told.append((kind, order_id, at_us, amount, currency, data))
            if kind == "douyin_trend":
                metric, value = TREND.get(data.get("point", "")), data.get("value")
                if metric and value:
                    figures.append((0, at_us, "douyin", metric, float(value), kind))
            elif order_id and kind != "touches":
                units = float(data["units"]) if "units" in data else None
                sku = data.get("sku") or data.get("product") or ""
                orders.append((kind, key, order_id, at_us, rank, amount, currency, units, sku))
    add_money(told, base)
    insert_rows(base, "orders", orders)
    insert_rows(base, "figures", figures)
    insert_rows(base, "clicks", clicks)
    return len(orders)
