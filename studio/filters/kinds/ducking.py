"""Ducking: softer while another source speaks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.base import Filter
from studio.media.sound import RATE, Samples


class DuckingSettings(extension.Settings, kw_only=True):
    """Who is listened to, and how far this one steps back."""

    source: Annotated[str, setting("侦听来源", "Listens to", "source")] = ""
    threshold_db: Annotated[
        float, setting("阈值 (dB)", "Threshold (dB)", "slider", ge=-60, le=0)
    ] = -35.0
    reduction_db: Annotated[
        float, setting("压低 (dB)", "Reduction (dB)", "slider", ge=-60, le=0)
    ] = -14.0
    attack_ms: Annotated[
        float, setting("压低用时 (毫秒)", "Attack (ms)", "slider", ge=1, le=2000)
    ] = 80.0
    hold_ms: Annotated[float, setting("保持 (毫秒)", "Hold (ms)", "slider", ge=0, le=5000)] = 400.0
    release_ms: Annotated[
        float, setting("恢复用时 (毫秒)", "Release (ms)", "slider", ge=1, le=5000)
    ] = 600.0


class Ducking(Filter):
    """Music steps back while the host speaks.

    Attributes:
        level_db: gives the level of a source just now, -inf when it is silent; the source bank
            sets it (`studio.sources.levels`).
    """

    kind: ClassVar[str] = "ducking"
    label: ClassVar[Text] = Text("闪避", "Ducking")
    help: ClassVar[Text] = Text(
        "另一个来源有声音时自动压低，如主播说话时压低音乐。",
        "Softer while another source is heard: music under the host.",
    )
    Settings: ClassVar[type[extension.Settings]] = DuckingSettings
    is_picture: ClassVar[bool] = False
    is_sound: ClassVar[bool] = True

    def __init__(self, settings: DuckingSettings) -> None:
        super().__init__(settings)
        self.level_db: Callable[[str], float] | None = None
        self._now_db = 0.0
        self._held = 0

    def change(self, settings: DuckingSettings) -> bool:
        """At once; it goes on from how loud it is."""
        self.settings = settings
        return True

    def apply_sound(self, samples: Samples) -> Samples:
        """As many samples; the gain is a straight line in each block."""
        s, count = self.settings, len(samples)
        level = self.level_db(s.source) if self.level_db and s.source else -math.inf
        if level > s.threshold_db:
            self._held = int(s.hold_ms * RATE / 1000)
        is_down = level > s.threshold_db or self._held > 0
        self._held = max(0, self._held - count)
        wanted = s.reduction_db if is_down else 0.0
        span = max(1.0, abs(s.reduction_db))
        over_ms = s.attack_ms if wanted < self._now_db else s.release_ms
        step = span * count / (over_ms * RATE / 1000)
        before = self._now_db
        self._now_db = max(wanted, before - step) if wanted < before else min(wanted, before + step)
        if before == self._now_db == 0.0:
            return samples
        gain = 10 ** (np.linspace(before, self._now_db, count, dtype=np.float32) / 20)
        return samples * gain[:, None].astype(np.float32)
