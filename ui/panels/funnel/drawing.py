"""A funnel as bars, and heat as a field of cells."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.insight.model import LabelPair
from studio.insight.shape.model import FunnelStep, HeatMap
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.paint import painting
from ui.widgets.plain import plain

BAR, CELL, NAMES, HEAD = 40, 20, 92, 18


class FunnelView(QWidget):
    """A bar a step; one that nobody tells is an empty frame with its source."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[FunnelStep, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, steps: tuple[FunnelStep, ...]) -> None:
        """Other steps."""
        self.steps = steps
        self.setFixedHeight(max(1, len(steps)) * tokens.px(BAR))
        self.setAccessibleName("; ".join(f"{pick(s.label)}: {words_of(s)}" for s in steps))
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tokens.font(12))
        most = max((step.value or 0.0 for step in self.steps), default=0.0) or 1.0
        left, high = tokens.px(NAMES), tokens.px(BAR)
        wide = self.width() - left - 2.0
        for number, step in enumerate(self.steps):
            top = number * high + tokens.px(5.0)
            name = QRectF(0, top, left - 8.0, high - 10.0)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setPen(tokens.colour(tokens.TEXT if step.value is not None else tokens.MUTED))
            painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, pick(step.label))
            frame = QRectF(left, top, wide, high - tokens.px(10.0))
            painter.setPen(tokens.colour(tokens.LINE))
            painter.drawRoundedRect(frame, 4, 4)
            if step.value is not None:
                part = QRectF(left, top, max(2.0, wide * step.value / most), frame.height())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.colour(tokens.ACCENT_FILL))
                painter.drawRoundedRect(part, 4, 4)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(tokens.colour(tokens.TEXT if step.value is not None else tokens.MUTED))
            inside = frame.adjusted(tokens.px(8), 0, -4, 0)
            painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, words_of(step))


def words_of(step: FunnelStep) -> str:
    """A step's figure with its rate; what nobody told says who would."""
    if step.value is None:
        return t("funnel.unknown", where=pick(step.where))
    parts = [f"{step.value:,.0f}"]
    if step.rate is not None:
        parts.append(t("funnel.rate", rate=f"{step.rate:.1f}"))
    if step.before is not None:
        parts.append(t("funnel.before", rate=f"{step.before:.1f}"))
    return " · ".join(parts)


class HeatView(QWidget):
    """Cells from dark to bright; what was not on air is left out."""

    def __init__(self, weekdays: bool = False) -> None:
        super().__init__()
        self.heat = HeatMap(LabelPair(), (), (), ())
        self._is_week = weekdays
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, heat: HeatMap) -> None:
        """Another field."""
        self.heat = heat
        self.setFixedHeight(max(1, len(heat.rows)) * tokens.px(CELL) + tokens.px(HEAD))
        cells = [
            (value, row, column)
            for row, values in enumerate(heat.values)
            for column, value in enumerate(values) if value
        ]  # fmt: skip
        most = [self._said(row, column) for _, row, column in sorted(cells, reverse=True)[:3]]
        self.setAccessibleName(f"{pick(heat.label)}: {'; '.join(most)}")
        self.update()

    def _name(self, row: int) -> str:
        return t(f"funnel.day_{self.heat.rows[row]}") if self._is_week else self.heat.rows[row]

    def _said(self, row: int, column: int) -> str:
        value = self.heat.values[row][column]
        shown = "—" if value is None else f"{value:,.0f}"
        return f"{self._name(row)} {self.heat.columns[column]}: {shown}"

    def _step(self) -> float:
        return (self.width() - tokens.px(NAMES)) / max(1, len(self.heat.columns))

    def event(self, event: QEvent) -> bool:
        """The value under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            column = int((event.pos().x() - tokens.px(NAMES)) / max(0.1, self._step()))
            row = (event.pos().y() - tokens.px(HEAD)) // tokens.px(CELL)
            if 0 <= row < len(self.heat.rows) and 0 <= column < len(self.heat.columns):
                self.setToolTip(plain(self._said(row, column)))
        return super().event(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.setFont(tokens.font(11))
        left, head, cell, step = tokens.px(NAMES), tokens.px(HEAD), tokens.px(CELL), self._step()
        most = max((v or 0.0 for values in self.heat.values for v in values), default=0.0) or 1.0
        before = -1e9
        painter.setPen(tokens.colour(tokens.MUTED))
        for column, name in enumerate(self.heat.columns):
            x = left + column * step
            if x - before > tokens.px(34):
                before = x
                painter.drawText(QRectF(x, 0, 60, head), Qt.AlignmentFlag.AlignLeft, name)
        for row, values in enumerate(self.heat.values):
            top = head + row * cell
            painter.setPen(tokens.colour(tokens.MUTED))
            name = painter.fontMetrics().elidedText(
                self._name(row), Qt.TextElideMode.ElideRight, left - 8
            )
            painter.drawText(QRectF(0, top, left - 8.0, cell), Qt.AlignmentFlag.AlignVCenter, name)
            for column, value in enumerate(values):
                if value is None:
                    continue
                box = QRectF(left + column * step, top, max(1.0, step - 1), cell - 1.0)
                painter.fillRect(box, tokens.colour(tokens.RAISED))
                if value > 0:
                    colour = tokens.colour(tokens.ACCENT)
                    colour.setAlphaF(0.2 + 0.8 * value / most)
                    painter.fillRect(box, colour)
