"""The engine as a process: options in, JSON lines out, a heartbeat, a clean end."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.app.check import read as read_show
from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.app.options import EngineOptions
from studio.app.root import service_types
from studio.core import life
from studio.core.ceiling import keep_memory_together, set_ceiling
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.log import logger, start_logging
from studio.core.loopback import drill_owner, guard_drill
from studio.core.paths import log_dir, runtime_dir
from studio.core.priority import first_process
from studio.governance.vault import use_own_vault
from studio.graphics import qt
from studio.outputs.destinations import settings_from_url
from studio.outputs.events import OutputChanged
from studio.outputs.line import end_orphan, orphans
from studio.remote.server import RemoteServer
from studio.scenes.model import Canvases
from studio.sender.model import OutputState, OutputStatus
from studio.show import checkpoint
from studio.show.checkpoint import KeptCheckpoint
from studio.show.file import speed
from studio.show.keeper import OpenShow
from studio.show.unsaved import with_unsaved

_log = logger(__name__)
BEAT_S = 0.25
PICTURE_AFTER_S = 1.0  # until try-on and its mark are on


def say(line: dict[str, Any]) -> None:
    """One JSON line on stdout; nobody reading it harms nothing."""
    try:
        # Only ASCII: whatever reads the pipe, and whatever stands in a name, no line is lost.
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return


def main() -> int:
    """Runs the engine; returns the exit code."""
    sys.setswitchinterval(0.0005)
    guard_drill()
    first_process()
    set_ceiling()
    keep_memory_together()
    # The engine paints and shows no window, whatever screen its parent has (or has lost).
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    start_logging(log_dir() / "engine.log")
    text = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline()
    try:
        qt.ready()  # in the main thread: made by a source's thread, it crashes the process
        options = msgspec.json.decode(text or "{}", type=EngineOptions)
        return asyncio.run(_run(options))
    except StudioError as error:
        print(error.in_language(), file=sys.stderr)
        return 2 if error.code in ("invalid", "not_found") else 1
    except msgspec.DecodeError as error:
        print(f"options: {error}", file=sys.stderr)
        return 2


def _with_options(show: OpenShow, options: EngineOptions) -> OpenShow:
    canvases: Canvases = show.parts["canvases"]
    head = show.head
    if options.size:
        canvases = replace(canvases, landscape=options.size, portrait=options.size[::-1])
    if options.canvas:
        both = options.canvas == "both"
        canvases = replace(canvases, on=("landscape", "portrait") if both else (options.canvas,))
    if options.fps:
        try:
            speed(f"{options.fps:.6f}")
        except ValueError as error:
            raise StudioError("invalid", "show.value", why=str(error)) from None
        head = replace(head, fps=str(options.fps))
    parts = {**show.parts, "canvases": canvases}
    return dataclasses.replace(show, head=head, parts=parts)


def _first_show(
    options: EngineOptions, kept: KeptCheckpoint | None, extensions: Extensions
) -> tuple[OpenShow, KeptCheckpoint | None]:
    """The show to begin with, and what is taken up of an engine that was killed.

    After a crash it is the show that was open then, which may be another than was asked for; so
    it is for senders that still run when no show is asked for. What it had not saved is in it.

    Raises:
        StudioError: the show that was asked for cannot be opened.
    """

    def opened(folder: Path | None) -> OpenShow:
        show = with_unsaved(read_show(folder, extensions, or_copy=True), service_types(extensions))
        return _with_options(show, options)

    asked = Path(options.show) if options.show else None
    if kept is not None and kept.show and (options.restarts or asked is None):
        try:
            return opened(Path(kept.show)), kept
        except StudioError as error:
            _log.error("the show that was open, %s, cannot be opened again: %s", kept.show, error)
            kept = checkpoint.KeptCheckpoint(kept.show, {"outputs": kept.parts.get("outputs", [])})
    show = opened(asked)
    if kept is not None and not options.restarts and kept.show != str(show.folder):
        kept = None  # senders of another show: they are ended once this one is up
    return show, kept


async def _run(options: EngineOptions) -> int:
    kept = checkpoint.recall() if options.restarts or orphans(runtime_dir()) else None
    extensions = Extensions() if options.safe_mode else Extensions.with_plugins()
    use_own_vault()
    show, kept = await asyncio.to_thread(_first_show, options, kept, extensions)
    note = life.ProcessRecord("engine")
    engine = Engine(show, extensions, is_safe=options.safe_mode)
    engine.parts.session.as_asked = lambda other: _with_options(other, options)
    stopping = asyncio.Event()
    _take_signals(stopping)
    door: RemoteServer | None = None
    try:
        await engine.start(kept)
        engine.parts.session.heartbeat = note
        beat = asyncio.create_task(_beat(note, stopping))
        if options.scene and kept is None:
            await engine.parts.bus.run("scenes.take", {"scene": options.scene}, origin="cli")
        door = await _open_door(engine, options)
        engine.parts.programme.viewers = door.views
        await engine.parts.programme.renew_standby()
        _set_aside_what_stays()
        started = await _start_outputs(engine, options, kept)
        if kept is None:
            await engine.parts.outputs.until_flowing(started, stopping)
        on_air = _on_air(engine, door)
        note.update(on_air=on_air)
        engine.parts.programme.stage.figures.start_over()
        began = now_ns()
        say(on_air)
        for status in engine.parts.outputs.view():
            if status.state is not OutputState.IDLE:
                _say_status(status, OutputState.IDLE.value)
        engine.parts.events.on(OutputChanged, lambda event: _say_status(event.status, event.before))
        if options.picture:
            await asyncio.sleep(PICTURE_AFTER_S)
            await asyncio.to_thread(engine.write_picture, Path(options.picture))
            say({"event": "picture", "file": options.picture})
        await _wait(stopping, options.for_s)
        beat.cancel()
        done = _done(engine, began)
    finally:
        if door is not None:
            await door.stop()
        await engine.stop()
        checkpoint.forget()
        note.close()
    done["outputs"] = _outputs(engine)
    say(done)
    return 0


def _set_aside_what_stays() -> None:
    """What was built until now lives as long as the engine: no collection looks at it again.

    One over all of it holds every thread up for more than half a picture's time.
    """
    gc.collect()
    gc.freeze()
    gc.enable()  # off while all of it was loaded
    gc.set_threshold(5_000, 20, 50)


def _take_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        number = getattr(signal, name)
        try:
            loop.add_signal_handler(number, stopping.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopping.set))


async def _beat(note: life.ProcessRecord, stopping: asyncio.Event) -> None:
    owner = drill_owner()
    while True:
        # A shadow never outlives its drill, whichever way that ended.
        if not note.beat() or (owner and os.getppid() != owner):
            stopping.set()
        await asyncio.sleep(BEAT_S)


async def _wait(stopping: asyncio.Event, for_s: float | None) -> None:
    try:
        async with asyncio.timeout(for_s):
            await stopping.wait()
    except TimeoutError:
        return


async def _open_door(engine: Engine, options: EngineOptions) -> RemoteServer:
    from studio.remote.server import open_door

    is_again = options.restarts > 0
    return await open_door(engine.parts.facade, options.port, options.password, is_again=is_again)


async def _start_outputs(
    engine: Engine, options: EngineOptions, kept: KeptCheckpoint | None
) -> list[str]:
    """Outputs asked for on the command line; after a crash those that were running.

    Returns:
        Their names.

    Raises:
        StudioError: an output that was asked for cannot be; after a crash nothing is raised, the
            others go on without it.
    """
    outputs = engine.parts.outputs.outputs
    canvas = "portrait" if options.canvas == "portrait" else "landscape"
    given = [(url, f"push{n + 1}") for n, url in enumerate(options.push)]
    if options.record:
        given.append((options.record, "record"))
    wanted: list[str] = []
    for url, name in given:
        try:
            outputs.put_passing(*settings_from_url(url, name=name, canvas=canvas))
            wanted.append(name)
        except StudioError as error:
            # After a crash its sender may be at it, whatever the disk says now: `kept` knows.
            if kept is None:
                raise
            _log.warning("output %s is not as it was asked for: %s", name, error)
    if kept is not None:
        wanted = [] if options.restarts else wanted
        wanted += [name for name in engine.parts.outputs.resumed if name not in wanted]
    pipeline = engine.parts.outputs.pipeline
    canvases = {pipeline.destinations.settings(name).canvas for name in wanted}
    for canvas_name in canvases:
        pipeline.prepare(canvas_name)
    for canvas_name in canvases:
        encoder = pipeline.encoder(canvas_name)
        if encoder is not None:
            await asyncio.to_thread(encoder.is_ready.wait, 10)
    for name in wanted:
        try:
            await engine.parts.bus.run("outputs.start", {"name": name}, origin="cli")
        except StudioError as error:
            if kept is None:
                raise
            _log.error("output %s was not taken up again: %s", name, error)
    for name, sender in orphans(runtime_dir()).items():
        if name not in wanted:
            _log.warning("sender of %s (%d) belongs to no output: ending it", name, sender.pid)
            await asyncio.to_thread(end_orphan, runtime_dir(), sender)
    return wanted


def _on_air(engine: Engine, door: RemoteServer) -> dict[str, Any]:
    statuses = engine.parts.outputs.view()
    senders = {status.name: status.pid for status in statuses if status.pid}
    return {
        "event": "on_air",
        "remote": door.address,
        "scenes": [scene.name for scene in engine.parts.facade.scenes.state.scenes],
        "pids": {"engine": os.getpid(), "senders": senders},
    }


def _say_status(status: OutputStatus, before: str) -> None:
    reason = status.reason
    say(
        {
            "event": "output",
            "name": status.name,
            "state": status.state.value,
            "before": before,
            "why": _text(reason.key, reason.params) if reason.key else "",
        }
    )


def _text(key: str, params: dict[str, Any]) -> str:
    from studio.core.i18n import translate

    return translate(key, **params)


def _done(engine: Engine, began_ns: int) -> dict[str, Any]:
    figures = engine.parts.programme.stage.figures
    seconds = (now_ns() - began_ns) / 1e9
    frames = max(1, figures.ticks)
    return {
        "event": "done",
        "frames": figures.ticks,
        "late": figures.late,
        "missed": figures.missed,
        "dropped": engine.parts.outputs.pipeline.dropped(),
        "fps": round(figures.ticks / seconds, 2),
        "seconds": round(seconds, 2),
        "cpu_ms_per_frame": round(time.process_time() * 1000 / frames, 2),
        "compose_ms_p50": round(figures.compose_at(0.5), 3),
        "compose_ms_p99": round(figures.compose_at(0.99), 3),
        "cuts": len(engine.parts.latency.ms),
        "cut_ms_p50": round(_at(engine.parts.latency.ms, 0.5), 1),
        "cut_ms_p99": round(_at(engine.parts.latency.ms, 0.99), 1),
    }


def _at(values: Iterable[float], part: float) -> float:
    """A percentile (0..1); 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def _outputs(engine: Engine) -> list[dict[str, Any]]:
    return [
        {
            "name": status.name,
            "state": status.state.value,
            "packets": status.packets,
            "bytes": status.bytes,
            "reconnects": status.reconnects,
            "standby_s": round(status.standby_ms / 1000, 2),
        }
        for status in engine.parts.outputs.view()
    ]
