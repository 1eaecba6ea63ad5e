"""Dresses: like tops, down to the knee, with straps or short sleeves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor
from studio.tryon.garments.top import Top

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Dress(Top):
    """A dress."""

    kind: ClassVar[str] = "dress"
    label: ClassVar[Text] = Text("连衣裙", "Dress")
    help: ClassVar[Text] = Text(
        "平铺的正面图，透明背景。宽度按两肩点（肩带）之间量取。",
        "Laid flat, seen from the front, on a transparent ground. The width is measured between "
        "the shoulder points (straps).",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = Top.anchors[:4]
    has_sleeves: ClassVar[bool] = False
    usual_mm: ClassVar[float] = 400.0
    rise_cm: ClassVar[float] = 2.0

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        height, width = picture.shape[:2]
        seen = picture[:, :, 3] > 96
        rows = seen[int(y * height) : int((y + h * 0.3) * height)]
        columns = np.flatnonzero(rows.any(0))
        left, right = x + w * 0.3, x + w * 0.7
        if columns.size:
            left, right = float(columns[0]) / width, float(columns[-1] + 1) / width
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={
                "shoulder_left": (left, y + h * 0.06),
                "shoulder_right": (right, y + h * 0.06),
                "hem_left": (x, y + h),
                "hem_right": (x + w, y + h),
            },
        )
