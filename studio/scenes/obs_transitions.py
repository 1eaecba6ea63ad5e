"""Transitions of OBS Studio in our words and back, by kind.

Source: obs-studio ``plugins/obs-transitions``, the ids of its kinds.
"""

from __future__ import annotations

from typing import Any

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


WIPES = {"linear-h.png": "right", "linear-v.png": "down"}
"""OBS's own pictures of a wipe that are straight edges."""
WAYS = ("left", "right", "up", "down")


def transition_settings(kind: str, given: Any) -> dict[str, Any]:
    """What of an OBS transition's settings ours has, too; {} where there is nothing like it.

    Args:
        kind: OBS's id.
        given: its settings, whatever stands there.
    """
    its = given if isinstance(given, dict) else {}
    way = its.get("direction")
    if kind in ("slide_transition", "swipe_transition"):
        made: dict[str, Any] = {"direction": way} if way in WAYS else {}
        return made | ({"push": False} if kind == "swipe_transition" else {})
    image = its.get("luma_image")
    if kind == "wipe_transition" and isinstance(image, str) and image in WIPES:
        return {"shape": WIPES[image]}
    return {}
