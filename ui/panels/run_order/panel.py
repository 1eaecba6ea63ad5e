"""Which goods today, in which order: the next one by a click, the rest moved by hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from ui.i18n import t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.run_order.table import GOODS, RunOrderModel, RunOrderTable
from ui.panels.spot import BOTTOM, LEFT, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.flow import Flow
from ui.widgets.pop_form import PopForm

ADD: dict[str, Any] = {
    "type": "object",
    "properties": {"product": {"type": "string", "default": "", "x-zh": "商品", "x-en": "Product"}},
}


class RunOrderPanel(Panel):
    """Today's goods; link numbers stay whatever is moved here."""

    id = "run_order"
    rank = 23
    spots = {
        "controller": Spot(BOTTOM, 2),
        "streamer": Spot(LEFT),
        "technician": Spot(BOTTOM, 2),
        "vertical": Spot(RIGHT, 1),
        "prepare": Spot(BOTTOM),
    }
    place = BOTTOM
    keys = (("Alt+↑ ↓", "run_order.key_move"), ("Del", "run_order.key_remove"))

    def build(self) -> None:
        self.add_goods = self.tool(Button("", icon="plus", clicked=self._open_form))
        self.forward = Button("", "primary", clicked=self._go_on)
        self.explain = Button("", clicked=self._explain)
        self.up = Button("", clicked=lambda: self._move(-1))
        self.down = Button("", clicked=lambda: self._move(1))
        self.tick = Button("", clicked=self._tick)
        self.remove = Button("", clicked=self._remove)
        self.all = Button("", "quiet", clicked=lambda: self._run("run_order.put", {"goods": []}))
        self.model = RunOrderModel()
        self.table = RunOrderTable(self.model, (44, 260, 76, 70))
        self.table.setMinimumHeight(tokens.px(120))
        heads = self.table.horizontalHeader()
        heads.setStretchLastSection(False)
        heads.setSectionResizeMode(GOODS, QHeaderView.ResizeMode.Stretch)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        body, layout = QWidget(), QVBoxLayout()
        layout.setContentsMargins(*(tokens.px(side) for side in (12, 6, 12, 6)))
        layout.setSpacing(tokens.px(6))
        buttons = (
            self.forward, self.explain, self.up, self.down, self.tick, self.remove, self.all,
        )  # fmt: skip
        layout.addLayout(Flow(*buttons))
        layout.addWidget(self.says)
        layout.addWidget(self.table, 1)
        body.setLayout(layout)
        self.add_scroll(body)
        self.table.moved.connect(self._move)
        self.table.removed.connect(self._remove)
        self.table.selectionModel().currentRowChanged.connect(self._name_tick)
        listen(self, self.desk.store.changed, self._heard)
        listen(self, self.desk.store.loaded, self._show)

    def retext(self) -> None:
        super().retext()
        named = (
            (self.add_goods, "add"), (self.forward, "next"), (self.explain, "explain"),
            (self.up, "up"), (self.down, "down"), (self.remove, "remove"), (self.all, "all"),
        )  # fmt: skip
        for button, word in named:
            button.setText(t(f"run_order.{word}"))
            button.name(t(f"run_order.{word}"), t(f"run_order.{word}_tip"))
        self.table.setAccessibleName(self.title())
        self._show()

    def _heard(self, part: str) -> None:
        if part == "run_order":
            self._show()

    def _show(self) -> None:
        view = self.desk.store.run_order
        chosen = self._chosen()
        self.model.put(view)
        if chosen:
            self._choose(chosen)
        self.forward.setEnabled(bool(view.next))
        self.forward.about = view.next
        self.all.setVisible(view.is_own)
        self.head.count.setText(
            t("run_order.count", done=view.done, n=len(view.rows)) if view.rows else ""
        )
        filled = "" if view.score is None else t("run_order.score", percent=view.score)
        words = t("run_order.own" if view.is_own else "run_order.by_number")
        self.says.setText(f"{words} {filled}" if view.rows else t("run_order.empty"))
        self._name_tick()

    def _name_tick(self) -> None:
        row = self.model.at(self.table.currentIndex().row())
        word = "untick" if row is not None and row.state == "done" else "tick"
        self.tick.setText(t(f"run_order.{word}"))
        self.tick.name(t(f"run_order.{word}"), t(f"run_order.{word}_tip"))

    # -- hands ---------------------------------------------------------------------------------

    def _run(self, command: str, args: dict[str, Any] | None = None) -> None:
        self.desk.actions.run(command, args or {}, origin=self.table)

    def _go_on(self) -> None:
        """The one that is shown: whoever presses at the same moment passes none over."""
        self._run("run_order.next", {"product": self.desk.store.run_order.next})

    def _chosen(self) -> str:
        row = self.model.at(self.table.currentIndex().row())
        return row.product if row is not None else ""

    def _choose(self, product: str) -> None:
        at = next((n for n, row in enumerate(self.model.rows()) if row.product == product), -1)
        if at >= 0 and at != self.table.currentIndex().row():
            self.table.setCurrentIndex(self.model.index(at, GOODS))

    def _on_row(self, command: str, **args: Any) -> None:
        product = self._chosen()
        if product:
            self._run(command, {"product": product, **args})
        else:
            self.desk.say(self.table, t("run_order.choose_row"), "attention")

    def _explain(self) -> None:
        self._on_row("shop.explain")

    def _remove(self) -> None:
        self._on_row("run_order.remove")

    def _tick(self) -> None:
        row = self.model.at(self.table.currentIndex().row())
        self._on_row("run_order.mark", done=row is None or row.state != "done")

    def _move(self, by: int) -> None:
        place = self.table.currentIndex().row() + 1 + by
        if self._chosen() and not 1 <= place <= len(self.model.rows()):
            return
        self._on_row("run_order.move", place=place)

    def _open_form(self) -> None:
        today = {row.product for row in self.model.rows()} if self.model.view.is_own else set()
        goods = [
            (product.id, f"{product.number:02d} {product.name}")
            for product in self.desk.store.shop.products
            if product.id not in today
        ]
        if not goods:
            self.desk.say(self.add_goods, t("run_order.all_in"), "attention")
            return
        PopForm(
            self.add_goods, t("run_order.add"), ADD, {"product": goods[0][0]}, self._added,
            lambda name: goods,
        ).open()  # fmt: skip

    def _added(self, given: dict[str, Any]) -> None:
        product = str(given.get("product", ""))
        if product:
            self._run("run_order.add", {"product": product})
