"""The board of a game: its question, the votes of each option, how long it is open, who has won."""

from __future__ import annotations

from msgspec.structs import replace

from studio.graphics import qt
from studio.graphics.bubble import begin_plate
from studio.graphics.model import PLAIN, BoardSpec, Style
from studio.media.yuv import Layer, layer


def draw_board(spec: BoardSpec, unit: float, max_width: float, style: Style = PLAIN) -> Layer:
    """A dark plate; ``unit`` is the height of an option's text, pixels.

    The width goes by the words alone, so that it does not jump while votes come in.
    """
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    spec = BoardSpec(
        qt.printable(spec.title),
        tuple(replace(entry, name=qt.printable(entry.name)) for entry in spec.rows),
        tuple(qt.printable(line) for line in spec.foot),
    )
    title_font, row_font = qt.font(unit * 1.1, 700, style.family), qt.font(unit, 500, style.family)
    foot_font = qt.font(unit * 0.75, 500, style.family)
    title, row, foot = QFontMetricsF(title_font), QFontMetricsF(row_font), QFontMetricsF(foot_font)
    pad, gap = unit * 0.7, unit * 0.35
    counts = row.horizontalAdvance("88,888") if spec.rows else 0.0
    inner = max(
        title.horizontalAdvance(spec.title),
        max((row.horizontalAdvance(entry.name) + counts + pad for entry in spec.rows), default=0),
        max((foot.horizontalAdvance(line) for line in spec.foot), default=0),
        unit * 9,
    )
    inner = min(max_width - 2 * pad, inner)
    row_height = row.lineSpacing() + unit * 0.3
    height = 2 * pad + title.lineSpacing() + len(spec.rows) * (row_height + gap)
    height += gap + len(spec.foot) * foot.lineSpacing()
    width = inner + 2 * pad
    image = qt.canvas(round(width), round(height))
    painter = begin_plate(image, QRectF(0, 0, width, height), unit, style, 215)
    painter.setFont(title_font)
    painter.setPen(QColor(style.plate_ink))
    elide = Qt.TextElideMode.ElideRight
    painter.drawText(
        round(pad), round(pad + title.ascent()), title.elidedText(spec.title, elide, inner)
    )
    y = pad + title.lineSpacing() + gap
    soft, bar = QColor(style.plate_ink), QColor(style.bar)
    soft.setAlpha(35)
    painter.setFont(row_font)
    for entry in spec.rows:
        box = QRectF(pad, y, inner, row_height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawRoundedRect(box, unit * 0.2, unit * 0.2)
        bar.setAlpha(235 if entry.leads else 130)
        painter.setBrush(bar)
        if entry.share > 0:
            filled = QRectF(pad, y, max(unit * 0.3, inner * min(1.0, entry.share)), row_height)
            painter.drawRoundedRect(filled, unit * 0.2, unit * 0.2)
        painter.setPen(QColor(style.plate_ink))
        inside = box.adjusted(unit * 0.35, 0, -unit * 0.35, 0)
        center = Qt.AlignmentFlag.AlignVCenter
        count = "" if entry.count is None else f"{entry.count:,}"
        name_width = inside.width() - row.horizontalAdvance(count) - unit * 0.3
        name = row.elidedText(entry.name, elide, name_width)
        painter.drawText(inside, center | Qt.AlignmentFlag.AlignLeft, name)
        painter.drawText(inside, center | Qt.AlignmentFlag.AlignRight, count)
        y += row_height + gap
    painter.setFont(foot_font)
    words = QColor(style.plate_ink)
    words.setAlpha(200)
    painter.setPen(words)
    for line in spec.foot:
        painter.drawText(round(pad), round(y + foot.ascent()), foot.elidedText(line, elide, inner))
        y += foot.lineSpacing()
    painter.end()
    return layer(qt.to_frame(image))
