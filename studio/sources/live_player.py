"""Delivers a live input: sound with its moment, pictures when their sound is heard."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from studio.core.clock import NS, now_ns
from studio.media.frame import Frame, from_av
from studio.media.sound import CHANNELS
from studio.sources.base import Feed
from studio.sources.live_clock import SETTLING_NS, LiveClock

if TYPE_CHECKING:
    import av

TICK_NS = 10_000_000
"""A picture waits for the next tick to be composed; half of one, less what rounding takes."""
EVEN_NS = 300_000_000
MOST_WAITING = 60


class LivePlayer:
    """Belongs to the reading thread of one opened input; `close` ends its own.

    With sound, pictures are held back by what the sound needs (`sound_delay_ms`); an input without
    sound is shown as it comes.

    Args:
        feed: where to.
        sound_delay_ms: of the source.
        has_sound: does this input have sound at all?
        is_even: it arrives at its own pace (`studio.sources.live_pace`): little is to be learned.
    """

    def __init__(
        self, feed: Feed, sound_delay_ms: int, *, has_sound: bool, is_even: bool = False
    ) -> None:
        self._feed = feed
        settling_ns = EVEN_NS if is_even else SETTLING_NS
        self._clock = LiveClock(sound_delay_ms * 1_000_000, settling_ns)
        self._hold_ns = max(0, sound_delay_ms * 1_000_000 - TICK_NS) if has_sound else 0
        self._waiting: deque[tuple[int, Frame]] = deque()
        self._came = threading.Condition()
        self._is_over = False
        self._thread: threading.Thread | None = None
        if self._hold_ns:
            self._thread = threading.Thread(target=self._release, name="live", daemon=True)
            self._thread.start()

    def picture(self, frame: av.VideoFrame) -> None:
        """Takes a decoded picture."""
        due = self._clock.came(round(float(frame.time or 0.0) * NS), now_ns())
        ready = from_av(frame, due)
        if not self._hold_ns:
            self._feed.picture(ready)
            return
        with self._came:
            if len(self._waiting) >= MOST_WAITING:  # a burst after a stall: the newest count
                self._waiting.popleft()
            self._waiting.append((due + self._hold_ns, ready))
            self._came.notify()

    def at_once(self, frame: av.VideoFrame) -> None:
        """Shows a picture before its sound is heard: somebody looks again, at one long past."""
        self._feed.picture(from_av(frame, now_ns()))

    def sound(self, frame: av.AudioFrame) -> None:
        """Takes a resampled block (flt, stereo, 48 kHz)."""
        count = frame.samples * CHANNELS
        samples = np.frombuffer(memoryview(frame.planes[0]), np.float32)[:count]
        media_ns = round(float(frame.time or 0.0) * NS)
        due = self._clock.came(media_ns, now_ns(), is_sound=True)
        if not self._clock.is_settled:
            return  # a second of silence at the start is better than sound that creeps into step
        self._feed.sound(samples.reshape(-1, CHANNELS).copy(), due)

    def close(self) -> None:
        """Ends its thread; what still waits is not shown any more."""
        with self._came:
            self._is_over = True
            self._came.notify()
        if self._thread is not None:
            self._thread.join(1.0)

    def _release(self) -> None:
        while True:
            with self._came:
                while not self._waiting and not self._is_over:
                    self._came.wait(1.0)
                if self._is_over:
                    return
                due, frame = self._waiting[0]
                left = due - now_ns()
                if left > 0:
                    self._came.wait(min(left, NS) / NS)
                    continue
                self._waiting.popleft()
            self._feed.picture(frame)
