"""A picture's turn in degrees means what its display matrix means."""

from __future__ import annotations

import numpy as np
import pytest

from studio.media.frame import Frame
from studio.sources.track import turned, upright


@pytest.mark.parametrize("degrees", [0, 90, 180, -180, -90, 270, 88, -91])
def test_a_turn_stands_as_numpy_turns_it(degrees: int) -> None:
    y = np.arange(48, dtype=np.uint8).reshape(6, 8)
    u, v = y[:3, :4].copy(), y[3:, 4:].copy()
    stood = upright(Frame(y, u, v, 0), turned(degrees))
    quarters = round(degrees / 90)
    for plane, was in zip(stood.planes, (y, u, v), strict=True):
        assert (plane == np.rot90(was, quarters)).all()
