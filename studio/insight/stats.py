"""Figures of the engine, once a second: what the status bar and a technician look at."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from studio.core.event import Event
from studio.core.text import Text


class Stats(Event, frozen=True, kw_only=True):
    """Figures of the last second."""

    name: ClassVar[str] = "engine.stats"
    label: ClassVar[Text] = Text("引擎数据", "Engine figures")
    help: ClassVar[Text] = Text(
        "每秒的帧率、迟到、丢帧、CPU、内存与磁盘。",
        "Frame rate, late and dropped frames, CPU, memory and disk, once a second.",
    )
    is_frequent: ClassVar[bool] = True
    is_journaled: ClassVar[bool] = False

    figures: dict[str, Any]


class ProcessFigures:
    """CPU and memory of this process."""

    def __init__(self) -> None:
        self._cpu_s = time.process_time()
        self._wall_s = time.monotonic()

    def cpu_percent(self) -> float:
        """CPU since the last call; 100 is one core."""
        cpu_s, wall_s = time.process_time(), time.monotonic()
        used = 100 * (cpu_s - self._cpu_s) / max(1e-6, wall_s - self._wall_s)
        self._cpu_s, self._wall_s = cpu_s, wall_s
        return round(used, 1)

    @staticmethod
    def memory_mb() -> float:
        """Resident memory, MB; 0 where the system does not tell without help."""
        if sys.platform.startswith("linux"):
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
        if sys.platform == "darwin":
            import resource

            return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 1)
        return 0.0


def disk_free_gb(folder: Path) -> float:
    """Free space where recordings go, GB; -1 when it cannot be told."""
    try:
        return round(shutil.disk_usage(folder).free / 1e9, 2)
    except OSError:
        return -1.0
