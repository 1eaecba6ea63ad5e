"""Where visitors clicked on pages of one's own while a show was on air. In the child process."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from studio.insight.shape.model import ClickMap, ClickTarget

if TYPE_CHECKING:
    import duckdb

    from studio.insight.analysis.sums import AiringRow

COLUMNS, MOST_ROWS, MOST_MAPS, MOST_TARGETS = 24, 96, 8, 8
PHONE_PX, TABLET_PX = 600, 1024
CLICKS = """
SELECT page, x, y, width, height, what FROM clicks WHERE at_us BETWEEN ? AND ?
"""
Click = tuple[str, float, float, float, float, str]


def find_clicks(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> tuple[ClickMap, ...]:
    """A map for each page and kind of screen, those with the most clicks first."""
    return click_maps(base.execute(CLICKS, [airing.began_us, airing.ended_us]).fetchall())


def click_maps(clicks: list[Click]) -> tuple[ClickMap, ...]:
    """As `find_clicks`, of rows: page, x, y, width, height in CSS pixels, what.

    Pages are as wide as the screen: phones, tablets and desks each have a map of their own. Its
    cells are square, of a page as high as most were.
    """
    groups: dict[tuple[str, str], list[Click]] = defaultdict(list)
    for click in clicks:
        groups[click[0], _screen(click[3])].append(click)
    maps = [_map(page, screen, group) for (page, screen), group in groups.items()]
    maps.sort(key=lambda found: (-found.clicks, found.page, found.screen))
    return tuple(maps[:MOST_MAPS])


def _screen(width: float) -> str:
    return "phone" if width < PHONE_PX else "tablet" if width < TABLET_PX else "desk"


def _map(page: str, screen: str, clicks: list[Click]) -> ClickMap:
    shapes = sorted(height / width for _, _, _, width, height, _ in clicks)
    shape = shapes[len(shapes) // 2]
    rows = min(MOST_ROWS, max(1, round(COLUMNS * shape)))
    values = [[0] * COLUMNS for _ in range(rows)]
    targets: Counter[str] = Counter()
    for _, x, y, width, height, what in clicks:
        # By width both ways: what stands at the top of a page does so on a longer one, too.
        column = min(COLUMNS - 1, int(x / width * COLUMNS))
        row = min(rows - 1, int(y / width * COLUMNS) if shape * COLUMNS <= MOST_ROWS
                  else int(y / height * rows))  # fmt: skip
        values[row][column] += 1
        targets[what] += 1
    idle = targets.pop("", 0)
    most = sorted(targets.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TARGETS]
    return ClickMap(
        page, screen, len(clicks), idle, tuple(map(tuple, values)),
        tuple(ClickTarget(name, count) for name, count in most),
    )  # fmt: skip
