"""Eye shadow: colour on the lids, strongest at the lashes, gone at the brow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import makeup, paint
from studio.tryon.canonical import EYE_LEFT, EYE_RIGHT
from studio.tryon.garments.base import Person
from studio.tryon.garments.coloured import Coloured

if TYPE_CHECKING:
    from studio.media.frame import Frame

_LASHES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133),
    (263, 466, 388, 387, 386, 385, 384, 398, 362),
)
"""Upper lash line from the outer corner to the inner one."""
_CREASE = (
    (130, 247, 30, 29, 27, 28, 56, 190, 243),
    (359, 467, 260, 259, 257, 258, 286, 414, 463),
)
"""The fold of the lid, in the same order."""
_EYES = (EYE_RIGHT, EYE_LEFT)


class EyeShadow(Coloured):
    """Eye shadow."""

    kind: ClassVar[str] = "eye_shadow"
    label: ClassVar[Text] = Text("眼影", "Eye shadow")
    help: ClassVar[Text] = Text(
        "从睫毛根部向上晕染，眼珠不受影响。", "Fades upwards from the lashes; the eye stays free."
    )
    usual_colour: ClassVar[str] = "#7a4a5e"

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None:
            return False
        points = person.face.points[:, :2]
        strength = person.strength * self.settings.opacity
        drawn = False
        for lashes, crease, eye in zip(_LASHES, _CREASE, _EYES, strict=True):
            lower, fold = points[list(lashes)], points[list(crease)]
            upper = fold + (fold - lower) * 0.75
            outline = np.concatenate([lower, upper[::-1]])
            rect = paint.reach(outline, frame, 10)
            if rect is None:
                continue
            wide = float(np.hypot(*(lower[0] - lower[-1])))
            strong = paint.polygon_mask([np.concatenate([lower, fold[::-1]])], rect, wide * 0.05)
            faint = paint.polygon_mask([outline], rect, wide * 0.09)
            mask = cv2.addWeighted(strong, 0.5, faint, 0.4, 0)
            ball = paint.polygon_mask([points[list(eye)]], rect, max(0.4, wide * 0.012))
            mask = cv2.subtract(mask, cv2.bitwise_and(mask, ball))
            mask = cv2.convertScaleAbs(mask, alpha=strength * 0.85)
            makeup.lay_on(frame, rect, mask, self._colour, person.light, cover=0.8, tone=0.55)
            drawn = True
        return drawn
