"""Cuts sound into the windows that are recognised: 3 s and 6 s, each half second, where one speaks.

Recognition of a moving window makes words up where nobody speaks (whole windows of them over
silence, fans, applause, music), so a gate and a voice detector come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
HOP_S, SHORT_S, LONG_S = 0.5, 3.0, 6.0
HOP = int(RATE * HOP_S)
GATE_DB = -52.0
"""Below this, no voice is near the microphone."""
LEAST_VOICE_S = 0.35
EDGE_S = 0.15
Sound = NDArray[np.float32]
VoiceFinder = Callable[[Sound], list[tuple[int, int]]]
"""Where somebody speaks in a piece of sound, as sample ranges."""


class SpeechWindow(NamedTuple):
    """A piece of sound that is worth recognising.

    Attributes:
        end_s: its end, in seconds since hearing began.
        begins_clean, ends_clean: no word is cut off there.
        ends_now: after it nobody speaks for a while: an utterance is over.
    """

    sound: Sound
    end_s: float
    begins_clean: bool
    ends_clean: bool
    ends_now: bool


def level_db(sound: Sound) -> float:
    """RMS in dB of full scale."""
    if not len(sound):
        return -120.0
    return 20 * float(np.log10(np.sqrt(float(np.mean(np.square(sound)))) + 1e-6))


class WindowCutter:
    """Takes sound as it comes and gives windows, at most two a hop.

    Args:
        find_voice: finds speech.
    """

    def __init__(self, find_voice: VoiceFinder) -> None:
        self._find = find_voice
        self._kept = np.zeros(0, np.float32)
        self._waiting = np.zeros(0, np.float32)
        self._heard = 0
        self._spoke = False

    def take(self, sound: Sound) -> Iterator[SpeechWindow]:
        """Windows that are complete with this sound."""
        self._waiting = np.concatenate((self._waiting, sound))
        while len(self._waiting) >= HOP:
            hop, self._waiting = self._waiting[:HOP], self._waiting[HOP:]
            self._kept = np.concatenate((self._kept, hop))[-int(RATE * LONG_S) :]
            self._heard += HOP
            yield from self._windows()

    def _windows(self) -> Iterator[SpeechWindow]:
        if level_db(self._kept[-int(RATE * SHORT_S) :]) < GATE_DB:
            self._spoke = False
            return
        voiced = self._find(self._kept)
        total = sum(end - begin for begin, end in voiced)
        if total < RATE * LEAST_VOICE_S:
            self._spoke = False
            return
        last = voiced[-1][1]
        is_over = len(self._kept) - last >= HOP
        if is_over and not self._spoke:
            return  # all of it was heard before
        self._spoke = not is_over
        edge = int(RATE * EDGE_S)
        ends_clean = len(self._kept) - last >= edge
        for seconds in (SHORT_S, LONG_S):
            size = int(RATE * seconds)
            start = max(0, len(self._kept) - size)
            inside = [(b, e) for b, e in voiced if e > start]
            if not inside:
                continue
            is_same = seconds == LONG_S and voiced[0][0] >= len(self._kept) - RATE * SHORT_S
            if is_same and not is_over:
                continue  # the short one has it all; at the end it is heard once more
            begins_clean = inside[0][0] >= start + edge or len(self._kept) < size
            before = edge * 4 if is_same else edge
            yield SpeechWindow(
                self._kept[max(start, inside[0][0] - before) :], self._heard / RATE, begins_clean,
                ends_clean, is_over,
            )  # fmt: skip
