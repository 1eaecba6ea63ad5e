"""A wipe: an edge runs over the picture; soft if wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane
from studio.scenes.transitions.base import Transition

Shape = Literal["left", "right", "up", "down", "diagonal", "circle", "clock", "blinds"]


class WipeSettings(Settings):
    """Settings of a wipe."""

    shape: Annotated[
        Shape,
        setting(
            "形状",
            "Shape",
            words={
                "left": ("向左", "To the left"),
                "right": ("向右", "To the right"),
                "up": ("向上", "Up"),
                "down": ("向下", "Down"),
                "diagonal": ("对角", "Diagonal"),
                "circle": ("圆形", "Circle"),
                "clock": ("时钟", "Clock"),
                "blinds": ("百叶窗", "Blinds"),
            },
        ),
    ] = "right"
    softness: Annotated[float, setting("柔边", "Soft edge", "slider", ge=0, le=0.5)] = 0.08


class Wipe(Transition):
    """The new picture is uncovered by an edge."""

    kind: ClassVar[str] = "wipe"
    label: ClassVar[Text] = Text("划像", "Wipe")
    help: ClassVar[Text] = Text("新画面沿边缘逐渐显出。", "An edge uncovers the new picture.")
    Settings: ClassVar[type[Settings]] = WipeSettings
    default_ms: ClassVar[int] = 500

    settings: WipeSettings
    _maps: dict[tuple[int, int], tuple[Plane, Plane]]

    def prepare(self, width: int, height: int) -> None:
        """Draws the order in which pixels change."""
        self._map(width, height)

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """``after`` where the edge has passed, ``before`` elsewhere, a mix between."""
        soft = max(self.settings.softness, 1 / 255)
        ramp = np.arange(256, dtype=np.float32) / 255
        edge = progress * (1 + soft)
        table = np.clip((edge - ramp) / soft * 255, 0, 255).astype(np.uint8)
        luma, chroma = (cv2.LUT(entry, table) for entry in self._map(target.width, target.height))
        luma_left, chroma_left = cv2.bitwise_not(luma), cv2.bitwise_not(chroma)
        for index, mine in enumerate(target.planes):
            new, old = (luma, luma_left) if index == 0 else (chroma, chroma_left)
            seen = cv2.multiply(after.planes[index], new, scale=1 / 255)
            kept = cv2.multiply(before.planes[index], old, scale=1 / 255)
            cv2.add(seen, kept, dst=mine)

    def _map(self, width: int, height: int) -> tuple[Plane, Plane]:
        if not hasattr(self, "_maps"):
            self._maps = {}
        if (width, height) not in self._maps:
            luma = order(self.settings.shape, width, height)
            half = cv2.resize(luma, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            self._maps[width, height] = (luma, half)
        return self._maps[width, height]


def order(shape: Shape, width: int, height: int) -> Plane:
    """When each pixel changes, 0 first .. 255 last: (h, w) uint8."""
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    ways: dict[Shape, Callable[[], NDArray[np.floating]]] = {
        "left": lambda: 1 - x + 0 * y,
        "right": lambda: x + 0 * y,
        "up": lambda: 1 - y + 0 * x,
        "down": lambda: y + 0 * x,
        "diagonal": lambda: (x + y) / 2,
        "circle": lambda: (
            np.hypot((x - 0.5) * width / height, y - 0.5) / np.hypot(0.5 * width / height, 0.5)
        ),
        "clock": lambda: (np.arctan2(x - 0.5, 0.5 - y) / (2 * np.pi)) % 1.0,
        "blinds": lambda: (x * 8) % 1.0 + 0 * y,
    }
    made: Plane = np.ascontiguousarray(np.rint(np.clip(ways[shape](), 0, 1) * 255).astype(np.uint8))
    return made
