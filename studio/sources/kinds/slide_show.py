"""Pictures one after the other, with a fade between them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.log import logger
from studio.core.text import Text
from studio.media.frame import Frame, blank, even, yuv_of
from studio.media.picture_file import read_picture
from studio.media.yuv import Rect, Scratch, blend, crop, fade, layer, place, resize
from studio.sources.base import Feed, Progress, Source, SourceContext
from studio.sources.gather import PICTURES, Order, gather
from studio.sources.kinds.clip import ON_SHOW, OnShow
from studio.sources.kinds.colour import parse_colour

_log = logger(__name__)


class SlideShowSettings(Settings):
    """Settings of a slide show."""

    files: Annotated[list[str], setting("图片", "Pictures", "files")] = []
    folder: Annotated[str, setting("文件夹", "Folder", "folder")] = ""
    seconds: Annotated[float, setting("每张秒数", "Seconds each", ge=0.2, le=3600)] = 5.0
    fade_ms: Annotated[int, setting("淡入淡出（毫秒）", "Fade (ms)", ge=0, le=5000)] = 500
    loop: Annotated[bool, setting("循环", "Loop")] = True
    shuffle: Annotated[bool, setting("随机顺序", "Shuffle")] = False
    on_show: Annotated[
        OnShow,
        setting("无人观看后再显示时", "When it is seen again", words=ON_SHOW),
    ] = "pause"
    fit: Annotated[
        Literal["contain", "cover"],
        setting(
            "填充方式",
            "Fit",
            words={
                "contain": ("完整显示", "Show all of it"),
                "cover": ("铺满裁切", "Fill, cut off"),
            },
        ),
    ] = "contain"
    colour: Annotated[str, setting("底色", "Background", "colour")] = "#000000"
    width: Annotated[int, setting("宽（0 为画布）", "Width (0: canvas)", ge=0, le=3840)] = 0
    height: Annotated[int, setting("高（0 为画布）", "Height (0: canvas)", ge=0, le=3840)] = 0


class SlideShow(Source):
    """Pictures of any size on one ground; next, previous, pause, play."""

    kind: ClassVar[str] = "slide_show"
    is_still: ClassVar[bool] = True
    label: ClassVar[Text] = Text("幻灯片", "Slide show")
    help: ClassVar[Text] = Text(
        "轮流显示多张图片，可淡入淡出、随机、上一张、下一张。",
        "Shows pictures in turn, with a fade; shuffle, next, previous.",
    )
    Settings: ClassVar[type[Settings]] = SlideShowSettings
    is_media: ClassVar[bool] = True

    settings: SlideShowSettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self._step: int | None = None
        self._playing = True
        self._again = threading.Event()
        self._count, self._number, self._is_over = 0, 0, False
        self.put_on_air(False)

    def control(self, action: str, value: float) -> None:
        """play, pause, stop, restart, next, previous, seek (ms), cue (number from 1)."""
        each_ms = self.settings.seconds * 1000
        if action in ("pause", "stop"):
            self._playing = False
        if action in ("play", "restart"):
            self._playing, self._is_over = True, False
        if action == "next":
            self._step = 1
        elif action == "previous":
            self._step = -1
        elif action in ("stop", "restart"):
            self._step = -self._number
        elif action == "seek":
            self._step = int(value / each_ms) - self._number
        elif action == "cue":
            self._step = round(value) - 1 - self._number
        self._again.set()

    def progress(self) -> Progress:
        """Which picture of how many, as time."""
        each_ms = round(self.settings.seconds * 1000)
        state: Any = "ended" if self._is_over else "playing" if self._playing else "paused"
        return Progress(state, self._count * each_ms, self._number * each_ms)

    def run(self, feed: Feed) -> None:
        """Shows until stopped.

        Raises:
            StudioError: not_found (no picture), invalid (none can be read; a bad colour).
        """
        s = self.settings
        files = gather(s.files, s.folder, PICTURES, self.around)
        self._count = len(files)
        order = Order(len(files), is_shuffled=s.shuffle)
        said: dict[Path, str] = {}
        shown: Frame | None = None
        failed = 0
        while not feed.stopping.is_set():
            try:
                fresh = self._prepared(read_picture(files[order.now]))
                failed = 0
            except StudioError as error:
                if said.get(files[order.now]) != str(error):
                    said[files[order.now]] = str(error)
                    _log.warning("the slide show passes over %s: %s", files[order.now], error)
                failed += 1
                if failed >= len(files):
                    raise
                order.step(1)
                continue
            self._number = order.now
            if shown is not None and s.fade_ms and not feed.may_rest:
                self._fade(feed, shown, fresh)
            feed.picture(fresh, still=True)
            shown = fresh
            order.step(self._wait(feed, is_last=order.is_last))

    def _wait(self, feed: Feed, *, is_last: bool) -> int:
        """Until the next is due or asked for; how many to step."""
        due = now_ns() + round(self.settings.seconds * NS)
        how, left_ns = self.settings.on_show, 0
        self._is_over = is_last and not self.settings.loop
        while not feed.stopping.is_set():
            self._again.clear()
            step, self._step = self._step, None
            if step:
                self._is_over = False
                return step
            left = due - now_ns()
            if left_ns and not feed.may_rest:
                step = self._gone(now_ns() - left_ns)
                left_ns = 0
                if step:
                    return step
            if feed.may_rest:
                if how == "restart" and self._playing and self._number:
                    return -self._number  # it is ready to be seen from its first picture
                if how == "follow" and self._playing and not self._is_over:
                    left_ns = left_ns or now_ns()
                feed.rest()  # unseen it stands, and has its whole time when seen again
                due = now_ns() + round(self.settings.seconds * NS)
            elif self._playing and not self._is_over and left <= 0:
                return 1
            elif self._playing:
                self._again.wait(max(0.01, min(left / NS, 0.25)))
            else:  # played again, it has its whole time
                self._again.wait(0.25)
                due = now_ns() + round(self.settings.seconds * NS)
        return 0

    def _gone(self, unseen_ns: int) -> int:
        """How many to step where it is as if it had gone on while nobody looked."""
        s = self.settings
        count = int(unseen_ns / NS / (s.seconds + s.fade_ms / 1000))
        if s.loop:
            return (self._number + count) % self._count - self._number
        return min(count, self._count - 1 - self._number)

    def _fade(self, feed: Feed, before: Frame, after: Frame) -> None:
        began = now_ns()
        length = self.settings.fade_ms * 1_000_000
        step = round(NS / max(1.0, self.around.fps))
        while (gone := now_ns() - began) < length:
            target = blank(after.width, after.height, pts_ns=now_ns())
            fade(target, before, after, gone / length)
            feed.picture(target)
            if not feed.sleep_until(began + (gone // step + 1) * step):
                return

    def _prepared(self, picture: Frame) -> Frame:
        """On the ground, at the size that all have."""
        s = self.settings
        width = even(s.width or self.around.width)
        height = even(s.height or self.around.height)
        return fitted(picture, max(2, width), max(2, height), s.fit, s.colour)


def fitted(picture: Frame, width: int, height: int, fit: str, colour: str) -> Frame:
    """A picture on a ground of one colour at a size: all of it, or filling it."""
    scales = (width / picture.width, height / picture.height)
    scale = min(scales) if fit == "contain" else max(scales)
    size = (max(2, even(picture.width * scale)), max(2, even(picture.height * scale)))
    scaled = resize(picture, *size)
    x, y = (width - scaled.width) // 2, (height - scaled.height) // 2
    if x < 0 or y < 0:
        left, top = max(0, -x) & ~1, max(0, -y) & ~1
        rect = Rect(left, top, min(width, scaled.width - left), min(height, scaled.height - top))
        scaled = crop(scaled, rect)
        x, y = max(0, x), max(0, y)
    ground = blank(width, height, yuv_of(*parse_colour(colour)))
    if scaled.alpha is None:
        place(ground, scaled, x & ~1, y & ~1)
    else:
        blend(ground, layer(scaled), x & ~1, y & ~1, Scratch())
    return ground
