"""Owns the mixer's strips, the headphones and the loudness target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from msgspec.structs import replace

from studio.audio.events import StripChanged
from studio.audio.headphones import Monitor
from studio.audio.loudness import LoudnessWatch
from studio.audio.model import Strip
from studio.core.errors import StudioError

MOST_AHEAD_MS = 500
MOST_GONE = 200


class SourceDelays(Protocol):
    """What sources say of their sound (`studio.sources.bank.SourceManager`)."""

    def sound_ahead_ms(self, source: str) -> int | None:
        """How far it can be brought forward; None while the source does not run."""
        ...


class SoundDesk:
    """Strips by source name; the tick thread reads them as one immutable tuple.

    Args:
        announce: publishes events.
        sources: say how far their sound can be brought forward.

    Attributes:
        closed: strips that a standby scene on programme keeps silent now.
    """

    def __init__(
        self, announce: Callable[[Any], None], sources: SourceDelays | None = None
    ) -> None:
        self.strips: dict[str, Strip] = {}
        self.master_db = 0.0
        self.closed: tuple[str, ...] = ()
        self._expected: dict[str, Strip] = {}
        self._gone: dict[str, Strip] = {}
        self.monitor = Monitor()
        self.watch = LoudnessWatch()
        self._sources = sources
        self._announce = announce

    def ahead_ms(self, source: str) -> int:
        """How far a source's sound can be brought forward; what comes from outside cannot."""
        known = self._sources.sound_ahead_ms(source) if self._sources is not None else None
        return MOST_AHEAD_MS if known is None else known

    def load(
        self,
        strips: tuple[Strip, ...],
        master_db: float = 0.0,
        target_lufs: float = -16.0,
        tolerance_lu: float = 3.0,
    ) -> None:
        """Takes over a show's strips."""
        self.strips = {strip.source: strip for strip in strips}
        self.master_db = master_db
        self._gone.clear()
        self.watch.target, self.watch.tolerance = target_lufs, tolerance_lu

    def reset(self) -> None:
        """Forgets the show's strips, also those that are expected or were removed."""
        self.strips, self.master_db = {}, 0.0
        self._expected.clear()
        self._gone.clear()

    def stop(self) -> None:
        """Ends the headphones and the meter."""
        self.monitor.stop()
        self.watch.stop()

    def keep_only(self, sources: list[str]) -> None:
        """Makes strips for new sources, forgets those of sources that are gone."""
        expected = self._expected
        self._gone |= {name: strip for name, strip in self.strips.items() if name not in sources}
        for name in list(self._gone)[: max(0, len(self._gone) - MOST_GONE)]:
            del self._gone[name]
        self.strips = {
            name: self.strips.get(name) or expected.pop(name, Strip(name)) for name in sources
        }

    def expect(self, strip: Strip) -> None:
        """What a source gets as soon as it is known to have sound."""
        self._expected[strip.source] = strip

    def recall(self, source: str) -> None:
        """A source that was removed is back: its strip is as it was."""
        if source in self._gone and source not in self.strips:
            self.expect(self._gone.pop(source))

    def rename(self, old: str, new: str) -> None:
        """A source has another name."""
        if old in self.strips:
            strip = self.strips.pop(old)
            self.strips[new] = replace(strip, source=new)

    def get(self, source: str) -> Strip:
        """A strip.

        Raises:
            StudioError: not_found.
        """
        if source not in self.strips:
            known = ", ".join(self.strips)
            raise StudioError("not_found", "sound.no_strip", source=source, known=known)
        return self.strips[source]

    def put(self, strip: Strip) -> None:
        """Changes a strip and tells it."""
        self.strips = {**self.strips, strip.source: strip}
        self._announce(
            StripChanged(
                source=strip.source,
                gain_db=strip.gain_db,
                is_muted=strip.is_muted,
                pan=strip.pan,
            )
        )
