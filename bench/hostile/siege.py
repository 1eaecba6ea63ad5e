"""A crowd at the door of a live show: the owner and the key come in, no picture is missed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.base import Row
from bench.hostile.callers import Link, one
from bench.hostile.fuzz import PASSWORD, Watch, on_air
from bench.line.chain import BenchChain
from bench.line.rig import remote_of
from bench.line.server import Nginx
from studio.core.paths import project_dir
from studio.core.streams import child_environment

TRIES = 20
SOON_MS = 300.0
NEVER_MS = 99_999.0
CROWD = {"idle": 200, "guess": 5, "slow": 20, "flood": 1, "feed": 1}


def siege(seconds: float) -> list[Row]:
    """As long without the crowd as with it, on the same show."""
    with tempfile.TemporaryDirectory(prefix="siege-") as folder:
        root = Path(folder)
        with Nginx(root / "nginx") as server, on_air(root, server.url("siege")) as (chain, runtime):
            watch = Watch(chain, runtime)
            watch.start()
            key = json.loads((runtime / "remote.json").read_text(encoding="utf-8"))["key"]
            link = Link(remote_of(chain), key)
            tokens = [
                one(link, "remote.token_add", name=f"siege {n}", role="viewer")["result"]["result"][
                    "token"
                ]
                for n in range(3)
            ]
            quiet, quiet_ms = _measured(chain, link, key, seconds)
            was_mb = max(watch.memory_mb)  # the engine is warm by now
            with _crowd(remote_of(chain), tokens) as port:
                settings = {"url": f"ws://127.0.0.1:{port}/"}
                one(link, "feeds.add", name="siege", kind="websocket", settings=settings)
                loud, took_ms = _measured(chain, link, key, seconds)
                counts = one(link, "state.get", parts=["comments"])["result"]["comments"]["counts"]
            link.close()
            watch.stopping.set()
            watch.join(5)
            falls, most_mb = watch.falls, watch.most_mb - was_mb
    late = [taken for taken in took_ms if taken > SOON_MS]
    arrived = sum(int(counts.get(name, 0)) for name in ("allowed", "held", "blocked", "dropped"))
    return [
        Row(f"siege of {seconds:.0f} s: comments that came", arrived, None, ""),
        Row(
            f"siege: of {2 * TRIES} owner's and key's, not in within 300 ms", len(late), None, "", 0
        ),
        Row("siege: slowest of them", max(took_ms), None, "ms", SOON_MS),
        Row("siege: slowest before it, without the crowd", max(quiet_ms), None, "ms"),
        Row("siege: pictures missed before it, in as long a time", quiet, None, ""),
        Row("siege: pictures missed in it", loud, None, ""),
        Row("siege: more than before", max(0, loud - quiet), None, "", 0),
        Row("siege: times the engine fell", falls, None, "", 0),
        Row("siege: memory grown by it", most_mb, None, "MB", 200),
    ]


def _measured(chain: BenchChain, link: Link, key: str, seconds: float) -> tuple[int, list[float]]:
    """Pictures missed or dropped meanwhile, and how long each of the tries to come in took."""
    before, began = _lost(link), time.monotonic()
    took_ms: list[float] = []
    for number in range(TRIES):
        for secret in (PASSWORD, key):
            since = time.monotonic()
            try:
                Link(remote_of(chain), secret).close()
                took_ms.append((time.monotonic() - since) * 1000)
            except Exception as error:
                print(f"not let in: {type(error).__name__}: {error}", file=sys.stderr)
                took_ms.append(NEVER_MS)
        due = began + (number + 1) * seconds / TRIES
        time.sleep(max(0.0, due - time.monotonic()))
    return _lost(link) - before, took_ms


def _lost(link: Link) -> int:
    while not (found := one(link, "stats.get")["result"]):
        time.sleep(0.1)  # nothing was counted yet: it has just come on air
    return int(found["missed"]) + int(found["dropped"])


@contextmanager
def _crowd(remote: str, tokens: list[str]) -> Iterator[int]:
    processes: list[subprocess.Popen[str]] = []
    port = 0
    try:
        for kind, count in CROWD.items():
            process = subprocess.Popen(
                [sys.executable, "-m", "bench.hostile.crowd", kind],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, encoding="utf-8", cwd=project_dir(), env=child_environment(),
            )  # fmt: skip
            processes.append(process)
            given: dict[str, Any] = {"remote": remote, "tokens": tokens, "count": count}
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            line = process.stdout.readline().strip()
            if kind == "feed":
                port, line = int(line), process.stdout.readline().strip()
            if line != "there":
                raise RuntimeError(f"the crowd did not come: {kind}")
        yield port
    finally:
        for process in processes:
            process.kill()
            process.communicate()
