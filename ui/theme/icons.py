"""Icons: SVG in assets/icons, one weight, coloured here."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.api import assets_dir
from ui.theme import tokens as t

KINDS = {
    "playlist": "list", "slide_show": "image", "countdown": "clock", "ingest": "phone",
    "mirror": "layers", "desktop_sound": "volume", "turntable": "retry", "replay": "undo",
    "browser": "link",
}  # fmt: skip


def of_kind(kind: str) -> str:
    """The icon of a kind of source; a kind without one of its own is a plugin's."""
    name = KINDS.get(kind, kind)
    return name if _source(name) else "settings"


@functools.cache
def _source(name: str) -> str:
    try:
        return (assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return ""


@functools.lru_cache(maxsize=256)
def pixmap(name: str, size: int, colour: str = t.TEXT, ratio: float = 1.0) -> QPixmap:
    """An icon ``size`` pixels wide in ``colour``; empty when there is no such icon."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    text = _source(name)
    if text:
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        data = QByteArray(text.replace("currentColor", colour).encode())
        QSvgRenderer(data).render(painter, QRectF(0, 0, picture.width(), picture.height()))
        painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: str = t.TEXT, size: int = 16) -> QIcon:
    """An icon for a button."""
    return QIcon(pixmap(name, t.px(size), colour, 2.0))
