"""What happened, over all shows: saved questions, and the report of a show."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.insight.model import Answer
from ui.client import Reply
from ui.i18n import pick, t
from ui.panels.base import Panel
from ui.panels.history.actions import ShowActions
from ui.panels.history.answer_model import AnswerModel
from ui.panels.spot import RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.plain import plain
from ui.widgets.rows_table import rows_table

ATS = ("2h", "24h", "48h", "7d")


class HistoryPanel(Panel):
    """A question, of one time on air or of all, answered as a table."""

    id = "history"
    rank = 80
    spots = {"review": Spot(RIGHT, 0)}
    keys = (("Tab", "history.key_next"), ("↑ ↓", "history.key_rows"))

    def build(self) -> None:
        self._questions: dict[str, object] = {}
        self._shows: list[tuple[object, ...]] = []
        self.show_choice, self.question_choice, self.at_choice = (
            QComboBox(),
            QComboBox(),
            QComboBox(),
        )
        self.ask = Button("", "primary", clicked=self._ask)
        self.report = Button("", clicked=self._report)
        self.actions_of = ShowActions(self.desk, self._ask_for, self._chosen)
        self.model = AnswerModel()
        self.table = rows_table(self.model, (150, 120, 100, 100))
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(
            Flow(
                self.show_choice,
                self.question_choice,
                self.ask,
                self.at_choice,
                self.report,
                self.actions_of.effects,
                self.actions_of.put,
            )
        )
        page.addWidget(self.says)
        page.addWidget(self.table, 1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)
        self._is_filled = False

    def retext(self) -> None:
        super().retext()
        self.ask.setText(t("history.ask"))
        self.ask.name(t("history.ask_tip"))
        self.report.setText(t("history.report"))
        self.report.name(t("history.report_tip"))
        self.actions_of.retext()
        for choice, name in (
            (self.show_choice, "history.which_show"),
            (self.question_choice, "history.which_question"),
            (self.at_choice, "history.which_report"),
        ):  # fmt: skip
            choice.setAccessibleName(t(name))
            choice.setToolTip(plain(t(name)))
        self.table.setAccessibleName(self.title())
        self._fill_shows(self._shows)
        self.at_choice.clear()
        for at in ATS:
            self.at_choice.addItem(t(f"history.at_{at}"), at)
        self.at_choice.setCurrentIndex(len(ATS) - 1)
        self._fill_questions()
        if not self.model.answer.columns:
            self.says.setText(t("history.empty"))

    def showEvent(self, event: QShowEvent) -> None:
        """Which questions there are is asked once, before somebody wants to choose one."""
        super().showEvent(event)
        if not self._questions:
            self.desk.client.call("insight.questions", {}, self._list)

    def _fill_shows(self, rows: list[tuple[object, ...]]) -> None:
        self._shows, chosen = rows, self.show_choice.currentData()
        self.show_choice.clear()
        self.show_choice.addItem(t("history.last"), "last")
        self.show_choice.addItem(t("history.all"), "")
        for row in reversed(rows[-50:]):
            self.show_choice.addItem(f"{row[0]} · {row[1]} · {row[2]}", str(row[0]))
        self.show_choice.setCurrentIndex(max(0, self.show_choice.findData(chosen)))

    def _fill_questions(self) -> None:
        chosen = self.question_choice.currentData()
        self.question_choice.clear()
        for id, label in self._questions.items():
            self.question_choice.addItem(pick(label), id)
        at = self.question_choice.findData(chosen)
        self.question_choice.setCurrentIndex(max(0, at))

    def _ask(self) -> None:
        """The first time it asks which questions there are; the window does not wait."""
        self.ask.setEnabled(False)
        if not self._questions:
            self.desk.actions.run("insight.questions", {}, origin=self.ask, done=self._listed)
            return
        args = {"name": self.question_choice.currentData() or "airings",
                "show": self.show_choice.currentData() or ""}  # fmt: skip
        self.says.setText(t("history.asking"))
        self.desk.actions.run("insight.ask", args, origin=self.ask, done=self._answered)

    def _chosen(self) -> str:
        return str(self.show_choice.currentData() or "")

    def _ask_for(self, command: str, args: dict[str, Any], origin: QWidget) -> None:
        self.says.setText(t("history.asking"))
        self.desk.actions.run(command, args, origin=origin, done=self._answered)

    def _listed(self, reply: Reply) -> None:
        self.ask.setEnabled(True)
        self._list(reply)
        if self._questions:
            self._ask()

    def _list(self, reply: Reply) -> None:
        if self._questions:
            return
        found = _result(reply)
        if isinstance(found, dict):
            self._questions = dict(found.get("questions", {}))
            self._fill_questions()
            self.question_choice.setCurrentIndex(self.question_choice.findData("airings"))
            self.show_choice.setCurrentIndex(1)

    def _answered(self, reply: Reply) -> None:
        self.ask.setEnabled(True)
        found = _result(reply)
        if found is None:
            self.says.setText(t("history.no_answer"))
            return
        answer = msgspec.convert(found, Answer)
        self.model.put(answer)
        key = "history.cut" if answer.is_cut else "history.rows"
        self.says.setText(t(key, n=len(answer.rows), name=pick(answer.label)))
        self.head.count.setText(t("history.count", n=len(answer.rows)))
        if answer.question == "airings":
            self._fill_shows([tuple(row) for row in answer.rows])

    def _report(self) -> None:
        self.report.setEnabled(False)
        self.says.setText(t("history.writing"))
        args = {
            "show": self.show_choice.currentData() or "last",
            "at": self.at_choice.currentData(),
        }
        self.desk.actions.run("reports.write", args, origin=self.report, done=self._written)

    def _written(self, reply: Reply) -> None:
        self.report.setEnabled(True)
        found = _result(reply)
        files = found.get("files") if isinstance(found, dict) else None
        if files:
            self.says.setText(t("history.written", file=files[0]))
        else:
            self.says.setText(t("history.no_answer"))


def _result(reply: Reply) -> object:
    """What a command answered; None when it was refused."""
    return reply.result.get("result") if reply.ok and isinstance(reply.result, dict) else None
