"""What all make-up shares: a colour, and no need of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from studio.tryon import makeup
from studio.tryon.garments.base import Garment, GarmentSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from studio.tryon.fit import Fit


class Coloured(Garment):
    """A garment that is a colour: the fit's, else the picture's, else the usual one.

    Attributes:
        usual_colour: ``#rrggbb``, worn when a product says none.
    """

    takes: ClassVar[str] = "colour"
    usual_colour: ClassVar[str] = "#b01030"

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: GarmentSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings or self.Settings())  # type: ignore[arg-type]
        self._colour = makeup.pigment(self.fit.colour, picture, self.usual_colour)
