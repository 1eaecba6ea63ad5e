"""What the try-on room knows of people in a picture: plain, immutable data.

All coordinates are pixels of the frame they were found in, pixel centres at integers, y down.
``z`` is in the same unit, smaller is nearer to the camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from studio.tryon.motion import Patch

    Points = NDArray[np.float32]

What = Literal["face", "hand", "pose", "mask"]
"""A thing that can be looked for in a picture."""


@dataclass(frozen=True, slots=True)
class PixelBox:
    """An upright rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: PixelBox) -> float:
        """Intersection over union, 0..1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)


@dataclass(frozen=True, slots=True)
class Face:
    """A face: 478 mesh points (the last ten are the irises), float32 (478, 3)."""

    score: float
    points: Points
    box: PixelBox
    track: int = 0
    """Stays the same while the tracker holds on to this face."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A hand: 21 points, float32 (21, 3). ``is_right`` is the person's own right hand."""

    score: float
    points: Points
    box: PixelBox
    is_right: bool = True
    track: int = 0


@dataclass(frozen=True, slots=True)
class Pose:
    """A body: 33 points, float32 (33, 3), and how sure each is to be seen, float32 (33,)."""

    score: float
    points: Points
    seen: Points
    box: PixelBox
    track: int = 0


Quality = Literal["full", "half", "third"]
"""How often landmarks are found: in every frame, in every second, in every third."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """What was found in one frame. Kept in memory alone, never logged or stored by itself.

    Attributes:
        pts_ns: of the frame.
        width, height: of the frame.
        when: by kind, the ``pts_ns`` of the frame it was last looked for in.
        mask: person mask, uint8 (h, w) of the network's size, over the whole frame; 255 is person.
        patches: by track, how the picture looked around it.
        took_ms: how long it took.
        quality: how often landmarks are found just now.
    """

    pts_ns: int = 0
    width: int = 0
    height: int = 0
    when: Mapping[What, int] = field(default_factory=dict)
    faces: tuple[Face, ...] = ()
    hands: tuple[Hand, ...] = ()
    poses: tuple[Pose, ...] = ()
    mask: NDArray[np.uint8] | None = None
    patches: Mapping[int, Patch] = field(default_factory=dict)
    took_ms: float = 0.0
    quality: Quality = "full"
