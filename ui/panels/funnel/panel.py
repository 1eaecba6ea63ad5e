"""How viewers came to buy: funnel, paths, heat, segments of one time on air."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.insight.shape.model import ShowShape
from ui.client import Reply
from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel
from ui.panels.base import Panel
from ui.panels.funnel.clicks import ClicksBox
from ui.panels.funnel.drawing import FunnelView, HeatView
from ui.panels.funnel.reach import ReachBox
from ui.panels.spot import RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.plain import plain
from ui.widgets.rows_table import rows_table


class PathsModel(RowsModel):
    """Paths of sources, of goods, and segments: what, and how many."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[tuple[str, str, str], ...] = ()

    def put(self, shape: ShowShape) -> None:
        """Another show's."""
        rows = [(t("funnel.kind_source"), " → ".join(p.steps), str(p.viewers)) for p in shape.paths]
        rows += [(t("funnel.kind_goods"), " → ".join(p.steps), str(p.viewers)) for p in shape.goods]
        rows += [
            (t("funnel.kind_segment"), pick(s.label),
             t("funnel.segment", people=s.people, orders=s.orders, money=f"{s.money:,.0f}"))
            for s in shape.segments
        ]  # fmt: skip
        with self.other_rows():
            self.found = tuple(rows)

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.found

    def heads(self) -> list[str]:
        """Three columns."""
        return [t(f"funnel.head_{name}") for name in ("kind", "path", "viewers")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        is_shown = role == Qt.ItemDataRole.DisplayRole
        return self.found[index.row()][index.column()] if is_shown else None


class FunnelPanel(Panel):
    """Asked for a show; nothing is shown that nobody told."""

    id = "funnel"
    rank = 81
    spots = {"review": Spot(RIGHT, 1)}
    keys = (("Tab", "funnel.key_next"), ("Return", "funnel.key_ask"))

    def build(self) -> None:
        self.shape: ShowShape | None = None
        self.which = QLineEdit()
        self.which.setMaximumWidth(tokens.px(170))
        self.which.returnPressed.connect(self._ask)
        self.ask = Button("", "primary", clicked=self._ask)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.bars = FunnelView()
        self.minutes_name, self.week_name = TextLabel(weight=600), TextLabel(weight=600)
        self.minutes, self.week = HeatView(), HeatView(weekdays=True)
        self.clicks = ClicksBox()
        self.unseen = TextLabel(size=12, tone="muted", wraps=True)
        self.model = PathsModel()
        self.table = rows_table(self.model, (90, 330))
        self.table.setMinimumHeight(tokens.px(180))
        self.reach = ReachBox(self.desk)
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.which, self.ask))
        for part in (self.says, self.bars, self.minutes_name, self.minutes, self.week_name,
                     self.week, self.clicks, self.unseen):  # fmt: skip
            page.addWidget(part)
        page.addWidget(self.table, 1)
        page.addWidget(self.reach)
        page.addStretch()  # the table is not there while it has no rows
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)

    def retext(self) -> None:
        super().retext()
        self.ask.setText(t("funnel.ask"))
        self.ask.name(t("funnel.ask"), t("funnel.ask_tip"))
        self.which.setPlaceholderText(t("funnel.which"))
        self.which.setAccessibleName(t("funnel.which"))
        self.which.setToolTip(plain(t("funnel.which_tip")))
        self.table.setAccessibleName(t("funnel.head_path"))
        self.unseen.setText(t("funnel.unseen"))
        self.clicks.retext()
        self.reach.retext()
        self._show()

    def _ask(self) -> None:
        self.ask.setEnabled(False)
        self.says.setText(t("advice.asking"))
        args = {"show": self.which.text().strip() or "last"}
        self.desk.actions.run("insight.shape", args, origin=self.ask, done=self._answered)
        self.reach.look()

    def _answered(self, reply: Reply) -> None:
        self.ask.setEnabled(True)
        if not reply.ok or not isinstance(reply.result, dict):
            self.says.setText(t("advice.no_answer"))
            return
        self.shape = msgspec.convert(reply.result.get("result"), ShowShape)
        self._show()

    def _show(self) -> None:
        shape = self.shape
        drawn = (self.bars, self.minutes, self.week, self.minutes_name, self.week_name, self.table)
        for part in (*drawn, self.clicks, self.unseen):
            part.setVisible(shape is not None)
        if shape is None:
            self.says.setText(t("funnel.empty"))
            self.head.count.setText("")
            return
        self.head.count.setText(t("funnel.of", airing=shape.airing, show=shape.show))
        self.says.setText(
            t("funnel.reached", came=shape.reached[0], ordered=shape.reached[1])
            if shape.reached else t("funnel.no_touches")
        )  # fmt: skip
        self.bars.put(shape.steps)
        self.minutes.put(shape.minutes)
        self.week.put(shape.week)
        self.minutes_name.setText(pick(shape.minutes.label))
        self.week_name.setText(pick(shape.week.label))
        self.clicks.put(shape.clicks)
        self.model.put(shape)
