"""Platforms on real servers: what they bring and take back, and how they come back."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from websockets.asyncio.server import ServerConnection, serve

from studio.comments.keeper import CommentQueue
from studio.comments.model import Comment, FeedSpec
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.platforms import bilibili, ninja, sse, twitch, youtube
from studio.comments.platforms.base import CommentFeed, CommentPlatform
from studio.comments.platforms.twitch import parse_irc
from studio.comments.replies import feed_for
from studio.core.errors import StudioError
from tests.unit.comments.servers import bilibili_mark, event_server, web_server

RULES = shipped_rules()
SECRET = "planted-access-secret"


async def soon(check: Callable[[], Any], what: str, seconds: float = 15) -> None:
    """Waits on the loop until it is so."""
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.01)


class Feed:
    """A platform at work, into a real queue."""

    def __init__(self, kind: type[CommentPlatform], **settings: Any) -> None:
        self.told: list[Any] = []
        self.queue = CommentQueue(RULES, self.told.append, lambda: None)
        self.off = 0
        self.queue.take_off = self.taken_off
        platform = kind(kind.decode(settings), Path())
        self.came: list[Comment] = []
        self.feed = CommentFeed(
            FeedSpec("f", kind.kind), platform, self.put, self.queue.take_away,
            make_ready=self.queue.make_ready,
        )  # fmt: skip

    def taken_off(self) -> None:
        self.off += 1

    def put(self, comment: Comment) -> None:
        self.came.append(comment)
        self.queue.put(comment)

    @property
    def texts(self) -> list[str]:
        return [comment.text for comment in self.came]

    async def __aenter__(self) -> Feed:
        self.feed.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.feed.stop()


# --- Twitch -----------------------------------------------------------------------------------


def said(id: str, user: str, text: str, more: str = "") -> str:
    tags = f"@badge-info=;display-name={user.title()};id={id};user-id=9{user}{more}"
    return f"{tags} :{user}!{user}@{user}.tmi.twitch.tv PRIVMSG #coats :{text}\r\n"


def test_a_line_of_irc() -> None:
    line = parse_irc(r"@a=x\s\:y\\z;b= :n!u@h PRIVMSG #c :hello :) there")
    assert line.tags == {"a": "x ;y\\z", "b": ""}
    assert (line.nick, line.command, line.words) == ("n", "PRIVMSG", ("#c", "hello :) there"))
    assert parse_irc("").command == ""
    assert parse_irc("@a").command == ""
    assert parse_irc("PING :tmi").words == ("tmi",)


async def twitch_server(socket: ServerConnection, heard: list[str], lines: list[str]) -> None:
    async for message in socket:
        heard.append(str(message).strip())
        if str(message).startswith("JOIN"):
            await socket.send(
                ":tmi.twitch.tv 001 x :Welcome\r\n@room-id=1 :tmi ROOMSTATE #coats\r\n"
            )
            for line in lines:
                await socket.send(line)


def test_twitch_is_read_without_an_account_and_takes_back_what_it_deletes() -> None:
    heard: list[str] = []
    lines = [
        said("1", "ann", "how much is the coat?") + said("2", "bob", "hello all"),
        said("3", "cat", "\x01ACTION waves\x01") + said("1", "ann", "how much is the coat?"),
        "PING :tmi.twitch.tv\r\n",
        "@login=bob;target-msg-id=2 :tmi.twitch.tv CLEARMSG #coats :hello all\r\n",
        "@ban-duration=60;target-user-id=9cat :tmi.twitch.tv CLEARCHAT #coats :cat\r\n",
        "@x \r\n:\r\n\r\nPRIVMSG\r\n",
    ]

    async def body() -> None:
        async with serve(lambda s: twitch_server(s, heard, lines), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            feed = Feed(twitch.TwitchChat, channel="Coats", url=f"ws://127.0.0.1:{port}")
            async with feed:
                await soon(lambda: len(feed.came) == 3 and feed.feed.withdrawn == 2, "all of it")
                await soon(lambda: len(feed.queue.entries) == 1, "what was deleted is gone")
                assert feed.texts == ["how much is the coat?", "hello all", "waves"]
                assert feed.came[0].who == "twitch/9ann"
                left = [e.comment.text for e in feed.queue.entries.values()]
                assert left == ["how much is the coat?"]
                assert feed.feed.state == "live"
                await soon(lambda: "PONG :tmi.twitch.tv" in heard, "the answer to its ping")
                assert not any(line.startswith("PASS") for line in heard)
                with pytest.raises(StudioError, match=r"twitch"):
                    feed_for(feed.queue.feeds.values(), feed.came[0])

    asyncio.run(body())


def test_twitch_with_a_token_replies_and_nobody_smuggles_a_line() -> None:
    heard: list[str] = []

    async def body() -> None:
        async with serve(
            lambda s: twitch_server(s, heard, [said("1", "ann", "size?")]), "127.0.0.1", 0
        ) as server:
            port = server.sockets[0].getsockname()[1]
            feed = Feed(
                twitch.TwitchChat, channel="coats", login="Shop", token="oauth:abc",
                url=f"ws://127.0.0.1:{port}",
            )  # fmt: skip
            async with feed:
                await soon(lambda: feed.came, "the question")
                await feed.feed.platform.reply("M\r\nJOIN #other", feed.came[0])
                await soon(lambda: any("PRIVMSG" in line for line in heard), "the answer")
        assert "PASS oauth:abc" in heard
        assert "NICK shop" in heard
        assert "@reply-parent-msg-id=1 PRIVMSG #coats :M JOIN #other" in heard

    asyncio.run(body())


def test_twitch_that_closes_or_refuses_is_tried_again_and_says_why() -> None:
    joins = 0

    async def server(socket: ServerConnection) -> None:
        nonlocal joins
        async for message in socket:
            if str(message).startswith("JOIN"):
                joins += 1
                await socket.send(":tmi ROOMSTATE #coats\r\n" + said(f"n{joins}", "ann", "hi"))
                if joins == 1:
                    await socket.send(":tmi.twitch.tv RECONNECT\r\n")
                elif joins == 2:
                    await socket.send(":tmi.twitch.tv NOTICE * :Login authentication failed\r\n")
                else:
                    await socket.send(said("n1", "ann", "hi"))

    async def body() -> None:
        async with serve(server, "127.0.0.1", 0) as at:
            port = at.sockets[0].getsockname()[1]
            feed = Feed(twitch.TwitchChat, channel="coats", url=f"ws://127.0.0.1:{port}")
            states: set[str] = set()
            async with feed:

                def is_back() -> bool:
                    states.add(f"{feed.feed.state} {feed.feed.error}")
                    return joins == 3 and len(feed.came) == 3

                await soon(is_back, "three times joined")
            assert any("Login authentication failed" in state for state in states)

    asyncio.run(body())


@pytest.mark.parametrize("name", ["", "a b", "x\r\ny", "频道!"])
def test_a_channel_that_is_none_is_refused(name: str) -> None:
    async def body() -> None:
        async with Feed(twitch.TwitchChat, channel=name, url="ws://127.0.0.1:1") as feed:
            await soon(lambda: feed.feed.state == "failed", "its refusal")
            assert name.strip() in feed.feed.error

    asyncio.run(body())


# --- YouTube ----------------------------------------------------------------------------------


def message(id: str, text: str, user: str = "u1") -> dict[str, Any]:
    return {
        "id": id,
        "snippet": {"type": "textMessageEvent", "displayMessage": text,
                    "textMessageDetails": {"messageText": text}, "authorChannelId": user},
        "authorDetails": {"channelId": user, "displayName": user.upper()},
    }  # fmt: skip


class YouTube:
    """videos.list and liveChatMessages.list, counting units as Google does."""

    def __init__(self, pages: list[Any]) -> None:
        self.pages, self.units, self.asked = pages, 0, []

    def __call__(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        self.asked.append(path)
        if headers.get("x-goog-api-key") != "planted-key":
            return 403, {"error": {"message": "no key", "errors": [{"reason": "forbidden"}]}}
        if "/videos?" in path:
            self.units += 1
            live = {"activeLiveChatId": "chat/1"}
            return 200, {"items": [{"id": "abcdefghijk", "liveStreamingDetails": live}]}
        self.units += 5
        page = self.pages.pop(0) if self.pages else {"items": []}
        if isinstance(page, tuple):
            return page
        return 200, {"pollingIntervalMillis": 10, "nextPageToken": f"p{self.units}", **page}


def test_youtube_is_read_page_by_page_with_deletions_and_bans() -> None:
    gone = {"id": "d", "snippet": {"type": "messageDeletedEvent",
            "messageDeletedDetails": {"deletedMessageId": "2"}}}  # fmt: skip
    ban = {"id": "b", "snippet": {"type": "userBannedEvent", "userBannedDetails": {
           "bannedUserDetails": {"channelId": "u3"}, "banType": "permanent"}}}  # fmt: skip
    site = YouTube([
        {"items": [message("1", "coat price?"), message("2", "bye", "u2"), 7, {"id": "x"}]},
        (500, b"<html>"),
        {"items": [message("1", "coat price?"), message("3", "spam", "u3"), gone, ban]},
        {"items": [], "offlineAt": "2026-11-29T20:00:00Z"},
    ])  # fmt: skip

    async def body() -> None:
        feed = Feed(
            youtube.YouTubeChat, video="https://youtube.com/watch?v=abcdefghijk&t=1",
            api_key="planted-key", units=1_000_000, url=address,
        )  # fmt: skip
        async with feed:
            await soon(lambda: feed.feed.state == "ended", "the end of the chat")
        assert feed.texts == ["coat price?", "bye", "spam"]
        assert [e.comment.id for e in feed.queue.entries.values()] == ["1"]
        assert feed.feed.withdrawn == 2

    with web_server(site) as address:
        asyncio.run(body())
    assert "planted-key" not in "".join(site.asked)
    resumed = [path for path in site.asked if "pageToken" in path]
    assert resumed[0].endswith("pageToken=p6")
    assert resumed[1].endswith("pageToken=p6"), "after the fault it goes on where it stopped"


def test_youtube_without_units_or_live_says_so_and_asks_no_more() -> None:
    spent = {"error": {"message": "quota", "errors": [{"reason": "quotaExceeded"}]}}
    site = YouTube([{"items": []}, (403, spent)])

    async def body() -> None:
        feed = Feed(
            youtube.YouTubeChat, video="abcdefghijk", api_key="planted-key", units=1_000_000,
            url=address,
        )  # fmt: skip
        async with feed:
            await soon(lambda: "YouTube" in feed.feed.error and "spent" in feed.feed.error, "why")
            asked = len(site.asked)
            before = feed.feed.state
            await soon(lambda: feed.feed.state == "connecting" or before == "failed", "a try")
            assert len(site.asked) == asked

    with web_server(site) as address:
        asyncio.run(body())


@pytest.mark.parametrize(("hours", "units"), [(4.0, 10_000), (12.0, 10_000), (1.0, 300)])
@pytest.mark.parametrize("asked_s", [0.2, 5.0, 12.0])
def test_four_hours_fit_into_the_units_of_a_day(hours: float, units: int, asked_s: float) -> None:
    pace = youtube.QuotaPace(units, hours, 0.0)
    now = 0.0
    pace.spend(youtube.FIND_UNITS)
    while now < hours * 3600:
        pace.spend(youtube.LIST_UNITS)
        now += pace.wait_s(asked_s, now)
    assert pace.left >= 0
    if asked_s < 1:
        assert pace.left < units * 0.05, "what there is is used"


# --- Bilibili ---------------------------------------------------------------------------------


def frame(version: int, body: bytes, operation: int = bilibili.OP_MESSAGE) -> bytes:
    return struct.pack(">IHHII", 16 + len(body), 16, version, operation, 0) + body


def dm(id: str, text: str) -> bytes:
    data = {"msg_id": id, "msg": text, "uname": "小鹿", "open_id": "o1", "room_id": 1}
    return frame(0, json.dumps({"cmd": "LIVE_OPEN_PLATFORM_DM", "data": data}).encode())


@functools.cache
def bad_frames() -> dict[str, bytes]:
    """What no honest server sends; some of it unpacks to 64 MB."""
    pump = zlib.compressobj()
    bomb = b"".join(pump.compress(bytes(1 << 20)) for _ in range(64)) + pump.flush()
    return {
        "cut off": b"x",
        "no zlib": frame(2, b"no zlib"),
        "no Brotli": frame(3, b"\xff" * 9),
        "a zlib bomb": frame(2, bomb),
        "a Brotli bomb": frame(3, brotli.compress(bytes(64 << 20), quality=1)),
        "packed twice": frame(2, zlib.compress(frame(2, zlib.compress(dm("z", "z"))))),
        "a wrong length": struct.pack(">IHHII", 4_000_000, 16, 0, 5, 0),
        "a head longer than all": struct.pack(">IHHII", 16, 60, 0, 5, 0),
        "no length": bytes(16),
    }


@pytest.mark.parametrize("name", bad_frames())
def test_a_frame_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        list(bilibili.packets(bad_frames()[name]))


def test_a_large_honest_frame_is_read_whole() -> None:
    many = b"".join(dm(f"m{number}", "多少钱" * 100) for number in range(3000))
    for version, packed in ((2, zlib.compress(many)), (3, brotli.compress(many, quality=1))):
        assert len(list(bilibili.packets(frame(version, packed)))) == 3000


class Bilibili:
    """start, heartbeat and end with their signatures; the long connection beside it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.games = 0
        self.port = 0
        self.sessions = 0

    def __call__(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        self.calls.append(path.rpartition("/")[2])
        if headers.get("authorization") != bilibili_mark(headers, SECRET):
            return 200, {"code": 4002, "message": "签名错误"}
        if headers["x-bili-content-md5"] != hashlib.md5(body).hexdigest():
            return 200, {"code": 4001, "message": "md5"}
        if not path.endswith("start"):
            return 200, {"code": 0, "data": {}}
        self.games += 1
        where = {"auth_body": f"auth {self.games}", "wss_link": [f"ws://127.0.0.1:{self.port}/sub"]}
        return 200, {"code": 0, "data": {
            "game_info": {"game_id": f"g{self.games}"}, "websocket_info": where,
        }}  # fmt: skip

    async def talk(self, socket: ServerConnection) -> None:
        async for packet in socket:
            assert isinstance(packet, bytes)
            (operation,) = struct.unpack_from(">I", packet, 8)
            if operation == bilibili.OP_BEAT:
                await socket.send(frame(1, b"\0\0\0\1", bilibili.OP_BEAT_ANSWER))
            if operation != bilibili.OP_AUTH:
                continue
            self.sessions += 1
            assert packet[16:] == f"auth {self.sessions}".encode()
            await socket.send(frame(1, b'{"code":0}', bilibili.OP_AUTH_ANSWER))
            if self.sessions > 1:
                await socket.send(dm("a1", "多少钱？") + dm("a9", "回来了"))
                continue
            await socket.send(dm("a1", "多少钱？"))
            await socket.send(frame(2, zlib.compress(dm("a2", "有货吗") + dm("a3", "你好"))))
            await socket.send(frame(3, brotli.compress(dm("a4", "什么面料"))))
            for bad in bad_frames().values():
                await socket.send(bad)
            end = {"cmd": "LIVE_OPEN_PLATFORM_INTERACTION_END", "data": {"game_id": "g1"}}
            await socket.send(frame(0, json.dumps(end).encode()))


def room_at(address: str, secret: str = SECRET) -> Feed:
    """A feed of a room on this server."""
    return Feed(
        bilibili.BilibiliRoom, app_id="16513889", access_id="id", access_secret=secret,
        identity_key="code", url=address,
    )  # fmt: skip


def test_bilibili_starts_signed_reads_packed_frames_and_starts_again() -> None:
    site = Bilibili()

    async def body() -> None:
        async with serve(site.talk, "127.0.0.1", 0) as server:
            site.port = server.sockets[0].getsockname()[1]
            with web_server(site) as address:
                feed = room_at(address)
                async with feed:
                    await soon(lambda: "回来了" in feed.texts, "the second session")
                assert feed.texts == ["多少钱？", "有货吗", "你好", "什么面料", "回来了"]
        assert site.calls.count("start") == 2
        assert site.calls.count("end") == 2, "each start has its end"

    asyncio.run(body())


def test_bilibili_that_refuses_says_what_it_said() -> None:
    site = Bilibili()

    async def body() -> None:
        feed = room_at(address, "another")
        async with feed:
            await soon(lambda: feed.feed.state == "failed", "its refusal")
            assert "签名错误" in feed.feed.error

    with web_server(site) as address:
        asyncio.run(body())


def test_bilibili_that_is_half_open_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bilibili, "SOCKET_BEAT_S", 0.05)
    monkeypatch.setattr(bilibili, "SILENT_S", 0.2)
    site = Bilibili()

    async def deaf(socket: ServerConnection) -> None:
        await socket.recv()
        site.sessions += 1
        await socket.send(frame(1, b'{"code":0}', bilibili.OP_AUTH_ANSWER))
        async for _ in socket:
            pass

    async def body() -> None:
        async with serve(deaf, "127.0.0.1", 0) as server:
            site.port = server.sockets[0].getsockname()[1]
            with web_server(site) as address:
                feed = room_at(address)
                async with feed:
                    await soon(lambda: site.sessions >= 2, "a second connection")

    asyncio.run(body())


