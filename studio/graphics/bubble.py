"""A viewer's comment, a lower third and the small try-on mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.personal import mask_text
from studio.graphics import qt
from studio.graphics.model import PLAIN, CommentSpec, LowerThirdSpec, Style
from studio.media.yuv import Layer, layer

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QFont, QImage, QPainter


def begin_plate(image: QImage, box: QRectF, unit: float, style: Style, alpha: int) -> QPainter:
    """The dark ground of a comment or board; the painter goes on from there, without a pen."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor

    painter = qt.painter_on(image)
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(style.plate)
    ground.setAlpha(alpha)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, unit * 0.45, unit * 0.45)
    return painter


def draw_comment(spec: CommentSpec, unit: float, max_width: float, style: Style = PLAIN) -> Layer:
    """A dark bubble: author above, text in two lines at most; ``unit`` is the text's height."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    family = style.family
    name_font, text_font = qt.font(unit * 0.72, 500, family), qt.font(unit, 600, family)
    name_metrics, metrics = QFontMetricsF(name_font), QFontMetricsF(text_font)
    author, text = (qt.printable(mask_text(words)) for words in (spec.author, spec.text))
    spec = CommentSpec(author, text, spec.platform)
    pad = unit * 0.6
    inner = min(
        max_width - 2 * pad,
        max(metrics.horizontalAdvance(spec.text), name_metrics.horizontalAdvance(spec.author)),
    )
    flags = int(Qt.TextFlag.TextWrapAnywhere) | int(Qt.AlignmentFlag.AlignLeft)
    need = metrics.boundingRect(QRectF(0, 0, inner, 10 * unit), flags, spec.text)
    lines = min(2, max(1, round(need.height() / metrics.lineSpacing())))
    text_height = lines * metrics.lineSpacing()
    head = name_metrics.lineSpacing() + unit * 0.1
    width, height = inner + 2 * pad, head + text_height + 1.4 * pad
    image = qt.canvas(round(width), round(height))
    painter = begin_plate(image, QRectF(0, 0, width, height), unit, style, 205)
    painter.setBrush(QColor(style.bar))
    painter.drawRoundedRect(QRectF(0, unit * 0.5, unit * 0.12, height - unit), 2, 2)
    painter.setFont(name_font)
    soft = QColor(style.plate_ink)
    soft.setAlpha(180)
    painter.setPen(soft)
    author = name_metrics.elidedText(spec.author, Qt.TextElideMode.ElideRight, inner)
    painter.drawText(round(pad), round(pad * 0.7 + name_metrics.ascent()), author)
    painter.setFont(text_font)
    painter.setPen(QColor(style.plate_ink))
    box = QRectF(pad, pad * 0.7 + head, inner, text_height)
    shown = spec.text
    while (
        lines == 2
        and len(shown) > 2
        and (
            metrics.boundingRect(QRectF(0, 0, inner, 10 * unit), flags, shown).height()
            > text_height + 1
        )
    ):
        shown = shown[:-2] + "…"
    painter.drawText(box, flags, shown)
    painter.end()
    return layer(qt.to_frame(image))


def draw_lower_third(spec: LowerThirdSpec, unit: float, style: Style = PLAIN) -> Layer:
    """A title with a line under it; ``unit`` is the title's height."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient

    family = style.family
    title_font, line_font = qt.font(unit, 700, family), qt.font(unit * 0.6, 400, family)
    title, line = QFontMetricsF(title_font), QFontMetricsF(line_font)
    pad = unit * 0.55
    text = max(title.horizontalAdvance(spec.title), line.horizontalAdvance(spec.line))
    width = text + 3.5 * pad
    height = title.lineSpacing() + (line.lineSpacing() if spec.line else 0) + pad
    image = qt.canvas(round(width), round(height))
    painter = qt.painter_on(image)
    painter.setPen(Qt.PenStyle.NoPen)
    ramp = QLinearGradient(0, 0, width, 0)
    ground = QColor(style.plate)
    for at, alpha in ((0.0, 225), (0.75, 190), (1.0, 0)):
        ground.setAlpha(alpha)
        ramp.setColorAt(at, ground)
    painter.setBrush(ramp)
    painter.drawRoundedRect(QRectF(0, 0, width, height), 4, 4)
    painter.setBrush(QColor(style.bar))
    painter.drawRect(QRectF(0, 0, unit * 0.14, height))
    painter.setFont(title_font)
    painter.setPen(QColor(style.plate_ink))
    painter.drawText(round(pad), round(pad / 2 + title.ascent()), spec.title)
    if spec.line:
        painter.setFont(line_font)
        painter.setPen(QColor("#c9cfdb"))
        painter.drawText(
            round(pad), round(pad / 2 + title.lineSpacing() + line.ascent()), spec.line
        )
    painter.end()
    return layer(qt.to_frame(image))


def draw_mark(text: str, unit: float) -> Layer:
    """A small label such as 虚拟试戴; ``unit`` is the text's height."""
    from PySide6.QtGui import QColor

    return _label(
        text, qt.font(unit, 500), QColor(0, 0, 0, 150), QColor(255, 255, 255, 235),
        pad=unit * 0.55, height=unit * 1.8, radius=unit * 0.35,
    )  # fmt: skip


def draw_stamp(text: str, unit: float, max_width: float, style: Style = PLAIN) -> Layer:
    """Words for a moment, in the brand's accent; ``unit`` is the text's height, pixels."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    font, pad = qt.font(unit, 700, style.family), unit * 0.8
    words = QFontMetricsF(font).elidedText(
        qt.printable(" ".join(text.split())), Qt.TextElideMode.ElideMiddle, max_width - 2 * pad
    )
    ground = QColor(style.accent)
    ground.setAlpha(235)
    return _label(
        words, font, ground, QColor(style.plate_ink),
        pad=pad, height=unit * 2.1, radius=unit * 0.5,
    )  # fmt: skip


def _label(
    words: str, font: QFont, ground: QColor, ink: QColor, *, pad: float, height: float,
    radius: float,
) -> Layer:  # fmt: skip
    """One line on a rounded ground, ``pad`` of it at either end; pixels."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QFontMetricsF

    width = QFontMetricsF(font).horizontalAdvance(words) + 2 * pad
    image = qt.canvas(round(width), round(height))
    painter = qt.painter_on(image)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    box = QRectF(0, 0, width, height)
    painter.drawRoundedRect(box, radius, radius)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return layer(qt.to_frame(image))
