"""The order of goods from now on, taken over by one click."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.panels.advice.models import OrderModel
from ui.widgets.basics import Button, TextLabel
from ui.widgets.flow import Flow
from ui.widgets.rows_table import rows_table


class OrderSection(QWidget):
    """The proposed places with their reasons."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.propose = Button("", "primary", clicked=self._propose)
        self.accept = Button("", clicked=lambda: self._accept())
        self.accept_today = Button("", clicked=lambda: self._accept(today=True))
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.model = OrderModel()
        self.table = rows_table(self.model, (90, 60, 150))
        page = QVBoxLayout()
        page.setContentsMargins(0, 0, 0, 0)
        page.addLayout(Flow(self.propose, self.accept, self.accept_today))
        page.addWidget(self.says)
        page.addWidget(self.table, 1)
        self.setLayout(page)

    def retext(self, title: str) -> None:
        """All texts in the present language."""
        named = (
            (self.propose, "propose"), (self.accept, "accept"),
            (self.accept_today, "accept_today"),
        )  # fmt: skip
        for button, name in named:
            button.setText(t(f"advice.{name}"))
            button.name(t(f"advice.{name}"), t(f"advice.{name}_tip"))
        self.table.setAccessibleName(title)
        self.model.put(None)
        self.show_now()

    def show_now(self) -> str:
        """What is known now; returns a word for the panel's head."""
        proposal = self._desk.store.advice.proposal
        self.model.put(proposal)
        self.accept.setEnabled(proposal is not None and proposal.moves > 0)
        self.accept_today.setEnabled(proposal is not None)
        if proposal is None:
            self.says.setText(t("advice.empty"))
            return ""
        self.says.setText(pick(proposal.source))
        return t("advice.moves", n=proposal.moves) if proposal.moves else t("advice.none_moves")

    def _propose(self) -> None:
        self.propose.setEnabled(False)
        self.says.setText(t("advice.asking"))
        self._desk.actions.run("advice.propose", {}, origin=self.propose, done=self._proposed)

    def _proposed(self, reply: Reply) -> None:
        self.propose.setEnabled(True)
        if reply.ok:
            self.show_now()
        else:
            self.says.setText(t("advice.no_answer"))

    def _accept(self, *, today: bool = False) -> None:
        proposal = self._desk.store.advice.proposal
        if proposal is not None:
            args: dict[str, object] = {"id": proposal.id, **({"today": True} if today else {})}
            self._desk.actions.run("advice.accept", args, origin=self.accept)
