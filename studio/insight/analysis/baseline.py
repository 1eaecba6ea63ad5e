"""What is normal: the last own shows as counts in ten seconds, for the board."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.insight.analysis.base import open_analysis
from studio.insight.detector import LEAST_SHOWS, MOST_SHOWS, STEP_S, baseline_of
from studio.insight.metrics import metrics
from studio.insight.model import BaselineReply

LEAST_MINUTES = 15
MOST_STEPS = 12 * 3600 // STEP_S
COUNTS = """
SELECT airing, (at_us - began_us) // {step_us} AS step, figure, sum(amount), max(is_level)
FROM (
  SELECT airing, at_us, 'comments' AS figure, 1.0 AS amount, 0 AS is_level FROM events
    WHERE name = 'comments.received'
  UNION ALL SELECT airing, at_us, 'units', number, 0 FROM events WHERE name = 'insight.sold'
  UNION ALL SELECT airing, at_us, 'sold_cents', value_cents, 0 FROM events
    WHERE name = 'insight.sold' AND value_cents IS NOT NULL
  UNION ALL SELECT airing, at_us, 'returned', -number, 0 FROM events
    WHERE name = 'insight.returned'
  UNION ALL SELECT airing, at_us, metric, number, 0 FROM figures WHERE source = 'journal'
) JOIN airings ON airings.id = airing
WHERE airing IN ({airings}) GROUP BY 1, 2, 3
"""


def find_baseline(path: Path) -> BaselineReply:
    """What the last own shows say is normal.

    Only figures that came in every one of them count; a short test is no show.

    Raises:
        StudioError: unavailable.
    """
    with closing(open_analysis(path, is_read_only=True)) as base:
        airings = base.execute(
            "SELECT id, (ended_us - began_us) // ? FROM airings WHERE ended_us - began_us >= ? "
            "ORDER BY id DESC LIMIT ?",
            [STEP_S * 1_000_000, LEAST_MINUTES * 60_000_000, MOST_SHOWS],
        ).fetchall()
        if len(airings) < LEAST_SHOWS:
            return BaselineReply(shows=len(airings))
        chosen = ",".join(str(row[0]) for row in airings)
        counts = base.execute(COUNTS.format(step_us=STEP_S * 1_000_000, airings=chosen)).fetchall()
    lengths = {row[0]: min(MOST_STEPS, row[1] + 1) for row in airings}
    names, history = _history(counts, lengths)
    if not names:
        return BaselineReply(shows=len(airings))
    down = np.array([metrics()[name].better != "down" for name in names])
    found = baseline_of(names, history, down)
    return BaselineReply(found.metrics, found.profile, found.phi, found.limit, found.shows)


def _history(
    counts: list[tuple[int, int, str, float, int]], lengths: dict[int, int]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """(figures, shows, steps); a level stands until it is told anew."""
    seen: dict[str, set[int]] = {}
    for airing, _, name, _, _ in counts:
        seen.setdefault(name, set()).add(airing)
    known = metrics()
    names = tuple(sorted(
        name for name, shows in seen.items()
        if len(shows) == len(lengths) and name in known and not known[name].formula
    ))  # fmt: skip
    rows, shows = {name: at for at, name in enumerate(names)}, list(lengths)
    history = np.full((len(names), len(shows), max(lengths.values())), np.nan)
    for at, airing in enumerate(shows):
        history[:, at, : lengths[airing]] = 0.0
    levels = [at for name, at in rows.items() if known[name].kind == "level"]
    history[levels] = np.nan
    places = {airing: at for at, airing in enumerate(shows)}
    for airing, step, name, amount, _ in counts:
        if name in rows and 0 <= step < lengths[airing] and amount is not None:
            history[rows[name], places[airing], step] = amount
    for row in levels:
        for at, airing in enumerate(shows):
            history[row, at, : lengths[airing]] = _standing(history[row, at, : lengths[airing]])
    return names, history


def _standing(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What was told last, at each step; before the first time, the first."""
    told = np.flatnonzero(~np.isnan(values))
    last = np.searchsorted(told, np.arange(len(values)), side="right") - 1
    return np.asarray(values[told[np.maximum(last, 0)]])
