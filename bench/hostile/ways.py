"""Other ways in: a feed, orders' messages, files that were hurt; beside the calls by the door."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import shutil
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from bench.hostile.callers import Link, one
from bench.hostile.values import ODD_TEXTS, Values, mutated
from bench.line.chain import BenchChain
from bench.line.rig import remote_of
from studio.core.paths import assets_dir

LINES_A_TURN = 200
TURN_S = 0.4
ORDER_HEAD = (
    b"POST /orders/standard HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\nWebhook-Id: a\r\n\r\n"
)
ORDER_BODY = b'{"id":"o1","status":"paid","lines":[{"sku":"p1","count":1}]}'


class Ways(threading.Thread):
    """A comment feed that lies, a caller at the orders' door, sources of broken files.

    Attributes:
        calls: lines, messages and files given to the engine.
    """

    def __init__(self, root: Path, chain: BenchChain, runtime: Path, seed: int) -> None:
        super().__init__(name="ways", daemon=True)
        self._root, self._chain, self._runtime = root, chain, runtime
        self._chance = random.Random(seed)
        self._values = Values(self._chance, lambda: ["p1", "Mug", "film"])
        self.stopping = threading.Event()
        self.by_way: Counter[str] = Counter()
        self.faults: dict[str, str] = {}

    @property
    def calls(self) -> int:
        """All of them."""
        return self.by_way.total()

    def run(self) -> None:
        """Until it is told to stop."""
        try:
            asyncio.run(self._ways())
        except Exception as error:
            self.faults[f"the bench itself: {type(error).__name__}: {error}"] = ""

    async def _ways(self) -> None:
        from websockets.asyncio.server import serve

        async with serve(self._feed, "127.0.0.1", 0, ping_interval=None) as feed:
            port = feed.sockets[0].getsockname()[1]
            turns = 0
            link: Link | None = None
            orders = 0
            while not self.stopping.is_set():
                try:
                    if link is None:
                        link = await asyncio.to_thread(self._link)
                        await asyncio.to_thread(
                            one, link, "feeds.add", name="lies", kind="websocket",
                            settings={"url": f"ws://127.0.0.1:{port}/"},
                        )  # fmt: skip
                        orders = await asyncio.to_thread(self._open_orders, link)
                    if orders:
                        await self._orders(orders)
                    if turns % 4 == 0:
                        await asyncio.to_thread(self._file, link, turns)
                except Exception as error:
                    link = None
                    self.faults.setdefault(f"the bench: {type(error).__name__}: {error}"[:200], "")
                turns += 1
                await asyncio.sleep(TURN_S)

    def _link(self) -> Link:
        note = json.loads((self._runtime / "remote.json").read_text(encoding="utf-8"))
        return Link(remote_of(self._chain), note["key"])

    def _open_orders(self, link: Link) -> int:
        one(link, "stock.open")
        sender = {"name": "standard", "kind": "standard"}
        one(link, "orders.put_sender", sender=sender, secret="whsec_" + "A" * 32)
        one(link, "orders.open_door")
        state = one(link, "state.get", parts=["orders"]).get("result", {})
        addresses = state.get("orders", {}).get("addresses") or ["http://x:0/"]
        return int(addresses[0].rpartition("/orders/")[0].rpartition(":")[2] or 0)

    async def _feed(self, connection: Any) -> None:
        number = 0
        with contextlib.suppress(Exception):
            while not self.stopping.is_set():
                lines = []
                for _ in range(LINES_A_TURN):
                    number += 1
                    lines.append(self._line(number))
                await connection.send("\n".join(lines).encode("utf-8", "surrogatepass"))
                self.by_way["feed"] += len(lines)
                await asyncio.sleep(TURN_S)

    def _line(self, number: int) -> str:
        chance = self._chance
        comment = {
            "id": str(number), "user": self._values.text()[:300],
            "text": self._values.text()[:2000], "platform": chance.choice(ODD_TEXTS),
            "at_ms": chance.choice((number, -1, 10**18, "x", None)),
            "badge": self._values.anything(),
        }  # fmt: skip
        line = json.dumps({key: comment[key] for key in comment if chance.random() < 0.8})
        if chance.random() < 0.2:
            return mutated(line.encode(), chance).decode("utf-8", "replace")
        return line

    async def _orders(self, port: int) -> None:
        async def post() -> None:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(15):
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write(
                        mutated(ORDER_HEAD, self._chance) + mutated(ORDER_BODY, self._chance)
                    )
                    writer.write_eof()
                    await reader.read(2000)
                    writer.close()
                    self.by_way["orders"] += 1

        await asyncio.gather(*(post() for _ in range(30)))

    def _file(self, link: Link, turn: int) -> None:
        """A source, an import or a script from a file that was hurt."""
        chance = self._chance
        films = [self._root / "fuzz.show" / "film.mp4"]
        pictures = (
            sorted((assets_dir()).rglob("*.png"))[:20] + sorted((assets_dir()).rglob("*.jpg"))[:20]
        )
        kind, source = chance.choice((("clip", films), ("image", pictures), ("image", pictures)))
        origin = chance.choice(source or films)
        target = self._root / "fuzz.show" / f"hurt{turn % 8}{origin.suffix}"
        target.write_bytes(mutated(origin.read_bytes(), chance))
        name = f"hurt {turn % 8}"
        one(link, "sources.remove", name=name, confirm=True)
        one(link, "sources.add", name=name, kind=kind, settings={"path": str(target)})
        table = self._root / "goods.csv"
        table.write_bytes(
            mutated(b"sku,name,price,stock\nhat,Hat,77.00,9\ncap,Cap,12.50,3\n", chance)
        )
        one(link, "shop.import", file=str(table))
        show = self._root / "hurt.json"
        shutil.copy(self._root / "fuzz.show" / "show.json", show)
        show.write_bytes(mutated(show.read_bytes(), chance))
        one(link, "show.import_obs", file=str(show))
        self.by_way["files"] += 3
