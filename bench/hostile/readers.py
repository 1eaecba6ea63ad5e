"""Everything that reads what others wrote, file or message, and what it may say to broken ones."""

from __future__ import annotations

import io
import json
import math
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.hostile.values import mutated
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.sender.wire import WireFault

SLOW_S = 5.0
"""No input of some KB may take longer, on whatever machine."""
EXPECTED = (StudioError, ValueError, WireFault)
ORDERS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "standard": ({}, {"type": "order.paid", "timestamp": "2026-11-29T21:01:11+00:00", "data": {
        "id": "1", "buyer": "b", "lines": [{"sku": "hat", "count": 1}]}}),
    "shopify": ({"x-shopify-topic": "orders/paid"}, {
        "id": 1, "financial_status": "paid", "updated_at": "2026-11-29T21:01:11+00:00",
        "line_items": [{"sku": "hat", "quantity": 1}], "customer": {"id": 7}}),
    "woocommerce": ({"x-wc-webhook-topic": "order.updated"}, {
        "id": 1, "status": "processing", "date_modified_gmt": "2026-11-29T21:01:11",
        "line_items": [{"sku": "hat", "quantity": 1}]}),
}  # fmt: skip
CUBE = b'TITLE "a"\nLUT_3D_SIZE 2\n' + b"".join(
    f"{r} {g} {b}\n".encode() for b in (0, 1) for g in (0, 1) for r in (0, 1)
)
IRC = (
    b"@badges=;color=#0000FF;display-name=a;id=1;user-id=2 "
    b":a!a@a.tmi.twitch.tv PRIVMSG #c :hello\\s"
)
FEED = (
    b"<rss><channel><item><id>1</id><title>Hat</title><price>7.00 CNY</price></item>"
    b"<item><id>2</id><title>Cap</title></item></channel></rss>"
)


class HurtReader(NamedTuple):
    """Something that reads.

    Attributes:
        seed: a right input.
        read: reads one; files are written to the place first.
    """

    name: str
    seed: bytes
    read: Callable[[bytes], object]


def readers(folder: Path) -> Iterator[HurtReader]:
    """All of them; files go through ``folder``."""
    yield from _messages()
    yield from _files(folder)


def _messages() -> Iterator[HurtReader]:
    from studio.comments.platforms.bilibili import OP_MESSAGE, packed, packets
    from studio.comments.platforms.lines import parse
    from studio.comments.platforms.twitch import parse_irc
    from studio.protocols.obs_client import obs_message
    from studio.protocols.obs_ws import Codec, Op
    from studio.protocols.rtmp import amf0
    from studio.protocols.rtmp.address import parse as parse_address
    from studio.protocols.rtmp.chunk import ChunkReader, ChunkWriter, RtmpMessage
    from studio.sender.wire import EngineUnpacker, SenderUnpacker
    from studio.shop.importers.feeds import read_feed
    from studio.shop.importers.tables import json_rows
    from studio.shop.orders.messages import read_message

    for kind, (headers, body) in ORDERS.items():
        yield HurtReader(
            f"orders {kind}",
            json.dumps(body).encode(),
            lambda data, kind=kind, headers=headers: read_message(kind, headers, data),  # type: ignore[misc]
        )
    line = json.dumps({"id": "1", "user": "u", "text": "多少钱", "at_ms": 5}).encode()
    yield HurtReader("comment line", line, lambda data: parse(_text(data), 1, "ws"))
    yield HurtReader("twitch line", IRC, lambda data: parse_irc(_text(data)))
    frame = packed(OP_MESSAGE, b'{"cmd":"LIVE_OPEN_PLATFORM_DM","data":{"msg":"a"}}')
    yield HurtReader("bilibili frame", frame, lambda data: list(packets(data)))
    asked = amf0.encode("connect", 1.0, {"app": "live", "tcUrl": "rtmp://a/live"})
    yield HurtReader("amf0", asked, amf0.decode)
    chunks = ChunkWriter().pack(3, RtmpMessage(20, asked))
    yield HurtReader("rtmp chunks", chunks, lambda data: ChunkReader().feed(data))
    yield HurtReader("obs json", b'{"op":6,"d":{"requestType":"GetVersion","requestId":1}}',
                     lambda data: Codec(None).decode(_text(data)))  # fmt: skip
    packed_message = Codec("obswebsocket.msgpack").encode(obs_message(Op.REQUEST, {"requestId": 1}))
    assert isinstance(packed_message, bytes)
    yield HurtReader("obs msgpack", packed_message, Codec("obswebsocket.msgpack").decode)
    address = b"rtmps://live.example.test:443/app/inst/key?sign=1"
    yield HurtReader("rtmp address", address, lambda data: parse_address(_text(data)))
    yield HurtReader("goods feed", FEED, lambda data: read_feed(data, "feed.xml"))
    yield HurtReader("goods json", b'[{"sku":"a","name":"Hat","price":7}]', json_rows)
    yield HurtReader("words of a sender", b"\0\0\0\x02{}", lambda data: EngineUnpacker().feed(data))
    yield HurtReader("words to a sender", b"\0\0\0\x02{}", lambda data: SenderUnpacker().feed(data))


