"""Draws the demo sunglasses: front views with alpha, one a colour, from curves and a light.

Run it again after a change: ``python tools/draw_tryon_assets.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from studio.media.cv import cv2

WIDTH, HEIGHT, FINE = 1000, 352, 3
PX_MM = 960 / 148
OUT = Path(__file__).resolve().parents[1] / "assets" / "demo" / "tryon"

LENS = [
    (-148, -92), (-90, -122), (60, -126), (150, -106), (176, -70), (166, 36), (122, 92),
    (74, 134), (-58, 138), (-108, 96), (-158, 50), (-172, -52), (-148, -92),
]  # fmt: skip
RIM = [
    (-178, -112), (-100, -158), (80, -164), (190, -142), (214, -138), (232, -134), (250, -122),
    (254, -112), (254, -96), (248, -84), (230, -76), (214, -70), (200, -62), (196, 30), (172, 84),
    (138, 124), (88, 166), (-72, 170), (-130, 122), (-186, 66), (-206, -56), (-178, -112),
]  # fmt: skip


def bezier(points: list[tuple[float, float]], steps: int = 24) -> np.ndarray:
    """A chain of cubic curves (3n + 1 points) as a polygon."""
    control = np.array(points, np.float64)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = []
    for i in range(0, len(control) - 1, 3):
        a, b, c, d = control[i : i + 4]
        out.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
    return np.concatenate(out)


def area(*polygons: np.ndarray) -> np.ndarray:
    """Polygons as one mask, float 0..1 at the fine size."""
    mask = np.zeros((HEIGHT * FINE, WIDTH * FINE), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.rint(polygon * FINE * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def placed(points: list[tuple[float, float]], side: int) -> np.ndarray:
    """A lens-side shape where it belongs."""
    shape = bezier(points) * (side, 1)
    return shape + (WIDTH / 2 + side * 226, 184)


def smooth_noise(seed: int, size: float) -> np.ndarray:
    """Cloudy noise, 0..1."""
    random = np.random.default_rng(seed)
    small = random.random((max(2, int(HEIGHT / size)), max(2, int(WIDTH / size))))
    size = (WIDTH * FINE, HEIGHT * FINE)
    big = cv2.resize(small.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.clip(big, 0, 1)


def pair(dark: tuple, light: tuple, spots: float, lens_top: tuple, lens_low: tuple,
         cover: tuple[float, float]) -> np.ndarray:  # fmt: skip
    """One pair of sunglasses, RGBA uint8.

    Args:
        dark, light: colours of the acetate.
        spots: 0 plain, 1 strong tortoiseshell.
        lens_top, lens_low: colours of the lens.
        cover: how opaque the lens is at its top and foot.
    """
    rims = area(*(placed(RIM, side) for side in (-1, 1)))
    bridge = bezier([
        (420, 96), (452, 74), (480, 70), (500, 70), (520, 70), (548, 74), (580, 96),
        (578, 112), (572, 126), (564, 140), (546, 112), (520, 104), (500, 104),
        (480, 104), (454, 112), (436, 140), (428, 126), (422, 112), (420, 96),
    ])  # fmt: skip
    rims = np.maximum(rims, area(bridge))
    lenses = area(*(placed(LENS, side) for side in (-1, 1)))
    body = np.clip(rims - lenses, 0, 1)

    depth = cv2.distanceTransform((body > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / FINE
    round_ = np.minimum(depth / 11.0, 1)
    height = cv2.GaussianBlur(np.sqrt(np.clip(1 - (1 - round_) ** 2, 0, 1)) * 9, (0, 0), 2.0 * FINE)
    gy, gx = np.gradient(height, 1 / FINE)
    normal = np.stack([-gx, -gy, np.ones_like(gx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lamp = np.array([-0.35, -0.72, 0.6])
    lamp /= np.linalg.norm(lamp)
    diffuse = np.clip(normal @ lamp, 0, 1)
    half = lamp + (0, 0, 1)
    half /= np.linalg.norm(half)
    shine = np.clip(normal @ half, 0, 1) ** 60

    clouds = smooth_noise(3, 34) * 0.6 + smooth_noise(5, 15) * 0.4
    mix = np.clip((clouds - 0.5) * 4 * spots + 0.5 * (1 - spots) + 0.18 * spots, 0, 1)[..., None]
    acetate = np.array(dark) * (1 - mix) + np.array(light) * mix
    colour = acetate * (0.42 + 0.72 * diffuse[..., None]) + shine[..., None] * 190

    y = (np.mgrid[0 : HEIGHT * FINE, 0 : WIDTH * FINE][0] / FINE - 62) / 262
    y = np.clip(y, 0, 1)[..., None]
    glass = np.array(lens_top) * (1 - y) + np.array(lens_low) * y
    glass_alpha = (cover[0] * (1 - y) + cover[1] * y)[..., 0]
    inner = cv2.distanceTransform((lenses > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / FINE
    glass = glass * (0.72 + 0.28 * np.clip(inner / 10, 0, 1))[..., None]
    glass_alpha = np.clip(glass_alpha + 0.10 * np.clip(1 - inner / 10, 0, 1), 0, 1)
    xs = np.mgrid[0 : HEIGHT * FINE, 0 : WIDTH * FINE][1] / FINE
    ys = np.mgrid[0 : HEIGHT * FINE, 0 : WIDTH * FINE][0] / FINE
    glare = np.zeros_like(xs, dtype=np.float32)
    for middle in (274, 726):  # a window, seen in both lenses
        t = (xs - middle + 40) + (ys - 184) * 0.55
        band = np.exp(-(((t + 62) / 26) ** 4)) * 0.30 + np.exp(-(((t + 6) / 9) ** 4)) * 0.20
        fall = np.clip(1 - (ys - 70) / 190, 0, 1)
        near = np.abs(xs - middle) < 190
        glare += (band * fall * near).astype(np.float32)
    glare = cv2.GaussianBlur(glare, (0, 0), 2.0 * FINE) * np.clip(inner / 8, 0, 1)
    glass = glass * (1 - glare[..., None]) + np.array((235, 242, 255)) * glare[..., None]
    glass_alpha = np.maximum(glass_alpha, glare)

    rivets = np.zeros_like(body)
    for side in (-1, 1):
        for dy in (-6, 7):
            centre = ((WIDTH / 2 + side * (226 + 216)) * FINE, (184 - 106 + dy) * FINE)
            cv2.circle(rivets, tuple(int(v) for v in centre), int(3.6 * FINE), 1.0, -1, cv2.LINE_AA)
    colour = colour * (1 - rivets[..., None]) + np.array((222, 214, 200)) * rivets[..., None]

    alpha = body + (1 - body) * lenses * glass_alpha
    over = colour * body[..., None] + glass * ((1 - body) * lenses * glass_alpha)[..., None]
    size = (WIDTH, HEIGHT)
    over = cv2.resize(over.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(alpha.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    straight = over / np.maximum(alpha, 1e-3)[..., None]
    return np.clip(np.rint(np.dstack([straight, alpha * 255])), 0, 255).astype(np.uint8)


VARIANTS = {
    "sunglasses-amber": pair((70, 30, 12), (206, 128, 48), 1.0, (92, 48, 16), (214, 148, 74),
                             (0.80, 0.44)),
    "sunglasses-black": pair((20, 20, 23), (34, 34, 38), 0.0, (14, 16, 20), (58, 62, 70),
                             (0.95, 0.80)),
    "sunglasses-tea": pair((94, 58, 42), (168, 118, 88), 0.45, (104, 62, 40), (178, 128, 92),
                           (0.78, 0.44)),
}  # fmt: skip

if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, picture in VARIANTS.items():
        cv2.imwrite(str(OUT / f"{name}.png"), picture[:, :, [2, 1, 0, 3]],
                    [cv2.IMWRITE_PNG_COMPRESSION, 9])  # fmt: skip
        print(OUT / f"{name}.png")
