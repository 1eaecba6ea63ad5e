"""Who goes first when the processor is short: the picture and its encoder, then the rest."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

BACKGROUND = 10
FIRST = -5


def background_thread(niceness: int = BACKGROUND) -> None:
    """This thread waits for others: previews, thumbnails, finding landmarks.

    Linux keeps a niceness per thread, Windows a priority; elsewhere nothing changes.

    Args:
        niceness: of Linux. One that takes the GIL often must not be too nice: while it waits for
            the processor with the GIL in hand, the picture waits too.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
    elif sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetThreadPriority(kernel.GetCurrentThread(), -1)  # BELOW_NORMAL


def first_process() -> bool:
    """This process goes first where the system lets it; True when it did."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        return bool(kernel.SetPriorityClass(kernel.GetCurrentProcess(), 0x8000))  # ABOVE_NORMAL
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
        return True
    return False
