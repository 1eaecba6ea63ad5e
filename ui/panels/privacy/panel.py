"""Privacy and keeping: requests with deadlines, what is due, the classes of data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.governance.model import RequestView
from ui.format import age_s, day_clock
from ui.i18n import said, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.widgets.basics import Button, clear, row
from ui.widgets.hold import HoldButton
from ui.widgets.pop_form import PopForm
from ui.widgets.state_line import state_line

KINDS = ("access", "correct", "erase", "object_profiling", "object_ads")
MOST_REQUESTS = 30
REQUEST: dict[str, Any] = {
    "type": "object",
    "properties": {
        "who": {"type": "string", "default": "", "x-zh": "谁（平台/编号、昵称或订单）",
                "x-en": "Who (platform/identity, name or order)"},
        "kind": {"type": "string", "enum": list(KINDS), "default": KINDS[0], "x-zh": "要求",
                 "x-en": "Asks for"},
        "proof": {"type": "string", "default": "", "x-zh": "如何核实是本人",
                  "x-en": "How it was made sure it is them"},
    },
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "proof": REQUEST["properties"]["proof"],
        "note": {"type": "string", "default": "", "x-zh": "备注", "x-en": "Note"},
    },
}


class PrivacyPanel(Panel):
    """What persons ask, what is over its time."""

    id = "privacy"
    rank = 85
    spots = {"technician": Spot(BOTTOM, 2)}
    keys = (("Tab", "privacy.key_next"), ("Space", "privacy.key_press"))

    def build(self) -> None:
        self._shown: object = None
        self.add_request = self.tool(Button("", "primary", icon="plus", clicked=self._open_form))
        self.look = self.tool(Button("", "quiet", clicked=self._look))
        self.drop = HoldButton("", held=self._drop)
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(12, 6, 10, 6)
        self.lines = QVBoxLayout()
        page.addLayout(self.lines)
        page.addLayout(row(self.drop, 1))
        page.addStretch(1)
        inside.setLayout(page)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._heard)

    def retext(self) -> None:
        super().retext()
        self.add_request.setText(t("privacy.add"))
        self.add_request.name(t("privacy.add"), t("privacy.add_tip"))
        self.look.setText(t("privacy.look"))
        self.look.name(t("privacy.look"), t("privacy.look_tip"))
        self._shown = None
        self._show()

    def _heard(self, part: str) -> None:
        if part in ("privacy", "keeping"):
            self._show()

    def _show(self) -> None:
        view, keeping = self.desk.store.privacy, self.desk.store.keeping
        if self._shown == (view, keeping):
            return
        self._shown = (view, keeping)
        waits = len(view.requests)
        self.head.show_badge(t("privacy.waits", n=waits) if waits else "", "attention")
        clear(self.lines)
        for request in view.requests[:MOST_REQUESTS]:
            self.lines.addWidget(self._request(request))
        if not view.requests:
            self.lines.addWidget(state_line("off", t("privacy.nothing")))
        counts = {"n": view.answered, "consents": view.consents}
        self.lines.addWidget(state_line("off", t("privacy.counts", **counts)))
        self._show_keeping()
        for entry in view.classes:
            words = t("privacy.class", name=t(f"privacy.class_{entry.name}"),
                      purpose=said(f"privacy.{entry.purpose}"),
                      ground=said(f"privacy.{entry.ground}"))  # fmt: skip
            self.lines.addWidget(state_line("off", words))

    def _show_keeping(self) -> None:
        """How long, what is due, what must stay."""
        keeping = self.desk.store.keeping
        for entry in keeping.rules:
            words = t("privacy.rule", what=said(f"keeping.{entry.rule.id}"),
                      days=entry.rule.days or "∞", n=entry.due, held=entry.held)  # fmt: skip
            self.lines.addWidget(state_line("attention" if entry.due else "off", words))
        for hold in keeping.holds:
            what = "*" if hold.rule == "*" else said(f"keeping.{hold.rule}")
            words = t("privacy.hold", what=what, reason=hold.reason)
            self.lines.addWidget(state_line("attention", words))
        if keeping.last is not None:
            count = sum(keeping.last.dropped.values())
            words = t("privacy.last", at=day_clock(keeping.last.at_utc), n=count)
            self.lines.addWidget(state_line("off", words))
        due = sum(entry.due for entry in keeping.rules)
        self.drop.setText(t("privacy.drop", n=due))
        self.drop.name(t("privacy.drop", n=due))
        self.drop.setVisible(due > 0)

    def _request(self, request: RequestView) -> QWidget:
        words = t("privacy.request", kind=t(f"privacy.kind_{request.kind}"),
                  at=day_clock(request.asked_utc), due=day_clock(request.due_utc))  # fmt: skip
        is_late = (age_s(request.due_utc) or -1.0) > 0
        buttons = []
        for outcome, key in (("done", "privacy.done"), ("refused", "privacy.refuse")):
            button = Button(t(key), "" if outcome == "done" else "quiet")
            button.name(f"{t(key)} {words}")
            listen(button, button.clicked, self._answering(request.id, outcome, button))
            buttons.append(button)
        return state_line("attention" if is_late else "off", words, *buttons)

    # -- what is done --------------------------------------------------------------------------

    def _answering(self, id: str, outcome: str, at: Button) -> Callable[[], None]:
        def save(given: dict[str, Any]) -> None:
            args = {"id": id, "outcome": outcome, "proof": str(given.get("proof", "")).strip(),
                    "note": str(given.get("note", "")).strip()}  # fmt: skip
            self.desk.actions.run("privacy.answer", args, origin=self.add_request)

        def ask() -> None:
            PopForm(at, at.text(), ANSWER, {}, save).open()

        return ask

    def _open_form(self) -> None:
        form = PopForm(self.add_request, t("privacy.add"), REQUEST, {"kind": KINDS[0]}, self._save)
        form.open()

    def _save(self, given: dict[str, Any]) -> None:
        args = {"who": str(given.get("who", "")).strip(), "kind": given.get("kind") or KINDS[0],
                "proof": str(given.get("proof", "")).strip()}  # fmt: skip
        self.desk.actions.run("privacy.request", args, origin=self.add_request)

    def _look(self) -> None:
        self.desk.actions.run("keeping.due", {}, origin=self.look)

    def _drop(self) -> None:
        due = sum(entry.due for entry in self.desk.store.keeping.rules)
        args: dict[str, object] = {"expect": due, "confirm": True}
        self.desk.actions.run("keeping.drop", args, origin=self.drop)
