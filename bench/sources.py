"""Twelve scenes of eight sources: what the idle ones cost, and how fast they wake.

The engine runs with them and without; beside it, how long each kind takes from the first look to a
fresh picture.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.line.processes import cpu_s
from bench.places import own_places
from studio.core.clock import NS, now_ns
from studio.core.paths import project_dir
from studio.show.file import demo_show

SCENES = 12
SETTLE_S, MEASURE_S = 8.0, 10.0
WAKE_S = 3.0
REST_S = 4.0


def kinds(media: Path, number: int) -> list[tuple[str, dict[str, Any]]]:
    """Eight sources of a scene: (kind, settings)."""
    return [
        ("clip", {"path": str(media / "host.mp4")}),
        ("clip", {"path": str(media / "closeup.mp4"), "sound": False}),
        ("image", {"path": str(media / "shop.jpg")}),
        ("text", {"text": f"第 {number} 场 Scene {number}", "size": 48}),
        ("text", {"text": "{}", "state": "shop.card.name", "size": 32, "scroll_x": 60}),
        ("countdown", {"seconds": 3600}),
        ("mirror", {"source": f"s{number}-0"}),
        ("scene", {"scene": f"Scene {(number + 1) % SCENES}"}),
    ]


def write_show(folder: Path, *, is_full: bool) -> Path:
    """A show whose programme is one colour, with the scenes or without them."""
    media = demo_show() / "media"
    sources: list[dict[str, Any]] = [
        {"name": "ground", "kind": "colour", "settings": {"top": "#203040"}}
    ]
    scenes: list[dict[str, Any]] = [{"name": "Now", "items": [{"id": 1, "source": "ground"}]}]
    strips = []
    for number in range(SCENES if is_full else 0):
        row = kinds(media, number)
        if number == SCENES - 1:  # the last one closes no circle
            row[-1] = ("colour", {"top": "#402020"})
        items = []
        for index, (kind, settings) in enumerate(row):
            name = f"s{number}-{index}"
            sources.append({"name": name, "kind": kind, "settings": settings})
            items.append({"id": index + 1, "source": name})
        strips.append({"source": f"s{number}-0", "follows_scene": True})
        scenes.append({"name": f"Scene {number}", "items": items})
    show = {
        "schema": 1, "name": "Idle", "fps": "30", "sources": sources,
        "canvases": {"landscape": [1280, 720], "portrait": [720, 1280], "on": ["landscape"]},
        "scenes": {"scenes": scenes, "programme": {"landscape": "Now", "portrait": "Now"}},
        "sound": {"strips": strips},
    }  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


def cpu_percent(show: Path, root: Path) -> float:
    """CPU of the engine on a show, percent of a core, over `MEASURE_S`."""
    runtime = root / "run"
    runtime.mkdir(parents=True, mode=0o700)
    environment = {**os.environ, **own_places(root)}
    with subprocess.Popen(
        [sys.executable, "-m", "studio"], env=environment, cwd=project_dir(),
        text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as engine:  # fmt: skip
        assert engine.stdin is not None
        assert engine.stdout is not None
        try:
            engine.stdin.write(json.dumps({"show": str(show), "port": 0, "password": ""}) + "\n")
            engine.stdin.close()
            for line in engine.stdout:
                if json.loads(line)["event"] == "on_air":
                    break
            time.sleep(SETTLE_S)
            before, began = cpu_s(engine.pid), time.monotonic()
            time.sleep(MEASURE_S)
            return 100 * (cpu_s(engine.pid) - before) / (time.monotonic() - began)
        finally:
            engine.terminate()


def wake_ms() -> dict[str, float]:
    """From the first look at a source that rested to a fresh picture, by kind; median of five."""
    import studio.sources.kinds as folder
    from studio.core.registry import discover
    from studio.graphics import qt
    from studio.graphics.text import TextDrawer
    from studio.sources.base import Source, SourceContext
    from studio.sources.runner import SourceRunner

    qt.ready()
    known = discover(folder, Source)  # type: ignore[type-abstract]
    around = SourceContext(demo_show(), TextDrawer(), 30.0, 1280, 720, state=lambda path: "x")
    found: dict[str, float] = {}
    wanted: dict[str, dict[str, Any]] = {
        "clip": {"path": "media/host.mp4"},
        "text, scrolling": {"text": "x" * 40, "scroll_x": 100},
        "playlist": {"files": ["media/host.mp4", "media/closeup.mp4"]},
    }
    for what, settings in wanted.items():
        kind = known.get(what.split(",")[0])
        runner = SourceRunner(what, kind(kind.decode(settings), around))
        runner.is_sleepy, runner.is_heard = True, False
        runner.start()
        times = []
        try:
            for _ in range(5):
                _until(lambda r=runner: r.health(now_ns()).is_resting, REST_S)
                time.sleep(0.7)
                number, asked = runner.slot.count, now_ns()
                runner.look(asked)
                _until(lambda r=runner, n=number: r.slot.count > n, WAKE_S)
                times.append((now_ns() - asked) / 1e6)
        finally:
            runner.stop()
        found[what] = sorted(times)[len(times) // 2]
    return found


def run() -> BenchReport:
    """Both, about a minute."""
    report = BenchReport("sources", "the same engine without the twelve scenes")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        without = cpu_percent(write_show(root / "a.show", is_full=False), root / "a")
        full = cpu_percent(write_show(root / "b.show", is_full=True), root / "b")
    report.rows.append(Row("CPU with 96 idle sources", full, without, "%"))
    report.rows.append(Row("CPU of the idle ones together", full - without, None, "%", 2.0))
    for kind, ms in wake_ms().items():
        report.rows.append(Row(f"looked at to fresh picture: {kind}", ms, None, "ms", 67))
    return report


def _until(check: Any, seconds: float) -> None:
    end = now_ns() + round(seconds * NS)
    while now_ns() < end and not check():
        time.sleep(0.002)
