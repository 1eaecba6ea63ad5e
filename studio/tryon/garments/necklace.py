"""Necklaces: hung around the foot of the neck, under the chin."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon import body, paint
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, Person
from studio.tryon.head import similarity
from studio.tryon.model import What

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame


class Necklace(Garment):
    """A necklace."""

    kind: ClassVar[str] = "necklace"
    label: ClassVar[Text] = Text("项链", "Necklace")
    help: ClassVar[Text] = Text(
        "平铺的正面图，透明背景，两端朝上。宽度按两端之间量取。",
        "Laid out, seen from the front, ends up, on a transparent ground. The width is measured "
        "between the ends.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("end_left", Text("左端", "Left end")),
        Anchor("end_right", Text("右端", "Right end")),
    )
    needs: ClassVar[frozenset[What]] = frozenset({"face", "pose"})
    usual_mm: ClassVar[float] = 135.0
    rise_cm: ClassVar[float] = 2.2
    """The ends go up the sides of the neck so far before they vanish behind it."""

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        row = np.flatnonzero(picture[int((y + h * 0.03) * picture.shape[0]), :, 3] > 24)
        ends = (x, x + w)
        if row.size:
            ends = (float(row[0]) / picture.shape[1], float(row[-1] + 1) / picture.shape[1])
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={"end_left": (ends[0], y), "end_right": (ends[1], y)},
        )

    def draw(self, frame: Frame, person: Person) -> bool:
        if self.sprite is None:
            return False
        neck = body.neck_of(person, self.width_mm * self.cm_scale)
        if neck is None:
            return False
        offset = np.array(self.fit.offset_mm[:2]) * 0.1 * neck.px_per_cm
        unit = (neck.right - neck.left) / max(1.0, float(np.hypot(*(neck.right - neck.left))))
        shift = unit * offset[0] - neck.down * offset[1]
        ends = np.stack([neck.left, neck.right]) + shift - neck.down * self.rise_cm * neck.px_per_cm
        mine = np.stack([self.anchor_px("end_left"), self.anchor_px("end_right")])
        matrix = np.vstack([similarity(mine, ends), (0, 0, 1)])
        touched = paint.draw_plane(
            frame, self.sprite, matrix,
            opacity=person.strength * neck.strength * self.settings.opacity,
            light=person.light,
            shape=body.off_face(frame, person) if self.fit.is_occluded else None,
        )  # fmt: skip
        return touched is not None
