"""The label 「AI 生成」 that a picture bears as long as something generated is in it.

By the 2025 measures on labelling generated content and GB 45438-2025 its signs are at least 5 % of
the picture's shorter side; by Art. 50 of the EU AI Act people can read it.
"""

from __future__ import annotations

import functools

from studio.graphics import qt
from studio.media.yuv import Layer, layer

LABEL, SECOND = "AI 生成", "AI-generated"
SIGN_SHARE = 0.062
"""Of the shorter side: the font's height; the signs themselves are some 90 % of it."""
LEAST_PX = 12.0
GAP_SHARE = 0.025


@functools.lru_cache(maxsize=64)
def ai_label(width: int, height: int) -> tuple[Layer, int, int]:
    """The label for a picture of this size, and where it stands (even pixels).

    Opaque, so that nothing behind it can make it unreadable.
    """
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    side = min(width, height)
    unit = max(LEAST_PX, side * SIGN_SHARE)
    large, small = qt.font(unit, 600), qt.font(unit * 0.45, 500)
    first, second = QFontMetricsF(large), QFontMetricsF(small)
    pad = unit * 0.3
    wide = max(first.horizontalAdvance(LABEL), second.horizontalAdvance(SECOND)) + 2 * pad
    high = unit * 1.2 + unit * 0.66 + pad
    image = qt.canvas(min(width, round(wide)), min(height, round(high)))
    image.fill(QColor(16, 18, 22))
    painter = qt.painter_on(image)
    painter.setPen(QColor(255, 255, 255))
    painter.setFont(large)
    painter.drawText(QRectF(0, pad * 0.4, wide, unit * 1.2), Qt.AlignmentFlag.AlignCenter, LABEL)
    painter.setFont(small)
    box = QRectF(0, pad * 0.4 + unit * 1.2, wide, unit * 0.66)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, SECOND)
    painter.end()
    gap = round(side * GAP_SHARE) & ~1
    made = layer(qt.to_frame(image))
    x = max(0, min(gap, width - made.frame.width)) & ~1
    y = max(0, min(gap, height - made.frame.height)) & ~1
    return made, x, y
