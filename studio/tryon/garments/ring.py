"""Rings: across a finger, stone upwards on the back of the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon import limb, surface
from studio.tryon.garments.base import Anchor, Person
from studio.tryon.garments.on_hand import HandSettings, OnHand, aside
from studio.tryon.model import Hand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame


class RingSettings(HandSettings, kw_only=True):
    """Which finger wears it."""

    finger: Annotated[
        Literal["thumb", "index", "middle", "ring", "little"],
        setting(
            "手指",
            "Finger",
            words={
                "thumb": ("拇指", "Thumb"),
                "index": ("食指", "Index finger"),
                "middle": ("中指", "Middle finger"),
                "ring": ("无名指", "Ring finger"),
                "little": ("小指", "Little finger"),
            },
        ),
    ] = "ring"


class Ring(OnHand):
    """A ring."""

    kind: ClassVar[str] = "ring"
    label: ClassVar[Text] = Text("戒指", "Ring")
    help: ClassVar[Text] = Text(
        "戴在手指上从手背看的样子：戒圈横向，透明背景。宽度按戒圈可见部分量取。",
        "As seen from the back of the hand: the band across, on a transparent ground. The width "
        "is that of the band.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("band_left", Text("戒圈左", "Band left")),
        Anchor("band_right", Text("戒圈右", "Band right")),
    )
    mesh: ClassVar[tuple[int, int]] = (9, 5)
    usual_mm: ClassVar[float] = 19.5
    Settings: ClassVar[type[extension.Settings]] = RingSettings
    settings: RingSettings

    @classmethod
    def _level(cls, picture: NDArray[np.uint8]) -> float:
        """The band is where it reaches farthest to the sides."""
        x, y, w, h = assets.bounds_of(picture)
        height, width = picture.shape[:2]
        seen = picture[:, :, 3] > 96
        edge = max(1, round(w * width * 0.06))
        left = round(x * width)
        rows = np.flatnonzero(seen[:, left : left + edge].any(1))
        return float(rows.mean() + 0.5) / height if rows.size else y + h / 2

    def _draw_on(self, frame: Frame, hand: Hand, strength: float, person: Person) -> bool:
        assert self.sprite is not None
        back = limb.shows_back(hand)
        seen = float(np.clip((back + 0.15) / 0.3, 0, 1))
        name = self.settings.finger if self.settings.finger in limb.FINGERS else "ring"
        place = limb.finger(hand, name, 0.48)
        if seen <= 0 or place.tilt > 0.93:
            return False
        flat = self._flat()
        slim = {"thumb": 1.15, "index": 1.0, "middle": 1.02, "ring": 0.96, "little": 0.84}[name]
        # The hand turned sideways shows the stone beside the middle of the finger.
        side = aside(hand.is_right, back)
        across = np.array([-place.along[1], place.along[0]])
        radius = self.width_mm * self.cm_scale / 2
        x = np.clip(flat[:, 0] / radius, -1.6, 1.6)
        x = x + side * 0.35 * (1 - np.minimum(x * x, 1.0))
        # The band sags towards the hand at its sides, the more the finger points at the camera.
        sag = place.tilt * 0.35 * radius * np.minimum(x * x, 1)
        y = flat[:, 1] * np.sqrt(1 - place.tilt**2) - sag
        size = place.px_per_cm * slim
        there = place.at + np.outer(x * radius * size, across) + np.outer(y * size, place.along)
        touched = surface.draw(
            frame, self.sprite, self._grid, there,
            opacity=strength * seen * self.settings.opacity, light=person.light,
        )  # fmt: skip
        return touched is not None
