"""The orders' door: who is forged or late is not booked, who comes twice counts once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from studio.app.cli import main
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.core.post_door import LONGEST_BODY, MOST_READ, PostDoor
from studio.shop.orders.messages import read_message
from studio.shop.orders.model import OrderPart, Sender
from studio.shop.orders.service import LONG_BODY
from studio.shop.orders.signatures import check_signature
from studio.shop.stock.sqlite import SqliteStock
from tests.unit.shop.trade import Trade, trading

KEY = b"0123456789abcdef0123456789abcdef"
SECRETS = {
    "standard": "whsec_" + base64.b64encode(KEY).decode(), "shopify": "shpss_x", "woocommerce": "w"
}  # fmt: skip
NOW = 1_800_000_000.0


def iso(ago_s: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat(timespec="milliseconds")


def sign(kind: str, body: bytes, at_s: float, secret: str = "") -> dict[str, str]:
    secret = secret or SECRETS[kind]
    if kind == "standard":
        signed = f"msg_1.{int(at_s)}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at_s)),
                "webhook-signature": f"v1,bm9uZQ== v1,{mark}"}  # fmt: skip
    mark = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    name = "x-shopify-hmac-sha256" if kind == "shopify" else "x-wc-webhook-signature"
    return {name: mark}


def order(kind: str, id: int, sku: str = "hat", count: int = 1, state: str = "paid") -> bytes:
    if kind == "shopify":
        body: Any = {"id": id, "financial_status": state, "updated_at": iso(), "line_items": [
            {"sku": sku, "quantity": count}], "customer": {"id": 7}}  # fmt: skip
    elif kind == "woocommerce":
        body = {"id": id, "status": "processing" if state == "paid" else state,
                "date_modified_gmt": iso()[:19],
                "line_items": [{"sku": sku, "quantity": count}]}  # fmt: skip
    else:
        body = {
            "type": f"order.{state}",
            "timestamp": iso(),
            "data": {"id": str(id), "buyer": "b", "lines": [{"sku": sku, "count": count}]},
        }
    return json.dumps(body).encode()


TOPIC = {"shopify": {"x-shopify-topic": "orders/paid"},
         "woocommerce": {"x-wc-webhook-topic": "order.updated"}, "standard": {}}  # fmt: skip


@pytest.mark.parametrize("kind", SECRETS)
def test_a_signature_is_over_every_byte(kind: Any) -> None:
    body = order(kind, 1)
    good = sign(kind, body, NOW)
    check_signature(kind, SECRETS[kind], good, body, NOW)
    other = sign(kind, body, NOW, "whsec_" + base64.b64encode(KEY[::-1]).decode())
    changed = body.replace(b"hat", b"hot")
    nothing = {name: "" for name in good}
    for headers, sent, secret in (
        (good, changed, SECRETS[kind]), (good, body + b" ", SECRETS[kind]),
        (other, body, SECRETS[kind]), ({}, body, SECRETS[kind]), (nothing, body, SECRETS[kind]),
        (good, body, ""),
        ({name: value[:-3] + "é*=" for name, value in good.items()}, body, SECRETS[kind]),
    ):  # fmt: skip
        with pytest.raises(StudioError) as told:
            check_signature(kind, secret, headers, sent, NOW)
        assert told.value.code == "denied"


def test_the_time_is_part_of_what_is_signed() -> None:
    body = order("standard", 1)
    for shift in (301, -301):
        with pytest.raises(StudioError, check=lambda error: error.key == "webhooks.stale"):
            check_signature(
                "standard", SECRETS["standard"], sign("standard", body, NOW + shift), body, NOW
            )
    moved = {**sign("standard", body, NOW - 900), "webhook-timestamp": str(int(NOW))}
    with pytest.raises(StudioError, check=lambda error: error.key == "webhooks.forged"):
        check_signature("standard", SECRETS["standard"], moved, body, NOW)


REFUND = [{"quantity": 1, "restock_type": "no_restock", "line_item": {"sku": "hat"}}]
GONE = "2026-11-29T10:00:00Z"
SAID: list[tuple[str, str, dict[str, Any], str]] = [
    ("shopify", "orders/cancelled", {"id": 1, "financial_status": "paid"}, "paid"),
    ("shopify", "orders/create", {"id": 1, "financial_status": "pending"}, "ordered"),
    ("shopify", "orders/updated", {"id": 1, "cancelled_at": GONE}, "cancelled"),
    ("shopify", "app/uninstalled", {"id": 1}, "nothing"),
    ("shopify", "refunds/create",
     {"id": 2, "order_id": 1, "refund_line_items": REFUND}, "returned"),
    ("shopify", "products/update",
     {"id": 2, "variants": [{"sku": "hat", "inventory_quantity": -3}]}, "stock"),
    ("woocommerce", "order.created", {"id": 1, "status": "on-hold"}, "ordered"),
    ("woocommerce", "order.updated", {"id": 1, "status": "refunded"}, "cancelled"),
    ("woocommerce", "order.updated", {"id": 1, "status": "checkout-draft"}, "nothing"),
    ("woocommerce", "order.deleted", {"id": 1}, "cancelled"),
    ("woocommerce", "order.deleted", {"id": 1, "status": "processing"}, "paid"),
    ("woocommerce", "product.updated", {"sku": "hat", "stock_quantity": 4}, "stock"),
    ("standard", "", {"type": "user.created", "data": {}}, "nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "topic", "body", "what"), SAID)
def test_what_a_message_says_is_in_its_body(
    kind: Any, topic: str, body: dict[str, Any], what: str
) -> None:
    headers = {"x-shopify-topic": topic, "x-wc-webhook-topic": topic}
    assert read_message(kind, headers, json.dumps(body).encode()).what == what


@pytest.mark.parametrize(
    ("kind", "body"),
    [("standard", b"{"), ("standard", b"[]"), ("standard", b'{"type": "order.paid"}'),
     ("standard", b'{"type": "order.paid", "data": {"id": true}}'),
     ("standard", b'{"type":"order.paid","data":{"id":"1","lines":[{"sku":"a","count":-1}]}}'),
     ("standard", b'{"type":"order.paid","data":{"id":"1","lines":[{"sku":"a","count":1e9}]}}'),
     ("standard", b'{"type":"stock.updated","data":{"sku":"a","free":-1}}'),
     ("shopify", b'{"id": 1, "line_items": [{"sku": "a"}]}'), ("shopify", b"\xff\xfe"),
     ("shopify", b'{"id":1,"financial_status":"paid","line_items":[{"sku":"a","quantity":1e999}]}'),
     ("standard", b"[" * 100_000)],
)  # fmt: skip
def test_what_is_no_message_is_refused(kind: Any, body: bytes) -> None:
    with pytest.raises(StudioError, check=lambda error: error.code == "invalid"):
        read_message(kind, {"x-shopify-topic": "orders/paid"}, body)


# -- by the door --------------------------------------------------------------------------------


async def post(
    port: int, name: str, body: bytes, headers: Mapping[str, str], *, raw: bytes = b""
) -> tuple[int, dict[str, Any]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    rows = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    head = f"POST /orders/{name} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{rows}\r\n"
    writer.write(raw or head.encode() + body)
    answer = await reader.read()
    writer.close()
    status, _, rest = answer.partition(b"\r\n")
    text = rest.partition(b"\r\n\r\n")[2]
    return int(status.split()[1]), json.loads(text)


async def opened(trade: Trade, *kinds: str) -> int:
    await trade.open(hat=500, scarf=3)
    room = trade.services["orders"]
    room.part = replace(room.part, port=0)
    for kind in kinds:
        await room.put_sender(Sender(kind, kind), SECRETS[kind])  # type: ignore[arg-type]
    (address,) = await room.open_door()
    assert address.startswith("http://127.0.0.1:")
    return int(room.door.port)


def test_shuffled_forged_old_and_five_times() -> None:
    """300 orders of three shops, each five times, forged and old ones among them."""

    async def body(trade: Trade) -> None:
        port = await opened(trade, *SECRETS)
        now = datetime.now(UTC).timestamp()
        sent: list[tuple[str, bytes, dict[str, str], bool]] = []
        for kind in SECRETS:
            for id in range(100):
                text = order(kind, id)
                sent += [(kind, text, {**sign(kind, text, now), **TOPIC[kind]}, True)] * 5
            for id in range(1000, 1030):
                text = order(kind, id)
                forged = sign(kind, text, now, SECRETS["standard"][:-8] + "AAAAAAA=")
                sent.append((kind, text, {**forged, **TOPIC[kind]}, False))
        for id in range(2000, 2030):
            text = order("standard", id)
            sent.append(("standard", text, sign("standard", text, now - 3600), False))
            late = order("shopify", id).replace(iso()[:10].encode(), b"2020-01-01")
            sent.append(
                ("shopify", late, {**sign("shopify", late, now), **TOPIC["shopify"]}, False)
            )
        random.Random(5).shuffle(sent)
        gate = asyncio.Semaphore(24)

        async def one(kind: str, text: bytes, headers: dict[str, str], is_good: bool) -> None:
            async with gate:
                status, told = await post(port, kind, text, headers)
            assert (status, told.get("outcome")) == ((200, "confirmed") if is_good else (401, None))

        await asyncio.gather(*(one(*message) for message in sent))
        await trade.stock.look()
        assert trade.level("hat") == (200, 0, 300)
        assert trade.stock.need().faults() == []
        views = {view.sender.name: view for view in trade.services["orders"].view().senders}
        assert {name: view.booked + view.again for name, view in views.items()} == {
            name: 500 for name in SECRETS
        }
        assert views["shopify"].refused == 60
        taken = [event for event in trade.heard if event.name == "orders.taken"]
        assert len(taken) >= 300

    trading("door", body)


def test_strangers_at_the_door() -> None:
    async def body(trade: Trade) -> None:
        port = await opened(trade, "standard")
        head = b"POST /orders/standard HTTP/1.1\r\n"
        for raw, status in (
            (b"GET /orders/standard HTTP/1.1\r\n\r\n", 405),
            (b"POST /else HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404),
            (b"POST /orders/../standard HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404),
            (head + b"\r\n", 411),
            (head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
            (head + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}", 411),
            (head + b"Content-Length: 10485760\r\n\r\n", 413),
            (head + b"Content-Length: +2\r\n\r\n{}", 411),
            (head + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431),
            (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        ):
            assert (await post(port, "", b"", {}, raw=raw))[0] == status, raw[:60]
        assert (await post(port, "nobody", b"{}", {}))[0] == 404
        text = order("standard", 1)
        good = sign("standard", text, datetime.now(UTC).timestamp())
        assert (await post(port, "standard", text, good))[0] == 200, "others are served"
        assert LONGEST_BODY == 1024 * 1024
        await trade.services["orders"].close_door()
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)

    trading("strangers", body)


def test_a_slow_sender_is_cut() -> None:
    async def taken(*_: object) -> tuple[int, dict[str, Any]]:
        raise AssertionError("nothing is taken that is not whole")

    async def body() -> None:
        door = PostDoor(taken, longest_s=0.2)
        await door.open("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST /orders/a HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        assert b" 408 " in await asyncio.wait_for(reader.read(), 20)
        writer.close()
        assert door.cut == 1
        await door.close()

    asyncio.run(body())


def test_out_of_order_messages_come_to_the_same() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=10)
        room = trade.services["orders"]
        web = Sender("web")

        async def says(what: str, id: str, **data: Any) -> str:
            raw = {"type": what, "timestamp": iso(), "data": {"id": id, **data}}
            message = read_message("standard", {}, json.dumps(raw).encode())
            return str((await room.book(web, message)).outcome)

        two = {"lines": [{"sku": "hat", "count": 2}, {"sku": "poster", "count": 1}]}
        assert await says("order.cancelled", "1") == "refunded"
        assert await says("order.paid", "1", **two) == "refunded", "it came too late"
        assert await says("order.created", "2", **two) == "held"
        assert await says("order.paid", "2", **two) == "confirmed"
        assert await says("order.created", "2", **two) == "confirmed"
        one = {"order": "2", "lines": [{"sku": "hat", "count": 1}]}
        for _ in range(2):
            assert await says("order.returned", "r1", **one) == "done"
        with pytest.raises(StudioError, check=lambda error: error.key == "orders.no_order"):
            await says("order.returned", "r9", order="99", lines=one["lines"])
        await says("order.created", "3", **two)
        await says("order.cancelled", "3")
        assert await says("order.paid", "3", **two) == "refunded"
        assert await says("order.paid", "4", lines=[{"sku": "poster", "count": 1}]) == "elsewhere"
        await trade.stock.look()
        assert trade.level("hat") == (9, 0, 1)
        many = {"order": "2", "lines": [{"sku": "hat", "count": 5}]}
        await says("order.returned", "r2", **many)
        await trade.stock.look()
        assert trade.level("hat") == (10, 0, 0), "never more than were sold"
        assert trade.stock.need().faults() == []

    trading("order", body)


def test_the_shop_is_the_truth_and_what_is_late_brings_nothing_back() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=10)
        room, web = trade.services["orders"], Sender("web")

        async def says(free: int, at_utc: str) -> str:
            raw = {
                "type": "stock.updated",
                "timestamp": at_utc,
                "data": {"sku": "hat", "free": free},
            }
            message = read_message("standard", {}, json.dumps(raw).encode())
            return str((await room.book(web, message)).outcome)

        early = iso(3600)
        assert await says(8, iso(60)) == "done"
        for _ in range(2):
            paid = read_message("standard", {}, order("standard", 1, count=3))
            await room.book(web, paid)
        assert await says(9, iso(30)) == "expired", "from before the sale"
        assert await says(2, early) == "expired", "from before the last count"
        later = iso(-60)
        assert await says(4, later) == "done"
        await trade.stock.look()
        assert trade.level("hat") == (4, 0, 3)
        await asyncio.wrap_future(trade.stock.need().hold("h", room_lines(3), "b"))
        assert await says(2, iso(-90)) == "held", "three are promised, the shop has two"
        await trade.stock.look()
        assert trade.level("hat")[0] == 0
        assert [c.why for c in room.view().conflicts] == ["late", "late", "promised"]
        assert trade.stock.need().faults() == []

    trading("truth", body)


def room_lines(count: int) -> Any:
    from studio.shop.stock.model import Line

    return (Line("hat", count),)


def test_what_is_owed_is_told_and_told_again_when_it_is_there() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=2)
        room = trade.services["orders"]
        await room.book(Sender("web"), read_message("standard", {}, order("standard", 5, count=5)))

        def told() -> list[tuple[str, int]]:
            return [(e.sku, e.owed) for e in trade.heard if e.name == "orders.shortfall"]  # type: ignore[attr-defined]

        await trade.until(told, "it is told")
        assert told() == [("hat", 3)]
        (short,) = room.view().short
        assert (short.key, short.count, short.buyer) == ("web:5", 3, "")
        assert room.short[0].buyer == "b"
        await asyncio.wrap_future(trade.stock.need().receive("more", "hat", 4))
        await trade.until(lambda: told()[-1] == ("hat", 0), "it is there")
        await trade.until(lambda: trade.level("hat") == (1, 0, 5), "its level")

    trading("owed", body)


def test_a_door_that_stood_open_does_again_and_secrets_stay_out_of_sight() -> None:
    async def body(trade: Trade) -> None:
        await opened(trade, "shopify")
        room = trade.services["orders"]
        kept, part = room.checkpoint(), room.save()
        assert kept.is_open
        seen = f"{room.view()} {part} {kept}"
        assert SECRETS["shopify"] not in seen
        await room.reset()
        assert not room.checkpoint().is_open
        await room.load(part, None)
        await room.restore(kept)
        assert room.view().is_open
        assert room.view().senders[0].has_secret
        await room.remove_sender("shopify")
        assert trade.secrets.kept == {"orders/shopify": ""}
        assert room.save() == OrderPart(port=0)
        with pytest.raises(StudioError, check=lambda error: error.key == "webhooks.bad_secret"):
            await room.put_sender(Sender("s"), "whsec_short")

    trading("again", body)


def test_in_the_house_it_is_encrypted() -> None:
    import ssl

    async def body(trade: Trade) -> None:
        await trade.open(hat=2)
        room = trade.services["orders"]
        room.part = replace(room.part, port=0, is_lan=True)
        addresses = await room.open_door()
        assert all(address.startswith("https://") for address in addresses)
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        reader, writer = await asyncio.open_connection("127.0.0.1", room.door.port, ssl=trusting)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert b" 405 " in await reader.read()
        writer.close()

    trading("house", body)


def test_orders_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = SqliteStock(data_dir() / "stock" / "filed.db")
    ledger.receive("in", "hat", 3).result()
    ledger.close()
    path = tmp_path / "orders.jsonl"
    rows = [order("shopify", id).decode() for id in (1, 2, 2, 3, 4)]
    path.write_text("\ufeff" + "\n".join([*rows, "{", ""]), encoding="utf-8")
    call = ["orders", "import", str(path), "--shop", "filed", "--as", "shopify", "--json"]
    assert main(call) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"rows": 6, "booked": 4, "again": 1, "refused": 1, "short": 1}
    path.write_text(json.dumps([json.loads(row) for row in rows]), encoding="utf-8")
    assert main(call) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"rows": 5, "booked": 0, "again": 5, "refused": 0, "short": 1}
    assert main(["orders", "import", str(path)]) == 2


def test_who_says_nothing_or_half_keeps_no_shop_out() -> None:
    """More silent and slow callers than there are places, and forged ones without number."""

    async def body(trade: Trade) -> None:
        port = await opened(trade, "standard")
        idle: list[asyncio.StreamWriter] = []
        for number in range(MOST_READ + 80):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            head = b"POST /orders/standard HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"
            writer.write((b"", b"POST /orders", head)[number % 3])
            idle.append(writer)
        text = order("standard", 1)
        now = datetime.now(UTC).timestamp()
        assert (await post(port, "standard", text, sign("standard", text, now)))[0] == 200
        door = trade.services["orders"].door
        assert door.cut >= 80
        for writer in idle:
            writer.close()
        forged = sign("standard", text, now, SECRETS["standard"][:-8] + "AAAAAAA=")
        for _ in range(40):
            assert (await post(port, "standard", text, forged))[0] == 401
        (view,) = trade.services["orders"].view().senders
        assert view.refused == 40
        long = b"x" * (LONG_BODY + 1)
        assert (await post(port, "standard", long, forged))[0] == 401
        assert (await post(port, "standard", text, sign("standard", text, now)))[0] == 200

    trading("idle", body)
