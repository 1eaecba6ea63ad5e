"""A clock on the picture: an example of a source that draws by itself."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Any, ClassVar

from studio.api import ExtensionSettings, Feed, Source, StudioError, Text, setting


class ClockSettings(ExtensionSettings):
    """Settings of a clock."""

    form: Annotated[str, setting("格式（strftime）", "Format (strftime)")] = "%H:%M:%S"
    size: Annotated[int, setting("字号", "Size", ge=8, le=400)] = 64
    colour: Annotated[str, setting("颜色", "Colour", "colour")] = "#ffffff"


class Clock(Source):
    """The time of day, drawn once a second."""

    kind: ClassVar[str] = "clock"
    label: ClassVar[Text] = Text("时钟", "Clock")
    help: ClassVar[Text] = Text("在画面上显示当前时间。", "Shows the time of day on the picture.")
    Settings: ClassVar[type[ExtensionSettings]] = ClockSettings

    settings: ClockSettings

    def run(self, feed: Feed) -> None:
        """Draws until stopped; each picture stands until the next second."""
        draw = self.around.draw
        if draw is None:
            raise StudioError("unavailable", "sources.no_text", text=self.settings.form)
        style: dict[str, Any] = {"size": self.settings.size, "colour": self.settings.colour}
        while not feed.stopping.is_set():
            now = datetime.now()
            feed.picture(draw.text(now.strftime(self.settings.form), style), still=True)
            ahead_ns = 1_000_000_000 - now.microsecond * 1000
            feed.sleep_until(time.monotonic_ns() + ahead_ns)
