"""Pictures for desks and files: every pixel is written, whatever the width."""

from __future__ import annotations

import numpy as np
import pytest

from studio.media.frame import blank
from studio.remote.pictures import bgr_of
from studio.remote.views import write_bgra


@pytest.mark.parametrize("width", [286, 288, 290, 292, 294, 300, 306, 640])
def test_no_column_is_left_out(width: int) -> None:
    frame = blank(width, 180, (120, 100, 150))
    memory = np.full(width * 180 * 4, 7, np.uint8)
    write_bgra(frame, width, 180, memoryview(memory))
    pixels = memory.reshape(180, width, 4).astype(int)
    assert np.abs(pixels - pixels[0, 0]).max() <= 12
    still = bgr_of(frame, width, 180).astype(int)
    assert np.abs(still - still[0, 0]).max() <= 12
