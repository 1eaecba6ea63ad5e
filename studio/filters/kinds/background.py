"""Background: replaced, blurred or taken away behind a person, without a green screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.bounded import PICTURE_BYTES, read_bounded
from studio.core.errors import StudioError
from studio.core.extension import setting
from studio.core.log import logger
from studio.core.text import Text
from studio.filters.alpha import half
from studio.filters.base import Filter
from studio.filters.buffers import fresh, looked_up, scaled
from studio.filters.colours import yuv_of_text
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane, from_rgb
from studio.media.yuv import Rect, resize
from studio.tryon.model import Landmarks
from studio.tryon.tracker import Tracker

_log = logger(__name__)


class BackgroundSettings(extension.Settings, kw_only=True):
    """What stands behind the person, and how the edge looks."""

    what: Annotated[Literal["blur", "image", "colour", "clear"], setting("背景", "Background")] = (
        "blur"
    )
    image: Annotated[str, setting("背景图片", "Background picture", "file")] = ""
    colour: Annotated[str, setting("背景颜色", "Background colour", "colour")] = "#00b140"
    blur: Annotated[int, setting("模糊半径", "Blur radius", "slider", ge=2, le=120)] = 32
    threshold: Annotated[float, setting("边缘位置", "Edge place", "slider", ge=0.1, le=0.9)] = 0.5
    softness: Annotated[float, setting("边缘柔和", "Edge softness", "slider", ge=0, le=1)] = 0.4
    decontaminate: Annotated[
        float, setting("去除旧背景溢色", "Take old background off the edge", "slider", ge=0, le=1)
    ] = 0.8
    is_in_step: Annotated[
        bool, setting("遮罩与画面对齐（晚一帧）", "Mask in step with picture (a frame later)")
    ] = False


class Background(Filter):
    """The person mask is found in a thread beside, at the rate the machine affords.

    Until the first one is there the picture goes through as it is.

    Attributes:
        on_late: called when the first mask is there: a still picture is filtered again.
    """

    kind: ClassVar[str] = "background"
    label: ClassVar[Text] = Text("背景替换/虚化", "Background")
    help: ClassVar[Text] = Text(
        "无需绿幕，替换或虚化人物背后的画面。",
        "Replaces or blurs what is behind the person, without a green screen.",
    )
    Settings: ClassVar[type[extension.Settings]] = BackgroundSettings
    budget_ms: ClassVar[float] = 12.0

    def __init__(self, settings: BackgroundSettings) -> None:
        super().__init__(settings)
        self.on_late: Callable[[], None] | None = None
        self.error: Exception | None = None
        self._is_late = True
        self._behind = Behind(settings)
        self._held: Frame | None = None
        self._tracker = Tracker(
            {"mask"}, name="background", on_fault=self._on_fault, on_found=self._on_found
        )
        self._tracker.start()

    @classmethod
    def examine(cls, settings: BackgroundSettings) -> None:
        """Reads the picture."""
        Behind(settings)

    def change(self, settings: BackgroundSettings) -> bool:
        """At once; the mask goes on."""
        self._behind, self.settings = Behind(settings), settings
        return True

    def wait(self, timeout_s: float = 5.0) -> bool:
        """Waits for the next mask: for stills and tests."""
        return self._tracker.wait(timeout_s) is not None

    def apply(self, frame: Frame) -> Frame:
        """The frame with another background."""
        if frame.alpha is not None or min(frame.width, frame.height) < 64:
            return frame
        found = self._tracker.latest
        self._tracker.offer(frame)
        if self.settings.is_in_step:
            frame, self._held = self._held or frame, frame
        else:
            self._held = None
        if found is None or found.mask is None:
            return frame
        return composed(frame, found.mask, self._behind)

    def close(self) -> None:
        """Ends the thread."""
        self._tracker.stop()

    def _on_fault(self, fault: Exception) -> None:
        self.error = fault
        _log.warning("background: %s", type(fault).__name__)

    def _on_found(self, _found: Landmarks) -> None:
        self.error = None
        if self._is_late:
            self._is_late = False
            if self.on_late:
                self.on_late()


class Behind:
    """What stands behind, ready for a size.

    Args:
        settings: of the filter.

    Raises:
        StudioError: the picture is missing or none, or the colour is wrong.
    """

    def __init__(self, settings: BackgroundSettings) -> None:
        self.settings = settings
        self._yuv = yuv_of_text(settings.colour)
        self._picture = _picture(settings.image) if settings.what == "image" else None
        self._sized: Frame | None = None
        # The network's mask is soft over a wide band: its edge is made narrower around a place.
        level = np.arange(256) / 255
        width = 0.08 + 0.8 * settings.softness
        edge = np.clip((level - settings.threshold) / width + 0.5, 0, 1)
        self.edge = np.rint(edge * edge * (3 - 2 * edge) * 255).astype(np.uint8)

    def put(self, picture: Frame) -> None:
        """Another picture, in place of the file's."""
        self._picture, self._sized = picture, None

    def picture(self, width: int, height: int) -> Frame | None:
        """The picture at this size, filling it; None when a colour stands behind."""
        if self._picture is None:
            return None
        if self._sized is None or (self._sized.width, self._sized.height) != (width, height):
            scale = max(width / self._picture.width, height / self._picture.height)
            w, h = (2 * round(n * scale / 2) for n in (self._picture.width, self._picture.height))
            w, h = max(w, width), max(h, height)
            x, y = (w - width) // 4 * 2, (h - height) // 4 * 2
            big = resize(self._picture, w, h)
            planes = [
                np.ascontiguousarray(p[y >> s : (y + height) >> s, x >> s : (x + width) >> s])
                for p, s in zip(big.planes, (0, 1, 1), strict=True)
            ]
            self._sized = Frame(planes[0], planes[1], planes[2])
        return self._sized

    @property
    def yuv(self) -> tuple[int, int, int]:
        """The colour."""
        return self._yuv


