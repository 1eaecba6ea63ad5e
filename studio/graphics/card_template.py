"""A product card after a template: blocks below each other beside or under the photo."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from studio.graphics.model import CardBlock, CardLayout, CardSpec, Style
from studio.media.yuv import Layer, layer

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

_BINDING = re.compile(r"\{([a-z_.0-9]+)\}")
PAD, GAP, ROW = 0.09, 0.075, 0.045
RAIL = "#e8e9ee"
LEFT_OUT = ("points", "line", "facts", "shades", "sold")
"""In this order, where the room does not suffice; title and price never."""
Paint = Callable[["QPainter", float, float], None]
"""Paints a block with its upper left corner there."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A block that has something to show."""

    kind: str
    height: float
    paint: Paint


def draw_template(spec: CardSpec, layout: CardLayout, unit: float, style: Style) -> Layer:
    """A card; ``unit`` is the plain card's height in pixels."""
    from PySide6.QtCore import QRectF

    shadow, pad, gap = unit * PAD, unit * PAD, unit * GAP
    width = layout.text_width * unit
    has_photo = bool(spec.photo) and layout.photo != "none"
    photo_width, photo_height = layout.photo_width * unit, layout.photo_height * unit
    if not has_photo:
        photo_width = photo_height = 0.0
    elif layout.photo == "top":
        photo_width = width
    is_beside = has_photo and layout.photo == "left"
    room = layout.most_height * unit - 2 * pad
    if has_photo and not is_beside:
        room -= photo_height + gap
    made = _fitting(list(_blocks(spec, layout, unit, width, style)), room, unit)
    text_height = _height(made, unit)
    if is_beside:
        whole, inner = max(photo_height, text_height), photo_width + gap + width
    else:
        whole = text_height + (photo_height + gap if has_photo else 0)
        inner = width
    card = QRectF(shadow, shadow, inner + 2 * pad, whole + 2 * pad)
    image = qt.canvas(round(card.width() + 2 * shadow), round(card.height() + 2 * shadow))
    painter = begin_card(image, card, shadow, unit, style)
    left = top = shadow + pad
    if has_photo:
        box = QRectF(left, top, photo_width, whole if is_beside else photo_height)
        draw_framed_photo(painter, spec.photo, box, unit, unit * 0.03)
        left += photo_width + gap if is_beside else 0
        top += 0 if is_beside else photo_height + gap
    _stack(painter, made, left, top, whole if is_beside else text_height, unit)
    painter.end()
    return layer(qt.to_frame(image))


def _stack(
    painter: QPainter, made: list[_Made], left: float, top: float, height: float, unit: float
) -> None:
    """Blocks from the top; a price at their end stands at the foot of the card."""
    for number, block in enumerate(made):
        is_foot = block.kind == "price" and number == len(made) - 1 and number > 0
        painter.save()
        block.paint(painter, left, top + height - block.height if is_foot else top)
        painter.restore()
        if is_foot:
            return
        top += block.height + unit * ROW
        height -= block.height + unit * ROW


def _height(made: list[_Made], unit: float) -> float:
    return sum(block.height for block in made) + unit * ROW * max(0, len(made) - 1)


def _fitting(made: list[_Made], room: float, unit: float) -> list[_Made]:
    """Without what matters least and does not fit; of the same kind, the last goes first."""
    while _height(made, unit) > room:
        rest = [block for block in made if block.kind in LEFT_OUT]
        if not rest:
            break
        made.remove(min(reversed(rest), key=lambda block: LEFT_OUT.index(block.kind)))
    return made


def _blocks(
    spec: CardSpec, layout: CardLayout, unit: float, width: float, style: Style
) -> Iterator[_Made]:
    makers = {
        "title": _title, "line": _line, "points": _points, "facts": _facts, "shades": _shades,
        "sold": _sold, "price": _price,
    }  # fmt: skip
    for block in layout.blocks:
        made = makers[block.kind](spec, block, unit, width, style)
        if made is not None:
            yield _Made(block.kind, *made)


