"""Accuracy against known truth: a portrait moved by known paths, covered, and with noise.

The landmarks of the portrait at rest are the truth; where the path takes them is where they must
be found (no labelled set of faces comes along).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.core.paths import assets_dir
from studio.media.cv import cv2
from studio.media.frame import Frame, from_rgb, to_rgb
from studio.tryon import follow
from studio.tryon.cli import frames
from studio.tryon.presence import Presence
from studio.tryon.tracker import Finder

FRAME_NS = 33_333_333
SIZE = (1280, 720)
_HOST_FRAME = 62
_MIDDLE = (640.0, 340.0)
Path2 = Callable[[float], NDArray[np.float64]]


@functools.cache
def _portrait() -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """The demo host, still and enlarged, RGB; and the place between the eyes."""
    clip = assets_dir() / "demo" / "demo.show" / "media" / "host.mp4"
    frame = next(itertools.islice(frames(clip), _HOST_FRAME, None))
    rgb = to_rgb(frame)
    big = cv2.resize(rgb, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    found = follow.faces(1, is_smooth=False).step(from_rgb(np.ascontiguousarray(big)))
    middle = found[0].points[[468, 473], :2].mean(0)
    return np.ascontiguousarray(big), (float(middle[0]), float(middle[1]))


def placed(
    x: float = _MIDDLE[0], y: float = _MIDDLE[1], scale: float = 1.0, roll_deg: float = 0.0
) -> NDArray[np.float64]:
    """The (2, 3) matrix that puts the eyes at x, y of a 720p picture."""
    a = np.radians(roll_deg)
    linear = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    middle = np.array(_portrait()[1])
    return np.column_stack([linear, np.array([x, y]) - linear @ middle])


def view(
    matrix: NDArray[np.float64], number: int, noise: np.random.Generator | None = None
) -> Frame:
    """The portrait seen through a matrix, 1280×720, frame ``number`` of 30 a second."""
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    rgb = cv2.warpAffine(_portrait()[0], matrix, SIZE, flags=flags, borderMode=border)
    if noise is not None:
        rgb = np.clip(rgb + noise.normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)
    return from_rgb(rgb, pts_ns=number * FRAME_NS)


PATHS: dict[str, Path2] = {
    "shift": lambda t: placed(640 + 200 * np.sin(t * 2)),
    "fast": lambda t: placed(640 + 300 * np.sin(t * 4), 340 + 60 * np.sin(t * 7)),
    "scale": lambda t: placed(scale=1 + 0.4 * np.sin(t * 2)),
    "roll": lambda t: placed(roll_deg=30 * np.sin(t * 3)),
}
"""Seconds → where the portrait is."""


def paths(count: int = 30) -> dict[str, float]:
    """Mean distance to the truth by path, percent of the eye distance."""
    rest = follow.faces(1, is_smooth=False)
    still = np.mean([rest.step(view(placed(), n))[0].points[:, :2] for n in range(6)][2:], axis=0)
    base, out = placed(), {}
    for name, path in PATHS.items():
        follower, errors = follow.faces(1), []
        for number in range(count):
            matrix = path(number / 30)
            found = follower.step(view(matrix, number))
            at_rest = (still - base[:, 2]) @ np.linalg.inv(base[:, :2]).T
            wanted = at_rest @ matrix[:, :2].T + matrix[:, 2]
            eyes = float(np.hypot(*(wanted[468] - wanted[473])))
            off = np.hypot(*(found[0].points[:, :2] - wanted).T).mean() if found else eyes
            errors.append(100 * float(off) / eyes)
        out[name] = float(np.mean(errors))
    return out


def jitter_px() -> float:
    """RMS of the landmarks on a still picture with noise (σ 4 of 255), pixels at 720p."""
    follower, noise, held = follow.faces(1), np.random.default_rng(7), []
    for number in range(40):
        found = follower.step(view(placed(), number, noise))
        if number >= 10 and found:
            held.append(found[0].points[:, :2])
    seen = np.array(held)
    return float(np.sqrt(((seen - seen.mean(0)) ** 2).sum(2).mean()))


def lost_and_found_ms() -> tuple[float, float]:
    """How long after a face is covered for 1 s nothing is drawn, and after it is shown, all is.

    As in the running engine: landmarks are a frame old, what is lost fades out.
    """
    finder, presence = Finder({"face"}), Presence()
    here = view(placed(), 0)
    empty = here.copy()
    for plane, value in zip(empty.planes, (90, 128, 128), strict=True):
        plane[:] = value
    strengths, found = [], None
    for number in range(1, 51):
        shown = here if number <= 10 or number > 40 else empty
        frame = Frame(shown.y, shown.u, shown.v, number * FRAME_NS)
        people = presence.at(frame, found)
        strengths.append(max((person.strength for person in people), default=0.0))
        found = finder.find(frame)
    gone = next(n for n in range(10, 50) if strengths[n] == 0) - 10
    back = next(n for n in range(40, 50) if strengths[n] == 1) - 40
    return gone * FRAME_NS / 1e6, back * FRAME_NS / 1e6
