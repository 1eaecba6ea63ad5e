"""Foundation: the skin drawn to one tone and calmed, eyes and mouth left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import makeup, paint
from studio.tryon.canonical import (
    BROW_LEFT,
    BROW_RIGHT,
    EYE_LEFT,
    EYE_RIGHT,
    FACE_OVAL,
    LIPS_OUTER,
)
from studio.tryon.garments.base import GarmentSettings, Person
from studio.tryon.garments.coloured import Coloured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.media.yuv import Rect


class FoundationSettings(GarmentSettings, kw_only=True):
    """How the foundation covers."""

    cover: Annotated[float, setting("遮盖", "Cover", "slider", ge=0, le=1)] = 0.38
    smooth: Annotated[float, setting("匀净", "Evenness", "slider", ge=0, le=1)] = 0.4


class Foundation(Coloured):
    """Foundation."""

    kind: ClassVar[str] = "foundation"
    label: ClassVar[Text] = Text("粉底", "Foundation")
    help: ClassVar[Text] = Text(
        "按色号统一肤色，保留皮肤纹理。", "Draws the skin to the shade and keeps its texture."
    )
    usual_colour: ClassVar[str] = "#e3b795"
    Settings: ClassVar[type[extension.Settings]] = FoundationSettings
    settings: FoundationSettings

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None:
            return False
        points = person.face.points[:, :2]
        oval = points[list(FACE_OVAL)]
        rect = paint.reach(oval, frame, 6)
        if rect is None:
            return False
        span = float(np.hypot(*(points[454] - points[234])))
        middle = oval.mean(0)
        mask = paint.polygon_mask([middle + (oval - middle) * 0.97], rect, span * 0.03)
        holes = [EYE_RIGHT, EYE_LEFT, LIPS_OUTER]
        for hole in holes:
            mask = cv2.subtract(mask, paint.polygon_mask([points[list(hole)]], rect, span * 0.012))
        for brow in (BROW_RIGHT, BROW_LEFT):
            hull = cv2.convexHull(points[list(brow)])[:, 0]
            mask = cv2.subtract(mask, paint.polygon_mask([hull], rect, span * 0.012))
        strength = person.strength * self.settings.opacity
        if self.settings.smooth > 0:
            self._calm(frame, rect, mask, strength * self.settings.smooth, span)
        mask = cv2.convertScaleAbs(mask, alpha=strength)
        makeup.lay_on(
            frame, rect, mask, self._colour, person.light,
            cover=self.settings.cover, tone=self.settings.cover * 0.5,
        )  # fmt: skip
        return True

    @staticmethod
    def _calm(frame: Frame, rect: Rect, mask: NDArray[np.uint8], share: float, span: float) -> None:
        """Spots go, pores and edges stay: small differences are smoothed, large ones kept."""
        part = frame.y[rect.y : rect.y + rect.h, rect.x : rect.x + rect.w]
        small = cv2.resize(part, (rect.w // 2, rect.h // 2), interpolation=cv2.INTER_AREA)
        size = min(7, max(3, int(span * 0.015) | 1))
        calm = cv2.bilateralFilter(small, size, 18, size / 2)
        # Only what changes is brought back to full size: fine grain stays as it is.
        change = cv2.subtract(calm, small, dtype=cv2.CV_16S)
        change = cv2.resize(change, (rect.w, rect.h), interpolation=cv2.INTER_LINEAR)
        change = cv2.multiply(change, mask, scale=share / 255, dtype=cv2.CV_16S)
        np.copyto(part, cv2.add(part, change, dtype=cv2.CV_8U))
