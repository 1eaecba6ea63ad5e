"""A product photo without its background, for goods shot on a plain or quiet ground.

Three steps: the colours of the rim are the background's and are flooded inwards (Lab, CIE 1976);
GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) settles what the flood left open, on a small
copy; the edge is softened at full size and freed of the background's colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.core.bounded import PICTURE_BYTES, read_bounded
from studio.core.errors import StudioError
from studio.core.whole_file import write_whole
from studio.media.cv import cv2
from studio.tryon import asset as assets

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORK = 512
"""Longest side of the copy on which the outline is found."""
_RIM = 0.02
_LEAST, _MOST = 0.004, 0.97
"""A product that fills less or more of its photo than this has not been found."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """What was cut out.

    Attributes:
        rgba: uint8 (h, w, 4), trimmed to the product.
        share: how much of the photo it fills, 0..1.
        had_alpha: the photo brought its own transparency; nothing had to be removed.
    """

    rgba: NDArray[np.uint8]
    share: float
    had_alpha: bool = False


def photo(path: Path) -> NDArray[np.uint8]:
    """A product photo as RGBA, uint8 (h, w, 4), at most `assets.LONGEST` long; alpha may be whole.

    Raises:
        StudioError: not_found; invalid when it is no picture or far too large; unavailable for an
            SVG where nothing can draw one.
    """
    try:
        data = read_bounded(path, PICTURE_BYTES)
    except OSError:
        raise StudioError("not_found", "tryon.photo_missing", path=str(path)) from None
    return assets.small(assets.decoded(data, path))


def cut(rgba: NDArray[np.uint8], *, tolerance: float = 12.0, holes: bool = True) -> Cutout:
    """The product alone.

    Args:
        rgba: uint8 (h, w, 4) from `photo`.
        tolerance: how far from the rim's colours still counts as background, Lab units; more for
            uneven grounds.
        holes: background seen through the product (a handle, a frame) goes too.

    Raises:
        ValueError: no product stands out from its ground.
    """
    if int(rgba[:, :, 3].min()) < 200:
        return Cutout(trimmed(rgba), float((rgba[:, :, 3] > 24).mean()), True)
    height, width = rgba.shape[:2]
    if min(height, width) < 16:
        raise ValueError("the photo is smaller than 16 pixels")
    ratio = min(1.0, _WORK / max(height, width))
    size = (max(16, round(width * ratio)), max(16, round(height * ratio)))
    small = cv2.resize(rgba[:, :, :3], size, interpolation=cv2.INTER_AREA)
    inside = _outline(small, tolerance, holes)
    share = float(inside.mean())
    if not _LEAST <= share <= _MOST:
        raise ValueError("no product stands out from the ground")
    alpha = cv2.resize(inside.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.6, 0.5 / ratio))
    # A hair inwards: the rim of an outline is half background.
    alpha = np.clip((alpha - 0.42) / 0.4, 0, 1)
    colour = _without_ground(rgba[:, :, :3], alpha)
    return Cutout(trimmed(np.dstack([colour, np.rint(alpha * 255).astype(np.uint8)])), share)


def _ground(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """The few colours of the rim, (k, 3)."""
    wide = max(2, round(min(lab.shape[:2]) * _RIM))
    rim = np.concatenate(
        [lab[:wide].reshape(-1, 3), lab[-wide:].reshape(-1, 3),
         lab[:, :wide].reshape(-1, 3), lab[:, -wide:].reshape(-1, 3)]
    )  # fmt: skip
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    cv2.setRNGSeed(7)
    count = min(4, len(rim))
    _, labels, centres = cv2.kmeans(rim, count, None, stop, 2, cv2.KMEANS_PP_CENTERS)
    often = np.bincount(labels.ravel(), minlength=count) / len(rim)
    # A strap that runs over the rim is no ground.
    found: NDArray[np.float32] = centres[often > 0.12]
    return found


def _outline(rgb: NDArray[np.uint8], tolerance: float, holes: bool) -> NDArray[np.bool_]:
    """Where the product is, bool (h, w)."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    off = np.min([np.sqrt(((lab - c) ** 2).sum(2)) for c in _ground(lab)], axis=0)
    near = (off < tolerance).astype(np.uint8)
    count, labels = cv2.connectedComponents(near, connectivity=4)
    outer = set(np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])))
    ground = np.isin(labels, [entry for entry in outer if entry])
    if holes:
        sizes = np.bincount(labels.ravel(), minlength=count)
        for index in range(1, count):
            # Seen through, or a pale part of the product? Only what is just like the ground goes.
            if index in outer or sizes[index] < 0.001 * near.size:
                continue
            if float(off[labels == index].mean()) < tolerance * 0.35:
                ground |= labels == index
    ground &= near > 0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    product = (~ground).astype(np.uint8)
    product = cv2.morphologyEx(product, cv2.MORPH_OPEN, kernel)
    settled = _settled(rgb, product, off > 3 * tolerance)
    return _large(settled)


