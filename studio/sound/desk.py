"""Owns the mixer's strips; the tick thread reads them as one immutable tuple."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.text import Text
from studio.sound.model import Strip

Db = Annotated[float, msgspec.Meta(ge=-100, le=26)]


class StripChanged(Event, frozen=True, kw_only=True):
    """A strip's fader, mute or pan changed."""

    name: ClassVar[str] = "sound.strip_changed"
    label: ClassVar[Text] = Text("调音已变", "Strip changed")
    help: ClassVar[Text] = Text("音量、静音或声像变化。", "A fader, mute or pan changed.")

    source: str
    gain_db: float
    is_muted: bool
    pan: float


class Meters(Event, frozen=True, kw_only=True):
    """Levels, several times a second."""

    name: ClassVar[str] = "sound.meters"
    label: ClassVar[Text] = Text("电平", "Meters")
    help: ClassVar[Text] = Text("各路与总线的电平。", "Levels of every strip and the programme.")
    is_frequent: ClassVar[bool] = True
    is_journaled: ClassVar[bool] = False

    levels: dict[str, dict[str, tuple[float, float]]]


class SoundDesk:
    """Strips by source name."""

    def __init__(self, announce: Callable[[Any], None]) -> None:
        self.strips: dict[str, Strip] = {}
        self.master_db = 0.0
        self._announce = announce

    def load(self, strips: tuple[Strip, ...], master_db: float = 0.0) -> None:
        """Takes over a show's strips."""
        self.strips = {strip.source: strip for strip in strips}
        self.master_db = master_db

    def keep_only(self, sources: list[str]) -> None:
        """Makes strips for new sources, forgets those of sources that are gone."""
        self.strips = {name: self.strips.get(name, Strip(name)) for name in sources}

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


class SoundCommands:
    """The mixer from outside."""

    def __init__(self, desk: SoundDesk) -> None:
        self._desk = desk

    @command(
        "sound.set",
        label=("调音", "Set strip"),
        help=(
            "设置一路的音量（dB）、声像、延时等。",
            "Sets gain (dB), pan, sync offset.",
        ),
    )
    def set_strip(
        self,
        source: str,
        gain_db: Db | None = None,
        pan: Annotated[float, msgspec.Meta(ge=-1, le=1)] | None = None,
        sync_ms: Annotated[int, msgspec.Meta(ge=-500, le=2000)] | None = None,
        follows_scene: bool | None = None,
    ) -> Changed:
        old = self._desk.get(source)
        given = {
            "gain_db": gain_db,
            "pan": pan,
            "sync_ms": sync_ms,
            "follows_scene": follows_scene,
        }
        new = {key: value for key, value in given.items() if value is not None}
        self._desk.put(replace(old, **new))
        undo = {"source": source} | {key: getattr(old, key) for key in new}
        return changed("sound", undo=("sound.set", undo))

    @command(
        "sound.mute",
        label=("静音", "Mute"),
        help=("静音或取消静音一路。", "Mutes a strip, or opens it again."),
    )
    def mute(self, source: str, on: bool | None = None) -> Changed:
        old = self._desk.get(source)
        self._desk.put(replace(old, is_muted=not old.is_muted if on is None else on))
        return changed("sound", undo=("sound.mute", {"source": source, "on": old.is_muted}))

    @command(
        "sound.master",
        label=("总音量", "Master"),
        help=("设置总线音量（dB）。", "Sets the programme's gain (dB)."),
    )
    def master(self, gain_db: Db) -> Changed:
        before, self._desk.master_db = self._desk.master_db, gain_db
        return changed("sound", undo=("sound.master", {"gain_db": before}))
