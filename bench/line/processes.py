"""Processor time, memory and descriptors of the studio's programs, from /proc."""

from __future__ import annotations

import json
import os
from pathlib import Path


def cpu_s(pid: int) -> float:
    """User and system time of a process so far, seconds; 0 where it has gone (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Tree:
    """The programs whose notes lie in a runtime folder."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self.supervisor = 0

    def senders(self) -> dict[str, int]:
        """Process ids of the senders by output."""
        found = {}
        for path in self._runtime.glob("sender-*.json"):
            try:
                note = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            found[note["output"]] = int(note["pid"])
        return found

    def pids(self) -> dict[str, int]:
        """All of them by name."""
        found = self.senders()
        for name in ("engine", "supervisor"):
            try:
                found[name] = int(
                    json.loads((self._runtime / f"{name}.json").read_text(encoding="utf-8"))["pid"]
                )
            except (OSError, ValueError, KeyError):
                continue
        return found

    def cpu_s(self) -> float:
        """Processor time of all of them since each began."""
        total = 0.0
        for pid in self.pids().values():
            total += cpu_s(pid)
        return total

    def sizes(self) -> dict[str, tuple[float, int]]:
        """(resident memory in MB, open descriptors) of each."""
        found = {}
        for name, pid in self.pids().items():
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
                handles = len(os.listdir(f"/proc/{pid}/fd"))
            except (OSError, IndexError):
                continue
            found[name] = (pages * os.sysconf("SC_PAGE_SIZE") / 1e6, handles)
        return found
