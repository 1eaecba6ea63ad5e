"""A million calls at a show that is on air: it goes on, in time and within its memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.base import Row
from bench.hostile.callers import Caller, Link, one
from bench.hostile.ways import Ways
from bench.line.chain import BenchChain, write_show
from bench.line.processes import Tree
from bench.line.rig import remote_of
from bench.places import own_places
from studio.core.paths import project_dir
from studio.core.streams import child_environment

PASSWORD = "a password of the bench"
ROLES = ("viewer", "controller", "technician")
LOOK_S = 0.25
MOST_GROWN_MB = 200.0
MOST_LATE_MS = 100.0


class Watch(threading.Thread):
    """Looks at the engine all the time: memory, pictures missed, how long an answer takes."""

    def __init__(self, chain: BenchChain, runtime: Path) -> None:
        super().__init__(name="watch", daemon=True)
        self._chain, self._tree = chain, Tree(runtime)
        self._key = json.loads((runtime / "remote.json").read_text(encoding="utf-8"))["key"]
        self.stopping = threading.Event()
        self.first_mb = self.most_mb = 0.0
        self.memory_mb: list[int] = []
        self.answers_ms: list[float] = []
        self.falls = 0
        self.missed = self.late = 0

    def run(self) -> None:
        """Asks a small question, again and again, as the desk does."""
        pid = self._chain.pid()
        link: Link | None = None
        while not self.stopping.wait(LOOK_S):
            size = self._tree.sizes().get("engine", (0.0, 0))[0]
            self.first_mb = self.first_mb or size
            self.memory_mb.append(round(size))
            self.most_mb = max(self.most_mb, size)
            if self._chain.pid() != pid:
                pid, link = self._chain.pid(), None
                self.falls += 1
            try:
                link = link or Link(remote_of(self._chain), self._key)
                began = time.monotonic()
                found = one(link, "stats.get").get("result", {})
                self.answers_ms.append((time.monotonic() - began) * 1000)
                self.missed = max(self.missed, int(found.get("missed", 0)))
                self.late = max(self.late, int(found.get("late", 0)))
            except Exception:
                link = None


@contextmanager
def on_air(root: Path, *push: str) -> Iterator[tuple[BenchChain, Path]]:
    """A show at 720p30 that is recorded and pushed to these addresses, in folders of its own."""
    environment = own_places(root)
    environment |= {"HOME": str(root), "SHOPCAST_LANG": "en", "SHOPCAST_PASSWORD": PASSWORD}
    show = write_show(root / "fuzz.show", (1280, 720))
    streams = [part for url in push for part in ("--push", url)]
    chain = BenchChain(
        "run", str(show), *streams, "--record", str(root / "air.mkv"),
        "--port", "0", "--password", PASSWORD,
        environment=environment,
    )  # fmt: skip
    try:
        chain.event("on_air")
        chain.flows("record")
        for number in range(len(push)):
            chain.flows(f"push{number + 1}")
        yield chain, root / "run"
    finally:
        chain.close()


def fuzz(calls: int, seed: int, minutes: float, report: Path | None = None) -> list[Row]:
    """Calls commands, requests, feeds and files, until there were enough or the time is over.

    Args:
        report: where what was found is written, with what was called.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        root = Path(folder)
        with on_air(root) as (chain, runtime):
            watch = Watch(chain, runtime)
            watch.start()
            callers = _callers(chain, runtime, seed)
            ways = Ways(root, chain, runtime, seed)
            workers: list[Caller | Ways] = [*callers, ways]
            for worker in workers:
                worker.start()
            reading = _reading(calls // 2, seed, minutes * 60)
            last: list[Any] = []
            while time.monotonic() - began < minutes * 60:
                time.sleep(LOOK_S)
                if watch.falls and not last:
                    last = [batch for caller in callers for batch in caller.last]
                if sum(caller.calls for caller in callers) + ways.calls >= calls - calls // 2:
                    break
            for worker in workers:
                worker.stopping.set()
            hurt, hurt_faults = json.loads(reading.communicate()[0] or "[{}, {}]")
            for worker in workers:
                worker.join(30)
            state = _sizes(chain, runtime)
            is_equal, why = _reopens(chain, runtime, root)
            watch.stopping.set()
            watch.join(5)
            log = _log(root)
        faults = {**ways.faults, **hurt_faults}
        for caller in callers:
            faults |= caller.faults
    tracebacks = sorted(
        set(re.findall(r"^ {4}(\w[\w.]*(?:Error|Exception|Warning)\b.*)$", log, re.M))
    )
    by_door = sum(caller.calls for caller in callers)
    made = by_door + ways.calls + sum(hurt.values())
    if report is not None:
        found = {
            "calls": made, "faults": faults, "tracebacks": tracebacks, "reopened": why,
            "by way": {**ways.by_way, **hurt}, "state": state,
            "memory": watch.memory_mb, "answers": watch.answers_ms, "last": last,
            "log": log[-200_000:],
        }  # fmt: skip
        report.write_text(json.dumps(found, indent=1), encoding="utf-8")
    answers = sorted(watch.answers_ms) or [0.0]
    return [
        Row(f"fuzz, seed {seed}: calls in {time.monotonic() - began:.0f} s", made, None, ""),
        Row("fuzz: of them by the door", by_door, None, ""),
        Row("fuzz: of those done", sum(caller.done for caller in callers), None, ""),
        Row("fuzz: times the engine fell", watch.falls, None, "", 0),
        Row("fuzz: answers that say the program is at fault", len(faults), None, "", 0),
        Row("fuzz: kinds of tracebacks in the log", len(tracebacks), None, "", 0),
        Row(
            "fuzz: desk's answer meanwhile, p99",
            answers[int(0.99 * (len(answers) - 1))],
            None,
            "ms",
        ),
        Row("fuzz: desk's answer meanwhile, longest", answers[-1], None, "ms"),
        Row("fuzz: pictures missed", watch.missed, None, ""),
        Row("fuzz: memory grown by", watch.most_mb - watch.first_mb, None, "MB", MOST_GROWN_MB),
        Row("fuzz: the show reopens another", float(not is_equal), None, "", 0),
    ]


def _reading(calls: int, seed: int, seconds: float) -> subprocess.Popen[str]:
    """Files and messages that were hurt, given to what reads them, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "bench.hostile.readers", str(calls), str(seed), str(seconds)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        cwd=project_dir(), env=child_environment(),
    )  # fmt: skip


def _callers(chain: BenchChain, runtime: Path, seed: int) -> list[Caller]:
    from studio.remote.requests.known import FIELDS

    key = json.loads((runtime / "remote.json").read_text(encoding="utf-8"))["key"]
    link = Link(remote_of(chain), key)
    secrets = [PASSWORD]
    for role in ROLES:
        made = one(link, "remote.token_add", name=f"fuzz {role}", role=role)
        secrets.append(made["result"]["result"]["token"])
    commands = one(link, "commands.list")["result"]
    link.close()
    requests = {
        name: [
            f"{field.name}{'' if field.is_needed else '?'}={field.kind or 'string'}"
            for field in fields
        ]
        for name, fields in FIELDS.items()
    }
    remote = remote_of(chain)
    return [
        Caller(remote, secret, commands, requests, seed * 1000 + number)
        for number, secret in enumerate(secrets)
    ]


def _sizes(chain: BenchChain, runtime: Path) -> dict[str, Any]:
    """How large each part of the state has become, and of what it is made."""
    try:
        key = json.loads((runtime / "remote.json").read_text(encoding="utf-8"))["key"]
        link = Link(remote_of(chain), key)
        state = one(link, "state.get").get("result", {})
        link.close()
    except Exception as error:
        return {"error": str(error)}
    sizes: dict[str, Any] = {part: len(json.dumps(value)) for part, value in state.items()}
    sizes["kinds"] = Counter(str(entry.get("kind")) for entry in state.get("sources", []))
    return sizes


def _reopens(chain: BenchChain, runtime: Path, root: Path) -> tuple[bool, str]:
    """Saved, opened by another engine and saved again, the show is the same."""
    try:
        key = json.loads((runtime / "remote.json").read_text(encoding="utf-8"))["key"]
        link = Link(remote_of(chain), key)
        saved = one(link, "show.save_as", folder=str(root / "first.show"))
        link.close()
        if not saved.get("ok"):
            return False, f"not saved: {saved}"
        chain.stop()
        first = json.loads((root / "first.show" / "show.json").read_text(encoding="utf-8"))
        again = BenchChain(
            "run", str(root / "first.show"), "--port", "0", "--password", "",
            environment=chain.environment | {"SHOPCAST_RUNTIME": str(root / "run2")},
        )  # fmt: skip
        try:
            again.event("on_air", 60)
            key = json.loads((root / "run2" / "remote.json").read_text(encoding="utf-8"))["key"]
            link = Link(remote_of(again), key)
            one(link, "show.save_as", folder=str(root / "second.show"))
            link.close()
            second = json.loads((root / "second.show" / "show.json").read_text(encoding="utf-8"))
        finally:
            again.close()
    except Exception as error:
        return False, f"{type(error).__name__}: {error}"
    return _differs(first, second)


def _differs(first: dict[str, Any], second: dict[str, Any]) -> tuple[bool, str]:
    first.pop("name", None), second.pop("name", None)
    parts = [key for key in first.keys() | second.keys() if first.get(key) != second.get(key)]
    if not parts:
        return True, ""
    told = {
        key: [json.dumps(first.get(key))[:1500], json.dumps(second.get(key))[:1500]]
        for key in parts
    }
    return False, json.dumps(told)


def _log(root: Path) -> str:
    logs = sorted((root / "data" / "logs").glob("engine.log*"), reverse=True)
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)
