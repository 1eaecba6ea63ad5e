"""Twitch chat over IRC (dev.twitch.tv, "Chat"): read by anybody, written with a token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from studio.comments.model import Comment, Withdrawn
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.dial import dialled, messages, text_of
from studio.comments.platforms.lines import MOST_NAME, MOST_TEXT
from studio.comments.platforms.repeats import RepeatFilter
from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

ADDRESS = "wss://irc-ws.chat.twitch.tv:443"
NOBODY = "justinfan31415"
"""A name of this form needs no password, and may only read."""
_ESCAPES = {":": ";", "s": " ", "r": "\r", "n": "\n", "\\": "\\"}
PLATFORM = "twitch"


class IrcLine(NamedTuple):
    """A message of IRC with its tags (RFC 1459, IRCv3)."""

    tags: dict[str, str]
    nick: str
    command: str
    words: tuple[str, ...]


def parse_irc(line: str) -> IrcLine:
    """One line as it came, without its end."""
    tags: dict[str, str] = {}
    if line.startswith("@"):
        raw, _, line = line[1:].partition(" ")
        for pair in raw.split(";"):
            name, _, value = pair.partition("=")
            tags[name] = _unescaped(value)
    nick = ""
    line = line.lstrip(" ")
    if line.startswith(":"):
        prefix, _, line = line[1:].partition(" ")
        nick = prefix.partition("!")[0]
    head, has_text, text = line.partition(" :")
    words = head.split()
    if has_text:
        words.append(text)
    command = words.pop(0).upper() if words else ""
    return IrcLine(tags, nick, command, tuple(words))


def _unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    signs, out = iter(value), []
    for sign in signs:
        if sign == "\\":
            after = next(signs, "")
            out.append(_ESCAPES.get(after, after))
        else:
            out.append(sign)
    return "".join(out)


class TwitchSettings(Settings):
    """Settings of a Twitch channel."""

    channel: Annotated[str, setting("频道名", "Channel")] = ""
    login: Annotated[str, setting("回复用的账号（可空）", "Account for replies (may be empty)")] = (
        ""
    )
    token: Annotated[str, setting("访问令牌（可空）", "Access token (may be empty)")] = ""
    url: Annotated[str, setting("服务器", "Server", "address")] = ADDRESS


class TwitchChat(CommentPlatform):
    """Comments, deletions, time-outs and bans of one channel; replies with a token."""

    kind: ClassVar[str] = "twitch"
    label: ClassVar[Text] = Text("Twitch 聊天", "Twitch chat")
    help: ClassVar[Text] = Text(
        "读取频道聊天，不需要账号；有令牌时可以回复。",
        "Reads a channel's chat without an account; with a token it can reply.",
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("断线期间的评论补不回来", "What was said while disconnected does not come back"),
        Text("AutoMod 扣下的评论看不到", "Comments that AutoMod holds are not seen"),
    )
    Settings: ClassVar[type[Settings]] = TwitchSettings

    settings: TwitchSettings

    def __init__(self, settings: TwitchSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._repeats = RepeatFilter()
        self._socket: ClientConnection | None = None
        self._channel = settings.channel.strip().lstrip("#@").lower().rpartition("/")[2]

    @property
    def can_reply(self) -> bool:
        """With an account and its token."""
        return bool(self.settings.token and self.settings.login.strip())

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Reads until the server closes or asks to come again."""
        if not self._channel or not self._channel.replace("_", "").isalnum():
            raise StudioError("invalid", "audience.no_channel", name=self.settings.channel)
        url = self.settings.url.strip()
        told("connecting", "")
        try:
            async with dialled(url) as connection:
                await self._enter(connection)
                self._repeats.reconnected()
                async for message in messages(connection):
                    for line in filter(None, text_of(message).split("\r\n")):
                        await self._take(connection, parse_irc(line), put, told)
        finally:
            self._socket = None
        raise StudioError("unavailable", "audience.closed", url=url)

    async def _enter(self, socket: ClientConnection) -> None:
        await socket.send("CAP REQ :twitch.tv/tags twitch.tv/commands")
        if self.can_reply:
            await socket.send(f"PASS oauth:{_plain(self.settings.token).removeprefix('oauth:')}")
            await socket.send(f"NICK {_plain(self.settings.login).lower()}")
        else:
            await socket.send(f"NICK {NOBODY}")
        await socket.send(f"JOIN #{self._channel}")

    async def reply(self, text: str, to: Comment | None) -> None:
        """Writes into the chat, as an answer to a comment of it."""
        if self._socket is None:
            raise StudioError("unavailable", "audience.not_connected", kind=self.kind)
        tag = ""
        if to is not None and to.platform == PLATFORM:
            tag = f"@reply-parent-msg-id={_plain(to.id)} "
        await self._socket.send(f"{tag}PRIVMSG #{self._channel} :{_plain(text)[:MOST_TEXT]}")

    async def _take(
        self,
        socket: ClientConnection,
        line: IrcLine,
        put: Callable[[Comment], None],
        told: Callable[[str, str], None],
    ) -> None:
        """One line of the server.

        Raises:
            StudioError: unavailable: it asks to come again, or refuses.
        """
        tags = line.tags
        if line.command == "PING":
            await socket.send(f"PONG :{line.words[-1] if line.words else ''}")
        elif line.command in ("ROOMSTATE", "366"):
            self._socket = socket
            told("live", "")
        elif line.command == "PRIVMSG" and len(line.words) >= 2:
            self._say(line, "gift" if tags.get("bits") else "comment", put)
        elif line.command == "USERNOTICE" and tags.get("msg-id") in ("sub", "resub"):
            self._say(line, "follow", put)
        elif line.command == "CLEARMSG" and tags.get("target-msg-id"):
            self.withdraw(Withdrawn(PLATFORM, (tags["target-msg-id"],)))
        elif line.command == "CLEARCHAT" and tags.get("target-user-id"):
            self.withdraw(Withdrawn(PLATFORM, author_id=tags["target-user-id"]))
        elif line.command == "RECONNECT":
            raise StudioError("unavailable", "audience.closed", url=self.settings.url)
        elif line.command == "NOTICE" and line.words and _is_refusal(tags, line.words[-1]):
            raise StudioError(
                "unavailable", "audience.refused", kind=self.kind, why=line.words[-1][:200]
            )

    def _say(self, line: IrcLine, kind: str, put: Callable[[Comment], None]) -> None:
        tags, text = line.tags, line.words[-1] if len(line.words) >= 2 else ""
        if text.startswith("\x01ACTION ") and text.endswith("\x01"):
            text = text[8:-1]
        if not text or not tags.get("id"):
            return
        name = tags.get("display-name") or line.nick or tags.get("login", "")
        comment = Comment(
            tags["id"][:100], text[:MOST_TEXT], name[:MOST_NAME], tags.get("user-id", "")[:100],
            PLATFORM, utc_iso(), kind,
        )  # fmt: skip
        self._repeats.pass_on(comment, put)


def _is_refusal(tags: dict[str, str], text: str) -> bool:
    return tags.get("msg-id", "") in ("msg_channel_suspended", "tos_ban") or text.startswith(
        ("Login authentication failed", "Improperly formatted auth", "Invalid NICK")
    )


def _plain(text: str) -> str:
    """Nothing in it can begin another line of the protocol."""
    return " ".join(text.replace("\0", " ").split())
