"""Live pictures for desks on this machine: programme, preview, thumbnails, in shared memory."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from studio.core.asking import asking
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import runtime_dir
from studio.core.priority import background_thread
from studio.media.frame import Frame, even, to_av
from studio.media.picture_memory import PictureWriter
from studio.media.yuv import Layer, Scratch, resize_layer
from studio.remote.allowance import caller_name, check_views
from studio.scenes.compositor import Overlay
from studio.scenes.model import CANVASES, Box, Canvas, Item, Scene
from studio.scenes.stage import Renderer

if TYPE_CHECKING:
    from studio.remote.clients import RemoteClient
    from studio.remote.rooms import EngineFacade

_log = logger(__name__)
_numbers = itertools.count(1)


class Wanted(msgspec.Struct, frozen=True):
    """What a desk asks for: "programme", "preview", "scene" or "source" (named by ``scene``).

    Attributes:
        height: 0 keeps the canvas's proportions.
        fps: pictures a second at most.
    """

    what: str = "programme"
    scene: str = ""
    canvas: str = "landscape"
    width: int = 640
    height: int = 0
    fps: float = 30.0


@dataclass(slots=True)
class PreviewStream:
    """One picture somebody looks at.

    Attributes:
        what: "programme", "preview", "scene" or "source".
        scene: for "scene" and "source", its name.
        every_ns: time between two pictures.
        last: the picture it shows (programme), or the scene made for it (source).
        drawn_of: what the picture it shows was drawn of; as long as that is the same, it stands.
        owner: by whom it was opened (`studio.remote.allowance.caller_name`).
    """

    id: str
    session: Any
    what: str
    scene: str
    canvas: str
    writer: PictureWriter
    every_ns: int
    due_ns: int = 0
    last: Any = None
    drawn_of: tuple[object, ...] = ()
    owner: str = ""


@dataclass(slots=True)
class PreviewStreams:
    """Paints all open views in one thread that sleeps while nobody looks."""

    rooms: EngineFacade
    _views: dict[str, PreviewStream] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    paint_ms: float = 0.0
    _glances: dict[str, int] = field(default_factory=dict)
    _small: dict[int, tuple[Layer, Layer]] = field(default_factory=dict)
    _scratch: Scratch = field(default_factory=Scratch)

    def open(self, session: RemoteClient, wanted: Wanted) -> dict[str, Any]:
        """Opens a view; answers where its pictures are (`studio.media.picture_memory`).

        Raises:
            StudioError: invalid.
        """
        what, canvas, fps = wanted.what, wanted.canvas, wanted.fps
        if what not in ("programme", "preview", "scene", "source") or canvas not in CANVASES:
            raise StudioError("invalid", "remote.view", what=what, canvas=canvas)
        if not 0 < fps <= 60:
            raise StudioError("invalid", "remote.view_limits", fps=fps)
        check_views(asking(), (view.owner for view in self._views.values()))
        shape = self.rooms.scenes.state.canvas(canvas)
        width = max(32, min(shape.width, even(wanted.width)))
        height = max(32, min(shape.height, even(wanted.height)))
        if not wanted.height:
            height = max(32, even(width * shape.height / shape.width))
        id = f"view-{next(_numbers)}"
        path = runtime_dir() / f"{id}-{session.number}.pic"
        try:
            writer = PictureWriter(path, width, height)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "remote.no_room", path=str(path.parent), why=why) from None
        view = PreviewStream(
            id,
            session,
            what,
            wanted.scene,
            canvas,
            writer,
            round(NS / fps),
            owner=caller_name(asking()),
        )
        self._views = {**self._views, id: view}
        session.closing.append(lambda: self._end(id))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="views", daemon=True)
            self._thread.start()
        self._wake.set()
        return {"view": id, "path": str(path), "width": width, "height": height}

    def close(self, session: RemoteClient, id: str) -> bool:
        """Closes a view of this session; False when it has none of that id."""
        view = self._views.get(id)
        if view is None or view.session is not session:
            return False
        self._end(id)
        return True

    def looks_at(self, canvas: str) -> bool:
        """Is a programme view of this canvas open, or did somebody just glance at it?"""
        if self._glances.get(canvas, 0) > now_ns():
            return True
        return any(v.canvas == canvas and v.what == "programme" for v in self._views.values())

    def glance(self, canvas: str) -> None:
        """Has the programme of this canvas composed for a second: for a still."""
        self._glances[canvas] = now_ns() + NS

    def stop(self) -> None:
        """Ends the thread and all views."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(2.0)
        for id in list(self._views):
            self._end(id)

    def _end(self, id: str) -> None:
        view = self._views.get(id)
        if view is not None:
            self._views = {k: v for k, v in self._views.items() if k != id}
            view.writer.close()

    def _run(self) -> None:
        background_thread()
        renderer = Renderer()
        while not self._stopping.is_set():
            views = list(self._views.values())
            if not views:
                self._wake.wait()
                self._wake.clear()
                continue
            now = now_ns()
            due = [view for view in views if view.due_ns <= now]
            for view in due:
                view.due_ns = max(view.due_ns + view.every_ns, now - view.every_ns)
                try:
                    self._paint(view, renderer)
                except Exception as fault:
                    _log.warning("view %s: %s: %s", view.what, type(fault).__name__, fault)
                    view.due_ns, view.drawn_of = now + NS, ()
            self.paint_ms = (now_ns() - now) / 1e6
            nearest = min(view.due_ns for view in views)
            self._stopping.wait(max(0.002, (nearest - now_ns()) / NS))

    def _paint(self, view: PreviewStream, renderer: Renderer) -> None:
        frame = self._frame(view, renderer)
        if frame is None:
            return
        slot = view.writer.slot()
        try:
            write_bgra(frame, view.writer.width, view.writer.height, slot)
        finally:
            slot.release()
        view.writer.publish()

    def _frame(self, view: PreviewStream, renderer: Renderer) -> Frame | None:
        snapshot = self.rooms.programme.snapshot
        canvas = snapshot.state.canvas(view.canvas)
        if view.what == "programme" and canvas.is_enabled:
            picture = self.rooms.stage.latest[view.canvas].get()
            if picture is None or picture is view.last:
                return None
            view.last = picture
            return picture.frame
        names = snapshot.state.programme if view.what == "programme" else snapshot.state.preview
        name = view.scene if view.what == "scene" else names.get(view.canvas, "")
        scene = snapshot.state.scene(name)
        if view.what == "source":
            # One scene object for as long as the view lives: its layers are kept by its item.
            alone = Item(1, view.scene, {view.canvas: Box()}, fit="contain")
            scene = view.last = view.last or Scene("", (alone,), colour="#14171c")
        if scene is None:
            return None
        # The preview shows what will go out: with what lies over it.
        now = now_ns()
        overlays: Sequence[Overlay] = ()
        if view.what == "preview":
            overlays = self.rooms.programme.over(snapshot, scene, canvas, now)
        runners = [snapshot.sources.get(item.source) for item in scene.items]
        shots = [runner.look(now) if runner else None for runner in runners]
        drawn_of = (scene, *shots, *overlays)
        if drawn_of == view.drawn_of:
            return None
        view.drawn_of = drawn_of
        small = Canvas(view.canvas, view.writer.width, view.writer.height)
        return renderer.draw(snapshot, scene, small, now, self._scaled(small, canvas, overlays))

    def _scaled(self, small: Canvas, canvas: Canvas, overlays: Sequence[Overlay]) -> list[Overlay]:
        scale, scaled = small.width / canvas.width, list[Overlay]()
        for overlay in overlays:
            size = (
                max(2, even(overlay.layer.width * scale)),
                max(2, even(overlay.layer.height * scale)),
            )
            kept = self._small.get(id(overlay.layer))
            if kept is None or kept[0] is not overlay.layer or kept[1].width != size[0]:
                if len(self._small) > 48:
                    self._small.clear()
                kept = self._small[id(overlay.layer)] = (
                    overlay.layer,
                    resize_layer(overlay.layer, *size),
                )
            place = (even(overlay.x * scale), even(overlay.y * scale))
            scaled.append(Overlay(kept[1], *place))
        return scaled


