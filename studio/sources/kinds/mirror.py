"""Another source's picture once more, with filters of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import Frame
from studio.sources.base import Feed, Source

GONE_NS = 2 * NS


class MirrorSettings(Settings):
    """Settings of a mirror."""

    source: Annotated[str, setting("来源", "Source")] = ""


class Mirror(Source):
    """Shows what the other shows, filters and all, without opening it a second time."""

    kind: ClassVar[str] = "mirror"
    label: ClassVar[Text] = Text("来源镜像", "Mirror of a source")
    help: ClassVar[Text] = Text(
        "再次使用另一个来源的画面，可加自己的滤镜，不会重复打开设备。",
        "Another source's picture again, with filters of its own; no device is opened twice.",
    )
    Settings: ClassVar[type[Settings]] = MirrorSettings

    settings: MirrorSettings

    def run(self, feed: Feed) -> None:
        """Hands on each new picture until stopped.

        Raises:
            StudioError: not_found: there is no such source; unavailable: it gives no picture.
        """
        look, name = self.around.look, self.settings.source
        if look is None or not name:
            raise StudioError("unavailable", "sources.no_mirrored", source=name)
        last: Frame | None = None
        step = round(NS / max(1.0, self.around.fps))
        since = due = now_ns()
        while not feed.stopping.is_set():
            why = StudioError("unavailable", "sources.no_mirrored", source=name)
            try:
                frame = look(name)
            except StudioError as gone:  # it may come back at once: an edit makes it anew
                frame, why = None, gone
            if frame is not None and frame is not last:
                feed.picture(frame)
                last, since = frame, now_ns()
            elif frame is not None:
                if now_ns() - since > NS // 4:  # a still picture: it is well, and stands
                    feed.picture(replace(frame), still=True)
                    since = now_ns()
            elif now_ns() - since > GONE_NS:
                raise why
            due = max(due + step, now_ns())
            if not feed.sleep_until(due):
                return
            while last is not None and feed.may_rest and not feed.rest(1.0):
                if self.around.has is not None and not self.around.has(name):
                    last, since = None, now_ns()
                    break  # told although nobody looks: before it is taken, not at the take
