"""Landscape 1080p30 and portrait 1080×1920 30 at once: encoded, pushed, with the desk open.

A minute unless ``SHOPCAST_BOTH_S`` says otherwise; the demo show with its card and try-on.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.base import BenchReport, Row
from bench.line.ask import ask
from bench.line.chain import BenchChain
from bench.line.film import read_film
from bench.line.server import Nginx
from bench.places import own_places
from studio.core.errors import StudioError
from studio.core.paths import project_dir

FPS = 30


def run() -> BenchReport:
    """Pushes both canvases and counts at the server and in the engine.

    Raises:
        StudioError: unavailable, without nginx and its rtmp module, or off Linux.
    """
    if not sys.platform.startswith("linux"):
        raise StudioError("unavailable", "bench.linux_only")
    seconds = float(os.environ.get("SHOPCAST_BOTH_S", "60"))
    report = BenchReport("both", "none; the server's recordings and the engine's own clock")
    rows = report.rows
    with tempfile.TemporaryDirectory() as name, Nginx(Path(name) / "n") as server:
        folder = Path(name)
        around = own_places(folder)
        chain = BenchChain(
            "run", "--canvas", "both", "--push", server.url("wide"), "--port", "0",
            "--password", "", environment=around,
        )  # fmt: skip
        desk = None
        try:
            address = str(chain.event("on_air")["remote"])
            chain.flows("push1")
            ask(address, "outputs.add", name="tall", url=server.url("tall"), canvas="portrait")
            ask(address, "outputs.start", name="tall")
            chain.flows("tall")
            desk = subprocess.Popen(
                [sys.executable, "-P", "-m", "ui", "--port", address.rsplit(":", 1)[1],
                 "--password", "", "--size", "1920x1080"],
                cwd=project_dir(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, **around, "QT_QPA_PLATFORM": "offscreen"},
            )  # fmt: skip
            time.sleep(8)  # the desk opens; its start is not what is measured
            before = ask(address, "stats.get")
            time.sleep(seconds)
            after = ask(address, "stats.get")
        finally:
            if desk is not None:
                desk.terminate()
                desk.wait(10)
            chain.close()
        server.finish()
        for key, label in (("wide", "landscape"), ("tall", "portrait")):
            film = read_film(
                next(f for f in server.files() if f.name.startswith(key)), decodes=False
            )
            times = [t for t in film.times_ms[True] if t - film.times_ms[True][0] > 8_000]
            expected = (times[-1] - times[0]) * FPS / 1000 + 1
            rows.append(Row(f"{label}: fps at the server", FPS * len(times) / expected, None, ""))
            missing = 100 * (1 - len(times) / expected)
            rows.append(Row(f"{label}: frames missing", missing, None, "%", 0.1))
    ticks = after["ticks"] - before["ticks"]
    late = 100 * (after["late"] - before["late"]) / max(1, ticks)
    rows.append(Row(f"late ticks of {ticks}", late, None, "%", 1.0))
    rows.append(Row("dropped frames", after["dropped"] - before["dropped"], None, "", 0))
    rows.append(Row("compose of both, p50", after["compose_ms_p50"], None, "ms"))
    rows.append(Row("CPU of the engine", after["cpu_percent"] / 100, None, "core"))
    return report
