"""What rings, bracelets and watches share: which hand, and a band laid out flat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.tryon import asset as assets
from studio.tryon import surface
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Garment, GarmentSettings, Person
from studio.tryon.model import What

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.tryon.model import Hand


class HandSettings(GarmentSettings, kw_only=True):
    """Which hand wears it."""

    hand: Annotated[
        Literal["both", "left", "right"],
        setting(
            "哪只手",
            "Hand",
            words={"both": ("双手", "Both"), "left": ("左手", "Left"), "right": ("右手", "Right")},
        ),
    ] = "both"


class OnHand(Garment):
    """A band with two ends, ``band_left`` and ``band_right``, that goes around a limb.

    Attributes:
        mesh: columns and rows of the grid that is bent around the limb.
    """

    needs: ClassVar[frozenset[What]] = frozenset({"hand"})
    mesh: ClassVar[tuple[int, int]] = (13, 7)
    Settings: ClassVar[type[extension.Settings]] = HandSettings
    settings: HandSettings

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: HandSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings or self.Settings())  # type: ignore[arg-type]
        assert self.sprite is not None
        self._grid = surface.grid(self.sprite.width, self.sprite.height, *self.mesh)

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, _, w, _ = assets.bounds_of(picture)
        level = cls._level(picture)
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={"band_left": (x, level), "band_right": (x + w, level)},
        )

    @classmethod
    def _level(cls, picture: NDArray[np.uint8]) -> float:
        """The row of the band, 0..1 of the picture."""
        _, y, _, h = assets.bounds_of(picture)
        return y + h / 2

    def draw(self, frame: Frame, person: Person) -> bool:
        drawn = False
        for hand, strength in person.hands:
            if self.settings.hand != "both" and (self.settings.hand == "right") != hand.is_right:
                continue
            drawn = self._draw_on(frame, hand, strength, person) or drawn
        return drawn

    def _draw_on(self, frame: Frame, hand: Hand, strength: float, person: Person) -> bool:
        """Draws it on one hand."""
        raise NotImplementedError

    def _flat(self) -> NDArray[np.float64]:
        """The grid's points in centimetres, (n, 2): x along the band, y towards the fingertips."""
        left, right = self.anchor_px("band_left"), self.anchor_px("band_right")
        across = right - left
        px_mm = float(np.hypot(*across)) / self.width_mm
        level = float(np.arctan2(across[1], across[0])) + np.radians(self.fit.tilt_deg)
        c, s = np.cos(level), np.sin(level)
        flat = (self._grid - (left + right) / 2) @ np.array([[c, -s], [s, c]])
        flat = flat * (np.array([1.0, -1.0]) * self.cm_scale / px_mm)
        moved: NDArray[np.float64] = flat + np.array(self.fit.offset_mm[:2]) * 0.1
        return moved


def aside(hand_is_right: bool, back: float) -> float:
    """How far the middle of the back is turned to the side, -1..1 across the limb."""
    return float(np.sqrt(max(0.0, 1 - back * back))) * (-1 if hand_is_right else 1)