def _files(folder: Path) -> Iterator[HurtReader]:
    from studio.comments.moderation.rule_files import read_pack as read_comment_pack
    from studio.filters.cube import read_cube
    from studio.host.packs.files import read_pack
    from studio.media.picture_file import read_animation, read_picture
    from studio.plans.files import read_plan
    from studio.plans.risks.files import read_risks
    from studio.sender.chapters import read_chapters
    from studio.show.file import read_show
    from studio.sources.file_list import read_list

    def through(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def hurt(data: bytes) -> object:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            return read(path)

        return hurt

    assets = assets_dir()
    show = json.dumps({
        "schema": 1, "name": "a", "fps": "30", "canvases": {"landscape": [1280, 720]},
        "sources": [{"name": "c", "kind": "colour", "settings": {"top": "#203050"}}],
        "scenes": {"scenes": [{"name": "One", "items": [{"id": 1, "source": "c"}]}]},
    }).encode()  # fmt: skip
    rules = min((assets / "rules").glob("*.json"), key=lambda file: (
        b'"rules"' not in file.read_bytes(), file.stat().st_size))  # fmt: skip
    (folder / "a.mp4").write_bytes(b"a film")
    picture = next(iter(sorted((assets / "demo").rglob("*.webp"))))
    for name, seed, read in (
        ("hurt.show/show.json", show, lambda path: read_show(path.parent)),
        ("plan.json", (assets / "plans" / "output_down.json").read_bytes(), read_plan),
        ("pack.json", (assets / "packs" / "cn-live.json").read_bytes()[:6000], read_pack),
        ("rules.json", rules.read_bytes(), read_comment_pack),
        ("risks.json", b'{"risks":[{"id":"a","name":"A","probability":3}]}', read_risks),
        ("look.cube", CUBE, lambda path: read_cube(str(path))),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,a\na.mp4\nb.mp4\n", read_list),
        ("picture.webp", picture.read_bytes(), read_picture),
        ("picture.png", _png(), read_picture),
        ("moving.webp", picture.read_bytes(), read_animation),
        ("film.chapters.json", b'[{"at_ms":1,"name":"a"}]', read_chapters),
    ):
        yield HurtReader(f"file {name}", seed, through(name, read))


def _png() -> bytes:
    import numpy as np

    from studio.media.cv import cv2

    is_ok, data = cv2.imencode(".png", np.full((64, 96, 4), 90, np.uint8))
    assert is_ok
    return io.BytesIO(data.tobytes()).getvalue()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass" if data.isascii() else "replace")


def hurt_readers(
    calls: int, seed: int, seconds: float = math.inf
) -> tuple[Counter[str], dict[str, str]]:
    """Gives each of them its share of hurt inputs.

    Returns:
        How many each read; and what raised something else than it may, or took too long.
    """
    counts: Counter[str] = Counter()
    faults: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="hurt-") as name:
        found = list(readers(Path(name)))
        chance = random.Random(seed)
        until = time.monotonic() + seconds
        for number in range(calls):
            if time.monotonic() > until:
                break
            reader = found[number % len(found)]
            data = mutated(reader.seed, chance)
            began = time.process_time()
            try:
                reader.read(data)
            except EXPECTED:
                pass
            except Exception as error:
                what = f"{reader.name}: {type(error).__name__}"
                faults.setdefault(what, f"{str(error)[:200]} {repr(data)[:1000]}")
            if time.process_time() - began > SLOW_S:
                faults.setdefault(f"{reader.name}: slow", repr(data)[:1500])
            counts[reader.name] += 1
    return counts, faults


if __name__ == "__main__":  # beside the calls by the door: CALLS SEED SECONDS
    os.nice(10)
    counted, found = hurt_readers(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    print(json.dumps([counted, found]))
