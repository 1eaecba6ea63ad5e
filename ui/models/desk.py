"""How things of the show stand in the desk where the engine does not say it."""

from __future__ import annotations

WHOLE = ("text", "countdown", "clock", "image", "turntable")


def fit_of(kind: str) -> str:
    """How a new item stands in its box: words and goods whole, what fills a picture fills it."""
    return "contain" if kind in WHOLE else "cover"