def _settled(
    rgb: NDArray[np.uint8], product: NDArray[np.uint8], is_far: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The outline after GrabCut: sure far inside and far outside, open between."""
    if not 0.002 < float(product.mean()) < 0.99:
        return product > 0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    mask = np.full(product.shape, cv2.GC_PR_BGD, np.uint8)
    mask[product > 0] = cv2.GC_PR_FGD
    mask[cv2.dilate(product, kernel) == 0] = cv2.GC_BGD
    mask[(cv2.erode(product, kernel) > 0) | ((product > 0) & is_far)] = cv2.GC_FGD
    if not (mask == cv2.GC_FGD).any() or not (mask == cv2.GC_BGD).any():
        return product > 0
    cv2.setRNGSeed(7)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(
        np.ascontiguousarray(rgb[:, :, ::-1]), mask, None, *models, 2, cv2.GC_INIT_WITH_MASK
    )
    return np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _large(product: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Crumbs left out: parts smaller than a fiftieth of the largest."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(product.astype(np.uint8))
    if count < 2:
        return product
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = [i + 1 for i, area in enumerate(areas) if area >= areas.max() / 50]
    return np.isin(labels, kept)


def _without_ground(rgb: NDArray[np.uint8], alpha: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours of the edge taken from within, so that no rim of the ground shines around it."""
    sure = (alpha > 0.95).astype(np.float32)
    weight = cv2.GaussianBlur(sure, (0, 0), 3)
    colour = rgb.astype(np.float32)
    inner = cv2.GaussianBlur(colour * sure[:, :, None], (0, 0), 3)
    inner /= np.maximum(weight, 1e-3)[:, :, None]
    edge = ((alpha < 0.95) & (weight > 0.01))[:, :, None]
    return np.clip(np.rint(np.where(edge, inner, colour)), 0, 255).astype(np.uint8)


def trimmed(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The opaque part with a small rim around it.

    Raises:
        ValueError: nothing on it is opaque.
    """
    if int(rgba[:, :, 3].max()) < 32:
        raise ValueError("the picture is wholly transparent")
    height, width = rgba.shape[:2]
    x, y, w, h = assets.bounds_of(rgba)
    rim = round(0.02 * max(w * width, h * height)) + 2
    x0, y0 = max(0, round(x * width) - rim), max(0, round(y * height) - rim)
    x1, y1 = min(width, round((x + w) * width) + rim), min(height, round((y + h) * height) + rim)
    part = rgba[y0:y1, x0:x1]
    if int(part[:, :, 3].min()) > 250:  # a box of a thing still wants a transparent rim
        part = np.pad(part, ((2, 2), (2, 2), (0, 0)))
    return np.ascontiguousarray(part)


def write(path: Path, rgba: NDArray[np.uint8]) -> None:
    """Stores RGBA as a PNG, whole or not at all.

    Raises:
        StudioError: failed, when the folder cannot be written.
    """
    done, data = cv2.imencode(".png", np.ascontiguousarray(rgba[:, :, [2, 1, 0, 3]]))
    try:
        if not done:
            raise OSError("PNG could not be made")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data.tobytes())
    except OSError as error:
        raise StudioError("failed", "tryon.not_written", path=str(path), why=str(error)) from None
