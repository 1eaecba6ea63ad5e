"""The real show goes first: a drill ends within a second when it has an alarm or late ticks."""

from __future__ import annotations

import threading
from collections.abc import Callable

from studio.core.errors import StudioError
from studio.remote.client import RemoteClient, Where, find

LOOK_S = 0.2
MOST_LATE = 3
"""Ticks that were late or left out between two looks."""
LATE = ("renderSkippedFrames", "outputSkippedFrames")


class RealShowWatch:
    """Looks at the studio that runs on this machine, in a thread of its own.

    Use as a context manager. Where none runs there is nothing to look at.

    Args:
        alarm: called once, from the thread, with what the real show has.
        where: its door; None for the one of this person's runtime folder.
    """

    def __init__(self, alarm: Callable[[str], None], where: Where | None = None) -> None:
        self._alarm, self._where = alarm, where
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="real show", daemon=True)
        self.is_watching = False
        self._late: int | None = None

    def __enter__(self) -> RealShowWatch:
        try:
            where = self._where or find()
            self._client = RemoteClient(*where, "drill")
        except StudioError:
            return self
        self.is_watching = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        if self.is_watching:
            self._thread.join(5)

    def _run(self) -> None:
        try:
            while not self._closing.wait(LOOK_S):
                why = self._look()
                if why:
                    self._alarm(why)
                    return
        except StudioError as error:  # the show has ended, or its engine was killed
            if not self._closing.is_set():
                self._alarm(error.in_language("en"))
        finally:
            self._client.close()

    def _look(self) -> str:
        """What is wrong with the real show; "" while nothing is."""
        parts = self._client.vendor("state.get", parts=["plans", "insight"])
        runs = [str(run["plan"]) for run in parts["plans"]["runs"]]
        if runs:
            return "plan " + ", ".join(runs)
        alarms = [a["metric"] for a in parts["insight"]["alarms"] if a["state"] == "active"]
        if alarms:
            return "alarm " + ", ".join(map(str, alarms))
        stats = self._client.request("GetStats")
        late = sum(int(stats.get(name) or 0) for name in LATE)
        before, self._late = self._late, late
        if before is not None and late - before >= MOST_LATE:
            return f"{late - before} late ticks"
        return ""
