"""A main picture that is lost: how soon viewers see the standby scene, and whether sound stays.

Losses of a small show on a real engine: a phone whose program is killed, a film whose picture
stands or stops (as drills do it), a phone whose picture ends while its sound goes on. The clock
runs from the loss to the moment at which the engine says that the standby scene is on air.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.ingest import end_call, health_of, phone_show, programme_of, seconds_until
from bench.line.ask import ask
from bench.line.chain import BenchChain, write_clip
from bench.line.server import free_port
from bench.places import own_places
from studio.core.streams import child_environment

MOST_S = 2.0
ROUNDS = int(os.environ.get("SHOPCAST_LOSSES", "4"))
PICTURE_S = 8.0
CALM_S = 2.5


def run() -> BenchReport:
    """Seconds from a loss to standby; a kept limit is two."""
    report = BenchReport("standby", "none: seconds from the loss to standby on air")
    with tempfile.TemporaryDirectory(prefix="shopcast-standby-") as folder:
        report.rows += _rows(Path(folder))
    return report


def _rows(folder: Path) -> list[Row]:
    show = phone_show(folder / "phone.show", free_port())
    _with_film(show)
    chain = BenchChain(
        "run", str(show), "--port", "0", "--password", "", environment=own_places(folder)
    )
    try:
        door = str(chain.event("on_air")["remote"])
        killed = [_killed(door) for _ in range(ROUNDS)]
        lost = [_fault(door, "lost") for _ in range(ROUNDS)]
        frozen = [_fault(door, "frozen") for _ in range(ROUNDS)]
        ends = [_picture_ends(door) for _ in range(2)]
    finally:
        chain.stop()
        chain.close()
    return [
        Row("phone killed, slowest", max(killed), None, "s", MOST_S),
        Row("film that gives nothing, slowest", max(lost), None, "s", MOST_S),
        Row("film that stands still, slowest", max(frozen), None, "s", MOST_S),
        Row("phone's picture ends, sound goes on, slowest", max(ends, key=_first)[0], None, "s",
            MOST_S),
        Row("  of them its sound was gone", sum(not is_heard for _, is_heard in ends), None, "", 0),
        Row("losses", len(killed) + len(lost) + len(frozen) + len(ends), None, ""),
    ]  # fmt: skip


def _first(row: tuple[float, bool]) -> float:
    return row[0]


def _killed(door: str) -> float:
    call = _phone(door)
    try:
        _on_air(door, "Phone", "phone")
        call.kill()
        return seconds_until(lambda: programme_of(door) == "Standby", 20)
    finally:
        end_call(call)


def _fault(door: str, fault: str) -> float:
    _on_air(door, "Film", "film")
    ask(door, "sources.fault", name="film", fault=fault)
    taken = seconds_until(lambda: programme_of(door) == "Standby", 20)
    ask(door, "sources.fault", name="film", fault="none")
    return taken


def _picture_ends(door: str) -> tuple[float, bool]:
    """From the last picture (by the engine's own count) to standby; is it heard after that?"""
    call = _phone(door, "-t", str(PICTURE_S))
    try:
        _on_air(door, "Phone", "phone")
        seconds_until(lambda: not _moves(door), PICTURE_S + 10)
        taken = seconds_until(lambda: programme_of(door) == "Standby", 20)
        return taken, call.poll() is None and _is_heard(door)
    finally:
        end_call(call)


def _on_air(door: str, scene: str, source: str) -> None:
    """The scene is on air, its source well, and everything of before forgotten."""
    seconds_until(lambda: health_of(door, source) in ("ok", "still"), 30)
    time.sleep(CALM_S)
    ask(door, "scenes.take", scene=scene, transition="cut")
    seconds_until(lambda: programme_of(door) == scene, 10)
    time.sleep(CALM_S)


def _row(door: str, name: str) -> dict[str, Any]:
    sources = ask(door, "state.get", parts=["sources"])["sources"]
    return dict(next(row for row in sources if row["name"] == name))


def _moves(door: str) -> bool:
    return health_of(door) == "ok"


def _is_heard(door: str) -> bool:
    """Is it said that its sound goes on?"""
    return bool(_row(door, "phone")["health"]["error"] == "sources.picture_lost")


def _phone(door: str, *picture: str) -> subprocess.Popen[bytes]:
    """A phone with picture and sound, keyframes a second apart; the picture may end sooner."""
    url = str(ask(door, "sources.address", name="phone")["result"]["url"])
    return subprocess.Popen(
        ["ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", *picture, "-i",
         "testsrc2=s=320x180:r=30", "-re", "-f", "lavfi", "-i", "sine=440", "-c:v", "libx264",
         "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-pix_fmt", "yuv420p",
         "-c:a", "aac", "-max_interleave_delta", "200000", "-f", "flv", url],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=child_environment(),
    )  # fmt: skip


def _with_film(show: Path) -> None:
    write_clip(show / "film.mp4", (320, 180), seconds=20)
    path = show / "show.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["sources"].append({"name": "film", "kind": "clip", "settings": {"path": "film.mp4"}})
    told["scenes"]["scenes"].append({"name": "Film", "items": [{"id": 1, "source": "film"}]})
    path.write_text(json.dumps(told), encoding="utf-8")
