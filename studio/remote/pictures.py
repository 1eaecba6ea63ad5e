"""Still pictures for whoever asks: programme, a scene, a source, at a size, as a file's bytes."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from studio.core.aigc import labelled_picture
from studio.core.asking import asking
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.priority import background_thread
from studio.media.cv import cv2
from studio.media.frame import Frame, even, to_av
from studio.protocols.obs_ws import FORMATS
from studio.remote.allowance import PictureAllowance
from studio.remote.rooms import EngineFacade
from studio.remote.views import PreviewStreams, scaler
from studio.scenes.compositor import Overlay
from studio.scenes.model import Box, Canvas, Item, Scene
from studio.scenes.stage import Renderer

SMALLEST, LARGEST = 8, 4096
FRESH_NS, PATIENCE_NS = 200_000_000, NS
What = Literal["programme", "preview", "scene", "source"]


class Screenshot(msgspec.Struct, frozen=True):
    """What is wanted.

    Attributes:
        what: "programme" and "scene" come as they would go out, with the graphics.
        name: of the scene or source.
        width, height: 0 is the picture's own; one alone keeps the proportions.
        quality: 0..100 for jpeg and webp, -1 is the usual.
        is_clean: without the graphics.
    """

    what: What = "programme"
    name: str = ""
    canvas: str = "landscape"
    width: int = 0
    height: int = 0
    format: str = "png"
    quality: int = -1
    is_clean: bool = False


class PictureServer:
    """Draws one still at a time, off the loop, in a thread that lets the picture on air go first.

    Callers from elsewhere have so many pixels a second (`studio.remote.allowance`).
    """

    def __init__(self, rooms: EngineFacade, views: PreviewStreams) -> None:
        self._rooms = rooms
        self._views = views
        self._line = asyncio.Lock()
        self._allowance = PictureAllowance()
        self._painter: ThreadPoolExecutor | None = None

    def stop(self) -> None:
        """Ends the thread."""
        painter, self._painter = self._painter, None
        if painter is not None:
            painter.shutdown(wait=False, cancel_futures=True)

    async def take(self, shot: Screenshot) -> bytes:
        """The picture as the bytes of a file.

        Raises:
            StudioError: not_found (scene, source, canvas), invalid (format, size), unavailable
                (a source without a picture, a caller who has had too many).
        """
        if shot.format.lower() not in FORMATS:
            known = ", ".join(FORMATS)
            raise StudioError("invalid", "remote.picture_format", format=shot.format, known=known)
        if any(side and not SMALLEST <= side <= LARGEST for side in (shot.width, shot.height)):
            raise StudioError("invalid", "remote.picture_size", low=SMALLEST, high=LARGEST)
        self._check(shot)
        wait_s = self._allowance.wait_s(asking(), self._pixels(shot))
        if wait_s:
            await asyncio.sleep(wait_s)
        async with self._line:
            return await self._painted(lambda: self._make(shot))

    async def _painted(self, work: Callable[[], bytes]) -> bytes:
        if self._painter is None:
            self._painter = ThreadPoolExecutor(1, "stills", initializer=background_thread)
        return await asyncio.get_running_loop().run_in_executor(self._painter, work)

    def _pixels(self, shot: Screenshot) -> int:
        """What a picture costs: it is drawn at the canvas's size and then made that of its file."""
        canvas = self._rooms.scenes.state.canvas(shot.canvas)
        drawn = canvas.width * canvas.height
        width, height = shot.width or canvas.width, shot.height or canvas.height
        return max(drawn, width * height)

    async def save(self, shot: Screenshot, file: Path) -> None:
        """Writes the picture to a file.

        Raises:
            StudioError: failed, when it cannot be written; see `take`.
        """
        data = await self.take(shot)
        try:
            await asyncio.to_thread(write_plain, file, data)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "media.cannot_write", path=str(file), why=why) from None

    def _check(self, shot: Screenshot) -> None:
        if shot.what == "scene" and self._rooms.scenes.state.scene(shot.name) is None:
            self._rooms.scenes.get(shot.name)
        if shot.what == "source":
            self._rooms.bank.get(shot.name)
        if shot.canvas not in (canvas.name for canvas in self._rooms.scenes.state.canvases):
            raise StudioError("invalid", "remote.view", what=shot.what, canvas=shot.canvas)

    def _make(self, shot: Screenshot) -> bytes:
        frame = self._frame(shot)
        width, height = still_size(shot, frame)
        bgr = bgr_of(frame, width, height)
        quality = 90 if shot.quality < 0 else min(100, shot.quality)
        options = {
            "jpg": [cv2.IMWRITE_JPEG_QUALITY, quality],
            "jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality],
            "webp": [cv2.IMWRITE_WEBP_QUALITY, max(1, quality)],
        }.get(shot.format.lower(), [])
        is_ok, data = cv2.imencode(f".{shot.format.lower()}", bgr, options)
        if not is_ok:
            known = ", ".join(FORMATS)
            raise StudioError("invalid", "remote.picture_format", format=shot.format, known=known)
        made = bytes(data.tobytes())
        return labelled_picture(made) if self._is_generated(shot) else made

    def _is_generated(self, shot: Screenshot) -> bool:
        """Does it show something generated? Then its metadata say so too."""
        snapshot = self._rooms.programme.snapshot
        if shot.what == "source":
            return snapshot.is_labelled(Scene("", (Item(1, shot.name, {"landscape": Box()}),)))
        of = {"programme": snapshot.state.programme, "preview": snapshot.state.preview}
        name = of.get(shot.what, {shot.canvas: shot.name}).get(shot.canvas, "")
        scene = snapshot.state.scene(name)
        is_programme = shot.what == "programme"
        return snapshot.is_labelled(scene, shot.canvas, is_programme=is_programme)

    def _frame(self, shot: Screenshot) -> Frame:
        snapshot = self._rooms.programme.snapshot
        canvas = snapshot.state.canvas(shot.canvas)
        if shot.what == "source":
            return self._source(shot.name)
        if shot.what == "programme" and not shot.is_clean and canvas.is_enabled:
            frame = self._programme(shot.canvas)
            if frame is not None:
                return frame
        names = {
            "programme": snapshot.state.programme,
            "preview": snapshot.state.preview,
        }.get(shot.what, {shot.canvas: shot.name})
        name = names.get(shot.canvas, "")
        scene = snapshot.state.scene(name) or (self._rooms.scenes.get(name) if name else None)
        over: Sequence[Overlay] = ()
        if not shot.is_clean and scene is not None:
            over = self._rooms.programme.over(snapshot, scene, canvas, now_ns())
        return Renderer().draw(snapshot, scene or Scene(""), canvas, now_ns(), over)

    def _programme(self, canvas: str) -> Frame | None:
        """The programme as it goes out; a canvas that nobody looked at is composed for it."""
        slot, asked_ns = self._rooms.stage.latest[canvas], now_ns()
        while now_ns() - asked_ns < PATIENCE_NS:
            picture = slot.get()
            if picture is not None and picture.at_ns > asked_ns - FRESH_NS:
                return picture.frame.copy()
            self._views.glance(canvas)
            time.sleep(0.01)
        return None

    def _source(self, name: str) -> Frame:
        """A source alone, over black where it lets the picture behind it through."""
        snapshot = self._rooms.programme.snapshot
        runner = snapshot.sources.get(name)
        shot = runner.look(now_ns()) if runner else None
        if runner is None or shot is None:
            raise StudioError("unavailable", "remote.no_picture", name=name)
        size = (shot.frame.width, shot.frame.height)
        alone = Scene("", (Item(1, name, {"landscape": Box()}, fit="stretch"),))
        if shot.frame.alpha is None and not snapshot.is_labelled(alone):
            return shot.frame
        return Renderer().draw(snapshot, alone, Canvas("landscape", *size), now_ns())


