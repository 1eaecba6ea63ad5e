"""The light on the person, so that goods drawn onto her neither glow nor sink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.tryon.paint import Light

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_SKIN = (50, 280, 101, 330, 205, 425, 9, 151, 4, 199, 117, 346)
"""Cheeks, forehead, nose, chin: bare skin that catches the light."""
_USUAL_LUMA = 150.0
"""Luma of a lit face in a picture that is exposed well."""
_USUAL_U, _USUAL_V = 112.0, 150.0
"""Chroma of skin in neutral light; people of all complexions lie near this line."""


def measure(frame: Frame, points: NDArray[np.float32]) -> Light | None:
    """The light on the face with this mesh (478, 3); None when it lies outside."""
    at = points[list(_SKIN), :2]
    x = np.rint(at[:, 0]).astype(int)
    y = np.rint(at[:, 1]).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < frame.width & ~1) & (y < frame.height & ~1)
    if int(inside.sum()) < 4:
        return None
    x, y = x[inside], y[inside]
    luma = float(np.percentile(frame.y[y, x], 80))
    u = float(np.median(frame.u[y // 2, x // 2]))
    v = float(np.median(frame.v[y // 2, x // 2]))
    # Half of the way: skin may be dark in bright light, and goods must keep their colour.
    bright = max(1.0, luma - 16) / (_USUAL_LUMA - 16)
    gain = float(np.clip(bright**0.5, 0.45, 1.12))
    cool = float(np.clip((u - _USUAL_U) * 0.25, -6, 6))
    warm = float(np.clip((v - _USUAL_V) * 0.25, -6, 6))
    return Light(gain, cool, warm)


def eased(before: Light | None, now: Light | None, share: float = 0.1) -> Light:
    """The light a step further from ``before`` to ``now``: it never flickers."""
    if now is None:
        return before or Light()
    if before is None:
        return now
    return Light(
        before.gain + (now.gain - before.gain) * share,
        before.u + (now.u - before.u) * share,
        before.v + (now.v - before.v) * share,
    )
