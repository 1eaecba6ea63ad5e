"""Bracelets: a band bent around the wrist, of which the front half is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.tryon import limb, surface
from studio.tryon.garments.base import Anchor, Person
from studio.tryon.garments.on_hand import HandSettings, OnHand, aside
from studio.tryon.model import Hand

if TYPE_CHECKING:
    from studio.media.frame import Frame

WRIST_CM = 5.6
"""Mean width of an adult's wrist."""


class BraceletSettings(HandSettings, kw_only=True):
    """Where on the wrist it sits."""

    back_cm: Annotated[
        float, setting("离手掌（厘米）", "Distance from the hand (cm)", ge=0, le=8)
    ] = 1.8


class Bracelet(OnHand):
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
    usual_mm: ClassVar[float] = 80.0
    is_seen_from_palm: ClassVar[bool] = True
    Settings: ClassVar[type[extension.Settings]] = BraceletSettings
    settings: BraceletSettings

    def _draw_on(self, frame: Frame, hand: Hand, strength: float, person: Person) -> bool:
        assert self.sprite is not None
        back = limb.shows_back(hand)
        seen = 1.0 if self.is_seen_from_palm else float(np.clip((back + 0.2) / 0.3, 0, 1))
        place = limb.wrist(hand, self.settings.back_cm)
        if seen <= 0 or place.tilt > 0.93:
            return False
        flat = self._flat()
        # Around the wrist: a length of band is an angle; its sides turn away and are cut there.
        radius = WRIST_CM / 2 * 1.04
        turned = 0.0 if self.is_seen_from_palm else aside(hand.is_right, back) * 0.9
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
