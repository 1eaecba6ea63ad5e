"""A plain colour or a gradient."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import from_rgb
from studio.sources.base import Feed, Source

Colour = Annotated[str, setting("颜色", "Colour", "colour")]


def parse_colour(text: str) -> tuple[int, int, int]:
    """ "#rrggbb" → (r, g, b).

    Raises:
        StudioError: invalid.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise StudioError("invalid", "sources.colour", value=text)
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


class ColourSettings(Settings):
    """Settings of a colour."""

    top: Colour = "#20252f"
    bottom: Annotated[
        str,
        setting("渐变到", "Gradient to", "colour"),
    ] = ""
    direction: Annotated[
        Literal["down", "right", "corner", "round"],
        setting(
            "渐变方向",
            "Direction",
            words={
                "down": ("向下", "Down"),
                "right": ("向右", "To the right"),
                "corner": ("对角", "To the corner"),
                "round": ("由中心向外", "From the middle"),
            },
        ),
    ] = "down"
    opacity: Annotated[float, setting("不透明度", "Opacity", "slider", ge=0, le=1)] = 1.0
    width: Annotated[int, setting("宽（0 为画布）", "Width (0: canvas)", ge=0, le=7680)] = 0
    height: Annotated[int, setting("高（0 为画布）", "Height (0: canvas)", ge=0, le=7680)] = 0


class ColourSource(Source):
    """One colour, or a gradient from top to bottom."""

    kind: ClassVar[str] = "colour"
    is_still: ClassVar[bool] = True
    label: ClassVar[Text] = Text("纯色 / 渐变", "Colour")
    help: ClassVar[Text] = Text("铺满一种颜色或渐变。", "One colour, or a gradient.")
    Settings: ClassVar[type[Settings]] = ColourSettings

    settings: ColourSettings

    def run(self, feed: Feed) -> None:
        """Delivers the picture once."""
        first = np.array(parse_colour(self.settings.top), np.float32)
        last = np.array(parse_colour(self.settings.bottom or self.settings.top), np.float32)
        picture = first + (last - first) * self._ramp()[:, :, None]
        if self.settings.bottom:
            # Half a step of noise hides the bands that eight bits make of a slow gradient.
            grain = np.random.default_rng(1).random(picture.shape[:2], np.float32) - 0.5
            picture += grain[:, :, None]
        rgb = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        alpha = None
        if self.settings.opacity < 1:
            alpha = np.full(rgb.shape[:2], round(self.settings.opacity * 255), np.uint8)
        feed.picture(from_rgb(rgb, alpha), still=True)

    def _ramp(self) -> NDArray[np.float32]:
        """0 where the first colour is, 1 where the last is, for every pixel."""
        wide = max(2, self.settings.width or self.around.width)
        high = max(2, self.settings.height or self.around.height)
        down = np.linspace(0, 1, high, dtype=np.float32)[:, None]
        right = np.linspace(0, 1, wide, dtype=np.float32)[None, :]
        flat = np.zeros((high, wide), np.float32)
        if self.settings.direction == "right":
            return flat + right
        if self.settings.direction == "corner":
            return flat + (down + right) * np.float32(0.5)
        if self.settings.direction == "round":
            far = np.hypot(down - np.float32(0.5), right - np.float32(0.5))
            round_: NDArray[np.float32] = np.minimum(flat + far * np.float32(2**0.5), np.float32(1))
            return round_
        return flat + down
