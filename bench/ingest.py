"""A phone on air: keyframes 1 to 10 s apart, blips of 0.2 to 3 s; what viewers see of it.

A blip is a phone that is held (its connection stays), and one whose connection is cut and made
again. The reference is the keyframe interval: nothing new can be decoded before the next keyframe.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.line.ask import ask
from bench.line.chain import BenchChain
from bench.line.server import free_port
from bench.places import own_places

INTERVALS_S = (1.0, 2.0, 4.0, 8.3, 10.0)
HELD_S = (0.2, 0.5, 1.0, 2.0, 3.0)
CUT_S = (0.2, 1.0, 3.0)
SHORT_S = 1.0
"""A blip up to this long is no reason for standby."""
MOST_BACK_S = 8.0
RATE = 30
STEP_S = 0.05
CALM_S = 2.5


def run() -> BenchReport:
    """Seconds until the picture moves again, and takes of standby without need."""
    report = BenchReport("ingest", "the keyframe interval + 1 s, at most 8 s")
    for interval in INTERVALS_S:
        with tempfile.TemporaryDirectory(prefix="shopcast-ingest-") as folder:
            report.rows += _rows(Path(folder), interval)
    return report


def _rows(folder: Path, interval: float) -> list[Row]:
    port = free_port()
    show = phone_show(folder / "phone.show", port)
    chain = BenchChain(
        "run", str(show), "--port", "0", "--password", "", environment=own_places(folder)
    )
    calls: list[subprocess.Popen[bytes]] = []
    try:
        door = str(chain.event("on_air")["remote"])
        url = str(ask(door, "sources.address", name="phone")["result"]["url"])
        calls.append(call_phone(url, interval))
        first_s = seconds_until(lambda: health_of(door) == "ok", interval + 10)
        ask(door, "scenes.take", scene="Phone", transition="cut")
        held, needless, cut = [], 0, []
        for blip in HELD_S:
            taken, has_left = _held(door, calls[-1], blip)
            held.append(taken)
            needless += has_left and blip <= SHORT_S
        for blip in CUT_S:
            end_call(calls[-1])
            time.sleep(blip)
            calls.append(call_phone(url, interval))
            cut.append(
                seconds_until(lambda: health_of(door) == "ok" and _moves(door), interval + 20)
            )
            _back_on_air(door)
    finally:
        for call in calls:
            end_call(call)
        chain.stop()
        chain.close()
    most = min(MOST_BACK_S, interval + 1)
    what = f"keyframe each {interval:g} s"
    return [
        Row(f"{what}: first picture after the call", first_s, None, "s", most),
        Row(f"{what}: held 0.2-3 s, moves again", max(held), None, "s", most),
        Row(f"{what}: cut 0.2-3 s, moves again", max(cut), None, "s", most),
        Row(f"{what}: standby while held up to 1 s", needless, None, "", 0),
    ]


def _held(door: str, call: subprocess.Popen[bytes], blip: float) -> tuple[float, bool]:
    """Holds the phone; seconds until its picture moves again, and whether its scene was left."""
    call.send_signal(signal.SIGSTOP)
    time.sleep(blip)
    call.send_signal(signal.SIGCONT)
    taken = seconds_until(lambda: health_of(door) == "ok" and _moves(door), 30)
    return taken, _back_on_air(door)


def _back_on_air(door: str) -> bool:
    """The phone's scene is on air again, for the next blip; True when it had been left."""
    time.sleep(CALM_S)  # what would leave it has had its time
    has_left = programme_of(door) != "Phone"
    if has_left:
        ask(door, "scenes.take", scene="Phone", transition="cut")
        time.sleep(CALM_S)
    return has_left


def programme_of(door: str) -> str:
    """The scene on air."""
    state: dict[str, Any] = ask(door, "state.get", parts=["scenes"])["scenes"]
    return str(state["programme"]["landscape"])


def health_of(door: str, name: str = "phone") -> str:
    """The state of a source."""
    sources = ask(door, "state.get", parts=["sources"])["sources"]
    return str(next(row for row in sources if row["name"] == name)["health"]["state"])


def _moves(door: str) -> bool:
    """Do its pictures come: two looks at how many there were."""
    sources = ask(door, "state.get", parts=["sources"])["sources"]
    health = next(row for row in sources if row["name"] == "phone")["health"]
    return float(health.get("fps") or 0) > 1


def seconds_until(check: Any, seconds: float) -> float:
    """How long it takes until ``check`` holds, s; ``seconds`` when it does not by then."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if check():
            return time.monotonic() - began
        time.sleep(STEP_S)
    return seconds


def call_phone(url: str, interval: float) -> subprocess.Popen[bytes]:
    """A phone: FFmpeg's own client, pictures and sound, keyframes as far apart as asked."""
    frames = str(round(interval * RATE))
    return subprocess.Popen(
        ["ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i",
         f"testsrc2=s=320x180:r={RATE}", "-f", "lavfi", "-i", "sine=440", "-c:v", "libx264",
         "-preset", "ultrafast", "-tune", "zerolatency", "-g", frames, "-keyint_min", frames,
         "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def end_call(call: subprocess.Popen[bytes]) -> None:
    """Ends a phone's program, held or not."""
    if call.poll() is None:
        call.send_signal(signal.SIGCONT)
        call.kill()
        call.wait()


def phone_show(folder: Path, port: int) -> Path:
    """Writes a show with a phone, a ground and a standby scene; its folder."""
    folder.mkdir(parents=True)
    scenes = [
        {"name": "Phone", "items": [{"id": 1, "source": "phone"}]},
        {"name": "Two", "items": [{"id": 1, "source": "ground"}]},
        {"name": "Standby", "purpose": "standby", "items": [{"id": 1, "source": "ground"}]},
    ]
    show = {
        "schema": 1,
        "name": "phone",
        "language": "en",
        "fps": "30",
        "canvases": {"landscape": [640, 360], "portrait": [360, 640], "on": ["landscape"]},
        "sources": [
            {"name": "phone", "kind": "ingest", "settings": {"port": port}},
            {"name": "ground", "kind": "colour", "settings": {"top": "#204060"}},
        ],
        "scenes": {
            "scenes": scenes,
            "programme": {"landscape": "Two", "portrait": "Two"},
            "preview": {"landscape": "Phone", "portrait": "Phone"},
        },
    }
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder
