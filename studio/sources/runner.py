"""Runs one source: its thread, its filters, its latest picture in the sizes that are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from msgspec import structs

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.file_marks import Marks, marks
from studio.core.log import logger
from studio.core.worker import Worker
from studio.media.frame import Frame
from studio.media.slot import Slot
from studio.media.sound import Samples, SoundRing
from studio.media.yuv import Rect, crop, resize
from studio.sources.base import REST_S, Feed, Source
from studio.sources.health import LEAST_FPS, MOST_FPS, Fault, HealthWatch
from studio.sources.levels import Levels
from studio.sources.model import Health, OnLoss
from studio.sources.sound_chain import SoundChain, SoundFilter

_log = logger(__name__)

DEMAND_NS = 1 * NS
LOOK_S = 0.5
"""How often a file that could not be used is looked at: is it another one now?"""
AGAIN_NS = 60 * NS
"""One that stays as it is is tried again after this all the same."""


class PictureFilter(Protocol):
    """What the runner needs of a filter."""

    def apply(self, frame: Frame) -> Frame:
        """The changed picture."""
        ...


@dataclass(frozen=True, slots=True)
class PictureWant:
    """A piece of the source's picture at a size: ``crop`` in its own pixels, None for all.

    ``is_bare`` asks for the picture as it was before the try-on.
    """

    crop: Rect | None
    width: int
    height: int
    is_bare: bool = False


@dataclass(slots=True, eq=False)
class Shot:
    """One picture of a source, with the versions of it that have been prepared.

    ``bare`` is the picture before the try-on, None where nothing is tried on.
    """

    frame: Frame
    number: int
    bare: Frame | None = None
    _made: dict[PictureWant, Frame] = field(default_factory=dict)

    def at(self, want: PictureWant) -> Frame:
        """The picture as wanted; made now (and kept) when it is not there yet."""
        found = self._made.get(want)
        if found is None:
            whole = self.bare if want.is_bare and self.bare is not None else self.frame
            part = whole if want.crop is None else crop(whole, want.crop)
            found = self._made[want] = resize(part, want.width, want.height)
        return found


class SourceRunner:
    """A source at work. `latest` and `ring` may be read from any thread.

    Args:
        name: unique in the show.
        source: the instance to run.
        on_fault: called from the source's thread with what went wrong, once per fault.

    Attributes:
        is_sleepy: it may rest while nobody looks.
        on_loss, away: what is seen while it is lost; ``away`` is the slate.
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
        self.watch = HealthWatch(source.is_live, source.has_video, source.lost_ms * 1_000_000)
        self.filters: tuple[PictureFilter, ...] = ()
        self.sound_filters: tuple[SoundFilter, ...] = ()
        self._chain = SoundChain()
        self.levels: Levels | None = None
        self.error: StudioError | None = None
        self._remark: StudioError | None = None
        self.fault = Fault.NONE
        self.is_sleepy = False
        self._is_heard = True
        self._is_nudged = False
        self._is_on_air = False
        self.on_loss: OnLoss = "hold"
        self.away: Shot | None = None
        self._is_away = False
        self._asked = threading.Event()
        self._on_fault = on_fault
        self._on_picture = on_picture
        self._wanted: dict[PictureWant, int] = {}
        self._seen_ns = 0
        self._raw: Frame | None = None
        self._restarts = 0
        # A still picture may be filtered by the engine loop or the pulse below.
        self._filtering = threading.Lock()
        self._pulse: Worker | None = None
        self._marks: Marks = ()
        self._worker = Worker(f"source {name}", self._run, on_fault=self._failed, pause=self._pause)

    def start(self) -> None:
        """Starts its thread."""
        self.watch.begin()
        self._worker.start()

    def stop(self) -> None:
        """Ends its thread, and waits as long as that is worth it (`Source.patience_s`)."""
        if self._pulse is not None:
            self._pulse.stop()
            self._pulse = None
        self._worker.stopping.set()
        self._asked.set()
        patience_s = self.source.patience_s
        if not self._worker.stop(patience_s) and patience_s >= 1:
            _log.warning("source %s did not stop in time and is left behind", self.name)

    def ask_stop(self) -> None:
        """Asks its thread to end without waiting."""
        self._worker.stopping.set()
        self._asked.set()
        if self._pulse is not None:
            self._pulse.stopping.set()

    @property
    def raw(self) -> Frame | None:
        """The newest picture as the source gave it, before any filter."""
        return self._raw

    @property
    def latest(self) -> Shot | None:
        """What is to be seen: the newest picture; while it is lost, what its policy says."""
        if self._is_away and self.on_loss != "hold":
            return self.away if self.on_loss == "slate" else None
        return self.slot.get()

    def shot(self, want: PictureWant, at_ns: int) -> Frame | None:
        """The newest picture as wanted; from now on its thread prepares this version itself."""
        self._wanted[want] = at_ns
        self.seen(at_ns)
        shot = self.latest
        return None if shot is None else shot.at(want)

    def look(self, at_ns: int) -> Shot | None:
        """The newest picture for someone who scales it himself (thumbnails)."""
        self.seen(at_ns)
        return self.latest

    @property
    def is_heard(self) -> bool:
        """Does somebody hear its sound?"""
        return self._is_heard

    @is_heard.setter
    def is_heard(self, value: bool) -> None:
        wakes, self._is_heard = value and not self._is_heard, value
        if wakes:
            self._nudge()

    def control(self, action: str, value: float) -> None:
        """See `studio.sources.base.Source.control`; one that rests does it at once."""
        self.source.control(action, value)
        self._nudge()

    def put_on_air(self, is_on: bool) -> None:
        """Whether it is on programme now: see `studio.sources.base.Source.put_on_air`."""
        if is_on != self._is_on_air:
            self._is_on_air = is_on
            if self.source.put_on_air(is_on):
                self._nudge()

    def _nudge(self) -> None:
        self._is_nudged = True
        self._asked.set()

    def seen(self, at_ns: int) -> None:
        """Somebody looks: a source that rests wakes up."""
        self._seen_ns = at_ns
        if not self._asked.is_set():
            self._asked.set()

    def put_away(self, is_away: bool) -> None:
        """It is lost (or back): from now on its policy says what is seen."""
        self._is_away = is_away

    @property
    def may_rest(self) -> bool:
        """Nobody looks and it need not work for itself. (`studio.sources.base.Demand`)"""
        return self.is_sleepy and not self._is_wanted()

    def rest(self, seconds: float = REST_S) -> bool:
        """See `studio.sources.base.Feed.rest`."""
        if not self.may_rest:
            self.watch.wake()
            return True
        self.watch.rest()
        self._asked.clear()
        if not self.may_rest or self._is_nudged or self._worker.stopping.is_set():
            self._asked.set()  # it happened between the two lines above
        is_asked = self._asked.wait(seconds)
        self._is_nudged = False
        if is_asked:
            self.watch.wake()
        return is_asked

    def still_here(self) -> None:
        """See `studio.sources.base.Feed.still_here`."""
        self.watch.stand()

    def tell(self, error: StudioError) -> None:
        """See `studio.sources.base.Feed.tell`."""
        self.error = error

    def gives(self, *, picture: bool) -> None:
        """See `studio.sources.base.Feed.gives`."""
        self.watch.has_video = picture

    def rate(self, fps: float) -> None:
        """See `studio.sources.base.Feed.rate`."""
        self.watch.own_fps = fps if LEAST_FPS <= fps <= MOST_FPS else 0.0

    def wait(self, error: StudioError) -> None:
        """See `studio.sources.base.Feed.wait`."""
        self.error = error
        self.watch.wait()

    def remark(self, error: StudioError | None) -> None:
        """See `studio.sources.base.Feed.remark`."""
        self._remark = error

    def beat(self, *, is_judged: bool = True) -> None:
        """See `studio.sources.base.Feed.beat`."""
        if self.fault is Fault.NONE:
            self.watch.beat(is_judged=is_judged)

    def is_settled(self, at_ns: int, before: Health) -> bool:
        """Would it be judged as ``before``? True only where that is certain and nothing is wrong.

        Most sources of a large show rest or stand, and are judged ten times a second.
        """
        if self.error is not None or self.fault is not Fault.NONE or before.is_silent:
            return False
        if (self._remark.key if self._remark else "") != before.error:
            return False
        is_same = before.is_resting is self.watch.is_resting and before.state == (
            "ok" if before.is_resting else "still"
        )
        return is_same and self.watch.is_settled(at_ns)

    def health(self, at_ns: int) -> Health:
        """How it is, on evidence."""
        found, remark = self.watch.health(at_ns, self.error, self.fault), self._remark
        if remark is None or found.error:
            return found
        params = {name: str(value) for name, value in remark.params.items()}
        return structs.replace(found, error=remark.key, params=params)

    def refilter(self, filters: tuple[PictureFilter, ...], sound: tuple[SoundFilter, ...]) -> None:
        """Other filters from now on; a still picture is filtered again."""
        self.filters, self.sound_filters = filters, sound
        is_moving = any(getattr(filter_, "is_moving", False) for filter_ in filters)
        if is_moving and self._pulse is None:
            self._pulse = Worker(f"moves {self.name}", self._beat)
            self._pulse.start()
        elif not is_moving and self._pulse is not None:
            self._pulse.stopping.set()
            self._pulse = None
        self.filter_again()

    def filter_again(self) -> None:
        """A filter has other settings: a still picture is filtered again."""
        raw = self._raw
        if raw is not None and self.watch.is_still:
            self._deliver(raw)

    def _beat(self, stopping: threading.Event) -> None:
        """A still picture that a filter moves comes again and again, while somebody looks."""
        around = getattr(self.source, "around", None)
        wait_s = 1 / (around.fps if around else 30.0)
        while not stopping.wait(wait_s):
            raw = self._raw
            if raw is not None and self.watch.is_still and self._is_wanted():
                self._deliver(replace(raw, pts_ns=now_ns()))

    def _run(self, stopping: threading.Event) -> None:
        feed = Feed(stopping, self._picture, self._sound, self._is_wanted, self)
        self.watch.begin()
        self._marks = marks(self.source.files())
        self.source.run(feed)
        if not stopping.is_set() and not self.watch.is_still and self.source.has_video:
            raise StudioError("unavailable", "sources.ended", name=self.name)

    def _pause(self, seconds: float) -> None:
        """Before the next try. A file that is broken or not there mends when it changes."""
        stopping, error = self._worker.stopping, self.error
        if not self._marks or error is None or error.code not in ("not_found", "invalid"):
            stopping.wait(seconds)
            return
        files, until = self.source.files(), now_ns() + AGAIN_NS
        while not stopping.wait(LOOK_S) and now_ns() < until:
            if marks(files) != self._marks:
                return

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
        self.watch.fail()
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
        self._is_away = False

    def _deliver(self, frame: Frame) -> None:
        bare: Frame | None = None
        for filter_ in self.filters:
            before = frame
            frame = filter_.apply(frame)
            if frame is not before and _is_try_on(filter_):
                bare = before
        shot = Shot(frame, self.slot.count, bare)
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
        if not self.watch.has_video:
            self.error = None
        samples = self._chain.run(self.sound_filters, samples)
        self.watch.heard(samples)
        if self.levels is not None:
            self.levels.put(self.name, samples)
        self.ring.put(samples, pts_ns)


def _is_try_on(filter_: PictureFilter) -> bool:
    """Is it the try-on, perhaps behind its guard?"""
    return bool(getattr(getattr(filter_, "one", filter_), "is_try_on", False))


def _fits(rect: Rect, frame: Frame) -> bool:
    return rect.x + rect.w <= frame.width and rect.y + rect.h <= frame.height
