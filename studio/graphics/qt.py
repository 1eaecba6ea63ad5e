"""Qt as a painter: no window, no event loop, the studio's own fonts, pictures to frames."""

from __future__ import annotations

import functools
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.media.frame import Frame, from_rgb

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter

_lock = threading.Lock()
_app: QGuiApplication | None = None


def ready() -> None:
    """Makes the painter ready; may be called from any thread, works once.

    Raises:
        StudioError: unavailable, when Qt's libraries or the fonts are not there.
    """
    global _app
    with _lock:
        if _app is not None:
            return
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # PySide builds its classes and enums at first use, and not thread-safely: two sources
        # that drew their first text together ended the process in QPainter.setPen (4 of 5 starts).
        os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")
        try:
            from PySide6.QtGui import QFontDatabase, QGuiApplication
        except ImportError as error:
            raise StudioError("unavailable", "graphics.no_qt", why=str(error)) from None
        _app = QGuiApplication.instance() or QGuiApplication([sys.argv[0]])  # type: ignore[assignment]
        for path in sorted((assets_dir() / "fonts").glob("*.[ot]tf")):
            QFontDatabase.addApplicationFont(str(path))


@functools.cache
def family() -> str:
    """The studio's font; the system's where it is missing."""
    from PySide6.QtGui import QFontDatabase

    ready()
    names = QFontDatabase.families()
    for wanted in ("Noto Sans SC", "Noto Sans CJK SC"):
        for name in names:
            if name.startswith(wanted):
                return name
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def has_own_font() -> bool:
    """Is the studio's font there? Without it Chinese may come out as boxes."""
    return any((assets_dir() / "fonts").glob("*.[ot]tf"))


def add_font(path: Path) -> str:
    """Makes a font file of the brand usable; returns the name of its family.

    Raises:
        StudioError: not_found, or invalid when Qt cannot read it.
    """
    from PySide6.QtGui import QFontDatabase

    ready()
    if not path.is_file():
        raise StudioError("not_found", "sources.file_missing", path=str(path))
    key = str(path.resolve())
    if key not in _added:
        number = QFontDatabase.addApplicationFont(key)
        names = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        if not names:
            raise StudioError("invalid", "graphics.bad_font", path=str(path))
        _added[key] = names[0]
    return _added[key]


def known_family(name: str) -> str:
    """The name of an installed family as it is written there.

    Raises:
        StudioError: not_found: no such font; Qt would take any other in its place.
    """
    from PySide6.QtGui import QFontDatabase

    ready()
    for other_family in QFontDatabase.families():
        if other_family.casefold() == name.strip().casefold():
            return other_family
    raise StudioError("not_found", "graphics.no_family", name=name)


_added: dict[str, str] = {}


def font(pixels: float, weight: int = 400, name: str = "") -> QFont:
    """The studio's font, or the one named, at a height in pixels; ``weight`` 100..900.

    What a brand's font lacks (Chinese, often) is taken from the studio's own.
    """
    from PySide6.QtGui import QFont

    ready()
    made = QFont()
    made.setFamilies([name, family()] if name else [family()])
    made.setPixelSize(max(1, round(pixels)))
    made.setWeight(QFont.Weight(max(1, min(1000, weight))))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@functools.cache
def _has_emoji() -> bool:
    from PySide6.QtGui import QFontDatabase

    ready()
    return any("emoji" in name.lower() for name in QFontDatabase.families())


def printable(text: str) -> str:
    """``text`` without what this machine has no glyph for: viewers must never see boxes."""
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(font(16))
    kept = []
    for sign in text:
        code = ord(sign)
        is_emoji = code >= 0x1F000 or 0x2600 <= code < 0x27C0 or code in (0xFE0F, 0x200D)
        if not is_emoji or _has_emoji() or metrics.inFontUcs4(code):
            kept.append(sign)
    return "".join(kept).strip()


def canvas(width: int, height: int) -> QImage:
    """A transparent picture to paint on; sizes are made even."""
    from PySide6.QtGui import QImage

    ready()
    image = QImage(
        max(2, width + width % 2), max(2, height + height % 2), QImage.Format.Format_RGBA8888
    )
    image.fill(0)
    return image


def painter_on(image: QImage) -> QPainter:
    """A painter of smooth edges and letters; ``end`` it before the picture is used."""
    from PySide6.QtGui import QPainter

    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    return painter


def to_frame(image: QImage) -> Frame:
    """A painted picture (straight alpha) as a premultiplied frame."""
    from PySide6.QtGui import QImage

    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    width, height = image.width(), image.height()
    data = np.frombuffer(image.constBits(), np.uint8)
    pixels = data.reshape(height, image.bytesPerLine())[:, : width * 4].reshape(height, width, 4)
    return from_rgb(pixels[:, :, :3], pixels[:, :, 3])
