"""What is usually sold in a stretch: held-out shows, beside the rate of ten minutes before."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from bench.alarm_shows import FIGURES, STEP_S, healthy
from studio.core.clock import utc_of
from studio.core.usual_sales import UsualSales
from studio.governance.database import open_database
from studio.insight.analysis.load import rebuild
from studio.insight.analysis.usual import find_usual, usual_of
from studio.insight.usual_sales import OwnSalesNormal
from tests.unit.insight.made_shows import BEGAN_S, DAY_S, made_journal

PAID = next(at for at, (name, _) in enumerate(FIGURES) if name == "paid")


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usual")
    journal = made_journal(folder / "journal.db", 7)
    rebuild(journal, folder / "none.db", folder / "analysis.duckdb")
    return folder / "analysis.duckdb"


def at(show: int, second: float) -> str:
    return utc_of(BEGAN_S + show * DAY_S + second)


def test_under_five_own_shows_nothing_is_known(analysis: Path) -> None:
    assert [find_usual(analysis, at(show, 900), 300).is_known for show in range(7)] == [
        False, False, False, False, False, True, True,
    ]  # fmt: skip
    assert find_usual(analysis, at(4, 900), 300).shows == 4
    # None of the others lasted as far as this stretch.
    assert find_usual(analysis, at(6, 2300), 300).shows == 0
    assert find_usual(analysis, utc_of(BEGAN_S - 60), 300) == UsualSales()
    assert find_usual(analysis, at(6, DAY_S / 2), 300) == UsualSales()  # nothing was on air


def test_a_stretch_of_a_show_is_foretold_with_its_money(analysis: Path) -> None:
    found = find_usual(analysis, at(6, 900), 600)
    assert found.shows == 6
    assert 5 < found.expected < 30  # one in forty seconds, as the level is
    assert found.low < found.expected < found.high
    assert (found.price_cents, found.currency) == (9900.0, "CNY")


def test_it_is_not_worse_than_the_rate_before_and_its_band_holds_on_held_out_shows() -> None:
    """Forty shows that were in nobody's normal, a stretch of ten minutes in each quarter hour."""
    shows = healthy(20_261, 60)[PAID]
    normal, held_out = shows[:20], shows[20:]
    stretch = 600 // STEP_S
    own, before, inside = [], [], []
    for show in held_out:
        for first in range(120, shows.shape[1] - stretch, 90):
            sold = show[first : first + stretch].sum()
            expected, low, high = usual_of(
                normal[:, first : first + stretch].sum(axis=1), normal[:, :first].sum(axis=1),
                show[:first].sum(), first * STEP_S,
            )  # fmt: skip
            own.append(abs(expected - sold))
            before.append(abs(show[first - stretch : first].sum() - sold))
            inside.append(low <= sold <= high)
    print(f"own shows {np.mean(own):.1f}, ten minutes before {np.mean(before):.1f}, "
          f"band {np.mean(inside):.3f} of {len(inside)}")  # fmt: skip
    assert 0.70 <= np.mean(inside) <= 0.92


def test_it_is_asked_of_a_process_of_its_own_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    journal = made_journal(tmp_path / "journal.db", 6, 20)
    with closing(open_database(journal)) as base:
        rows = [("", 0, "show")] * 6
        base.executemany("INSERT INTO runs (began_utc, began_ns, show) VALUES (?, ?, ?)", rows)
    normal = OwnSalesNormal(tmp_path / "journal.db")

    async def ask() -> UsualSales:
        return await normal.usual_sales(at(5, 600), 120)

    found = asyncio.run(ask())
    assert found.is_slow or found.shows == 5  # a machine that is very busy may be late
    (tmp_path / "journal.db").unlink()
    if not found.is_slow:
        assert asyncio.run(ask()) == found
    none = OwnSalesNormal(tmp_path / "journal.db")
    assert not asyncio.run(none.usual_sales(at(5, 600), 60)).is_known
