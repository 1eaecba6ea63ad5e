"""Scarves: around the neck and over the chest, under the chin."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor
from studio.tryon.garments.necklace import Necklace

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Scarf(Necklace):
    """A scarf."""

    kind: ClassVar[str] = "scarf"
    label: ClassVar[Text] = Text("围巾", "Scarf")
    help: ClassVar[Text] = Text(
        "系好的正面图，透明背景。宽度按围住脖子的部分量取。",
        "Tied, seen from the front, on a transparent ground. The width is that of the part "
        "around the neck.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("end_left", Text("颈左", "Neck left")),
        Anchor("end_right", Text("颈右", "Neck right")),
    )
    usual_mm: ClassVar[float] = 190.0
    rise_cm: ClassVar[float] = 0.0

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        rows = slice(int(y * picture.shape[0]), int((y + h * 0.4) * picture.shape[0]))
        columns = np.flatnonzero((picture[rows, :, 3] > 64).any(0))
        left, right = x, x + w
        if columns.size:
            left = float(columns[0]) / picture.shape[1]
            right = float(columns[-1] + 1) / picture.shape[1]
        level = y + h * 0.42
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={"end_left": (left, level), "end_right": (right, level)},
        )