def _ink(block: CardBlock, style: Style) -> str:
    return {"ink": style.ink, "soft": SOFT, "accent": style.accent}[block.tone]


def bound(text: str, spec: CardSpec) -> str:
    """A line's words with its values; "" where one of them is missing."""
    values = {
        "number": spec.number, "name": spec.name, "variant": spec.variant,
        **{f"fact.{name}": value for name, value in spec.facts.items()},
    }  # fmt: skip
    if any(not values.get(name) for name in _BINDING.findall(text)):
        return ""
    return _BINDING.sub(lambda match: values[match[1]], text)


def _written(
    text: str, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    from PySide6.QtGui import QColor, QFontMetricsF

    if not text:
        return None
    font = qt.font(unit * block.size, block.weight, style.family)
    metrics = QFontMetricsF(font)
    lines = wrapped(qt.printable(text), metrics, width, block.lines)
    step = metrics.lineSpacing() * 0.95

    def paint(painter: QPainter, left: float, top: float) -> None:
        painter.setFont(font)
        painter.setPen(QColor(_ink(block, style)))
        for number, line in enumerate(lines):
            painter.drawText(round(left), round(top + metrics.ascent() + number * step), line)

    return metrics.height() + step * (len(lines) - 1), paint


def _title(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    return _written(f"{spec.number} {spec.name}".strip(), block, unit, width, style)


def _line(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    return _written(bound(block.text, spec), block, unit, width, style)


def _points(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    text = " · ".join(point.strip() for point in spec.points[: block.most] if point.strip())
    return _written(text, block, unit, width, style)


def _facts(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    rows = [
        (row.en if spec.language == "en" else row.zh, qt.printable(spec.facts[row.fact]))
        for row in block.rows
        if spec.facts.get(row.fact)
    ][: block.most]
    if not rows:
        return None
    font = qt.font(unit * block.size, block.weight, style.family)
    metrics = QFontMetricsF(font)
    step = metrics.lineSpacing()
    column = max(metrics.horizontalAdvance(label) for label, _ in rows) + unit * 0.1

    def paint(painter: QPainter, left: float, top: float) -> None:
        painter.setFont(font)
        for number, (label, value) in enumerate(rows):
            y = round(top + metrics.ascent() + number * step)
            painter.setPen(QColor(SOFT))
            painter.drawText(round(left), y, label)
            painter.setPen(QColor(_ink(block, style)))
            shown = metrics.elidedText(value, Qt.TextElideMode.ElideRight, width - column)
            painter.drawText(round(left + column), y, shown)

    return step * len(rows), paint


def _shades(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF, QPen

    shades = spec.shades
    if not shades:
        return None
    font = qt.font(unit * block.size, 400, style.family)
    metrics = QFontMetricsF(font)
    high = metrics.height() + unit * 0.045
    # The chosen one is among those that are seen.
    at = next((number for number, shade in enumerate(shades) if shade.is_chosen), 0)
    first = max(0, min(at - block.most + 1, len(shades) - block.most))
    chips: list[tuple[float, float, str, str, bool]] = []
    x = 0.0
    for shade in shades[first : first + block.most]:
        words = "" if shade.colour else qt.printable(shade.name)
        wide = high if shade.colour else metrics.horizontalAdvance(words) + unit * 0.1
        if x + wide > width:
            if shade.is_chosen and chips:  # it takes the place of the last one
                x = chips.pop()[0]
                words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width - x)
                wide = min(wide, width - x)
            else:
                break
        chips.append((x, wide, words, shade.colour, shade.is_chosen))
        x += wide + unit * 0.045
    if not chips:
        return None

    def paint(painter: QPainter, left: float, top: float) -> None:
        painter.setFont(font)
        for x, wide, words, colour, is_chosen in chips:
            box = QRectF(left + x, top, wide, high)
            edge = QPen(QColor(style.accent if is_chosen else RAIL), max(1.0, unit * 0.016))
            painter.setPen(edge)
            if colour:
                painter.setBrush(QColor(colour))
                painter.drawEllipse(box.adjusted(1, 1, -1, -1))
                continue
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), unit * 0.03, unit * 0.03)
            painter.setPen(QColor(style.accent if is_chosen else style.ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    return high, paint


def _sold(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    if spec.sold < 0:
        return None
    font = qt.font(unit * block.size, 500, style.family)
    metrics = QFontMetricsF(font)
    high = unit * 0.075
    words = metrics.horizontalAdvance(spec.sold_text)
    rail = max(unit * 0.3, width - words - unit * 0.08)
    whole = max(high, metrics.height())

    def paint(painter: QPainter, left: float, top: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(RAIL))
        box = QRectF(left, top + (whole - high) / 2, rail, high)
        painter.drawRoundedRect(box, high / 2, high / 2)
        if spec.sold > 0:
            painter.setBrush(QColor(style.accent))
            box.setWidth(max(high, rail * min(1.0, spec.sold)))
            painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setFont(font)
        painter.setPen(QColor(SOFT))
        at = QRectF(left + rail + unit * 0.08, top, words + unit * 0.1, whole)
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, spec.sold_text)

    return whole, paint


def _price(
    spec: CardSpec, block: CardBlock, unit: float, width: float, style: Style
) -> tuple[float, Paint] | None:
    """The price, the struck one beside it, and what else there is in as many rows as it takes."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    size = unit * block.size
    while size > unit * 0.15 and _wide(spec.price, size, style) > width:
        size *= 0.94
    font, small = qt.font(size, 800, style.family), qt.font(unit * 0.115, 500, style.family)
    struck = qt.font(unit * 0.115, 400, style.family)
    struck.setStrikeOut(True)
    big, metrics = QFontMetricsF(font), QFontMetricsF(small)
    x = big.horizontalAdvance(spec.price) + unit * 0.08 if spec.price else 0.0
    pill_high = metrics.height() + unit * 0.04
    row, rows = 0, []
    for text, is_pill in ((spec.was, False), (spec.badge, True), (spec.stock, True)):
        if not text:
            continue
        wide = metrics.horizontalAdvance(text) + (unit * 0.1 if is_pill else 0)
        if x > 0 and x + wide > width:
            row, x = row + 1, 0.0
        shown = text if wide <= width else metrics.elidedText(
            text, Qt.TextElideMode.ElideRight, width - unit * 0.1
        )  # fmt: skip
        rows.append((row, x, min(wide, width), shown, is_pill))
        x += wide + unit * 0.07
    if not spec.price and not rows:
        return None
    # Digits and signs of money: no room for what hangs below a line.
    first = max(big.ascent() * 0.86 if spec.price else 0.0, pill_high)
    step = pill_high + unit * 0.04

    def paint(painter: QPainter, left: float, top: float) -> None:
        base = top + first
        if spec.price:
            painter.setFont(font)
            painter.setPen(QColor(style.accent))
            painter.drawText(round(left), round(base), spec.price)
        for number, x, wide, text, is_pill in rows:
            y = base + number * step
            if not is_pill:
                painter.setFont(struck)
                painter.setPen(QColor(SOFT))
                painter.drawText(round(left + x), round(y), text)
                continue
            box = QRectF(left + x, y - metrics.ascent() - unit * 0.035, wide, pill_high)
            painter.setFont(small)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(PILL))
            painter.drawRoundedRect(box, unit * 0.035, unit * 0.035)
            painter.setPen(QColor(PILL_INK))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    return first + unit * 0.04 + row * step, paint


def _wide(text: str, size: float, style: Style) -> float:
    from PySide6.QtGui import QFontMetricsF

    return QFontMetricsF(qt.font(size, 800, style.family)).horizontalAdvance(text)
