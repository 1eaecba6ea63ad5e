"""What the colours of a decoded picture mean, and how they become BT.709 limited range."""

from __future__ import annotations

import functools
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class _Sdr:
    """HDR in SDR, by table: a cube over the colours is too slow at 160 ms a 1080p picture.

    Attributes:
        luma: what becomes of greys, (256,).
        change: what becomes of colours beside that: uint32 (2**20), bytes are dy, du, dv + 128, by
            y of six bits, u and v of seven. A change is smooth where the colour itself is not.
        at: a level's share of the index for y, u and v, (256,) int32 each.
    """

    luma: Plane
    change: NDArray[np.uint32]
    at: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


@functools.cache
def _tables(transfer: int) -> _Sdr:
    """Made at first use, 0.5 s. Grey lies in the middle of its field: it stays grey."""
    levels = np.arange(256.0)
    grey = np.repeat(np.clip((levels - 16) / 219, 0, 1)[:, None], 3, axis=1)
    luma = 16 + 219 * tone(grey, transfer)[:, 0]
    change = []
    u, v = (grid.ravel() for grid in np.meshgrid(*(np.arange(128) * 2.0,) * 2, indexing="ij"))
    for y in np.arange(64) * 4.0 + 1.5:
        light, blue, red = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
        r, b = light + 1.4746 * red, light + 1.8814 * blue
        g = (light - 0.2627 * r - 0.0593 * b) / 0.6780
        # Impossible colours change as the nearest possible one does: no edge between them.
        inside = np.clip(np.stack([r, g, b], axis=-1), 0, 1)
        its_y, its_u, its_v = _coded(inside, (0.2627, 0.6780, 0.0593), (1.8814, 1.4746))
        out = tone(inside, transfer)
        made_y, made_u, made_v = _coded(out, (0.2126, 0.7152, 0.0722), (1.8556, 1.5748))
        dy = made_y - np.interp(its_y, levels, luma)
        change.append(np.stack([dy, made_u - its_u, made_v - its_v], axis=-1))
    packed = np.zeros((64 * 128 * 128, 4), np.uint8)
    packed[:, :3] = np.clip(np.rint(np.concatenate(change)) + 128, 0, 255)
    share = np.arange(256, dtype=np.int32)
    chroma = np.minimum((share + 1) >> 1, 127)
    return _Sdr(
        np.clip(np.rint(luma), 0, 255).astype(np.uint8),
        packed.view(np.uint32).reshape(-1),
        (share >> 2 << 14, chroma << 7, chroma),
    )


def _coded(
    rgb: Floats, weights: tuple[float, float, float], spans: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """(n, 3) R'G'B' as Y'CbCr of 8 bits, limited range, by its luma weights and chroma spans."""
    light: Floats = rgb @ np.array(weights)
    blue: Floats = 128 + 224 * (rgb[:, 2] - light) / spans[0]
    red: Floats = 128 + 224 * (rgb[:, 0] - light) / spans[1]
    return 16 + 219 * light, blue, red


def to_sdr(y: Plane, u: Plane, v: Plane, transfer: int) -> tuple[Plane, Plane, Plane]:
    """Planes of BT.2020 PQ or HLG (4:2:0, 8 bit, limited) in BT.709 SDR."""
    sdr = _tables(transfer)
    small = cv2.resize(y, (u.shape[1], u.shape[0]), interpolation=cv2.INTER_AREA)
    index = cv2.LUT(small, sdr.at[0])
    cv2.add(index, cv2.LUT(u, sdr.at[1]), dst=index)
    cv2.add(index, cv2.LUT(v, sdr.at[2]), dst=index)
    change = sdr.change.take(index).view(np.uint8).reshape(*u.shape, 4)
    dy, du, dv = (cv2.extractChannel(change, n) for n in range(3))
    dy = cv2.resize(dy, (y.shape[1], y.shape[0]), interpolation=cv2.INTER_LINEAR)
    parts = ((cv2.LUT(y, sdr.luma), dy), (u, du), (v, dv))
    made = [np.asarray(cv2.addWeighted(plane, 1, more, 1, -128), np.uint8) for plane, more in parts]
    return made[0], made[1], made[2]
