"""YouTube live chat (developers.google.com/youtube/v3/live/docs/liveChatMessages/list).

Asked at the pace the server names, and slower when the day's units would not last the show.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from studio.comments.model import Comment, Withdrawn
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.fields import as_object, decoded, inner, objects
from studio.comments.platforms.lines import MOST_NAME, MOST_TEXT
from studio.comments.platforms.repeats import RepeatFilter
from studio.comments.platforms.web import WebAnswer, ask
from studio.core.clock import NS, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

ADDRESS = "https://www.googleapis.com"
PLATFORM = "youtube"
LIST_UNITS = 5
FIND_UNITS = 1
SLOW_S = 10.0
"""From here on it is said that comments come late."""
_VIDEO = re.compile(r"(?:v=|youtu\.be/|/live/|/shorts/|^)([A-Za-z0-9_-]{11})(?:[?&#/]|$)")
_OVER = {"liveChatEnded", "liveChatDisabled", "liveChatNotFound"}


class QuotaPace:
    """Spreads the units that are left over the rest of the show.

    Args:
        units: of the day, for this show.
        hours: how long the show is to be.
        now_s: seconds on any clock that only goes forward.
    """

    def __init__(self, units: int, hours: float, now_s: float) -> None:
        self.left = units
        self._end_s = now_s + hours * 3600

    def spend(self, units: int) -> None:
        """So many units were used by a request.

        Raises:
            StudioError: unavailable: there are not so many left; nothing was spent.
        """
        if units > self.left:
            raise StudioError("unavailable", "audience.quota_spent")
        self.left -= units

    def wait_s(self, asked_s: float, now_s: float) -> float:
        """How long to wait before the next request, when the server asks for ``asked_s``."""
        rest_s = max(0.0, self._end_s - now_s)
        return max(asked_s, rest_s / max(1, self.left // LIST_UNITS))


class YouTubeSettings(Settings):
    """Settings of a live video."""

    video: Annotated[str, setting("直播链接或视频 ID", "Link or id of the live video")] = ""
    api_key: Annotated[str, setting("API 密钥", "API key")] = ""
    hours: Annotated[
        float, setting("本场时长（小时）", "Length of the show (h)", ge=0.5, le=24)
    ] = 4.0
    units: Annotated[
        int, setting("本场可用配额", "Quota units for this show", ge=100, le=10_000_000)
    ] = 10_000
    url: Annotated[str, setting("服务器", "Server", "address")] = ADDRESS


class YouTubeChat(CommentPlatform):
    """Comments, Super Chats, deletions and bans of one live video."""

    kind: ClassVar[str] = "youtube"
    label: ClassVar[Text] = Text("YouTube 直播聊天", "YouTube live chat")
    help: ClassVar[Text] = Text(
        "用 API 密钥读取直播聊天，配额按本场时长分配。",
        "Reads a live chat with an API key; its quota is spread over the show.",
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("YouTube 自己扣下的评论看不到", "Comments that YouTube itself holds are not seen"),
        Text("配额紧张时评论晚到几秒", "Comments come some seconds late when the quota is tight"),
    )
    Settings: ClassVar[type[Settings]] = YouTubeSettings

    settings: YouTubeSettings

    def __init__(self, settings: YouTubeSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._repeats = RepeatFilter()
        self._pace: QuotaPace | None = None
        self._chat = self._page = ""
        self._due_s = 0.0

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Asks until the chat has ended; after a loss goes on where it stopped."""
        video = _VIDEO.search(self.settings.video.strip())
        if video is None:
            raise StudioError("invalid", "audience.no_video", name=self.settings.video)
        if not self.settings.api_key:
            raise StudioError("invalid", "audience.no_key", kind=self.kind)
        told("connecting", "")
        if self._pace is None:
            self._pace = QuotaPace(self.settings.units, self.settings.hours, now_ns() / NS)
        if not self._chat:
            self._chat = await self._find(video[1])
        while True:
            page = await self._next()
            for item in objects(page.get("items")):
                self._take(item, put)
            self._page = str(page.get("nextPageToken") or self._page)
            if page.get("offlineAt"):
                return
            asked_s = min(60.0, max(0.2, _number(page.get("pollingIntervalMillis"), 2000) / 1000))
            wait_s = self._pace.wait_s(asked_s, now_ns() / NS)
            self._due_s = now_ns() / NS + wait_s
            told("live", _late(wait_s) if wait_s > max(asked_s, SLOW_S) else "")

    async def _find(self, video: str) -> str:
        found = await self._get(f"videos?part=liveStreamingDetails&id={video}", FIND_UNITS)
        for item in objects(found.get("items")):
            chat = inner(item, "liveStreamingDetails").get("activeLiveChatId")
            if chat:
                return str(chat)
        raise StudioError("unavailable", "audience.not_live", name=self.settings.video)

    async def _next(self) -> dict[str, Any]:
        assert self._pace is not None
        await asyncio.sleep(max(0.0, self._due_s - now_ns() / NS))
        # A request that fails costs as much: the next one waits for its turn too.
        self._due_s = now_ns() / NS + self._pace.wait_s(0.0, now_ns() / NS)
        page = f"&pageToken={quote(self._page, safe='')}" if self._page else ""
        return await self._get(
            f"liveChat/messages?part=snippet,authorDetails&maxResults=2000"
            f"&liveChatId={quote(self._chat, safe='')}{page}",
            LIST_UNITS,
        )

    async def _get(self, what: str, units: int) -> dict[str, Any]:
        assert self._pace is not None
        self._pace.spend(units)
        # The key goes as a header: an address ends up in logs.
        headers = {"X-Goog-Api-Key": self.settings.api_key}
        url = f"{self.settings.url.strip().rstrip('/')}/youtube/v3/{what}"
        answer = await ask("GET", url, headers=headers)
        if answer.status == 200:
            return as_object(decoded(answer.body))
        raise self._refusal(answer)

    def _refusal(self, answer: WebAnswer) -> StudioError:
        fault = inner(as_object(decoded(answer.body)), "error")
        reason = next((str(e.get("reason", "")) for e in objects(fault.get("errors"))), "")
        if reason in _OVER:
            self._chat = self._page = ""  # perhaps another chat of this video is open
            return StudioError("unavailable", "audience.not_live", name=self.settings.video)
        if reason in ("quotaExceeded", "dailyLimitExceeded") and self._pace is not None:
            self._pace.left = 0
            return StudioError("unavailable", "audience.quota_spent")
        why = f"{answer.status} {reason} {fault.get('message', '')}".strip()[:200]
        return StudioError("unavailable", "audience.refused", kind=self.kind, why=why)

    def _take(self, item: dict[str, Any], put: Callable[[Comment], None]) -> None:
        snippet, author = inner(item, "snippet"), inner(item, "authorDetails")
        what = snippet.get("type")
        if what == "messageDeletedEvent":
            gone = str(inner(snippet, "messageDeletedDetails").get("deletedMessageId", ""))
            self.withdraw(Withdrawn(PLATFORM, (gone,)))
        elif what == "tombstone":
            self.withdraw(Withdrawn(PLATFORM, (str(item.get("id", "")),)))
        elif what == "userBannedEvent":
            user = inner(inner(snippet, "userBannedDetails"), "bannedUserDetails")
            self.withdraw(Withdrawn(PLATFORM, author_id=str(user.get("channelId", ""))))
        text, kind = _said(snippet)
        if not text or not item.get("id"):
            return
        comment = Comment(
            str(item["id"])[:100], text[:MOST_TEXT],
            str(author.get("displayName", ""))[:MOST_NAME],
            str(author.get("channelId") or snippet.get("authorChannelId") or "")[:100],
            PLATFORM, utc_iso(), kind,
        )  # fmt: skip
        self._repeats.pass_on(comment, put)


def _said(snippet: dict[str, Any]) -> tuple[str, str]:
    """The words of a message and its kind; "" when it has none."""
    if snippet.get("type") == "textMessageEvent":
        words = inner(snippet, "textMessageDetails").get("messageText")
        return str(words or snippet.get("displayMessage") or ""), "comment"
    if snippet.get("type") == "superChatEvent":
        return str(inner(snippet, "superChatDetails").get("userComment") or ""), "gift"
    return "", ""


def _late(wait_s: float) -> str:
    return StudioError("unavailable", "audience.quota_tight", seconds=round(wait_s)).in_language()


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and value >= 0 else otherwise
