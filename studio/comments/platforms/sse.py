"""Comments as server-sent events (WHATWG HTML, 9.2): JSON lines in ``data``, resumed by ``id``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar

from studio.comments.model import Comment
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.lines import LineTaker
from studio.comments.platforms.web import LineStream
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

MOST_DATA = 1024 * 1024


class EventStreamSettings(Settings):
    """Settings of a stream of events."""

    url: Annotated[str, setting("地址", "Address", "address")] = ""
    platform: Annotated[str, setting("平台名", "Platform's name")] = ""
    token: Annotated[str, setting("令牌（可空）", "Token (may be empty)")] = ""
    silent_s: Annotated[
        float, setting("多久无数据算断线（秒）", "Silence that counts as lost (s)", ge=5, le=600)
    ] = 60.0


class EventStreamFeed(CommentPlatform):
    """A client: reads events, and after a loss asks for what came since the last ``id``."""

    kind: ClassVar[str] = "sse"
    label: ClassVar[Text] = Text("SSE 评论", "Server-sent comments")
    help: ClassVar[Text] = Text(
        "从 http(s):// 事件流读取 JSON 行评论。", "Reads JSON-line comments from an event stream."
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("看不到平台上的删除与封禁", "Deletions and bans there are not seen"),
    )
    Settings: ClassVar[type[Settings]] = EventStreamSettings

    settings: EventStreamSettings

    def __init__(self, settings: EventStreamSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._lines = LineTaker(settings.platform or "sse")
        self._last_id = ""
        self._data: list[str] = []
        self._event_id: str | None = None

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Reads until the far end closes."""
        told("connecting", "")
        headers = {"Last-Event-ID": self._last_id} if self._last_id else {}
        if self.settings.token:
            headers["Authorization"] = f"Bearer {self.settings.token}"
        self._data.clear()

        def take(line: str) -> None:
            self._take(line, put, told)

        def opened() -> None:
            self._lines.reconnected()
            told("live", "")

        url = self.settings.url.strip()
        await LineStream(url, take, headers, silent_s=self.settings.silent_s).run(opened)
        raise StudioError("unavailable", "audience.closed", url=url)

    def _take(
        self, line: str, put: Callable[[Comment], None], told: Callable[[str, str], None]
    ) -> None:
        if not line:
            data, self._data = self._data, []
            if self._event_id is not None:
                self._last_id, self._event_id = self._event_id, None
            for text in filter(str.strip, data):
                fault = self._lines.take(text, put)
                if fault:
                    told("live", fault)
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data" and sum(map(len, self._data)) + len(value) <= MOST_DATA:
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._event_id = value[:1000]
