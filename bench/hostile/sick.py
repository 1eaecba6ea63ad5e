"""A sick machine under a live show: kills, stops, full and read-only disks, clocks, sleep, memory.

Each draw has a seed of its own, so a run goes on where another ended (``--state FILE``), and one
draw can be had again.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.base import Row
from bench.hostile.callers import Link, one
from bench.line.chain import BenchChain, write_show
from bench.line.film import read_film
from bench.line.processes import Tree
from bench.line.rig import remote_of
from bench.line.server import Nginx
from bench.places import own_places
from studio.core import processes

BACK_S = 4.0
GAP_MS = 1000.0
OLD_S = 1.1
"""So long before the fault an edit was made: it must be there afterwards."""
SETTLED_S = 30.0
SLEEP_S = 7.0
"""Longer than every limit of silence; a machine that sleeps stops all of them likewise."""
HOUR_S = 3600
PROGRAMS = (["-m", "studio"], ["-m", "studio.sender"], ["studio.app.cli"])
SITE = """
import datetime, os, time
_real, _ns = time.time, time.time_ns
def _offset():
    try:
        with open(os.environ["HOSTILE_CLOCK"]) as file:
            return float(file.read() or 0)
    except (OSError, ValueError, KeyError):
        return 0.0
time.time = lambda: _real() + _offset()
time.time_ns = lambda: _ns() + int(_offset() * 1e9)
class _Moved(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.utcfromtimestamp(time.time())
datetime.datetime = _Moved
"""
"""Python's wall clock in every process of the studio; the computer's own is left alone."""


class Patient:
    """A live show on a disk of its own, in the hands of somebody who hurts the machine."""

    def __init__(self, root: Path, server: Nginx) -> None:
        self.root, self.server = root, server
        self.disk = root / "disk"
        self.show = self.disk / "sick.show"
        self.clock = root / "clock"
        site = root / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(SITE, encoding="utf-8")
        self.environment = own_places(self.disk) | {
            "SHOPCAST_RUNTIME": str(root / "run"),
            "SHOPCAST_LANG": "en",
            "PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]).strip(":"),
            "HOSTILE_CLOCK": str(self.clock),
        }
        self.chain: BenchChain | None = None
        self.number = 0

    def start(self) -> None:
        """Live at 720p30."""
        write_show(self.show, (1280, 720))
        self.chain = BenchChain(
            "run", str(self.show), "--push", self.server.url("sick"), "--port", "0",
            "--password", "", environment=self.environment,
        )  # fmt: skip
        self.chain.event("on_air")
        self.chain.flows("push1")
        self.tree = Tree(self.root / "run")

    def ask(self, kind: str, **data: Any) -> Any:
        """One question to whichever engine runs."""
        assert self.chain is not None
        link = Link(remote_of(self.chain), "")
        try:
            return one(link, kind, **data)
        finally:
            link.close()

    def edit(self) -> bool:
        """Sets a price; was it taken?"""
        self.number += 1
        told = self.ask("shop.price", product="p1", cents=10_000 + self.number)
        return bool(told.get("ok"))

    def has_edit(self) -> bool:
        """Is the last price there?"""
        shop = self.ask("state.get", parts=["shop"])["result"]["shop"]
        price = next(p["price_cents"] for p in shop["products"] if p["id"] == "p1")
        return int(price) == 10_000 + self.number

    def is_well(self) -> bool:
        """Does the show flow to its destination?"""
        try:
            outputs = self.ask("state.get", parts=["outputs"])["result"]["outputs"]
        except Exception:
            return False
        return any(out["name"] == "push1" and out["state"] == "live" for out in outputs)

    # -- what is done to it --------------------------------------------------------------------

    def kill_engine(self, chance: random.Random) -> None:
        """kill -9."""
        assert self.chain is not None
        self.chain.kill(self.tree.pids()["engine"])

    def stop_engine(self, chance: random.Random) -> None:
        """Stopped and let go on: shorter and longer than the limit of its heartbeat."""
        pid = self.tree.pids()["engine"]
        with _frozen([pid], chance):
            time.sleep(chance.uniform(0.2, 6.0))

    def stop_sender(self, chance: random.Random) -> None:
        """The sender is stopped for a moment: less than what a sender may be silent."""
        pid = self.tree.senders()["push1"]
        with _frozen([pid], chance):
            time.sleep(chance.uniform(0.1, 0.9))

    def full_disk(self, chance: random.Random) -> None:
        """Not a byte is left for show, journal and settings; then there is room again."""
        if not os.path.ismount(self.disk):
            raise _NotHere  # the computer's own disk is nobody's to fill
        filler = self.disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
        with contextlib.suppress(Exception):
            self.edit()
        time.sleep(chance.uniform(0.5, 3.0))
        filler.unlink(missing_ok=True)

    def read_only(self, chance: random.Random) -> None:
        """The show's disk takes nothing for a moment."""
        call = ["mount", "-o", "remount,ro", str(self.show)]
        if not os.path.ismount(self.show) or subprocess.run(call, capture_output=True).returncode:
            raise _NotHere
        with contextlib.suppress(Exception):
            self.ask("show.save")
        time.sleep(chance.uniform(0.5, 3.0))
        subprocess.run(["mount", "-o", "remount,rw", str(self.show)], check=True)

    def set_clock(self, chance: random.Random) -> None:
        """The wall clock is set an hour on or back, and back again."""
        self.clock.write_text(str(chance.choice((-HOUR_S, HOUR_S))), encoding="utf-8")
        time.sleep(chance.uniform(0.5, 3.0))
        self.clock.write_text("0", encoding="utf-8")

    def sleep(self, chance: random.Random) -> None:
        """Every process stands, the clock goes on, they wake in some order."""
        pids = list(self.tree.pids().values())
        with _frozen(pids, chance):
            time.sleep(SLEEP_S)
            self.clock.write_text(str(chance.choice((0, 600))), encoding="utf-8")
        self.clock.write_text("0", encoding="utf-8")

    def little_memory(self, chance: random.Random) -> None:
        """The engine may have a few MB more than it has, while much is asked of it."""
        import resource

        pid = self.tree.pids()["engine"]
        words = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()
        limit = int(words[0]) * resource.getpagesize() + chance.randrange(8, 64) * 1_000_000
        before = resource.prlimit(pid, resource.RLIMIT_AS)
        resource.prlimit(pid, resource.RLIMIT_AS, (limit, before[1]))
        try:
            for _ in range(6):
                with contextlib.suppress(Exception):
                    self.ask("picture.get", width=4096, height=4096)
        finally:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_AS, before)


