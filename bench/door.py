"""The door of a real engine: rights taken back, guessers, and what TLS costs.

Guessers come from addresses of their own on the loopback, one of them from the owner's, and one
that waits for no answer on many connections. A token in use is taken back while its client calls
a command as fast as it can. TLS is the phones' door on the loopback, beside the same client at the
door in clear, by turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import statistics
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.hostile.callers import Link, one
from bench.line.chain import BenchChain
from bench.line.rig import remote_of
from bench.line.server import free_port
from bench.places import own_places, set_here
from studio.protocols.obs_client import ObsClientProtocol
from studio.remote.certificate import certificate_path

PASSWORD = "a password of the bench"
SECONDS = float(os.environ.get("SHOPCAST_DOOR_S", "60"))
GUESSERS = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.1")
HASTY, HASTE_S = "127.0.0.6", 0.3
TRIES, REVOKED, TRIPS = 20, 20, 2000
MOST_BACK_S = 1.0


def run() -> BenchReport:
    """Limits are those that were asked for; TLS is beside the door in clear."""
    report = BenchReport("door", "TLS: the same calls at the door in clear")
    with tempfile.TemporaryDirectory(prefix="shopcast-door-") as folder:
        root = Path(folder)
        around = own_places(root) | {"SHOPCAST_LANG": "en"}
        chain = BenchChain(
            "run", str(_show(root)), "--port", "0", "--password", PASSWORD, environment=around
        )
        try:
            chain.event("on_air")
            remote = remote_of(chain)
            key = json.loads((root / "run" / "remote.json").read_text(encoding="utf-8"))["key"]
            owner = Link(remote, key)
            report.rows += _taken_back(remote, owner)
            report.rows += _guessed(remote, owner)
            with set_here({"SHOPCAST_CONFIG": around["SHOPCAST_CONFIG"]}):  # its certificate
                report.rows += _encrypted(remote, owner)
            owner.close()
        finally:
            chain.stop()
            chain.close()
    return report


# -- rights taken back ---------------------------------------------------------------------------


def _taken_back(remote: str, owner: Link) -> list[Row]:
    closed, after = [], 0
    for number in range(REVOKED):
        name = f"lent {number}"
        token = _result(one(owner, "remote.token_add", name=name, role="controller"))["token"]
        caller = _Caller(remote, token)
        caller.start()
        caller.works.wait(20)
        since = time.monotonic()
        _result(one(owner, "remote.token_remove", name=name))
        answered = time.monotonic()
        caller.join(20)
        closed.append(caller.ended - since)
        after += sum(done > answered for done in caller.done)
    return [
        Row(f"token in use taken back, slowest of {REVOKED}", max(closed), None, "s", MOST_BACK_S),
        Row("  middle", statistics.median(closed), None, "s"),
        Row("  its commands answered after that", after, None, "", 0),
    ]


class _Caller(threading.Thread):
    """Takes scenes until its connection is ended."""

    def __init__(self, remote: str, token: str) -> None:
        super().__init__()
        self.works = threading.Event()
        self.done: list[float] = []
        self.ended = float("inf")
        self._link = Link(remote, token)

    def run(self) -> None:
        """Until the door ends it."""
        with contextlib.suppress(Exception):
            while True:
                answer = one(self._link, "scenes.take", scene="Two", transition="cut")
                if answer.get("ok"):
                    self.done.append(time.monotonic())
                if len(self.done) == 5:
                    self.works.set()
        self.ended = time.monotonic()


def _result(answer: Any) -> Any:
    assert answer["ok"], answer
    return answer["result"].get("result")


# -- guessers ------------------------------------------------------------------------------------


def _guessed(remote: str, owner: Link) -> list[Row]:
    stopping = threading.Event()
    crowd = threading.Thread(target=lambda: asyncio.run(_crowd(remote, stopping)))
    crowd.start()
    took, refused = [], 0
    try:
        time.sleep(SECONDS / 10)  # their brakes are on
        began, counted = time.monotonic(), _looked_at(owner)
        for number in range(TRIES):
            since = time.monotonic()
            try:
                Link(remote, PASSWORD).close()
                took.append(1000 * (time.monotonic() - since))
            except Exception:
                refused += 1
            time.sleep(max(0.0, began + (number + 1) * 0.9 * SECONDS / TRIES - time.monotonic()))
        seconds, now = time.monotonic() - began, _looked_at(owner)
        made = {who: 2 * (now[who] - counted[who]) / seconds for who in (*GUESSERS, HASTY)}
    finally:
        stopping.set()
        crowd.join(30)
    return [
        Row(f"right password beside {len(GUESSERS) + 1} guessers, refused", refused, None, "", 0),
        Row("  p95", sorted(took)[round(0.95 * len(took)) - 1], None, "ms", 300),
        Row("  middle", statistics.median(took), None, "ms"),
        Row("guesses of a client in 2 s", max(made[who] for who in GUESSERS), None, "", 1.05),
        Row("  of one that waits for no answer", made[HASTY], None, "", 8.5),
    ]


def _looked_at(owner: Link) -> Counter[str]:
    """Guesses by address, as the door counts them."""
    guesses = _result(one(owner, "watch.show"))["door"]["guesses"]
    return Counter({row["address"]: row["count"] for row in guesses})


async def _crowd(remote: str, stopping: threading.Event) -> None:
    guessers = [asyncio.create_task(_guess(remote, who)) for who in GUESSERS]
    guessers += [asyncio.create_task(_guess(remote, HASTY)) for _ in range(30)]
    while not stopping.is_set():
        await asyncio.sleep(0.1)
    for guesser in guessers:
        guesser.cancel()
    await asyncio.gather(*guessers, return_exceptions=True)


async def _guess(remote: str, who: str) -> None:
    """Guesses for ever; the hasty one is away before it can have been refused."""
    from websockets.asyncio.client import connect

    while True:
        with contextlib.suppress(Exception):
            async with connect(remote, compression=None, local_addr=(who, 0)) as socket:
                protocol = ObsClientProtocol()
                protocol.take_hello(await socket.recv())
                await socket.send(protocol.identify("a guess"))
                async with asyncio.timeout(HASTE_S if who == HASTY else None):
                    await socket.recv()


# -- TLS -----------------------------------------------------------------------------------------


def _encrypted(remote: str, owner: Link) -> list[Row]:
    token = _result(one(owner, "remote.token_add", name="bench", role="owner"))["token"]
    port = free_port()
    _result(one(owner, "phone.start", tls=True, port=port, network="127.0.0.1"))
    secure = f"wss://127.0.0.1:{port}"
    trips: dict[str, list[float]] = {remote: [], secure: []}
    opened: dict[str, list[float]] = {remote: [], secure: []}
    for _ in range(20):
        for address, times in opened.items():
            since = time.perf_counter()
            client = _Client(address, token)
            times.append(1000 * (time.perf_counter() - since))
            for _ in range(TRIPS // 20):
                trips[address].append(client.trip_ms())
            client.close()
    # The lower quarter: what others do on the machine meanwhile is not TLS.
    clear, sealed = (statistics.quantiles(trips[address])[0] for address in (remote, secure))
    return [
        Row("round trip over TLS", sealed, clear, "ms"),
        Row("  more than in clear", sealed - clear, None, "ms", 0.1),
        Row("connection over TLS, until let in", statistics.median(opened[secure]),
            statistics.median(opened[remote]), "ms"),
    ]  # fmt: skip


class _Client:
    """One connection, in clear or over TLS."""

    def __init__(self, address: str, token: str) -> None:
        from websockets.sync.client import connect

        is_secure = address.startswith("wss")
        context = ssl.create_default_context(cafile=certificate_path()) if is_secure else None
        self._context = connect(address, ssl=context, compression=None, ping_interval=None)
        self._socket = self._context.__enter__()
        self._protocol = ObsClientProtocol()
        self._protocol.take_hello(self._socket.recv(timeout=20))
        self._socket.send(self._protocol.identify(token))
        self._socket.recv(timeout=20)

    def trip_ms(self) -> float:
        """A small question and its answer."""
        text = self._protocol.request("1", "GetStudioModeEnabled")
        since = time.perf_counter()
        self._socket.send(text)
        self._socket.recv(timeout=20)
        return 1000 * (time.perf_counter() - since)

    def close(self) -> None:
        """Ends it."""
        self._socket.close()


def _show(root: Path) -> Path:
    folder = root / "door.show"
    folder.mkdir()
    ground = [{"id": 1, "source": "ground"}]
    scenes = [{"name": name, "items": ground} for name in ("One", "Two")]
    show = {
        "schema": 1, "name": "door", "language": "en", "fps": "30",
        "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape"]},
        "sources": [{"name": "ground", "kind": "colour", "settings": {"top": "#204060"}}],
        "scenes": {"scenes": scenes, "programme": {"landscape": "One", "portrait": "One"},
                   "preview": {"landscape": "Two", "portrait": "Two"}},
    }  # fmt: skip
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder
