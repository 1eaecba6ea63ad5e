"""Smoothing calms noise and does not drag behind."""

from __future__ import annotations

import numpy as np
import pytest

from studio.tryon.smooth import OneEuro, Steady

_DT_NS = 33_333_333


def _face(x: float, y: float, size: float = 100.0, turn: float = 0.0) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False) + turn
    ring = np.stack([np.cos(angles) * size, np.sin(angles) * size * 1.3, 0 * angles], 1)
    ring[:, :2] += (x, y)
    return ring.astype(np.float32)


def test_noise_is_calmed() -> None:
    random = np.random.default_rng(1)
    steady = Steady()
    out = []
    for n in range(90):
        noisy = _face(300, 200) + random.normal(0, 0.5, (40, 3))
        out.append(steady.update(noisy.astype(np.float32), n * _DT_NS))
    late = np.array(out[20:])[:, :, :2]
    assert np.sqrt(((late - late.mean(0)) ** 2).mean()) < 0.25


@pytest.mark.parametrize("speed", [50, 300, 900])
def test_motion_is_followed_without_lag(speed: float) -> None:
    steady = Steady()
    worst = 0.0
    for n in range(60):
        x = 300 + speed * n / 30
        got = steady.update(_face(x, 200), n * _DT_NS)
        if n > 10:
            worst = max(worst, float(np.hypot(*(got - _face(x, 200))[:, :2].T).max()))
    assert worst < 1.5


def test_turn_and_size_are_followed() -> None:
    steady = Steady()
    for n in range(60):
        wanted = _face(300, 200, 100 + 20 * np.sin(n / 10), 0.5 * np.sin(n / 12))
        got = steady.update(wanted, n * _DT_NS)
    assert np.hypot(*(got - wanted)[:, :2].T).max() < 2.0


def test_values_that_cannot_be_are_passed_through() -> None:
    steady = Steady()
    assert np.isnan(steady.update(np.full((40, 3), np.nan, np.float32), 0)).all()
    assert np.isfinite(steady.update(_face(10, 10), 1)).all()


def test_one_euro_settles_on_a_constant() -> None:
    one = OneEuro(1.0, 0.0)
    value = np.array([0.0])
    one.update(value, 1 / 30)
    for _ in range(200):
        value = one.update(np.array([5.0]), 1 / 30)
    assert value[0] == pytest.approx(5.0, abs=1e-3)


def test_a_body_keeps_its_left_and_right() -> None:
    from studio.tryon.follow import _MIRRORED, Sides
    from studio.tryon.model import PixelBox, Pose

    points = np.random.default_rng(4).uniform(0, 400, (33, 3)).astype(np.float32)
    seen = np.linspace(0, 1, 33, dtype=np.float32)
    sides, box = Sides(), PixelBox(0, 0, 1, 1)
    for n in range(20):
        is_wrong = n in (7, 8, 13)
        order = _MIRRORED if is_wrong else np.arange(33)
        shaken = points[order] + np.float32(n)
        found = sides.kept(Pose(0.9, shaken, seen[order], box, 1))
        np.testing.assert_allclose(found.points, points + n)
        np.testing.assert_allclose(found.seen, seen)
    turned = [
        sides.kept(Pose(0.9, points[_MIRRORED], seen[_MIRRORED], box, 1)).points for _ in range(20)
    ]
    np.testing.assert_allclose(turned[-1], points[_MIRRORED])  # she did turn about
