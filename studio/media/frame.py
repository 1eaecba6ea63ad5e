"""A picture: planar YUV 4:2:0, 8 bit, BT.709 limited range, from decode to encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.media import colours
from studio.media.cv import cv2

if TYPE_CHECKING:
    import av

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One immutable picture. Whoever wants to draw on it takes a `copy` first.

    Attributes:
        y: (h, w) uint8, 16..235.
        u, v: (h/2, w/2) uint8, 16..240.
        pts_ns: monotonic time at which it was captured or was due.
        alpha: (h, w) uint8 or None; with it, y, u, v are premultiplied (`Layer` blends them).
        alpha_uv: alpha at chroma size.
        keep: what must live as long as the planes do (a decoder's frame).
    """

    y: Plane
    u: Plane
    v: Plane
    pts_ns: int = 0
    alpha: Plane | None = None
    alpha_uv: Plane | None = None
    keep: Any = None

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.y.shape[0])

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """y, u, v."""
        return self.y, self.u, self.v

    def copy(self) -> Frame:
        """A writable copy in one buffer."""
        fresh = blank(self.width, self.height, pts_ns=self.pts_ns)
        for mine, its in zip(fresh.planes, self.planes, strict=True):
            np.copyto(mine, its)
        if self.alpha is None or self.alpha_uv is None:
            return fresh
        return Frame(
            fresh.y,
            fresh.u,
            fresh.v,
            self.pts_ns,
            self.alpha.copy(),
            self.alpha_uv.copy(),
            fresh.keep,
        )


def even(value: float) -> int:
    """``value`` to the nearest even whole number; chroma is half size."""
    return 2 * round(value / 2)


