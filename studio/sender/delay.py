"""The delay: units wait before they go out, and can be thrown away while they wait."""

from __future__ import annotations

from collections import deque

from studio.sender.clip import Unit


class DelayBuffer:
    """First in, first out, ``length_us`` later. None stands for "the engine has gone"."""

    def __init__(self) -> None:
        self.length_us = 0
        self._waiting: deque[tuple[int, Unit | None]] = deque()
        self._put_us = -1 << 60

    def put(self, unit: Unit | None, now_us: int) -> None:
        """A unit came."""
        self._put_us = now_us if unit is not None else self._put_us
        self._waiting.append((now_us, unit))

    def due(self, now_us: int) -> list[Unit | None]:
        """Units that have waited long enough; those of a delay that was made shorter are thrown
        away, so that it does not come out all at once."""
        found: list[Unit | None] = []
        is_cut = False
        while self._waiting and self._waiting[0][0] + self.length_us <= now_us:
            at_us, unit = self._waiting.popleft()
            if now_us - at_us - self.length_us < 1_000_000:
                found.append(unit)
            elif not is_cut:
                is_cut = True
                found.append(None)
        return found

    def clear(self) -> None:
        """Throws away what waits."""
        self._waiting.clear()
        self._waiting.append((-self.length_us, None))

    def is_filling(self, now_us: int) -> bool:
        """Does the engine deliver, and what it delivers waits?"""
        return self.length_us > 0 and now_us - self._put_us < 400_000

    @property
    def waiting_us(self) -> int:
        """Length of what waits."""
        first = next((at for at, unit in self._waiting if unit is not None), None)
        return self._waiting[-1][0] - first if first is not None else 0
