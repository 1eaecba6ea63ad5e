"""The last pieces: 64 buyers in 8 processes ask for 500 pieces while the ledger is killed.

The ledger runs in a process of its own behind a socket, as an engine does; it is killed five
times (SIGKILL) in the middle and started again on the same file. Buyers ask again with the same
key until they are answered. Beside it the pace of grouped commits stands next to one commit a
booking, both on the disk before the answer.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import redis_server
from bench.base import BenchReport, Row
from studio.core.streams import child_environment
from studio.shop.stock.answers import answered
from studio.shop.stock.ledger import StockLedger
from studio.shop.stock.model import Line
from studio.shop.stock.place import Place
from studio.shop.stock.redis import RedisStock
from studio.shop.stock.sqlite import SqliteStock

ASKS, PROCESSES, BUYERS, PIECES, KILLS = 10_048, 8, 8, 500, 5
TURNS, USES = 1000, 100
KILLED_AFTER = (0.1, 0.3, 0.45, 0.6, 0.8)
"""Parts of all asks after which the ledger is killed."""

SERVER = """
import json, socketserver, sys
from pathlib import Path
from studio.shop.stock.model import Line
from studio.shop.stock.place import Place
from studio.shop.stock.redis import RedisStock
from studio.shop.stock.sqlite import SqliteStock
url, _, shop = sys.argv[1].partition("#")
ledger = RedisStock(shop, Place({"url": url})) if shop else SqliteStock(Path(url))
class Door(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            asked = json.loads(line)
            booked = ledger.hold(asked["key"], [Line("hat")], asked["buyer"]).result()
            if booked.outcome == "held":
                booked = ledger.confirm(asked["key"]).result()
            self.wfile.write((booked.outcome + "\\n").encode())
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128
with Server(("127.0.0.1", int(sys.argv[2])), Door) as server:
    print("ready", flush=True)
    server.serve_forever()
"""
CLIENT = """
import json, socket, sys, threading, time
port, process, asks, buyers = map(int, sys.argv[1:])
took, told, lock = [], {}, threading.Lock()
def buy(buyer):
    link = None
    for number in range(asks // buyers):
        key = f"{process}-{buyer}-{number}"
        began = time.monotonic()
        while True:
            try:
                if link is None:
                    link = socket.create_connection(("127.0.0.1", port), 10)
                    reader = link.makefile("rb")
                link.sendall(json.dumps({"key": key, "buyer": f"{process}-{buyer}"}).encode() + b"\\n")
                answer = reader.readline()
                if not answer:
                    raise OSError
                break
            except OSError:
                if link is not None:
                    link.close()
                link = None
                time.sleep(0.02)
        with lock:
            told[key] = answer.decode().strip()
            took.append(time.monotonic() - began)
            print(flush=True)
threads = [threading.Thread(target=buy, args=(n,)) for n in range(buyers)]
[t.start() for t in threads]
[t.join() for t in threads]
print(json.dumps({"told": told, "took": took}), flush=True)
"""  # noqa: E501


def run() -> BenchReport:
    """Correctness under kills, and the pace of bookings that are on the disk, on both stores."""
    report = BenchReport("stock", "one commit a booking, on the disk before the answer (SQLite)")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _sell(str(root / "shop.db"), report, "file")
        _last_part(str(root / "parts.db"), report, "file")
        _coupon(str(root / "coupon.db"), report, "file")
        single_s = _single(root / "single.db")
        _pace(str(root / "grouped.db"), report, "file", single_s)
        if redis_server.is_there():
            with redis_server.RedisServer(root / "redis") as server:
                _sell(f"{server.url}#shop", report, "Redis", server)
                _last_part(f"{server.url}#parts", report, "Redis")
                _coupon(f"{server.url}#coupon", report, "Redis")
                _pace(f"{server.url}#pace", report, "Redis", single_s)
    return report


def _open(where: str) -> StockLedger:
    """A ledger by the path of its file, or by the address of its store and a name behind #."""
    url, _, shop = where.partition("#")
    return RedisStock(shop, Place({"url": url})) if shop else SqliteStock(Path(where))


def _sell(
    where: str, report: BenchReport, store: str, redis: redis_server.RedisServer | None = None
) -> None:
    ledger = _open(where)
    ledger.receive("in", "hat", PIECES).result()
    ledger.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answered = [0]
    server = _server(where, port)
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(port), str(n), str(ASKS // PROCESSES), str(BUYERS)],
            stdout=subprocess.PIPE, text=True, encoding="utf-8", env=child_environment(),
        )
        for n in range(PROCESSES)
    ]  # fmt: skip
    results: list[dict[str, object]] = []
    readers = [
        threading.Thread(target=_read, args=(client, answered, results)) for client in clients
    ]
    began = time.monotonic()
    for reader in readers:
        reader.start()
    killed = 0
    for part in KILLED_AFTER[:KILLS]:
        while answered[0] < part * ASKS and any(reader.is_alive() for reader in readers):
            time.sleep(0.001)
        server.send_signal(signal.SIGKILL)
        server.wait()
        killed += 1
        if redis is not None:  # the store too, with the engine that asks it
            redis.kill()
            redis.start()
        server = _server(where, port)
    for reader in readers:
        reader.join()
    took_s = time.monotonic() - began
    server.kill()
    server.wait()
    ledger = _open(where)
    sold = ledger.reservations("confirmed", ASKS)
    told = {key: word for result in results for key, word in dict(result["told"]).items()}  # type: ignore[call-overload]
    confirmed = {order.key for order in sold}
    lost = sum(1 for key, word in told.items() if word == "confirmed" and key not in confirmed)
    pieces = sum(line.count for order in sold for line in order.lines)
    times = sorted(float(t) for result in results for t in list(result["took"]))  # type: ignore[call-overload]
    ledger_faults = ledger.faults()
    ledger.close()
    report.rows += [
        Row(f"{store}: asks answered ({killed} kills)", len(told), None, ""),
        Row(f"{store}: pieces sold beyond 500", max(0, pieces - PIECES), None, "", 0.0),
        Row(f"{store}: pieces not sold", max(0, PIECES - pieces), None, "", 0.0),
        Row(f"{store}: orders confirmed and lost", lost, None, "", 0.0),
        Row(f"{store}: SKUs whose moves do not add up", len(ledger_faults), None, "", 0.0),
        Row(f"{store}: answer, median", 1000 * statistics.median(times), None, "ms"),
        Row(f"{store}: all asks", took_s, None, "s"),
    ]


def _last_part(where: str, report: BenchReport, store: str) -> None:
    """The last piece of a part, 32 buyers of the part and 32 of a bundle with it, 1,000 times."""
    ledger = _open(where)
    ledger.receive("hat", "hat", 1).result()
    ledger.receive("scarf", "scarf", 100).result()
    alone, bundle = [Line("hat")], [Line("hat"), Line("scarf")]
    not_one = below = half = 0
    with ThreadPoolExecutor(64) as buyers:
        for turn in range(TURNS):
            asked = [
                buyers.submit(ledger.hold, f"{turn}-{n}", bundle if n % 2 else alone, str(n))
                for n in range(64)
            ]
            answers = [one.result().result() for one in asked]
            held = [answer.key for answer in answers if answer.outcome == "held"]
            not_one += len(held) != 1
            levels = {level.sku: level for level in ledger.levels()}
            below += any(level.free < 0 for level in levels.values())
            bundles = sum(int(key.partition("-")[2]) % 2 for key in held)
            half += levels["scarf"].held != bundles or levels["hat"].held != len(held)
            for key in held:
                ledger.release(key).result()
    faults = ledger.faults()
    ledger.close()
    report.rows += [
        Row(
            f"{store}: last piece of a part, {TURNS} × 64: not exactly one", not_one, None, "", 0.0
        ),
        Row(f"{store}: stock below zero, or a bundle held by half", below + half, None, "", 0.0),
        Row(f"{store}: SKUs of it whose moves do not add up", len(faults), None, "", 0.0),
    ]


def _coupon(where: str, report: BenchReport, store: str) -> None:
    """A coupon of 100 uses, 64 buyers at once, four orders each; some payments fail."""
    ledger = _open(where)
    ledger.receive("hat", "hat", 10_000).result()
    with ThreadPoolExecutor(64) as buyers:
        counts = [buyers.submit(ledger.count_to, f"c{n}", "coupon:x", USES) for n in range(64)]
        for counted in counts:
            counted.result().result()
        lines = [Line("hat"), Line("coupon:x")]

        def buy(buyer: int) -> int:
            used = 0
            for number in range(4):
                key = f"{buyer}-{number}"
                if ledger.hold(key, lines, str(buyer)).result().outcome != "held":
                    continue
                if (buyer + number) % 7 == 0:
                    ledger.release(key).result()  # the payment failed
                else:
                    used += ledger.confirm(key).result().outcome == "confirmed"
            return used

        used = sum(buyers.map(buy, range(64)))
    faults = ledger.faults()
    ledger.close()
    report.rows += [
        Row(f"{store}: coupon of {USES} uses, 64 at once: used", used, None, ""),
        Row(f"{store}: uses beyond it, or left", abs(used - USES), None, "", 0.0),
        Row(f"{store}: its moves that do not add up", len(faults), None, "", 0.0),
    ]


def _server(where: str, port: int) -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, where, str(port)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=child_environment(),
    )
    assert server.stdout is not None
    server.stdout.readline()
    return server


