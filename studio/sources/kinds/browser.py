"""A web page as a source: overlays, alerts, widgets, with what is clear in it clear."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, ClassVar

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.loopback import keep_inside
from studio.core.text import Text
from studio.media.frame import Frame, clear, even
from studio.sources.base import Feed, Source, SourceContext

SCHEMES = ("http://", "https://")
CSS = "body { background-color: rgba(0, 0, 0, 0); margin: 0px auto; overflow: hidden; }"
STEP_S = 0.2
QUIET_NS = 300_000_000
"""Without a picture for so long the page stands still, which is no fault."""


class BrowserSettings(Settings):
    """Settings of a page."""

    url: Annotated[str, setting("网址", "Address", "address")] = ""
    file: Annotated[str, setting("或本地网页文件", "Or a page file", "file")] = ""
    width: Annotated[int, setting("宽（像素）", "Width (px)", ge=16, le=3840)] = 1280
    height: Annotated[int, setting("高（像素）", "Height (px)", ge=16, le=3840)] = 720
    fps: Annotated[int, setting("最高帧率", "Frames a second at most", ge=1, le=60)] = 30
    css: Annotated[str, setting("自定义 CSS", "Custom CSS", "multiline")] = CSS
    closes_unseen: Annotated[bool, setting("看不见时关闭", "Closed while not seen")] = False
    reloads_shown: Annotated[bool, setting("每次出现时重新加载", "Reloads when shown")] = False


class Browser(Source):
    """Runs in an installed Chromium, Chrome or Edge; only what changes costs anything."""

    kind: ClassVar[str] = "browser"
    label: ClassVar[Text] = Text("网页", "Web page")
    help: ClassVar[Text] = Text(
        "透明叠加网页：弹幕、提醒、挂件；需要装有 Chromium、Chrome 或 Edge，没有声音。",
        "A transparent page: alerts, widgets, overlays. Needs an installed Chromium, Chrome or "
        "Edge; it is silent.",
    )
    Settings: ClassVar[type[Settings]] = BrowserSettings
    is_still: ClassVar[bool] = True

    settings: BrowserSettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self._again = threading.Event()
        self.pid = 0
        self._last_ns = 0

    def control(self, action: str, value: float) -> None:
        """restart: the page is loaded anew, without its cache."""
        if action == "restart":
            self._again.set()

    def address(self) -> tuple[str, Path | None]:
        """What to open, and the file where it is one.

        Raises:
            StudioError: invalid: no address, or none of the web; not_found: no such file;
                denied: a drill opens nothing outside.
        """
        if self.settings.file:
            path = self.around.find(self.settings.file)
            if not path.is_file():
                raise StudioError("not_found", "sources.file_missing", path=str(path))
            return path.resolve().as_uri(), path
        url = self.settings.url.strip()
        if not url.lower().startswith(SCHEMES):
            raise StudioError("invalid", "sources.bad_address", url=url, schemes=", ".join(SCHEMES))
        try:
            keep_inside(url)
        except PermissionError:
            raise StudioError("denied", "drill.outside", host=url.split("/")[2]) from None
        return url, None

    def run(self, feed: Feed) -> None:
        """Shows the page until stopped; opens it when somebody first looks, and is clear before.

        Raises:
            StudioError: unavailable: no browser, or it or the page is gone; invalid; not_found.
        """
        from studio.sources.browser.program import find_browser

        self.address()
        find_browser()
        if not self._last_ns:
            feed.picture(clear(*self._size()), still=True)
        while not feed.stopping.is_set():
            while feed.may_rest and not feed.rest() and not feed.stopping.is_set():
                pass
            if not feed.stopping.is_set():
                self._show(feed)

    def _size(self) -> tuple[int, int]:
        return max(16, even(self.settings.width)), max(16, even(self.settings.height))

    def _show(self, feed: Feed) -> None:
        """Until stopped, or until nobody sees a page that is closed then."""
        from studio.sources.browser.guard import RequestGuard
        from studio.sources.browser.page import BrowserPage

        url, file = self.address()
        s = self.settings

        def deliver(frame: Frame) -> None:
            self._last_ns = now_ns()
            feed.picture(frame)

        page = BrowserPage(url, self._size(), s.css, s.fps, RequestGuard(url, file), deliver)
        self.pid = page.pid
        try:
            while not feed.stopping.is_set():
                if feed.may_rest:
                    if s.closes_unseen and self._last_ns:
                        return
                    self._rest(feed, page)
                    continue
                if self._again.is_set():
                    self._again.clear()
                    page.reload()
                page.cast(True)
                page.pump(STEP_S)
                if self._last_ns and now_ns() - self._last_ns > QUIET_NS:
                    feed.still_here()
        finally:
            self.pid = 0
            page.close()

    def _rest(self, feed: Feed, page: Any) -> None:
        """The page goes on, unseen; its pictures are not taken."""
        page.cast(False)
        while feed.may_rest and not feed.stopping.is_set():
            page.pump(0.0)
            if self._again.is_set():
                self._again.clear()
                page.reload()
            feed.rest(0.5)
        if self.settings.reloads_shown:
            self._again.set()
        self._last_ns = min(self._last_ns, now_ns() - NS // 10)
