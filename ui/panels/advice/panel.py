"""What to do next: an order of goods with its reasons, taken over by one click."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.client import Reply
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.advice.models import OrderModel
from ui.panels.base import Panel
from ui.panels.spot import RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.rows_table import rows_table


class AdvicePanel(Panel):
    """The proposed order; nothing changes before a person says so."""

    id = "advice"
    rank = 79
    spots = {"prepare": Spot(RIGHT, 0), "review": Spot(RIGHT, 0)}
    keys = (("Tab", "advice.key_next"), ("↑ ↓", "advice.key_rows"))

    def build(self) -> None:
        self.propose = Button("", "primary", clicked=self._propose)
        self.accept = Button("", clicked=self._accept)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.model = OrderModel()
        self.table = rows_table(self.model, (90, 60, 170))
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.propose, self.accept))
        page.addWidget(self.says)
        page.addWidget(self.table, 1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._changed)
        listen(self, self.desk.store.loaded, self._show)

    def retext(self) -> None:
        super().retext()
        for button, name in ((self.propose, "propose"), (self.accept, "accept")):
            button.setText(t(f"advice.{name}"))
            button.name(t(f"advice.{name}"), t(f"advice.{name}_tip"))
        self.table.setAccessibleName(self.title())
        self.model.put(None)
        self._show()

    def _changed(self, part: str) -> None:
        if part in ("advice", "shop"):
            self._show()

    def _show(self) -> None:
        proposal = self.desk.store.advice.proposal
        self.model.put(proposal)
        self.accept.setEnabled(proposal is not None and proposal.moves > 0)
        if proposal is None:
            self.says.setText(t("advice.empty"))
            self.head.count.setText("")
            return
        self.says.setText(pick(proposal.source))
        moves = t("advice.moves", n=proposal.moves) if proposal.moves else t("advice.none_moves")
        self.head.count.setText(moves)

    def _propose(self) -> None:
        self.propose.setEnabled(False)
        self.says.setText(t("advice.asking"))
        self.desk.actions.run("advice.propose", {}, origin=self.propose, done=self._proposed)

    def _proposed(self, reply: Reply) -> None:
        self.propose.setEnabled(True)
        if reply.ok:
            self._show()
        else:
            self.says.setText(t("advice.no_answer"))

    def _accept(self) -> None:
        proposal = self.desk.store.advice.proposal
        if proposal is not None:
            self.desk.actions.run("advice.accept", {"id": proposal.id}, origin=self.accept)
