"""How long what is on in the rundown still has."""

from __future__ import annotations

from studio.host.rundown.model import RundownView
from ui.format import age_s

RUNS = ("running", "paused")


def left_s(view: RundownView) -> float | None:
    """Seconds that the item that is on still has; below 0 it is over."""
    if view.left_s is not None:
        return float(view.left_s)
    on = next((item for item in view.items if item.item.id == view.now), None)
    age = age_s(on.ends_utc) if on and on.ends_utc else None
    return None if age is None else -age