@contextlib.contextmanager
def _frozen(pids: list[int], chance: random.Random) -> Iterator[None]:
    """They stand, and go on in some order."""
    found = [process for pid in pids if (process := processes.identify(pid)) is not None]
    chance.shuffle(found)
    held = [(process, words) for process in found for words in PROGRAMS
            if processes.freeze(process, words)]  # fmt: skip
    try:
        yield
    finally:
        for process, words in held:
            processes.thaw(process, words)
            time.sleep(chance.uniform(0.0, 0.3))


class _NotHere(Exception):
    """This machine does not let it be done."""


FAULTS: dict[str, Callable[[Patient, random.Random], None]] = {
    "kill -9 of the engine": Patient.kill_engine,
    "engine stopped and let go on": Patient.stop_engine,
    "sender stopped and let go on": Patient.stop_sender,
    "disk full": Patient.full_disk,
    "disk read-only": Patient.read_only,
    "clock an hour on or back": Patient.set_clock,
    "sleep": Patient.sleep,
    "little memory": Patient.little_memory,
}
WITHOUT_GAP = frozenset({"sleep"})


def sick(draws: int, seed: int, minutes: float, state: Path | None = None) -> list[Row]:
    """Draws faults until there were enough or the time is over.

    Args:
        state: what was drawn before is not drawn again, and what is drawn is kept there.
    """
    kept: dict[str, Any] = {}
    if state is not None and state.exists():
        kept = json.loads(state.read_text(encoding="utf-8"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sick-") as folder, _disks(Path(folder)):
        root = Path(folder)
        with Nginx(root / "nginx") as server:
            patient = Patient(root, server)
            patient.start()
            live = time.monotonic()
            try:
                for number in range(draws):
                    name = f"{seed}:{number}"
                    if name in kept:
                        continue
                    if time.monotonic() - began > minutes * 60:
                        break
                    kept[name] = _draw(patient, name, live)
                    print(name, json.dumps(kept[name]), file=sys.stderr, flush=True)
                    if state is not None:
                        state.write_text(json.dumps(kept, indent=1), encoding="utf-8")
            finally:
                assert patient.chain is not None
                patient.chain.close()
            server.finish()
            publishes = server.publishes()
            gaps = _gaps(server, kept)
    if state is not None:
        state.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return _rows(kept, publishes, gaps)


def _draw(patient: Patient, name: str, live: float) -> dict[str, Any]:
    chance = random.Random(name)
    what = chance.choice(list(FAULTS))
    drawn: dict[str, Any] = {"what": what}
    if not patient.edit():
        drawn["edit"] = "not taken"
    time.sleep(OLD_S)
    drawn["from_s"] = round(time.monotonic() - live, 2)
    number, engine = patient.number, patient.tree.pids().get("engine")
    try:
        FAULTS[what](patient, chance)
    except _NotHere:
        return drawn | {"skipped": True}
    over = time.monotonic()
    back_s = SETTLED_S
    while time.monotonic() - over < SETTLED_S:
        # After a kill the old words about the output may still stand: the engine must be another.
        is_new = what != "kill -9 of the engine" or patient.tree.pids().get("engine") != engine
        if is_new and patient.is_well():
            back_s = time.monotonic() - over
            break
        time.sleep(0.05)
    drawn["back_s"] = round(back_s, 2)
    drawn["to_s"] = round(time.monotonic() - live + 1.0, 2)
    with contextlib.suppress(Exception):
        has_it = patient.has_edit() or patient.number != number
        drawn["lost"] = not has_it
    time.sleep(chance.uniform(0.5, 2.0))
    return drawn


def _gaps(server: Nginx, kept: dict[str, Any]) -> Counter[str]:
    """Holes over a second in what the server got, by what was done then."""
    found: Counter[str] = Counter()
    for file in server.files():
        film = read_film(file, decodes=False)
        times = film.times_ms[True]
        for before, after in zip(times, times[1:], strict=False):
            if after - before > GAP_MS:
                at_s = (before - times[0]) / 1000
                names = [
                    drawn["what"]
                    for drawn in kept.values()
                    if "to_s" in drawn and drawn["from_s"] - 2 <= at_s <= drawn["to_s"] + 2
                ]
                found[names[0] if names else "between"] += 1
    return found


def _rows(kept: dict[str, Any], publishes: int, gaps: Counter[str]) -> list[Row]:
    done = [drawn for drawn in kept.values() if not drawn.get("skipped")]
    late = [drawn for drawn in done if drawn["back_s"] > BACK_S]
    lost = [drawn for drawn in done if drawn.get("lost", True)]
    with_gap = sum(count for what, count in gaps.items() if what not in WITHOUT_GAP)
    rows = [
        Row("sick: draws", len(done), None, ""),
        Row("sick: skipped, this machine does not let it", len(kept) - len(done), None, ""),
        Row("sick: back later than 4 s", len(late), None, "", 0),
        Row("sick: longest until back", max((d["back_s"] for d in done), default=0), None, "s"),
        Row("sick: an edit older than a second was lost", len(lost), None, "", 0),
        Row("sick: publishes at the server", publishes, None, "", 1),
        Row("sick: gaps over a second (sleep excepted)", with_gap, None, "", 0),
    ]
    for what, count in sorted(Counter(drawn["what"] for drawn in done).items()):
        worst = max(drawn["back_s"] for drawn in done if drawn["what"] == what)
        rows.append(Row(f"  {what}: {count} times, longest until back", worst, None, "s"))
    for what, count in sorted(gaps.items()):
        rows.append(Row(f"  {what}: gaps over a second", count, None, ""))
    return rows


@contextlib.contextmanager
def _disks(root: Path) -> Iterator[None]:
    """Small disks for what is written and for the show, where mounting is possible."""
    mounted: list[Path] = []
    try:
        for folder, size in ((root / "disk", "64m"), (root / "disk" / "sick.show", "64m")):
            folder.mkdir()
            call = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]
            if subprocess.run(call, capture_output=True).returncode == 0:
                mounted.append(folder)
        yield
    finally:
        for folder in reversed(mounted):
            subprocess.run(["umount", "-l", str(folder)], check=False)
