"""Background: replaced, blurred or taken away behind a person, without a green screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.errors import StudioError
from studio.core.extension import setting
from studio.core.log import logger
from studio.core.text import Text
from studio.filters.alpha import half
from studio.filters.base import Filter
from studio.filters.buffers import fresh, looked_up, multiplied, scaled
from studio.filters.colours import yuv_of_text
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane, from_rgb
from studio.media.yuv import resize
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
        bool, setting("蒙版与画面对齐（晚一帧）", "Mask in step with picture (a frame later)")
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
        data = np.fromfile(Path(path).expanduser(), np.uint8)
        found = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
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
    alpha_uv = refined(mask, frame, behind.edge)
    alpha = scaled(alpha_uv, width, height)
    u, v = frame.u, frame.v
    if s.decontaminate > 0 and s.what != "blur":
        u, v = _decontaminated((u, v), alpha_uv, s.decontaminate)
    front = [multiplied(frame.y, alpha)]
    front += [multiplied(plane, alpha_uv) for plane in (u, v)]
    if s.what == "clear":
        return Frame(front[0], front[1], front[2], frame.pts_ns, alpha, alpha_uv)
    inverse = cv2.bitwise_not(alpha, dst=fresh(height, width))
    inverse_uv = cv2.bitwise_not(alpha_uv, dst=fresh(height // 2, width // 2))
    picture = behind.picture(width, height)
    for index, mine in enumerate(front):
        room = inverse if index == 0 else inverse_uv
        if s.what == "blur":
            back = _blurred_behind(frame.planes[index], room, s.blur / (1 if index == 0 else 2))
            back = multiplied(back, room)
        elif picture is not None and s.what == "image":
            back = multiplied(picture.planes[index], room)
        else:
            back = cv2.convertScaleAbs(room, alpha=behind.yuv[index] / 255, dst=fresh(*room.shape))
        cv2.add(mine, back, dst=mine)
    return Frame(front[0], front[1], front[2], frame.pts_ns)


def refined(mask: Plane, frame: Frame, edge: Plane) -> Plane:
    """The mask at chroma size, its edge drawn to the edges of the picture.

    A guided filter (He, Sun, Tang 2010) of the mask with luma as guide, at an eighth of the size.
    """
    width, height = frame.width, frame.height
    size = (width // 8, height // 8)
    guide = half(frame.y)
    small = cv2.resize(half(guide), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    rough = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    side = (9, 9)
    mean, mean_mask = cv2.blur(small, side), cv2.blur(rough, side)
    both = cv2.blur(small * rough, side) - mean * mean_mask
    variance = cv2.blur(small * small, side) - mean * mean
    slope = both / (variance + 60.0)
    offset = mean_mask - slope * mean
    slope, offset = cv2.blur(slope, side), cv2.blur(offset, side)
    quarter = (width // 4, height // 4)
    detail = half(guide).astype(np.float32)
    slope = cv2.resize(slope, quarter, interpolation=cv2.INTER_LINEAR)
    offset = cv2.resize(offset, quarter, interpolation=cv2.INTER_LINEAR)
    better = cv2.convertScaleAbs(np.maximum(slope * detail + offset, 0))
    return looked_up(scaled(better, width // 2, height // 2), edge)


def _decontaminated(planes: tuple[Plane, Plane], alpha: Plane, amount: float) -> list[Plane]:
    """Chroma at the edge taken from further inside the person, so that no old ground shines.

    The person's colour, spread outwards: blur(colour * inside) / blur(inside).
    """
    height, width = alpha.shape
    size = (width // 4, height // 4)
    inside = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    inside = cv2.erode(cv2.LUT(inside, _SURE), np.ones((3, 3), np.uint8)).astype(np.float32)
    reach = (15, 15)
    total = cv2.blur(inside, reach) + 1e-3
    # Most where the edge is half and half, and only where the person is near.
    near = scaled(cv2.convertScaleAbs(total, alpha=4), width, height)
    weight = multiplied(near, looked_up(alpha, _EDGE))
    cv2.convertScaleAbs(weight, alpha=amount, dst=weight)
    rest = cv2.bitwise_not(weight, dst=fresh(height, width))
    out = []
    for plane in planes:
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        spread = cv2.convertScaleAbs(cv2.blur(small * inside, reach) / total)
        own = multiplied(plane, rest)
        cv2.add(own, multiplied(scaled(spread, width, height), weight), dst=own)
        out.append(own)
    return out


_LEVEL = np.arange(256, dtype=np.float32) / 255
_SURE = np.where(_LEVEL > 0.97, 255, 0).astype(np.uint8)
_EDGE = np.rint(np.clip((1 - _LEVEL) * 4, 0, 1) * 255).astype(np.uint8)


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


__all__ = ["Background", "BackgroundSettings", "Behind", "composed", "refined"]
