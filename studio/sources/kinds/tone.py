"""A line-up tone."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from studio.core.clock import NS, now_ns
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.sound import RATE
from studio.sources.base import Feed, Source

BLOCK = 480


class ToneSettings(Settings):
    """Settings of a tone."""

    hz: Annotated[float, setting("频率", "Frequency", ge=20, le=20000)] = 1000.0
    level_db: Annotated[float, setting("电平", "Level", ge=-90, le=0)] = -20.0


class Tone(Source):
    """A sine at a level: tells whether sound goes through."""

    kind: ClassVar[str] = "tone"
    label: ClassVar[Text] = Text("测试音", "Tone")
    help: ClassVar[Text] = Text("给定频率和电平的正弦音。", "A sine at a frequency and level.")
    Settings: ClassVar[type[Settings]] = ToneSettings
    has_video: ClassVar[bool] = False
    has_sound: ClassVar[bool] = True

    settings: ToneSettings

    def run(self, feed: Feed) -> None:
        """Feeds blocks of 10 ms, half a second ahead at most."""
        gain = 10 ** (self.settings.level_db / 20)
        zero, made = now_ns(), 0
        while not feed.stopping.is_set():
            at = np.arange(made, made + BLOCK) / RATE
            wave = (gain * np.sin(2 * np.pi * self.settings.hz * at)).astype(np.float32)
            due = zero + made * NS // RATE
            feed.sound(np.stack([wave, wave], axis=1), due)
            made += BLOCK
            if not feed.sleep_until(due - 100_000_000):
                return
