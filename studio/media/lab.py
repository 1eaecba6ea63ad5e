"""A TIFF in CIE L*a*b*, as print shops hand it on, in the colours of a screen.

Sources: TIFF 6.0, section 23 (CIE L*a*b* images: 8 bit, a* and b* signed), with 16 bit and the
ICC's form of it (photometric 9, offset by half) from TIFF Technical Note 4; CIE 15:2004, 8.2.1;
white is D50 as in ICC.1:2022, and the matrix is sRGB's, adapted to it (IEC 61966-2-1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CIE, ICC = 8, 9
D50 = (0.9642, 1.0, 0.8249)
TO_RGB = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)


def lab_to_bgr(stored: NDArray[Any], form: int) -> NDArray[np.uint8]:
    """Samples as they are stored, (h, w, 3) uint8 or uint16, as BGR of sRGB.

    Args:
        form: `CIE` (a* and b* signed) or `ICC` (128 is none).
    """
    made = np.empty(stored.shape, np.uint8)
    steps = 1 if stored.dtype == np.uint8 else 256
    # White is all ones; in the ICC's 16 bit it is 0xff00.
    white = 65280 if steps > 1 and form == ICC else 256 * steps - 1
    for top in range(0, len(stored), 64):  # a stripe at a time: floats are eight times as large
        rows = stored[top : top + 64]
        tint = rows[:, :, 1:].astype(np.float64) / steps
        tint -= 256 * (tint >= 128) if form == CIE else 128
        made[top : top + 64] = _stripe(np.minimum(rows[:, :, 0] * (100 / white), 100), tint)
    return made


def _stripe(light: NDArray[Any], tint: NDArray[Any]) -> NDArray[np.uint8]:
    fy = (light + 16) / 116
    bent = np.stack([fy + tint[:, :, 0] / 500, fy, fy - tint[:, :, 1] / 200], axis=2)
    edge = 6 / 29
    xyz = np.where(bent > edge, bent**3, 3 * edge**2 * (bent - 4 / 29)) * D50
    linear = np.clip(xyz @ np.array(TO_RGB).T, 0, 1)
    bright = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    made: NDArray[np.uint8] = np.rint(bright[:, :, ::-1] * 255).astype(np.uint8)
    return made
