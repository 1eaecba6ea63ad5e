"""What may be called live: only what was seen to flow in the last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from studio.sender.model import OutputState, OutputStatus

FRESH_S = 2.5
WINDOW_S = 4.0


class Evidence:
    """Watches the acknowledged bytes of all outputs.

    An output counts as flowing when its acknowledged bytes grew and the engine told so within
    `FRESH_S`; what is only claimed stays grey.
    """

    def __init__(self) -> None:
        self._seen: dict[str, deque[tuple[float, int]]] = {}
        self._grew: dict[str, float] = {}

    def note(self, statuses: Iterable[OutputStatus], now_s: float | None = None) -> None:
        """Takes in what the engine says now."""
        now = time.monotonic() if now_s is None else now_s
        names = set()
        for status in statuses:
            names.add(status.name)
            seen = self._seen.setdefault(status.name, deque())
            last = seen[-1][1] if seen else 0
            if status.acked_bytes < last:
                seen.clear()
            elif status.acked_bytes > last:
                self._grew[status.name] = now
            seen.append((now, status.acked_bytes))
            while len(seen) > 2 and now - seen[0][0] > WINDOW_S:
                seen.popleft()
        for gone in set(self._seen) - names:
            self._seen.pop(gone, None)
            self._grew.pop(gone, None)

    def flows(self, status: OutputStatus, now_s: float | None = None) -> bool:
        """Whether media was taken by the other side just now."""
        now = time.monotonic() if now_s is None else now_s
        is_up = status.state in (
            OutputState.LIVE, OutputState.CONGESTED, OutputState.STANDBY, OutputState.RECORDING
        )  # fmt: skip
        return is_up and now - self._grew.get(status.name, -1e9) < FRESH_S

    def quiet_s(self, name: str, now_s: float | None = None) -> float | None:
        """Seconds since the other side last took something; None when that was never seen."""
        now = time.monotonic() if now_s is None else now_s
        grew = self._grew.get(name)
        return None if grew is None else now - grew

    def kbps(self, name: str) -> float:
        """Bit rate over the last seconds, 0 when nothing is known."""
        seen = self._seen.get(name)
        if not seen or len(seen) < 2:
            return 0.0
        seconds = seen[-1][0] - seen[0][0]
        return (seen[-1][1] - seen[0][1]) * 8 / 1000 / seconds if seconds > 0 else 0.0
