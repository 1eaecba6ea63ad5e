"""A drill for the studio: ``python -m studio.app.drill.child``, lines of JSON both ways.

The first line on stdin is the request, each later one a word of somebody; its end ends the drill.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from studio.app.drill.crew import TeamCrew
from studio.app.drill.runner import DrillScore, chosen_faults, run_drills, surprise
from studio.core.errors import StudioError, packed
from studio.core.streams import speak_utf8
from studio.plans.drills.model import DrillRecord
from studio.plans.drills.wire import DrillNews, DrillRequest, DrillWord

Tell = Callable[[DrillNews], None]


def main() -> None:
    """One drill."""
    speak_utf8()
    lines = io.FileIO(sys.stdin.fileno(), closefd=False)  # a thread that waits holds no lock of it
    request = msgspec.json.decode(lines.readline(), type=DrillRequest)
    writing = threading.Lock()

    def tell(news: DrillNews) -> None:
        with writing:
            sys.stdout.buffer.write(msgspec.json.encode(news) + b"\n")
            sys.stdout.buffer.flush()

    signal.signal(signal.SIGTERM, _end)
    error: StudioError | None = None
    try:
        _drill(request, tell, lines)
    except StudioError as fault:
        error = fault
    except Exception as fault:
        error = StudioError("failed", "drill.failed", why=f"{type(fault).__name__}: {fault}")
    except KeyboardInterrupt:
        error = StudioError("unavailable", "drill.stopped")
    tell(DrillNews(kind="end", error=None if error is None else packed(error)))


def _drill(request: DrillRequest, tell: Tell, lines: io.FileIO) -> None:
    faults = chosen_faults(request.plans, is_all=not request.plans)
    if request.game:
        faults = surprise(faults, request.game, request.seed)
    crew = TeamCrew(tell, has_hints=request.has_hints, count=len(faults))
    threading.Thread(target=_listen, args=(crew, lines), name="words", daemon=True).start()

    def scored(score: DrillScore, record: DrillRecord) -> None:
        tell(DrillNews(kind="score", score=record))

    run_drills(Path(request.show), faults, scored, crew, team=request.team,
               has_hints=request.has_hints)  # fmt: skip


def _listen(crew: TeamCrew, lines: io.FileIO) -> None:
    for line in lines:
        try:
            crew.say(msgspec.json.decode(line, type=DrillWord))
        except msgspec.DecodeError:
            continue
    signal.raise_signal(signal.SIGTERM)  # the studio is gone: the main thread ends the drill


def _end(number: int, frame: object) -> None:
    """Ends as Ctrl-C does: the fault is cleared and the shadow ended."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