# --- Social Stream Ninja ----------------------------------------------------------------------


def test_ninja_brings_all_sites_without_markup_and_answers_on_all() -> None:
    heard: list[str] = []
    entries = [
        {"chatname": "Ann", "chatmessage": "Is <b>this</b> M &amp; warm? <img src='x' alt='🙂'>",
         "type": "tiktok", "id": 5, "userid": "a"},
        {"chatname": "Bob", "chatmessage": "<script>alert(1)</script>", "type": "kick", "id": 5},
        {"chatname": "Ann", "chatmessage": "Is <b>this</b> M", "type": "tiktok", "id": 5,
         "userid": "a"},
        {"action": "clear"}, 3, {"chatname": "Cat", "chatmessage": "", "contentimg": "x.png"},
    ]  # fmt: skip

    async def server(socket: ServerConnection) -> None:
        assert socket.request is not None
        assert socket.request.path == "/join/abc123/4/1"
        await socket.send("garbage")
        for entry in entries:
            await socket.send(json.dumps(entry))
        async for message in socket:
            heard.append(str(message))

    async def body() -> None:
        async with serve(server, "127.0.0.1", 0) as at:
            port = at.sockets[0].getsockname()[1]
            feed = Feed(
                ninja.SocialStream, session_key="abc123", can_send=True,
                url=f"ws://127.0.0.1:{port}",
            )  # fmt: skip
            async with feed:
                await soon(lambda: len(feed.came) == 2, "two comments")
                assert feed.texts == ["Is this M & warm? 🙂", "alert(1)"]
                assert [comment.platform for comment in feed.came] == ["tiktok", "kick"]
                await feed.feed.platform.reply("yes\nM", feed.came[0])
                await soon(lambda: heard, "the answer")
        assert json.loads(heard[0]) == {"action": "sendChat", "value": "@Ann yes M"}

    asyncio.run(body())


