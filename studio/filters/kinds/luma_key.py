"""Luma key: takes what is too dark or too bright out of the picture."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.alpha import cut_out, half, straight
from studio.filters.base import Filter
from studio.filters.buffers import looked_up
from studio.media.frame import Frame, Plane


class LumaKeySettings(extension.Settings, kw_only=True):
    """What stays, in brightness 0..1."""

    luma_min: Annotated[float, setting("最暗", "Darkest", "slider", ge=0, le=1)] = 0.1
    luma_min_smooth: Annotated[
        float, setting("暗部平滑", "Dark smoothness", "slider", ge=0, le=1)
    ] = 0.05
    luma_max: Annotated[float, setting("最亮", "Brightest", "slider", ge=0, le=1)] = 1.0
    luma_max_smooth: Annotated[
        float, setting("亮部平滑", "Bright smoothness", "slider", ge=0, le=1)
    ] = 0.0


def _table(settings: LumaKeySettings) -> Plane:
    level = np.clip((np.arange(256) - 16) / 219, 0, 1)
    low = (level - settings.luma_min) / max(1e-3, settings.luma_min_smooth) + 1
    high = (settings.luma_max - level) / max(1e-3, settings.luma_max_smooth) + 1
    kept = np.clip(np.minimum(low, high), 0, 1)
    kept = kept * kept * (3 - 2 * kept)
    table: Plane = np.rint(kept * 255).astype(np.uint8)
    return table


class LumaKey(Filter):
    """Black or white ground → transparency."""

    kind: ClassVar[str] = "luma_key"
    label: ClassVar[Text] = Text("亮度抠像", "Luma key")
    help: ClassVar[Text] = Text(
        "把过暗或过亮的部分变透明。", "Makes what is too dark or too bright transparent."
    )
    Settings: ClassVar[type[extension.Settings]] = LumaKeySettings

    def __init__(self, settings: LumaKeySettings) -> None:
        super().__init__(settings)
        self._table = _table(settings)

    def change(self, settings: LumaKeySettings) -> bool:
        """At once."""
        self._table, self.settings = _table(settings), settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame with alpha."""
        planes = straight(frame)
        alpha = looked_up(planes[0], self._table)
        return cut_out(frame, planes, alpha, half(alpha))
