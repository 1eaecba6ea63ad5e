"""The board: unknown is None and never 0, alarms hold, say what preceded them, and can be quiet."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.alarms import score
from studio.core.errors import StudioError
from studio.insight.board import Board
from studio.insight.detector import LEAST_SHOWS, Baseline, baseline_of
from studio.insight.figures import LiveFigures
from studio.insight.metrics import all_values, metrics, needs, value_of, waterfall


def steady(shows: int = 20, steps: int = 400, mean: float = 40.0) -> Baseline:
    rng = np.random.default_rng(4)
    levels = np.exp(rng.normal(0, 0.3, (1, shows, 1)))
    history = rng.poisson(mean * levels, (1, shows, steps)).astype(float)
    return baseline_of(("comments",), history, np.array([True]))


class Clock:
    """Goes ten seconds on with each step of the board."""

    now = 10**15

    def __call__(self) -> int:
        return self.now


def run(board: Board, seconds: int, per_step: int) -> list[str]:
    raised = []
    for _ in range(seconds // 10):
        Clock.now += 10 * 10**9
        board.figures.add("comments", per_step)
        raised += [alarm.metric for alarm in board.step()]
    return raised


def test_every_metric_is_labelled_and_made_of_what_is_counted() -> None:
    for metric in metrics().values():
        assert metric.label.zh, metric.id
        assert metric.label.en, metric.id
        assert metric.where.zh, metric.id
        for part in needs(metric.formula):
            assert not metrics()[part].formula, metric.id
    names = {"exposed", "entered", "product_seen", "clicked", "paid", "enter_rate", "click_rate",
             "product_seen_rate", "pay_rate", "gpm_cents", "uv_value_cents", "order_value_cents",
             "interaction_rate"}  # fmt: skip
    assert names <= set(metrics())


def test_nothing_known_is_nothing_said() -> None:
    assert set(all_values({}).values()) == {None}
    board = Board()
    assert {figure.value for figure in board.view().figures} == {None}
    assert {figure.state for figure in board.view().figures} == {"unknown"}
    board.begin()
    board.step()
    assert {figure.value for figure in board.view().figures} == {None}


def test_ratios_come_from_sums_and_a_zero_below_is_unknown() -> None:
    rate = metrics()["click_rate"]
    assert value_of(rate, {"clicked": 30, "product_seen": 400}) == pytest.approx(7.5)
    assert value_of(rate, {"clicked": 30, "product_seen": 0}) is None
    assert value_of(rate, {"clicked": 0, "product_seen": 400}) == 0
    assert value_of(metrics()["gpm_cents"], {"gmv_cents": 500_000, "entered": 1000}) == 500_000


@pytest.mark.parametrize(
    "formula", ["__import__('os')", "a.b", "a[0]", "a ** b", "(", "f(a)", "'x'"]
)
def test_a_formula_is_sums_and_nothing_else(formula: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        needs(formula)


def test_the_waterfall_adds_up_exactly() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        sides = [
            {"exposed": float(rng.integers(1, 10**6)), "orders": float(rng.integers(1, 10**4)),
             "gmv_cents": float(rng.integers(1, 10**9))}
            for _ in range(2)
        ]  # fmt: skip
        steps = waterfall(*sides)
        assert steps is not None
        change = sides[1]["gmv_cents"] - sides[0]["gmv_cents"]
        assert sum(step.change for step in steps) == pytest.approx(change, rel=1e-9, abs=1e-3)
    same = {"exposed": 10.0, "orders": 2.0, "gmv_cents": 400.0}
    assert [step.change for step in waterfall(same, same) or ()] == [0, 0, 0]
    assert waterfall(same, {**same, "orders": 0}) is None


def test_a_running_total_counts_by_what_it_grew() -> None:
    figures = LiveFigures()
    grew = [figures.increase("entered", "douyin", total) for total in (900, 950, 950, 20)]
    assert grew == [0, 50, 0, 20]
    assert figures.increase("entered", "tiktok", 30) == 0
    figures.add("entered", math.nan)
    assert "entered" not in figures.sums


def test_under_five_shows_it_learns_and_raises_nothing() -> None:
    board = Board()
    board.take_baseline(steady(LEAST_SHOWS - 1))
    board.begin()
    assert run(board, 1200, 40) + run(board, 1200, 0) == []
    (comments,) = [figure for figure in board.view().figures if figure.id == "comments"]
    assert (comments.state, comments.low) == ("learning", None)


def test_a_fall_raises_one_alarm_with_what_preceded_it_and_ends_when_it_is_well() -> None:
    board = Board(Clock())
    board.take_baseline(steady())
    board.begin()
    assert run(board, 1500, 55) == []  # today's level is another one than usual
    board.happened("cut", "主播 → 特写")
    raised = run(board, 300, 8)
    assert raised == ["comments"]
    (alarm,) = board.alarms
    assert alarm.normal == pytest.approx(330, rel=0.1)
    assert alarm.value < 0.5 * alarm.normal
    assert [entry.what for entry in alarm.before] == ["主播 → 特写"]
    assert alarm.since_utc < alarm.at_utc
    (figure,) = [figure for figure in board.view().figures if figure.id == "comments"]
    assert figure.state == "low"
    board.put(alarm.id, "acknowledged")
    assert board.view().alarms[0].state == "acknowledged"
    assert run(board, 300, 8) == []  # it goes on: not raised again
    run(board, 900, 55)
    assert board.view().alarms[0].state == "over"
    with pytest.raises(StudioError):
        board.put(alarm.id, "snoozed", 5)


def test_what_is_not_told_any_more_is_not_a_fall() -> None:
    board = Board()
    board.take_baseline(steady())
    board.begin()
    board.figures.add("online", 500)
    for _ in range(40):
        board.step()
    values = {figure.id: figure.value for figure in board.view().figures}
    assert values["online"] is None
    assert values["comments"] is None


def test_alarms_on_made_up_shows_that_no_constant_was_chosen_with() -> None:
    """One seed of five; `shopcast bench alarms` goes through all."""
    found = score(501, shows=30)
    assert found.false_a_show <= 0.4
    assert found.trivial_a_show > 50
    assert found.found >= 0.9
