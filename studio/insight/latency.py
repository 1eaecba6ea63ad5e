"""Measures cuts: from the command to the first packet of the new scene."""

from __future__ import annotations

from collections import deque

from studio.core.clock import now_ns
from studio.core.command import CommandRan
from studio.core.event import Events
from studio.media.packet import EncodedPacket

COMMANDS = ("scenes.take", "scenes.standby")
CANVAS = "landscape"


class CutLatency:
    """One cut at a time; told from the loop, the picture thread and the encoder's thread.

    Attributes:
        ms: how long the last cuts took.
    """

    def __init__(self, events: Events) -> None:
        events.on(CommandRan, self._command_ran)
        self.ms: deque[float] = deque(maxlen=500)
        self._asked_ns = self._tick = 0

    def _command_ran(self, ran: CommandRan) -> None:
        if ran.ok and ran.command in COMMANDS:
            self._asked_ns = now_ns() - int(ran.took_ms * 1e6)

    def shown(self, canvas: str, tick: int) -> None:
        """The first picture of another scene was composed."""
        if canvas == CANVAS and self._asked_ns:
            self._tick = tick

    def packet(self, canvas: str, packet: EncodedPacket) -> None:
        """A packet came out of the encoder."""
        if self._tick and canvas == CANVAS and packet.pts >= self._tick:
            self.ms.append((packet.made_ns - self._asked_ns) / 1e6)
            self._tick = self._asked_ns = 0
