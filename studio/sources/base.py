"""The contract of a source: it runs in its own thread and feeds pictures and sound."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Extension
from studio.core.places import FILE_WIDGETS
from studio.media.frame import Frame
from studio.media.sound import Samples

REST_S = 30.0
"""A source that rests is woken; so long it sleeps where nothing but that can happen."""


class Drawer(Protocol):
    """Draws text to a frame with alpha; the graphics room gives it to sources that need it."""

    def text(self, text: str, style: dict[str, Any]) -> Frame:
        """A frame just large enough for ``text``."""
        ...

    def has_font(self, family: str) -> bool:
        """Is there a font of this name on this machine?"""
        ...


class Render(Protocol):
    """Draws a scene as a canvas would show it at a moment (monotonic ns), without graphics.

    The picture is reused at the next call from the same thread. None: there is no such scene.
    ``ground`` ("#rrggbb") stands in for the scene's own colour.
    """

    def __call__(self, scene: str, canvas: str, at_ns: int, ground: str = "") -> Frame | None: ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source may know of the place it runs in.

    Attributes:
        base: folder that relative paths in settings start from (the show's).
        draw: draws text.
        fps: of the programme, as a float: sources that make their own pictures keep to it.
        width, height: of the landscape canvas in pixels.
        render: draws a scene.
        look: the newest picture of another source, and from now on it is wanted; raises
            `StudioError` (not_found) when there is no such source.
        has: is there such a source? Wakes nobody.
        state: what the studio knows under a dotted path ("shop.card.name"), as people read it.
    """

    base: Path
    draw: Drawer | None = None
    fps: float = 30.0
    width: int = 1920
    height: int = 1080
    render: Render | None = None
    look: Callable[[str], Frame | None] | None = None
    has: Callable[[str], bool] | None = None
    state: Callable[[str], str] | None = None

    def find(self, path: str) -> Path:
        """A path from settings, taken from the show's folder unless absolute."""
        given = Path(path).expanduser()
        return given if given.is_absolute() else self.base / given


class Progress(NamedTuple):
    """How far a source that plays something has come.

    Attributes:
        state: "playing", "paused", "stopped" or "ended".
        duration_ms: of the whole; None when it is not known.
        cursor_ms: where it is.
    """

    state: Literal["playing", "paused", "stopped", "ended"]
    duration_ms: int | None
    cursor_ms: int


class Demand(Protocol):
    """What a runner knows of who looks and listens (`studio.sources.runner.SourceRunner`)."""

    @property
    def may_rest(self) -> bool: ...
    @property
    def is_heard(self) -> bool: ...
    def rest(self, seconds: float = ...) -> bool: ...
    def still_here(self) -> None: ...
    def tell(self, error: StudioError) -> None: ...
    def wait(self, error: StudioError) -> None: ...
    def remark(self, error: StudioError | None) -> None: ...
    def gives(self, *, picture: bool) -> None: ...
    def beat(self, *, is_judged: bool = True) -> None: ...
    def rate(self, fps: float) -> None: ...


class Feed:
    """What a source's thread talks to. Made by its runner.

    Attributes:
        stopping: set when the source must end soon (within 2 s).
        size: of the last picture, pixels; None before the first.
    """

    def __init__(
        self,
        stopping: threading.Event,
        on_picture: Callable[[Frame, bool], None],
        on_sound: Callable[[Samples, int], None],
        is_wanted: Callable[[], bool],
        demand: Demand | None = None,
    ) -> None:
        self.stopping = stopping
        self._on_picture = on_picture
        self._on_sound = on_sound
        self._is_wanted = is_wanted
        self._demand = demand
        self.size: tuple[int, int] | None = None

    def picture(self, frame: Frame, *, still: bool = False) -> None:
        """Delivers a picture; ``still`` means that no other will follow by itself."""
        self.size = (frame.width, frame.height)
        self._on_picture(frame, still)

    def sound(self, samples: Samples, pts_ns: int) -> None:
        """Delivers (n, 2) float32 samples at 48 kHz, the first of them due at ``pts_ns``."""
        self._on_sound(samples, pts_ns)

    @property
    def is_wanted(self) -> bool:
        """Does anything look at the picture or listen? An idle source may rest."""
        return self._is_wanted()

    @property
    def may_rest(self) -> bool:
        """Nobody looks: no picture need be made (but see `is_heard`)."""
        return self._demand is not None and self._demand.may_rest

    @property
    def is_heard(self) -> bool:
        """Does anybody hear its sound?"""
        return self._demand is None or self._demand.is_heard

    def rest(self, seconds: float = REST_S) -> bool:
        """Waits until somebody looks, hears or controls it, or it must stop; True: one of these.

        A source that rests is well: its last picture stays, and it says so.
        """
        if self._demand is None:
            return True
        return self._demand.rest(seconds)

    def rate(self, fps: float) -> None:
        """How many pictures a second it gives by its own word; far fewer are a fault."""
        if self._demand is not None:
            self._demand.rate(fps)

    def still_here(self) -> None:
        """It is paused on purpose: the picture stands, and that is no fault."""
        if self._demand is not None:
            self._demand.still_here()

    def tell(self, error: StudioError) -> None:
        """What it waits for or lacks, for people; the next picture clears it."""
        if self._demand is not None:
            self._demand.tell(error)

    def gives(self, *, picture: bool) -> None:
        """What it plays now has a picture, or sound alone: then its sound is its sign of life."""
        if self._demand is not None:
            self._demand.gives(picture=picture)

    def wait(self, error: StudioError) -> None:
        """As `tell`: it waits to be called, and never was: that is no fault."""
        if self._demand is not None:
            self._demand.wait(error)

    def remark(self, error: StudioError | None) -> None:
        """What of it cannot be played though the rest plays, for people; None takes it back."""
        if self._demand is not None:
            self._demand.remark(error)

    def beat(self, *, is_judged: bool = True) -> None:
        """A picture came that nobody needs: a sign of life, without the work.

        Args:
            is_judged: pictures are still looked at often enough to tell frozen ones.
        """
        if self._demand is not None:
            self._demand.beat(is_judged=is_judged)

    def sleep_until(self, due_ns: int) -> bool:
        """Sleeps to a monotonic moment; False when it was woken to stop."""
        while not self.stopping.is_set():
            left = due_ns - now_ns()
            if left <= 0:
                return True
            self.stopping.wait(min(left / NS, 0.25))
        return False


