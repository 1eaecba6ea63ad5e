"""Mask and shape: the picture seen through an image, a rounded rectangle or an ellipse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.errors import StudioError
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.alpha import half, thin
from studio.filters.base import Filter
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane
from studio.media.picture_file import decode


class MaskSettings(extension.Settings, kw_only=True):
    """What is seen. Sizes are parts of the picture, so that they fit any resolution."""

    shape: Annotated[Literal["rounded", "circle", "ellipse", "image"], setting("形状", "Shape")] = (
        "rounded"
    )
    image: Annotated[str, setting("遮罩图片", "Mask image", "file")] = ""
    fit: Annotated[Literal["stretch", "contain"], setting("图片铺法", "Image fills")] = "stretch"
    reads: Annotated[
        Literal["auto", "alpha", "brightness"],
        setting(
            "遮罩取自",
            "The mask is its",
            words={
                "auto": ("透明度，没有则取亮度", "Transparency, or brightness where it has none"),
                "alpha": ("透明度", "Transparency"),
                "brightness": ("亮度", "Brightness"),
            },
        ),
    ] = "auto"
    is_inverted: Annotated[bool, setting("反转", "Inverted")] = False
    radius: Annotated[float, setting("圆角", "Corner radius", "slider", ge=0, le=0.5)] = 0.08
    feather: Annotated[float, setting("羽化", "Feather", "slider", ge=0, le=0.5)] = 0.0
    margin: Annotated[float, setting("内缩", "Inset", "slider", ge=0, le=0.45)] = 0.0
    x: Annotated[float, setting("中心 X", "Centre X", "slider", ge=0, le=1)] = 0.5
    y: Annotated[float, setting("中心 Y", "Centre Y", "slider", ge=0, le=1)] = 0.5


class Mask(Filter):
    """Shows the picture through a shape; the mask is made once a size."""

    kind: ClassVar[str] = "mask"
    label: ClassVar[Text] = Text("遮罩与形状", "Mask and shape")
    help: ClassVar[Text] = Text(
        "圆角、圆形、椭圆或图片遮罩，可羽化。",
        "Rounded corners, circle, ellipse or an image as mask, with a soft edge.",
    )
    Settings: ClassVar[type[extension.Settings]] = MaskSettings

    def __init__(self, settings: MaskSettings) -> None:
        super().__init__(settings)
        self._image = _image(settings)
        self._made: tuple[tuple[int, int], Plane, Plane] | None = None

    @classmethod
    def examine(cls, settings: MaskSettings) -> None:
        """Reads the picture."""
        _image(settings)

    def change(self, settings: MaskSettings) -> bool:
        """At once; the mask is made again with the next frame."""
        self._image, self.settings = _image(settings), settings
        self._made = None
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame seen through the mask."""
        size, made = (frame.width, frame.height), self._made
        if made is None or made[0] != size:
            alpha = shape_mask(self.settings, self._image, *size)
            made = self._made = size, alpha, half(alpha)
        return thin(frame, made[1], made[2])


def _image(settings: MaskSettings) -> Plane | None:
    if settings.shape != "image" or not settings.image:
        return None
    try:
        data = np.fromfile(Path(settings.image).expanduser(), np.uint8)
        found = decode(data)
    except OSError:
        raise StudioError("not_found", "filters.file_missing", path=settings.image) from None
    if found is None:
        raise StudioError("invalid", "filters.not_a_picture", path=settings.image)
    if found.dtype != np.uint8:
        found = cv2.convertScaleAbs(found, alpha=255 / np.iinfo(found.dtype).max)
    clear = found[:, :, 3] if found.ndim == 3 and found.shape[2] == 4 else None
    if settings.reads == "alpha":
        return np.full(found.shape[:2], 255, np.uint8) if clear is None else clear.copy()
    if settings.reads == "brightness" and found.ndim == 3:  # as OBS has it: all three alike
        mean: Plane = cv2.transform(found[:, :, :3], np.full((1, 3), 1 / 3, np.float32))
        return mean
    if settings.reads == "auto" and clear is not None and clear.min() < 255:
        return np.ascontiguousarray(clear)
    if found.ndim == 3:
        grey: Plane = cv2.cvtColor(found[:, :, :3], cv2.COLOR_BGR2GRAY)
        return grey
    plain: Plane = found
    return plain


def _laid(image: Plane | None, width: int, height: int, keeps_shape: bool) -> Plane:
    """A mask's picture over (height, width); keeping its shape, it hides what is beside it."""
    if image is None:
        return np.full((height, width), 255, np.uint8)
    scale = min(width / image.shape[1], height / image.shape[0])
    wide, high = (max(1, round(side * scale)) for side in image.shape[::-1])
    if not keeps_shape or (wide >= width and high >= height):
        whole: Plane = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        return whole
    mask = np.zeros((height, width), np.uint8)
    x, y = (width - wide) // 2, (height - high) // 2
    mask[y : y + high, x : x + wide] = cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA)
    return mask


def shape_mask(settings: MaskSettings, image: Plane | None, width: int, height: int) -> Plane:
    """Alpha (height, width) uint8 of a shape; 255 is seen."""
    s = settings
    short = min(width, height)
    if s.shape == "image":
        mask = _laid(image, width, height, s.fit == "contain")
        if s.feather:
            mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, s.feather * short / 2))
    else:
        inset = s.margin * short
        x = np.abs(np.arange(width, dtype=np.float32) + 0.5 - s.x * width)[None, :]
        y = np.abs(np.arange(height, dtype=np.float32) + 0.5 - s.y * height)[:, None]
        rx, ry = width / 2 - inset, height / 2 - inset
        if s.shape == "circle":
            rx = ry = short / 2 - inset
        if s.shape == "rounded":
            corner = min(s.radius * short, rx, ry)
            qx, qy = x - (rx - corner), y - (ry - corner)
            outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
            depth = corner - outside - np.minimum(np.maximum(qx, qy), 0)
        else:
            # Distance to the edge of an ellipse, near enough: f / |grad f|.
            f = (x / rx) ** 2 + (y / ry) ** 2
            slope = 2 * np.sqrt((x / rx**2) ** 2 + (y / ry**2) ** 2) + 1e-6
            depth = (1 - f) / slope
        soft = max(1.0, s.feather * short)
        inside = np.clip(depth / soft + (0.5 if s.feather == 0 else 0.0), 0, 1)
        mask = np.rint(inside * inside * (3 - 2 * inside) * 255).astype(np.uint8)
    return cv2.bitwise_not(mask) if s.is_inverted else mask
