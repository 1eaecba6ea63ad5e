"""The whole job on air: demo show, card and try-on, pushed and recorded at 1080p30 for 30 s.

Beside it the ffmpeg command line (where it is installed) at the same job without try-on: the same
two pictures and the card as overlays, the same x264 and AAC settings, to the same server.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.line.ask import ask
from bench.line.processes import cpu_s
from bench.line.server import Nginx
from bench.places import own_places
from studio.core.errors import StudioError
from studio.core.paths import project_dir
from studio.show.file import demo_show

SECONDS = 30
CUTS = 40
FFMPEG = """-hide_banner -loglevel error -re -stream_loop -1 -i {show}/media/host.mp4
 -re -stream_loop -1 -i {show}/media/closeup.mp4 -loop 1 -framerate 30 -i {show}/media/shop.jpg
 -loop 1 -framerate 30 -i {card} -filter_complex
 [0:v]fps=30,scale=1440:1080,crop=1200:1080[h];[1:v]fps=30,scale=432:244[c];[2:v]scale=1920:1080[b];[b][h]overlay=360:0[x];[x][c]overlay=1430:58[y];[y][3:v]overlay=60:820:shortest=0,format=yuv420p[v]
 -map [v] -map 0:a -t {seconds} -c:v libx264 -preset veryfast -tune zerolatency -profile:v high
 -b:v 4500k -maxrate 4500k -bufsize 4500k -g 60 -bf 0 -threads 2 -c:a aac -b:a 160k -ar 48000
 -f flv {url}"""


def _lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def _recording(path: Path) -> dict[str, Any]:
    """What the server wrote: frames, timestamps, start of sound and picture."""
    import av

    found: dict[str, Any] = {"video": 0, "back": 0}
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    with av.open(str(path)) as media:
        video, audio = media.streams.video[0], media.streams.audio[0]
        found["size"] = (video.codec_context.width, video.codec_context.height)
        found["codecs"] = (video.codec_context.name, audio.codec_context.name)
        found["rate"] = audio.codec_context.sample_rate
        for packet in media.demux(video, audio):
            if packet.dts is None or packet.time_base is None:
                continue
            kind = "video" if packet.stream is video else "audio"
            at = float(packet.dts * packet.time_base)
            first.setdefault(kind, at)
            if kind in last and at <= last[kind]:
                found["back"] += 1
            last[kind] = at
            found["video"] += kind == "video"
    found["seconds"] = last["video"] - first["video"]
    found["apart_ms"] = abs(first["video"] - first["audio"]) * 1000
    return found


def _ours(server: Nginx, folder: Path) -> dict[str, Any]:
    url = server.url("bench")
    environment = {**os.environ, **own_places(folder)}
    call = [sys.executable, "-P", "-m", "studio.app.cli", "run", "--push", url, "--port", "0"]
    call += ["--password", "", "--canvas", "landscape", "--for", f"{SECONDS}s"]
    call += ["--record", str(folder / "a.mkv")]
    process = subprocess.Popen(
        call,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
        stdin=subprocess.DEVNULL,
        cwd=project_dir(),
    )
    lines = _lines(process)
    on_air = next(line for line in lines if line["event"] == "on_air")
    time.sleep(2)  # the first second after start is not what is measured
    pids = [on_air["pids"]["engine"], on_air["pids"]["supervisor"], *_children(folder)]
    before, began = {pid: cpu_s(pid) for pid in pids}, time.monotonic()
    time.sleep(SECONDS / 2 - 4)
    used = sum(cpu_s(pid) - before[pid] for pid in pids)
    cores = used / (time.monotonic() - began)
    scenes = on_air["scenes"]
    for number in range(CUTS):
        ask(on_air["remote"], "scenes.take", scene=scenes[1 + number % 2], transition="cut")
        time.sleep(0.2)
    done = next(line for line in lines if line["event"] == "done")
    process.wait(20)
    return {**done, "cores": cores}


def _children(folder: Path) -> list[int]:
    notes = (folder / "r").glob("sender-*.json")
    return [json.loads(note.read_text(encoding="utf-8"))["pid"] for note in notes]


def _reference(server: Nginx, folder: Path) -> float | None:
    """CPU ms a frame of the ffmpeg command line; None where it is not installed."""
    from studio.graphics.card import draw_card
    from studio.graphics.model import CardSpec
    from studio.media.cv import cv2
    from studio.media.frame import to_rgb

    program = shutil.which("ffmpeg")
    if program is None:
        return None
    card = draw_card(CardSpec("1号", "猫眼偏光墨镜", "琥珀", "", "¥199", "¥359"), 190).frame
    import numpy as np

    assert card.alpha is not None
    cv2.imwrite(str(folder / "card.png"), np.dstack([to_rgb(card)[:, :, ::-1], card.alpha]))
    text = FFMPEG.format(
        show=demo_show(), card=folder / "card.png", seconds=10, url=server.url("peer")
    )
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, *text.split()], check=True, stdin=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1000 / (10 * 30)


def run() -> BenchReport:
    """Runs the job and reads the server's own recording.

    Raises:
        StudioError: unavailable, without nginx and its rtmp module, or off Linux.
    """
    if not sys.platform.startswith("linux"):
        raise StudioError("unavailable", "bench.linux_only")
    report = BenchReport("live", "ffmpeg command line, same pictures and codecs, no try-on")
    with tempfile.TemporaryDirectory() as name, Nginx(Path(name) / "n") as server:
        folder = Path(name)
        reference = _reference(server, folder)
        done = _ours(server, folder)
        server.finish()
        recorded = _recording(next(f for f in server.files() if f.name.startswith("bench")))
    frames = recorded["seconds"] * 30 + 1
    rows = report.rows
    rows.append(
        Row(
            "frames at the server, missing %",
            100 * (1 - recorded["video"] / frames),
            None,
            "%",
            1.0,
        )
    )
    rows.append(Row("timestamps that do not increase", recorded["back"], None, "", 0))
    rows.append(Row("sound and picture start apart", recorded["apart_ms"], None, "ms", 40))
    rows.append(Row("CPU of all processes", done["cores"], None, "core", 1.2))
    rows.append(Row("CPU a frame", done["cores"] * 1000 / 30, reference, "ms"))
    rows.append(Row("compose p50", done["compose_ms_p50"], None, "ms", 1.0))
    rows.append(Row("compose p99", done["compose_ms_p99"], None, "ms"))
    rows.append(Row("late ticks %", 100 * done["late"] / max(1, done["frames"]), None, "%", 0.5))
    rows.append(Row("dropped frames", done["dropped"], None, "", 0))
    rows.append(Row(f"cut to packet p50 of {done['cuts']}", done["cut_ms_p50"], None, "ms", 50))
    rows.append(Row("cut to packet p99", done["cut_ms_p99"], None, "ms", 80))
    return report
