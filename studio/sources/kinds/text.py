"""Text on the picture: a title, a slogan, a file's words, what the studio knows; it may scroll."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from studio.core.bounded import read_start
from studio.core.clean import decode_words
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import Frame
from studio.sources.base import Feed, Source
from studio.sources.lettering import Lettering, draw

LOOK_S = 0.25
LONGEST = 4000
"""More signs of a file than this are not drawn."""


class TextSettings(Lettering):
    """Settings of a text."""

    text: Annotated[str, setting("文字", "Text", "multiline")] = ""
    file: Annotated[str, setting("文字取自文件", "Text from a file", "file")] = ""
    state: Annotated[str, setting("文字取自状态", "Text from the state")] = ""
    wrap: Annotated[int, setting("换行宽度", "Wrap at (pixels)", ge=0, le=3840)] = 0
    is_vertical: Annotated[bool, setting("竖排", "Vertical")] = False
    scroll_x: Annotated[
        int, setting("水平滚动（像素/秒）", "Scroll left (pixels/s)", ge=-2000, le=2000)
    ] = 0
    scroll_y: Annotated[
        int, setting("垂直滚动（像素/秒）", "Scroll up (pixels/s)", ge=-2000, le=2000)
    ] = 0
    window: Annotated[
        int, setting("滚动窗口（像素）", "Scrolls through (pixels)", ge=16, le=3840)
    ] = 960


class TextSource(Source):
    """Text in any font; ``{}`` in it stands for what the file or the state says."""

    kind: ClassVar[str] = "text"
    is_still: ClassVar[bool] = True
    label: ClassVar[Text] = Text("文字", "Text")
    help: ClassVar[Text] = Text(
        "标题、口号；也可取自文件或状态（如 shop.card.name），可滚动。",
        "A title; also from a file or the state (such as shop.card.name); it may scroll.",
    )
    Settings: ClassVar[type[Settings]] = TextSettings

    settings: TextSettings

    def run(self, feed: Feed) -> None:
        """Draws once; again when the words change; at every tick when they scroll.

        Raises:
            StudioError: unavailable, when there is nothing that draws text; not_found (file).
        """
        s = self.settings
        is_watched = bool(s.file or s.state)
        does_scroll = bool(s.scroll_x or s.scroll_y)
        words: str | None = None
        while not feed.stopping.is_set():
            fresh = self._words()
            if fresh != words:
                words = fresh
                frame = self.drawn(words)
                if not does_scroll:
                    feed.picture(frame, still=True)
            if does_scroll:
                self._scroll(feed, frame, words)
            elif not is_watched:
                return
            elif not feed.may_rest:
                feed.stopping.wait(LOOK_S)
            else:
                while feed.may_rest and not feed.rest() and not feed.stopping.is_set():
                    pass

    def drawn(self, words: str | None = None) -> Frame:
        """What it says just now, or other words, as a picture.

        Raises:
            StudioError: as `run`.
        """
        s = self.settings
        said = self._words() if words is None else words
        return draw(said, s, self.around, wrap=s.wrap, is_vertical=s.is_vertical)

    def _words(self) -> str:
        s = self.settings
        if s.state:
            found = self.around.state(s.state) if self.around.state else ""
        elif s.file:
            path = self.around.find(s.file)
            try:
                start = read_start(path, 4 * LONGEST + 3)  # of UTF-8, with its mark
                found = decode_words(start)[:LONGEST].rstrip()
            except OSError:
                raise StudioError("not_found", "sources.file_missing", path=str(path)) from None
        else:
            return s.text
        return s.text.replace("{}", found) if "{}" in s.text else found

    def _scroll(self, feed: Feed, words: Frame, said: str) -> None:
        """Moves until the words change."""
        s = self.settings
        step = round(NS / max(1.0, self.around.fps))
        began = due = now_ns()
        looked = began
        while not feed.stopping.is_set():
            moved = (due - began) / NS
            frame = window(words, s.window, s.scroll_x * moved, s.scroll_y * moved, s.scroll_y != 0)
            feed.picture(frame)
            due = max(due + step, now_ns() - step)
            if not feed.sleep_until(due):
                return
            while feed.may_rest and not feed.rest():
                pass
            if (s.file or s.state) and now_ns() - looked > LOOK_S * NS:
                looked = now_ns()
                if self._words() != said:
                    return


def window(words: Frame, size: int, x: float, y: float, is_upright: bool) -> Frame:
    """What is seen through a window of ``size`` pixels while the words go round, even steps.

    Args:
        is_upright: they move up through a window as wide as they are; else to the left.
    """
    length = words.height if is_upright else words.width
    size = max(2, size & ~1)
    whole = max(length + size // 4, size) & ~1
    at = int((y if is_upright else x) % whole) & ~1
    axis = 0 if is_upright else 1

    def through(plane: np.ndarray, shift: int, zero: int) -> np.ndarray:
        pad = list(plane.shape)
        pad[axis] = (whole >> shift) - plane.shape[axis]
        ring = np.concatenate([plane, np.full(pad, zero, np.uint8)], axis=axis)
        index = (np.arange(size >> shift) + (at >> shift)) % (whole >> shift)
        return np.ascontiguousarray(np.take(ring, index, axis=axis))

    alpha = words.alpha if words.alpha is not None else np.full_like(words.y, 255)
    alpha_uv = words.alpha_uv if words.alpha_uv is not None else np.full_like(words.u, 255)
    return Frame(
        through(words.y, 0, 0),
        through(words.u, 1, 0),
        through(words.v, 1, 0),
        now_ns(),
        through(alpha, 0, 0),
        through(alpha_uv, 1, 0),
    )
