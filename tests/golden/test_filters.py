"""Every picture filter on one picture, beside the pictures kept.

``SHOPCAST_GOLDEN=write`` keeps new ones: look at them before they are committed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import studio.filters.kinds as filter_folder
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.media.cv import cv2
from studio.media.frame import Frame, from_rgb, to_rgb
from studio.media.yuv import Scratch, blend, layer
from tests.golden.kept import compare

KEPT = Path(__file__).parent / "filters"
DATA = Path(__file__).parents[1] / "data"
KINDS = discover(filter_folder, Filter)
WIDTH, HEIGHT = 640, 360
pytestmark = pytest.mark.golden


def portrait() -> Frame:
    """A person in a room, 16:9."""
    rgb = cv2.imread(str(DATA / "portrait.png"))[:, :, ::-1]
    height, width = rgb.shape[:2]
    scale = WIDTH / width
    rgb = cv2.resize(rgb, (WIDTH, round(height * scale)), interpolation=cv2.INTER_AREA)
    if rgb.shape[0] < HEIGHT:
        rgb = cv2.copyMakeBorder(rgb, 0, HEIGHT - rgb.shape[0], 0, 0, cv2.BORDER_REPLICATE)
    return from_rgb(np.ascontiguousarray(rgb[:HEIGHT]), pts_ns=1)


def studio_green() -> Frame:
    """A skin-coloured figure with a soft edge and a green glow, a red cup, on a green screen."""
    rgb = np.empty((HEIGHT, WIDTH, 3), np.float32)
    rgb[:] = (12, 170, 66)
    rgb *= np.linspace(0.9, 1.1, WIDTH, dtype=np.float32)[None, :, None]
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.circle(mask, (320, 130), 80, 1.0, -1)
    cv2.ellipse(mask, (320, 370), (150, 150), 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 2.0)[:, :, None]
    glow = cv2.GaussianBlur(mask, (0, 0), 14)[:, :, None]
    skin = np.array([222, 172, 146], np.float32) * glow + np.array([150, 190, 120]) * (1 - glow)
    rgb = rgb * (1 - soft) + skin * soft
    cv2.rectangle(rgb, (90, 220), (170, 330), (190, 30, 40), -1)
    return from_rgb(np.clip(rgb, 0, 255).astype(np.uint8), pts_ns=1)


def on_chequers(frame: Frame) -> Frame:
    """What is transparent shows a chequered ground."""
    if frame.alpha is None:
        return frame
    rows, columns = np.indices((frame.height, frame.width)) // 20
    grey = np.where((rows + columns) % 2, 200, 120).astype(np.uint8)
    ground = from_rgb(np.dstack([grey, grey, grey]))
    blend(ground, layer(frame), 0, 0, Scratch())
    return ground


def cube(folder: Path) -> str:
    """A warm look with lifted blacks."""
    lines = ["LUT_3D_SIZE 9"]
    steps = np.linspace(0, 1, 9)
    lines += [
        f"{min(1, 0.06 + 0.98 * r**0.9):.5f} {0.03 + 0.92 * g:.5f} {0.1 + 0.7 * b:.5f}"
        for b in steps
        for g in steps
        for r in steps
    ]
    path = folder / "warm.cube"
    path.write_text("\n".join(lines), encoding="ascii")
    return str(path)


def filtered(kind: str, settings: dict[str, Any], frame: Frame) -> Frame:
    cls = KINDS.get(kind)
    one = cls(cls.decode(settings))
    try:
        if hasattr(one, "wait"):
            one.apply(frame)
            assert one.wait(10)
        if one.is_moving:
            one.apply(frame)
            frame = Frame(*frame.planes, pts_ns=frame.pts_ns + 1_000_000_000)
        return one.apply(frame)
    finally:
        one.close()


CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "chroma-key": ("chroma_key", {"colour": "#0caa42"}, studio_green),
    "chroma-key-shrink": ("chroma_key", {"colour": "#0caa42", "shrink": 4}, studio_green),
    "luma-key": ("luma_key", {"luma_min": 0.35, "luma_min_smooth": 0.1}, portrait),
    "colour-bright": (
        "colour_correction",
        {"brightness": 0.08, "contrast": 0.15, "gamma": 0.2, "saturation": 0.4},
        portrait,
    ),
    "colour-warm": ("colour_correction", {"temperature": 0.8}, portrait),
    "colour-cool": ("colour_correction", {"temperature": -0.8, "tint": 0.2}, portrait),
    "colour-hue": ("colour_correction", {"hue_deg": 120, "opacity": 0.8}, portrait),
    "lut": ("lut", {"path": "warm.cube"}, portrait),
    "crop-pad": ("crop", {"left": 120, "top": -40, "right": 80, "bottom": -20}, portrait),
    "crop-pad-colour": (
        "crop",
        {"left": -20, "top": -20, "right": -20, "bottom": -20, "is_clear": False,
         "colour": "#e5383b"},
        portrait,
    ),
    "mask-rounded": ("mask", {"radius": 0.2, "margin": 0.05}, portrait),
    "mask-circle": ("mask", {"shape": "circle", "feather": 0.1}, portrait),
    "mask-ellipse-inverted": ("mask", {"shape": "ellipse", "is_inverted": True}, portrait),
    "blur": ("blur", {"radius": 30}, portrait),
    "blur-box-region": (
        "blur", {"style": "box", "radius": 40, "x": 0.25, "y": 0.1, "w": 0.5, "h": 0.6}, portrait,
    ),
    "mosaic-outside": (
        "blur",
        {"style": "mosaic", "radius": 48, "x": 0.3, "y": 0, "w": 0.4, "h": 1, "is_outside": True},
        portrait,
    ),
    "sharpen": ("sharpen", {"strength": 1.5}, portrait),
    "scroll": ("scroll", {"speed_x": 200, "speed_y": 60}, portrait),
    "scroll-away": ("scroll", {"speed_x": 200, "speed_y": -60, "is_loop": False}, portrait),
    "beauty": ("beauty", {"smoothing": 0.9, "whitening": 0.3, "rosiness": 0.3}, portrait),
    "background-blur": ("background", {"what": "blur", "blur": 60}, portrait),
    "background-colour": ("background", {"what": "colour", "colour": "#2f6fb1"}, portrait),
    "background-clear": ("background", {"what": "clear"}, portrait),
    "delay": ("delay", {"delay_ms": 500}, portrait),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_filtered_picture_is_as_it_was_kept(name: str, tmp_path: Path) -> None:
    kind, settings, picture = CASES[name]
    if kind == "lut":
        settings = {**settings, "path": cube(tmp_path)}
    rgb = to_rgb(on_chequers(filtered(kind, settings, picture())))
    compare(KEPT / f"{name}.webp", np.ascontiguousarray(rgb[:, :, ::-1]))


def test_every_picture_filter_has_its_picture() -> None:
    own = {kind.kind for kind in KINDS if kind.is_picture}
    assert own - {"tryon"} == {kind for kind, _, _ in CASES.values()}
