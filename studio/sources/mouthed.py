"""Speech with mouth shapes on one clock: which sample is due now decides which shape is seen."""

from __future__ import annotations

import numpy as np

from studio.core.clock import NS
from studio.media.sound import RATE, Samples, silence
from studio.media.spoken import CLOSED, SHAPES, STEP, read_spoken
from studio.sources.base import Feed

BLOCK = 480
FADE = 240
MOST_STEPS_TO_END = 6
"""Told to stop, it goes on to the end of a syllable, at most so many steps of 25 ms."""


class Speech:
    """Feeds sound without a gap: that of the sentence that is on, else silence.

    Args:
        feed: takes the sound.
        at_ns: monotonic moment of the first sample.
    """

    def __init__(self, feed: Feed, at_ns: int) -> None:
        self._feed = feed
        self._zero_ns, self._given = at_ns, 0
        self._mouths = ""
        self._begin = 0
        self._sound: Samples | None = None

    def begin(self, mouths: str, sound: str, now_ns: int) -> None:
        """A sentence from the next sample on.

        Args:
            mouths: a shape each 25 ms.
            sound: name of its file; "", or one that is gone: the mouth moves without a sound.
        """
        made = read_spoken(sound) if sound else None
        self._mouths = made.mouths if made is not None else mouths
        self._sound = made.samples() if made is not None else None
        # Silence was handed over already for what comes now.
        self._begin = max(self._given, self._sample(now_ns))

    def end(self, now_ns: int) -> None:
        """Silent from the end of this syllable on, with a short fade."""
        step = max(0, (self._sample(now_ns) - self._begin) // STEP) + 1
        near = self._mouths[step : step + MOST_STEPS_TO_END]
        at = near.find(CLOSED)
        keep = step + (at if at >= 0 else len(near))
        self._mouths = self._mouths[:keep]
        if self._sound is not None:
            last = max(keep * STEP, self._given - self._begin + FADE)
            kept = self._sound[:last].copy()
            count = min(FADE, len(kept))
            if count:
                kept[-count:] *= np.linspace(1, 0, count, dtype=np.float32)[:, None]
            self._sound = kept

    def feed_until(self, due_ns: int) -> None:
        """Hands over what is due until then; far behind, it goes on from now."""
        wanted = self._sample(due_ns)
        if wanted - self._given > RATE:
            self._given = wanted - BLOCK
        while self._given < wanted:
            self._feed.sound(self._block(), self._zero_ns + self._given * NS // RATE)
            self._given += BLOCK

    def mouth(self, now_ns: int) -> str:
        """The shape that is due; "" when nothing is said."""
        step = (self._sample(now_ns) - self._begin) // STEP
        if step < 0:
            return CLOSED if self._mouths else ""
        if step >= len(self._mouths):
            return ""
        shape = self._mouths[step]
        return shape if shape in SHAPES else CLOSED

    def _sample(self, at_ns: int) -> int:
        return (at_ns - self._zero_ns) * RATE // NS

    def _block(self) -> Samples:
        block = silence(BLOCK)
        if self._sound is not None:
            at = self._given - self._begin
            first, last = max(0, at), min(len(self._sound), at + BLOCK)
            if first < last:
                block[first - at : last - at] = self._sound[first:last]
        return block
