"""Where graphics may stand on a canvas: clear of the chrome of every platform it is sent to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from studio.core.state import State
from studio.graphics.arranger import common_area
from studio.graphics.placer import safe_area
from studio.media.yuv import Rect, even_rect
from studio.outputs.model import SafeArea
from studio.outputs.platforms import platforms
from studio.sender.model import OutputSettings


class KnownOutputs(Protocol):
    """The outputs that are set up."""

    def all_settings(self) -> Iterable[OutputSettings]:
        """Their settings."""
        ...


class SafeAreas:
    """Follows the outputs on the engine loop; the picture thread asks it at every tick.

    Args:
        outputs: which platforms a canvas goes to.
        state: tells when they change.
    """

    def __init__(self, outputs: KnownOutputs, state: State) -> None:
        self._outputs = outputs
        self._chrome: dict[str, tuple[SafeArea, ...]] = {}
        self._made: dict[tuple[str, int, int], tuple[tuple[SafeArea, ...], Rect]] = {}
        state.watch(("outputs", "air", "show"), self._follow)

    def _follow(self) -> None:
        known, found = platforms(), dict[str, list[SafeArea]]()
        for settings in self._outputs.all_settings():
            platform = known.get(settings.platform)
            if platform is not None and settings.canvas in platform.safe:
                found.setdefault(settings.canvas, []).append(platform.safe[settings.canvas])
        self._chrome = {canvas: tuple(chrome) for canvas, chrome in found.items()}

    def __call__(self, canvas: str, width: int, height: int) -> Rect:
        """The area, in pixels; that of phone apps in general where no platform is known."""
        chrome, key = self._chrome.get(canvas, ()), (canvas, width, height)
        made = self._made.get(key)
        if made is None or made[0] is not chrome:
            areas = [
                even_rect(
                    width * sides.left,
                    height * sides.top,
                    width * (1 - sides.left - sides.right),
                    height * (1 - sides.top - sides.bottom),
                )
                for sides in chrome
            ]
            made = self._made[key] = (chrome, common_area(areas, safe_area(width, height)))
        return made[1]
