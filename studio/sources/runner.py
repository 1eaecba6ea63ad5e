"""Runs one source: its thread, its filters, its latest picture in the sizes that are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.worker import Worker
from studio.media.frame import Frame
from studio.media.slot import Slot
from studio.media.sound import Samples, SoundRing
from studio.media.yuv import Rect, crop, resize
from studio.sources.base import Feed, Source
from studio.sources.health import Fault, Health, Watch

_log = logger(__name__)

DEMAND_NS = 1 * NS


class PictureFilter(Protocol):
    """What the runner needs of a filter."""

    def apply(self, frame: Frame) -> Frame:
        """The changed picture."""
        ...


class SoundFilter(Protocol):
    """What the runner needs of a sound filter."""

    def apply_sound(self, samples: Samples) -> Samples:
        """The changed samples."""
        ...


@dataclass(frozen=True, slots=True)
class Want:
    """A piece of the source's picture at a size: ``crop`` in its own pixels, None for all."""

    crop: Rect | None
    width: int
    height: int


@dataclass(slots=True, eq=False)
class Shot:
    """One picture of a source, with the versions of it that have been prepared."""

    frame: Frame
    number: int
    _made: dict[Want, Frame] = field(default_factory=dict)

    def at(self, want: Want) -> Frame:
        """The picture as wanted; made now (and kept) when it is not there yet."""
        found = self._made.get(want)
        if found is None:
            part = self.frame if want.crop is None else crop(self.frame, want.crop)
            found = self._made[want] = resize(part, want.width, want.height)
        return found


class SourceRunner:
    """A source at work. `latest` and `ring` may be read from any thread.

    Args:
        name: unique in the show.
        source: the instance to run.
        on_fault: called from the source's thread with what went wrong, once per fault.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        on_fault: Callable[[str, StudioError], None] | None = None,
        on_picture: Callable[[str, Frame], None] | None = None,
    ) -> None:
        self.name = name
        self.source = source
        self.ring = SoundRing()
        self.slot: Slot[Shot] = Slot()
        self.watch = Watch(is_live=source.is_live, has_video=source.has_video)
        self.filters: tuple[PictureFilter, ...] = ()
        self.sound_filters: tuple[SoundFilter, ...] = ()
        self.error: StudioError | None = None
        self.fault = Fault.NONE
        self._on_fault = on_fault
        self._on_picture = on_picture
        self._wanted: dict[Want, int] = {}
        self._seen_ns = 0
        self._raw: Frame | None = None
        self._restarts = 0
        self._worker = Worker(f"source {name}", self._run, on_fault=self._failed)

    def start(self) -> None:
        """Starts its thread."""
        self.watch.begin()
        self._worker.start()

    def stop(self) -> None:
        """Ends its thread (waits up to 2 s)."""
        if not self._worker.stop():
            _log.warning("source %s did not stop in time and is left behind", self.name)

    def ask_stop(self) -> None:
        """Asks its thread to end without waiting."""
        self._worker.stopping.set()

    @property
    def latest(self) -> Shot | None:
        """The newest picture; stays when the source falls silent."""
        return self.slot.get()

    def shot(self, want: Want, at_ns: int) -> Frame | None:
        """The newest picture as wanted; from now on its thread prepares this version itself."""
        self._wanted[want] = at_ns
        self._seen_ns = at_ns
        shot = self.slot.get()
        return None if shot is None else shot.at(want)

    def look(self, at_ns: int) -> Shot | None:
        """The newest picture for someone who scales it himself (thumbnails)."""
        self._seen_ns = at_ns
        return self.slot.get()

    def health(self, at_ns: int) -> Health:
        """How it is, on evidence."""
        return self.watch.health(at_ns, self.error, self.fault)

    def refilter(self, filters: tuple[PictureFilter, ...], sound: tuple[SoundFilter, ...]) -> None:
        """Other filters from now on; a still picture is filtered again."""
        self.filters, self.sound_filters = filters, sound
        if self._raw is not None and self.watch.is_still:
            self._deliver(self._raw)

    def _run(self, stopping: threading.Event) -> None:
        feed = Feed(stopping, self._picture, self._sound, self._is_wanted)
        self.watch.begin()
        self.source.run(feed)
        if not stopping.is_set() and not self.watch.is_still and self.source.has_video:
            raise StudioError("unavailable", "sources.ended", name=self.name)

    def _is_wanted(self) -> bool:
        return now_ns() - self._seen_ns < DEMAND_NS

    def _failed(self, fault: Exception) -> None:
        error = (
            fault
            if isinstance(fault, StudioError)
            else StudioError(
                "failed", "sources.failed", name=self.name, why=f"{type(fault).__name__}: {fault}"
            )
        )
        is_new = self.error is None or self.error.key != error.key
        self.error = error
        if is_new and self._on_fault:
            self._on_fault(self.name, error)

    def _picture(self, frame: Frame, still: bool) -> None:
        if self.fault is Fault.LOST:
            return
        if self.fault is Fault.FROZEN and self._raw is not None:
            frame = self._raw
        if self.error is not None:
            self.error = None
            self._worker.healthy()
        self._raw = frame
        self.watch.saw(frame, still)
        self._deliver(frame)

    def _deliver(self, frame: Frame) -> None:
        for one in self.filters:
            frame = one.apply(frame)
        shot = Shot(frame, self.slot.count)
        now = now_ns()
        for want, asked_ns in list(self._wanted.items()):
            if now - asked_ns > DEMAND_NS:
                del self._wanted[want]
            elif want.crop is None or _fits(want.crop, frame):
                shot.at(want)
        self.slot.put(shot)
        if self._on_picture:
            self._on_picture(self.name, frame)

    def _sound(self, samples: Samples, pts_ns: int) -> None:
        if self.fault is Fault.LOST:
            return
        if not self.source.has_video:
            self.error = None
            self.watch.heard()
        for one in self.sound_filters:
            samples = one.apply_sound(samples)
        self.ring.put(samples, pts_ns)


def _fits(rect: Rect, frame: Frame) -> bool:
    return rect.x + rect.w <= frame.width and rect.y + rect.h <= frame.height
