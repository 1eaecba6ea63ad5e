"""Incidents afterwards: what viewers saw, why, what it cost, and who does what by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.plans.incidents.model import ActionView, IncidentReport, IncidentRow
from ui.client import Reply
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.incidents.model import IncidentsModel, TimelineModel
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm, clear, row
from ui.widgets.flow import Flow
from ui.widgets.plain import plain
from ui.widgets.pop_form import PopForm
from ui.widgets.rows_table import rows_table

ASK_MS = 400
MOST_ACTIONS = 8


class IncidentsPanel(Panel):
    """A list, one incident's timeline, and the open actions."""

    id = "incidents"
    rank = 78
    spots = {"review": Spot(BOTTOM, 0)}
    keys = (("Tab", "incidents.key_next"), ("↑ ↓", "incidents.key_rows"))

    def build(self) -> None:
        self.report: IncidentReport | None = None
        self.search = QLineEdit()
        self.why_at = QLineEdit()
        self.why = Button("", "primary", clicked=self._why)
        self.review = Button("", clicked=self._open_review)
        self.action = Button("", clicked=self._open_action)
        self.close_case = Button("", clicked=self._close_case)
        self.write = Button("", clicked=self._write)
        self.paper = Button("", clicked=self._write_pdf)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.summary = TextLabel(weight=600, wraps=True)
        self.model, self.lines = IncidentsModel(), TimelineModel()
        self.table = rows_table(self.model, (130, 80, 70))
        self.timeline = rows_table(self.lines, (80, 80, 130))
        self._actions = QVBoxLayout()
        for field, wide in ((self.search, 160), (self.why_at, 90)):
            field.setMaximumWidth(tokens.px(wide))
        for table, high in ((self.table, 150), (self.timeline, 220)):
            table.setMinimumHeight(tokens.px(high))
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.why_at, self.why, self.search))
        page.addWidget(self.says)
        page.addWidget(self.table, 1)
        page.addWidget(self.summary)
        page.addLayout(Flow(self.review, self.action, self.close_case, self.write, self.paper))
        page.addWidget(self.timeline, 2)
        page.addLayout(self._actions)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(ASK_MS)
        self._soon.timeout.connect(self._ask)
        self.search.textChanged.connect(self._ask_soon)
        self.why_at.returnPressed.connect(self._why)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        listen(self, self.desk.store.changed, self._changed)
        listen(self, self.desk.store.loaded, self._ask_soon)

    def retext(self) -> None:
        super().retext()
        for button, name in (
            (self.why, "why"), (self.review, "review"), (self.action, "action"),
            (self.close_case, "close"), (self.write, "write"), (self.paper, "paper"),
        ):  # fmt: skip
            button.setText(t(f"incidents.{name}"))
            button.name(t(f"incidents.{name}"), t(f"incidents.{name}_tip"))
        for field, name in ((self.search, "search"), (self.why_at, "why_at")):
            field.setPlaceholderText(t(f"incidents.{name}"))
            field.setAccessibleName(t(f"incidents.{name}"))
            field.setToolTip(plain(t(f"incidents.{name}_tip")))
        self.table.setAccessibleName(self.title())
        self.timeline.setAccessibleName(t("incidents.timeline"))
        self.model.put(())
        self._show_report(self.report)
        self._show_actions()
        self._ask_soon()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks what there is."""
        super().showEvent(event)
        self._ask_soon()

    # -- which there are -----------------------------------------------------------------------

    def _changed(self, part: str) -> None:
        if part in ("plans", "incidents"):
            self._ask_soon()
        if part == "incidents":
            self._show_actions()

    def _ask_soon(self, *_: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _ask(self) -> None:
        if not self.isVisible() or not self.desk.store.is_loaded:
            return
        args = {"text": self.search.text().strip(), "limit": 200}
        self.desk.actions.run(
            "incidents.list", args, origin=self.table, done=self._listed, is_quiet=True
        )

    def _listed(self, reply: Reply) -> None:
        found = _result(reply)
        if found is None:
            return
        rows = msgspec.convert(found["incidents"], tuple[IncidentRow, ...])
        self.model.put(rows)
        self.head.count.setText(t("incidents.count", n=len(rows)))
        if not rows:
            self.says.setText(t("incidents.empty"))

    def _chosen(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid() and index.row() < len(self.model.found):
            self.show_incident(self.model.found[index.row()].id)

    def show_incident(self, id: str) -> None:
        """Asks for an incident and shows it."""
        args = {"incident": id}
        self.desk.actions.run(
            "incidents.show", args, origin=self.table, done=self._shown, is_quiet=True
        )

    def _shown(self, reply: Reply) -> None:
        found = _result(reply)
        if found is not None:
            self._show_report(msgspec.convert(found, IncidentReport))

    def _show_report(self, report: IncidentReport | None) -> None:
        self.report = report
        for button in (self.review, self.action, self.close_case, self.write, self.paper):
            button.setEnabled(report is not None)
        self.lines.put(report.lines if report else ())
        if report is None:
            self.summary.setText(t("incidents.choose"))
            return
        off = ", ".join(
            t("incidents.off", output=loss.output, seconds=f"{loss.off_s:.1f}")
            for loss in report.outputs
        )
        parts = [f"{report.severity} · {pick(report.severity_why)}", pick(report.cause), off]
        usual, orders = report.usual, report.orders
        if usual.is_known:
            parts.append(t("incidents.lost_usual", n=f"{usual.lost:g}", low=f"{usual.low:g}",
                           high=f"{usual.high:g}", shows=usual.shows))  # fmt: skip
        elif orders.is_known:
            parts.append(t("incidents.lost", n=f"{orders.lost:g}"))
        else:
            parts.append(t("incidents.lost_unknown"))
        if report.review.learned:
            parts.append(t("incidents.learned", text=report.review.learned))
        self.summary.setText(" — ".join(part for part in parts if part))
        is_closed = bool(report.review.closed_utc)
        self.close_case.setText(t("incidents.reopen" if is_closed else "incidents.close"))

    # -- why -----------------------------------------------------------------------------------

    def _why(self) -> None:
        args = {"at": self.why_at.text().strip()}
        self.desk.actions.run("incidents.why", args, origin=self.why, done=self._told_why)

    def _told_why(self, reply: Reply) -> None:
        found = _result(reply)
        if found is None:
            return
        zh, en = found["text"]
        self.says.setText(pick((zh, en)))
        if found["incident"]:
            self.show_incident(found["incident"])

    # -- what people say -----------------------------------------------------------------------

    def _open_review(self) -> None:
        if self.report is None:
            return
        review = self.report.review
        values = {"summary": review.summary, "learned": review.learned}
        values |= {f"why{n}": why for n, why in enumerate(review.whys, 1)}
        self._form(self.review, "review", REVIEW, values, self._save_review)

    def _save_review(self, given: dict[str, Any]) -> None:
        whys = [str(given.get(f"why{n}", "")).strip() for n in range(1, 6)]
        kept = {name: str(given.get(name, "")) for name in ("summary", "learned")}
        self._say("incidents.review", self.review, whys=[why for why in whys if why], **kept)

    def _open_action(self) -> None:
        self._form(self.action, "action", ACTION, {}, self._save_action)

    def _save_action(self, given: dict[str, Any]) -> None:
        values = {name: str(given.get(name, "")).strip() for name in ("what", "owner", "until")}
        self._say("actions.put", self.action, **values)

    def _close_case(self) -> None:
        if self.report is not None:
            is_closed = bool(self.report.review.closed_utc)
            self._say("incidents.close", self.close_case, on=not is_closed)

    def _write(self) -> None:
        self._write_report(self.write, pdf=False)

    def _write_pdf(self) -> None:
        self._write_report(self.paper, pdf=True)

    def _write_report(self, origin: Button, *, pdf: bool) -> None:
        if self.report is not None:
            self.says.setText(t("incidents.writing"))
            args = {"incident": self.report.id, "pdf": pdf}
            self.desk.actions.run("incidents.report", args, origin=origin, done=self._written)

    def _written(self, reply: Reply) -> None:
        found = _result(reply)
        self.says.setText("" if found is None else t("incidents.written", file=found["file"]))

    def _form(
        self, at: QWidget, name: str, schema: dict[str, Any], values: dict[str, Any],
        save: Callable[[dict[str, Any]], None],
    ) -> None:  # fmt: skip
        PopForm(at, t(f"incidents.{name}"), schema, values, save).open()

    def _say(self, command: str, origin: QWidget, **args: object) -> None:
        if self.report is None:
            return
        given = {"incident": self.report.id, **args}
        self.desk.actions.run(command, given, origin=origin, done=self._said)

    def _said(self, reply: Reply) -> None:
        if reply.ok and self.report is not None:
            self.show_incident(self.report.id)

    # -- actions -------------------------------------------------------------------------------

    def _show_actions(self) -> None:
        view = self.desk.store.incidents
        clear(self._actions)
        for action in view.actions[:MOST_ACTIONS]:
            self._actions.addWidget(ActionRow(self, action))
        late = t("incidents.late", n=view.late) if view.late else ""
        self.head.show_badge(late)

    def finish(self, action: str, origin: QWidget) -> None:
        """An action is done."""
        self.desk.actions.run("actions.done", {"action": action}, origin=origin, done=self._said)


class ActionRow(QWidget):
    """Who does what by when, and a button for when it is done."""

    def __init__(self, panel: IncidentsPanel, action: ActionView) -> None:
        super().__init__()
        self._panel, self._action = panel, action
        words = t("incidents.action_line", what=action.what, owner=action.owner, day=action.until)
        text = TextLabel(words, size=12, tone="attention" if action.is_late else "", elides=True)
        self.done = Button(t("incidents.done"), clicked=self._finish)
        self.done.name(t("incidents.done_of", what=action.what))
        layout = row(gap=8)
        layout.addWidget(text, 1)
        layout.addWidget(self.done)
        self.setLayout(layout)

    def _finish(self) -> None:
        self._panel.finish(self._action.id, self.done)


def _result(reply: Reply) -> Any:
    """What a command answered; None when it was refused."""
    return reply.result.get("result") if reply.ok and isinstance(reply.result, dict) else None


def _text(zh: str, en: str, *, is_long: bool = False) -> dict[str, Any]:
    more = {"x-widget": "multiline"} if is_long else {}
    return {"type": "string", "default": "", "x-zh": zh, "x-en": en, **more}


REVIEW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "summary": _text("经过", "What happened", is_long=True),
        "why1": _text("为什么会这样？", "Why did it happen?"),
        "why2": _text("为什么？（2）", "Why that? (2)"),
        "why3": _text("为什么？（3）", "Why that? (3)"),
        "why4": _text("为什么？（4）", "Why that? (4)"),
        "why5": _text("为什么？（5）", "Why that? (5)"),
        "learned": _text("教训（进案例库）", "Learned (for the case library)", is_long=True),
    },
}
ACTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "what": _text("做什么", "What"),
        "owner": _text("谁负责", "Who"),
        "until": _text("哪天之前（空着为一周后）", "Until, as 2026-12-01 (empty: in a week)"),
    },
}
