"""Comments from a WebSocket: JSON lines, one or more in a message (docs/comments.md)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar

from studio.comments.model import Comment
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.dial import FeedTurns, dialled, text_of
from studio.comments.platforms.lines import LineTaker
from studio.core.clean import lines_of
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text


class WebSocketSettings(Settings):
    """Settings of a WebSocket feed."""

    url: Annotated[str, setting("地址", "Address", "address")] = ""
    platform: Annotated[str, setting("平台名", "Platform's name")] = ""


class WebSocketFeed(CommentPlatform):
    """A client: connects, reads, reconnects. Lines that are no comments are counted and said."""

    kind: ClassVar[str] = "websocket"
    label: ClassVar[Text] = Text("WebSocket 评论", "WebSocket comments")
    help: ClassVar[Text] = Text(
        "从 ws:// 地址读取 JSON 行评论。", "Reads JSON-line comments from a ws:// address."
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("看不到平台上的删除与封禁", "Deletions and bans there are not seen"),
    )
    Settings: ClassVar[type[Settings]] = WebSocketSettings

    settings: WebSocketSettings

    def __init__(self, settings: WebSocketSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._lines = LineTaker(settings.platform or "ws")

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Reads until the far end closes."""
        url = self.settings.url.strip()
        if not url.startswith(("ws://", "wss://")):
            raise StudioError("invalid", "audience.bad_address", url=url)
        told("connecting", "")
        turns = FeedTurns()
        async with dialled(url, open_s=5) as connection:
            self._lines.reconnected()
            told("live", "")
            async for message in connection:
                for line in lines_of(text_of(message)):
                    if not line.strip():
                        continue
                    await turns.next()
                    fault = self._lines.take(line, put)
                    if fault:
                        told("live", fault)
        raise StudioError("unavailable", "audience.closed", url=url)
