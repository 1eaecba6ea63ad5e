"""Plans as text: what is wrong in which line, and what it would do, while one writes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QWidget,
)

from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.hold import HoldButton

WIDE, HIGH = 1080, 700
PAUSE_MS = 500
LINE = Qt.ItemDataRole.UserRole
NEW = """{
 "id": "my_plan",
 "label": {"zh": "我的预案", "en": "My plan"},
 "help": {"zh": "什么时候用，做什么", "en": "When it is used, and what it does"},
 "level": "amber",
 "role": "controller",
 "steps": [
  {"type": "command", "command": "scenes.standby"},
  {"type": "tell", "role": "streamer", "level": "amber",
   "text": {"zh": "请稍等，马上回来", "en": "Hold on, we are coming back"}}
 ],
 "recover": []
}
"""


class PlanEditorCard(Card):
    """Reads a plan, checks what is typed, keeps it in the show; nothing is run.

    Args:
        window: it lies over.
        desk: runs the commands.
    """

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window, WIDE, HIGH)
        self.desk = desk
        self._kept, self._asked = "", 0
        self.which = QComboBox()
        self.where = TextLabel(tone="muted", size=12, elides=True)
        self.text = QPlainTextEdit()
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        font = QFont()
        font.setFamilies(["Noto Sans Mono", "DejaVu Sans Mono", "Menlo", "Consolas", "monospace"])
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(tokens.px(13))
        self.text.setFont(font)
        self.said = QListWidget()
        self.said.setWordWrap(True)
        self.said.itemActivated.connect(self._go_to)
        self.said.itemClicked.connect(self._go_to)
        self.sum = TextLabel(wraps=True)
        self.keep = Button("", "primary", clicked=self._save)
        self.drop = HoldButton("", "attention", held=self._discard)
        head = row(self.which, gap=8)
        head.addWidget(self.where, 1)
        self.body.addLayout(head)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.text)
        sides.addWidget(self.said)
        sides.setSizes([640, 400])
        self.body.addWidget(sides, 1)
        self.body.addWidget(self.sum)
        self.body.addLayout(row(self.drop, 1, self.keep, gap=8))
        self.which.activated.connect(self._read)
        self.text.textChanged.connect(self._typed)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._try)

    def open_plans(self, plan: str = "") -> None:
        """Shows it, with this plan or the first one."""
        self.keep.setText(t("plan_editor.save"))
        self.drop.setText(t("plan_editor.discard"))
        self.drop.name(t("plan_editor.discard"), t("plan_editor.discard_tip"))
        self.which.setAccessibleName(t("plan_editor.which"))
        self.text.setAccessibleName(t("plan_editor.text"))
        self.said.setAccessibleName(t("plan_editor.said"))
        self._fill(plan)
        self.open_card(t("plan_editor.title"))
        self._read()

    def _fill(self, plan: str) -> None:
        self.which.clear()
        seen = set()
        for found in self.desk.store.plans.plans:
            if found.id not in seen:
                seen.add(found.id)
                self.which.addItem(f"{pick(found.label) or found.id}  ({found.id})", found.id)
        self.which.addItem(t("plan_editor.new"), "")
        self.which.setCurrentIndex(max(0, self.which.findData(plan)) if plan else 0)

    # -- reading and trying --------------------------------------------------------------------

    def _read(self) -> None:
        plan = self.which.currentData()
        if not plan:
            self._take(NEW, t("plan_editor.new_where"), is_own=False)
            return
        self.desk.actions.run(
            "plans.source", {"plan": plan}, origin=self, is_quiet=True, done=self._came
        )

    def _came(self, reply: Reply) -> None:
        found = _result(reply)
        if found:
            where = t("plan_editor.own") if found.get("own") else t("plan_editor.shipped")
            self._take(str(found["text"]), where, is_own=bool(found.get("own")))

    def _take(self, text: str, where: str, *, is_own: bool) -> None:
        self._kept = text
        self.where.setText(where)
        self.drop.setVisible(is_own)
        self.text.setPlainText(text)

    def _typed(self) -> None:
        self.keep.setEnabled(False)
        self._pause.start()

    def _try(self) -> None:
        text = self.text.toPlainText()
        if len(text.strip()) < 2:
            return
        self._asked += 1
        number = self._asked
        self.desk.actions.run(
            "plans.try_text", {"text": text, "subject": t("plan_editor.subject")}, origin=self,
            is_quiet=True, done=lambda reply: self._tried(number, reply),
        )  # fmt: skip

    def _tried(self, number: int, reply: Reply) -> None:
        found = _result(reply)
        if number != self._asked or found is None:
            return
        self.said.clear()
        faults: list[Any] = found.get("faults") or []
        for fault in faults:
            words = t("plan_editor.line", n=fault["line"], why=pick(tuple(fault["text"])))
            item = QListWidgetItem(words)
            item.setData(LINE, int(fault["line"]))
            self.said.addItem(item)
        phase = ""
        for step in found.get("steps") or []:
            if step["phase"] != phase:
                phase = step["phase"]
                head = QListWidgetItem(t(f"plan_editor.phase_{phase}"))
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.said.addItem(head)
            whom = f"{t('plans.role.' + step['role'])} · " if step.get("role") else ""
            self.said.addItem(QListWidgetItem(f"· {whom}{pick(tuple(step['text']))}"))
        plan, highest = found.get("plan") or "", found.get("highest") or ""
        if not plan:
            words = t("plan_editor.no_plan")
        elif faults:
            words = t("plan_editor.n_faults", n=len(faults))
        else:
            words = t("plan_editor.sound", role=t(f"plans.role.{highest}"))
        self.sum.setText(words)
        self.sum.set_tone("attention" if faults or not plan else "")
        self.keep.setEnabled(bool(plan) and self.text.toPlainText() != self._kept)

    def _go_to(self, item: QListWidgetItem) -> None:
        """To the line that a fault is in."""
        number = item.data(LINE)
        if number:
            block = self.text.document().findBlockByNumber(int(number) - 1)
            cursor = QTextCursor(block)
            cursor.select(QTextCursor.SelectionType.LineUnderCursor)
            self.text.setTextCursor(cursor)
            self.text.setFocus()

    # -- keeping -------------------------------------------------------------------------------

    def _save(self) -> None:
        args = {"text": self.text.toPlainText()}
        self.desk.actions.run("plans.save", args, origin=self.keep, done=self._saved)

    def _saved(self, reply: Reply) -> None:
        found = _result(reply)
        if found:
            self._fill(str(found["plan"]))
            self._take(self.text.toPlainText(), t("plan_editor.own_accept"), is_own=True)

    def _discard(self) -> None:
        plan = self.which.currentData()
        self.desk.actions.run(
            "plans.discard", {"plan": plan}, origin=self.drop, done=self._discarded
        )

    def _discarded(self, reply: Reply) -> None:
        if reply.ok:
            self._fill(str(self.which.currentData() or ""))
            self._read()


def _result(reply: Reply) -> dict[str, Any] | None:
    found = reply.answer
    return found if reply.ok and isinstance(found, dict) else None
