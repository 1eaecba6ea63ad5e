"""Twitch chat over EventSub (dev.twitch.tv, "EventSub WebSocket"): what AutoMod holds as well.

One connection for all events; the server says how long it may be silent, and names another address
when it wants us to move. Nothing is missed then: the old connection is read until the new one is
welcomed. What was said while there was none does not come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple
from urllib.parse import quote, urlsplit

from studio.comments.model import Comment, PlatformDecision, Withdrawn
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.dial import FeedTurns, dialled, text_of
from studio.comments.platforms.fields import as_object, decoded, inner, objects
from studio.comments.platforms.lines import MOST_NAME, MOST_TEXT
from studio.comments.platforms.repeats import RepeatFilter
from studio.comments.platforms.twitch import PLATFORM
from studio.comments.platforms.web import WebAnswer, ask
from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

ADDRESS = "wss://eventsub.wss.twitch.tv/ws"
API = "https://api.twitch.tv/helix"
KEEPALIVE_S = 10
"""The shortest silence that can be asked for: a far end that is half open is seen within 15 s."""
GRACE_S = 3.0
WELCOME_S = 10.0
DRAIN_S = 0.3
MOST_HELD = 2000
CHAT = "channel.chat.message"
DELETED = "channel.chat.message_delete"
CLEARED = "channel.chat.clear_user_messages"
HELD = "automod.message.hold"
SETTLED = "automod.message.update"
SUBSCRIPTIONS: tuple[tuple[str, str, str], ...] = (
    (CHAT, "1", "user_id"),
    (DELETED, "1", "user_id"),
    (CLEARED, "1", "user_id"),
    (HELD, "2", "moderator_user_id"),
    (SETTLED, "2", "moderator_user_id"),
)
"""Type, version, and how its condition names us beside the channel."""
NEEDED = CHAT


class Session(NamedTuple):
    """What a connection is welcomed with."""

    id: str
    silent_s: float


class TwitchEventsSettings(Settings):
    """Settings of a Twitch channel over EventSub."""

    channel: Annotated[str, setting("频道名", "Channel")] = ""
    client_id: Annotated[str, setting("应用 Client ID", "Client ID of the app")] = ""
    token: Annotated[
        str,
        setting(
            "访问令牌（user:read:chat、user:write:chat、moderator:manage:automod）",
            "User access token (user:read:chat, user:write:chat, moderator:manage:automod)",
        ),
    ] = ""
    url: Annotated[str, setting("服务器", "Server", "address")] = ADDRESS
    api: Annotated[str, setting("接口地址", "Address of the API", "address")] = API


class TwitchEvents(CommentPlatform):
    """Comments, deletions, time-outs and what AutoMod holds; replies, and decides its holds."""

    kind: ClassVar[str] = "twitch_eventsub"
    label: ClassVar[Text] = Text(
        "Twitch（EventSub，含 AutoMod）", "Twitch (EventSub, with AutoMod)"
    )
    help: ClassVar[Text] = Text(
        "用应用和令牌读取聊天；AutoMod 扣下的也进来，可在这里放行或拒绝。与“Twitch 聊天”二选一。",
        "Reads a channel's chat with an app and a token; what AutoMod holds comes too and is "
        "decided here. Take either this or Twitch chat, not both.",
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("断线期间的评论补不回来", "What was said while disconnected does not come back"),
    )
    Settings: ClassVar[type[Settings]] = TwitchEventsSettings

    settings: TwitchEventsSettings

    def __init__(self, settings: TwitchEventsSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._repeats = RepeatFilter()
        self._channel = settings.channel.strip().lstrip("#@").lower().rpartition("/")[2]
        self._me = self._room = ""
        self._held: OrderedDict[str, None] = OrderedDict()
        self._unseen: list[str] = []

    @property
    def can_reply(self) -> bool:
        """Its token may write."""
        return bool(self.settings.token and self.settings.client_id)

    @property
    def can_settle(self) -> bool:
        """What AutoMod holds may be decided here."""
        return self.can_reply

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Reads until the connection is lost; moves to another address when it is asked to."""
        if not self._channel or not self._channel.replace("_", "").isalnum():
            raise StudioError("invalid", "audience.no_channel", name=self.settings.channel)
        if not self.can_reply:
            raise StudioError("invalid", "audience.no_key", kind=self.kind)
        told("connecting", "")
        self._me = await self._user("")
        self._room = await self._user(self._channel)
        url = self.settings.url.strip()
        mark = "&" if urlsplit(url).query else "?"
        held = contextlib.AsyncExitStack()
        try:
            connection = await held.enter_async_context(
                dialled(f"{url}{mark}keepalive_timeout_seconds={KEEPALIVE_S}", url, ping_s=None)
            )
            session = await self._welcomed(connection)
            await self._subscribe(session.id)
            self._repeats.reconnected()
            told("live", self._missing())
            while True:
                moved = await self._read(connection, session.silent_s, put)
                newer = contextlib.AsyncExitStack()
                try:
                    to = await newer.enter_async_context(dialled(moved, url, ping_s=None))
                    session = await self._welcomed(to)
                    await self._drain(connection, put)
                except BaseException:
                    await newer.aclose()
                    raise
                await held.aclose()
                held, connection = newer, to
        finally:
            await held.aclose()

    async def reply(self, text: str, to: Comment | None) -> None:
        """Writes into the chat, as an answer to a comment of it."""
        data = {"broadcaster_id": self._room, "sender_id": self._me, "message": text[:MOST_TEXT]}
        if to is not None and to.platform == PLATFORM:
            data["reply_parent_message_id"] = to.id
        answer = await self._ask("POST", "chat/messages", data)
        sent = next(iter(objects(as_object(decoded(answer.body)).get("data"))), {})
        if answer.status != 200 or sent.get("is_sent") is False:
            why = str(inner(sent, "drop_reason").get("message") or _why(answer))
            raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why[:200])

    async def settle(self, comment: Comment, *, is_allowed: bool) -> None:
        """Lets through or refuses what AutoMod holds."""
        data = {
            "user_id": self._me, "msg_id": comment.id, "action": "ALLOW" if is_allowed else "DENY",
        }  # fmt: skip
        answer = await self._ask("POST", "moderation/automod/message", data)
        if answer.status != 204:
            why = _why(answer)
            raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why)

    # -- asking --------------------------------------------------------------------------------

    async def _ask(self, method: str, what: str, data: dict[str, Any] | None = None) -> WebAnswer:
        headers = {
            "Authorization": f"Bearer {self.settings.token.strip().removeprefix('oauth:')}",
            "Client-Id": self.settings.client_id.strip(),
            "Content-Type": "application/json",
        }
        body = None if data is None else json.dumps(data).encode()
        return await ask(method, f"{self.settings.api.strip().rstrip('/')}/{what}", body, headers)

    async def _user(self, login: str) -> str:
        """The number of a user, "" for the token's own."""
        answer = await self._ask("GET", f"users?login={quote(login)}" if login else "users")
        found = next(iter(objects(as_object(decoded(answer.body)).get("data"))), {})
        if answer.status != 200:
            why = _why(answer)
            raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why)
        if not found.get("id"):
            raise StudioError("invalid", "audience.no_channel", name=login)
        return str(found["id"])

    async def _subscribe(self, session: str) -> None:
        """Asks for every kind of event; without AutoMod's the chat still comes."""
        self._unseen = []
        for name, version, us in SUBSCRIPTIONS:
            answer = await self._ask("POST", "eventsub/subscriptions", {
                "type": name, "version": version,
                "condition": {"broadcaster_user_id": self._room, us: self._me},
                "transport": {"method": "websocket", "session_id": session},
            })  # fmt: skip
            if answer.status in (202, 409):
                continue
            if name == NEEDED or answer.status == 401:
                why = _why(answer)
                raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why)
            self._unseen.append(f"{name} ({answer.status})")

    def _missing(self) -> str:
        return "" if not self._unseen else StudioError(
            "unavailable", "audience.not_subscribed", names=", ".join(self._unseen)
        ).in_language()  # fmt: skip

    # -- reading -------------------------------------------------------------------------------

    async def _next(self, connection: ClientConnection, within_s: float) -> dict[str, Any]:
        """The next message.

        Raises:
            StudioError: unavailable: silence, or the far end has closed.
        """
        from websockets.exceptions import ConnectionClosed

        url = self.settings.url
        try:
            async with asyncio.timeout(within_s):
                return as_object(decoded(text_of(await connection.recv())))
        except TimeoutError:
            why = f"{within_s:.0f} s"
            raise StudioError("unavailable", "audience.silent", url=url, why=why) from None
        except ConnectionClosed:
            raise StudioError("unavailable", "audience.closed", url=url) from None

    async def _welcomed(self, connection: ClientConnection) -> Session:
        for _ in range(20):
            message = await self._next(connection, WELCOME_S)
            if _type_of(message) == "session_welcome":
                session = inner(inner(message, "payload"), "session")
                silent = session.get("keepalive_timeout_seconds")
                silent_s = float(silent) if isinstance(silent, int | float) else KEEPALIVE_S
                return Session(str(session.get("id", "")), min(600.0, silent_s) + GRACE_S)
        raise StudioError("unavailable", "audience.silent", url=self.settings.url, why="no welcome")

    async def _read(
        self, connection: ClientConnection, silent_s: float, put: Callable[[Comment], None]
    ) -> str:
        """Takes events until the server asks to move; the address to move to.

        Raises:
            StudioError: unavailable: lost, silent, or the token was revoked.
        """
        turns = FeedTurns()
        while True:
            await turns.next()
            message = await self._next(connection, silent_s)
            kind = _type_of(message)
            payload = inner(message, "payload")
            if kind == "session_reconnect":
                moved = str(inner(payload, "session").get("reconnect_url") or "")
                if moved.startswith(("ws://", "wss://")):
                    return moved
                raise StudioError("unavailable", "audience.closed", url=self.settings.url)
            if kind == "revocation":
                why = str(inner(payload, "subscription").get("status") or "revoked")[:200]
                raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why)
            if kind == "notification":
                self._take(message, put)

    async def _drain(self, connection: ClientConnection, put: Callable[[Comment], None]) -> None:
        """What still stands in the old connection, once the new one is welcomed."""
        with contextlib.suppress(StudioError):
            while True:
                message = await self._next(connection, DRAIN_S)
                if _type_of(message) == "notification":
                    self._take(message, put)

    def _take(self, message: dict[str, Any], put: Callable[[Comment], None]) -> None:
        what = inner(message, "metadata").get("subscription_type")
        event = inner(inner(message, "payload"), "event")
        id = str(event.get("message_id") or "")[:100]
        if what == CHAT and id:
            if id in self._held:
                self._decided(id, is_allowed=True)
            else:
                kind = "gift" if inner(event, "cheer").get("bits") else "comment"
                self._say(event, id, "chatter_user", kind, "", put)
        elif what == DELETED and id:
            self.withdraw(Withdrawn(PLATFORM, (id,)))
        elif what == CLEARED and event.get("target_user_id"):
            self.withdraw(Withdrawn(PLATFORM, author_id=str(event["target_user_id"])))
        elif what == HELD and id:
            self._held[id] = None
            if len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
            self._say(event, id, "user", "comment", _objection(event), put)
        elif what == SETTLED and id:
            is_allowed = str(event.get("status", "")).lower() == "approved"
            if id in self._held:
                self._decided(id, is_allowed=is_allowed)
            elif is_allowed:  # it was held before we came
                self._say(event, id, "user", "comment", "", put)

    def _decided(self, id: str, *, is_allowed: bool) -> None:
        del self._held[id]
        self.decided(PlatformDecision(PLATFORM, id, is_allowed))

    def _say(
        self, event: dict[str, Any], id: str, who: str, kind: str, hold: str,
        put: Callable[[Comment], None],
    ) -> None:  # fmt: skip
        words = event.get("message")
        text = words if isinstance(words, str) else str(as_object(words).get("text") or "")
        if not text:
            return
        name = str(event.get(f"{who}_name") or event.get(f"{who}_login") or "")
        comment = Comment(
            id, text[:MOST_TEXT], name[:MOST_NAME], str(event.get(f"{who}_id") or "")[:100],
            PLATFORM, utc_iso(), kind, hold,
        )  # fmt: skip
        self._repeats.pass_on(comment, put)


def _objection(event: dict[str, Any]) -> str:
    """What AutoMod or the channel's own words object to."""
    if event.get("reason") == "blocked_term":
        return "AutoMod: blocked term"
    found = inner(event, "automod") or event
    return f"AutoMod: {found.get('category') or '?'} {found.get('level') or ''}".strip()[:100]


def _type_of(message: dict[str, Any]) -> str:
    return str(inner(message, "metadata").get("message_type") or "")


def _why(answer: WebAnswer) -> str:
    said = as_object(decoded(answer.body)).get("message") or ""
    return f"{answer.status} {said}".strip()[:200]
