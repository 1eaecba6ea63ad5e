"""A small real process that keeps the engine's side of the supervisor's contract, and its faults.

The faults come from the environment: STAND_IN holds a JSON list, one fault for each start:
"" (none), "exit:N", "crash" (SIGKILL to itself once on air), "crash_early", "hang", "deaf",
"busy" (it says that a job holds it for two seconds, and it does), "busy_for_ever" (it never comes
back from such a job), "slow_end" (it takes its note down and lives on for 2 s), "slow_start"
(it writes its note and is busy for a second before it is on air).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

from studio.core import life
from studio.core.paths import runtime_dir


def say(**line: object) -> None:
    try:
        print(json.dumps(line), flush=True)
    except OSError:
        pass


def main() -> int:
    options = json.loads(sys.stdin.readline())
    faults = json.loads(os.environ.get("STAND_IN", "[]"))
    fault = faults[options["restarts"]] if options["restarts"] < len(faults) else ""
    if fault.startswith("exit:"):
        return int(fault[5:])
    if fault == "crash_early":
        os.kill(os.getpid(), signal.SIGKILL)
    going = True

    def end(*_: object) -> None:
        nonlocal going
        going = fault == "deaf"

    signal.signal(signal.SIGTERM, end)
    on_air = {"event": "on_air", "pids": {"engine": os.getpid()}, "options": options}
    note = life.ProcessRecord("engine", on_air=on_air)
    if fault == "slow_start":
        time.sleep(1)
    say(**on_air)
    (runtime_dir() / f"started-{options['restarts']}").touch()
    if fault == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault in ("busy", "busy_for_ever"):
        with note.busy("a large show", 2.0 if fault == "busy" else 1.0):
            time.sleep(1.2 if fault == "busy" else 60)
    until = time.monotonic() + (options["for_s"] if options["for_s"] is not None else 60)
    while going and time.monotonic() < until:
        if fault != "hang":
            note.beat()
        time.sleep(0.05)
    note.close()
    say(event="done", frames=1)
    if fault == "slow_end":
        time.sleep(2)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