class Source(Extension):
    """Base of all kinds of source.

    Attributes:
        has_video, has_sound: what it gives.
        carries_voice: its sound is what people say now: a standby scene keeps it off.
        is_media: it plays something that can be paused and wound (`control`, `progress`).
        is_live: it comes from a device that never gives the same picture twice: one that does not
            change any more is told as frozen. What is sent or played may well stand still.
        is_still: a picture, words or a ground: nobody misses its movement.
        is_generated: a machine made what looks like a person: every picture with it in bears the
            label (`studio.scenes.generated`).
        lost_ms: how long it may give nothing before it is told as lost. A line stands still for a
            second now and then, and is back before a cut to anything else would be over.
        patience_s: how long its end is waited for. What it held (a device, a port) may be wanted
            next; a network stream holds nothing, and may sit in a call to a server that is silent.
        sound_delay_ms: how long after its moment a sample is taken by the mixer; covers how the
            samples arrive (a device hands them over in blocks) and keeps lips and voice together.
        sound_ahead_ms: how much sooner than that samples are there at the latest: as far as a
            sync offset may go below zero. What comes from outside is never there sooner.
    """

    has_video: ClassVar[bool] = True
    has_sound: ClassVar[bool] = False
    carries_voice: ClassVar[bool] = False
    is_media: ClassVar[bool] = False
    is_live: bool = False
    is_still: ClassVar[bool] = False
    is_generated: ClassVar[bool] = False
    sound_delay_ms: ClassVar[int] = 20
    lost_ms: ClassVar[int] = 700
    patience_s: ClassVar[float] = 2.0
    sound_ahead_ms: ClassVar[int] = 0

    def __init__(self, settings: Any, around: SourceContext) -> None:
        self.settings = settings
        self.around = around

    @abstractmethod
    def run(self, feed: Feed) -> None:
        """Feeds until ``feed.stopping`` is set, or returns after a still picture.

        Heavy modules are imported here. Any exception is contained: the runner tells it and
        tries again after a back-off.

        Raises:
            StudioError: it cannot be opened; says what, where, what to do.
        """

    def files(self) -> list[Path]:
        """The files and folders its settings name, whether they are there or not."""
        found: list[str] = []
        for name, field in self.schema().get("properties", {}).items():
            if field.get("x-widget") in FILE_WIDGETS:
                value = getattr(self.settings, name, "")
                found += [value] if isinstance(value, str) else list(value)
        return [self.around.find(entry) for entry in found if entry]

    def put_on_air(self, is_on: bool) -> bool:
        """It comes on programme or has left it: what plays there alone (``on_show`` of films,
        lists and slides) starts over ("on_air", and waits at its start until then) or goes on
        ("on_air_pause", and is paused until then).

        Returns:
            whether it does.
        """
        how = getattr(self.settings, "on_show", "") if self.is_media else ""
        if how == "on_air":
            self.control("restart" if is_on else "stop", 0.0)
        elif how == "on_air_pause":
            self.control("play" if is_on else "pause", 0.0)
        return how in ("on_air", "on_air_pause")

    def control(self, action: str, value: float) -> None:
        """Control while it runs.

        Args:
            action: play, pause, restart, stop, seek (value in ms), next, previous, cue (value is
                its number, from 1), reset.
        """

    def progress(self) -> Progress | None:
        """How far it has come; None for what does not play. Called from any thread."""
        return None
