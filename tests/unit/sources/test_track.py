"""A film's pictures, one by one."""

from __future__ import annotations

import sys

import pytest

from studio.sources.track import Track, to_frame
from tests.unit.sources.media import film, turned


@pytest.mark.parametrize("is_turned", [False, True], ids=["plain", "turned"])
def test_a_picture_is_free_once_nobody_looks_at_it(tmp_path, is_turned):
    """One that holds itself costs 90 MB a second at 1080p: the machine is full in minutes."""
    path = film(tmp_path / "film.mp4", seconds=0.5)
    track = Track(turned(path) if is_turned else path, "video")
    for picture in track.pictures():
        before = sys.getrefcount(picture.frame)
        frame = to_frame(picture.frame, 0)
        del frame
        after = sys.getrefcount(picture.frame)
        assert after == before
    track.close()
