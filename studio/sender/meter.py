"""How fast bytes went in the last moment."""

from __future__ import annotations

from collections import deque

_WINDOW_NS = 600_000_000
_STEP_NS = 50_000_000


class FlowMeter:
    """Told two running counts now and then, it knows their rates."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, int, int]] = deque()

    def look(self, sent: int, taken: int, now_ns: int) -> None:
        """The counts now, in bytes."""
        if self._marks and now_ns - self._marks[-1][0] < _STEP_NS:
            return
        self._marks.append((now_ns, sent, taken))
        while len(self._marks) > 2 and now_ns - self._marks[1][0] >= _WINDOW_NS:
            self._marks.popleft()

    def kbps(self) -> tuple[int, int]:
        """(sent, taken) in kilobits a second; 0 before it knows."""
        if len(self._marks) < 2:
            return 0, 0
        (began, sent, taken), (now, sent_now, taken_now) = self._marks[0], self._marks[-1]
        if now - began < _WINDOW_NS * 3 // 4:
            return 0, 0
        per = 8_000_000 / (now - began)
        return round((sent_now - sent) * per), round((taken_now - taken) * per)
