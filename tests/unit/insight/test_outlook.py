"""What is to be expected: bands, holidays of both calendars, the day on which stock is gone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from studio.core.clock import utc_of
from studio.insight.analysis.load import rebuild
from studio.insight.imports.model import Export, ExportRow
from studio.insight.imports.store import ExportStore, store_path
from studio.insight.journal import Journal
from studio.insight.outlook.find import find_outlook
from studio.insight.outlook.holidays import holiday_on, holidays
from studio.insight.outlook.model import Outlook

FIRST = date(2026, 1, 15)


def outlook(folder: Path, monkeypatch: pytest.MonkeyPatch, days: int, free: int = 50) -> Outlook:
    monkeypatch.setenv("SHOPCAST_DATA", str(folder))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    journal = folder / "journal.db"
    Journal(journal, "show").close()
    rng, rows = np.random.default_rng(2), []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        seconds = (day - date(1970, 1, 1)).days * 86_400 + 12 * 3600
        usual = 4 * (3 if holiday_on(day) else 1)
        for order in range(int(rng.poisson(usual)) + 1):
            id = f"{number}-{order}"
            rows.append(ExportRow(
                id, id, utc_of(seconds + order), amount=5_000, currency="CNY",
                data={"sku": "hat-s", "units": "1"},
            ))  # fmt: skip
    store = ExportStore()
    store.merge(Export("douyin_orders", rows=rows), "orders.csv")
    store.close()
    rebuild(journal, store_path(), folder / "analysis.duckdb")
    return find_outlook(
        folder / "analysis.duckdb", {"hat-s": "hat"}, {"hat": free}, {"hat": "Hat"}, 14
    )


def test_days_ahead_with_bands_and_the_day_stock_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outlook(tmp_path, monkeypatch, 70)
    last = FIRST + timedelta(days=69)
    assert found.last == last.isoformat()
    assert [day.date for day in found.money] == [
        (last + timedelta(days=number)).isoformat() for number in range(1, 15)
    ]
    for day in (*found.money, *found.units):
        assert 0 <= day.low <= day.middle <= day.high
    usual = [day.middle for day in found.units if not day.holiday.en]
    assert 3 < float(np.mean(usual)) < 8
    hat = found.goods[0]
    assert hat.name == "Hat"
    assert hat.out_early <= hat.out
    gone = (date.fromisoformat(hat.out) - last).days
    assert 6 <= gone <= 14
    assert sum(found.hours) == pytest.approx(1.0, abs=0.01)


def test_holidays_that_were_never_seen_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outlook(tmp_path, monkeypatch, 79)  # up to 3 April: Qingming and Easter come
    named = {day.date: day for day in found.money if day.holiday.en}
    assert {"2026-04-05"} <= set(named)
    assert not named["2026-04-05"].is_seen


def test_too_few_days_are_said_and_nothing_is_made_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outlook(tmp_path, monkeypatch, 12)
    assert found.money == ()
    assert found.goods == ()
    assert "12 days are known" in found.source.en


def test_both_calendars() -> None:
    def name(day: str) -> str:
        found = holiday_on(date.fromisoformat(day))
        return found.label.en if found else ""

    assert name("2026-02-17") == name("2026-02-23") == "Spring Festival"
    assert name("2026-02-24") == ""
    assert name("2027-11-26") == "Black Friday"
    assert name("2031-11-11") == "Singles' Day"
    assert {holiday.calendar for holiday in holidays()} == {"cn", "west", "both"}
    for holiday in holidays():
        assert bool(holiday.dates) != bool(holiday.each_year)
        for day in holiday.dates:
            assert date.fromisoformat(day)
