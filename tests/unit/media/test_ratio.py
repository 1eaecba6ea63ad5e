import numpy as np
import pytest

from studio.media.cv import cv2
from studio.media.ratio import phases, scale


@pytest.mark.parametrize(
    ("size", "wanted"), [((1280, 720), (1920, 1080)), ((96, 54), (128, 72)), ((8, 4), (12, 6))]
)
def test_small_ratio_is_linear_scaling(size, wanted):
    wide, high = size
    noise = np.random.default_rng(0).integers(0, 256, (high, wide + 7), np.uint8)
    plane = noise[:, :wide]  # a view, as a decoder's planes are
    around = np.full((wanted[1] + 2, wanted[0] + 2), 7, np.uint8)
    out = around[1:-1, 1:-1]
    assert scale(plane, out)
    expected = cv2.resize(plane, wanted, interpolation=cv2.INTER_LINEAR)
    assert np.abs(expected.astype(int) - out).max() <= 1
    for edge in (around[0], around[-1], around[:, 0], around[:, -1]):
        assert (edge == 7).all()


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((1280, 720), (1920, 1081)), ((1920, 1080), (1280, 720)), ((406, 720), (1080, 1920)),
     ((640, 360), (640, 360)), ((640, 360), (1280, 720)), ((2, 2), (3, 3))],
)  # fmt: skip
def test_other_sizes_are_left_to_others(size, wanted):
    out = np.full((wanted[1], wanted[0]), 9, np.uint8)
    assert not scale(np.zeros((size[1], size[0]), np.uint8), out)
    assert (out == 9).all()


def test_phases_of_three_to_two():
    assert [round(phase.weight, 3) for phase in phases(4, 6)] == [0.833, 0.5, 0.167]
