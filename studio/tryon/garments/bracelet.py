"""Bracelets: a band bent around the wrist, of which the front half is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon import limb, surface
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, GarmentSettings, Person
from studio.tryon.model import Hand, What

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

WRIST_CM = 5.6
"""Mean width of an adult's wrist."""


class BraceletSettings(GarmentSettings, kw_only=True):
    """Which wrist wears it."""

    hand: Annotated[str, setting("哪只手", "Hand", "choice:both,left,right")] = "both"
    back_cm: Annotated[
        float, setting("离手掌（厘米）", "Distance from the hand (cm)", ge=0, le=8)
    ] = 1.8


class Bracelet(Garment):
    """A bracelet."""

    kind: ClassVar[str] = "bracelet"
    label: ClassVar[Text] = Text("手链", "Bracelet")
    help: ClassVar[Text] = Text(
        "展开的正面图，横向，透明背景。宽度按可见的一半（约一个手腕宽的 1.4 倍）量取。",
        "Laid out across, on a transparent ground. The width is that of the half that is seen "
        "(about 1.4 times a wrist).",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("band_left", Text("左端", "Left end")),
        Anchor("band_right", Text("右端", "Right end")),
    )
    needs: ClassVar[frozenset[What]] = frozenset({"hand"})
    usual_mm: ClassVar[float] = 80.0
    is_seen_from_palm: ClassVar[bool] = True
    Settings: ClassVar[type[extension.Settings]] = BraceletSettings
    settings: BraceletSettings

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: BraceletSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings or BraceletSettings())
        assert self.sprite is not None
        self._grid = surface.grid(self.sprite.width, self.sprite.height, 13, 7)

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={"band_left": (x, y + h / 2), "band_right": (x + w, y + h / 2)},
        )

    def draw(self, frame: Frame, person: Person) -> bool:
        drawn = False
        for hand, strength in person.hands:
            if self.settings.hand != "both" and (self.settings.hand == "right") != hand.is_right:
                continue
            drawn = self._draw_on(frame, hand, strength, person) or drawn
        return drawn

    def _draw_on(self, frame: Frame, hand: Hand, strength: float, person: Person) -> bool:
        assert self.sprite is not None
        back = limb.shows_back(hand)
        seen = 1.0 if self.is_seen_from_palm else float(np.clip((back + 0.2) / 0.3, 0, 1))
        place = limb.wrist(hand, self.settings.back_cm)
        if seen <= 0 or place.tilt > 0.93:
            return False
        left, right = self.anchor_px("band_left"), self.anchor_px("band_right")
        across_px = right - left
        px_mm = float(np.hypot(*across_px)) / self.width_mm
        level = float(np.arctan2(across_px[1], across_px[0])) + np.radians(self.fit.tilt_deg)
        c, s = np.cos(level), np.sin(level)
        flat = (self._grid - (left + right) / 2) @ np.array([[c, -s], [s, c]])
        flat = flat * (np.array([1.0, -1.0]) * self.cm_scale / px_mm)
        flat += np.array(self.fit.offset_mm[:2]) * 0.1
        # Around the wrist: a length of band is an angle; its sides turn away and are cut there.
        radius = WRIST_CM / 2 * 1.04
        side = float(np.sqrt(max(0.0, 1 - back * back))) * (-1 if hand.is_right else 1)
        turned = 0.0 if self.is_seen_from_palm else side * 0.9
        angle = flat[:, 0] / radius + turned
        x = np.sin(np.clip(angle, -1.5, 1.5)) + 0.02 * (angle - np.clip(angle, -1.5, 1.5))
        depth = np.cos(np.clip(angle, -1.5, 1.5))
        y = flat[:, 1] * np.sqrt(1 - place.tilt**2) + place.tilt * (depth - 0.6) * radius * 0.8
        across = np.array([-place.along[1], place.along[0]])
        size = place.px_per_cm
        there = place.at + np.outer(x * radius * size, across) + np.outer(y * size, place.along)
        keep = np.abs(angle) < 1.5
        if int(keep.sum()) < 12:
            return False
        touched = surface.draw(
            frame, self.sprite, self._grid[keep], there[keep],
            opacity=strength * seen * self.settings.opacity, light=person.light,
        )  # fmt: skip
        return touched is not None
