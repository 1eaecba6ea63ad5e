"""Social Stream Ninja (github.com/steveseguin/social_stream, api.md): 120 sites through one page.

Channel 4 brings what its extension reads, when "Send chat messages to API server" is on there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from studio.comments.model import Comment
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.dial import dialled, messages, text_of
from studio.comments.platforms.lines import MOST_NAME, MOST_TEXT
from studio.comments.platforms.repeats import RepeatFilter
from studio.core.clean import read_json, write_json
from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

ADDRESS = "wss://io.socialstream.ninja"
_TAG = re.compile(r"<[^<>]{0,2000}>")
_PICTURE = re.compile(r"<img\b[^<>]{0,2000}?\balt=[\"']([^\"'<>]{0,40})[\"'][^<>]{0,2000}>", re.I)
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,100}")


class NinjaSettings(Settings):
    """Settings of a session."""

    session_key: Annotated[str, setting("会话 ID", "Session id")] = ""
    channel: Annotated[int, setting("频道号", "Channel", ge=1, le=9)] = 4
    can_send: Annotated[bool, setting("允许回复", "Replies are allowed")] = False
    url: Annotated[str, setting("服务器", "Server", "address")] = ADDRESS


class SocialStream(CommentPlatform):
    """Comments of whatever sites are open in the extension; replies go to all of them."""

    kind: ClassVar[str] = "ninja"
    label: ClassVar[Text] = Text("Social Stream Ninja（多平台桥接）", "Social Stream Ninja")
    help: ClassVar[Text] = Text(
        "读取 Social Stream Ninja 会话里各网站的评论。",
        "Reads what a session of Social Stream Ninja collects from its sites.",
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("断线期间的评论补不回来", "What was said while disconnected does not come back"),
        Text("看不到平台上的删除与封禁", "Deletions and bans there are not seen"),
        Text("网站改版时可能漏评论", "Comments may be missing after a site has changed its page"),
    )
    is_bridge: ClassVar[bool] = True
    Settings: ClassVar[type[Settings]] = NinjaSettings

    settings: NinjaSettings

    def __init__(self, settings: NinjaSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._repeats = RepeatFilter()
        self._socket: ClientConnection | None = None
        self._number = self._bad = 0

    @property
    def can_reply(self) -> bool:
        """When the settings allow it."""
        return self.settings.can_send

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Reads until the server closes."""
        session = self.settings.session_key.strip()
        if not _SESSION.fullmatch(session):
            raise StudioError("invalid", "audience.no_session")
        server = self.settings.url.strip().rstrip("/")
        told("connecting", "")
        try:
            where = f"{server}/join/{session}/{self.settings.channel}/1"
            async with dialled(where, server) as connection:
                self._socket = connection
                self._repeats.reconnected()
                told("live", "")
                async for message in messages(connection):
                    self._take(text_of(message), put, told)
        finally:
            self._socket = None
        raise StudioError("unavailable", "audience.closed", url=server)

    async def reply(self, text: str, to: Comment | None) -> None:
        """Says it on every site of the session, with the name of who is answered."""
        if self._socket is None:
            raise StudioError("unavailable", "audience.not_connected", kind=self.kind)
        words = f"@{to.author} {text}" if to is not None and to.author else text
        value = " ".join(words.split())[:MOST_TEXT]
        await self._socket.send(write_json({"action": "sendChat", "value": value}))

    def _take(
        self, text: str, put: Callable[[Comment], None], told: Callable[[str, str], None]
    ) -> None:
        try:
            raw = read_json(text)
        except (ValueError, RecursionError) as error:
            self._bad += 1
            told("live", f"{self._bad} bad messages, last: {error}"[:300])
            return
        for entry in raw if isinstance(raw, list) else [raw]:
            if not isinstance(entry, dict) or not entry.get("chatname"):
                continue  # a command, or an event without words
            comment = self._comment(entry)
            if comment:
                self._repeats.pass_on(comment, put, has_id=bool(entry.get("id")))

    def _comment(self, entry: dict[str, Any]) -> Comment | None:
        self._number += 1
        words = plain_words(entry.get("chatmessage"))
        if not words:
            return None
        # Numbers of its own begin anew when its page is loaded anew: the author is part of it.
        site = plain_words(entry.get("type"))[:30] or "ninja"
        who = str(entry.get("userid") or "")[:60]
        name = plain_words(entry.get("chatname"))[:MOST_NAME]
        id = f"{entry['id']}-{who or name}"[:100] if entry.get("id") else f"ninja-{self._number}"
        kind = "gift" if entry.get("hasDonation") else "comment"
        return Comment(id, words[:MOST_TEXT], name, who, site, utc_iso(), kind)


def plain_words(value: object) -> str:
    """Text that may hold HTML, as a viewer reads it; pictures by their names."""
    if not isinstance(value, str):
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    value = value[:20_000]
    if "<" in value:
        value = _TAG.sub("", _PICTURE.sub(r"\1", value))
    return html.unescape(value).strip()
