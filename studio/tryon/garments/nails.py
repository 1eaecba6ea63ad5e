"""Nail colour: on the nails that are seen from the back of the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.tryon import limb, makeup, paint
from studio.tryon.garments.base import GarmentSettings, Person
from studio.tryon.garments.coloured import Coloured
from studio.tryon.model import What

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_WIDTH_CM = {"thumb": 1.2, "index": 0.92, "middle": 0.95, "ring": 0.9, "little": 0.74}


class NailSettings(GarmentSettings, kw_only=True):
    """How the nails look."""

    length: Annotated[float, setting("甲长", "Nail length", "slider", ge=0.6, le=2)] = 1.0
    gloss: Annotated[float, setting("光泽", "Gloss", "slider", ge=0, le=1)] = 0.6


class Nails(Coloured):
    """Nail colour."""

    kind: ClassVar[str] = "nails"
    label: ClassVar[Text] = Text("指甲油", "Nail colour")
    help: ClassVar[Text] = Text(
        "手背朝向镜头时给指甲上色。", "Colours the nails while the back of the hand is seen."
    )
    usual_colour: ClassVar[str] = "#b01030"
    needs: ClassVar[frozenset[What]] = frozenset({"hand"})
    Settings: ClassVar[type[extension.Settings]] = NailSettings
    settings: NailSettings

    def draw(self, frame: Frame, person: Person) -> bool:
        drawn = False
        for hand, strength in person.hands:
            seen = float(np.clip((limb.shows_back(hand) - 0.1) / 0.35, 0, 1))
            if seen <= 0:
                continue
            for name, width_cm in _WIDTH_CM.items():
                if name != "thumb" and limb.is_curled(hand, name):
                    continue
                place = limb.tip(hand, name)
                # Of a finger that points at the camera or away one sees no nail.
                flat = float(np.sqrt(1 - place.tilt**2))
                if flat < 0.45:
                    continue
                outline = _nail(place, width_cm, 1.15 * self.settings.length * flat)
                rect = paint.reach(outline, frame, 4)
                if rect is None:
                    continue
                mask = paint.polygon_mask([outline], rect, max(0.4, place.px_per_cm * 0.03))
                shown = strength * seen * self.settings.opacity
                if shown < 1:
                    mask = (mask * np.float32(shown)).astype(np.uint8)
                makeup.lay_on(
                    frame, rect, mask, self._colour, person.light,
                    cover=0.92, tone=0.9, gloss=self.settings.gloss,
                )  # fmt: skip
                drawn = True
        return drawn


def _nail(place: limb.LimbPlace, width_cm: float, length_cm: float) -> NDArray[np.float32]:
    """The outline of a nail: straight sides, round ends, (24, 2) pixels."""
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    # A superellipse: fuller than an ellipse, as nails are.
    x = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.85 * width_cm / 2
    y = np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.9 * length_cm / 2
    across = np.array([-place.along[1], place.along[0]])
    points = place.at + np.outer(x, across) * place.px_per_cm
    return (points + np.outer(y, place.along) * place.px_per_cm).astype(np.float32)
