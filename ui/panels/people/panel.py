"""People and devices: who may do what, lent and taken back; what waits for a second person."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.governance.rights.model import GlassView, OperatorView, RightsView
from studio.remote.model import Pairing
from ui.client import Reply
from ui.i18n import t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.people.matrix import RightsModel
from ui.panels.people.row import asked_row, glass_row, person_row
from ui.panels.people.schemas import PERSON, REASON, person_args
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, column, row
from ui.widgets.hold import HoldButton
from ui.widgets.pop_form import PopForm
from ui.widgets.qr import QrView
from ui.widgets.rows_table import rows_table

LOOK_MS = 5000
CODE_MS = 120_000
"""A code is shown so long; whoever photographs it later has a token."""


class PeoplePanel(Panel):
    """Operators with their devices, and the table of rights."""

    id = "people"
    rank = 82
    spots = {"prepare": Spot(BOTTOM), "technician": Spot(BOTTOM, 2)}
    keys = (("Tab", "people.key_next"), ("Space", "people.key_press"))

    def build(self) -> None:
        self._shown: object = None
        self.add_person = self.tool(Button("", "primary", icon="plus", clicked=self._open_form))
        self.matrix = self.tool(Button("", checkable=True, clicked=self._turn))
        self.lines = QVBoxLayout()
        self.lines.setSpacing(0)
        self.code, self.scan = QrView(), TextLabel(size=12, tone="attention", wraps=True)
        self.hide_code = Button("", "quiet", clicked=self._end_code)
        self.code_box = QWidget()
        self.code_box.setLayout(
            column(self.code, self.scan, self.hide_code, gap=6, margins=(12, 8, 12, 8))
        )
        self.code_box.hide()
        self.model = RightsModel()
        self.table = rows_table(self.model, (250, 78, 78, 84, 84, 70))
        self.table.setMinimumHeight(tokens.px(220))
        self.table.hide()
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.code_box)
        page.addLayout(self.lines)
        page.addWidget(self.table, 1)
        page.addStretch(0)
        inside.setLayout(page)
        inside.setStyleSheet(f"QFrame#offer {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self.add_scroll(inside)
        self._code_ends = QTimer(self)
        self._code_ends.setSingleShot(True)
        self._code_ends.setInterval(CODE_MS)
        self._code_ends.timeout.connect(self._end_code)
        self._look_again = QTimer(self)
        self._look_again.timeout.connect(self._show_times)
        self._look_again.start(LOOK_MS)
        listen(self, self.desk.store.changed, self._heard)

    def retext(self) -> None:
        super().retext()
        self.add_person.setText(t("people.add"))
        self.add_person.name(t("people.add"), t("people.add_tip"))
        self.matrix.setText(t("people.matrix"))
        self.matrix.name(t("people.matrix"), t("people.matrix_tip"))
        self.hide_code.setText(t("people.hide_code"))
        self.hide_code.name(t("people.hide_code"))
        self.table.setAccessibleName(t("people.matrix"))
        self._shown = None
        self._show()

    def _heard(self, part: str) -> None:
        if part in ("rights", "commands"):
            self._show()

    def _show_times(self) -> None:
        """Rights end by the clock, without an event."""
        if self.isVisible() and any(view.operator.until for view in self.view.operators):
            self._show()

    @property
    def view(self) -> RightsView:
        """What is known now."""
        return self.desk.store.rights

    def _show(self) -> None:
        view, commands = self.view, self.desk.store.commands
        over = tuple(entry.operator.left_s <= 0 for entry in view.operators)
        if self._shown == (view, over, len(commands)):
            return
        self._shown = (view, over, len(commands))
        unseen = [glass for glass in view.glass if not glass.reviewed_by]
        waits = len(view.asked) + len(unseen)
        self.head.show_badge(t("people.waits", n=waits) if waits else "", "attention")
        clear(self.lines)
        for asked in view.asked:
            self.lines.addWidget(asked_row(self.desk, asked))
        for glass in unseen:
            button = Button(t("people.review"))
            button.clicked.connect(partial(self._review, glass, button))
            self.lines.addWidget(glass_row(glass, button))
        for person in view.operators:
            self.lines.addWidget(person_row(person, *self._buttons(person)))
        if not view.operators:
            self.lines.addWidget(self._word(t("people.empty")))
        if view.devices:
            self.lines.addWidget(self._word(t("people.nobodys", what=", ".join(view.devices))))
        self.model.put(list(commands.values()), view.operators)
        self.setAccessibleDescription(t("people.waits", n=waits) if waits else "")

    def _word(self, text: str) -> QWidget:
        box = QWidget()
        label = TextLabel(text, size=12, tone="muted", wraps=True)
        box.setLayout(row(gap=0, margins=(12, 8, 12, 8)))
        box.layout().addWidget(label)  # type: ignore[union-attr]
        return box

    def _buttons(self, view: OperatorView) -> tuple[Button, Button]:
        name = view.operator.name
        pair = Button(t("people.pair"))
        pair.name(t("people.pair_of", name=name), t("people.pair_tip"))
        pair.clicked.connect(partial(self._pair, view, pair))
        away = HoldButton(t("people.take_back"), held=partial(self._remove, name))
        away.name(t("people.take_back_of", name=name))
        return pair, away

    # -- what is done --------------------------------------------------------------------------

    def _turn(self) -> None:
        self.table.setVisible(self.matrix.isChecked())

    def _open_form(self) -> None:
        """Who, as what, how long, without what."""
        PopForm(
            self.add_person, t("people.add"), PERSON, {"role": "controller"}, self._save
        ).open()  # fmt: skip

    def _save(self, given: dict[str, Any]) -> None:
        args = person_args(given, self.desk.store.show.name)
        self.desk.actions.run("rights.put", args, origin=self.add_person)

    def _remove(self, name: str) -> None:
        self._end_code()
        self.desk.actions.run("rights.remove", {"name": name}, origin=self.add_person)

    def _review(self, glass: GlassView, at: Button) -> None:
        def save(given: dict[str, Any]) -> None:
            args = {"id": glass.id, "verdict": str(given.get("reason", "")).strip()}
            self.desk.actions.run("rights.review", args, origin=self.add_person)

        PopForm(at, t("people.review_of", name=glass.operator), REASON, {}, save).open()

    def _pair(self, view: OperatorView, at: Button) -> None:
        """A code for a phone of theirs; it may what they may, at most."""
        count = len(view.devices) + 1
        role = view.operator.role
        args: dict[str, object] = {
            "name": f"{view.operator.name} {count}",
            "role": "technician" if role == "owner" else role,
            "operator": view.operator.name,
        }
        self.desk.actions.run("phone.pair", args, origin=at, done=self._paired)

    def _paired(self, reply: Reply) -> None:
        if not reply.ok or not isinstance(reply.result, dict):
            return
        pairing = msgspec.convert(reply.result.get("result"), Pairing, strict=False)
        self.code.show_text(pairing.url)
        self.scan.setText(t("people.scan", name=pairing.name))
        self.code_box.setAccessibleName(self.scan.text())
        self.code_box.show()
        self._code_ends.start()

    def _end_code(self) -> None:
        self._code_ends.stop()
        self.code.show_text("")
        self.code_box.hide()
