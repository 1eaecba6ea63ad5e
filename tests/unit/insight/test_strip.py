"""A show on one axis: lanes, marks, and another show laid over it by phase."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.insight.analysis.load import rebuild
from studio.insight.strip.find import find_strip, over_phases
from tests.unit.insight.made_shows import made_journal


def test_lanes_marks_and_another_show_beside(tmp_path: Path) -> None:
    journal = made_journal(tmp_path / "journal.db", 2, minutes=30)
    analysis = tmp_path / "analysis.duckdb"
    rebuild(journal, tmp_path / "none.db", analysis)
    found = find_strip(analysis, "2", "1")
    lanes = {lane.id: lane for lane in found.lanes}
    assert {"comments", "units", "sold_cents", "gmv_cents", "clicked"} <= set(lanes)
    assert "online" not in lanes  # nobody told: no line is drawn
    for lane in found.lanes:
        assert len(lane.values) == found.minutes
        assert len(lane.beside) in (0, found.minutes)
    assert sum(value or 0 for value in lanes["comments"].values) > 0
    kinds = {mark.kind: mark for mark in found.marks}
    assert kinds["alarm"].at_s == pytest.approx(600, abs=2)
    assert kinds["cut"].at_s == pytest.approx(1800, abs=2)
    assert found.beside.startswith("1 ")
    assert find_strip(analysis, "last").lanes[0].beside == ()
    with pytest.raises(StudioError):
        find_strip(analysis, "last", "nowhere")


def test_phases_meet_phases() -> None:
    """A show of 100 minutes beside one of 40: its closing lies on the other's closing."""
    values = np.repeat([1.0, 2.0, 3.0], [10, 70, 20])
    laid = over_phases(values, (0, 10, 80, 100), (0, 6, 30, 40), 40)
    assert list(laid) == [1.0] * 6 + [2.0] * 24 + [3.0] * 10
