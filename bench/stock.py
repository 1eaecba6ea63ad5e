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

from bench.base import BenchReport, Row
from studio.core.streams import child_environment
from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock

ASKS, PROCESSES, BUYERS, PIECES, KILLS = 10_048, 8, 8, 500, 5
TURNS, USES = 1000, 100
KILLED_AFTER = (0.1, 0.3, 0.45, 0.6, 0.8)
"""Parts of all asks after which the ledger is killed."""

SERVER = """
import json, socketserver, sys
from pathlib import Path
from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock
ledger = SqliteStock(Path(sys.argv[1]))
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
    """Correctness under kills, and the pace of bookings that are on the disk."""
    report = BenchReport("stock", "one commit a booking, on the disk before the answer (SQLite)")
    with tempfile.TemporaryDirectory() as folder:
        _sell(Path(folder) / "shop.db", report)
        _last_part(Path(folder) / "parts.db", report)
        _coupon(Path(folder) / "coupon.db", report)
        _pace(Path(folder), report)
    return report


def _sell(path: Path, report: BenchReport) -> None:
    ledger = SqliteStock(path)
    ledger.receive("in", "hat", PIECES).result()
    ledger.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answered = [0]
    server = _server(path, port)
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
        server = _server(path, port)
    for reader in readers:
        reader.join()
    took_s = time.monotonic() - began
    server.kill()
    server.wait()
    ledger = SqliteStock(path)
    sold = ledger.reservations("confirmed", ASKS)
    told = {key: word for result in results for key, word in dict(result["told"]).items()}  # type: ignore[call-overload]
    confirmed = {order.key for order in sold}
    lost = sum(1 for key, word in told.items() if word == "confirmed" and key not in confirmed)
    pieces = sum(line.count for order in sold for line in order.lines)
    times = sorted(float(t) for result in results for t in list(result["took"]))  # type: ignore[call-overload]
    ledger_faults = ledger.faults()
    ledger.close()
    report.rows += [
        Row(f"asks answered ({killed} kills)", len(told), None, ""),
        Row("pieces sold beyond 500", max(0, pieces - PIECES), None, "", 0.0),
        Row("pieces not sold", max(0, PIECES - pieces), None, "", 0.0),
        Row("orders confirmed and lost", lost, None, "", 0.0),
        Row("SKUs whose moves do not add up", len(ledger_faults), None, "", 0.0),
        Row("answer, median", 1000 * statistics.median(times), None, "ms"),
        Row("all asks", took_s, None, "s"),
    ]


def _last_part(path: Path, report: BenchReport) -> None:
    """The last piece of a part, 32 buyers of the part and 32 of a bundle with it, 1,000 times."""
    ledger = SqliteStock(path)
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
        Row(f"last piece of a part, {TURNS} × 64: not exactly one", not_one, None, "", 0.0),
        Row("stock below zero, or a bundle held by half", below + half, None, "", 0.0),
        Row("SKUs of it whose moves do not add up", len(faults), None, "", 0.0),
    ]


def _coupon(path: Path, report: BenchReport) -> None:
    """A coupon of 100 uses, 64 buyers at once, four orders each; some payments fail."""
    ledger = SqliteStock(path)
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
        Row(f"coupon of {USES} uses, 64 at once: used", used, None, ""),
        Row("uses beyond it, or left", abs(used - USES), None, "", 0.0),
        Row("its moves that do not add up", len(faults), None, "", 0.0),
    ]


def _server(path: Path, port: int) -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(path), str(port)],
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


def _pace(folder: Path, report: BenchReport) -> None:
    grouped, single = SqliteStock(folder / "grouped.db"), SqliteStock(folder / "single.db")
    for ledger in (grouped, single):
        ledger.receive("in", "hat", 1_000_000).result()
    line = [Line("hat")]
    took: list[float] = []

    async def buy(buyer: int) -> None:
        for number in range(300):
            began = time.monotonic()
            await asyncio.wrap_future(grouped.hold(f"{buyer}-{number}", line, str(buyer)))
            took.append(time.monotonic() - began)

    async def buy_all() -> None:  # as on the engine's loop
        await asyncio.gather(*(buy(buyer) for buyer in range(64)))

    began = time.monotonic()
    asyncio.run(buy_all())
    per_s = len(took) / (time.monotonic() - began)
    began = time.monotonic()
    for number in range(1000):
        single.hold(f"s-{number}", line, "s").result()
    single_s = 1000 / (time.monotonic() - began)
    took.sort()
    report.rows += [
        Row("us a hold, 64 buyers (durable)", 1e6 / per_s, 1e6 / single_s, "us"),
        Row("holds a second", per_s, single_s, "/s"),
        Row("slowest hundredth of 64 buyers", 1000 * took[len(took) * 99 // 100], None, "ms", 20.0),
    ]
    grouped.close()
    single.close()
