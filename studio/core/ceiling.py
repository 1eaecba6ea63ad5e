"""The memory of this process: a ceiling over it, and few places where freed memory lies unused."""

from __future__ import annotations

import os
import sys

SHARE = 0.75
LEAST_BYTES = 4 << 30
ARENAS = 2
_M_ARENA_MAX = -8  # malloc.h of glibc


def set_ceiling(share: float = SHARE, least: int = LEAST_BYTES) -> int:
    """Refuses this process more memory than ``share`` of the machine's, in one piece or in all.

    Without it the system ends the largest process when memory runs out: the one on air. Linux only
    (RLIMIT_DATA counts what is written to, not what is mapped to be read); a lower limit that is
    there already stays.

    Returns:
        The ceiling in bytes; 0 where there is none.
    """
    if sys.platform != "linux":
        return 0
    import resource

    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = max(least, int(whole * share))
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    except (OSError, ValueError):
        return 0
    return wanted


def keep_memory_together(arenas: int = ARENAS) -> bool:
    """Lets all threads of this process share so many of the C library's heaps.

    glibc gives up to eight heaps for each core to threads, and what one thread frees is not used
    by another: with the engine's thirty threads and pictures of megabytes, the freed rest grew to
    more than what was in use. To be called before any thread is started; glibc only.

    Returns:
        Whether it was set.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, arenas))
    except (OSError, AttributeError):  # another C library
        return False
