"""Python's garbage collector, in the thread of the windows alone.

Widgets and what belongs to them stand in circles of references, which the collector takes apart:
in whichever thread happens to set it off. Qt's objects must end in their own thread. A timer that
ends in another one leaves the event loop with what is gone, and the desk ends at its next tick.
"""

from __future__ import annotations

import gc
import time

WHOLE_PART = 100
"""Going through everything takes at most this part of the time, whatever there is."""
_next_whole = 0.0


def only_by_hand() -> None:
    """From now on no thread sets the collector off; the windows' thread calls `collect_due`."""
    gc.disable()


def collect_due() -> None:
    """Collects about what Python would have collected by now."""
    global _next_whole
    counts, limits = gc.get_count(), gc.get_threshold()
    began = time.monotonic()
    if counts[2] > limits[2] and began >= _next_whole:
        gc.collect(2)
        ended = time.monotonic()
        _next_whole = ended + WHOLE_PART * (ended - began)
    elif counts[1] > limits[1]:
        gc.collect(1)
    elif counts[0] > limits[0]:
        gc.collect(0)
