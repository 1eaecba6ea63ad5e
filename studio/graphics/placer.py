"""Finds a place for a graphic: inside the safe area, clear of faces and of other graphics."""

from __future__ import annotations

from collections.abc import Sequence

from studio.media.frame import even
from studio.media.yuv import Rect

Corner = str
CORNERS: tuple[Corner, ...] = ("bottom-left", "bottom-right", "top-left", "top-right")


def safe_area(width: int, height: int) -> Rect:
    """Where graphics may stand: 4 % in from the edges; in portrait clear of the platform's chrome.

    Phone apps cover the top (title, viewers), the right (buttons) and the bottom third of a
    vertical picture with comments; the band between stays free.
    """
    if height > width:
        return Rect(even(width * 0.04), even(height * 0.12), even(width * 0.8), even(height * 0.62))
    edge = even(height * 0.045)
    return Rect(edge, edge, width - 2 * edge, height - 2 * edge)


def at_corner(corner: Corner, size: tuple[int, int], area: Rect) -> Rect:
    """A graphic of ``size`` in a corner of ``area``."""
    w, h = size
    x = area.x if "left" in corner else area.x + area.w - w
    y = area.y if "top" in corner else area.y + area.h - h
    return Rect(even(x), even(y), w, h)


def find_place(
    size: tuple[int, int],
    area: Rect,
    avoid: Sequence[Rect],
    now: Corner = "",
    order: Sequence[Corner] = CORNERS,
) -> tuple[Corner, Rect]:
    """The first corner that meets nothing; the one it has ``now`` stays while it is clear.

    Where no corner is clear, the one that covers least.
    """

    def covered(corner: Corner) -> int:
        place = at_corner(corner, size, area)
        total = 0
        for box in avoid:
            w = min(place.x + place.w, box.x + box.w) - max(place.x, box.x)
            h = min(place.y + place.h, box.y + box.h) - max(place.y, box.y)
            total += max(0, w) * max(0, h)
        return total

    tried = [*([now] if now in CORNERS else []), *order, *CORNERS]
    best = min(tried, key=covered)
    return best, at_corner(best, size, area)
