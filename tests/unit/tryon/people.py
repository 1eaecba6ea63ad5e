"""Pictures with known truth: the portrait moved by known paths, host frames, noise."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from studio.media.cv import cv2
from studio.media.frame import Frame, from_rgb
from studio.tryon import follow
from studio.tryon.cli import frames

ROOT = Path(__file__).parents[3]
PORTRAIT = ROOT / "tests" / "data" / "portrait.png"
BODY = ROOT / "tests" / "data" / "person_fullbody.mp4"
HOST = ROOT / "assets" / "demo" / "demo.show" / "media" / "host.mp4"
GLASSES = ROOT / "assets" / "demo" / "tryon"
FRAME_NS = 33_333_333
_PUPILS = (438.0, 240.0)
"""Between the eyes of the enlarged portrait."""


@functools.cache
def portrait() -> np.ndarray:
    """The portrait at 1000², RGB."""
    picture = cv2.imdecode(np.fromfile(PORTRAIT, np.uint8), cv2.IMREAD_COLOR)
    big = cv2.resize(picture, (1000, 1000), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(big[:, :, ::-1])


def placed(x: float = 640, y: float = 340, scale: float = 1.0, roll_deg: float = 0) -> np.ndarray:
    """The (2, 3) matrix that puts the eyes of the portrait at x, y of a 720p picture."""
    a = np.radians(roll_deg)
    linear = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return np.column_stack([linear, np.array([x, y]) - linear @ np.array(_PUPILS)])


def view(
    matrix: np.ndarray,
    number: int = 0,
    noise: np.random.Generator | None = None,
    gain: float = 1.0,
    sigma: float = 4.0,
) -> Frame:
    """The portrait seen through a matrix, 1280×720, frame ``number`` of 30 a second."""
    rgb = cv2.warpAffine(
        portrait(), matrix, (1280, 720), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if noise is not None or gain != 1:
        grain = noise.normal(0, sigma, rgb.shape) if noise is not None else 0.0
        rgb = np.clip(rgb * gain + grain, 0, 255).astype(np.uint8)
    return from_rgb(rgb, pts_ns=number * FRAME_NS)


def covered(frame: Frame) -> Frame:
    """The same moment with nobody in it."""
    empty = frame.copy()
    for plane, value in zip(empty.planes, (90, 128, 128), strict=True):
        plane[:] = value
    return empty


@functools.cache
def truth() -> np.ndarray:
    """The portrait's landmarks at `placed()`, float64 (478, 2)."""
    follower = follow.faces(1, is_smooth=False)
    points = [follower.step(view(placed(), n))[0].points for n in range(6)]
    return np.mean(points[2:], axis=0)[:, :2].astype(np.float64)


def moved_truth(matrix: np.ndarray) -> np.ndarray:
    """Where the landmarks must be when the portrait is seen through ``matrix``."""
    base = placed()
    source = (truth() - base[:, 2]) @ np.linalg.inv(base[:, :2]).T
    return source @ matrix[:, :2].T + matrix[:, 2]


def eye_distance(points: np.ndarray) -> float:
    """Pixels between the irises."""
    return float(np.hypot(*(points[468, :2] - points[473, :2])))


@functools.cache
def host_frames(start: int, count: int) -> tuple[Frame, ...]:
    """Frames of the talking host, scaled to 960×720."""
    from studio.media.frame import to_rgb

    out = []
    for number, frame in enumerate(frames(HOST)):
        if number >= start + count:
            break
        if number >= start:
            big = cv2.resize(to_rgb(frame), (960, 720), interpolation=cv2.INTER_CUBIC)
            out.append(from_rgb(big, pts_ns=frame.pts_ns))
    return tuple(out)
