"""Draws SVG pictures at a size, for goods that are tried on."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.graphics import qt
from studio.graphics.svg_weight import MOST_DRAWN, read_request

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtSvg import QSvgRenderer

_DECLARATION = re.compile(
    rb"""\s*<\?xml\b[^>]*?(?:encoding\s*=\s*["']([\w.:-]+)["'][^>]*)?\?>""", re.IGNORECASE
)
PIXELS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
"""How pictures begin that point at nothing; whatever else is embedded is read as an SVG."""
DEEPEST = 3
_NO_BASE64 = re.compile("[^A-Za-z0-9+/]")
_PLACES = {"min": 0.0, "mid": 0.5, "max": 1.0}
_SHAPE = re.compile(r"x(min|mid|max)y(min|mid|max)", re.IGNORECASE)


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

    data = _in_utf8(data)
    root = _examined(data)
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
    renderer.render(painter, _place(renderer, root, width, height))
    painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : width * 4].reshape(height, width, 4).copy()


def _examined(data: bytes, deep: int = 0) -> dict[str, str]:
    """The attributes of the first element of an SVG of UTF-8 that may be drawn.

    Raises:
        StudioError: as `rasterise`, of an SVG within it too.
    """
    try:
        asked = read_request(data)
    except (expat.ExpatError, ValueError):
        raise StudioError("invalid", "graphics.bad_svg") from None
    if asked.elements > MOST_DRAWN:
        raise StudioError("invalid", "graphics.svg_heavy", most=MOST_DRAWN)
    for link in (link.strip() for link in asked.links):
        if link.startswith("data:") and deep < DEEPEST:
            inner = _embedded(link)
            if inner and not inner.startswith(PIXELS):
                _examined(_in_utf8(inner), deep + 1)
        elif not link.startswith("#"):
            raise StudioError("invalid", "graphics.svg_links")
    return asked.root


def _embedded(link: str) -> bytes:
    """What a data: link holds, as Qt reads it: whatever else it says, and whatever stands in it."""
    _, mark, body = link.rpartition("base64,")
    plain = _NO_BASE64.sub("", body) if mark else ""
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def _in_utf8(data: bytes) -> bytes:
    """An SVG without its declaration, so that all who read it read the same signs.

    Raises:
        StudioError: invalid: it is not in the encoding that it tells, or in none there is.
    """
    begins = _DECLARATION.match(data)
    name = begins[1].decode() if begins and begins[1] else "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif data.startswith((b"<\0", b"\0<")):
        name = "utf-16-le" if data[1] == 0 else "utf-16-be"
    elif data.startswith(b"\xef\xbb\xbf"):
        name = "utf-8"
    try:
        plain = data.decode(name).lstrip("\ufeff").encode()
    except (LookupError, ValueError):
        raise StudioError("invalid", "graphics.bad_svg") from None
    begins = _DECLARATION.match(plain)
    return plain[begins.end() :] if begins else plain


def _place(renderer: QSvgRenderer, root: dict[str, str], width: int, height: int) -> QRectF:
    """Where the picture lies on a page of another shape (SVG 1.1, 7.8): Qt would bend it."""
    from PySide6.QtCore import QRectF

    told = root.get("preserveAspectRatio", "").strip()
    box = renderer.viewBoxF()
    if told.startswith("none") or "viewBox" not in root or box.isEmpty():
        return QRectF(0, 0, width, height)
    scales = (width / box.width(), height / box.height())
    scale = max(scales) if told.endswith("slice") else min(scales)
    found = _SHAPE.search(told)
    across, down = (_PLACES[part.lower()] for part in (found[1], found[2])) if found else (0.5, 0.5)
    wide, high = box.width() * scale, box.height() * scale
    return QRectF((width - wide) * across, (height - high) * down, wide, high)
