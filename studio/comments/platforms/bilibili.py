"""Bilibili's open platform for live rooms (open-live.bilibili.com/document).

A signed start gives a room's long connection; frames on it have a header of 16 bytes, and may be
packed with zlib or Brotli. The start lives on heartbeats, and ends with a signed end.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import struct
import zlib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from studio.comments.likes import like_text
from studio.comments.model import Comment, Withdrawn
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.dial import dialled, messages
from studio.comments.platforms.fields import as_object, decoded, inner
from studio.comments.platforms.lines import MOST_NAME, MOST_TEXT
from studio.comments.platforms.repeats import RepeatFilter
from studio.comments.platforms.web import ask
from studio.core.clock import utc_iso, utc_ms
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

ADDRESS = "https://live-open.biliapi.com"
PLATFORM = "bilibili"
HEAD = struct.Struct(">IHHII")
MOST_FRAME = 2 * 1024 * 1024
MOST_UNPACKED = 8 * 1024 * 1024
MOST_PACKETS = 10_000
SOCKET_BEAT_S = 8.0
SILENT_S = 14.0
"""No answer to a heartbeat for so long: the connection is half open."""
GAME_BEAT_S = 20.0
OP_BEAT, OP_BEAT_ANSWER, OP_MESSAGE, OP_AUTH, OP_AUTH_ANSWER = 2, 3, 5, 7, 8
ZLIB, BROTLI = 2, 3


class Packet(NamedTuple):
    """One message of the long connection."""

    operation: int
    body: bytes


def packed(operation: int, body: bytes = b"") -> bytes:
    """A message as it is sent."""
    return HEAD.pack(HEAD.size + len(body), HEAD.size, 1, operation, 1) + body


def packets(data: bytes, depth: int = 0) -> Iterator[Packet]:
    """The messages of a frame, unpacked.

    Raises:
        ValueError: not this protocol, or more than may be unpacked.
    """
    at = count = 0
    while at < len(data):
        count += 1
        if len(data) - at < HEAD.size or count > MOST_PACKETS:
            raise ValueError("a frame that is not whole")
        length, head, version, operation, _ = HEAD.unpack_from(data, at)
        if not HEAD.size <= head <= length <= len(data) - at:
            raise ValueError("a frame with a wrong length")
        body = data[at + head : at + length]
        at += length
        if version in (ZLIB, BROTLI) and operation == OP_MESSAGE:
            if depth:
                raise ValueError("a frame packed twice")
            yield from packets(_unpacked(version, body), depth + 1)
        else:
            yield Packet(operation, body)


def _unpacked(version: int, body: bytes) -> bytes:
    if version == ZLIB:
        stream = zlib.decompressobj()
        try:
            found = stream.decompress(body, MOST_UNPACKED)
        except zlib.error as error:
            raise ValueError(str(error)) from None
        if stream.unconsumed_tail or not stream.eof:
            raise ValueError("a frame that unpacks to too much, or is cut off")
        return found
    import brotli

    unpacker = brotli.Decompressor()
    try:
        found = unpacker.process(body, output_buffer_limit=MOST_UNPACKED)
    except brotli.error as error:
        raise ValueError(str(error)) from None
    if not unpacker.is_finished():
        raise ValueError("a frame that unpacks to too much, or is cut off")
    return bytes(found)


def signed(
    access_id: str, access_secret: str, body: bytes, now_s: int, nonce: str
) -> dict[str, str]:
    """The headers of a request.

    Args:
        now_s: seconds since 1970.
        nonce: another one each time.
    """
    headers = {
        "x-bili-accesskeyid": access_id,
        "x-bili-content-md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": nonce,
        "x-bili-signature-version": "1.0",
        "x-bili-timestamp": str(now_s),
    }
    text = "\n".join(f"{name}:{headers[name]}" for name in sorted(headers))
    mark = hmac.new(access_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {**headers, "Authorization": mark, "Content-Type": "application/json"}


class BilibiliSettings(Settings):
    """Settings of a room on the open platform."""

    app_id: Annotated[str, setting("项目 ID", "App id")] = ""
    access_id: Annotated[str, setting("access_key_id（访问 ID）", "access_key_id")] = ""
    access_secret: Annotated[str, setting("access_key_secret（访问密钥）", "access_key_secret")] = (
        ""
    )
    identity_key: Annotated[str, setting("主播身份码", "The streamer's identity code")] = ""
    url: Annotated[str, setting("服务器", "Server", "address")] = ADDRESS


class BilibiliRoom(CommentPlatform):
    """Comments, Super Chats and their deletion of one room."""

    kind: ClassVar[str] = "bilibili"
    label: ClassVar[Text] = Text("B站弹幕（开放平台）", "Bilibili comments (open platform)")
    help: ClassVar[Text] = Text(
        "用开放平台的项目与主播身份码读取弹幕。",
        "Reads a room's comments with an app of the open platform and the streamer's code.",
    )
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("断线期间的弹幕补不回来", "What was said while disconnected does not come back"),
        Text("看不到普通弹幕的删除与封禁", "Deletions of usual comments and bans are not seen"),
        Text("开放平台不能代发弹幕", "The open platform cannot send replies"),
    )
    Settings: ClassVar[type[Settings]] = BilibiliSettings

    settings: BilibiliSettings

    def __init__(self, settings: BilibiliSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self._repeats = RepeatFilter()
        self._heard_s = 0.0

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Starts, reads, ends; started again after the platform has ended the interaction."""
        settings = self.settings
        keys = (settings.access_id, settings.access_secret, settings.identity_key)
        app = settings.app_id.strip()
        if not all(keys) or not (app.isascii() and app.isdecimal()):
            raise StudioError("invalid", "audience.no_key", kind=self.kind)
        told("connecting", "")
        begun = await self._ask("start", {"code": settings.identity_key, "app_id": int(app)})
        game = str(inner(begun, "game_info").get("game_id") or "")
        try:
            await self._listen(game, inner(begun, "websocket_info"), put, told)
        finally:
            if game:
                with contextlib.suppress(StudioError, TimeoutError, asyncio.CancelledError):
                    async with asyncio.timeout(3.0):
                        await self._ask("end", {"app_id": int(app), "game_id": game})

    async def _ask(self, what: str, data: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(data).encode()
        settings = self.settings
        headers = signed(
            settings.access_id, settings.access_secret, body, utc_ms() // 1000,
            secrets.token_hex(16),
        )  # fmt: skip
        url = f"{settings.url.strip().rstrip('/')}/v2/app/{what}"
        answer = await ask("POST", url, body, headers)
        told = as_object(decoded(answer.body))
        if answer.status != 200 or told.get("code") != 0:
            why = f"{told.get('code', answer.status)} {told.get('message', '')}".strip()[:200]
            raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why)
        return inner(told, "data")

    async def _listen(
        self,
        game: str,
        where: dict[str, Any],
        put: Callable[[Comment], None],
        told: Callable[[str, str], None],
    ) -> None:
        links = where.get("wss_link")
        url = str(links[0]) if isinstance(links, list) and links else ""
        if not url.startswith(("ws://", "wss://")):
            why = "no wss_link"
            raise StudioError("unavailable", "audience.refused", kind=self.kind, why=why)
        loop = asyncio.get_running_loop()
        # Its signs of life are its own: it need not answer those of the protocol.
        async with dialled(url, self.settings.url, largest=MOST_FRAME, ping_s=None) as connection:
            await connection.send(packed(OP_AUTH, str(where.get("auth_body", "")).encode()))
            self._heard_s = loop.time()
            self._repeats.reconnected()
            await _first_to_end(
                self._read(connection, put, told),
                self._beat_socket(connection, url),
                self._beat_game(game),
            )
        raise StudioError("unavailable", "audience.closed", url=url)

    async def _beat_socket(self, socket: ClientConnection, url: str) -> None:
        """Says that we are here, and looks whether the far end answers."""
        loop = asyncio.get_running_loop()
        while True:
            await socket.send(packed(OP_BEAT))
            await asyncio.sleep(SOCKET_BEAT_S)
            if loop.time() - self._heard_s > SILENT_S:
                why = f"{SILENT_S:.0f} s"
                raise StudioError("unavailable", "audience.silent", url=url, why=why)

    async def _beat_game(self, game: str) -> None:
        """Without it the platform ends what was started; a refusal begins it anew."""
        while game:
            await asyncio.sleep(GAME_BEAT_S)
            await self._ask("heartbeat", {"game_id": game})

    async def _read(
        self,
        socket: ClientConnection,
        put: Callable[[Comment], None],
        told: Callable[[str, str], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        bad = 0
        async for message in messages(socket):
            self._heard_s = loop.time()
            try:
                found = list(packets(message if isinstance(message, bytes) else message.encode()))
            except ValueError as error:
                bad += 1
                told("live", f"{bad} bad frames, last: {error}")
                continue
            for packet in found:
                if packet.operation == OP_AUTH_ANSWER:
                    code = as_object(decoded(packet.body)).get("code")
                    if code:
                        why = f"auth {code}"
                        raise StudioError(
                            "unavailable", "audience.refused", kind=self.kind, why=why
                        )
                    told("live", "")
                elif packet.operation == OP_MESSAGE:
                    self._take(as_object(decoded(packet.body)), put)

    def _take(self, told: dict[str, Any], put: Callable[[Comment], None]) -> None:
        what, data = told.get("cmd"), inner(told, "data")
        if what == "LIVE_OPEN_PLATFORM_INTERACTION_END":
            raise StudioError("unavailable", "audience.interaction_ended")
        if what == "LIVE_OPEN_PLATFORM_SUPER_CHAT_DEL":
            ids = data.get("message_ids")
            gone = tuple(f"sc-{id}" for id in ids[:1000]) if isinstance(ids, list) else ()
            self.withdraw(Withdrawn(PLATFORM, gone))
            return
        if what == "LIVE_OPEN_PLATFORM_DM":
            id, text, kind = data.get("msg_id"), data.get("msg"), "comment"
        elif what == "LIVE_OPEN_PLATFORM_SUPER_CHAT":
            id, text, kind = f"sc-{data.get('message_id')}", data.get("message"), "gift"
        elif what == "LIVE_OPEN_PLATFORM_LIKE":
            count = data.get("like_count")
            count = count if isinstance(count, int) and 0 < count < 1_000_000 else 1
            id, text, kind = data.get("msg_id"), like_text(count), "like"
        else:
            return
        if not id or not isinstance(text, str) or not text:
            return
        comment = Comment(
            str(id)[:100], text[:MOST_TEXT], str(data.get("uname") or "")[:MOST_NAME],
            str(data.get("open_id") or data.get("uid") or "")[:100], PLATFORM, utc_iso(), kind,
        )  # fmt: skip
        self._repeats.pass_on(comment, put)


async def _first_to_end(*works: Coroutine[Any, Any, None]) -> None:
    """Runs them beside each other until one ends or fails; the others are ended with it."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
