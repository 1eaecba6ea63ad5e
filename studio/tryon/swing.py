"""Things that hang: a damped pendulum pushed by the motion of what it hangs on."""

from __future__ import annotations

import numpy as np

_LONGEST_NS = 200_000_000
_MOST = 16


class Swing:
    """Remembers pendulums by name. One thread at a time.

    Args:
        spring: stiffness, 1/s²; about 981 / length in cm, less for calm.
        drag: damping, 1/s.
        push: radians for each centimetre moved sideways within a frame.
    """

    def __init__(self, spring: float = 60.0, drag: float = 7.0, push: float = 0.06) -> None:
        self._spring, self._drag, self._push = spring, drag, push
        self._state: dict[tuple[int, int], tuple[float, float, float, int]] = {}

    def lean(self, name: tuple[int, int], x_cm: float, pts_ns: int) -> float:
        """How far it leans, radians, when it hangs at ``x_cm`` at this moment."""
        before = self._state.get(name)
        if before is None or not 0 < pts_ns - before[3] < _LONGEST_NS:
            if len(self._state) >= _MOST:
                self._state.clear()
            self._state[name] = (x_cm, 0.0, 0.0, pts_ns)
            return 0.0
        last_cm, lean, rate, last_ns = before
        dt_s = (pts_ns - last_ns) / 4e9
        lean += float(np.clip((x_cm - last_cm) * self._push, -0.15, 0.15))
        for _ in range(4):
            rate += (-self._spring * lean - self._drag * rate) * dt_s
            lean += rate * dt_s
        lean = float(np.clip(lean, -0.6, 0.6))
        self._state[name] = (x_cm, lean, rate, pts_ns)
        return lean
