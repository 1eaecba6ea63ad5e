"""Faults that must stay where they are: bad servers, killed desks, recordings cut off."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.base import Row
from bench.line.ask import ask
from bench.line.chain import BenchChain
from bench.line.film import read_film
from bench.line.hostile import Hostile
from bench.line.processes import Tree
from bench.line.rig import Rig, film_rows, missing_of, remote_of, running_rig, whole_rows
from bench.line.server import Nginx, free_port
from studio.core.paths import project_dir

_LOOK_S = 0.1
Status = dict[str, Any]


@contextlib.contextmanager
def _refusing() -> Iterator[str]:
    yield f"rtmp://127.0.0.1:{free_port()}/live/nobody"


@contextlib.contextmanager
def _hostile(mode: str, reset_s: float = 5.0) -> Iterator[str]:
    with Hostile(mode, reset_s=reset_s) as server:
        yield server.url()


CASES: dict[str, tuple[Callable[[], contextlib.AbstractContextManager[str]], set[str]]] = {
    "silent after accept": (lambda: _hostile("silent"), {"outputs.silent"}),
    "refusing": (_refusing, {"outputs.nobody_listens"}),
    "bad name": (lambda: _hostile("bad_name"), {"outputs.busy", "outputs.refused"}),
    "garbage": (lambda: _hostile("garbage"), {"outputs.not_rtmp"}),
    "deaf": (lambda: _hostile("deaf"), {"outputs.slow", "outputs.stalled"}),
    "resetting every 5 s": (
        lambda: _hostile("resetting"),
        {"outputs.reset", "outputs.closed"},
    ),
}
"""What a server does, and the reasons that say so."""


def hostile() -> list[Row]:
    """Servers that do harm, one after the other, beside a good one and a recording."""
    hold_s = float(os.environ.get("SHOPCAST_LINE_HOLD_S", "20"))
    rows: list[Row] = []
    with running_rig() as rig:
        chain = rig.start(rig.server.url("good"))
        try:
            remote = remote_of(chain)
            tree = Tree(Path(rig.environment["SHOPCAST_RUNTIME"]))
            before = ask(remote, "state.get", parts=["outputs"])["outputs"]
            for name, (make, reasons) in CASES.items():
                with make() as url:
                    rows += _bad_server(name, url, reasons, remote, tree, hold_s)
            rows += _frozen(rig, remote, tree, hold_s)
            good = _status(remote, "push1")
            rows.append(Row("meanwhile: the good stream's gap", good["gap_ms"], None, "ms"))
            first = next(entry for entry in before if entry["name"] == "push1")
            more = good["reconnects"] - first["reconnects"]
            rows.append(Row("meanwhile: its reconnects", more, None, "", 0))
            chain.stop()
            done = chain.event("done", 5)
        finally:
            chain.close()
        rows += whole_rows("recording meanwhile", read_film(rig.recording), done)
    return rows


def _status(remote: str, name: str) -> Status:
    outputs = ask(remote, "state.get", parts=["outputs"])["outputs"]
    return dict(next(output for output in outputs if output["name"] == name))


def _names(remote: str) -> list[str]:
    outputs = ask(remote, "state.get", parts=["outputs"])["outputs"]
    return [str(output["name"]) for output in outputs]


def _reason(status: Status) -> str:
    return str(status["reason"].get("key", ""))


def _bad_server(
    name: str, url: str, reasons: set[str], remote: str, tree: Tree, hold_s: float
) -> list[Row]:
    if "bad" not in _names(remote):
        ask(remote, "outputs.add", name="bad", url=url)
    else:
        ask(remote, "outputs.edit", name="bad", url=url)
    ask(remote, "outputs.start", name="bad")
    began = time.monotonic()
    told_s = 99.0
    sizes: list[dict[str, tuple[float, int]]] = []
    resets = "reset" in name
    was_up = 0.0
    while (now := time.monotonic()) - began < hold_s:
        status = _status(remote, "bad")
        if resets and not was_up and status["state"] == "live":
            was_up = now
        if told_s == 99.0 and _reason(status) in reasons:
            # The reset comes 5 s after the publish: what counts is the time from then on.
            told_s = now - began if not resets else max(0.0, now - was_up - 5.0)
        if now - began > hold_s / 4:
            sizes.append(tree.sizes())
        time.sleep(_LOOK_S)
    stopping = time.monotonic()
    ask(remote, "outputs.stop", name="bad", confirm=True)
    stop_s = time.monotonic() - stopping
    return [
        Row(f"{name}: state and reason right after", told_s, None, "s", 3),
        *_grown(name, sizes, ("engine", "bad")),
        Row(f"{name}: stopped after", stop_s, None, "s", 2),
    ]


def _frozen(rig: Rig, remote: str, tree: Tree, hold_s: float) -> list[Row]:
    """A server of its own is stopped with SIGSTOP while it takes a stream."""
    frozen_s = max(hold_s, float(os.environ.get("SHOPCAST_LINE_FROZEN_S", "60")))
    with Nginx(rig.root / "frozen") as server:
        ask(remote, "outputs.edit", name="bad", url=server.url("frozen"))
        ask(remote, "outputs.start", name="bad")
        until = time.monotonic() + 15
        while _status(remote, "bad")["state"] != "live" and time.monotonic() < until:
            time.sleep(_LOOK_S)
        time.sleep(3)
        server.freeze()
        began, told_s = time.monotonic(), 99.0
        sizes = []
        while (now := time.monotonic()) - began < frozen_s:
            status = _status(remote, "bad")
            if told_s == 99.0 and _reason(status) in ("outputs.slow", "outputs.stalled"):
                told_s = now - began
            if now - began > frozen_s / 4:
                sizes.append(tree.sizes())
            time.sleep(_LOOK_S)
        server.thaw()
        thawed = time.monotonic()
        while _status(remote, "bad")["state"] != "live" and time.monotonic() - thawed < 20:
            time.sleep(_LOOK_S)
        back_s = time.monotonic() - thawed
        server.freeze()
        time.sleep(2)
        stopping = time.monotonic()
        ask(remote, "outputs.stop", name="bad", confirm=True)
        stop_s = time.monotonic() - stopping
        server.thaw()
    name = f"SIGSTOP for {frozen_s:.0f} s"
    return [
        Row(f"{name}: state and reason right after", told_s, None, "s", 3),
        *_grown(name, sizes, ("engine", "bad")),
        Row(f"{name}: live again after it goes on", back_s, None, "s", 8),
        Row(f"{name}: stopped (frozen again) after", stop_s, None, "s", 2),
    ]


def _grown(
    what: str, samples: list[dict[str, tuple[float, int]]], names: tuple[str, ...]
) -> list[Row]:
    rows = []
    for name in names:
        found = [sample[name][0] for sample in samples if name in sample]
        if len(found) < 6:
            continue
        third = len(found) // 3
        early, late = sorted(found[:third]), sorted(found[-third:])
        rows.append(
            Row(
                f"{what}: memory of {name}, late beside early",
                late[len(late) // 2], early[len(early) // 2], "MB", 1.05,
            )
        )  # fmt: skip
    return rows


def desk() -> list[Row]:
    """kill -9 of the desk, again and again: nothing of it reaches the server or the recording."""
    count = int(os.environ.get("SHOPCAST_LINE_DESKS", "30"))
    with running_rig() as rig:
        chain = rig.start(rig.server.url("desk"))
        shown = 0
        try:
            port = remote_of(chain).rpartition(":")[2]
            runtime = Path(rig.environment["SHOPCAST_RUNTIME"])
            for _ in range(count):
                shown += _one_desk(port, chain, runtime)
            good = _status(remote_of(chain), "push1")
            chain.stop()
            done = chain.event("done", 5)
        finally:
            chain.close()
        rig.server.finish()
        publishes, film = rig.server.publishes(), read_film(rig.server.files()[0])
        record = read_film(rig.recording)
    skipped = int(done["missed"]) + int(done["dropped"])
    missing = missing_of(film)
    return [
        Row(f"{count} desks killed: of them had shown the picture", shown, None, ""),
        Row("desks killed: pictures the server misses", missing, None, ""),
        Row("desks killed: of them not skipped by a late clock", missing - skipped, None, "", 0),
        Row("desks killed: publishes", publishes, None, "", 1),
        Row("desks killed: the stream's gap", good["gap_ms"], None, "ms", 0),
        *film_rows("desks killed, at the server", film, 100),
        Row("desks killed, recording: longest hole", record.largest_hole_ms, None, "ms", 100),
    ]


def _one_desk(port: str, chain: BenchChain, runtime: Path) -> bool:
    """Starts a desk, waits until it looks at pictures, kills it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", "--port", port, "--password", ""],
        cwd=project_dir(),
        env={**chain.environment, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while not (has_shown := len(list(runtime.glob("*.pic"))) >= 3):
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        time.sleep(0.3)
    finally:
        process.kill()
        process.wait()
    until = time.monotonic() + 10
    while list(runtime.glob("*.pic")) and time.monotonic() < until:
        time.sleep(0.05)
    return has_shown


def cuts() -> list[Row]:
    """A recording cut off at random bytes: each piece plays to within two seconds of its end."""
    count = int(os.environ.get("SHOPCAST_LINE_CUTS", "200"))
    rng = random.Random(5)
    rows: list[Row] = []
    for suffix in (".mkv", ".mp4"):
        with running_rig() as rig:
            rig.recording = rig.root / f"film{suffix}"
            chain = rig.start()
            began = time.monotonic()
            marks: list[tuple[int, float]] = []
            try:
                while time.monotonic() - began < 40:
                    marks.append((rig.recording.stat().st_size, time.monotonic() - began))
                    time.sleep(0.05)
                chain.stop()
            finally:
                chain.close()
            rows += _cut_off(rig.recording, suffix, count, rng, marks)
    return rows


def _cut_off(
    file: Path, suffix: str, count: int, rng: random.Random, marks: list[tuple[int, float]]
) -> list[Row]:
    """`marks`: how large the file was when; what had been shown by then must be in the piece."""
    data = file.read_bytes()
    first = next(at for size, at in marks if size > 4096)
    lost: list[float] = []
    faults = broken = 0
    with tempfile.TemporaryDirectory() as folder:
        piece = Path(folder) / f"piece{suffix}"
        sizes = [size for size, at in marks if at - first > 3]
        for _ in range(count):
            end = rng.randrange(sizes[0], sizes[-1])
            piece.write_bytes(data[:end])
            at_s = next(at for size, at in marks if size >= end) - first
            try:
                film = read_film(piece)
            except Exception:
                broken += 1
                continue
            lost.append(at_s - film.length_ms / 1000)
            faults += film.faults
    return [
        Row(f"{count} cuts of {suffix}: do not open", broken, None, "", 0),
        Row(f"cuts of {suffix}: most that is lost", max(lost, default=99.0), None, "s", 2),
        # The picture that is cut in two cannot be decoded: one fault a piece at most.
        Row(f"cuts of {suffix}: decoding faults a piece", faults / count, None, "", 1),
    ]
