"""Fingers and wrists: where goods of the hand sit, and which side of it is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.tryon.model import Hand

_BONES_CM = {
    (0, 9): 9.2, (5, 17): 6.3, (9, 10): 5.0, (13, 14): 4.6, (10, 11): 3.1,
}  # fmt: skip
"""Lengths between points of an adult's hand; a hand half out of the picture has some of them."""
FINGERS = {
    "thumb": (2, 3, 4), "index": (5, 6, 8), "middle": (9, 10, 12),
    "ring": (13, 14, 16), "little": (17, 18, 20),
}  # fmt: skip
"""Base, next joint and tip of each finger."""


@dataclass(frozen=True, slots=True)
class LimbPlace:
    """A place on a limb.

    Attributes:
        at: its middle, pixels, (2,).
        along: unit vector towards the fingertips, (2,).
        px_per_cm: pixels to a centimetre.
        tilt: how much the limb points at the camera, 0 flat in the picture .. 1.
    """

    at: NDArray[np.float64]
    along: NDArray[np.float64]
    px_per_cm: float
    tilt: float


def px_per_cm(hand: Hand) -> float:
    """Pixels to a centimetre on this hand."""
    points = hand.points.astype(np.float64)
    sizes = [
        float(np.linalg.norm(points[a] - points[b])) / length
        for (a, b), length in _BONES_CM.items()
    ]
    return float(np.median(sizes))


def shows_back(hand: Hand) -> float:
    """How much the back of the hand is turned to the camera, -1 (palm) .. 1."""
    points = hand.points[:, :2].astype(np.float64)
    first, last = points[5] - points[0], points[17] - points[0]
    cross = float(first[0] * last[1] - first[1] * last[0])
    size = float(np.hypot(*first) * np.hypot(*last))
    turn = cross / max(size, 1.0) / 0.55
    return float(np.clip(turn if hand.is_right else -turn, -1, 1))


def _place(
    start: NDArray[np.float64], end: NDArray[np.float64], share: float, size: float
) -> LimbPlace:
    way = end - start
    flat = float(np.hypot(way[0], way[1]))
    whole = float(np.linalg.norm(way))
    along = way[:2] / max(flat, 1e-6)
    tilt = float(np.sqrt(max(0.0, 1 - (flat / max(whole, 1e-6)) ** 2)))
    return LimbPlace(start[:2] + way[:2] * share, along, size, tilt)


def finger(hand: Hand, name: str, share: float = 0.5) -> LimbPlace:
    """A place on the first joint of a finger, ``share`` of the way from its base."""
    base, joint, _ = FINGERS[name]
    points = hand.points.astype(np.float64)
    return _place(points[base], points[joint], share, px_per_cm(hand))


def tip(hand: Hand, name: str) -> LimbPlace:
    """The nail of a finger."""
    end = FINGERS[name][2]
    points = hand.points.astype(np.float64)
    return _place(points[end - 1], points[end], 0.93, px_per_cm(hand))


def is_curled(hand: Hand, name: str) -> bool:
    """Is the finger bent so far that its nail looks away from where the hand's back looks?"""
    base, joint, end = FINGERS[name]
    points = hand.points.astype(np.float64)
    first, last = points[joint] - points[base], points[end] - points[end - 1]
    size = float(np.linalg.norm(first) * np.linalg.norm(last))
    return float(first @ last) < 0.25 * max(size, 1e-6)


def wrist(hand: Hand, back_cm: float = 2.2) -> LimbPlace:
    """The wrist, ``back_cm`` behind the hand's first point."""
    points = hand.points.astype(np.float64)
    knuckles = (points[5] + points[9] + points[13] + points[17]) / 4
    size = px_per_cm(hand)
    place = _place(points[0], knuckles, 0.0, size)
    return LimbPlace(place.at - place.along * back_cm * size, place.along, size, place.tilt)