def _read(
    client: subprocess.Popen[str], answered: list[int], results: list[dict[str, object]]
) -> None:
    assert client.stdout is not None
    for line in client.stdout:
        if line.strip():
            results.append(json.loads(line))
        else:
            answered[0] += 1
    client.wait()


def _single(path: Path) -> float:
    """Holds a second, one commit each: what the others stand beside."""
    ledger = SqliteStock(path)
    ledger.receive("in", "hat", 1_000_000).result()
    began = time.monotonic()
    for number in range(1000):
        ledger.hold(f"s-{number}", [Line("hat")], "s").result()
    took_s = time.monotonic() - began
    ledger.close()
    return 1000 / took_s


def _pace(where: str, report: BenchReport, store: str, single_s: float) -> None:
    ledger = _open(where)
    ledger.receive("in", "hat", 1_000_000).result()
    line = [Line("hat")]
    took: list[float] = []

    async def buy(buyer: int) -> None:
        for number in range(300):
            began = time.monotonic()
            await answered(ledger.hold(f"{buyer}-{number}", line, str(buyer)))
            took.append(time.monotonic() - began)

    async def buy_all() -> None:  # as on the engine's loop
        await asyncio.gather(*(buy(buyer) for buyer in range(64)))

    began = time.monotonic()
    asyncio.run(buy_all())
    per_s = len(took) / (time.monotonic() - began)
    took.sort()
    ledger.close()
    report.rows += [
        Row(f"{store}: us a hold, 64 buyers (durable)", 1e6 / per_s, 1e6 / single_s, "us"),
        Row(f"{store}: holds a second", per_s, single_s, "/s"),
        Row(
            f"{store}: slowest hundredth of 64 buyers", 1000 * took[len(took) * 99 // 100], None,
            "ms", 20.0,
        ),
    ]  # fmt: skip
