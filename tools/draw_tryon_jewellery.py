"""Draws the demo jewellery: ring, earring, necklace and bracelet with alpha, lit like metal.

Run it again after a change: ``python tools/draw_tryon_jewellery.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from studio.media.cv import cv2

FINE = 4
OUT = Path(__file__).resolve().parents[1] / "assets" / "demo" / "tryon"
GOLD = ((96, 58, 14), (214, 158, 62), (255, 236, 178))
SILVER = ((64, 68, 78), (170, 176, 188), (255, 255, 255))
PEARL = ((150, 138, 132), (236, 228, 220), (255, 255, 255))
STONE = ((22, 60, 110), (96, 168, 226), (245, 252, 255))


def canvas(width: int, height: int) -> np.ndarray:
    """An empty premultiplied RGBA picture at the fine size."""
    return np.zeros((height * FINE, width * FINE, 4), np.float32)


def lit(picture: np.ndarray, mask: np.ndarray, tones: tuple, roundness: float) -> None:
    """Lays a round, shining body of ``mask`` (0..1) over the picture."""
    depth = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / FINE
    bow = np.minimum(depth / roundness, 1)
    height = np.sqrt(np.clip(1 - (1 - bow) ** 2, 0, 1)) * roundness
    height = cv2.GaussianBlur(height.astype(np.float32), (0, 0), 0.5 * FINE)
    gy, gx = np.gradient(height, 1 / FINE)
    normal = np.stack([-gx, -gy, np.ones_like(gx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lamp = np.array([-0.4, -0.7, 0.6]) / np.linalg.norm([-0.4, -0.7, 0.6])
    half = (lamp + (0, 0, 1)) / np.linalg.norm(lamp + (0, 0, 1))
    diffuse = np.clip(normal @ lamp, 0, 1)[..., None]
    # Metal mirrors a dark floor and a bright ceiling.
    sky = np.clip(0.5 - normal[..., 1] * 0.9, 0, 1)[..., None]
    shine = (np.clip(normal @ half, 0, 1) ** 50)[..., None]
    dark, middle, bright = (np.array(tone, np.float32) for tone in tones)
    level = 0.25 + 0.45 * diffuse + 0.35 * sky
    colour = np.where(level < 0.6, dark + (middle - dark) * level / 0.6,
                      middle + (bright - middle) * (level - 0.6) / 0.6)  # fmt: skip
    colour = np.clip(colour + shine * (bright - colour), 0, 255)
    alpha = mask[..., None]
    picture[..., :3] = picture[..., :3] * (1 - alpha) + colour * alpha
    picture[..., 3:] = picture[..., 3:] * (1 - alpha) + 255 * alpha


def blank(picture: np.ndarray) -> np.ndarray:
    return np.zeros(picture.shape[:2], np.uint8)


def disc(picture: np.ndarray, x: float, y: float, radius: float) -> np.ndarray:
    """A filled circle as a mask 0..1."""
    mask = blank(picture)
    centre = (round(x * FINE * 16), round(y * FINE * 16))
    cv2.circle(mask, centre, round(radius * FINE * 16), 255, -1, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def path(picture: np.ndarray, points: np.ndarray, width: float) -> np.ndarray:
    """A thick line as a mask 0..1."""
    mask = blank(picture)
    fixed = np.rint(points * FINE * 16).astype(np.int32)
    cv2.polylines(mask, [fixed], False, 255, max(1, round(width * FINE)), cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def save(picture: np.ndarray, name: str) -> None:
    """Shrinks and stores a picture."""
    size = (picture.shape[1] // FINE, picture.shape[0] // FINE)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    alpha = small[..., 3:]
    straight = small[..., :3] / np.maximum(alpha / 255, 1e-3)
    out = np.clip(np.rint(np.dstack([straight[..., ::-1], alpha])), 0, 255).astype(np.uint8)
    cv2.imwrite(str(OUT / f"{name}.png"), out, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(OUT / f"{name}.png")


def stone(picture: np.ndarray, x: float, y: float, radius: float, tones: tuple) -> None:
    """A brilliant: facets of light and dark around a bright table."""
    random = np.random.default_rng(int(radius * 10))
    lit(picture, disc(picture, x, y, radius), tones, radius * 0.5)
    dark, middle, bright = tones
    for i in range(16):
        a, b = (i + np.array([0.0, 1.0])) * np.pi / 8
        inner, outer = radius * 0.45, radius * 0.95
        facet = np.array([
            (x + np.cos(a) * outer, y + np.sin(a) * outer),
            (x + np.cos(b) * outer, y + np.sin(b) * outer),
            (x + np.cos((a + b) / 2) * inner, y + np.sin((a + b) / 2) * inner),
        ])  # fmt: skip
        mask = blank(picture)
        cv2.fillPoly(mask, [np.rint(facet * FINE * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        alpha = (mask.astype(np.float32) / 255 * 0.75)[..., None]
        tone = np.array((dark, middle, bright)[random.integers(0, 3)], np.float32)
        picture[..., :3] = picture[..., :3] * (1 - alpha) + tone * alpha
    lit(picture, disc(picture, x, y, radius * 0.42), (middle, bright, bright), radius * 0.3)


def ring() -> None:
    """A solitaire as seen on a finger."""
    picture = canvas(300, 200)
    t = np.linspace(-1, 1, 60)
    band = np.stack([150 + t * 118, 122 + 16 * t * t], 1)
    lit(picture, path(picture, band, 24), GOLD, 12)
    for dx, dy in ((-34, 12), (34, 12), (-26, -36), (26, -36)):
        lit(picture, disc(picture, 150 + dx, 104 + dy, 9), GOLD, 8)
    stone(picture, 150, 94, 46, STONE)
    save(picture, "ring-sapphire")


def earring() -> None:
    """A gold hook with a pearl."""
    picture = canvas(160, 360)
    t = np.linspace(0, 1, 40)
    hook = np.stack([80 + 6 * np.sin(t * np.pi), 14 + t * 120], 1)
    lit(picture, path(picture, hook, 8), GOLD, 4)
    lit(picture, disc(picture, 80, 20, 14), GOLD, 10)
    links = np.stack([np.full(40, 80.0), 130 + t * 60], 1)
    lit(picture, path(picture, links, 6), GOLD, 3)
    lit(picture, disc(picture, 80, 196, 16), GOLD, 10)
    lit(picture, disc(picture, 80, 268, 66), PEARL, 60)
    save(picture, "earring-pearl")


def necklace() -> None:
    """A fine chain with a drop."""
    picture = canvas(900, 560)
    t = np.linspace(-1, 1, 400)
    x = 450 + t * 410
    y = 30 + 400 * (1 - np.abs(t) ** 2.2)
    for i in range(0, 400, 3):
        lit_at = np.stack([x[i : i + 2], y[i : i + 2]], 1)
        lit_mask = path(picture, lit_at, 9 if (i // 3) % 2 else 6)
        picture_part = lit_mask > 0
        if picture_part.any():
            rows, columns = np.nonzero(picture_part)
            r = slice(max(0, rows.min() - 12), rows.max() + 12)
            c = slice(max(0, columns.min() - 12), columns.max() + 12)
            view = picture[r, c]
            lit(view, lit_mask[r, c], GOLD, 4)
    lit(picture, disc(picture, 450, 446, 13), GOLD, 8)
    stone(picture, 450, 490, 36, ((120, 16, 40), (214, 52, 88), (255, 226, 232)))
    save(picture, "necklace-ruby")


def bracelet() -> None:
    """A row of silver links with stones, laid out across."""
    picture = canvas(900, 120)
    for i in range(19):
        x = 45 + i * 45
        if i % 3 == 1:
            lit(picture, disc(picture, x, 60, 26), SILVER, 10)
            stone(picture, x, 60, 18, STONE)
        else:
            links = np.array([(x - 18.0, 60.0), (x + 18.0, 60.0)])
            lit(picture, path(picture, links, 22), SILVER, 11)
    save(picture, "bracelet-silver")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    ring()
    earring()
    necklace()
    bracelet()
