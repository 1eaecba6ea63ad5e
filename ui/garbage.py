"""Python's garbage collector, in the thread of the windows alone.

Widgets and what belongs to them stand in circles of references, which the collector takes apart:
in whichever thread happens to set it off. Qt's objects must end in their own thread. A timer that
ends in another one leaves the event loop with what is gone, and the desk ends at its next tick.
"""

from __future__ import annotations

import gc


def only_by_hand() -> None:
    """From now on no thread sets the collector off; the windows' thread calls `collect_due`."""
    gc.disable()


def collect_due() -> None:
    """Collects what Python would have collected by now, as much and no more."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation]:
            gc.collect(generation)
            return
