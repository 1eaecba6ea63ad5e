"""Twitch over EventSub on a real server: chat, AutoMod's holds both ways, moves, silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from studio.comments.events import CommentModerated, HoldNotSettled
from studio.comments.keeper import CommentQueue
from studio.comments.model import FeedSpec
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.outside import OutsideDecisions
from studio.comments.platforms import twitch_events
from studio.comments.platforms.base import CommentFeed
from studio.core.errors import StudioError
from tests.unit.comments.servers import web_server
from tests.unit.comments.test_platforms import soon

ROOM, ME = "1971641", "2914196"


def notice(kind: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        "metadata": {
            "message_id": f"m-{event.get('message_id')}", "message_type": "notification",
            "subscription_type": kind,
        },
        "payload": {"subscription": {"type": kind, "status": "enabled"}, "event": event},
    }  # fmt: skip


def said(id: str, text: str, who: str = "viptest", **more: Any) -> dict[str, Any]:
    return notice("channel.chat.message", {
        "broadcaster_user_id": ROOM, "chatter_user_id": f"9{who}", "chatter_user_login": who,
        "chatter_user_name": who, "message_id": id, "message": {"text": text, "fragments": []},
        "message_type": "text", **more,
    })  # fmt: skip


def held(id: str, text: str) -> dict[str, Any]:
    return notice("automod.message.hold", {
        "broadcaster_user_id": ROOM, "user_id": "42", "user_login": "doubt", "user_name": "Doubt",
        "message_id": id, "message": {"text": text, "fragments": []}, "reason": "automod",
        "automod": {"category": "aggressive", "level": 2, "boundaries": []}, "blocked_term": None,
        "held_at": "2026-11-30T12:00:00Z",
    })  # fmt: skip


def settled(id: str, text: str, status: str) -> dict[str, Any]:
    event = held(id, text)["payload"]["event"]
    return notice("automod.message.update", {**event, "status": status, "moderator_user_id": "7"})


class Twitch:
    """The API and the socket, as their documentation has them."""

    def __init__(self, **answers: int) -> None:
        self.answers, self.asked = answers, []
        self.sockets: list[ServerConnection] = []
        self.paths: list[str] = []
        self.keepalive_s = 10
        self.is_welcoming = True

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        assert headers["authorization"] == "Bearer t0ken"
        assert headers["client-id"] == "app"
        what = path.removeprefix("/helix/").partition("?")[0]
        data = json.loads(body) if body else {}
        self.asked.append((what, data))
        if path == "/helix/users":
            return 200, {"data": [{"id": ME, "login": "desk"}]}
        if path == "/helix/users?login=shop":
            return 200, {"data": [{"id": ROOM, "login": "shop"}]}
        if what == "eventsub/subscriptions":
            return self.answers.get(data["type"], 202), {"data": [], "message": "no scope"}
        if what == "chat/messages":
            return 200, {"data": [{"message_id": "x", "is_sent": True}]}
        if what == "moderation/automod/message":
            return self.answers.get("settle", 204), b""
        return 404, {}

    async def serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.paths.append(socket.request.path)
        self.sockets.append(socket)
        if self.is_welcoming:
            await socket.send(json.dumps({
                "metadata": {"message_id": "w", "message_type": "session_welcome"},
                "payload": {"session": {
                    "id": f"s{len(self.sockets)}", "status": "connected",
                    "keepalive_timeout_seconds": self.keepalive_s, "reconnect_url": None,
                }},
            }))  # fmt: skip
        await socket.wait_closed()

    async def send(self, message: dict[str, Any], socket: int = -1) -> None:
        await self.sockets[socket].send(json.dumps(message))

    def of(self, what: str) -> list[dict[str, Any]]:
        return [data for name, data in self.asked if name == what]


class Room:
    """The feed at work, into a real queue that tells platforms what is decided."""

    def __init__(self, api: str, url: str, **settings: Any) -> None:
        self.told: list[Any] = []
        self.queue = CommentQueue(shipped_rules(), self.told.append, lambda: None)
        self.outside = OutsideDecisions(self.queue, self.told.append, lambda: None)
        self.queue.outside = self.outside
        kind = twitch_events.TwitchEvents
        given = {"channel": "Shop", "client_id": "app", "token": "t0ken", "url": url,
                 "api": f"{api}/helix", **settings}  # fmt: skip
        self.platform = kind(kind.decode(given), Path())
        self.feed = CommentFeed(
            FeedSpec("f", kind.kind), self.platform, self.queue.put, self.queue.take_away,
            make_ready=self.queue.make_ready, decided=self.outside.take,
        )  # fmt: skip
        self.queue.feeds["f"] = self.feed

    def state(self, id: str) -> str:
        entry = self.queue.rings.get(id)
        return entry.state if entry is not None else ""

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]


@contextmanager
def api_of(twitch: Twitch) -> Iterator[str]:
    with web_server(twitch.answer) as address:
        yield address


@asynccontextmanager
async def room_on(twitch: Twitch, **settings: Any) -> Any:
    with api_of(twitch) as api:
        async with serve(twitch.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            room = Room(api, f"ws://127.0.0.1:{port}/ws", **settings)
            room.feed.start()
            try:
                yield room
            finally:
                await room.outside.stop()
                await room.feed.stop()


def test_chat_comes_and_what_is_deleted_goes() -> None:
    async def story() -> None:
        twitch = Twitch()
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live", "live")
            assert twitch.paths == ["/ws?keepalive_timeout_seconds=10"]
            kinds = [data["type"] for data in twitch.of("eventsub/subscriptions")]
            assert kinds == [name for name, _, _ in twitch_events.SUBSCRIPTIONS]
            first = twitch.of("eventsub/subscriptions")[0]
            assert first["condition"] == {"broadcaster_user_id": ROOM, "user_id": ME}
            assert first["transport"] == {"method": "websocket", "session_id": "s1"}
            await twitch.send(said("a", "what size is this coat?"))
            await twitch.send(said("a", "what size is this coat?"))
            await twitch.send(said("b", "Cheer100 lovely", cheer={"bits": 100}))
            await twitch.send(said("c", "nice colour", "other"))
            await soon(lambda: room.state("c"), "three comments")
            assert room.feed.count == 3, "the same message twice is one"
            entry = room.queue.get("b")
            assert (entry.comment.kind, entry.comment.who) == ("gift", "twitch/9viptest")
            gone = {"message_id": "a", "target_user_id": "9viptest"}
            await twitch.send(notice("channel.chat.message_delete", gone))
            await soon(lambda: not room.state("a"), "the deletion")
            await twitch.send(notice("channel.chat.clear_user_messages",
                                     {"target_user_id": "9other"}))  # fmt: skip
            await soon(lambda: not room.state("c"), "the time-out")
            await room.platform.reply("M fits", room.queue.get("b").comment)
            assert twitch.of("chat/messages") == [{
                "broadcaster_id": ROOM, "sender_id": ME, "message": "M fits",
                "reply_parent_message_id": "b",
            }]  # fmt: skip

    asyncio.run(story())


def test_what_automod_holds_is_decided_here_and_there() -> None:
    async def story() -> None:
        twitch = Twitch()
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live", "live")
            for id in "abcd":
                await twitch.send(held(id, f"you lot are daft, {id}"))
            await soon(lambda: room.state("d") == "held", "what AutoMod holds")
            why = room.queue.get("a").verdict
            assert (why.stage, why.why.en) == (
                "platform", "Held by its platform: AutoMod: aggressive 2"
            )  # fmt: skip
            room.queue.decide(room.queue.get("a"), "released")
            room.queue.decide(room.queue.get("b"), "blocked")
            await soon(lambda: len(twitch.of("moderation/automod/message")) == 2, "both told")
            assert twitch.of("moderation/automod/message") == [
                {"user_id": ME, "msg_id": "a", "action": "ALLOW"},
                {"user_id": ME, "msg_id": "b", "action": "DENY"},
            ]
            await twitch.send(settled("a", "you lot are daft, a", "Approved"))
            await twitch.send(settled("c", "you lot are daft, c", "Approved"))
            await twitch.send(settled("d", "you lot are daft, d", "Denied"))
            await soon(lambda: room.state("d") == "blocked", "what was decided there")
            assert [room.state(id) for id in "abcd"] == [
                "released", "blocked", "released", "blocked"
            ]  # fmt: skip
            assert room.queue.get("c").decider == "twitch"
            assert [event.comment for event in room.of(CommentModerated)] == ["c", "d"]
            assert len(twitch.of("moderation/automod/message")) == 2, "nothing is told back"
            await twitch.send(said("c", "you lot are daft, c", "doubt"))
            await twitch.send(said("e", "hello there"))
            await soon(lambda: room.state("e"), "the next one")
            assert room.queue.get("c").count == 1, "what was let through is not there twice"
            await twitch.send(settled("z", "was held before we came", "Approved"))
            await soon(lambda: room.state("z") == "allowed", "one that was let through there")

    asyncio.run(story())


def test_one_decision_is_told_for_all_that_mean_the_same() -> None:
    async def story() -> None:
        twitch = Twitch()
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live", "live")
            for id in "ab":
                await twitch.send(held(id, "you lot are daft"))
            await soon(lambda: room.feed.count == 2, "both")
            row = room.queue.get("b")
            assert (row.comment.id, row.count) == ("a", 2)
            room.queue.decide(row, "released")
            await twitch.send(held("c", "you lot are daft"))
            asked = twitch.of
            await soon(lambda: len(asked("moderation/automod/message")) == 3, "all three told")
            ids = [data["msg_id"] for data in asked("moderation/automod/message")]
            assert ids == ["a", "b", "c"]

    asyncio.run(story())


def test_a_decision_that_is_not_taken_is_told() -> None:
    async def story() -> None:
        twitch = Twitch(settle=403)
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live", "live")
            await twitch.send(held("a", "you lot are daft"))
            await soon(lambda: room.state("a") == "held", "what AutoMod holds")
            room.queue.decide(room.queue.get("a"), "released")
            await soon(lambda: room.of(HoldNotSettled), "that it was not taken")
            assert room.state("a") == "released"

    asyncio.run(story())


def test_a_move_loses_nothing() -> None:
    async def story() -> None:
        twitch = Twitch()
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live", "live")
            where = room.platform.settings.url
            await twitch.send({
                "metadata": {"message_type": "session_reconnect"},
                "payload": {"session": {"id": "s1", "reconnect_url": f"{where}?moved=1"}},
            })  # fmt: skip
            await soon(lambda: len(twitch.sockets) == 2, "the new connection")
            await twitch.send(said("late", "still in the old one"), socket=0)
            await soon(lambda: room.state("late"), "what stood in the old one")
            await twitch.send(said("new", "in the new one"))
            await soon(lambda: room.state("new"), "the new one")
            assert twitch.paths[1] == "/ws?moved=1"
            assert len(twitch.of("eventsub/subscriptions")) == 5, "they move along"

    asyncio.run(story())


def test_silence_and_a_close_begin_anew() -> None:
    async def story() -> None:
        twitch = Twitch()
        twitch.keepalive_s = 0
        async with room_on(twitch) as room:
            await soon(lambda: len(twitch.sockets) == 2, "a second connection after 3 s of silence")
            await soon(lambda: room.feed.state == "live", "live again")
            await twitch.sockets[-1].close()
            await soon(lambda: len(twitch.sockets) == 3, "a third one")

    asyncio.run(story())


def test_without_the_scope_of_automod_the_chat_still_comes() -> None:
    async def story() -> None:
        twitch = Twitch(**{"automod.message.hold": 403, "automod.message.update": 403})
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live" and room.feed.error, "live, and told")
            assert "automod.message.hold (403)" in room.feed.error
            await twitch.send(said("a", "nice colour"))
            await soon(lambda: room.state("a"), "the chat")

    asyncio.run(story())


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"channel": ""}, "audience.no_channel"),
        ({"token": ""}, "audience.no_key"),
        ({"client_id": ""}, "audience.no_key"),
        ({"channel": "nobody"}, "audience.refused"),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, Any], key: str) -> None:
    async def story() -> None:
        twitch = Twitch()
        with api_of(twitch) as api:
            room = Room(api, "ws://127.0.0.1:9/ws", **settings)
            with pytest.raises(StudioError) as error:
                await room.platform.run(room.queue.put, lambda state, detail: None)
            assert error.value.key == key

    asyncio.run(story())


@pytest.mark.parametrize("seed", range(3))
def test_garbage_ends_nothing(seed: int) -> None:
    import random

    draw = random.Random(seed)

    def junk(depth: int = 0) -> Any:
        kind = draw.randrange(6 if depth < 3 else 4)
        if kind == 4:
            return [junk(depth + 1) for _ in range(draw.randrange(3))]
        if kind == 5:
            names = ["metadata", "payload", "event", "message", "message_type", "text",
                     "subscription_type", "message_id", "session", "automod"]  # fmt: skip
            return {draw.choice(names): junk(depth + 1) for _ in range(draw.randrange(5))}
        return draw.choice([None, 0, -1.5, "", "notification", "channel.chat.message", True, "\0"])

    async def story() -> None:
        twitch = Twitch()
        async with room_on(twitch) as room:
            await soon(lambda: room.feed.state == "live", "live")
            for _ in range(300):
                message = junk()
                if isinstance(message, dict) and draw.random() < 0.7:
                    message = notice(draw.choice([k for k, _, _ in twitch_events.SUBSCRIPTIONS]),
                                     message)  # fmt: skip
                    message["payload"]["event"]["message_id"] = junk()
                await twitch.sockets[-1].send(json.dumps(message))
            await twitch.send(said("last", "nice colour"))
            await soon(lambda: room.state("last"), "the last one")
            assert len(twitch.sockets) == 1

    asyncio.run(story())
