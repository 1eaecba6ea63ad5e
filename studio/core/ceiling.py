"""A ceiling over this process's memory: what is too much is refused, and the machine lives on."""

from __future__ import annotations

import os
import sys

SHARE = 0.75
LEAST_BYTES = 4 << 30


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
