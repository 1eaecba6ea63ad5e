"""The screen of this machine: all of it, a part, or one window."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any, ClassVar, Literal

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import even
from studio.sources.base import Feed
from studio.sources.capture import LiveInput
from studio.sources.grabbed import Grabbed


class ScreenSettings(Settings):
    """Settings of a screen."""

    what: Annotated[
        Literal["screen", "region", "window"],
        setting(
            "采集",
            "Capture",
            words={
                "screen": ("整个屏幕", "Whole screen"),
                "region": ("区域", "A region"),
                "window": ("窗口", "A window"),
            },
        ),
    ] = "screen"
    window: Annotated[str, setting("窗口标题", "Window title", "device:window")] = ""
    x: Annotated[int, setting("左", "Left", ge=0, le=32767)] = 0
    y: Annotated[int, setting("上", "Top", ge=0, le=32767)] = 0
    width: Annotated[int, setting("区域宽", "Region width", ge=16, le=7680)] = 1280
    height: Annotated[int, setting("区域高", "Region height", ge=16, le=4320)] = 720
    cursor: Annotated[bool, setting("显示鼠标", "Show the pointer")] = True
    fps: Annotated[int, setting("帧率", "Frame rate", ge=1, le=60)] = 30
    display: Annotated[
        str, setting("显示器（如 :0 或序号）", "Display (such as :0, or a number)")
    ] = ""


class Screen(LiveInput):
    """x11grab on Linux, gdigrab on Windows, avfoundation on macOS; opened only while seen."""

    kind: ClassVar[str] = "screen"
    label: ClassVar[Text] = Text("屏幕 / 窗口", "Screen or window")
    help: ClassVar[Text] = Text(
        "采集整个屏幕、一个区域或一个窗口。", "Captures the screen, a part of it, or a window."
    )
    Settings: ClassVar[type[Settings]] = ScreenSettings
    has_sound: ClassVar[bool] = False
    is_live: bool = False  # a screen may well stand still
    closes_unseen: ClassVar[bool] = True

    settings: ScreenSettings

    def open(self, feed: Feed) -> tuple[Any, str]:
        """An X11 display is grabbed by a process of its own: it may take that one along."""
        name, form, options = self.address()
        if form != "x11grab":
            return super().open(feed)
        return Grabbed(name, form, options, feed.stopping), name

    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """What to grab on this platform.

        Raises:
            StudioError: unavailable: Wayland, no display, no such window.
        """
        s = self.settings
        options = {"framerate": str(s.fps), "draw_mouse": "1" if s.cursor else "0"}
        size = f"{even(s.width)}x{even(s.height)}"
        if sys.platform == "win32":
            if s.what == "window":
                return f"title={s.window}", "gdigrab", options
            if s.what == "region":
                options |= {"offset_x": str(s.x), "offset_y": str(s.y), "video_size": size}
            return "desktop", "gdigrab", options
        if sys.platform == "darwin":
            if s.what != "screen":
                raise StudioError("unavailable", "sources.screen_only", what=s.what)
            number = s.display if s.display.isdigit() else "0"
            options = {"framerate": str(s.fps), "capture_cursor": "1" if s.cursor else "0"}
            return f"Capture screen {number}:none", "avfoundation", options
        return self._x11(size, options)

    def _x11(self, size: str, options: dict[str, str]) -> tuple[str, str, dict[str, str]]:
        s = self.settings
        display = s.display or os.environ.get("DISPLAY", "")
        is_wayland = os.environ.get("XDG_SESSION_TYPE") == "wayland"
        is_wayland |= bool(os.environ.get("WAYLAND_DISPLAY"))
        if is_wayland and not s.display:
            raise StudioError("unavailable", "sources.wayland")
        if not display:
            raise StudioError("unavailable", "sources.no_display")
        if s.what == "window":
            options["window_id"] = str(self._window(display))
            return display, "x11grab", options
        if s.what == "region":
            options["video_size"] = size
            return f"{display}+{s.x},{s.y}", "x11grab", options
        return display, "x11grab", options

    def _window(self, display: str) -> int:
        from studio.sources.x11 import windows

        shown = windows(display)
        wanted = self.settings.window.strip().lower()
        same = [entry for entry in shown if entry.title.lower() == wanted]
        like = [entry for entry in shown if wanted and wanted in entry.title.lower()]
        for entry in same + like:
            return entry.id
        known = ", ".join(entry.title for entry in shown[:10]) or "-"
        raise StudioError(
            "unavailable", "sources.no_window", title=self.settings.window, known=known
        )


def window_titles() -> list[dict[str, str]]:
    """Windows that can be captured: [{"id", "name"}], the id being the title; Linux with X."""
    display = os.environ.get("DISPLAY", "")
    if not sys.platform.startswith("linux") or not display:
        return []
    from studio.sources.x11 import windows

    titles = dict.fromkeys(window.title for window in windows(display))
    return [{"id": title, "name": title} for title in titles]
