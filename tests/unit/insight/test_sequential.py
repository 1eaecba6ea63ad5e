"""No false winners however often one looks; real ones are found; a broken split is found."""

from __future__ import annotations

import numpy as np
import pytest

from studio.insight.forecast import forecast
from studio.insight.sequential import holm, rate_difference, split_e_value
from studio.insight.simulation import (
    aa_by_viewer,
    power_switched,
    srm_false,
    srm_found,
    switched_winners,
)


def test_a_a_shows_switched_in_time_have_few_winners_at_any_look() -> None:
    found = switched_winners(seed=11, shows=1000)
    assert found.e_value <= 0.05
    assert found.naive > 0.3  # the trivial test beside it


def test_an_effect_of_a_fifth_is_found_within_four_shows() -> None:
    assert power_switched(seed=12, experiments=300, effect=0.2) >= 0.75


def test_a_a_split_by_viewer_has_few_winners_at_every_look() -> None:
    found = aa_by_viewer(seed=13, shows=400)
    assert found.e_value <= 0.05
    assert found.naive > 0.25


def test_a_split_of_53_to_47_is_always_found_and_a_fair_one_hardly_ever() -> None:
    at = srm_found(seed=14, runs=100, share=0.53)
    assert len(at) == 100
    assert np.median(at) < 8000
    assert srm_false(seed=15, runs=1000) <= 0.001


def test_the_designed_ratio_is_the_one_that_is_checked() -> None:
    assert split_e_value((9000, 1000), (0.9, 0.1)) < 1
    assert split_e_value((9000, 1000), (0.5, 0.5)) > 1e9
    with pytest.raises(ValueError, match="shares"):
        split_e_value((1, 2), (0.9, 0.2))


def test_few_viewers_say_nothing() -> None:
    assert rate_difference((3, 10), (9, 10)) == (-1.0, 1.0)
    low, high = rate_difference((300, 5000), (600, 5000))
    assert 0 < low < 0.06 < high


def test_three_tests_together_need_more() -> None:
    assert holm([70.0, 45.0, 10.0]) == [True, True, False]
    assert holm([50.0, 45.0, 10.0]) == [False, False, False]


def test_a_forecast_bears_zeros_gaps_and_returns() -> None:
    rng = np.random.default_rng(3)
    days = np.arange(200)
    series = 100 * (1 + 0.4 * np.sin(days * 2 * np.pi / 7)) + rng.normal(0, 8, 200)
    series[20:24] = np.nan
    series[50] = 0.0
    series[60] = -15.0
    found = forecast(series, 14)
    real = 100 * (1 + 0.4 * np.sin((days[-1] + 1 + np.arange(14)) * 2 * np.pi / 7))
    assert np.abs(found.middle - real).mean() < 15
    assert (found.low <= found.middle).all()
    assert (found.middle <= found.high).all()
    assert (forecast(np.zeros(60), 7).middle == 0).all()
    with pytest.raises(ValueError, match="days"):
        forecast(series[:10], 7)
