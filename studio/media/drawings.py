"""SVG for rooms that know no Qt: who builds the engine lends them a way to draw it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Rasterise(Protocol):
    """Draws an SVG: its bytes and the longer side, px → RGBA uint8 (h, w, 4), straight alpha."""

    def __call__(self, data: bytes, longest: int, /) -> NDArray[np.uint8]: ...


_lent: list[Rasterise] = []


def use_svg(rasterise: Rasterise | None) -> None:
    """Lends the way to draw; None takes it back."""
    _lent[:] = [] if rasterise is None else [rasterise]


def svg_drawer() -> Rasterise | None:
    """The way to draw; None where nobody lent one."""
    return _lent[0] if _lent else None


def is_svg(name: str, data: bytes) -> bool:
    """Is it an SVG, by its name or its first bytes?"""
    return name.lower().endswith(".svg") or data[:256].lstrip().startswith((b"<svg", b"<?xml"))
