"""Hands in front of what is worn: where a hand is seen, the picture is put back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.tryon import limb, paint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.media.yuv import Rect
    from studio.tryon.garments.base import Garment
    from studio.tryon.model import Hand

_PALM = (0, 1, 2, 5, 9, 13, 17)
_FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
_THICK_CM = (2.0, 1.7, 1.7, 1.6, 1.4)
_LEAST_SCORE = 0.8
"""A hand that hides goods must be surer than one that wears them: a doubt would make them blink."""


def wants_hands(garment: Garment) -> bool:
    """Must hands be looked for so that they can hide this?"""
    return (
        "hand" not in garment.needs and garment.fit.is_occluded and garment.settings.hands_in_front
    )


def put_back(drawn: Frame, bare: Frame, hands: Sequence[tuple[Hand, float]]) -> None:
    """Takes the picture within hands from ``bare``.

    Args:
        drawn: a writable frame with goods on it.
        bare: the same frame without them.
        hands: each with its strength.
    """
    for hand, strength in hands:
        if hand.score < _LEAST_SCORE:
            continue
        found = _mask(hand, drawn)
        if found is None:
            continue
        rect, mask = found
        if strength < 1:
            mask = cv2.convertScaleAbs(mask, alpha=strength)
        half = cv2.resize(mask, (rect.w // 2, rect.h // 2), interpolation=cv2.INTER_AREA)
        planes = zip(drawn.planes, bare.planes, (1, 2, 2), (mask, half, half), strict=True)
        for mine, its, step, share in planes:
            rows = slice(rect.y // step, (rect.y + rect.h) // step)
            columns = slice(rect.x // step, (rect.x + rect.w) // step)
            kept = cv2.multiply(mine[rows, columns], cv2.bitwise_not(share), scale=1 / 255)
            back = cv2.multiply(its[rows, columns], share, scale=1 / 255)
            mine[rows, columns] = cv2.add(kept, back)


def _mask(hand: Hand, frame: Frame) -> tuple[Rect, NDArray[np.uint8]] | None:
    """The outline of a hand: palm and fingers as thick as an adult's; None outside the frame."""
    size = limb.px_per_cm(hand)
    points = hand.points[:, :2]
    rect = paint.reach(points, frame, 1.5 * size)
    if rect is None:
        return None
    mask = np.zeros((rect.h, rect.w), np.uint8)
    inside = np.rint(points - (rect.x, rect.y)).astype(np.int32)
    palm = cv2.convexHull(inside[list(_PALM)])
    cv2.fillPoly(mask, [palm], 255)
    cv2.polylines(mask, [palm], True, 255, max(1, round(size * 1.2)), cv2.LINE_AA)
    for finger, thick in zip(_FINGERS, _THICK_CM, strict=True):
        line = inside[list(finger)]
        cv2.polylines(mask, [line], False, 255, max(1, round(thick * size)), cv2.LINE_AA)
    return rect, cv2.GaussianBlur(mask, (0, 0), max(0.6, size * 0.12))
