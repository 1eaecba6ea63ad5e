"""LUT: a look from a .cube file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import extension
from studio.core.extension import setting
from studio.core.log import logger
from studio.core.text import Text
from studio.filters.alpha import Planes, double, half, recoloured
from studio.filters.base import Filter
from studio.filters.buffers import added, looked_up
from studio.filters.colour_table import Cube
from studio.filters.cube import read_cube
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane

_log = logger(__name__)
BITS = 6
STEP = 1 << (8 - BITS)


class LutSettings(extension.Settings, kw_only=True):
    """Which look, and how much of it."""

    path: Annotated[
        str,
        setting("LUT 文件 (.cube .3dl .spi3d .csp)", "LUT file (.cube .3dl .spi3d .csp)", "file"),
    ] = ""
    strength: Annotated[float, setting("强度", "Strength", "slider", ge=0, le=1)] = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A look in YUV.

    Attributes:
        luma: 256 levels of grey through the look.
        change: what chroma adds to it: uint32 (2**18), bytes are dy, du, dv + 128, by y, u, v of
            six bits. A change is smooth where the colour itself is not: six bits are enough.
        at_y, at_u, at_v: a level's share of the index, (256,) int32.
    """

    luma: Plane
    change: NDArray[np.uint32]
    at_y: NDArray[np.int32]
    at_u: NDArray[np.int32]
    at_v: NDArray[np.int32]


def make_look(cube: Cube, strength: float) -> _Look:
    """The tables of a look; about 0.2 s."""
    levels = np.arange(256, dtype=np.float32)
    grey = np.full((256, 3), 128, np.float32)
    grey[:, 0] = levels
    luma = _through(grey, cube, strength)[:, 0]
    middle = (np.arange(1 << BITS, dtype=np.float32) + 0.5) * STEP - 0.5
    yuv = np.stack(np.meshgrid(middle, middle, middle, indexing="ij"), axis=-1).reshape(-1, 3)
    out = np.concatenate([_through(part, cube, strength) for part in np.array_split(yuv, 16)])
    change = out - yuv
    change[:, 0] = out[:, 0] - np.interp(yuv[:, 0], levels, luma)
    packed = np.zeros((len(yuv), 4), np.uint8)
    packed[:, :3] = np.clip(np.rint(change) + 128, 0, 255)
    index = np.arange(256, dtype=np.int32) >> (8 - BITS)
    return _Look(
        np.clip(np.rint(luma), 0, 255).astype(np.uint8),
        packed.view(np.uint32).reshape(-1),
        index << (2 * BITS),
        index << BITS,
        index,
    )


def _through(yuv: NDArray[np.float32], cube: Cube, strength: float) -> NDArray[np.float32]:
    """Colours (n, 3) of BT.709 limited range through the look; out of range is clipped once."""
    y = (yuv[:, 0] - 16) / 219
    u, v = (yuv[:, 1] - 128) / 224, (yuv[:, 2] - 128) / 224
    rgb = np.stack([y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u], axis=1)
    # Impossible colours keep their distance from the gamut, so that the change stays smooth.
    inside = np.clip(rgb, 0, 1)
    rgb = rgb + strength * (cube.look_up(inside.astype(np.float32)) - inside)
    red, green, blue = rgb.T
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    out = np.stack([y * 219 + 16, (blue - y) / 1.8556 * 224 + 128, (red - y) / 1.5748 * 224 + 128])
    return out.T.astype(np.float32)


class Lut(Filter):
    """Gives the picture a look. The tables are made in a thread: the picture never waits.

    Attributes:
        on_late: called when the tables are there: a still picture is filtered again.
    """

    kind: ClassVar[str] = "lut"
    label: ClassVar[Text] = Text("LUT 调色", "LUT")
    help: ClassVar[Text] = Text(
        "套用 .cube 调色文件（1D、3D 或两者）或 OBS 的 LUT 图片（PNG）。",
        "Gives the picture the look of a .cube file, or of a PNG as OBS has them.",
    )
    Settings: ClassVar[type[extension.Settings]] = LutSettings

    def __init__(self, settings: LutSettings) -> None:
        super().__init__(settings)
        self.on_late: Callable[[], None] | None = None
        self._look: _Look | None = None
        self._wanted: Any = None
        self._making = threading.Event()
        self._lock = threading.Lock()
        self._want(settings)

    @classmethod
    def examine(cls, settings: LutSettings) -> None:
        """Reads the file."""
        if settings.path:
            read_cube(settings.path)

    def change(self, settings: LutSettings) -> bool:
        """The look before stays until the other is made."""
        self._want(settings)
        self.settings = settings
        return True

    def wait(self, timeout_s: float = 5.0) -> bool:
        """Waits until the tables are made, for stills and tests; False when it took too long."""
        return self._making.wait(timeout_s)

    def apply(self, frame: Frame) -> Frame:
        """The frame with the look on."""
        look = self._look
        return frame if look is None else recoloured(frame, lambda planes: _looked(planes, look))

    def close(self) -> None:
        """What is being made is thrown away."""
        with self._lock:
            self._wanted, self._look = None, None

    def _want(self, settings: LutSettings) -> None:
        cube = read_cube(settings.path) if settings.path and settings.strength > 0 else None
        wanted = None if cube is None else (cube, settings.strength)
        with self._lock:
            self._wanted = wanted
            if wanted is None:
                self._look = None
                self._making.set()
                return
            self._making.clear()
        threading.Thread(target=self._make, args=(wanted,), name="lut", daemon=True).start()

    def _make(self, wanted: tuple[Cube, float]) -> None:
        look = make_look(*wanted)
        with self._lock:
            if self._wanted is not wanted:
                return  # another was wanted meanwhile
            self._look = look
            self._making.set()
        if self.on_late:
            self.on_late()


def _looked(planes: Planes, look: _Look) -> Planes:
    y, u, v = planes
    index = cv2.LUT(half(y), look.at_y)
    cv2.add(index, cv2.LUT(u, look.at_u), dst=index)
    cv2.add(index, cv2.LUT(v, look.at_v), dst=index)
    change = look.change.take(index).view(np.uint8).reshape(*u.shape, 4)
    dy, du, dv = (cv2.extractChannel(change, i) for i in range(3))
    height, width = y.shape
    # At half size only what chroma adds to luma: detail stays in the full-size table.
    y = added(looked_up(y, look.luma), 1.0, double(dy, width, height), 1.0, -128)
    u, v = (added(a, 1.0, b, 1.0, -128) for a, b in ((u, du), (v, dv)))
    return y, u, v
