"""Funnel, paths, heat and segments of a show: what nobody told stays empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.clock import utc_of
from studio.insight.analysis.load import rebuild
from studio.insight.imports.model import Export, ExportRow
from studio.insight.imports.store import ExportStore, store_path
from studio.insight.shape.find import find_shape, funnel_steps
from studio.insight.shape.segments import segment_of
from tests.unit.insight.made_shows import BEGAN_S, DAY_S, made_journal


def touch(visitor: str, days: float, source: str = "", order: str = "") -> ExportRow:
    at = utc_of(BEGAN_S + DAY_S + 300 - days * DAY_S)
    amount = 10_000 if order else None
    return ExportRow(f"{visitor}{days}{order}", order, at, amount=amount, currency="CNY",
                     data={"visitor": visitor, "source": source})  # fmt: skip


def test_the_shape_of_a_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    journal = made_journal(tmp_path / "journal.db", 2, minutes=20)
    store = ExportStore()
    rows = [
        touch("ann", 2, "ads"), touch("ann", 1, "live"), touch("ann", 0, "", "1"),
        touch("ben", 2, "ads"), touch("ben", 1.5, "live"), touch("ben", 0, "", "2"),
        touch("ben", 70, "", "0"), touch("cat", 1, "mail"), touch("dan", 30, "", "3"),
    ]  # fmt: skip
    store.merge(Export("touches", rows=rows), "touches.csv")
    store.close()
    rebuild(journal, store_path(), tmp_path / "analysis.duckdb")
    found = find_shape(tmp_path / "analysis.duckdb", "last")
    assert found.airing == 2
    assert [step.id for step in found.steps] == [
        "exposed", "entered", "product_seen", "clicked", "paid",
    ]  # fmt: skip
    entered = found.steps[1]
    assert entered.rate == pytest.approx(100 * (entered.value or 0) / (found.steps[0].value or 1))
    assert entered.before is not None
    assert found.reached == (3, 2)
    assert found.paths[0].steps == ("ads", "live")
    assert found.paths[0].viewers == 2
    assert set(found.minutes.rows) == {"hat", "=bag"}
    assert len(found.minutes.values[0]) == len(found.minutes.columns)
    assert any(value is None for row in found.week.values for value in row)  # never on air then
    assert sum(value or 0 for row in found.week.values for value in row) > 0
    people = {segment.id: segment.people for segment in found.segments}
    assert people == {"best": 1, "new": 1, "once": 1}


def test_what_nobody_told_is_empty_and_no_rate_is_made_of_it() -> None:
    steps = {step.id: step for step in funnel_steps({"exposed": 0.0, "clicked": 5.0}, {})}
    assert steps["entered"].value is None
    assert steps["clicked"].rate is None
    assert steps["paid"].rate is None
    assert all(step.where.zh for step in steps.values())


def test_segments_by_days_and_orders() -> None:
    assert [segment_of(*each) for each in ((1, 2), (30, 5), (90, 2), (3, 1), (30, 1))] == [
        "best", "again", "cooling", "new", "once",
    ]  # fmt: skip
