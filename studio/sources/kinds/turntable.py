"""A product turned through 360° from a series of photos taken around it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import Frame
from studio.media.picture_file import read_picture
from studio.media.yuv import resize
from studio.sources.base import Feed, Progress, Source, SourceContext
from studio.sources.gather import PICTURES, gather

MOST_BYTES = 600_000_000


class TurntableSettings(Settings):
    """Settings of a turntable."""

    folder: Annotated[str, setting("照片文件夹", "Folder of photos", "folder")] = ""
    files: Annotated[list[str], setting("照片", "Photos", "files")] = []
    turns_per_minute: Annotated[float, setting("每分钟圈数", "Turns a minute", ge=0, le=120)] = 6.0
    direction: Annotated[
        Literal["forward", "backward", "swing"],
        setting(
            "方向",
            "Direction",
            words={
                "forward": ("正向", "Forward"),
                "backward": ("反向", "Backward"),
                "swing": ("来回", "To and fro"),
            },
        ),
    ] = "forward"
    starts: Annotated[bool, setting("自动旋转", "Turns by itself")] = True
    start_at: Annotated[int, setting("起始角度", "Begins at (degrees)", ge=0, le=359)] = 0
    largest: Annotated[
        int, setting("最大边长（像素）", "Longest side (pixels)", ge=64, le=3840)
    ] = 1080


class Turntable(Source):
    """Turns while somebody looks; pause it and wind it to any side (a turn is its length)."""

    kind: ClassVar[str] = "turntable"
    is_still: ClassVar[bool] = True
    label: ClassVar[Text] = Text("360° 转台", "360° turntable")
    help: ClassVar[Text] = Text(
        "用一圈照片做成可旋转的商品：自动旋转，或用播放控制转到任意角度。",
        "A product from photos taken around it: it turns by itself, or is wound to any side.",
    )
    Settings: ClassVar[type[Settings]] = TurntableSettings
    is_media: ClassVar[bool] = True

    settings: TurntableSettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self._lock = threading.Lock()
        self._again = threading.Event()
        self._turned = settings.start_at / 360
        self._since_ns: int | None = now_ns() if settings.starts else None
        self._count = 0

    @property
    def turn_ms(self) -> int:
        """How long a turn takes; that of one a minute where it does not turn by itself."""
        return round(60_000 / (self.settings.turns_per_minute or 1.0))

    def control(self, action: str, value: float) -> None:
        """play, pause, stop and restart (to the start), seek (ms of a turn), next, previous."""
        with self._lock:
            at, runs = self._at(), self._since_ns is not None
            if action in ("stop", "restart", "reset"):
                at = self.settings.start_at / 360
            if action == "seek":
                at = value / self.turn_ms
            if action in ("next", "previous") and self._count:
                step = 1 if action == "next" else -1
                at, runs = (round(at * self._count) + step) / self._count, False
            if action in ("play", "restart"):
                runs = True
            if action in ("pause", "stop"):
                runs = False
            self._turned, self._since_ns = at, now_ns() if runs else None
        self._again.set()

    def progress(self) -> Progress:
        """Where in its turn it is."""
        with self._lock:
            state: Any = "paused" if self._since_ns is None else "playing"
            return Progress(state, self.turn_ms, round(self._at() % 1.0 * self.turn_ms))

    def _at(self) -> float:
        """Turns since the first photo."""
        turned = float(self._turned)
        if self._since_ns is None:
            return turned
        gone = (now_ns() - self._since_ns) / NS / 60 * self.settings.turns_per_minute
        return turned + (-gone if self.settings.direction == "backward" else float(gone))

    def _index(self, turned: float) -> int:
        part = turned % 1.0
        if self.settings.direction == "swing":
            part = turned % 2.0
            part = part if part < 1.0 else 2.0 - part
            return min(self._count - 1, int(part * self._count))
        return int(part * self._count + 1e-6) % self._count

    def run(self, feed: Feed) -> None:
        """Shows the photo of each angle until stopped.

        Raises:
            StudioError: not_found (no photo), invalid (one cannot be read, too many).
        """
        photos = self._photos(feed)
        self._count = len(photos)
        shown = -1
        step = round(NS / max(1.0, self.around.fps))
        due = now_ns()
        while not feed.stopping.is_set():
            self._again.clear()
            with self._lock:
                index, runs = self._index(self._at()), self._since_ns is not None
            if index != shown:
                feed.picture(replace(photos[index], pts_ns=due), still=True)
                shown = index
            if feed.may_rest:
                feed.rest()
            elif runs:
                due = max(due + step, now_ns())
                feed.sleep_until(due)
            else:
                self._again.wait(0.25)

    def _photos(self, feed: Feed) -> list[Frame]:
        s = self.settings
        made: list[Frame] = []
        size: tuple[int, int] | None = None
        for path in gather(s.files, s.folder, PICTURES, self.around):
            photo = read_picture(path, s.largest)
            size = size or (photo.width, photo.height)
            made.append(resize(photo, *size))
            if len(made) == 1:
                feed.picture(made[0], still=True)
            if len(made) * size[0] * size[1] * 2 > MOST_BYTES:
                raise StudioError("invalid", "sources.turntable_large", n=str(len(made)))
            if feed.stopping.is_set():
                break
        return made
