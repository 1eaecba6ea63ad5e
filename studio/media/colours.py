"""What the colours of a decoded picture mean, and how they become BT.709 limited range."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.media.cv import cv2

if TYPE_CHECKING:
    import av

Plane = NDArray[np.uint8]

# ITU-T H.273: matrix coefficients, transfer characteristics.
BT709, UNSPECIFIED, BT2020_NCL, BT2020_CL = 1, 2, 9, 10
BT601 = (4, 5, 6)
PQ, HLG = 16, 18
FULL = 2
SD_HEIGHT, SD_WIDTH = 576, 1024


def is_hdr(picture: av.VideoFrame) -> bool:
    """PQ or HLG?"""
    return int(picture.color_trc) in (PQ, HLG)


def is_601(picture: av.VideoFrame) -> bool:
    """BT.601? Told by the file; else as players guess: JPEG and standard definition are."""
    space = int(picture.colorspace)
    if space != UNSPECIFIED:
        return space in BT601
    if picture.format.is_rgb:
        return False
    is_sd = picture.width <= SD_WIDTH and picture.height <= SD_HEIGHT
    return picture.format.name.startswith("yuvj") or is_sd


def is_full(picture: av.VideoFrame) -> bool:
    """Full range (0..255)?"""
    return int(picture.color_range) == FULL or picture.format.name.startswith("yuvj")


@functools.cache
def _matrix() -> NDArray[np.float64]:
    """YCbCr of BT.601 to that of BT.709, both limited range, offsets taken off."""

    def to_yuv(kr: float, kb: float) -> NDArray[np.float64]:
        y = np.array([kr, 1 - kr - kb, kb])
        u = (np.array([0, 0, 1]) - y) / (2 * (1 - kb)) * (224 / 219)
        v = (np.array([1, 0, 0]) - y) / (2 * (1 - kr)) * (224 / 219)
        return np.stack([y, u, v])

    made: NDArray[np.float64] = to_yuv(0.2126, 0.0722) @ np.linalg.inv(to_yuv(0.299, 0.114))
    return made


def from_601(y: Plane, u: Plane, v: Plane) -> tuple[Plane, Plane, Plane]:
    """Planes of BT.601 (4:2:0, limited) in BT.709; 8-bit kernels, where swscale takes 8 ms."""
    m = _matrix()

    def mixed(of_u: float, of_v: float, zero: float) -> Plane:
        found: Plane = cv2.addWeighted(u, of_u, v, of_v, zero - 128 * (of_u + of_v))
        return found

    size = (y.shape[1], y.shape[0])
    for sign, put in ((1, cv2.add), (-1, cv2.subtract)):
        # What would be negative is cut to 0, so that up and down go separate ways.
        shift = mixed(sign * float(m[0, 1]), sign * float(m[0, 2]), 0)
        y = put(y, cv2.resize(shift, size, interpolation=cv2.INTER_NEAREST))
    blue = mixed(float(m[1, 1]), float(m[1, 2]), 128)
    return y, blue, mixed(float(m[2, 1]), float(m[2, 2]), 128)


# -- HDR ------------------------------------------------------------------------------------------

WHITE_NITS = 203.0  # ITU-R BT.2408: diffuse white of HDR programmes
PEAK_NITS = 1000.0
Floats = NDArray[np.float64]


def tone(code: Floats, transfer: int) -> Floats:
    """(…, 3) R'G'B' of BT.2020 in PQ or HLG → R'G'B' of BT.709, 0..1.

    PQ: SMPTE ST 2084; HLG: ITU-R BT.2100 with a system gamma of 1.2 at 1000 nits. What is
    brighter than diffuse white is rolled off on the largest part, so that hues stay.
    """
    nits = _pq(code) if transfer == PQ else _hlg(code)
    to_709 = np.array(
        [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    )
    light = np.maximum((nits / WHITE_NITS) @ to_709.T, 0)
    most = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
    made: Floats = np.clip(light * (_roll_off(most) / most), 0, 1) ** (1 / 2.4)
    return made


def _pq(code: Floats) -> Floats:
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = np.clip(code, 0, 1) ** (1 / m2)
    nits: Floats = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return nits


def _hlg(code: Floats) -> Floats:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    code = np.clip(code, 0, 1)
    light = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    luma = light @ np.array([0.2627, 0.6780, 0.0593])
    nits: Floats = PEAK_NITS * light * np.maximum(luma, 1e-6)[..., None] ** 0.2
    return nits


def _roll_off(light: Floats) -> Floats:
    """Straight to 0.7 of white, then ever slower: the peak becomes white (Reinhard's curve)."""
    knee = 0.7
    room = 1 - knee
    over, most = np.maximum(light - knee, 0) / room, (PEAK_NITS / WHITE_NITS - knee) / room
    bent = knee + room * over * (1 + over / most**2) / (1 + over)
    return np.where(light <= knee, light, np.minimum(bent, 1.0))


@functools.cache
def _tables(transfer: int) -> tuple[Plane, NDArray[np.float32]]:
    """Luma (256,) and what becomes of chroma at each luma (256, 4: uu, uv, vu, vv).

    The right way is a cube over R, G and B: 160 ms a picture at 1080p. This is fitted to it,
    luma by luma, over colours as they occur.
    """
    luma, chroma = np.zeros(256, np.uint8), np.zeros((256, 4), np.float32)
    steps = np.linspace(-0.2, 0.2, 9)
    cb, cr = (grid.ravel() for grid in np.meshgrid(steps, steps))
    for code in range(256):
        y = np.clip((code - 16) / 219, 0.0, 1.0)
        red, blue = y + 1.4746 * cr, y + 1.8814 * cb
        green = (y - 0.2627 * red - 0.0593 * blue) / 0.6780
        rgb = np.stack([red, green, blue], axis=-1)
        neutral = float(tone(np.full((1, 3), y), transfer)[0, 0])
        luma[code] = round(16 + 219 * neutral)
        fits = ((rgb >= 0) & (rgb <= 1)).all(axis=1)
        if fits.sum() < 5:
            continue
        out = tone(rgb[fits], transfer)
        its = out @ np.array([0.2126, 0.7152, 0.0722])
        given = np.stack([cb[fits], cr[fits]], axis=-1)
        got = np.stack([(out[:, 2] - its) / 1.8556, (out[:, 0] - its) / 1.5748], axis=-1)
        chroma[code] = np.linalg.lstsq(given, got, rcond=None)[0].T.ravel()
    return luma, chroma


def to_sdr(y: Plane, u: Plane, v: Plane, transfer: int) -> tuple[Plane, Plane, Plane]:
    """Planes of BT.2020 PQ or HLG (4:2:0, 8 bit, limited) in BT.709 SDR."""
    luma, chroma = _tables(transfer)
    small = cv2.resize(y, (u.shape[1], u.shape[0]), interpolation=cv2.INTER_AREA)
    blue, red = u.astype(np.float32) - 128, v.astype(np.float32) - 128
    gains = [cv2.LUT(small, np.ascontiguousarray(chroma[:, n])) for n in range(4)]
    made = []
    for of_blue, of_red in (gains[:2], gains[2:]):
        mixed = cv2.add(cv2.multiply(blue, of_blue), cv2.multiply(red, of_red))
        made.append(np.asarray(cv2.add(mixed, 128.0, dtype=cv2.CV_8U), np.uint8))
    return np.asarray(cv2.LUT(y, luma), np.uint8), made[0], made[1]
