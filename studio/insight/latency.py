"""Measures cuts: from the command to the first packet of the new scene."""

from __future__ import annotations

from collections import deque

from studio.core.clock import now_ns
from studio.core.command import CommandRan
from studio.core.event import Events
from studio.media.packet import EncodedPacket
from studio.scenes.events import SceneTaken

COMMANDS = ("scenes.take", "scenes.standby", "scenes.back", "scenes.put_air")
CANVAS = "landscape"
MOST_MS = 10_000
"""An encoder that comes later than this was not there for the cut: nothing was measured."""


class CutLatency:
    """One cut at a time; told from the loop, the picture thread and the encoder's thread.

    A take that changes nothing, or mixes, is no cut; one that nobody encodes has no packet. A cut
    of which no picture came is forgotten with the next one.

    Attributes:
        ms: how long the last cuts took.
    """

    def __init__(self, events: Events) -> None:
        events.on(SceneTaken, self._scene_taken)
        events.on(CommandRan, self._command_ran)
        self.ms: deque[float] = deque(maxlen=500)
        self._asked_ns = self._tick = 0

    def _scene_taken(self, taken: SceneTaken) -> None:
        if taken.canvas in ("", CANVAS):
            is_cut = taken.scene != taken.before and not taken.duration_ms
            self._tick, self._asked_ns = 0, now_ns() if is_cut else 0

    def _command_ran(self, ran: CommandRan) -> None:
        if self._asked_ns and ran.ok and ran.command in COMMANDS:
            self._asked_ns = min(self._asked_ns, now_ns() - int(ran.took_ms * 1e6))

    def shown(self, canvas: str, tick: int) -> None:
        """The first picture of another scene was composed, and is encoded."""
        if canvas == CANVAS and self._asked_ns:
            self._tick = tick

    def packet(self, canvas: str, packet: EncodedPacket) -> None:
        """A packet came out of the encoder."""
        if self._tick and canvas == CANVAS and packet.pts >= self._tick:
            ms = (packet.made_ns - self._asked_ns) / 1e6
            if 0 <= ms <= MOST_MS:
                self.ms.append(ms)
            self._tick = self._asked_ns = 0
