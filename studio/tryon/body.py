"""Neck, shoulders and arms: where goods of the body are hung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.tryon import paint
from studio.tryon.canonical import FACE_OVAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.tryon.garments.base import Person
    from studio.tryon.model import Pose

SHOULDER_LEFT, SHOULDER_RIGHT = 12, 11
"""As seen in the picture: the person's right shoulder is on the picture's left."""
HIP_LEFT, HIP_RIGHT = 24, 23
ELBOWS, WRISTS = (14, 13), (16, 15)
SHOULDERS_CM = 35.0
"""Mean distance of an adult's shoulder joints as the pose network marks them."""
_LEAST_SEEN = 0.5
_BONES_CM = (
    (((12,), (11,)), SHOULDERS_CM),
    (((11, 12), (23, 24)), 50.0),
    (((12,), (14,)), 28.0),
    (((11,), (13,)), 28.0),
    (((14,), (16,)), 25.0),
    (((13,), (15,)), 25.0),
)
"""Shoulders, torso, upper arms and forearms of an adult, ends and length."""
_RISE_CM = 8.5
"""The foot of the neck stands so far above the shoulder joints."""


@dataclass(frozen=True, slots=True)
class Neck:
    """The foot of the neck.

    Attributes:
        left, right: its sides in the picture, pixels, (2,).
        down: unit vector along the chest, (2,).
        px_per_cm: pixels to a centimetre there.
        strength: 1 when sure.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    down: NDArray[np.float64]
    px_per_cm: float
    strength: float

    @property
    def middle(self) -> NDArray[np.float64]:
        """Between the sides, (2,)."""
        return (self.left + self.right) / 2


def shoulders(body: Pose) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The shoulders, left one of the picture first; None when they are not seen."""
    if float(body.seen[[SHOULDER_LEFT, SHOULDER_RIGHT]].min()) < _LEAST_SEEN:
        return None
    return (
        body.points[SHOULDER_LEFT, :2].astype(np.float64),
        body.points[SHOULDER_RIGHT, :2].astype(np.float64),
    )


def px_per_cm(pose: Pose) -> float:
    """Pixels to a centimetre on this body, from those of its bones that lie in the picture."""
    points = pose.points[:, :2].astype(np.float64)
    sizes = []
    for ends, length in _BONES_CM:
        start, end = points[list(ends[0])].mean(0), points[list(ends[1])].mean(0)
        if float(min(pose.seen[[*ends[0], *ends[1]]])) >= _LEAST_SEEN:
            sizes.append(float(np.hypot(*(end - start))) / length)
    # What points at the camera looks short: the longer ones tell the truth.
    return float(np.percentile(sizes, 70)) if sizes else 0.0


def neck_of(person: Person, neck_cm: float = 12.0) -> Neck | None:
    """The foot of the neck of a person, from the shoulders, else from the head.

    Args:
        person: who.
        neck_cm: width of the neck.
    """
    if person.bodies:
        body, strength = person.bodies[0]
        found = shoulders(body)
        if found is not None and _belongs(found, person):
            left, right = found
            across = right - left
            width = float(np.hypot(*across))
            unit = across / max(width, 1.0)
            down = np.array([-unit[1], unit[0]])
            px_per_cm = _size(person, width)
            middle = (left + right) / 2 - down * _RISE_CM * px_per_cm
            if person.face is not None:
                # Beneath the chin, and where the neck stands on the shoulders.
                chin = person.face.points[152, :2].astype(np.float64)
                middle = middle + unit * float(unit @ (chin - middle)) * 0.45
                gap = float(down @ (middle - chin))
                middle = middle + down * max(0.0, 3.5 * px_per_cm - gap)
            half = unit * neck_cm / 2 * px_per_cm
            return Neck(middle - half, middle + half, down, px_per_cm, strength)
    if person.face is None or person.head is None:
        return None
    head = person.head
    half_cm = neck_cm / 2
    left, right = head.project(np.array([[-half_cm, -15.0, -4.0], [half_cm, -15.0, -4.0]]))
    # The chest stays upright while the head leans: half of its lean is enough.
    across = right - left
    lean = float(np.arctan2(across[1], across[0])) * 0.4
    unit = np.array([np.cos(lean), np.sin(lean)])
    middle, half_px = (left + right) / 2, unit * float(np.hypot(*across)) / 2
    down = np.array([-unit[1], unit[0]])
    return Neck(middle - half_px, middle + half_px, down, head.px_per_cm, person.strength)


def _size(person: Person, shoulders_px: float) -> float:
    """Pixels to a centimetre at the chest: the head's when there is one, it turns less."""
    from_shoulders = shoulders_px / SHOULDERS_CM
    if person.head is None:
        return from_shoulders
    return float(np.clip(from_shoulders, 0.8 * person.head.px_per_cm, 1.2 * person.head.px_per_cm))


def _belongs(found: tuple[NDArray[np.float64], NDArray[np.float64]], person: Person) -> bool:
    """Is this body the face's? Its shoulders are below the face and about it."""
    if person.face is None:
        return True
    x, y = person.face.box.centre
    left, right = found
    margin = person.face.box.width
    below = (left[1] + right[1]) / 2 > y
    low, high = min(left[0], right[0]) - margin, max(left[0], right[0]) + margin
    return bool(below and low < x < high)


def off_face(frame: Frame, person: Person) -> paint.Shape | None:
    """Where goods below the chin may be seen: everywhere but on the face."""
    if person.face is None:
        return None
    oval = person.face.points[list(FACE_OVAL), :2]
    rect = paint.reach(oval, frame, 4)
    if rect is None:
        return None
    soft = max(0.6, person.face.box.width * 0.008)
    return paint.Shape(rect, cv2.bitwise_not(paint.polygon_mask([oval], rect, soft)), 255)
