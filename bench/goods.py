"""What a change of one of many goods costs on its way to a desk.

An engine of its own and a desk's own link and store, without a window. The reference is the same
desk told the whole part, as before, in turn with the other.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from bench.base import BenchReport, Row
from bench.commands import show_of
from bench.line.chain import BenchChain
from bench.line.rig import remote_of
from bench.places import own_places
from studio.api import ObsAnswer, ObsClientProtocol, Subscription
from ui.client import DeskClient, Reply
from ui.store import Store

COUNTS, ROUNDS, WARM = (300, 5_000, 20_000), 25, 3
LATEST_S = 60.0


class WholeClient(DeskClient):
    """A link that asks for no changes: every part is told whole."""

    def call(
        self,
        kind: str,
        data: dict[str, Any] | None = None,
        done: Callable[[Reply], None] | None = None,
        owner: Any = None,
    ) -> None:
        """As a desk asked before there were changes."""
        if kind != "state.follow" or done is None:
            super().call(kind, data, done, owner)
            return

        def whole(reply: Reply) -> None:
            done(replace(reply, result={"parts": reply.result, "numbers": {}}))

        super().call("state.get", data, whole, owner)


class Desk:
    """A desk's link and store, and how long a change takes to them."""

    def __init__(self, app: QCoreApplication, address: str, kind: type[DeskClient]) -> None:
        self._app = app
        self.client = kind(port=int(address.rpartition(":")[2]), password="", name="bench")
        self.store = Store(self.client)
        self._changed: list[str] = []
        self.store.changed.connect(self._changed.append)
        self.client.start()
        self._wait(lambda: self.store.is_loaded)

    def stop(self) -> None:
        """Ends the link."""
        self.client.stop()

    def change(self, product: str, cents: int) -> tuple[float, float]:
        """A price is set.

        Returns:
            ms until it is answered, ms until the store has it.
        """
        self._changed.clear()
        answered: list[float] = []
        began = time.perf_counter()

        def done(reply: Reply) -> None:
            if not reply.ok:
                raise RuntimeError(str(reply.text))
            answered.append(time.perf_counter())

        self.client.call("shop.price", {"product": product, "cents": cents}, done)
        self._wait(lambda: bool(answered) and "shop" in self._changed)
        told = time.perf_counter()
        found = self.store.shop.product(product)
        if found is None or found.price_cents != cents:
            raise RuntimeError("the desk has another price")
        return (answered[0] - began) * 1e3, (told - began) * 1e3

    def _wait(self, is_done: Callable[[], bool]) -> None:
        until = time.monotonic() + LATEST_S
        while not is_done():
            if time.monotonic() > until:
                raise TimeoutError("the engine did not say so")
            self._app.processEvents()
            time.sleep(0.0005)


def _bytes(address: str, *, is_following: bool) -> int:
    """Of the message that tells one change."""
    from websockets.sync.client import connect

    protocol = ObsClientProtocol(Subscription.VENDORS)
    with connect(address, max_size=None, compression=None) as socket:
        protocol.take_hello(socket.recv(timeout=5))
        socket.send(protocol.identify())
        protocol.is_admitted(socket.recv(timeout=5))
        asked: list[tuple[str, dict[str, Any]]] = [
            ("state.follow", {"parts": ["shop"]}),
            ("shop.price", {"product": "p7", "cents": 4321 + is_following}),
        ]
        for number, (kind, arguments) in enumerate(asked if is_following else asked[1:]):
            socket.send(protocol.vendor_request(number, kind, arguments))
            while not isinstance(protocol.read(socket.recv(timeout=LATEST_S)), ObsAnswer):
                pass
        while True:
            frame = socket.recv(timeout=LATEST_S)
            told: Any = protocol.read(frame)
            data = getattr(told, "data", None) or {}
            if getattr(told, "name", "") == "state.changed" and (
                "shop" in data["parts"] or "shop" in data.get("changes", {})
            ):
                return len(frame)


def run() -> BenchReport:
    """Changes prices, one at a time; medians."""
    app = QCoreApplication.instance() or QCoreApplication([])
    report = BenchReport("goods", "the same desk told the whole part, in turn")
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="goods-") as place:
            root = Path(place)
            chain = BenchChain(
                "run", str(show_of(root / "many.show", count)), "--port", "0", "--password", "",
                environment=own_places(root),
            )  # fmt: skip
            try:
                chain.event("on_air")
                report.rows += _rows(app, remote_of(chain), count)
            finally:
                chain.close()
    return report


def _rows(app: Any, address: str, count: int) -> list[Row]:
    took: dict[type[DeskClient], list[tuple[float, float]]] = {DeskClient: [], WholeClient: []}
    for turn in range(4):
        kind = WholeClient if turn % 2 else DeskClient
        desk = Desk(app, address, kind)
        try:
            for number in range(WARM + ROUNDS):
                ms = desk.change(f"p{(number * 37) % count}", 1000 + turn * 100 + number)
                if number >= WARM:
                    took[kind].append(ms)
        finally:
            desk.stop()
    answered, told = (
        {kind: statistics.median(pair[at] for pair in pairs) for kind, pairs in took.items()}
        for at in (0, 1)
    )
    sent = _bytes(address, is_following=True), _bytes(address, is_following=False)
    return [
        Row(f"{count} goods: bytes of a change", sent[0], sent[1], "B", 0.5),
        Row(f"{count} goods: until the desk has it", told[DeskClient], told[WholeClient], "ms"),
        Row(f"{count} goods: until it is answered", answered[DeskClient], answered[WholeClient],
            "ms"),
    ]  # fmt: skip
