"""One page in a browser of its own: opened, styled, guarded; its pictures as they change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.outer_proxy import OUTER_PROXY
from studio.media.frame import Frame
from studio.sources.browser.devtools import DevTools, Event, gone
from studio.sources.browser.guard import RequestGuard
from studio.sources.browser.picture import decode_png, framed
from studio.sources.browser.program import BrowserProcess

PULSE_NS = 1 * NS
HANGS_NS = 8 * NS
"""A page that answers nothing for so long hangs: its browser is started anew."""
TRIAL = "data:text/html,<body style='margin:0;background:rgba(255,0,0,.5)'>"
TRIAL_S = 15.0
STYLE = (
    "addEventListener('DOMContentLoaded',()=>{{const s=document.createElement('style');"
    "s.textContent={css};document.head.append(s)}})"
)


class BrowserPage:
    """Opens at once; `close` ends the browser with it.

    Args:
        url: what to show, already judged.
        size: even, pixels.
        css: added to every document of the page.
        fps: no more pictures a second are taken.
        guard: judges what it asks the network for.
        on_picture: gets each picture, in the thread that calls `pump`.

    Raises:
        StudioError: unavailable: no browser, or it does not start, or the page does not load.
    """

    def __init__(
        self, url: str, size: tuple[int, int], css: str, fps: float, guard: RequestGuard,
        on_picture: Callable[[Frame], None],
    ) -> None:  # fmt: skip
        self._url, self._size, self._guard = url, size, guard
        self._on_picture = on_picture
        self._step_ns = round(NS / fps)
        self._due_ns = 0
        self._owed: int | None = None
        self._is_straight: bool | None = None
        self._is_cast = False
        self._pulse, self._pulse_ns = 0, 0
        self._session = self._target = ""
        self._fault: StudioError | None = None
        proxy = OUTER_PROXY.address() if guard.is_outside else ""
        self._process = BrowserProcess(*size, proxy)
        self._tools = DevTools(self._process.reads, self._process.writes, self._event)
        try:
            self._prepare(css)
            self._measure_alpha()
            self._go()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The browser's process."""
        return self._process.pid

    def pump(self, seconds: float) -> None:
        """Waits so long for pictures, and takes what comes.

        Raises:
            StudioError: unavailable: the browser or the page is gone, or hangs.
        """
        if self._owed is not None:
            seconds = min(seconds, max(0.0, (self._due_ns - now_ns()) / NS))
        self._tools.wait(seconds)
        self._pay()
        self._look()
        if self._fault is not None:
            raise self._fault

    def cast(self, is_on: bool) -> None:
        """Pictures are taken, or no longer; the page goes on either way."""
        if is_on is self._is_cast:
            return
        self._is_cast, self._owed = is_on, None
        if is_on:
            width, height = self._size
            more = {"format": "png", "maxWidth": width, "maxHeight": height, "everyNthFrame": 1}
            self._send("Page.startScreencast", more)
        else:
            self._send("Page.stopScreencast")

    def reload(self) -> None:
        """The page once more, nothing of it from a cache."""
        self._send("Page.reload", {"ignoreCache": True})

    def close(self) -> None:
        """Ends the browser."""
        self._process.kill()
        self._tools.close()
        self._process.close()

    # -- how -----------------------------------------------------------------------------------

    def _send(self, method: str, params: dict[str, Any] | None = None) -> None:
        self._tools.send(method, params, self._session)

    def _call(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._tools.call(method, params, self._session)

    def _prepare(self, css: str) -> None:
        width, height = self._size
        tools = self._tools
        targets = tools.call("Target.getTargets", limit_s=20.0)["targetInfos"]
        self._target = next(entry["targetId"] for entry in targets if entry["type"] == "page")
        attached = tools.call("Target.attachToTarget", {"targetId": self._target, "flatten": True})
        self._session = str(attached["sessionId"])
        tools.call("Browser.setDownloadBehavior", {"behavior": "deny"})
        tools.call("Target.setDiscoverTargets", {"discover": True})
        self._call("Page.enable")
        self._call("Inspector.enable")
        self._call(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        clear = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}}
        self._call("Emulation.setDefaultBackgroundColorOverride", clear)
        if css.strip():
            style = STYLE.format(css=json.dumps(css))
            self._call("Page.addScriptToEvaluateOnNewDocument", {"source": style})

    def _measure_alpha(self) -> None:
        """Whether this browser hands out colours multiplied by alpha: no version says so."""
        self._call("Page.navigate", {"url": TRIAL})
        self.cast(True)
        deadline = now_ns() + round(TRIAL_S * NS)
        while self._is_straight is None:
            if now_ns() > deadline:
                raise gone("no pictures")
            self._tools.wait(0.1)
        self.cast(False)

    def _go(self) -> None:
        self._call("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        answer = self._call("Page.navigate", {"url": self._url})
        why = str(answer.get("errorText", ""))
        if why:
            raise self._not_loaded(why)

    def _not_loaded(self, why: str) -> StudioError:
        is_ours = "BLOCKED_BY_CLIENT" in why
        key = "sources.page_blocked" if is_ours else "sources.page_failed"
        return StudioError("unavailable", key, url=_shown(self._url), why=why)

    def _event(self, event: Event) -> None:
        params = event.params
        if event.method == "Page.screencastFrame":
            self._picture(params)
        elif event.method == "Fetch.requestPaused":
            self._judge(params)
        elif event.method == "Page.javascriptDialogOpening":
            self._send("Page.handleJavaScriptDialog", {"accept": False})
        elif event.method == "Page.loadEventFired" and self._is_cast:
            # A page in the making loses the word to begin, and one that stands says nothing.
            self.cast(False)
            self.cast(True)
        elif event.method == "Inspector.targetCrashed":
            self._fault = gone("crashed")
        elif event.method == "Target.targetCreated":
            info = params.get("targetInfo", {})
            if info.get("type") == "page" and info.get("targetId") != self._target:
                self._tools.send("Target.closeTarget", {"targetId": info["targetId"]})
        elif event.method == "Target.targetDestroyed" and params.get("targetId") == self._target:
            self._fault = gone("closed")
        elif event.method == "Page.frameNavigated":
            frame = params.get("frame", {})
            if not frame.get("parentId") and frame.get("unreachableUrl"):
                self._fault = self._not_loaded("unreachable")  # what it shows is an error

    def _judge(self, params: dict[str, Any]) -> None:
        number = {"requestId": params.get("requestId", "")}
        if self._guard.allows(str(params.get("request", {}).get("url", ""))):
            self._send("Fetch.continueRequest", number)
        else:
            self._send("Fetch.failRequest", number | {"errorReason": "BlockedByClient"})

    def _picture(self, params: dict[str, Any]) -> None:
        self._owed = int(params.get("sessionId", 0))
        if not self._is_cast:
            return
        picture = decode_png(str(params.get("data", "")))
        if picture is None:
            return
        now = now_ns()
        if self._is_straight is None:
            # Half of full red: 255 where it stands for itself, 128 multiplied; white came before.
            red, alpha = int(picture[0, 0, 0]), int(picture[0, 0, 3])
            if 100 < alpha < 156 and not picture[0, 0, 2]:
                self._is_straight = red > 200
            self._pay()
            return
        self._on_picture(framed(picture, self._size, now, self._is_straight))
        self._due_ns = max(now - self._step_ns, self._due_ns + self._step_ns)

    def _pay(self) -> None:
        """Asks for the next picture when it is due: the browser makes none before."""
        if self._owed is not None and now_ns() >= self._due_ns:
            self._send("Page.screencastFrameAck", {"sessionId": self._owed})
            self._owed = None

    def _look(self) -> None:
        """Asks the page for a sign of life once a second."""
        now = now_ns()
        if self._pulse and self._tools.has_answered(self._pulse):
            self._pulse = 0
        if self._pulse and now - self._pulse_ns > HANGS_NS:
            raise gone("the page hangs")
        if not self._pulse and now - self._pulse_ns > PULSE_NS:
            self._pulse_ns = now
            self._pulse = self._tools.ask("Page.getLayoutMetrics", self._session)


def _shown(url: str) -> str:
    """An address without what may be a key: overlays have theirs in path or query."""
    head, _, _ = url.partition("?")
    parts = head.split("/")
    return "/".join(parts[:3]) if head.startswith(("http://", "https://")) else head
