"""Earrings: one picture worn at both ears, hanging and swinging, hidden behind a turned head."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon import paint
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, GarmentSettings, Person
from studio.tryon.swing import Swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_ON = (234, 454, 93, 323, 132, 361, 127, 356)
"""The sides of the face, from temple to jaw."""
_LOBE = np.array([7.85, -1.55, -3.6])
"""The ear's lobe, head space; the left ear of the picture is its mirror image."""


class Earrings(Garment):
    """A pair of earrings."""

    kind: ClassVar[str] = "earrings"
    label: ClassVar[Text] = Text("耳环", "Earrings")
    help: ClassVar[Text] = Text(
        "单只耳环的正面图，透明背景。宽度按耳环本身量取。",
        "One earring seen from the front on a transparent ground. The width is its own.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (Anchor("hook", Text("耳钩", "Hook")),)
    usual_mm: ClassVar[float] = 18.0

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: GarmentSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings)
        self._swing = Swing()

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        row = np.flatnonzero(picture[int(y * picture.shape[0] + 1), :, 3] > 24)
        at = float(row.mean() + 0.5) / picture.shape[1] if row.size else x + w / 2
        return Fit(kind=cls.kind, width_mm=cls.usual_mm, anchors={"hook": (at, y + h * 0.02)})

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None or person.head is None or self.sprite is None:
            return False
        head = person.head.anchored(_ON, person.face.points)
        camera = head.camera
        drawn = False
        offset = np.array(self.fit.offset_mm) * 0.1
        for side in (-1.0, 1.0):
            lobe = (_LOBE + offset) * (side, 1, 1)
            # Ears stand off by some 25°: one is seen until the head is turned that far away.
            out = np.array([side * 0.9, 0.0, 0.42])
            view = camera - lobe
            seen = float(np.clip((out @ view / np.linalg.norm(view) - 0.02) / 0.12, 0, 1))
            if seen <= 0:
                continue
            at = head.project(lobe[None])[0]
            lean = self._swing.lean(
                (person.face.track, int(side)), float(at[0]) / head.px_per_cm, frame.pts_ns
            )
            drawn = self._hang(frame, at, side, lean, head.px_per_cm, seen, person) or drawn
        return drawn

    def _hang(
        self,
        frame: Frame,
        at: NDArray[np.float64],
        side: float,
        lean: float,
        px_per_cm: float,
        seen: float,
        person: Person,
    ) -> bool:
        assert self.sprite is not None
        _, _, w, _ = self.sprite.bounds
        size = px_per_cm * self.width_mm * self.cm_scale / max(1.0, w * self.sprite.width)
        c, s = np.cos(lean) * size, np.sin(lean) * size
        matrix = np.array([[-side * c, -s, 0.0], [-side * s, c, 0.0], [0, 0, 1.0]])
        matrix[:2, 2] = at - matrix[:2, :2] @ self.anchor_px("hook")
        touched = paint.draw_plane(
            frame, self.sprite, matrix,
            opacity=person.strength * self.settings.opacity * seen, light=person.light,
        )  # fmt: skip
        return touched is not None
