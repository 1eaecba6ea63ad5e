"""Counts down to a time of day, or for a while."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.sources.base import Feed, Progress, Source, SourceContext
from studio.sources.lettering import Lettering, draw

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


class CountdownSettings(Lettering):
    """Settings of a countdown."""

    until: Annotated[str, setting("到几点（HH:MM，留空为时长）", "Until (HH:MM)")] = ""
    seconds: Annotated[int, setting("时长（秒）", "For (s)", ge=1, le=359_999)] = 300
    text: Annotated[str, setting("文字（{} 为时间）", "Words ({} is the time)")] = "{}"
    end_text: Annotated[str, setting("结束时显示", "At the end it says")] = ""
    form: Annotated[
        Literal["short", "long", "seconds"],
        setting(
            "格式",
            "Form",
            words={
                "short": ("分:秒", "m:ss"),
                "long": ("时:分:秒", "h:mm:ss"),
                "seconds": ("秒", "Seconds"),
            },
        ),
    ] = "short"
    starts: Annotated[bool, setting("自动开始", "Starts by itself")] = True


class Countdown(Source):
    """Start, pause and put back with media control (play, pause, restart, reset)."""

    kind: ClassVar[str] = "countdown"
    is_still: ClassVar[bool] = True
    label: ClassVar[Text] = Text("倒计时", "Countdown")
    help: ClassVar[Text] = Text(
        "倒数到某个时刻，或倒数一段时间；可开始、暂停、归位，结束时换成文字。",
        "Counts down to a time of day or for a while; start, pause, put back; words at the end.",
    )
    Settings: ClassVar[type[Settings]] = CountdownSettings
    is_media: ClassVar[bool] = True

    settings: CountdownSettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self._again = threading.Event()
        self._lock = threading.Lock()
        self._whole_ns = settings.seconds * NS
        self._left_ns = self._whole_ns
        self._since_ns: int | None = now_ns() if settings.starts and not settings.until else None

    def control(self, action: str, value: float) -> None:
        """play, pause, stop and reset (back, standing), restart (back, running), seek (ms)."""
        with self._lock:
            now = now_ns()
            if action in ("pause", "play") and self._since_ns is not None:
                self._left_ns = max(0, self._left_ns - (now - self._since_ns))
            if action in ("stop", "reset", "restart"):
                self._left_ns = self._whole_ns
            if action == "seek":
                self._left_ns = max(0, self._whole_ns - round(value * 1e6))
                self._since_ns = now if self._since_ns is not None else None
            if action in ("pause", "stop", "reset"):
                self._since_ns = None
            if action in ("play", "restart"):
                self._since_ns = now
        self._again.set()

    def progress(self) -> Progress:
        """How much of it is over."""
        left = self.left_s()
        whole_ms = self._whole_ns // 1_000_000
        runs = self._since_ns is not None or bool(self.settings.until)
        state: Any = "ended" if left <= 0 else "playing" if runs else "paused"
        return Progress(state, whole_ms, max(0, round(whole_ms - left * 1000)))

    def left_s(self, now: datetime | None = None) -> float:
        """What is left, s; 0 at the end.

        Raises:
            StudioError: invalid: no time of day.
        """
        if self.settings.until:
            return until_clock(self.settings.until, self._begun, now or datetime.now())
        with self._lock:
            gone = 0 if self._since_ns is None else now_ns() - self._since_ns
            return float(max(0.0, (self._left_ns - gone) / NS))

    _begun: datetime = datetime.min

    def run(self, feed: Feed) -> None:
        """Draws at each new second, while somebody looks.

        Raises:
            StudioError: invalid: no time of day.
        """
        self._begun = datetime.now()
        if self.settings.until:
            self._whole_ns = max(1, round(self.left_s() * NS))
        shown = ""
        while not feed.stopping.is_set():
            self._again.clear()
            left = self.left_s()
            words = self.words(left)
            if words != shown:
                shown = words
                feed.picture(draw(words, self.settings, self.around, is_steady=True), still=True)
            if feed.may_rest:
                while feed.may_rest and not feed.rest() and not feed.stopping.is_set():
                    pass
                continue
            # A hair after the second turns, so that what is shown has begun.
            wait = min(0.25, left % 1.0 + 0.005) if left > 0 else 0.25
            self._again.wait(wait)

    def words(self, left_s: float) -> str:
        """What is shown with ``left_s`` to go."""
        s = self.settings
        if left_s <= 0 and s.end_text:
            return s.end_text
        whole = int(left_s + 0.999)
        hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
        if s.form == "seconds":
            shown = str(whole)
        elif s.form == "long" or hours:
            shown = f"{hours}:{minutes:02}:{seconds:02}"
        else:
            shown = f"{minutes}:{seconds:02}"
        return s.text.replace("{}", shown) if "{}" in s.text else shown


def until_clock(clock: str, begun: datetime, now: datetime) -> float:
    """Seconds from ``now`` to the first ``clock`` after ``begun``; 0 when it is over.

    Raises:
        StudioError: invalid: not HH:MM or HH:MM:SS.
    """
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise StudioError("invalid", "sources.clock", value=clock)
    hour, minute, second = (int(part or 0) for part in found.groups())
    end = begun.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if end <= begun:
        end += timedelta(days=1)
    return max(0.0, (end - now).total_seconds())
