"""One figure of the board: its value, what is normal, and the last half hour as a line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from studio.insight.model import BoardFigure
from studio.shop.model import price_text
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Dot, TextLabel, column, row
from ui.widgets.paint import painting
from ui.widgets.plain import plain

WIDE, LINE_HIGH = 178, 26
TONES = {"low": "attention", "high": "attention", "normal": "good"}
GOOD_SIDE = {("up", "high"), ("down", "low")}


def figure_text(value: float | None, unit: str) -> str:
    """A figure with its unit; "—" for what is not known."""
    if value is None:
        return "—"
    if unit == "cents":
        return price_text(round(value))
    if unit == "%":
        return f"{value:.1f} %"
    if unit in ("x", "points", "s"):
        return f"{value:.1f}"
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.1f}"


class MinuteLine(QWidget):
    """The last minutes as a line in the band of what is normal; gaps where nothing was known."""

    def __init__(self) -> None:
        super().__init__()
        self._figure: BoardFigure | None = None
        self.setFixedHeight(tokens.px(LINE_HIGH))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figure(self, figure: BoardFigure) -> None:
        """What is known now."""
        self._figure = figure
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        figure = self._figure
        if figure is None:
            return
        known = [value for value in figure.minutes if value is not None]
        if len(known) < 2:
            return
        top = max([*known, figure.high or 0.0]) or 1.0
        bottom = min([*known, figure.low if figure.low is not None else known[0]])
        span = (top - bottom) or 1.0
        width, high = self.width() - 2.0, self.height() - 4.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

        def y(value: float) -> float:
            return 2.0 + high * (1 - (value - bottom) / span)

        if figure.low is not None and figure.high is not None:
            band = QRectF(1, y(figure.high), width, y(figure.low) - y(figure.high))
            painter.fillRect(band, tokens.colour(tokens.NEXT_SOFT))
        step = width / max(1, len(figure.minutes) - 1)
        ink = tokens.ATTENTION if TONES.get(figure.state) == "attention" else tokens.ACCENT
        painter.setPen(QPen(tokens.colour(ink), tokens.px(1.5)))
        part = QPolygonF()
        for at, value in enumerate((*figure.minutes, None)):
            if value is not None:
                part.append(QPointF(1 + at * step, y(value)))
            elif part.size():
                painter.drawPolyline(part)
                part = QPolygonF()


class FigureTile(QFrame):
    """A figure; grey, and says where it would come from, while it is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tile")
        self.setFixedWidth(tokens.px(WIDE))
        self.dot = Dot()
        self.name = TextLabel(size=12, tone="muted", elides=True)
        self.value = TextLabel(size=18, weight=600, is_steady=True)
        self.normal = TextLabel(size=11, tone="muted", elides=True)
        self.line = MinuteLine()
        head = row(self.dot, gap=6)
        head.addWidget(self.name, 1)
        inside = column(gap=2, margins=(10, 8, 10, 8))
        inside.addLayout(head)
        inside.addWidget(self.value)
        inside.addWidget(self.line)
        inside.addWidget(self.normal)
        self.setLayout(inside)
        self.setStyleSheet(
            f"QFrame#tile {{ background: {tokens.RAISED}; border-radius: {tokens.RADIUS}px; }}"
        )

    def show_figure(self, figure: BoardFigure) -> None:
        """What is known now."""
        name, shown = pick(figure.label), figure_text(figure.value, figure.unit)
        tone = TONES.get(figure.state, "off")
        if (figure.better, figure.state) in GOOD_SIDE:
            tone = "good"
        self.dot.set(tone)
        self.name.setText(name)
        self.value.setText(shown)
        self.value.set_tone("muted" if figure.value is None else "")
        if figure.value is None:
            words = t("board.no_source", where=pick(figure.where))
        elif figure.low is not None and figure.high is not None:
            low, high = figure_text(figure.low, figure.unit), figure_text(figure.high, figure.unit)
            words = t("board.normal", low=low, high=high)
        else:
            words = t("board.so_far") if not figure.minutes else t("board.learning_one")
        self.normal.setText(words)
        self.line.setVisible(bool(figure.minutes))
        self.line.show_figure(figure)
        self.setToolTip(plain(f"{name}: {shown}\n{words}\n{pick(figure.where)}"))
        self.setAccessibleName(f"{name}: {shown}. {words}")
        self.setAttribute(Qt.WidgetAttribute.WA_AlwaysShowToolTips)
