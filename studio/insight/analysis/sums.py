"""What a time on air added up to: the sums from which every metric is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.insight.metrics import metrics

if TYPE_CHECKING:
    import duckdb

OWN = """
SELECT count(*) FILTER (name = 'comments.received'),
  sum(number) FILTER (name = 'insight.sold'), sum(value_cents) FILTER (name = 'insight.sold'),
  -sum(number) FILTER (name = 'insight.returned'), count(DISTINCT currency) FILTER (
    name = 'insight.sold' AND currency <> '')
FROM events WHERE {where}
"""
FIGURES = (
    "SELECT metric, source, sum(number), avg(number) FROM figures WHERE {where} "
    "GROUP BY metric, source ORDER BY metric, source = 'journal', source"
)


class AiringRow:
    """A time on air as it stands in the analysis.

    Args:
        row: of the table.
    """

    def __init__(self, row: tuple[int, str, int, int, int]) -> None:
        self.id, self.show, self.began_us, self.ended_us, self.zone_us = row

    @property
    def minutes(self) -> float:
        """Its length."""
        return (self.ended_us - self.began_us) / 60e6


def airings(base: duckdb.DuckDBPyConnection) -> list[AiringRow]:
    """All, the oldest first."""
    rows = base.execute(
        "SELECT id, show_name, began_us, ended_us, zone_us FROM airings ORDER BY id"
    ).fetchall()
    return [AiringRow(row) for row in rows]


def find_airing(base: duckdb.DuckDBPyConnection, show: str) -> AiringRow:
    """A time on air by its number, the last of a show by its name, or "last".

    Raises:
        StudioError: not_found.
    """
    known = airings(base)
    chosen = [each for each in known if show in (str(each.id), each.show)]
    if show == "last" and not chosen:
        chosen = known[-1:]
    if not chosen:
        names = ", ".join(f"{a.id} {a.show}" for a in known[-10:])
        raise StudioError("not_found", "insight.no_show", show=show, known=names or "-")
    return chosen[-1]


def sums_of(base: duckdb.DuckDBPyConnection, airing: int) -> dict[str, float]:
    """Sums of what is counted; what nobody told is not in it.

    A figure that several sources tell is taken from one of them, an import before what was noted
    by hand: claims are never added together. Money of several currencies is not added.
    """
    return _sums(base, "airing = ?", [airing])


def sums_between(base: duckdb.DuckDBPyConnection, from_us: int, to_us: int) -> dict[str, float]:
    """The same of a stretch of time on air, UTC in microseconds; nothing of what was off air.

    A stretch of which a part was off air has nothing at all.
    """
    inside = base.execute(
        "SELECT count(*) FROM airings WHERE began_us <= ? AND ended_us >= ?", [from_us, to_us]
    ).fetchone()
    if not inside or not inside[0]:
        return {}
    return _sums(base, "at_us >= ? AND at_us < ?", [from_us, to_us])


def _sums(base: duckdb.DuckDBPyConnection, where: str, params: list[int]) -> dict[str, float]:
    found: dict[str, float] = {}
    row = base.execute(OWN.format(where=where), params).fetchone()
    comments, units, cents, returned, currencies = row or (0, None, None, None, 0)
    if comments:
        found["comments"] = float(comments)
    if units is not None:
        found["units"], found["returned"] = float(units), float(returned or 0)
        if cents is not None and currencies == 1:
            found["sold_cents"] = float(cents)
    known = metrics()
    for metric, _, total, mean in base.execute(FIGURES.format(where=where), params).fetchall():
        if metric in known and not known[metric].formula and metric not in found:
            found[metric] = float(mean if known[metric].kind == "level" else total)
    return found
