"""Watches: the face on the back of the wrist, the strap bent around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor
from studio.tryon.garments.bracelet import WRIST_CM, Bracelet

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Watch(Bracelet):
    """A watch."""

    kind: ClassVar[str] = "watch"
    label: ClassVar[Text] = Text("手表", "Watch")
    help: ClassVar[Text] = Text(
        "正面图，表带上下，透明背景。宽度按表带可见长度量取。",
        "A front view with the strap up and down, on a transparent ground. The width is the "
        "length of the strap that is seen.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("band_left", Text("表带上端", "Strap, upper end")),
        Anchor("band_right", Text("表带下端", "Strap, lower end")),
    )
    usual_mm: ClassVar[float] = WRIST_CM * 10 * 1.25
    is_seen_from_palm: ClassVar[bool] = False

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        height, width = picture.shape[:2]
        row = np.flatnonzero(picture[int((y + h * 0.03) * height), :, 3] > 96)
        middle = float(row.mean() + 0.5) / width if row.size else x + w / 2
        # The strap goes around the arm, so its two ends are the sides.
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={"band_left": (middle, y), "band_right": (middle, y + h)},
        )