def views(buffer: NDArray[np.uint8], width: int, height: int, pts_ns: int = 0) -> Frame:
    """A frame whose planes lie in ``buffer``, (h*3/2, w) uint8 contiguous, as encoders take it."""
    flat = buffer.reshape(-1)
    luma, half = width * height, (width // 2) * (height // 2)
    return Frame(
        flat[:luma].reshape(height, width),
        flat[luma : luma + half].reshape(height // 2, width // 2),
        flat[luma + half : luma + 2 * half].reshape(height // 2, width // 2),
        pts_ns,
        keep=buffer,
    )


def to_av(buffer: NDArray[np.uint8]) -> av.VideoFrame:
    """A picture in one buffer, (h*3/2, w) uint8 as in `views`, for FFmpeg; no copy where it can.

    PyAV takes such a buffer as it is only when the height divides by four; elsewhere it would
    look for chroma in the wrong place, so the planes are copied.
    """
    import av

    height, width = buffer.shape[0] * 2 // 3, buffer.shape[1]
    if height % 4 == 0:
        return av.VideoFrame.from_numpy_buffer(buffer, "yuv420p")
    picture = av.VideoFrame(width, height, "yuv420p")
    for mine, its in zip(picture.planes, views(buffer, width, height).planes, strict=True):
        rows = np.frombuffer(memoryview(mine), np.uint8).reshape(-1, mine.line_size)
        rows[: its.shape[0], : its.shape[1]] = its
    return picture


def blank(
    width: int, height: int, yuv: tuple[int, int, int] = (16, 128, 128), pts_ns: int = 0
) -> Frame:
    """A writable frame of one colour (black); sizes must be even."""
    frame = views(np.empty((height * 3 // 2, width), np.uint8), width, height, pts_ns)
    for plane, value in zip(frame.planes, yuv, strict=True):
        plane.fill(value)
    return frame


def clear(width: int, height: int, pts_ns: int = 0) -> Frame:
    """A frame through which all behind it is seen; sizes must be even."""
    made = blank(width, height, (0, 0, 0), pts_ns)
    alpha = np.zeros((height, width), np.uint8)
    alpha_uv = np.zeros((height // 2, width // 2), np.uint8)
    return Frame(made.y, made.u, made.v, pts_ns, alpha, alpha_uv, keep=made.keep)


def from_av(picture: av.VideoFrame, pts_ns: int) -> Frame:
    """A decoded picture as a frame, whatever its format: 8 bit, BT.709, limited range.

    BT.601 and full range are converted, HDR (PQ, HLG) is mapped to SDR. Odd sizes lose their
    last row or column.
    """
    transfer = int(picture.color_trc)
    is_hdr, is_full = colours.is_hdr(picture), colours.is_full(picture)
    is_601 = not is_hdr and colours.is_601(picture)
    width, height = max(2, picture.width & ~1), max(2, picture.height & ~1)
    is_plain = picture.format.name == "yuv420p" and not is_full
    if not is_plain or (width, height) != (picture.width, picture.height):
        # The matrix is changed below, by kernels that are faster than swscale's.
        space: Any = "ITU601" if is_601 else "ITU709"
        is_2020 = int(picture.colorspace) in (colours.BT2020_NCL, colours.BT2020_CL)
        picture = picture.reformat(
            width=width,
            height=height,
            format="yuv420p",
            src_colorspace="BT2020" if is_2020 and not is_hdr else space,
            dst_colorspace=space,
            src_color_range="JPEG" if is_full or picture.format.is_rgb else "MPEG",
            dst_color_range="MPEG",
        )
    y, u, v = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[
            : height >> shift, : width >> shift
        ]
        for plane, shift in zip(picture.planes, (0, 1, 1), strict=True)
    )
    if is_601:
        y, u, v = colours.from_601(y, u, v)
    elif is_hdr:
        y, u, v = colours.to_sdr(y, u, v, transfer)
    return Frame(y, u, v, pts_ns, keep=picture)


# BT.709, limited range, from full-range R'G'B' (ITU-R BT.709-6, item 3).
_TO_YUV = np.array(
    [
        [0.18259, 0.61423, 0.06201],
        [-0.10064, -0.33857, 0.43922],
        [0.43922, -0.39894, -0.04027],
    ],
    np.float32,
)
_OFFSET = np.array([16.0, 128.0, 128.0], np.float32)
_FROM_RGBA = np.column_stack([_TO_YUV, _OFFSET / 255])


def yuv_of(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """One colour, 0..255 each, in BT.709 limited range."""
    y, u, v = _TO_YUV @ np.array([red, green, blue], np.float32) + _OFFSET
    return round(float(y)), round(float(u)), round(float(v))


def from_rgb(rgb: NDArray[np.uint8], alpha: Plane | None = None, pts_ns: int = 0) -> Frame:
    """A (h, w, 3) uint8 RGB picture, straight (not premultiplied) ``alpha`` beside it, as a frame.

    With alpha the planes come out premultiplied, ready for `Layer`. For stills and graphics, not
    for live pictures: float maths, several ms at 1080p.
    """
    height, width = rgb.shape[0] & ~1, rgb.shape[1] & ~1
    rgb = np.ascontiguousarray(rgb[:height, :width, :3])
    yuv = cv2.transform(rgb.astype(np.float32), np.column_stack([_TO_YUV, _OFFSET]))
    yuv = np.clip(np.rint(yuv), 0, 255).astype(np.uint8)
    y, u, v = (np.ascontiguousarray(yuv[:, :, i]) for i in range(3))
    half = (width // 2, height // 2)
    if alpha is None:
        return Frame(y, _halve(u, half), _halve(v, half), pts_ns)
    alpha = np.ascontiguousarray(alpha[:height, :width])
    alpha_uv = _halve(alpha, half)
    # Chroma averages only what is seen: weigh by alpha before halving.
    weights = alpha.astype(np.float32)
    total = np.maximum(cv2.resize(weights, half, interpolation=cv2.INTER_AREA), 1e-3)
    pre = []
    for plane in (u, v):
        seen = cv2.resize(plane.astype(np.float32) * weights, half, interpolation=cv2.INTER_AREA)
        colour = np.clip(np.rint(seen / total), 0, 255).astype(np.uint8)
        pre.append(cv2.multiply(colour, alpha_uv, scale=1 / 255))
    return Frame(cv2.multiply(y, alpha, scale=1 / 255), pre[0], pre[1], pts_ns, alpha, alpha_uv)


def from_rgba(rgba: NDArray[np.uint8], into: Frame, x: int, y: int, *, is_straight: bool) -> None:
    """Writes a live (h, w, 4) uint8 RGBA picture into a frame with alpha; all numbers even.

    Args:
        is_straight: its colours are not multiplied by alpha yet.
    """
    if is_straight:
        alpha = cv2.merge([cv2.extractChannel(rgba, 3)] * 3)
        colours_ = cv2.multiply(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), alpha, scale=1 / 255)
        rgba = cv2.merge([*cv2.split(colours_), alpha[:, :, 0]])
    height, width = rgba.shape[:2]
    # Premultiplied colour is linear in alpha: so are its planes, the offsets too.
    half = cv2.resize(rgba, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    assert into.alpha is not None
    assert into.alpha_uv is not None
    rows, halves = slice(y, y + height), slice(y // 2, (y + height) // 2)
    columns, sides = slice(x, x + width), slice(x // 2, (x + width) // 2)
    into.y[rows, columns] = cv2.transform(rgba, _FROM_RGBA[:1])
    into.alpha[rows, columns] = rgba[:, :, 3]
    into.u[halves, sides] = cv2.transform(half, _FROM_RGBA[1:2])
    into.v[halves, sides] = cv2.transform(half, _FROM_RGBA[2:])
    into.alpha_uv[halves, sides] = half[:, :, 3]


def _halve(plane: Plane, size: tuple[int, int]) -> Plane:
    halved: Plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return halved


def to_rgb(frame: Frame) -> NDArray[np.uint8]:
    """(h, w, 3) uint8 RGB, correct BT.709; for stills, tests and small pictures."""
    size = (frame.width, frame.height)
    y = (frame.y.astype(np.float32) - 16) * (255 / 219)
    u = cv2.resize(frame.u, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128
    v = cv2.resize(frame.v, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128
    scale = 255 / 224
    red = y + 1.5748 * scale * v
    green = y - 0.1873 * scale * u - 0.4681 * scale * v
    blue = y + 1.8556 * scale * u
    rgb = np.stack([red, green, blue], axis=-1)
    out: NDArray[np.uint8] = np.clip(np.rint(rgb), 0, 255).astype(np.uint8)
    return out
