"""Make-up: colour that lies in the skin's own light and keeps its texture.

Luma is multiplied, so pores, gloss and shadows stay; chroma is drawn to the colour's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.media.frame import yuv_of
from studio.tryon import paint
from studio.tryon.fit import rgb_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.media.yuv import Rect
    from studio.tryon.paint import Light


@dataclass(frozen=True, slots=True)
class Pigment:
    """A colour of paint in YUV, luma without the 16 of limited range (0..219)."""

    luma: float
    u: float
    v: float


def pigment(colour: str, picture: NDArray[np.uint8] | None, usual: str) -> Pigment:
    """The colour of a product.

    Args:
        colour: ``#rrggbb`` from the fit, may be empty.
        picture: the asset, whose most vivid colour is taken when there is no other.
        usual: of the kind.

    Raises:
        ValueError: ``colour`` is none.
    """
    if colour:
        rgb = rgb_of(colour)
    elif picture is not None:
        rgb = vivid(picture)
    else:
        rgb = rgb_of(usual)
    y, u, v = yuv_of(*rgb)
    return Pigment(float(y - 16), float(u), float(v))


def vivid(picture: NDArray[np.uint8]) -> tuple[int, int, int]:
    """The most vivid colour that covers a good part of an RGBA picture."""
    seen = picture[picture[:, :, 3] > 160][:, :3]
    if not len(seen):
        return 200, 60, 80
    seen = seen[:: max(1, len(seen) // 20000)].astype(np.float32)
    spread = seen.max(1) - seen.min(1)
    best = seen[spread >= np.percentile(spread, 75)]
    red, green, blue = (int(v) for v in np.median(best, axis=0))
    return red, green, blue


def lay_on(
    frame: Frame,
    rect: Rect,
    mask: NDArray[np.uint8],
    colour: Pigment,
    light: Light,
    *,
    cover: float,
    tone: float = 1.0,
    gloss: float = 0.0,
) -> None:
    """Lays paint onto the skin.

    Args:
        frame: a writable frame.
        rect: the part of it.
        mask: uint8 (h, w), how thick the paint lies.
        colour: of the paint.
        light: on the person; the colour is warmed and dimmed with it.
        cover: 0..1, how much of the skin's chroma is covered.
        tone: 0..1, how far the skin's lightness goes to the paint's.
        gloss: 0..1, how much brighter highlights get.
    """
    x, y, w, h = rect
    luma = frame.y[y : y + h, x : x + w]
    weight = int(cv2.countNonZero(mask))
    if weight == 0:
        return
    mean = max(8.0, float(cv2.mean(luma, mask)[0]) - 16)
    wanted = colour.luma * light.gain
    gain = float(np.clip(1 + (wanted / mean - 1) * tone, 0.35, 1.9))
    gains = cv2.convertScaleAbs(mask, alpha=(gain - 1) * 128 / 255, beta=128)
    if gloss > 0:
        top = mean * 1.12 + 16
        shine = cv2.subtract(luma, (top, 0, 0, 0))
        shine = cv2.multiply(shine, mask, scale=gloss * 1.6 / 255)
        painted = cv2.add(cv2.multiply(luma, gains, scale=1 / 128), shine)
    else:
        painted = cv2.multiply(luma, gains, scale=1 / 128)
    np.copyto(luma, painted)
    half = cv2.resize(mask, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
    half = cv2.convertScaleAbs(half, alpha=cover)
    inverse = cv2.bitwise_not(half)
    # A dim face shows less colour; a pigment in warm light is warmer.
    chroma = float(np.clip((mean * gain) / max(20.0, colour.luma), 0.55, 1.15))
    for plane, value, shift in ((frame.u, colour.u, light.u), (frame.v, colour.v, light.v)):
        part = plane[y // 2 : (y + h) // 2, x // 2 : (x + w) // 2]
        aim = float(np.clip(128 + (value - 128) * chroma + shift * 0.5, 16, 240))
        over = cv2.convertScaleAbs(half, alpha=aim / 255)
        np.copyto(part, cv2.add(cv2.multiply(part, inverse, scale=1 / 255), over))


def ring_mask(
    outer: NDArray[np.float32], inner: NDArray[np.float32] | None, rect: Rect, soft: float
) -> NDArray[np.uint8]:
    """A polygon without its inside, softened, as a mask of ``rect``."""
    mask = paint.polygon_mask([outer], rect)
    if inner is not None:
        mask = cv2.subtract(mask, paint.polygon_mask([inner], rect, soft * 0.5))
    if soft > 0.3:
        mask = cv2.GaussianBlur(mask, (0, 0), soft)
    return mask
