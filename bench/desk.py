"""The desk's own thread: every panel open and shown in turn, the demo show at full pace.

A minute unless ``SHOPCAST_DESK_S`` says otherwise (the promise is for five). Processor time of the
window's thread alone; by the clock a call takes longer on a machine that does other things too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.line.chain import BenchChain
from bench.places import own_places
from studio.core.paths import project_dir

SETTLED_S, FPS = 25, 30
LAYOUT = "controller"


def run() -> BenchReport:
    """Opens a desk of 1920×1080 on an engine of its own and lets it measure itself."""
    seconds = float(os.environ.get("SHOPCAST_DESK_S", "60"))
    report = BenchReport("desk", "none; measured by the desk itself, building the window left out")
    with tempfile.TemporaryDirectory() as name:
        around = own_places(Path(name))
        chain = BenchChain("run", "--port", "0", "--password", "", environment=around)
        try:
            port = str(chain.event("on_air")["remote"]).rsplit(":", 1)[1]
            said = subprocess.run(
                [sys.executable, "-P", "-m", "ui", "--port", port, "--password", "", "--size",
                 "1920x1080", "--layout", LAYOUT, "--scale", "1", "--open-all",
                 "--measure", str(seconds + SETTLED_S)],
                cwd=project_dir(), capture_output=True, text=True, check=False, encoding="utf-8",
                env={**os.environ, **around, "QT_QPA_PLATFORM": "offscreen"},
                timeout=seconds + 120,
            ).stdout  # fmt: skip
        finally:
            chain.close()
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    for what, ms in figures["worst_cpu_ms"].items():
        print(f"  {ms:7.1f} ms  {what}")
    rows = report.rows
    # By the second, at the show's pace: a busy machine shows fewer pictures, which are no dearer.
    busy = figures["ui_ms_per_s"] / FPS
    rows.append(Row("window's thread, a frame of 30 fps", busy, None, "ms", 3))
    rows.append(Row("longest call, processor time", figures["longest_cpu_ms"], None, "ms", 50))
    rows.append(Row("longest call, by the clock", figures["longest_ms"], None, "ms"))
    long = figures["longer_than_50_ms"]
    rows.append(Row(f"calls over 50 ms of {figures['calls']}", long, None, ""))
    rows.append(Row("pictures a second", figures["pictures_per_s"], None, ""))
    return report
