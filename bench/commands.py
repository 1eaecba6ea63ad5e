"""How long a command takes to be answered in a large show, over the remote door.

200 scenes, 100 sources, 300 products, 320×180 at 30 fps, an engine of its own. The reference is
GetVersion over the same socket in turn: what the door, the socket and two processes cost alone.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.line.chain import BenchChain
from bench.line.rig import remote_of
from bench.places import own_places
from studio.protocols.obs_client import ObsAnswer, ObsClientProtocol

SCENES, SOURCES, PRODUCTS, ROUNDS = 200, 100, 300, 200
TAKE_MS, READ_MS, RIGHT_US = 10.0, 3.0, 5.0


def show_of(folder: Path, products: int = PRODUCTS) -> Path:
    """A show of 200 scenes and 100 sources with so many products."""
    folder.mkdir(parents=True)
    sources = [
        {"name": f"source {n}", "kind": "text" if n % 2 else "colour",
         "settings": {"text": f"text {n}"} if n % 2 else {"top": "#203050"}}
        for n in range(SOURCES)
    ]  # fmt: skip
    scenes: list[dict[str, Any]] = [
        {"name": f"scene {n}", "items": [
            {"id": item + 1, "source": f"source {(n + item) % SOURCES}"} for item in range(4)]}
        for n in range(SCENES)
    ]  # fmt: skip
    scenes.append({"name": "back soon", "purpose": "standby",
                   "items": [{"id": 1, "source": "source 0"}]})  # fmt: skip
    raw = {
        "schema": 1,
        "name": "large",
        "language": "en",
        "fps": "30",
        "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape"]},
        "sources": sources,
        "scenes": {
            "scenes": scenes,
            "programme": {"landscape": "scene 0", "portrait": "scene 0"},
            "preview": {"landscape": "scene 1", "portrait": "scene 1"},
        },
        "shop": {
            "products": [
                {"id": f"p{n}", "number": n + 1, "name": f"Product {n}", "price_cents": 1900,
                 "stock": 5}
                for n in range(products)
            ],
        },
    }  # fmt: skip
    (folder / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    return folder


class _Asker:
    """One socket, one question at a time."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._protocol, self._number = socket, ObsClientProtocol(), 0
        self._protocol.take_hello(socket.recv(timeout=5))
        socket.send(self._protocol.identify())
        self._protocol.is_admitted(socket.recv(timeout=5))

    def ms(self, kind: str, arguments: dict[str, Any] | None = None) -> float:
        """How long until it is answered."""
        self._number += 1
        number = str(self._number)
        if arguments is None:
            asked = self._protocol.request(number, kind)
        else:
            asked = self._protocol.vendor_request(number, kind, arguments)
        began = time.perf_counter_ns()
        self._socket.send(asked)
        while True:
            answer = self._protocol.read(self._socket.recv(timeout=30))
            if isinstance(answer, ObsAnswer):
                took = (time.perf_counter_ns() - began) / 1e6
                if answer.vendor is not None and not answer.vendor.ok:
                    raise RuntimeError(str(answer.vendor.error))
                return took


def _right_us() -> float:
    """One judgement, with what is lent and an operator's scope."""
    from studio.core.asking import Asker, Scope
    from studio.core.command import Bus
    from studio.core.event import Events
    from studio.core.state import State
    from studio.remote import listing

    events = Events()
    bus = Bus(events, State(events, lambda work: None), "large")
    specs = [spec for spec in listing.specs() if spec.id.startswith("scenes.")]
    scope = Scope(without=("shop.*", "offers.*"), shows=("large",))
    asker = Asker(4, False, "remote:phone", ("privacy.*",), (scope,), "phone")
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter_ns()
        for spec in specs:
            bus.check_right(spec, asker)
        rounds.append((time.perf_counter_ns() - began) / 1e3 / len(specs))
    return statistics.median(rounds)


def run() -> BenchReport:
    """Asks in turn; medians."""
    from websockets.sync.client import connect

    jobs: dict[str, tuple[str, Any]] = {
        "GetVersion": ("GetVersion", None),
        "take": ("scenes.take", {}),
        "read": ("state.get", {"parts": ["show"]}),
        "price": ("shop.price", {"product": "p7", "cents": 1800}),
        "volume": ("sound.master", {"gain_db": -3.0}),
    }
    took: dict[str, list[float]] = {name: [] for name in jobs}
    with tempfile.TemporaryDirectory(prefix="commands-") as place:
        root = Path(place)
        chain = BenchChain(
            "run", str(show_of(root / "large.show")), "--port", "0", "--password", "",
            environment=own_places(root),
        )  # fmt: skip
        try:
            chain.event("on_air")
            with connect(remote_of(chain), max_size=None, compression=None) as socket:
                asker = _Asker(socket)
                for number in range(ROUNDS):
                    for name, (kind, arguments) in jobs.items():
                        given = arguments
                        if name == "take":
                            given = {"scene": f"scene {number % SCENES}", "transition": "cut"}
                        elif name == "price":
                            given = {**arguments, "cents": 1800 + number}
                        if number >= 5:
                            took[name].append(asker.ms(kind, given))
                        else:
                            asker.ms(kind, given)
                        time.sleep(0.005)
        finally:
            chain.close()
    middle = {name: statistics.median(times) for name, times in took.items()}
    floor = middle["GetVersion"]
    report = BenchReport("commands", "GetVersion over the same socket, in turn")
    report.rows = [
        Row("a take, answered", middle["take"], None, "ms", TAKE_MS),
        Row("a take beside GetVersion", middle["take"], floor),
        Row("a read of one part, answered", middle["read"], None, "ms", READ_MS),
        Row("a read of one part beside GetVersion", middle["read"], floor),
        Row("a price changed, answered", middle["price"], None, "ms", TAKE_MS),
        Row("a volume changed, answered", middle["volume"], None, "ms", TAKE_MS),
        Row("a right judged on the bus", _right_us(), None, "us", RIGHT_US),
    ]
    return report
