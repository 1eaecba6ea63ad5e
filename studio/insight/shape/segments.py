"""Buyers by how lately and how often they ordered."""

from __future__ import annotations

LATELY_DAYS, LONG_DAYS = 14, 60


def segment_of(days: float, orders: int) -> str:
    """The segment of somebody who ordered so often, the last time so many days ago."""
    if orders >= 2:
        return "best" if days <= LATELY_DAYS else "again" if days <= LONG_DAYS else "cooling"
    return "new" if days <= LATELY_DAYS else "once"