def test_ninja_that_cannot_be_reached_does_not_tell_the_session() -> None:
    async def body() -> None:
        url = "ws://127.0.0.1:9"
        async with Feed(ninja.SocialStream, session_key="plantedsession", url=url) as feed:
            await soon(lambda: feed.feed.state == "failed", "its failure")
            assert url in feed.feed.error
            assert "plantedsession" not in feed.feed.error

    asyncio.run(body())


# --- server-sent events -----------------------------------------------------------------------


def test_events_are_resumed_by_their_id_and_none_comes_twice() -> None:
    asked: list[str] = []
    over = threading.Event()

    def write(headers: dict[str, str], say: Callable[[str], None]) -> None:
        asked.append(headers.get("last-event-id", ""))
        if len(asked) == 1:
            say(': hello\n\nid: 1\ndata: {"id": "a", "text": "coat?"}\n\n')
            say('id: 2\ndata: no json\ndata: {"id": "b", "text": "hat?"}\n\n')
            say('id: 3\ndata: {"id": "lost", "text": "cut')
            return
        say('id: 2\r\ndata: {"id": "b", "text": "hat?"}\r\n\r\n')
        say('id: 3\r\ndata:{"id": "c", "text": "bag?"}\r\n\r\n')
        over.wait(20)

    async def body() -> None:
        feed = Feed(sse.EventStreamFeed, url=address + "/events?room=1", platform="shop")
        async with feed:
            await soon(lambda: "bag?" in feed.texts, "what was missing")
            assert feed.texts == ["coat?", "hat?", "bag?"]
            assert feed.feed.state == "live"

    with event_server(write) as address:
        try:
            asyncio.run(body())
        finally:
            over.set()
    assert asked[:2] == ["", "2"]


def test_a_page_that_is_no_stream_says_so() -> None:
    async def body() -> None:
        async with Feed(sse.EventStreamFeed, url=address) as feed:
            await soon(lambda: feed.feed.state == "failed", "its refusal")
            assert "application/json" in feed.feed.error
        async with Feed(sse.EventStreamFeed, url="ftp://x/") as other:
            await soon(lambda: other.feed.state == "failed", "its refusal")
            assert "http" in other.feed.error

    with web_server(lambda *_: (200, {})) as address:
        asyncio.run(body())
