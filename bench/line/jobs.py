"""What the line benchmark does to the studio, one function a job."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from bench.base import Row
from bench.line.ask import ask
from bench.line.chain import BenchChain
from bench.line.faults import cuts, desk, hostile
from bench.line.film import read_film
from bench.line.processes import Tree
from bench.line.rig import Rig, film_rows, remote_of, running_rig, whole_rows
from bench.line.throttle import Throttle


def kills() -> list[Row]:
    """kill -9 of the engine at random moments while live at 720p30."""
    count = int(os.environ.get("SHOPCAST_LINE_KILLS", "30"))
    rng = random.Random(7)
    back_s: list[float] = []
    with running_rig() as rig:
        chain = rig.start(rig.server.url("kills"))
        try:
            for _ in range(count):
                time.sleep(rng.uniform(2.5, 6.0))
                seen, killed = len(chain.lines), time.monotonic()
                chain.kill(chain.pid())
                back_s.append(chain.flows("push1", 30, after=seen) - killed)
                chain.flows("record", 30, after=seen)
            time.sleep(3)
            chain.stop()
        finally:
            chain.close()
        rig.server.finish()
        publishes, film = rig.server.publishes(), read_film(rig.server.files()[0])
    holes = sorted(step for step in film.steps_ms() if step > 100) or [0.0]
    back_s.sort()
    return [
        Row(f"{count} kills: programme back, median", back_s[len(back_s) // 2], None, "s"),
        Row("kills: programme back, longest", back_s[-1], None, "s", 4),
        Row("kills: publishes in the server's log", publishes, None, "", 1),
        Row("kills: holes over 100 ms", len(holes), None, ""),
        Row("kills: hole, p99 of them", holes[int(0.99 * (len(holes) - 1))], None, "ms", 1000),
        *film_rows("kills", film, 1000),
    ]


def server() -> list[Row]:
    """The server is killed and comes back after 1, 10 and 70 s; the recording does not notice."""
    rows = []
    with running_rig() as rig:
        chain = rig.start(rig.server.url("server"))
        try:
            for gone_s in (1, 10, 70):
                rig.server.kill()
                time.sleep(gone_s)
                seen = len(chain.lines)
                rig.server.start()
                back = time.monotonic()
                took = chain.flows("push1", 20, after=seen) - back
                rows.append(Row(f"server away {gone_s} s: live again after", took, None, "s", 2))
                time.sleep(3)
            chain.stop()
            done = chain.event("done", 5)
        finally:
            chain.close()
        film = read_film(rig.recording)
    return [*rows, *whole_rows("recording meanwhile", film, done)]


def slow() -> list[Row]:
    """The line takes a third for 20 s."""
    with running_rig() as rig, Throttle(rig.server.port) as line:
        chain = rig.start(f"rtmp://127.0.0.1:{line.port}/live/slow")
        try:
            remote = remote_of(chain)

            def look() -> dict[str, int]:
                outputs = ask(remote, "state.get", parts=["outputs"])["outputs"]
                return dict(next(output for output in outputs if output["name"] == "push1"))

            time.sleep(6)
            nominal = look()["encode_kbps"]
            rate = 0
            for _ in range(10):
                rate = max(rate, look()["kbps"])
                time.sleep(0.2)
            line.kbps = rate // 3
            cut, down_s, drained_s, worst = time.monotonic(), 0.0, 0.0, 0
            while (now := time.monotonic() - cut) < 20:
                seen = look()
                if not down_s and seen["encode_kbps"] < nominal:
                    down_s = now
                if seen["queue_ms"] >= 1000:
                    drained_s = now
                worst = max(worst, seen["queue_ms"])
                time.sleep(0.1)
            line.kbps = 0
            free, up_s = time.monotonic(), 999.0
            while (now := time.monotonic() - free) < 90:
                if look()["encode_kbps"] >= nominal:
                    up_s = now
                    break
                time.sleep(0.25)
            final = look()
            chain.stop()
        finally:
            chain.close()
        connections = line.connections
    return [
        Row(f"{rate} → {rate // 3} kbit/s for 20 s: bitrate lowered after", down_s, None, "s", 2),
        Row("slow: longest queue", worst, None, "ms"),
        Row("slow: queue under a second for good after", drained_s, None, "s", 5),
        Row("slow: bitrate back after", up_s, None, "s", 60),
        Row("slow: connections", connections, None, "", 1),
        Row("slow: packets dropped", final["dropped"], None, ""),
    ]


def cost() -> list[Row]:
    """Three destinations and a recording against one destination."""
    used: dict[str, float] = {}
    for name, count in (("one", 1), ("three", 3)):
        with running_rig((1920, 1080)) as rig:
            chain = rig.start(*(rig.server.url(f"cost{n}") for n in range(count)))
            if count == 1:
                ask(remote_of(chain), "record.stop")
            try:
                tree = Tree(Path(rig.environment["SHOPCAST_RUNTIME"]))
                time.sleep(3)
                began, before = time.monotonic(), tree.cpu_s()
                time.sleep(20)
                used[name] = (tree.cpu_s() - before) / (time.monotonic() - began)
                chain.stop()
            finally:
                chain.close()
    return [
        Row("CPU, 3 destinations + recording beside 1", used["three"], used["one"], "core", 1.15)
    ]


def soak() -> list[Row]:
    """A fault every 20 s: engine killed, sender killed, server frozen, server killed, slow line."""
    seconds = float(os.environ.get("SHOPCAST_SOAK_S", "1800"))
    rng = random.Random(11)
    with running_rig() as rig, Throttle(rig.server.port) as line:
        chain = rig.start(f"rtmp://127.0.0.1:{line.port}/live/soak")
        tree = Tree(Path(rig.environment["SHOPCAST_RUNTIME"]))
        tree.supervisor = chain.process.pid
        samples: list[tuple[float, dict[str, tuple[float, int]]]] = []
        faults = 0
        try:
            began = time.monotonic()
            due = began + 20
            while (now := time.monotonic()) - began < seconds:
                time.sleep(2)
                samples.append((now - began, tree.sizes()))
                if now < due:
                    continue
                due, faults = due + 20, faults + 1
                _fault(faults % 5, rig, chain, line, rng)
            chain.stop()
        finally:
            chain.close()
        film = read_film(rig.recording)
        bad = read_film(max(rig.server.files(), key=lambda file: file.stat().st_size))
    step = film.out_of_step_ms()
    third = max(1, len(step) // 3)
    early, late = sorted(step[:third]), sorted(step[-third:])
    drift = late[len(late) // 2] - early[len(early) // 2] if step else 999.0
    rows = [Row(f"soak of {seconds:.0f} s: faults", faults, None, "")]
    for name in ("supervisor", "engine", "record", "push1"):
        rows += _growth(name, samples)
    return [
        *rows,
        Row("soak: A/V drift in the recording, last third − first", abs(drift), None, "ms", 20),
        *film_rows("soak, recording", film, 1000),
        Row("soak, server: decoding faults", bad.faults, None, "", 0),
    ]


def _fault(kind: int, rig: Rig, chain: BenchChain, line: Throttle, rng: random.Random) -> None:
    seen = len(chain.lines)
    if kind == 0:
        chain.kill(chain.pid())
        chain.flows("push1", 30, after=seen)
    elif kind == 1:
        senders = Tree(Path(rig.environment["SHOPCAST_RUNTIME"])).senders()
        chain.kill(senders["push1"])
        chain.flows("push1", 30, after=seen)
    elif kind == 2:
        rig.server.freeze()
        time.sleep(rng.uniform(2, 4))
        rig.server.thaw()
    elif kind == 3:
        rig.server.kill()
        time.sleep(rng.uniform(0.5, 2))
        rig.server.start()
        chain.flows("push1", 30, after=seen)
    else:
        line.kbps = 900
        time.sleep(6)
        line.kbps = 0


def _growth(name: str, samples: list[tuple[float, dict[str, tuple[float, int]]]]) -> list[Row]:
    """Memory and descriptors of one program: its last fifth against its second fifth.

    A program that is started again during the soak is compared over all of its lives.
    """
    found = [sizes[name] for _, sizes in samples if name in sizes]
    fifth = max(1, len(found) // 5)
    if len(found) < 5:
        return []
    early, late = found[fifth : 2 * fifth], found[-fifth:]
    memory = [sorted(mb for mb, _ in part)[len(part) // 2] for part in (early, late)]
    handles = [sorted(fds for _, fds in part)[len(part) // 2] for part in (early, late)]
    return [
        Row(
            f"soak: memory of {name} (MB), last over second fifth", memory[1], memory[0], "MB", 1.05
        ),
        Row(f"soak: descriptors of {name} more than before", handles[1] - handles[0], None, "", 2),
    ]


JOBS: dict[str, Callable[[], list[Row]]] = {
    "kills": kills,
    "server": server,
    "slow": slow,
    "hostile": hostile,
    "desk": desk,
    "cuts": cuts,
    "cost": cost,
    "soak": soak,
}
