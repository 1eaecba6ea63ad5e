"""Hats: round things on the head, so they lean with it but do not narrow when it turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon import paint
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_ON = (10, 338, 109, 127, 356, 234, 454, 168, 9)
"""Forehead, temples and brow: what carries a hat."""
_BROW = np.array([0.0, 7.3, 1.5])
"""Where the hat's lower edge lies on the forehead, head space."""


class Hat(Garment):
    """A hat or cap."""

    kind: ClassVar[str] = "hat"
    label: ClassVar[Text] = Text("帽子", "Hat")
    help: ClassVar[Text] = Text(
        "正面图，透明背景。宽度按帽身外侧量取（头围 58 厘米约 180 毫米）。",
        "A front view on a transparent ground. The width is that of the crown outside "
        "(about 180 mm for a head of 58 cm).",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("edge_left", Text("帽身左下", "Crown, lower left")),
        Anchor("edge_right", Text("帽身右下", "Crown, lower right")),
    )
    usual_mm: ClassVar[float] = 182.0

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        # The crown is the part above the brim: its width is the head's. The lower edge of the
        # brim, as one sees it from the front, lies on the forehead.
        height, width = picture.shape[:2]
        rows = (picture[:, :, 3] > 64).sum(1) / width
        top, foot = int(y * height), int((y + h) * height)
        crown = float(np.median(rows[top + (foot - top) // 5 : top + (foot - top) * 3 // 5]))
        middle = x + w / 2
        level = y + h * 0.94
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={
                "edge_left": (middle - crown / 2, level),
                "edge_right": (middle + crown / 2, level),
            },
        )

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None or person.head is None or self.sprite is None:
            return False
        head = person.head.anchored(_ON, person.face.points)
        offset = np.array(self.fit.offset_mm) * 0.1
        base, above = head.project(np.stack([_BROW + offset, _BROW + offset + (0, 4, 0)]))
        up = above - base
        lean = float(np.arctan2(up[0], -up[1])) + np.radians(self.fit.tilt_deg)
        left, right = self.anchor_px("edge_left"), self.anchor_px("edge_right")
        span = float(np.hypot(*(right - left)))
        # A skull is as deep as wide: the band's width in the picture hardly depends on the turn.
        size = head.px_per_cm * self.width_mm * self.cm_scale / max(span, 1.0)
        c, s = np.cos(lean) * size, np.sin(lean) * size
        middle = (left + right) / 2
        matrix = np.array([[c, -s, 0.0], [s, c, 0.0], [0, 0, 1.0]])
        matrix[:2, 2] = base - matrix[:2, :2] @ middle
        touched = paint.draw_plane(
            frame, self.sprite, matrix,
            opacity=person.strength * self.settings.opacity, light=person.light,
        )  # fmt: skip
        return touched is not None
