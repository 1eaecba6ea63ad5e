"""The one arranger of a canvas: a place for every graphic, so that none lies on another or a face.

A graphic goes to the first of its corners that is free, else to the free place nearest to it, else
smaller, else nowhere until there is room. What the law wants on the picture is placed first and
never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from studio.graphics.placer import CORNERS, Corner, at_corner, find_place
from studio.media.frame import even
from studio.media.yuv import Rect

FOREMOST = "mark"
RANK = (FOREMOST, "card", "offer", "game", "comment", "lower_third", "logo")
"""Who gives way: the later ones. What is not named comes last."""
SCALES = (1.0, 0.85, 0.7, 0.55)
GAP = 0.008
"""Between two graphics, as a part of the canvas's short side."""


class OverlayWant(NamedTuple):
    """A graphic that is to be placed.

    Attributes:
        size: in pixels, unscaled.
        order: its corners, the best first.
        now: where it is; it stays there while that is free.
        now_scale: how large it is there.
    """

    name: str
    size: tuple[int, int]
    order: tuple[Corner, ...] = CORNERS
    now: Rect | None = None
    now_scale: float = 1.0


class OverlaySpot(NamedTuple):
    """A place, and how large a graphic is there."""

    rect: Rect
    scale: float = 1.0


def scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """A size in even pixels."""
    if scale == 1.0:
        return size
    return max(2, even(size[0] * scale)), max(2, even(size[1] * scale))


def ranked(names: Iterable[str]) -> list[str]:
    """By who is placed first; equal ones as they came."""
    return sorted(names, key=lambda name: RANK.index(name) if name in RANK else len(RANK))


def is_free(rect: Rect, avoid: Iterable[Rect]) -> bool:
    """Does it lie on none of them?"""
    return not any(rect.meets(box) for box in avoid)


def is_inside(rect: Rect, area: Rect) -> bool:
    """Does it lie wholly in the area?"""
    return (
        rect.x >= area.x
        and rect.y >= area.y
        and rect.x + rect.w <= area.x + area.w
        and rect.y + rect.h <= area.y + area.h
    )


def arrange(
    wants: Sequence[OverlayWant], area: Rect, canvas: tuple[int, int], faces: Sequence[Rect]
) -> dict[str, OverlaySpot]:
    """A place for each graphic that has one; who is left out is not in it.

    Args:
        wants: in any order; see `RANK`.
        area: clear of the platform's own chrome.
        canvas: width and height.
        faces: nothing but the mark ever lies on one, and that only where all else is face.
    """
    known = {want.name: want for want in wants}
    names = ranked(known)
    gap = max(2, even(min(canvas) * GAP))
    faces = [face for face in faces if face.w > 0 and face.h > 0]
    found: dict[str, OverlaySpot] = {}
    taken: list[Rect] = []
    for at, name in enumerate(names):
        want = known[name]
        later = [
            _grown(rect, gap) for other in names[at + 1 :] if (rect := known[other].now) is not None
        ]
        hard = [*faces, *taken]
        # Those that would have to give way are spared, where that costs nothing.
        spot = _spot(want, area, [*hard, *later], later) or _spot(want, area, hard, ())
        if spot is None and name == FOREMOST:
            spot = _somewhere(want, canvas, hard)
        if spot is not None:
            found[name] = spot
            taken.append(_grown(spot.rect, gap))
    return found


def _spot(
    want: OverlayWant, area: Rect, avoid: Sequence[Rect], spared: Sequence[Rect]
) -> OverlaySpot | None:
    hard = [box for box in avoid if box not in spared]
    if want.now is not None:
        now = _resized(want.now, scaled(want.size, want.now_scale), area)
        if is_inside(now, area) and is_free(now, hard):
            return OverlaySpot(now, want.now_scale)
    for scale in SCALES:
        size = scaled(want.size, scale)
        if size[0] > area.w or size[1] > area.h:
            continue
        for corner in (*want.order, *CORNERS):
            rect = at_corner(corner, size, area)
            if is_inside(rect, area) and is_free(rect, avoid):
                return OverlaySpot(rect, scale)
        rect_or_none = nearest_free(size, area, avoid, (*want.order, *CORNERS))
        if rect_or_none is not None:
            return OverlaySpot(rect_or_none, scale)
    return None


