"""Douyin's open platform: live data that it pushes (developer.open-douyin.com, 直播间数据开放).

Each message carries its kind, room, time and a mark: base64 of MD5 over the sorted headers, the
body as it came, and the app's secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from studio.comments.likes import like_text
from studio.comments.model import Comment
from studio.comments.platforms.fields import decoded, objects
from studio.comments.platforms.lines import MOST_NAME, MOST_TEXT
from studio.comments.platforms.repeats import RepeatFilter
from studio.comments.platforms.webhook import Answer, PushedFeed, PushSettings
from studio.core.clock import utc_iso, utc_ms
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.core.webhooks import WINDOW_S

PLATFORM = "douyin"
SIGNED = ("x-msg-type", "x-nonce-str", "x-roomid", "x-timestamp")
MOST_ENTRIES = 2000


def douyin_mark(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """The mark of a message.

    Args:
        headers: with names in small letters; those that are missing do not count.
    """
    words = "&".join(f"{name}={headers[name]}" for name in sorted(SIGNED) if name in headers)
    raw = words.encode("utf-8", "surrogateescape") + body + secret.encode()
    return base64.b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode("ascii")


class DouyinSettings(PushSettings):
    """Settings of a room on Douyin's open platform."""

    port: Annotated[int, setting("本机端口", "Port of this computer", ge=0, le=65535)] = 8791
    room: Annotated[str, setting("直播间 ID（可空）", "Room id (may be empty)")] = ""


class DouyinPush(PushedFeed):
    """Comments of one room, or of all rooms of an app."""

    kind: ClassVar[str] = "douyin"
    label: ClassVar[Text] = Text("抖音评论（开放平台推送）", "Douyin comments (open platform)")
    help: ClassVar[Text] = Text(
        "接收抖音开放平台推送的直播间评论；把推送地址转到本机端口。",
        "Takes the comments that Douyin's open platform pushes; lead its address to this port.",
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("看不到平台上的删除与封禁", "Deletions and bans there are not seen"),
        Text("昵称可能打码", "Names may be masked"),
        Text("开放平台不能代发评论", "The open platform cannot send replies"),
    )
    Settings: ClassVar[type[Settings]] = DouyinSettings

    settings: DouyinSettings

    def __init__(self, settings: DouyinSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._repeats = RepeatFilter()

    def taken(self, headers: dict[str, str], body: bytes) -> Answer:
        """A message of one kind with several entries."""
        wanted = douyin_mark(headers, body, self.settings.secret)
        given = headers.get("x-signature", "")
        if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
            raise StudioError("denied", "webhooks.forged")
        stamp = headers.get("x-timestamp", "")
        if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 15:
            raise StudioError("denied", "webhooks.forged")
        at_s = int(stamp) / 1000 if len(stamp) > 11 else float(stamp)
        if abs(utc_ms() / 1000 - at_s) > WINDOW_S:
            raise StudioError("denied", "webhooks.stale", minutes=round(WINDOW_S / 60))
        room = self.settings.room.strip()
        if room and headers.get("x-roomid", "") != room:
            return 200, _fine()
        kind = headers.get("x-msg-type")
        if kind in ("live_comment", "live_like"):
            found = decoded(body)
            for entry in objects(found if isinstance(found, list) else [found])[:MOST_ENTRIES]:
                self._entry(entry, is_like=kind == "live_like")
        return 200, _fine()

    def _entry(self, entry: dict[str, Any], *, is_like: bool) -> None:
        id, text = entry.get("msg_id"), entry.get("content")
        if is_like:
            count = str(entry.get("like_num") or "1")
            is_whole = count.isascii() and count.isdecimal() and len(count) < 10
            text = like_text(int(count) if is_whole else 1)
        if not id or not isinstance(text, str) or not text:
            return
        comment = Comment(
            str(id)[:100], text[:MOST_TEXT], str(entry.get("nickname") or "")[:MOST_NAME],
            str(entry.get("sec_openid") or "")[:100], PLATFORM, utc_iso(),
            "like" if is_like else "comment",
        )  # fmt: skip
        self._repeats.pass_on(comment, self._put)


def _fine() -> dict[str, Any]:
    return {"err_no": 0, "err_tips": "success"}
