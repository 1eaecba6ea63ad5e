"""What is heard, for who listens beside the programme: blocks are taken, nobody is waited for."""

from __future__ import annotations

from collections import deque

from studio.media.sound import RATE, Samples

MOST_S = 4.0


class SoundTap:
    """Holds the last seconds of a strip, or of the programme; the oldest go when nobody takes them.

    The tick puts, another thread takes.

    Attributes:
        source: the strip that is listened to, before its fader; "" is the programme.
    """

    def __init__(self) -> None:
        self.source = ""
        self.is_on = False
        self._blocks: deque[Samples] = deque()
        self._count = 0

    def put(self, block: Samples) -> None:
        """A block of the tick thread; it must not be changed later."""
        self._blocks.append(block)
        self._count += len(block)
        while self._count > MOST_S * RATE and len(self._blocks) > 1:
            self._count -= len(self._blocks.popleft())

    def take(self) -> list[Samples]:
        """All blocks since the last time."""
        found: list[Samples] = []
        while self._blocks:
            block = self._blocks.popleft()
            self._count -= len(block)
            found.append(block)
        return found
