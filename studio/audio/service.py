"""The mixer as a service of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import msgspec

from studio.audio.commands import SoundCommands
from studio.audio.desk import SoundDesk
from studio.audio.events import LoudnessChanged, Meters
from studio.audio.mixer import Mixer
from studio.audio.model import HeadphonesView, SoundPart, SoundView, Verdict
from studio.audio.transition_sound import NAME
from studio.core.event import Events
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State

METERS_S = 0.066


class SoundingSources(Protocol):
    """The sources of the show, as far as they sound."""

    def with_sound(self) -> list[str]:
        """Names of those that give sound."""
        ...


class SoundService(Service):
    """Strips, master, loudness, headphones and meters.

    Args:
        desk: owns the strips.
        mixer: mixes them at each tick; its meters are told.
        sources: which of them need a strip.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "sound"
    Part: ClassVar[Any] = SoundPart
    View: ClassVar[Any] = SoundView

    def __init__(
        self,
        desk: SoundDesk,
        mixer: Mixer,
        sources: SoundingSources,
        events: Events,
        state: State,
    ) -> None:
        self.desk = desk
        self._mixer, self._sources = mixer, sources
        self._events, self._state = events, state
        self._verdict: Verdict = "ok"
        self._commands = (SoundCommands(desk),)
        self.every = (Every("meters", METERS_S, self._tell_meters),)
        state.watch(("sources",), self._follow_sources)

    def commands(self) -> Sequence[object]:
        """The mixer from outside."""
        return self._commands

    async def reset(self) -> None:
        """No strips, and none remembered or expected."""
        self.desk.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's strips; every source that sounds has one."""
        desk = self.desk
        desk.load(part.strips, part.master_db, part.target_lufs, part.tolerance_lu)
        desk.keep_only(self._sources.with_sound())

    def save(self) -> SoundPart:
        """As it is now."""
        desk = self.desk
        return SoundPart(
            tuple(desk.strips.values()), desk.master_db, desk.watch.target, desk.watch.tolerance
        )

    def view(self) -> SoundView:
        """The mixer, its loudness and the headphones."""
        monitor, error = self.desk.monitor, self.desk.monitor.error
        return SoundView(
            **msgspec.structs.asdict(self.save()),
            closed=self.desk.closed,
            loudness=self.desk.watch.reading,
            headphones=HeadphonesView(
                **msgspec.structs.asdict(monitor.settings),
                is_playing=monitor.is_playing,
                error=(error.in_language("zh"), error.in_language("en")) if error else None,
            ),
        )

    async def start(self) -> None:
        """Starts to measure loudness."""
        self.desk.watch.start()

    async def stop(self) -> None:
        """Ends headphones and meter."""
        await asyncio.to_thread(self.desk.stop)

    def _follow_sources(self) -> None:
        before = self.desk.strips
        self.desk.keep_only(self._sources.with_sound())
        if self.desk.strips != before:
            self._state.touch("sound")

    def _tell_meters(self) -> None:
        levels = {
            name: {"peak": meter.peak_db, "rms": meter.rms_db}
            for name, meter in list(self._mixer.meters.items())
            if not name.startswith(NAME)
        }
        reading = self.desk.watch.reading
        self._events.publish(Meters(levels=levels, loudness=msgspec.to_builtins(reading)))
        if reading.verdict != self._verdict:
            self._verdict = reading.verdict
            self._events.publish(
                LoudnessChanged(
                    verdict=reading.verdict,
                    short_term=reading.short_term,
                    target=reading.target,
                )
            )
            self._state.touch("sound")