def write_plain(file: Path, data: bytes) -> None:
    """Writes a file, never through a link that stands in its place.

    Raises:
        OSError: it cannot be written, or a link stands there.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(file, flags, 0o644), "wb") as out:
        out.write(data)


def still_size(shot: Screenshot, frame: Frame) -> tuple[int, int]:
    """Width and height of a picture as a file; neither grows beyond `LARGEST` by the other."""
    if shot.width and shot.height:
        return shot.width, shot.height
    if not shot.width and not shot.height:
        return frame.width, frame.height
    scale = shot.width / frame.width if shot.width else shot.height / frame.height
    # Of a picture that is a strip, the other side would be a thousand times as long.
    scale = min(scale, LARGEST / max(frame.width, frame.height))
    return max(1, round(frame.width * scale)), max(1, round(frame.height * scale))


def bgr_of(frame: Frame, width: int, height: int) -> np.ndarray:
    """A frame at a size as (h, w, 3) uint8 BGR: BT.709 limited to full range, in one pass."""

    source = frame.keep if isinstance(frame.keep, np.ndarray) else None
    if source is None or source.shape != (even(frame.height) * 3 // 2, frame.width):
        source = frame.copy().keep
    small = to_av(source).reformat(
        width=width,
        height=height,
        format="bgr24",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range="MPEG",
        dst_color_range="JPEG",
        interpolation=scaler(frame, width, height),
    )
    plane = small.planes[0]
    pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
    return pixels[:, : width * 3].reshape(height, width, 3).copy()


def data_url(data: bytes, format: str) -> str:
    """Bytes of a picture as the protocol and web pages take them."""
    kind = {"jpg": "jpeg"}.get(format.lower(), format.lower())
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
