"""The contract of a garment kind: what it needs to see, how it is fitted, how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.tryon import asset as assets
from studio.tryon.fit import Fit
from studio.tryon.head import HeadPose
from studio.tryon.model import Face, Hand, Pose, What
from studio.tryon.paint import Light

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame


class GarmentSettings(extension.Settings, kw_only=True):
    """What every garment lets the controller set."""

    opacity: Annotated[float, setting("不透明度", "Opacity", "slider", ge=0, le=1)] = 1.0
    scale: Annotated[float, setting("大小", "Size", "slider", ge=0.5, le=2)] = 1.0
    pupil_mm: Annotated[float, setting("瞳距（毫米）", "Pupil distance (mm)", ge=50, le=78)] = 63.0
    hands_in_front: Annotated[bool, setting("手挡在前面", "Hands hide it")] = True


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on the asset that the fitting tool lets one drag."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """What is known of one face, and of the hands and body in the same frame, when it is drawn.

    Attributes:
        face: None when only hands or body are seen.
        head: where the head is; None with no face.
        strength: 1 when sure, falling to 0 while it fades out.
        hands, bodies: each with its strength.
        mask: person mask uint8 of the frame's size, or None.
        light: on the person.
    """

    face: Face | None = None
    head: HeadPose | None = None
    strength: float = 1.0
    hands: Sequence[tuple[Hand, float]] = ()
    bodies: Sequence[tuple[Pose, float]] = ()
    mask: NDArray[np.uint8] | None = None
    light: Light = Light()


class Garment(extension.Extension):
    """One thing that is tried on. Made once, drawn on every frame, by one thread.

    Attributes:
        needs: what must be found in the picture.
        anchors: places on the asset that matter, for the fitting tool.
        usual_mm: real width when the fit file gives none.
        takes: "picture" needs an asset, "colour" needs ``fit.colour``.
        is_experimental: said beside its name; works on some people and not on others.
    """

    needs: ClassVar[frozenset[What]] = frozenset({"face"})
    anchors: ClassVar[tuple[Anchor, ...]] = ()
    usual_mm: ClassVar[float] = 140.0
    takes: ClassVar[str] = "picture"
    is_experimental: ClassVar[bool] = False
    Settings: ClassVar[type[extension.Settings]] = GarmentSettings

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: GarmentSettings | None = None,
    ) -> None:
        """Prepares it.

        Args:
            picture: RGBA uint8 (h, w, 4) from `studio.tryon.asset.load`, None for paint.
            fit: how it sits; what it leaves out is proposed from the picture.
            settings: of this kind.
        """
        self.picture = picture
        self.settings: GarmentSettings = settings or GarmentSettings()
        proposed = self.propose(picture)
        self.fit = fit or proposed
        self.anchor = {**proposed.anchors, **self.fit.anchors}
        self.width_mm = self.fit.width_mm or self.usual_mm
        self.sprite = assets.sprite(picture) if picture is not None else None

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        """A fit guessed from the picture's opaque part."""
        return Fit(kind=cls.kind, width_mm=cls.usual_mm)

    def draw(self, frame: Frame, person: Person) -> bool:
        """Draws it onto a writable frame; False when the person shows nothing to wear it on."""
        raise NotImplementedError

    def anchor_px(self, name: str) -> NDArray[np.float64]:
        """An anchor in pixels of the asset, (2,)."""
        assert self.sprite is not None
        x, y = self.anchor[name]
        return np.array([x * self.sprite.width - 0.5, y * self.sprite.height - 0.5])

    @property
    def cm_scale(self) -> float:
        """Head-space centimetres to one real millimetre of the asset."""
        return 0.1 * self.settings.scale * 63.0 / self.settings.pupil_mm
