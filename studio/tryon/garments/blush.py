"""Blush: a soft colour on the cheeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import makeup, paint
from studio.tryon.canonical import FACE_OVAL
from studio.tryon.garments.base import Person
from studio.tryon.garments.coloured import Coloured

if TYPE_CHECKING:
    from studio.media.frame import Frame

_CHEEKS = (((50, 101, 205), (123, 116)), ((280, 330, 425), (352, 345)))
"""Apple of the cheek, and the cheekbone towards which it runs out; right and left."""


class Blush(Coloured):
    """Blush."""

    kind: ClassVar[str] = "blush"
    label: ClassVar[Text] = Text("腮红", "Blush")
    help: ClassVar[Text] = Text(
        "从苹果肌向颧骨晕开。", "Runs out from the apple of the cheek to the cheekbone."
    )
    usual_colour: ClassVar[str] = "#e0607a"

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None:
            return False
        points = person.face.points[:, :2]
        oval = points[list(FACE_OVAL)]
        rect = paint.reach(oval, frame, 4)
        if rect is None:
            return False
        # Blurred wide, so drawn at a quarter of the size.
        small = np.zeros((max(2, rect.h // 4), max(2, rect.w // 4)), np.uint8)
        origin = np.array([rect.x, rect.y], np.float32)
        span = float(np.hypot(*(points[454] - points[234])))
        for apple, bone in _CHEEKS:
            start, end = points[list(apple)].mean(0), points[list(bone)].mean(0)
            line = np.rint((np.stack([start, (start + end * 2) / 3]) - origin) / 4).astype(int)
            wide = max(1, int(span * 0.13 / 4))
            first, last = tuple(line[0].tolist()), tuple(line[1].tolist())
            cv2.line(small, first, last, 255, wide, cv2.LINE_AA)
        small = cv2.GaussianBlur(small, (0, 0), max(1.0, span * 0.045 / 4))
        mask = cv2.resize(small, (rect.w, rect.h), interpolation=cv2.INTER_LINEAR)
        # The far cheek of a turned head ends where the face ends.
        mask = cv2.multiply(mask, paint.polygon_mask([oval], rect, span * 0.01), scale=1 / 255)
        strength = person.strength * self.settings.opacity * 0.42
        mask = cv2.convertScaleAbs(mask, alpha=strength)
        makeup.lay_on(frame, rect, mask, self._colour, person.light, cover=0.8, tone=0.3)
        return True
