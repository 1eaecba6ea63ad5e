"""Scales a plane by a small ratio such as 3:2 (720p to 1080p), faster than `cv2.resize`.

Every output pixel lies at one of a few phases between two input pixels, so the columns of a phase
are one weighted sum of whole lanes; `cv2.split` and `cv2.merge` take lanes apart and interleave
them at the speed of memory. Rows need neither: they are written where they belong.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import NamedTuple

from studio.media.buffers import fresh
from studio.media.cv import cv2
from studio.media.frame import Plane

MOST = 4
"""Lanes that `cv2.split` and `cv2.merge` are fast with."""


class Tap(NamedTuple):
    """A lane of input pixels, and whether it is taken from the group before (-1) or after (1)."""

    lane: int
    group: int


class RatioPhase(NamedTuple):
    """How the output pixels of one phase are mixed."""

    left: Tap
    right: Tap
    weight: float
    """Of the right one, 0..1."""


@lru_cache(maxsize=64)
def phases(size: int, wanted: int) -> tuple[RatioPhase, ...]:
    """How ``wanted`` pixels are made of ``size``; empty when it is not a small ratio upwards.

    Downwards `cv2.resize` is as fast.
    """
    ratio = Fraction(wanted, size)
    into, of = ratio.numerator, ratio.denominator
    if not 2 <= of < into <= MOST or size < 2 * of:
        return ()
    found = []
    for number in range(into):
        at = Fraction(2 * number + 1, 2) / ratio - Fraction(1, 2)
        first = floor(at)
        left, right = divmod(first, of), divmod(first + 1, of)
        found.append(RatioPhase(Tap(left[1], left[0]), Tap(right[1], right[0]), float(at - first)))
    return tuple(found)


def scale(plane: Plane, out: Plane) -> bool:
    """Scales ``plane`` (h, w) into ``out``, linearly, within 1 of what `cv2.resize` gives.

    Returns:
        False, with nothing done, when the sides do not stand in the same small ratio.
    """
    (high, wide), (height, width) = plane.shape, out.shape
    across = phases(wide, width)
    if not across or wide * height != high * width or not phases(high, height):
        return False
    into, group = len(across), width // len(across)
    of = wide // group
    lanes = [fresh(high, group) for _ in range(of)]
    cv2.split(plane.reshape(high, group, of), lanes)
    mixed = [fresh(high, group) for _ in range(into)]
    for phase, made in zip(across, mixed, strict=True):
        _mix(lanes, phase, made, is_across=True)
    broad = fresh(high, width)
    cv2.merge(mixed, dst=broad.reshape(high, group, into))
    rows = [broad[lane::of] for lane in range(of)]
    for number, phase in enumerate(across):  # the same ratio downwards
        _mix(rows, phase, out[number::into], is_across=False)
    return True


def _mix(lanes: list[Plane], phase: RatioPhase, out: Plane, *, is_across: bool) -> None:
    """Writes one phase; the edge repeats where a neighbour group is missing."""
    if is_across:
        begin, end = out[:, 0], out[:, -1]
        first, last = lanes[0][:, 0], lanes[-1][:, -1]
    else:
        begin, end, first, last = out[0], out[-1], lanes[0][0], lanes[-1][-1]
    (left, before), (right, after), weight = phase
    lane, other = lanes[left], lanes[right]
    if before or after:
        if before:
            begin[...] = first
        else:
            end[...] = last
        lane, other = _all_but(lane, -1, is_across), _all_but(other, 0, is_across)
        out = _all_but(out, 0 if before else -1, is_across)
    cv2.addWeighted(lane, 1.0 - weight, other, weight, 0.0, dst=out)


def _all_but(lane: Plane, end: int, is_across: bool) -> Plane:
    """A lane without its first (0) or last (-1) pixel or row."""
    part = slice(1, None) if end == 0 else slice(None, -1)
    return lane[:, part] if is_across else lane[part]
