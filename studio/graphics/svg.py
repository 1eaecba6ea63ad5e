"""Draws SVG pictures at a size, for goods that are tried on."""

from __future__ import annotations

import re
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.graphics import qt
from studio.graphics.svg_weight import MOST_DRAWN, drawn_elements

_LINKS = re.compile(rb"""href\s*=\s*["']\s*([^"']*)""", re.IGNORECASE)


def rasterise(data: bytes, longest: int) -> NDArray[np.uint8]:
    """An SVG as (h, w, 4) uint8 RGBA, straight alpha, its longer side ``longest`` pixels.

    Raises:
        StudioError: invalid, when it is no SVG with a size, asks for more shapes than can be
            drawn in time, or fetches something from elsewhere: a picture in it could be any file
            of this machine, or one that never ends.
    """
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    if any(not link.startswith((b"#", b"data:")) for link in _LINKS.findall(data)):
        raise StudioError("invalid", "graphics.svg_links")
    try:
        if drawn_elements(data) > MOST_DRAWN:
            raise StudioError("invalid", "graphics.svg_heavy", most=MOST_DRAWN)
    except expat.ExpatError:
        raise StudioError("invalid", "graphics.bad_svg") from None
    qt.ready()
    renderer = QSvgRenderer(QByteArray(data))
    size = renderer.defaultSize()
    if not renderer.isValid() or size.isEmpty():
        raise StudioError("invalid", "graphics.bad_svg")
    scale = longest / max(size.width(), size.height())
    width, height = max(2, round(size.width() * scale)), max(2, round(size.height() * scale))
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : width * 4].reshape(height, width, 4).copy()