def _picture(path: str) -> Frame | None:
    if not path:
        return None
    try:
        data = np.frombuffer(read_bounded(Path(path).expanduser(), PICTURE_BYTES), np.uint8)
        found = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error:
        found = None
    except OSError:
        raise StudioError("not_found", "filters.file_missing", path=path) from None
    if found is None:
        raise StudioError("invalid", "filters.not_a_picture", path=path)
    return from_rgb(np.ascontiguousarray(found[:, :, ::-1]))


def composed(frame: Frame, mask: Plane, behind: Behind) -> Frame:
    """``frame`` with another background.

    Args:
        frame: an opaque picture.
        mask: where the person is, uint8 of any size, 255 is person.
        behind: what stands there instead.
    """
    s = behind.settings
    width, height = frame.width, frame.height
    small = _refined_small(mask, frame)
    box = _box(cv2.LUT(small, behind.edge), width // 2, height // 2)
    alpha_uv = looked_up(scaled(small, width // 2, height // 2), behind.edge)
    out = _ground(frame, alpha_uv, behind)
    whole_alpha = whole_alpha_uv = None
    if s.what == "clear":
        whole_alpha, whole_alpha_uv = fresh(height, width), fresh(height // 2, width // 2)
        whole_alpha.fill(0)
        np.copyto(whole_alpha_uv, alpha_uv)
    if box is not None:
        # Only around the person is anything blended; the rest is the new background as it is.
        large = Rect(*(2 * n for n in box))
        alpha_uv = _part(alpha_uv, box)
        alpha = cv2.resize(
            alpha_uv, large[2:], dst=_room(width, height, large), interpolation=cv2.INTER_LINEAR
        )
        if whole_alpha is not None:
            np.copyto(_part(whole_alpha, large), alpha)
        front = [_part(plane, r) for plane, r in zip(frame.planes, (large, box, box), strict=True)]
        if s.decontaminate > 0 and s.what != "blur":
            half_size = (width // 2, height // 2)
            front[1:] = _decontaminated((front[1], front[2]), alpha_uv, s.decontaminate, half_size)
        for index, plane in enumerate(front):
            rect, seen = (large, alpha) if index == 0 else (box, alpha_uv)
            full = (width, height) if index == 0 else (width // 2, height // 2)
            mine = cv2.multiply(plane, seen, dst=_room(*full, rect), scale=1 / 255)
            behind_it = _part(out[index], rect)
            if s.what != "clear":
                rest = cv2.bitwise_not(seen, dst=_room(*full, rect))
                cv2.multiply(behind_it, rest, dst=behind_it, scale=1 / 255)
            cv2.add(behind_it, mine, dst=behind_it)
    return Frame(out[0], out[1], out[2], frame.pts_ns, whole_alpha, whole_alpha_uv)


def _part(plane: Plane, rect: Rect) -> Plane:
    return plane[rect.y : rect.y + rect.h, rect.x : rect.x + rect.w]


def _room(width: int, height: int, rect: Rect) -> Plane:
    """A piece of a plane that is used again: pieces differ from frame to frame, planes do not."""
    return fresh(height, width)[: rect.h, : rect.w]


def _box(small: Plane, width: int, height: int) -> Rect | None:
    """Where the person is, at chroma size, a little wider; None when nobody is there."""
    x, y, w, h = cv2.boundingRect(small)
    if w == 0 or h == 0:
        return None
    fx, fy = width / small.shape[1], height / small.shape[0]
    x0, y0 = max(0, int((x - 2) * fx)), max(0, int((y - 2) * fy))
    x1, y1 = min(width, int((x + w + 2) * fx) + 1), min(height, int((y + h + 2) * fy) + 1)
    return Rect(x0, y0, x1 - x0, y1 - y0)


def _ground(frame: Frame, alpha_uv: Plane, behind: Behind) -> list[Plane]:
    """The new background, to be drawn on; black and clear when there is none."""
    s = behind.settings
    width, height = frame.width, frame.height
    if s.what == "blur":
        room = cv2.bitwise_not(alpha_uv, dst=fresh(*alpha_uv.shape))
        return [
            _blurred_behind(plane, room, s.blur / (1 if index == 0 else 2))
            for index, plane in enumerate(frame.planes)
        ]
    out = [fresh(height, width), fresh(height // 2, width // 2), fresh(height // 2, width // 2)]
    picture = behind.picture(width, height) if s.what == "image" else None
    for index, plane in enumerate(out):
        if picture is not None:
            np.copyto(plane, picture.planes[index])
        else:
            plane.fill(0 if s.what == "clear" else behind.yuv[index])
    return out


def _refined_small(mask: Plane, frame: Frame) -> Plane:
    """The mask at a quarter of the size, its edge drawn to the edges of the picture.

    A guided filter (He, Sun, Tang 2010) of the mask with luma as guide, at an eighth of the size.
    """
    width, height = frame.width, frame.height
    size = (width // 8, height // 8)
    guide = half(half(frame.y))
    small = cv2.resize(guide, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    rough = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    side = (9, 9)
    mean, mean_mask = cv2.blur(small, side), cv2.blur(rough, side)
    both = cv2.blur(small * rough, side) - mean * mean_mask
    variance = cv2.blur(small * small, side) - mean * mean
    slope = both / (variance + 60.0)
    offset = mean_mask - slope * mean
    slope, offset = cv2.blur(slope, side), cv2.blur(offset, side)
    quarter = (guide.shape[1], guide.shape[0])
    slope = cv2.resize(slope, quarter, interpolation=cv2.INTER_LINEAR)
    offset = cv2.resize(offset, quarter, interpolation=cv2.INTER_LINEAR)
    slope *= guide
    slope += offset
    return np.asarray(cv2.convertScaleAbs(np.maximum(slope, 0, out=slope)))


def _decontaminated(
    planes: tuple[Plane, Plane], alpha: Plane, amount: float, full: tuple[int, int]
) -> list[Plane]:
    """Chroma at the edge taken from further inside the person, so that no old ground shines.

    The person's colour, spread outwards: blur(colour * inside) / blur(inside).
    """
    height, width = alpha.shape
    size = (max(1, width // 2), max(1, height // 2))
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    inside = cv2.erode(cv2.LUT(small, _SURE), np.ones((3, 3), np.uint8)).astype(np.float32)
    reach = (27, 27)
    total = cv2.blur(inside, reach)
    # Most where the edge is half and half, and only where the person is near.
    weight = cv2.min(total * (4 / 255), 1.0)
    weight *= cv2.LUT(small, _EDGE)
    weight *= amount
    total += 1e-3
    box = Rect(0, 0, width, height)
    out = []
    for plane in planes:
        own = cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        change = cv2.blur(own * inside, reach)
        change /= total
        change -= own
        change *= weight
        change += 128
        large = _enlarged(cv2.convertScaleAbs(change), _room(*full, box))
        out.append(cv2.addWeighted(plane, 1.0, large, 1.0, -128, dst=large))
    return out


def _enlarged(plane: Plane, out: Plane) -> Plane:
    size = (out.shape[1], out.shape[0])
    return np.asarray(cv2.resize(plane, size, dst=out, interpolation=cv2.INTER_LINEAR))


_LEVEL = np.arange(256, dtype=np.float32) / 255
_SURE = np.where(_LEVEL > 0.97, 255, 0).astype(np.uint8)
_EDGE = np.clip((1 - _LEVEL) * 4, 0, 1).astype(np.float32)


def _blurred_behind(plane: Plane, room: Plane, radius: float) -> Plane:
    """The room blurred without the person in it: else she would have a halo of herself."""
    height, width = plane.shape
    size = (max(1, width // 8), max(1, height // 8))
    seen = cv2.resize(room, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    seen += 0.5  # far inside the person anything will do, but never a division by 0
    small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    side = 2 * max(1, round(radius / 8)) + 1
    small *= seen
    for _ in range(2):
        small, seen = cv2.blur(small, (side, side)), cv2.blur(seen, (side, side))
    small /= seen
    return scaled(cv2.convertScaleAbs(small), width, height)


__all__ = ["Background", "BackgroundSettings", "Behind", "composed"]
