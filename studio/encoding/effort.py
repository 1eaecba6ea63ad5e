"""How hard an encoder works: less when it falls behind, before a picture has to be dropped.

"veryfast" and "superfast" share their parameter sets (`VideoEncoder.extradata` is the same, which
a test holds), so the change needs no new connection; it costs a keyframe. Measured on the demo
show at 1080p: 14.5 against 8.8 ms of CPU a picture, 0.2 dB less.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from studio.encoding.model import Preset

EASIER: dict[Preset, Preset] = {"veryfast": "superfast"}
"""Presets whose packets may follow each other."""
FULL = 3
"""Pictures that wait: a burst that would not be over in time."""
BEHIND = 2
TIMES, WITHIN_S = 4, 3.0
BACK_S, MOST_S = 30.0, 960.0


@dataclass(slots=True)
class Effort:
    """Pure logic, fed at each picture with how many wait; times in seconds of one clock.

    Attributes:
        preset: what the encoder was set to.
        is_eased: it works with less effort now.
    """

    preset: Preset
    is_eased: bool = False
    _behind_s: deque[float] = field(default_factory=lambda: deque(maxlen=TIMES))
    _pressed_s: float = -1e9
    _eased_s: float = -1e9
    _back_s: float = BACK_S
    _returned_s: float = -1e9

    @property
    def now(self) -> Preset:
        """The preset to use."""
        return EASIER[self.preset] if self.is_eased else self.preset

    def waits(self, count: int, now_s: float) -> None:
        """``count`` pictures wait for the encoder as it takes another."""
        if self.preset not in EASIER:
            return
        if count >= BEHIND:
            self._pressed_s = now_s
            self._behind_s.append(now_s)
        if not self.is_eased:
            often = len(self._behind_s) == TIMES and now_s - self._behind_s[0] < WITHIN_S
            if count >= FULL or often:
                self._ease(now_s)
        elif now_s - max(self._pressed_s, self._eased_s) >= self._back_s:
            self.is_eased, self._returned_s = False, now_s
            self._behind_s.clear()

    def _ease(self, now_s: float) -> None:
        """A return that did not last is tried again after twice the time."""
        lasted_s = now_s - self._returned_s
        self._back_s = min(MOST_S, 2 * self._back_s) if lasted_s < 4 * self._back_s else BACK_S
        self.is_eased, self._eased_s = True, now_s
        self._behind_s.clear()