def nearest_free(
    size: tuple[int, int], area: Rect, avoid: Sequence[Rect], corners: Sequence[Corner]
) -> Rect | None:
    """The free place nearest to one of the corners; None when there is none at all.

    Whatever is free can be pushed left and then up until it meets something: so some free place
    begins at the left or top of the area or right behind what is to be avoided; the same from the
    other sides.
    """
    w, h = size
    homes = [at_corner(corner, size, area) for corner in corners]
    rights, bottoms = area.x + area.w - w, area.y + area.h - h
    xs = {_up(area.x), _down(rights)}
    ys = {_up(area.y), _down(bottoms)}
    for box in avoid:
        xs |= {_up(box.x + box.w), _down(box.x - w)}
        ys |= {_up(box.y + box.h), _down(box.y - h)}
    best: tuple[int, Rect] | None = None
    for x in (x for x in xs if area.x <= x <= rights):
        for y in (y for y in ys if area.y <= y <= bottoms):
            far = min(abs(x - home.x) + abs(y - home.y) for home in homes)
            if (best is None or far < best[0]) and is_free(Rect(x, y, w, h), avoid):
                best = far, Rect(x, y, w, h)
    return best[1] if best else None


def hull(first: Rect, second: Rect) -> Rect:
    """All that a graphic crosses on its way from one place to another."""
    x, y = min(first.x, second.x), min(first.y, second.y)
    right = max(first.x + first.w, second.x + second.w)
    bottom = max(first.y + first.h, second.y + second.h)
    return Rect(x, y, right - x, bottom - y)


def _somewhere(want: OverlayWant, canvas: tuple[int, int], avoid: Sequence[Rect]) -> OverlaySpot:
    """For what must be seen: outside the safe area, else where it covers least."""
    whole = Rect(0, 0, *canvas)
    for scale in SCALES:
        size = scaled(want.size, scale)
        rect = nearest_free(size, whole, avoid, (*want.order, *CORNERS))
        if rect is not None:
            return OverlaySpot(rect, scale)
    size = scaled(want.size, SCALES[-1])
    return OverlaySpot(find_place(size, whole, avoid, order=want.order)[1], SCALES[-1])


def _resized(now: Rect, size: tuple[int, int], area: Rect) -> Rect:
    """Another text, another size: it stays where it is, at the sides it stands nearest to."""
    x, y = now.x, now.y
    if (area.x + area.w) - (x + now.w) < x - area.x:
        x += now.w - size[0]
    if (area.y + area.h) - (y + now.h) < y - area.y:
        y += now.h - size[1]
    return Rect(x, y, *size)


def _grown(rect: Rect, by: int) -> Rect:
    return Rect(rect.x - by, rect.y - by, rect.w + 2 * by, rect.h + 2 * by)


def _up(value: int) -> int:
    return value + (value & 1)


def _down(value: int) -> int:
    return value - (value & 1)


def common_area(areas: Sequence[Rect], otherwise: Rect) -> Rect:
    """What lies in every one of the areas; ``otherwise`` when there are none or nothing is left."""
    if not areas:
        return otherwise
    x = max(area.x for area in areas)
    y = max(area.y for area in areas)
    right = min(area.x + area.w for area in areas)
    bottom = min(area.y + area.h for area in areas)
    if right - x < otherwise.w // 3 or bottom - y < otherwise.h // 3:
        return otherwise
    return Rect(_up(x), _up(y), _down(right - _up(x)), _down(bottom - _up(y)))
