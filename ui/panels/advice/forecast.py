"""What the next days bring: money a day with its band, and when goods run out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.insight.model import LabelPair
from studio.insight.outlook.model import Outlook, OutlookDay, OutlookSku
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.flow import Flow
from ui.widgets.paint import painting
from ui.widgets.plain import plain
from ui.widgets.rows_table import rows_table

HIGH, LEFT_EDGE, FOOT = 150, 56, 20


class BandView(QWidget):
    """Days along, money up; holidays are marked, and those that were never seen are hollow."""

    def __init__(self) -> None:
        super().__init__()
        self.days: tuple[OutlookDay, ...] = ()
        self.setFixedHeight(tokens.px(HIGH))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, outlook: Outlook | None) -> None:
        """Another outlook."""
        self.days = outlook.money if outlook else ()
        self.setVisible(bool(self.days))
        lines = [_said(day) for day in self.days]
        self.setToolTip(plain("\n".join(lines)))
        self.setAccessibleName("; ".join(lines))
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        if not self.days:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tokens.font(11))
        left, foot = tokens.px(LEFT_EDGE), tokens.px(FOOT)
        top = max(day.high for day in self.days) or 1.0
        wide, high = self.width() - left - tokens.px(26.0), self.height() - foot - tokens.px(8)
        step = wide / max(1, len(self.days) - 1)

        def at(number: int, value: float) -> QPointF:
            return QPointF(left + number * step, tokens.px(6) + high * (1 - value / top))

        band = QPolygonF()
        for number, day in enumerate(self.days):
            band.append(at(number, day.high))
        for number in range(len(self.days) - 1, -1, -1):
            band.append(at(number, self.days[number].low))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour(tokens.ACCENT_FILL))
        painter.drawPolygon(band)
        painter.setPen(QPen(tokens.colour(tokens.ACCENT), tokens.px(1.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline([at(number, day.middle) for number, day in enumerate(self.days)])
        for value in (0.0, top / 2, top):
            painter.setPen(tokens.colour(tokens.MUTED))
            box = QRectF(0, at(0, value).y() - 9, left - 6.0, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                             f"{value:,.0f}")  # fmt: skip
        last = -1e9
        for number, day in enumerate(self.days):
            point = at(number, day.middle)
            if day.holiday != LabelPair():
                painter.setPen(QPen(tokens.colour(tokens.ATTENTION), tokens.px(2)))
                fill = tokens.ATTENTION if day.is_seen else tokens.PANEL
                painter.setBrush(tokens.colour(fill))
                painter.drawEllipse(point, tokens.px(4), tokens.px(4))
            if point.x() - last > tokens.px(48):
                last = point.x()
                painter.setPen(tokens.colour(tokens.MUTED))
                box = QRectF(point.x() - 30, self.height() - foot, 60, foot)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, day.date[5:])


def _said(day: OutlookDay) -> str:
    values = {name: f"{getattr(day, name):,.0f}" for name in ("low", "middle", "high")}
    words = t("advice.forecast_day", day=day.date, **values)
    if day.holiday == LabelPair():
        return words
    never = "" if day.is_seen else f" ({t('advice.never_seen')})"
    return f"{words} · {pick(day.holiday)}{never}"


class OutlookModel(RowsModel):
    """Goods, those that run out first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[OutlookSku, ...] = ()

    def put(self, goods: tuple[OutlookSku, ...]) -> None:
        """Other ones."""
        with self.other_rows():
            self.found = goods

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.found

    def heads(self) -> list[str]:
        """Four columns."""
        return [t(f"advice.head_{name}") for name in ("goods", "expected", "free", "out")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self.found[index.row()]
        out = [row.out] if row.out else []
        if row.out_early and row.out_early != row.out:
            out.append(t("advice.out_early", day=row.out_early))
        texts = (
            row.name, f"{row.middle:,.0f} ({row.low:,.0f}–{row.high:,.0f})",
            "—" if row.free is None else str(row.free), " · ".join(out) or "—",
        )  # fmt: skip
        return texts[index.column()]


class ForecastSection(QWidget):
    """A chart and a table; grey, with why, where too few days are known."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.outlook: Outlook | None = None
        self.ask = Button("", "primary", clicked=self._ask)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.caption = TextLabel(size=12, wraps=True)
        self.band = BandView()
        self.model = OutlookModel()
        self.table = rows_table(self.model, (130, 110, 60))
        self.table.setMinimumHeight(tokens.px(120))
        page = QVBoxLayout()
        page.setContentsMargins(0, 0, 0, 0)
        page.addLayout(Flow(self.ask))
        for part in (self.says, self.caption, self.band):
            page.addWidget(part)
        page.addWidget(self.table, 1)
        page.addStretch(1)
        self.setLayout(page)

    def retext(self) -> None:
        """All texts in the present language."""
        self.ask.setText(t("advice.forecast_ask"))
        self.ask.name(t("advice.forecast_ask"), t("advice.forecast_ask_tip"))
        self.table.setAccessibleName(t("advice.show_forecast"))
        self._show()

    def _show(self) -> None:
        found = self.outlook
        self.band.put(found)
        self.model.put(found.goods if found else ())
        self.says.setText(pick(found.source) if found else t("advice.forecast_empty"))
        has_days = found is not None and bool(found.money)
        self.caption.setVisible(has_days)
        self.table.setVisible(has_days)
        if found is not None:
            self.caption.setText(t("advice.forecast_chart", currency=found.currency))

    def _ask(self) -> None:
        self.ask.setEnabled(False)
        self.says.setText(t("advice.asking"))
        self._desk.actions.run("advice.forecast", {}, origin=self.ask, done=self._answered)

    def _answered(self, reply: Reply) -> None:
        self.ask.setEnabled(True)
        if not reply.ok or not isinstance(reply.result, dict):
            self.says.setText(t("advice.no_answer"))
            return
        self.outlook = msgspec.convert(reply.result.get("result"), Outlook)
        self._show()
