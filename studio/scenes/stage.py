"""The picture thread: at every tick it composes each canvas and hands it on. It never waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np

from studio.core.clock import TickClock, now_ns
from studio.core.log import logger
from studio.media.frame import Frame, blank, views
from studio.media.slot import Slot
from studio.scenes.compositor import Change, Compositor, Overlay, Sources
from studio.scenes.generated import shows_generated
from studio.scenes.model import Canvas, Scene, ScenesState

_log = logger(__name__)

POOL = 12


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All the picture thread needs for a tick; swapped as a whole by the engine loop."""

    state: ScenesState
    changes: dict[str, Change]
    sources: Sources

    def is_labelled(
        self, scene: Scene | None, canvas: str = "", *, is_programme: bool = False
    ) -> bool:
        """Is something generated in a scene?

        Args:
            canvas: as it shows the scene; "" is any.
            is_programme: the scene that a transition leaves counts too.
        """
        change = self.changes.get(canvas) if is_programme else None
        scenes = (scene, change.before if change is not None else None)
        return any(shows_generated(shown, self.state, self.sources, canvas) for shown in scenes)


@dataclass(frozen=True, slots=True, eq=False)
class ProgramPicture:
    """A composed canvas.

    Attributes:
        frame: its buffer (``frame.keep``, (h*3/2, w) uint8) is reused `POOL` ticks later.
        scene: what it shows.
        is_cut: the first picture of another scene, without a transition.
        tick: number of the tick since the engine's start.
        at_ns: the moment it stands for.
    """

    canvas: str
    scene: str
    frame: Frame
    tick: int
    at_ns: int
    is_cut: bool = False


class OnTick(Protocol):
    """Called on the picture thread once a tick, after composing; must not block."""

    def __call__(self, tick: int, at_ns: int, pictures: Sequence[ProgramPicture]) -> None: ...


class Graphics(Protocol):
    """Downstream graphics for a canvas at a moment."""

    def __call__(self, canvas: Canvas, at_ns: int) -> Sequence[Overlay]: ...


class GraphicsOver(Protocol):
    """The graphics where they will be when a scene is taken; any thread."""

    def __call__(
        self, snapshot: Snapshot, scene: Scene, canvas: Canvas, at_ns: int
    ) -> Sequence[Overlay]: ...


@dataclass(slots=True)
class Figures:
    """What the picture thread measures of itself."""

    ticks: int = 0
    late: int = 0
    missed: int = 0
    worst_late_ms: float = 0.0
    compose_ms: deque[float] = field(default_factory=lambda: deque(maxlen=1800))
    late_recent: deque[float] = field(default_factory=lambda: deque(maxlen=300))
    _late_before: int = 0
    _missed_before: int = 0

    def start_over(self) -> None:
        """Counts from now on: the studio is on air, what was late while it opened is over."""
        self._late_before += self.late
        self._missed_before += self.missed
        self.ticks = self.late = self.missed = 0
        self.worst_late_ms = 0.0
        self.compose_ms.clear()
        self.late_recent.clear()

    def count(self, late: int, missed: int, behind_ms: float) -> None:
        """One more tick; ``late`` and ``missed`` are the clock's own totals."""
        self.ticks += 1
        self.late = late - self._late_before
        self.missed = missed - self._missed_before
        self.late_recent.append(behind_ms)
        self.worst_late_ms = max(self.worst_late_ms, behind_ms)

    def compose_at(self, part: float) -> float:
        """A percentile (0..1) of the compose time, ms."""
        times = sorted(self.compose_ms)
        return times[min(len(times) - 1, int(part * len(times)))] if times else 0.0


