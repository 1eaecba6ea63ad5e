"""What the fitting tool knows of a kind and of a fit."""

from __future__ import annotations

from typing import Any

import msgspec

Pair = tuple[str, str]
Fits = dict[str, float | str | bool]
OFFSETS = ("offset_x_mm", "offset_y_mm", "offset_z_mm")


class GarmentKind(msgspec.Struct, frozen=True):
    """A garment kind; ``takes`` is "picture" or "colour"."""

    kind: str
    label: Pair = ("", "")
    help: Pair = ("", "")
    takes: str = "picture"
    is_experimental: bool = False
    schema: dict[str, Any] = {}


class FittingSpot(msgspec.Struct, frozen=True):
    """An anchor: where it is and where it was proposed, 0..1 of the asset."""

    name: str
    label: Pair = ("", "")
    x: float = 0.5
    y: float = 0.5
    px: float = 0.5
    py: float = 0.5


class Proposal(msgspec.Struct, frozen=True):
    """How a garment would sit; ``picture`` is the asset as a base64 PNG."""

    kind: str = ""
    anchors: tuple[FittingSpot, ...] = ()
    width_mm: float = 0.0
    usual_mm: float = 0.0
    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tilt_deg: float = 0.0
    is_occluded: bool = True
    colour: str = ""
    size: tuple[int, int] = (0, 0)
    settings: dict[str, Any] = {}
    picture: str = ""


def spot_values(spots: dict[str, tuple[float, float]], proposal: Proposal) -> Fits:
    """The anchors that are not where they were proposed, as products keep them."""
    found: Fits = {}
    for anchor in proposal.anchors:
        x, y = spots.get(anchor.name, (anchor.x, anchor.y))
        if abs(x - anchor.px) > 0.002 or abs(y - anchor.py) > 0.002:
            found[f"{anchor.name}_x"], found[f"{anchor.name}_y"] = round(x, 4), round(y, 4)
    return found
