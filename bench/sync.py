"""Lips and voice: a flash and a beep go in at one moment; how far apart are they at the server?

Three ways in: a clip, and two network streams, one whose clock runs 200 ppm fast. The streams are
written by a process of their own, paced by its clock, as a phone or an encoder box does. A
run takes 60 s a way; ``SHOPCAST_SYNC=fast SHOPCAST_SYNC_S=1800`` is thirty minutes of the last.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.base import BenchReport, Row
from bench.line.chain import BenchChain, write_show
from bench.line.film import DrawnFilm, read_film
from bench.line.server import Nginx, free_port
from bench.places import own_places
from studio.core.errors import StudioError
from studio.core.streams import child_environment

PPM = 200
LIMIT_MS = 20.0
SENDER = """
import sys, time
import av
film, port, speed = sys.argv[1], sys.argv[2], float(sys.argv[3])
LENGTH = 4.0


def serve():
    source = av.open(film)
    video, audio = source.streams.video[0], source.streams.audio[0]
    with av.open(f"tcp://127.0.0.1:{port}?listen=1", "w", format="mpegts") as out:
        to = {s.index: out.add_stream_from_template(s) for s in (video, audio)}
        began, turn, last = None, 0, {}
        while True:
            for packet in source.demux(video, audio):
                if packet.dts is None:
                    continue
                at = float(packet.dts * packet.time_base)
                if at >= LENGTH:
                    continue
                began = began or time.monotonic()
                shift = round(turn * LENGTH / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                if packet.dts <= last.get(packet.stream.index, -1 << 60):
                    continue
                last[packet.stream.index] = packet.dts
                wait = began + (turn * LENGTH + at) / speed - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                packet.stream = to[packet.stream.index]
                out.mux(packet)
            turn += 1
            source.seek(0)


while True:
    try:
        serve()
    except (av.FFmpegError, OSError):
        time.sleep(0.1)
"""


def _through(
    server: Nginx, folder: Path, name: str, seconds: float, speed: float | None
) -> DrawnFilm:
    show = write_show(folder / f"{name}.show")
    sender = None
    if speed is not None:
        port = free_port()
        raw = json.loads((show / "show.json").read_text(encoding="utf-8"))
        raw["sources"][0] |= {"kind": "stream", "settings": {"url": f"tcp://127.0.0.1:{port}"}}
        (show / "show.json").write_text(json.dumps(raw), encoding="utf-8")
        call = [sys.executable, "-c", SENDER, str(show / "film.mp4"), str(port), str(speed)]
        sender = subprocess.Popen(
            call, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=child_environment()
        )
    chain = BenchChain(
        "run", str(show), "--push", server.url(name), "--port", "0", "--password", "",
        "--for", f"{seconds + 4:.0f}s",
        environment=own_places(folder / name),
    )  # fmt: skip
    try:
        chain.event("done", seconds + 60)
    finally:
        chain.close()
        if sender is not None:
            sender.kill()
            sender.wait()
    server.finish()
    return read_film(next(f for f in server.files() if f.name.startswith(name)))


def apart(film: DrawnFilm, first_s: float = 3.0) -> list[float]:
    """Beep minus flash of each second, ms; the first seconds, in which a stream opens, left out."""
    kept = [entry for entry in film.flashes_ms if entry - film.flashes_ms[0] > first_s * 1000]
    return DrawnFilm(flashes_ms=kept, beeps_ms=film.beeps_ms).out_of_step_ms()


def run() -> BenchReport:
    """Runs all ways and reads the server's own recordings.

    Raises:
        StudioError: unavailable, without nginx and its rtmp module, or off Linux.
    """
    if not sys.platform.startswith("linux"):
        raise StudioError("unavailable", "bench.linux_only")
    seconds = float(os.environ.get("SHOPCAST_SYNC_S", "60"))
    report = BenchReport("sync", "none; beep after flash in the server's recording")
    ways: dict[str, float | None] = {"clip": None, "stream": 1.0, "fast": 1 + PPM * 1e-6}
    chosen = os.environ.get("SHOPCAST_SYNC", "").split(",")
    ways = {name: speed for name, speed in ways.items() if name in chosen} or ways
    with tempfile.TemporaryDirectory() as name:
        for way, speed in ways.items():
            folder = Path(name) / way
            folder.mkdir()
            with Nginx(folder / "n") as server:
                found = apart(_through(server, folder, way, seconds, speed))
            if len(found) < 5:
                raise StudioError("failed", "bench.no_flashes", way=way, found=len(found))
            part = max(3, min(10, len(found) // 3))
            start, end = statistics.median(found[:part]), statistics.median(found[-part:])
            label = {"clip": "a clip", "stream": "a stream", "fast": f"a stream {PPM} ppm fast"}[
                way
            ]
            rows = report.rows
            rows.append(Row(f"{label}: apart at the start", abs(start), None, "ms", LIMIT_MS))
            rows.append(Row(f"{label}: after {seconds:g} s", abs(end), None, "ms", LIMIT_MS))
            worst = max(found, key=abs)
            rows.append(Row(f"{label}: the worst of {len(found)}", abs(worst), None, "ms"))
            rows.append(Row(f"{label}: beep after flash (signed)", start, None, "ms"))
    return report
