"""The command post: what viewers see, who does what, who has read what, words that are ready."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLayout, QLineEdit, QVBoxLayout, QWidget

from studio.plans.post.model import PostMessage, PostTask, PostView, Statement
from ui.desk import Desk
from ui.format import clock
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, column, row

MOST_MESSAGES, MOST_DONE = 20, 5


class TaskRow(QFrame):
    """A task: accept it, or say that it is done."""

    def __init__(self, desk: Desk, task: PostTask) -> None:
        super().__init__()
        self._desk, self._task = desk, task
        words = t("post.task_free", role=t(f"plans.role.{task.role}"))
        if task.by:
            key = "post.task_done" if task.done_utc else "post.task_taken"
            words = t(key, who=task.by, at=clock(task.done_utc or task.accepted_utc))
        name = "done" if task.by else "accept"
        self.button = Button(t(f"post.{name}"), "" if task.by else "primary", clicked=self._press)
        self.button.setAccessibleName(f"{self.button.text()}: {pick(task.text)}")
        self.button.setVisible(not task.done_utc)
        texts = column(gap=1)
        texts.addWidget(TextLabel(pick(task.text), weight=600, wraps=True))
        texts.addWidget(TextLabel(words, size=12, tone="muted", elides=True))
        layout = row(gap=8)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button)
        self.setLayout(layout)

    def _press(self) -> None:
        command = "post.done" if self._task.by else "post.accept"
        self._desk.actions.run(command, {"task": self._task.id}, origin=self.button)


class MessageRow(QFrame):
    """A message, who has read it, and a button for who has."""

    def __init__(self, desk: Desk, message: PostMessage) -> None:
        super().__init__()
        self._desk, self._message = desk, message
        readers = ", ".join(read.who for read in message.read)
        head = f"{clock(message.at_utc)}  {message.who}: {message.text}"
        self.button = Button(t("post.acknowledge"), clicked=self._press)
        self.button.setAccessibleName(f"{self.button.text()}: {message.text}")
        texts = column(gap=1)
        texts.addWidget(TextLabel(head, size=12, wraps=True))
        said = TextLabel(t("post.read_by", who=readers), size=11, tone="muted", elides=True)
        said.setVisible(bool(readers))
        texts.addWidget(said)
        layout = row(gap=8)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button)
        self.setLayout(layout)

    def _press(self) -> None:
        args = {"message": self._message.id}
        self._desk.actions.run("post.acknowledge", args, origin=self.button)


class StatementRow(QFrame):
    """Words for viewers, to be copied."""

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self._statement = statement
        self.button = Button(t("post.copy"), clicked=self._copy)
        self.button.setAccessibleName(f"{self.button.text()}: {pick(statement.label)}")
        texts = column(gap=1)
        texts.addWidget(TextLabel(pick(statement.label), size=12, weight=600))
        texts.addWidget(TextLabel(pick(statement.text), size=12, tone="muted", wraps=True))
        layout = row(gap=8)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button)
        self.setLayout(layout)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(pick(self._statement.text))


class PostPanel(Panel):
    """Closed it has the statements and a button to open it."""

    id = "post"
    rank = 31
    spots = {"controller": Spot(BOTTOM, 2), "technician": Spot(BOTTOM, 0)}
    keys = (("Tab", "post.key_next"), ("Enter", "post.key_send"))

    def build(self) -> None:
        self._shown: PostView | None = None
        self.toggle = self.tool(Button("", clicked=self._toggle))
        self.since = TextLabel(size=12, tone="muted", wraps=True)
        self.words = QLineEdit()
        self.words.setMaxLength(500)
        self.words.returnPressed.connect(self._say)
        self.send = Button("", "primary", clicked=self._say)
        self._line = QWidget()
        self._line.setLayout(row(self.words, self.send, gap=6))
        self._parts: dict[str, QVBoxLayout] = {}
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (12, 8, 10, 8)))
        page.setSpacing(tokens.px(8))
        page.addWidget(self.since)
        for name in ("seen", "tasks", "messages", "statements"):
            self._parts[name] = part = QVBoxLayout()
            part.setSpacing(tokens.px(6))
            page.addLayout(part)
            if name == "messages":
                page.addWidget(self._line)
        page.addStretch(1)
        inside.setLayout(page)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._changed)
        listen(self, self.desk.store.loaded, self._show)

    def retext(self) -> None:
        super().retext()
        self.words.setPlaceholderText(t("post.say"))
        self.words.setAccessibleName(t("post.say"))
        self.send.setText(t("post.send"))
        self.send.name(t("post.send"))
        self._shown = None
        self._show()

    def _changed(self, part: str) -> None:
        if part == "post":
            self._show()

    def _show(self) -> None:
        view = self.desk.store.post
        if view == self._shown:
            return
        self._shown = view
        key = "close" if view.is_open else "open"
        self.toggle.setText(t(f"post.{key}"))
        self.toggle.name(t(f"post.{key}"), t(f"post.{key}_tip"))
        since = t("post.since", at=clock(view.since_utc)) if view.is_open else t("post.closed")
        self.since.setText(since)
        self._line.setVisible(view.is_open)
        self._fill("seen", [
            TextLabel(f"{seen.output} — {pick(seen.text)}", size=12,
                      tone="" if seen.is_programme else "attention", elides=True)
            for seen in view.seen
        ])  # fmt: skip
        left = [task for task in view.tasks if not task.done_utc]
        over = [task for task in view.tasks if task.done_utc][-MOST_DONE:]
        self._fill("tasks", [TaskRow(self.desk, task) for task in (*left, *over)])
        last = view.messages[-MOST_MESSAGES:][::-1]
        self._fill("messages", [MessageRow(self.desk, message) for message in last])
        self._fill("statements", [StatementRow(statement) for statement in view.statements])
        free = sum(not task.by for task in left)
        self.head.show_badge(t("post.free", n=free) if free else "")

    def _fill(self, name: str, widgets: list[QWidget]) -> None:
        layout: QLayout = self._parts[name]
        clear(layout)
        if widgets:
            layout.addWidget(TextLabel(t(f"post.{name}"), size=12, weight=600, tone="muted"))
        for widget in widgets:
            layout.addWidget(widget)

    def _toggle(self) -> None:
        command = "post.close" if self.desk.store.post.is_open else "post.open"
        self.desk.actions.run(command, {}, origin=self.toggle)

    def _say(self) -> None:
        text = self.words.text().strip()
        if text:
            self.words.clear()
            self.desk.actions.run("post.say", {"text": text}, origin=self.send)
