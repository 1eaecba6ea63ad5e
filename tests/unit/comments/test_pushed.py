"""Comments that are pushed: whose they are is checked first, and nothing else of a stranger is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
from pathlib import Path
from typing import Any

import pytest

from studio.comments.platforms.douyin import DouyinPush
from studio.comments.platforms.webhook import PushedFeed, WebhookFeed
from studio.core.clock import utc_ms
from studio.core.errors import StudioError
from tests.unit.comments.test_platforms import Feed, soon

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def signed(body: bytes, key: bytes = KEY, at_s: int | None = None) -> dict[str, str]:
    at = str(at_s if at_s is not None else utc_ms() // 1000)
    mark = hmac.new(key, f"m1.{at}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": "m1", "webhook-timestamp": at,
            "webhook-signature": "v1," + base64.b64encode(mark).decode()}  # fmt: skip


def marked(body: bytes, secret: str, **other: str) -> dict[str, str]:
    """As developer.open-douyin.com describes it."""
    headers = {"x-msg-type": "live_comment", "x-nonce-str": "n1", "x-roomid": "77",
               "x-timestamp": str(utc_ms()), **other}  # fmt: skip
    words = "&".join(f"{name}={headers[name]}" for name in sorted(headers))
    mark = hashlib.md5(words.encode() + body + secret.encode()).digest()
    return {**headers, "x-signature": base64.b64encode(mark).decode()}


def test_pushed_lines_with_deletions_and_what_is_forged() -> None:
    async def body() -> None:
        feed = Feed(WebhookFeed, port=0, secret=SECRET, platform="shop")
        platform = feed.feed.platform
        assert isinstance(platform, PushedFeed)
        async with feed:
            await soon(lambda: platform.port, "its door")
            assert f":{platform.port}/comments/webhook" in feed.feed.error

            async def send(text: str, path: str = "/comments/webhook", **how: Any) -> Any:
                raw = text.encode()
                return await asyncio.to_thread(post, platform.port, path, raw, signed(raw, **how))

            lines = '{"id": "1", "text": "coat?", "user_id": "a"}\nno json\n{"id": 2, "text": "hi"}'
            assert await send(lines) == (200, {"taken": 2, "bad": 1})
            assert feed.feed.state == "live"
            assert await send('[{"id": "1", "text": "coat?"}]') == (200, {"taken": 1, "bad": 0})
            assert feed.texts == ["coat?", "hi"], "sent again counts once"
            assert (await send('{"deleted": "1"}'))[0] == 200
            assert [e.comment.id for e in feed.queue.entries.values()] == ["2"]
            assert (await send('{"text": "x"}', key=b"another key that is long enough"))[0] == 401
            assert (await send('{"text": "x"}', at_s=utc_ms() // 1000 - 3600))[0] == 401
            assert (await send('{"text": "x"}', path="/comments/other"))[0] == 404
            assert (await send('{"text": "x"}', path="/orders/webhook"))[0] == 404
            assert feed.texts == ["coat?", "hi"]
            assert "2" in feed.feed.error, "what was refused is said"
            assert "whsec" not in feed.feed.error
        assert platform.port == 0

    asyncio.run(body())


def test_douyin_is_taken_in_by_its_mark_alone() -> None:
    async def body() -> None:
        feed = Feed(DouyinPush, port=0, secret="planted-app-secret", room="77")
        platform = feed.feed.platform
        assert isinstance(platform, PushedFeed)
        entries = [
            {"msg_id": "m1", "sec_openid": "o1", "content": "160 穿什么码", "nickname": "小*鹿"},
            {"msg_id": "m1", "content": "160 穿什么码"}, {"content": "no id"}, 5,
        ]  # fmt: skip
        raw = json.dumps(entries, ensure_ascii=False).encode()
        async with feed:
            await soon(lambda: platform.port, "its door")

            async def send(headers: dict[str, str], raw: bytes = raw) -> Any:
                path = "/comments/douyin"
                return await asyncio.to_thread(post, platform.port, path, raw, headers)

            good = marked(raw, "planted-app-secret")
            assert await send(good) == (200, {"err_no": 0, "err_tips": "success"})
            assert feed.texts == ["160 穿什么码"]
            assert feed.came[0].who == "douyin/o1"
            for wrong in (
                marked(raw, "another"), {**good, "x-roomid": "78"},
                {n: v for n, v in good.items() if n != "x-signature"},
                marked(raw, "planted-app-secret", **{"x-timestamp": str(utc_ms() - 3_600_000)}),
                marked(raw, "planted-app-secret", **{"x-timestamp": "soon"}),
            ):  # fmt: skip
                assert (await send(wrong))[0] == 401
            other_room = marked(raw, "planted-app-secret", **{"x-roomid": "78"})
            assert (await send(other_room))[0] == 200
            gift = marked(b"[]", "planted-app-secret", **{"x-msg-type": "live_gift"})
            assert (await send(gift, b"[]"))[0] == 200
            assert (await send(marked(b"\xff{", "planted-app-secret"), b"\xff{"))[0] == 200
            assert len(feed.came) == 1

    asyncio.run(body())


@pytest.mark.parametrize("kind", [WebhookFeed, DouyinPush])
def test_without_a_secret_no_door_is_opened(kind: type[PushedFeed]) -> None:
    async def body() -> None:
        async with Feed(kind, port=0) as feed:
            await soon(lambda: feed.feed.state == "failed", "its refusal")
            assert kind.kind in feed.feed.error

    asyncio.run(body())
    if kind is WebhookFeed:
        with pytest.raises(StudioError):
            WebhookFeed(WebhookFeed.decode({"secret": "short"}), Path())
