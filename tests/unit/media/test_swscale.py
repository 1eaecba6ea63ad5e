"""Pictures are enlarged as `cv2.resize` would, however their planes lie, and never in place."""

from __future__ import annotations

import av
import numpy as np
import pytest

from studio.media.cv import cv2
from studio.media.frame import Frame, from_av, views
from studio.media.yuv import Rect, crop, resize


def smooth(width: int, height: int) -> np.ndarray:
    """A packed picture with slopes and an edge."""
    made = np.empty((height * 3 // 2, width), np.uint8)
    made[:] = np.linspace(16, 235, width).astype(np.uint8)
    made[:height, : width // 3] = 60
    return made


def near(found: Frame, source: Frame) -> None:
    for mine, its in zip(found.planes, source.planes, strict=True):
        wanted = cv2.resize(np.ascontiguousarray(its), mine.shape[::-1])
        assert np.abs(mine.astype(int) - wanted).max() <= 3


@pytest.mark.parametrize("size", [(1280, 720), (1270, 714), (640, 362), (960, 1080)])
def test_however_its_planes_lie(size: tuple[int, int]) -> None:
    wide, high = size
    packed = views(smooth(wide, high), wide, high, 5)
    apart = Frame(*(plane.copy() for plane in packed.planes), 5)
    large = views(smooth(wide + 40, high + 40), wide + 40, high + 40, 5)
    within = crop(large, Rect(20, 20, wide, high))
    for frame in (packed, apart, within):
        before = [plane.copy() for plane in frame.planes]
        found = resize(frame, 1920, 1080)
        assert (found.width, found.height, found.pts_ns) == (1920, 1080, 5)
        near(found, frame)
        assert all(np.array_equal(a, b) for a, b in zip(before, frame.planes, strict=True))


def test_a_decoded_picture_is_taken_as_it_is_and_one_that_was_changed_is_not() -> None:
    picture = av.VideoFrame.from_ndarray(smooth(1280, 720), "yuv420p")
    decoded = from_av(picture, 0)
    near(resize(decoded, 1920, 1080), decoded)
    # A filter's own planes, with the decoder's frame still beside them: the planes count.
    changed = Frame(255 - decoded.y, decoded.u, decoded.v, 0, keep=decoded.keep)
    near(resize(changed, 1920, 1080), changed)


def test_threads_do_not_share_a_scaler() -> None:
    from concurrent.futures import ThreadPoolExecutor

    frames = [views(np.full((1080, 1280), level, np.uint8), 1280, 720) for level in range(20, 60)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda frame: resize(frame, 1920, 1080), frames))
    assert [int(frame.y[500, 900]) for frame in made] == list(range(20, 60))
