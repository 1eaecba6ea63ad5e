"""The lanes and marks of a time on air. In the child process."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.clean import read_json
from studio.core.clock import utc_of
from studio.governance.database import DatabaseError
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import AiringRow, find_airing
from studio.insight.journal import open_to_read
from studio.insight.metrics import metrics
from studio.insight.strip.model import ShowStrip, SpeechLine, StripLane, StripMark

if TYPE_CHECKING:
    import duckdb

MOST_MINUTES, MOST_MARKS, MOST_SPEECH = 24 * 60, 600, 5_000
MINUTE_US = 60_000_000
OWN = {
    "comments": ("comments.received", "count(*)"),
    "units": ("insight.sold", "sum(number)"),
    "sold_cents": ("insight.sold", "sum(value_cents)"),
}
TOLD = ("online", "gmv_cents", "clicked")
MARKS = {"shop.card_shown": "card", "scenes.taken": "cut", "insight.alarm": "alarm"}
Lanes = dict[str, NDArray[np.float64]]


def find_strip(path: Path, show: str, beside: str = "", journal: Path | None = None) -> ShowStrip:
    """One show, and another laid over it by phase.

    Args:
        journal: has what was said; the analysis has only when.

    Raises:
        StudioError: not_found.
    """
    with closing(open_analysis(path, is_read_only=True)) as base:
        airing = find_airing(base, show)
        lanes, parts = _lanes(base, airing), _parts(base, airing)
        other, others = (find_airing(base, beside), Lanes()) if beside else (None, Lanes())
        if other is not None:
            laid = _parts(base, other)
            others = {
                id: over_phases(values, laid, parts, _count(airing))
                for id, values in _lanes(base, other).items()
            }
        marks = _marks(base, airing)
        speech = () if journal is None else _speech(base, airing, journal)
    known = metrics()
    rows = tuple(
        StripLane(id, known[id].label, known[id].unit, _plain(values),
                  _plain(others[id]) if id in others else ())
        for id, values in lanes.items()
    )  # fmt: skip
    name = "" if other is None else f"{other.id} · {other.show}"
    return ShowStrip(
        airing.id, airing.show, utc_of(airing.began_us / 1e6), _count(airing), parts[1], parts[2],
        rows, marks, name, speech,
    )  # fmt: skip


def over_phases(
    values: NDArray[np.float64], laid: tuple[float, ...], onto: tuple[float, ...], count: int
) -> NDArray[np.float64]:
    """Another show's minutes on this one's axis: each phase begins and ends with its own.

    Args:
        laid, onto: where phases begin and end, minutes: of the other, of this one.
    """
    at = np.interp(np.arange(count) + 0.5, onto, laid)
    found = np.clip(at.astype(int), 0, len(values) - 1)
    return np.asarray(values[found], np.float64)


def _count(airing: AiringRow) -> int:
    return min(MOST_MINUTES, int(airing.minutes) + 1)


def _parts(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> tuple[float, ...]:
    row = base.execute(
        "SELECT opened_us, closing_us FROM airings WHERE id = ?", [airing.id]
    ).fetchone()
    opened, closing_us = row or (airing.began_us, airing.ended_us)
    return (0.0, *((at - airing.began_us) / MINUTE_US for at in
                   (opened, closing_us, airing.ended_us)))  # fmt: skip


def _lanes(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> Lanes:
    """Counted ones are 0 where nothing came; what a platform tells is unknown between."""
    count, found = _count(airing), Lanes()
    for id, (name, what) in OWN.items():
        rows = base.execute(
            f"SELECT (at_us - ?) // {MINUTE_US}, {what} FROM events WHERE airing = ? "
            "AND name = ? GROUP BY 1", [airing.began_us, airing.id, name],
        ).fetchall()  # fmt: skip
        if rows:
            found[id] = _filled(rows, np.zeros(count))
    for id in TOLD:
        rows = base.execute(
            f"SELECT (at_us - ?) // {MINUTE_US}, avg(number) FROM figures WHERE airing = ? "
            "AND metric = ? AND source = (SELECT min(source) FROM figures WHERE airing = ? "
            "AND metric = ?) GROUP BY 1", [airing.began_us, airing.id, id, airing.id, id],
        ).fetchall()  # fmt: skip
        if rows:
            found[id] = _filled(rows, np.full(count, np.nan))
    return found


def _filled(rows: list[tuple[int, float | None]], into: NDArray[np.float64]) -> NDArray[np.float64]:
    for minute, value in rows:
        if 0 <= minute < len(into) and value is not None:
            into[minute] = value
    return into


def _marks(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> tuple[StripMark, ...]:
    names = ", ".join(f"'{name}'" for name in MARKS)
    rows = base.execute(
        f"SELECT at_us, name, sku, scene FROM events WHERE airing = ? AND name IN ({names}) "
        "ORDER BY entry LIMIT ?", [airing.id, MOST_MARKS],
    ).fetchall()  # fmt: skip
    return tuple(
        StripMark(round((at_us - airing.began_us) / 1e6, 3), MARKS[name],
                  str((scene if MARKS[name] == "cut" else sku) or ""))
        for at_us, name, sku, scene in rows
    )  # fmt: skip


def _speech(
    base: duckdb.DuckDBPyConnection, airing: AiringRow, journal: Path
) -> tuple[SpeechLine, ...]:
    at_us: dict[int, int] = dict(base.execute(
        "SELECT entry, at_us FROM events WHERE airing = ? AND name = 'host.said' "
        "ORDER BY entry LIMIT ?", [airing.id, MOST_SPEECH],
    ).fetchall())  # fmt: skip
    if not at_us:
        return ()
    try:
        with closing(open_to_read(journal)) as store:
            rows = store.execute(
                "SELECT id, data FROM entries WHERE name = 'host.said' AND id BETWEEN ? AND ?",
                (min(at_us), max(at_us)),
            ).fetchall()
    except DatabaseError:
        return ()
    return tuple(
        SpeechLine(round((at_us[id] - airing.began_us) / 1e6, 3), str(read_json(data)["text"]))
        for id, data in rows if id in at_us
    )  # fmt: skip


def _plain(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else round(float(value), 2) for value in values)
