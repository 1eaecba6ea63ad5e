"""Lipstick: colour on the lips, never on the teeth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import makeup, paint
from studio.tryon.canonical import LIPS_INNER, LIPS_OUTER
from studio.tryon.garments.base import GarmentSettings, Person
from studio.tryon.garments.coloured import Coloured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.media.yuv import Rect


class LipstickSettings(GarmentSettings, kw_only=True):
    """How the lipstick looks."""

    gloss: Annotated[float, setting("光泽", "Gloss", "slider", ge=0, le=1)] = 0.35
    cover: Annotated[float, setting("遮盖", "Cover", "slider", ge=0, le=1)] = 0.82


_FOREHEAD = (9, 151, 8, 108, 337, 66, 296)


class Lipstick(Coloured):
    """Lipstick."""

    kind: ClassVar[str] = "lipstick"
    label: ClassVar[Text] = Text("口红", "Lipstick")
    help: ClassVar[Text] = Text(
        "颜色取自商品色号，没有色号时取自图片。",
        "The colour is the product's; without one it is taken from the picture.",
    )
    usual_colour: ClassVar[str] = "#b3243c"
    Settings: ClassVar[type[extension.Settings]] = LipstickSettings
    settings: LipstickSettings

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None:
            return False
        points = person.face.points[:, :2]
        outer = points[list(LIPS_OUTER)]
        rect = paint.reach(outer, frame, 8)
        if rect is None:
            return False
        wide = float(np.hypot(*(points[291] - points[61])))
        mask = makeup.ring_mask(outer, points[list(LIPS_INNER)], rect, max(0.6, wide * 0.016))
        strength = person.strength * self.settings.opacity * _bare(frame, mask, rect, points)
        if strength <= 0:
            return False
        if strength < 1:
            mask = (mask * np.float32(strength)).astype(np.uint8)
        makeup.lay_on(
            frame, rect, mask, self._colour, person.light,
            cover=self.settings.cover, tone=0.8, gloss=self.settings.gloss,
        )  # fmt: skip
        return True


def _bare(frame: Frame, mask: NDArray[np.uint8], rect: Rect, points: NDArray[np.float32]) -> float:
    """Are the lips seen, 0..1? Lips are redder than the forehead; masks, cups and cloth are not."""
    x, y, w, h = (value // 2 for value in rect)
    half = cv2.resize(mask, (w, h), interpolation=cv2.INTER_AREA)
    if not half.any():
        return 1.0
    lips = float(cv2.mean(frame.v[y : y + h, x : x + w], half)[0])
    at = np.rint(points[list(_FOREHEAD)] / 2).astype(int)
    rows = np.clip(at[:, 1], 0, frame.v.shape[0] - 1)
    columns = np.clip(at[:, 0], 0, frame.v.shape[1] - 1)
    skin = float(np.median(frame.v[rows, columns]))
    return float(np.clip((lips - skin + 9) / 5, 0, 1))
