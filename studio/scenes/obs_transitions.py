"""Transitions of OBS Studio in our words and back, by kind.

Source: obs-studio ``plugins/obs-transitions``, the ids of its kinds.
"""

from __future__ import annotations

FROM_OBS = {
    "cut_transition": "cut",
    "fade_transition": "fade",
    "fade_to_color_transition": "dip",
    "slide_transition": "slide",
    "swipe_transition": "slide",
    "wipe_transition": "wipe",
    "obs_stinger_transition": "stinger",
}


def obs_kind(ours: str) -> str:
    """OBS's id of one of our transitions; our own where OBS has nothing like it."""
    return next((theirs for theirs, kind in FROM_OBS.items() if kind == ours), ours)
