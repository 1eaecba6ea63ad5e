"""Blend modes on planar YUV: add, subtract, screen, multiply, lighten, darken.

The usual definitions are per R'G'B' channel (W3C Compositing and Blending Level 1). Add and
subtract are linear, so they are the same in Y'CbCr; the products are exact where one of the two
pictures is grey and close elsewhere; lighten and darken choose by luma. Everything works on the
item's rectangle with OpenCV kernels, 8 to 16 bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.media.blend_modes import Blend
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane
from studio.media.yuv import Layer, Rect

BLACK, SPAN = 16, 219


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A layer prepared for a blend mode: its light and colour above nothing.

    Attributes:
        light: (h, w) uint8, 0..219: premultiplied luma above black.
        light_uv: the same at chroma size.
        colour: two (h/2, w/2) int16 planes, premultiplied chroma around 0.
    """

    over: Layer
    light: Plane
    light_uv: Plane
    colour: tuple[np.ndarray, np.ndarray]


def ink(over: Layer) -> Ink:
    """Prepares a layer; a still picture needs it once."""
    alpha, alpha_uv = cv2.bitwise_not(over.inverse), cv2.bitwise_not(over.inverse_uv)
    light = cv2.subtract(over.frame.y, cv2.convertScaleAbs(alpha, alpha=BLACK / 255))
    half = (over.frame.u.shape[1], over.frame.u.shape[0])
    light_uv = cv2.resize(light, half, interpolation=cv2.INTER_AREA)
    grey = cv2.convertScaleAbs(alpha_uv, alpha=128 / 255)
    u, v = (cv2.subtract(p, grey, dtype=cv2.CV_16S) for p in (over.frame.u, over.frame.v))
    return Ink(over, light, light_uv, (u, v))


def blend_as(target: Frame, paint: Ink, mode: Blend, x: int, y: int) -> None:
    """Blends at even (x, y) in place, clipped to the target; "normal" belongs to `yuv.blend`."""
    rect = Rect(x, y, paint.over.width, paint.over.height).clipped(target.width, target.height)
    if rect.w < 2 or rect.h < 2:
        return
    sx, sy = rect.x - x, rect.y - y
    luma = target.y[rect.y : rect.y + rect.h, rect.x : rect.x + rect.w]
    cx, cy, cw, ch = rect.x // 2, rect.y // 2, rect.w // 2, rect.h // 2
    hx, hy = sx // 2, sy // 2
    light = paint.light[sy : sy + rect.h, sx : sx + rect.w]
    light_uv = paint.light_uv[hy : hy + ch, hx : hx + cw]
    inverse = paint.over.inverse[sy : sy + rect.h, sx : sx + rect.w]
    inverse_uv = paint.over.inverse_uv[hy : hy + ch, hx : hx + cw]
    below = cv2.subtract(luma, BLACK)
    if mode in ("screen", "multiply"):
        below_uv = cv2.resize(below, (cw, ch), interpolation=cv2.INTER_AREA)
    else:
        below_uv = None
    chroma = [p[cy : cy + ch, cx : cx + cw] for p in (target.u, target.v)]
    colours = [p[hy : hy + ch, hx : hx + cw] for p in paint.colour]
    if mode in ("lighten", "darken"):
        _choose(luma, chroma, paint, (sx, sy, rect.w, rect.h), is_lighter=mode == "lighten")
        return
    _light(luma, below, light, inverse, mode)
    for plane, colour in zip(chroma, colours, strict=True):
        mine = cv2.subtract(plane, 128, dtype=cv2.CV_16S)
        if mode == "add":
            mixed = cv2.add(mine, colour)
        elif mode == "subtract":
            mixed = cv2.subtract(mine, colour)
        else:
            product = cv2.add(
                cv2.multiply(mine, light_uv, scale=1 / SPAN, dtype=cv2.CV_16S),
                cv2.multiply(colour, below_uv, scale=1 / SPAN, dtype=cv2.CV_16S),
            )
            if mode == "screen":
                mixed = cv2.subtract(cv2.add(mine, colour), product)
            else:
                kept = cv2.multiply(mine, inverse_uv, scale=1 / 255, dtype=cv2.CV_16S)
                mixed = cv2.add(kept, product)
        cv2.add(mixed, 128, dst=plane, dtype=cv2.CV_8U)


def _light(luma: Plane, below: Plane, light: Plane, inverse: Plane, mode: Blend) -> None:
    if mode == "add":
        made = cv2.add(below, light)
    elif mode == "subtract":
        made = cv2.subtract(below, light)
    else:
        product = cv2.multiply(below, light, scale=1 / SPAN)
        if mode == "screen":
            made = cv2.add(below, cv2.subtract(light, product))  # the sum alone is cut off at 255
        else:
            made = cv2.add(cv2.multiply(below, inverse, scale=1 / 255), product)
    cv2.add(cv2.min(made, SPAN), BLACK, dst=luma)


def _choose(
    luma: Plane,
    chroma: list[Plane],
    paint: Ink,
    part: tuple[int, int, int, int],
    *,
    is_lighter: bool,
) -> None:
    """Pixel by pixel the lighter (darker) of what is there and the layer over it."""
    x, y, w, h = part
    half = (y // 2, x // 2, h // 2, w // 2)
    over = paint.over

    def mixed(plane: Plane, index: int) -> Plane:
        top, left, high, wide = (y, x, h, w) if index == 0 else half
        inverse = over.inverse if index == 0 else over.inverse_uv
        cut = (slice(top, top + high), slice(left, left + wide))
        kept = cv2.multiply(plane, inverse[cut], scale=1 / 255)
        made: Plane = cv2.add(kept, over.frame.planes[index][cut])
        return made

    new = mixed(luma, 0)
    how = cv2.CMP_GT if is_lighter else cv2.CMP_LT
    mask = cv2.compare(new, luma, how)
    mask_uv = cv2.resize(mask, (half[3], half[2]), interpolation=cv2.INTER_NEAREST)
    for index, plane in enumerate(chroma, 1):
        np.copyto(plane, mixed(plane, index), where=mask_uv > 0)
    np.copyto(luma, new, where=mask > 0)
