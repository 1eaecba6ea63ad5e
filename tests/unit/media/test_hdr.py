"""HDR colours come out as the standard says, not only greys."""

from __future__ import annotations

import numpy as np
import pytest

from studio.media.colours import HLG, PQ, to_sdr, tone

CODES = {
    "grey": (0.45, 0.45, 0.45),
    "skin": (0.55, 0.45, 0.38),
    "red dress": (0.50, 0.18, 0.12),
    "lipstick": (0.42, 0.12, 0.22),
    "grass": (0.30, 0.48, 0.16),
    "denim": (0.20, 0.28, 0.42),
    "gold": (0.60, 0.50, 0.20),
    "bright white": (0.72, 0.72, 0.72),
}


@pytest.mark.parametrize("transfer", [PQ, HLG])
@pytest.mark.parametrize("name", CODES)
def test_colours_keep_their_hue(transfer: int, name: str) -> None:
    code = np.array([CODES[name]])
    luma = code @ np.array([0.2627, 0.6780, 0.0593])
    y = 16 + 219 * luma
    u = 128 + 224 * (code[:, 2] - luma) / 1.8814
    v = 128 + 224 * (code[:, 0] - luma) / 1.4746
    planes = [
        np.full(size, round(float(value[0])), np.uint8)
        for value, size in ((y, (8, 8)), (u, (4, 4)), (v, (4, 4)))
    ]
    got = np.array([float(entry.mean()) for entry in to_sdr(*planes, transfer)])
    out = tone(code, transfer)
    light = out @ np.array([0.2126, 0.7152, 0.0722])
    wanted = np.array(
        [
            16 + 219 * light[0],
            128 + 224 * (out[0, 2] - light[0]) / 1.8556,
            128 + 224 * (out[0, 0] - light[0]) / 1.5748,
        ]
    )
    assert np.abs(got - wanted).max() <= 6, (got, wanted)
    if name in ("grey", "bright white"):
        assert list(got[1:]) == [128, 128]