class _Pool:
    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.compositor = Compositor(canvas)
        size = (canvas.height * 3 // 2, canvas.width)
        self._buffers = [np.empty(size, np.uint8) for _ in range(POOL)]
        self._next = 0

    def frame(self, at_ns: int) -> Frame:
        self._next = (self._next + 1) % POOL
        return views(self._buffers[self._next], self.canvas.width, self.canvas.height, at_ns)


class ProgramRenderer:
    """Owns the picture thread.

    Args:
        fps: ticks a second.
        graphics: downstream graphics.
        on_tick: takes what was composed.
        is_wanted: does anybody look at this canvas or send it? If not it is not composed.
    """

    def __init__(
        self,
        fps: Fraction,
        graphics: Graphics,
        on_tick: OnTick,
        is_wanted: Callable[[str], bool] = lambda canvas: True,
    ) -> None:
        self.fps = fps
        self.zero_ns = 0
        """Monotonic time of tick 0; 0 until it ticks."""
        self._is_wanted = is_wanted
        self.figures = Figures()
        self.latest: dict[str, Slot[ProgramPicture]] = {}
        self._graphics = graphics
        self._on_tick = on_tick
        self._snapshot: Slot[Snapshot] = Slot()
        self._pools: dict[str, _Pool] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._complained: set[str] = set()
        self._is_held = False

    def show(self, snapshot: Snapshot) -> None:
        """From the next tick on this is what is composed."""
        for canvas in snapshot.state.canvases:
            self.latest.setdefault(canvas.name, Slot())
        self._snapshot.put(snapshot)

    def hold(self, is_held: bool) -> None:
        """Held, the last picture goes out again and again: a show changes without a black one."""
        self._is_held = is_held

    def start(self) -> None:
        """Starts ticking; once it ticks nothing more."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, name="picture", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stopping.set()
        if self._thread:
            self._thread.join(2.0)

    def _run(self) -> None:
        clock = TickClock(self.fps)
        self.zero_ns = clock.start_ns
        while (tick := clock.wait(self._stopping)) >= 0:
            began = now_ns()
            at_ns = clock.deadline_ns(tick)
            snapshot = self._snapshot.get()
            if snapshot is None:
                continue
            pictures = self._compose(snapshot, tick, at_ns)
            composed = now_ns()
            try:
                self._on_tick(tick, at_ns, pictures)
            except Exception as fault:
                self._complain(f"tick: {type(fault).__name__}: {fault}")
            figures = self.figures
            figures.count(clock.late, clock.missed, (began - at_ns) / 1e6)
            figures.compose_ms.append((composed - began) / 1e6)

    def _compose(self, snapshot: Snapshot, tick: int, at_ns: int) -> list[ProgramPicture]:
        made = []
        for canvas in snapshot.state.canvases:
            if not canvas.is_enabled or not self._is_wanted(canvas.name):
                continue
            pool = self._pools.get(canvas.name)
            if pool is None or pool.canvas != canvas:
                pool = self._pools[canvas.name] = _Pool(canvas)
            scene = snapshot.state.scene(snapshot.state.programme.get(canvas.name, ""))
            frame = pool.frame(at_ns)
            last = self.latest[canvas.name].get()
            if self._is_held and last is not None and last.frame.y.shape == frame.y.shape:
                np.copyto(frame.keep, last.frame.keep)
                picture = ProgramPicture(canvas.name, last.scene, frame, tick, at_ns)
                self.latest[canvas.name].put(picture)
                made.append(picture)
                continue
            try:
                overlays = self._graphics(canvas, at_ns)
                if scene is not None and scene.is_standby:
                    overlays = ()
                pool.compositor.compose(
                    frame,
                    scene or Scene(name=""),
                    snapshot.sources,
                    at_ns,
                    snapshot.changes.get(canvas.name),
                    overlays,
                    is_labelled=snapshot.is_labelled(scene, canvas.name, is_programme=True),
                )
            except Exception as fault:
                # Never black: the last picture stands until this one can be composed again.
                self._complain(f"{canvas.name}: {type(fault).__name__}: {fault}")
                if last is not None and last.frame.y.shape == frame.y.shape:
                    frame = last.frame
            name = scene.name if scene else ""
            has_cut = last is not None and last.scene != name
            is_cut = has_cut and canvas.name not in snapshot.changes
            picture = ProgramPicture(canvas.name, name, frame, tick, at_ns, is_cut)
            self.latest[canvas.name].put(picture)
            made.append(picture)
        return made

    def _complain(self, text: str) -> None:
        if text not in self._complained and len(self._complained) < 100:
            self._complained.add(text)
            _log.exception("the picture thread met a fault: %s", text)


class Renderer:
    """Composes any scene at any size for previews, thumbnails and snapshots; one per thread."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, int], tuple[Compositor, Frame]] = {}

    def draw(
        self,
        snapshot: Snapshot,
        scene: Scene,
        canvas: Canvas,
        at_ns: int,
        graphics: Sequence[Overlay] = (),
    ) -> Frame:
        """``scene`` as ``canvas`` would show it, at the canvas's width and height.

        The frame is reused at the next call for this size.
        """
        key = (canvas.name, canvas.width, canvas.height)
        if key not in self._made:
            self._made[key] = (Compositor(canvas), blank(canvas.width, canvas.height))
        compositor, frame = self._made[key]
        compositor.compose(
            frame, scene, snapshot.sources, at_ns, None, graphics,
            is_labelled=snapshot.is_labelled(scene, canvas.name),
        )  # fmt: skip
        return frame
