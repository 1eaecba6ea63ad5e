"""From which figure on a programme is black, silent, too loud, and a disk too full: said once."""

from __future__ import annotations

import math
from collections import deque

from studio.core.clock import NS, now_ns
from studio.outputs.model import Verdict

BLACK_LUMA = 20.0
SILENCE_DB = -55.0
QUIET_DB, LOUD_DB = -36.0, -8.0
WINDOW_S = 10.0
FRESH_S = 2.0
NOTHING_DB = -100.0


def level_word(level_db: float) -> str:
    """silent, too_quiet, too_loud, or loudness where it is well."""
    if level_db <= SILENCE_DB:
        return "silent"
    if level_db > LOUD_DB:
        return "too_loud"
    return "too_quiet" if level_db < QUIET_DB else "loudness"


def level_verdict(level_db: float) -> Verdict:
    """bad for silence, warn for what is too loud or too quiet."""
    word = level_word(level_db)
    return "bad" if word == "silent" else "ok" if word == "loudness" else "warn"


def disk_verdict(free_bytes: int, kbps: int) -> tuple[float, Verdict]:
    """How many hours a recording of ``kbps`` fits, and what is to be thought of that."""
    hours = free_bytes * 8 / 1000 / max(1, kbps) / 3600
    return hours, "ok" if hours >= 4 else "warn" if hours >= 0.5 else "bad"


class LevelMemory:
    """Remembers how loud the programme was over the last seconds."""

    def __init__(self) -> None:
        self._heard: deque[tuple[int, float]] = deque()

    def hear(self, level_db: float | None, at_ns: int | None = None) -> None:
        """Takes in the level of now; None for no sound at all (no mixer runs)."""
        if level_db is None:
            return
        now = now_ns() if at_ns is None else at_ns
        self._heard.append((now, level_db))
        while now - self._heard[0][0] > WINDOW_S * NS:
            self._heard.popleft()

    def level_db(self, at_ns: int | None = None) -> float | None:
        """Mean level (power) of what was not silence; None while nothing is known."""
        now = now_ns() if at_ns is None else at_ns
        if not self._heard or now - self._heard[-1][0] > FRESH_S * NS:
            return None
        spoken = [level for _, level in self._heard if level > SILENCE_DB]
        if not spoken:
            return NOTHING_DB
        return 10 * math.log10(sum(10 ** (level / 10) for level in spoken) / len(spoken))