def scaler(frame: Frame, width: int, height: int) -> int:
    """How swscale converts to RGB at a size.

    Its fast converter for pictures that are not scaled leaves the last columns of widths that do
    not divide by eight unwritten (seen with FFmpeg 8.1: 290, 292, 306); accurate rounding takes
    the general way.
    """
    from av.video.reformatter import Interpolation

    if (frame.width, frame.height) == (width, height) and width % 8:
        return int(Interpolation.BILINEAR | Interpolation.ACCURATE_RND)
    return int(Interpolation.AREA if frame.width > width else Interpolation.BILINEAR)


def write_bgra(frame: Frame, width: int, height: int, out: memoryview) -> None:
    """Scales a frame and writes it as BGRA, BT.709 limited to full range, in one pass."""

    source = frame.keep if isinstance(frame.keep, np.ndarray) else None
    if source is None or source.shape != (frame.height * 3 // 2, frame.width):
        source = frame.copy().keep
    picture = to_av(source)
    small = picture.reformat(
        width=width,
        height=height,
        format="bgra",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range="MPEG",
        dst_color_range="JPEG",
        interpolation=scaler(frame, width, height),
    )
    plane = small.planes[0]
    pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
    target = np.frombuffer(out, np.uint8).reshape(height, width * 4)
    np.copyto(target, pixels[:, : width * 4])
