"""Delay: picture and sound of a source later, to bring it in step with another."""

from __future__ import annotations

from collections import deque
from typing import Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.base import Filter
from studio.media.frame import Frame
from studio.media.sound import CHANNELS, RATE, Samples

MOST_BYTES = 512_000_000


class DelaySettings(extension.Settings, kw_only=True):
    """How much later."""

    delay_ms: Annotated[int, setting("延迟 (毫秒)", "Delay (ms)", ge=0, le=10_000)] = 200
    what: Annotated[Literal["both", "picture", "sound"], setting("作用于", "Of")] = "both"


class DelayFilter(Filter):
    """Holds pictures and sound back.

    Memory is bounded: past 512 MB of pictures they come earlier than asked, and the sound with
    them.
    """

    kind: ClassVar[str] = "delay"
    label: ClassVar[Text] = Text("延迟", "Delay")
    help: ClassVar[Text] = Text(
        "让画面和声音晚一些，与其他来源对齐。",
        "Holds picture and sound back, to bring them in step with another source.",
    )
    Settings: ClassVar[type[extension.Settings]] = DelaySettings
    is_sound: ClassVar[bool] = True

    def __init__(self, settings: DelaySettings) -> None:
        super().__init__(settings)
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._reach_ms = settings.delay_ms
        self._sound = np.zeros((0, CHANNELS), np.float32)

    def change(self, settings: DelaySettings) -> bool:
        """At once; what is held stays held."""
        self.settings, self._reach_ms = settings, settings.delay_ms
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame that was there ``delay_ms`` ago; at the start the first one."""
        s = self.settings
        wait_ns = 0 if s.what == "sound" else self._reach_ms * 1_000_000
        held = self._frames
        if held and not 0 <= frame.pts_ns - held[-1].pts_ns < 5_000_000_000:
            held.clear()  # a cut in time: what is held belongs to another moment
            self._bytes = 0
        held.append(frame)
        self._bytes += _size(frame)
        while self._bytes > MOST_BYTES and len(held) > 1:
            self._bytes -= _size(held.popleft())
            reach_ms = (frame.pts_ns - held[0].pts_ns) // 1_000_000
            if s.what != "sound" and reach_ms < self._reach_ms:
                self._reach_ms, wait_ns = reach_ms, reach_ms * 1_000_000
        due_ns = frame.pts_ns - wait_ns
        while len(held) > 1 and held[1].pts_ns <= due_ns:
            self._bytes -= _size(held.popleft())
        return held[0]

    def apply_sound(self, samples: Samples) -> Samples:
        """The samples that were there ``delay_ms`` ago; at the start silence."""
        s = self.settings
        late_ms = s.delay_ms if s.what == "sound" else self._reach_ms
        wanted = 0 if s.what == "picture" else late_ms * RATE // 1000
        held = self._sound
        if len(held) < wanted:
            held = np.concatenate([np.zeros((wanted - len(held), CHANNELS), np.float32), held])
        elif len(held) > wanted:
            held = held[len(held) - wanted :]
        if not wanted:
            self._sound = held
            return samples
        both = np.concatenate([held, samples])
        self._sound = both[len(samples) :]
        return both[: len(samples)]

    def close(self) -> None:
        """Lets go of what is held."""
        self._frames.clear()
        self._sound = self._sound[:0]


def _size(frame: Frame) -> int:
    return sum(p.nbytes for p in (*frame.planes, frame.alpha, frame.alpha_uv) if p is not None)
