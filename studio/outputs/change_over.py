"""From one rung to another without a picture lost: pure logic, one an output."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_MOST_HELD = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """An encoded picture or a piece of sound, microseconds of the engine's clock."""

    is_video: bool
    pts_us: int
    dts_us: int
    duration_us: int
    is_keyframe: bool
    data: bytes


class RenditionSwitch:
    """Lets the pictures of one rung through, and changes to another at its keyframe.

    Encoders run in their own threads, now one is ahead and now the other. So while a change is due
    the old one's pictures wait until the new one has come as far: then either the new one's
    keyframe takes their place, or they go out. A keyframe that comes early waits as well.

    Attributes:
        rung: whose pictures go out now.
        next: whose go out from its next keyframe on; "" for none.
    """

    def __init__(self, rung: str) -> None:
        self.rung = rung
        self.next = ""
        self._last_us = -1
        self._held: deque[Piece] = deque()
        self._coming: list[Piece] = []

    def to(self, rung: str) -> bool:
        """The rung to go on with; False when it is that one already."""
        if rung == (self.next or self.rung):
            return False
        self.next = "" if rung == self.rung else rung
        self._coming.clear()
        return True

    def put(self, rung: str, piece: Piece) -> list[Piece]:
        """What goes out now that a picture of ``rung`` has come."""
        if rung == self.rung:
            self._held.append(piece)
            if not self.next:
                return self._let_go(len(self._held))
            if self._coming:
                return self._meet()
            return self._let_go(len(self._held) - _MOST_HELD)
        if rung != self.next:
            return []
        if self._coming or (piece.is_keyframe and piece.pts_us > self._last_us):
            self._coming.append(piece)
            return self._meet()
        return self._let_go(sum(entry.pts_us <= piece.pts_us for entry in self._held))

    def _meet(self) -> list[Piece]:
        """The new one has its keyframe: it takes over where the old one has come as far."""
        first = self._coming[0]
        out = self._let_go(sum(entry.pts_us < first.pts_us for entry in self._held))
        is_there = self._held or self._last_us + first.duration_us * 3 // 2 >= first.pts_us
        if not is_there and len(self._coming) < _MOST_HELD:
            return out
        out += self._coming
        self._last_us = self._coming[-1].pts_us
        self._held.clear()
        self._coming.clear()
        self.rung, self.next = self.next, ""
        return out

    def _let_go(self, count: int) -> list[Piece]:
        found = [self._held.popleft() for _ in range(max(0, count))]
        if found:
            self._last_us = max(self._last_us, found[-1].pts_us)
        return found
