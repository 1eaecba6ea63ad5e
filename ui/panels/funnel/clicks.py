"""Clicks on pages of one's own: a map of each page and kind of screen, and what was clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from studio.api import assets_dir
from studio.insight.shape.model import ClickMap
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column
from ui.widgets.flow import Flow
from ui.widgets.paint import painting
from ui.widgets.plain import plain

WIDE, MOST_HIGH, GAP, LINE = 240, 420, 16, 22


class ClickView(QWidget):
    """The page as a field of cells, from dark to bright; beside it what was clicked on most."""

    def __init__(self) -> None:
        super().__init__()
        self.map: ClickMap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, found: ClickMap) -> None:
        """Another page's."""
        self.map = found
        lines = tokens.px(LINE) * (len(found.targets) + 2)
        self.setFixedHeight(max(round(self.cell * len(found.values)) + 1, lines))
        self.setAccessibleName(f"{name_of(found)}. {'; '.join(lines_of(found))}")
        self.update()

    @property
    def cell(self) -> float:
        """How large a cell is drawn, in pixels: the whole page is seen."""
        if self.map is None:
            return 1.0
        rows, columns = len(self.map.values), len(self.map.values[0])
        return min(tokens.px(WIDE) / columns, tokens.px(MOST_HIGH) / rows)

    def event(self, event: QEvent) -> bool:
        """The clicks under the mouse."""
        if (
            self.map is not None
            and isinstance(event, QHelpEvent)
            and event.type() == QEvent.Type.ToolTip
        ):
            cell = self.cell
            row, column_ = int(event.pos().y() / cell), int(event.pos().x() / cell)
            is_on = row < len(self.map.values) and column_ < len(self.map.values[0])
            words = t("funnel.clicks_here", n=self.map.values[row][column_]) if is_on else ""
            self.setToolTip(plain(words))
        return super().event(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        if self.map is None:
            return
        painter = QPainter(self)
        cell = self.cell
        rows, columns = len(self.map.values), len(self.map.values[0])
        page = QRectF(0, 0, columns * cell, rows * cell)
        painter.fillRect(page, tokens.colour(tokens.RAISED))
        most = max(max(values) for values in self.map.values) or 1
        for row, values in enumerate(self.map.values):
            for at, value in enumerate(values):
                if value:
                    colour = tokens.colour(tokens.ACCENT)
                    colour.setAlphaF(0.2 + 0.8 * value / most)
                    painter.fillRect(QRectF(at * cell, row * cell, cell, cell), colour)
        painter.setPen(tokens.colour(tokens.LINE))
        painter.drawRect(page)
        painter.setFont(tokens.font(12))
        left = page.right() + tokens.px(GAP)
        wide = max(0.0, self.width() - left)
        for number, line in enumerate(lines_of(self.map)):
            painter.setPen(tokens.colour(tokens.TEXT if number else tokens.MUTED))
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(wide))
            place = QRectF(left, number * tokens.px(LINE), wide, tokens.px(LINE))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)


def name_of(found: ClickMap) -> str:
    """A page with its kind of screen."""
    return t(f"funnel.clicks_{found.screen}", page=found.page)


def lines_of(found: ClickMap) -> list[str]:
    """How many clicks, and on what."""
    first = t("funnel.clicks_of", n=found.clicks, idle=found.idle)
    return [first, *(f"{target.name}  {target.clicks}" for target in found.targets)]


class ClicksBox(QWidget):
    """Choice of a page, its map, and the script that a page needs."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: tuple[ClickMap, ...] = ()
        self.name = TextLabel(weight=600)
        self.which = QComboBox()
        self.which.currentIndexChanged.connect(self._chosen)
        self.which.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.which.setMinimumContentsLength(18)  # a path may have eighty signs
        self.script = Button("", clicked=self._copy)
        self.view = ClickView()
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        page = column(gap=6)
        page.addWidget(self.name)
        page.addLayout(Flow(self.which, self.script))
        page.addWidget(self.view)
        page.addWidget(self.says)
        self.setLayout(page)

    def retext(self) -> None:
        """In the present language."""
        self.name.setText(t("funnel.clicks"))
        self.which.setAccessibleName(t("funnel.clicks_which"))
        self.script.setText(t("funnel.clicks_script"))
        self.script.name(t("funnel.clicks_script"), t("funnel.clicks_script_tip"))
        self.put(self.maps)

    def put(self, maps: tuple[ClickMap, ...]) -> None:
        """Another show's."""
        self.maps = maps
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItems([name_of(found) for found in maps])
        self.which.blockSignals(False)
        self.which.setVisible(bool(maps))
        self.view.setVisible(bool(maps))
        self.says.setText("" if maps else t("funnel.clicks_none"))
        self.says.setVisible(not maps)
        self._chosen(self.which.currentIndex())

    def _chosen(self, number: int) -> None:
        if 0 <= number < len(self.maps):
            self.view.put(self.maps[number])

    def _copy(self) -> None:
        text = (assets_dir() / "web" / "clicks.js").read_text(encoding="utf-8")
        QGuiApplication.clipboard().setText(text)
        self.says.setText(t("funnel.clicks_copied"))
        self.says.setVisible(True)
