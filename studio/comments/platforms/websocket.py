"""Comments from a WebSocket: JSON lines, one or more in a message (docs/comments.md)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar

from studio.comments.model import Comment
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.dial import FeedTurns, outer_socket
from studio.comments.platforms.lines import BadLine, made_id, parse
from studio.comments.platforms.repeats import RepeatFilter
from studio.core.clean import lines_of
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

MAX_MESSAGE = 1024 * 1024
PING_S = 5.0
"""A far end that is half open is seen within two of these."""


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
        self._repeats = RepeatFilter()
        self._number = 0

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Reads until the far end closes."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

        url = self.settings.url.strip()
        if not url.startswith(("ws://", "wss://")):
            raise StudioError("invalid", "audience.bad_address", url=url)
        told("connecting", "")
        where = await outer_socket(url)
        platform, bad, turns = self.settings.platform or "ws", 0, FeedTurns()
        try:
            async with connect(
                url, max_size=MAX_MESSAGE, open_timeout=5,
                ping_interval=PING_S, ping_timeout=PING_S, **where,
            ) as socket:  # fmt: skip
                self._repeats.reconnected()
                told("live", "")
                async for message in socket:
                    text = (
                        message if isinstance(message, str) else message.decode("utf-8", "replace")
                    )
                    for line in lines_of(text):
                        if not line.strip():
                            continue
                        await turns.next()
                        self._number += 1
                        try:
                            comment, _ = parse(line, self._number, platform)
                        except BadLine as error:
                            bad += 1
                            told("live", f"{bad} bad lines, last: {error}")
                            continue
                        has_id = comment.id != made_id(platform, self._number)
                        if not self._repeats.is_repeat(comment, has_id=has_id):
                            put(comment)
        except (OSError, InvalidURI, InvalidHandshake, TimeoutError, WebSocketException) as error:
            raise StudioError(
                "unavailable", "audience.cannot_connect", url=url, why=str(error)
            ) from None
        raise StudioError("unavailable", "audience.closed", url=url)
