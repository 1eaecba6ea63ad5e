"""The product card, as viewers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.graphics import qt
from studio.graphics.card_paint import (
    PILL,
    PILL_INK,
    SOFT,
    begin_card,
    draw_framed_photo,
    wrapped,
)
from studio.graphics.card_template import draw_template
from studio.graphics.model import PLAIN, CardSpec, Style
from studio.media.yuv import Layer, layer

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter


def draw_card(
    spec: CardSpec, unit: float, style: Style = PLAIN, *, is_portrait: bool = False
) -> Layer:
    """A card; ``unit`` is the plain one's height in pixels.

    The plain card is as wide as its text needs (2.2 to 3.4 ×); a template has its own measures.
    """
    if spec.template is not None:
        layout = spec.template.portrait if is_portrait else spec.template.landscape
        return draw_template(spec, layout, unit, style)
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QFontMetricsF

    shadow = unit * 0.09
    pad, gap = unit * 0.09, unit * 0.07
    side = unit - 2 * pad
    name = style.family
    title_font, small = qt.font(unit * 0.165, 600, name), qt.font(unit * 0.115, 400, name)
    price_font = qt.font(unit * 0.27, 800, name)
    title = qt.printable(f"{spec.number} {spec.name}".strip())
    metrics = QFontMetricsF(title_font)
    price_width = QFontMetricsF(price_font).horizontalAdvance(spec.price)
    small_metrics = QFontMetricsF(qt.font(unit * 0.115, 500, name))
    row = price_width + unit * 0.08
    row += small_metrics.horizontalAdvance(spec.was) + unit * 0.08 if spec.was else 0
    for pill in filter(None, (spec.badge, spec.stock)):
        row += small_metrics.horizontalAdvance(pill) + unit * 0.16
    text_width = max(row, min(unit * 2.2, max(unit * 1.25, metrics.horizontalAdvance(title))))
    width = pad + side + gap + text_width + pad + gap
    image = qt.canvas(round(width + 2 * shadow), round(unit + 2 * shadow))
    painter = begin_card(image, QRectF(shadow, shadow, width, unit), shadow, unit, style)
    photo = QRectF(shadow + pad, shadow + pad, side, side)
    draw_framed_photo(painter, spec.photo, photo, unit, unit * 0.05)

    left = photo.right() + gap
    lines = wrapped(title, metrics, text_width)
    has_variant = bool(spec.variant) and len(lines) == 1
    painter.setFont(title_font)
    painter.setPen(QColor(style.ink))
    y = shadow + pad + metrics.ascent() - unit * 0.02
    for line in lines:
        painter.drawText(round(left), round(y), line)
        y += metrics.lineSpacing() * 0.95
    if has_variant:
        painter.setFont(small)
        painter.setPen(QColor(SOFT))
        painter.drawText(round(left), round(y - unit * 0.02), spec.variant)
    _prices(painter, spec, left, shadow + unit - pad - unit * 0.03, unit, style)
    painter.end()
    return layer(qt.to_frame(image))


def _prices(
    painter: QPainter, spec: CardSpec, left: float, base: float, unit: float, style: Style
) -> None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    name = style.family
    price_font, small = qt.font(unit * 0.27, 800, name), qt.font(unit * 0.115, 500, name)
    painter.setFont(price_font)
    painter.setPen(QColor(style.accent))
    painter.drawText(round(left), round(base), spec.price)
    x = left + QFontMetricsF(price_font).horizontalAdvance(spec.price) + unit * 0.08
    metrics = QFontMetricsF(small)
    if spec.was:
        struck = qt.font(unit * 0.115, 400, name)
        struck.setStrikeOut(True)
        painter.setFont(struck)
        painter.setPen(QColor(SOFT))
        painter.drawText(round(x), round(base), spec.was)
        x += metrics.horizontalAdvance(spec.was) + unit * 0.08
    painter.setFont(small)
    for text in (spec.badge, spec.stock):
        if not text:
            continue
        pill = QRectF(
            x,
            base - metrics.ascent() - unit * 0.035,
            metrics.horizontalAdvance(text) + unit * 0.1,
            metrics.height() + unit * 0.04,
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PILL))
        painter.drawRoundedRect(pill, unit * 0.035, unit * 0.035)
        painter.setPen(QColor(PILL_INK))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        x = pill.right() + unit * 0.06
