"""Enlarges pictures by FFmpeg's own scaler, which is faster than `cv2.resize` where it is large.

Measured on one thread: 720p to 1080p 0.76 ms for all planes, where `cv2.resize` takes 1.2. Small
planes are not worth the call (0.04 ms), and downwards it gains nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from studio.media.frame import Frame, Plane, to_av, views

LEAST_PIXELS = 250_000
KEPT = 16


class _Scalers(threading.local):
    """Of each thread its own: a scaler keeps what it has worked out for a pair of sizes."""

    def __init__(self) -> None:
        self.by_size: OrderedDict[tuple[int, ...], Any] = OrderedDict()


_scalers = _Scalers()


def pays(width: int, height: int, to_width: int, to_height: int) -> bool:
    """Is it enlarged, and large enough?"""
    return (
        to_width * to_height >= LEAST_PIXELS and 2 <= width <= to_width and 2 <= height <= to_height
    )


def scaled(frame: Frame, width: int, height: int) -> Frame:
    """A picture without alpha at another, larger size, linearly; at once where it lies at once."""
    whole = _whole(frame)
    if whole is not None:
        made = _reformatted(whole, frame.height, width, height, "yuv420p")
        sides = ((width, height), *((width // 2, height // 2),) * 2)
        y, u, v = (_rows(part, *side) for part, side in zip(made.planes, sides, strict=True))
        return Frame(y, u, v, frame.pts_ns, keep=made)
    y = _scaled_plane(frame.y, width, height)
    u, v = (_scaled_plane(plane, width // 2, height // 2) for plane in (frame.u, frame.v))
    return Frame(y, u, v, frame.pts_ns)


def _whole(frame: Frame) -> Any:
    """The picture as FFmpeg has or takes it, None where its planes lie here and there."""
    import av

    keep = frame.keep
    shape = (frame.height * 3 // 2, frame.width)
    if isinstance(keep, np.ndarray):
        if keep.shape != shape or not keep.flags.c_contiguous or frame.height % 4:
            return None
        mine = views(keep, frame.width, frame.height).planes
        return to_av(keep) if _are_same(mine, frame.planes) else None
    if not isinstance(keep, av.VideoFrame) or keep.format.name != "yuv420p":
        return None
    if (keep.width, keep.height) != (frame.width, frame.height):
        return None
    its = [np.frombuffer(memoryview(plane), np.uint8) for plane in keep.planes]
    return keep if _are_same(its, frame.planes) else None


def _are_same(planes: Sequence[Plane], others: Sequence[Plane]) -> bool:
    """Do they begin at the same places of the memory?"""
    return all(a.ctypes.data == b.ctypes.data for a, b in zip(planes, others, strict=True))


def _scaled_plane(plane: Plane, width: int, height: int) -> Plane:
    import av

    if plane.strides[1] != 1 or plane.strides[0] < plane.shape[1]:
        plane = np.ascontiguousarray(plane)
    frame = av.VideoFrame.from_numpy_buffer(plane, format="gray")
    made = _reformatted(frame, plane.shape[0], width, height, "gray")
    return _rows(made.planes[0], width, height)


def _reformatted(frame: Any, own_height: int, width: int, height: int, format_: str) -> Any:
    from av.video.reformatter import Interpolation, VideoReformatter

    size = (frame.width, own_height, width, height, len(format_))
    known = _scalers.by_size
    scaler = known.pop(size, None) or VideoReformatter()
    known[size] = scaler
    if len(known) > KEPT:
        known.popitem(last=False)
    return scaler.reformat(
        frame, width, height, format_, interpolation=Interpolation.BILINEAR, threads=1
    )


def _rows(plane: Any, width: int, height: int) -> Plane:
    rows: Plane = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[:height, :width]
