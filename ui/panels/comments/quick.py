"""Quick answers in the menu of a comment: sent with one click, made and removed there too."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from studio.comments.model import EntryView, QuickAnswer
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.widgets.pop_form import PopForm

LONGEST = 48


class QuickMenu(QMenu):
    """The answers of the show, each with its words as they would be sent now.

    Args:
        entry: the comment that is answered.
        at: the widget forms and errors belong to.
    """

    def __init__(self, desk: Desk, entry: EntryView, menu: QMenu, at: QWidget) -> None:
        super().__init__(t("comments.quick"), menu)
        self._desk, self._entry, self._at = desk, entry, at
        answers = desk.store.comments.answers
        for answer in answers:
            self._add(answer)
        if answers:
            self.addSeparator()
        self.addAction(t("comments.quick_new")).triggered.connect(self._new)
        if answers:
            remove = self.addMenu(t("comments.quick_remove"))
            for answer in answers:
                remove.addAction(_plain(answer.name)).triggered.connect(
                    partial(self._run, "comments.quick_remove", {"name": answer.name})
                )

    def _add(self, answer: QuickAnswer) -> None:
        action = self.addAction(_line(answer.name, answer.text))
        args: dict[str, object] = {"id": self._entry.id, "name": answer.name}
        action.triggered.connect(partial(self._run, "comments.quick_reply", args))

        def tried(reply: Reply) -> None:
            """What would be sent; what cannot be filled in cannot be chosen, and says why."""
            if reply.ok and isinstance(reply.answer, dict):
                action.setText(_line(answer.name, str(reply.answer.get("text", ""))))
                return
            action.setEnabled(False)
            action.setText(_line(answer.name, pick(reply.text)))

        if "{" in answer.text:
            # Asked without a word in the status bar: a fault is told in the line itself.
            self._desk.client.call("comments.quick_try", {"name": answer.name}, tried, self)

    def _new(self) -> None:
        words = t("comments.quick_text", a="{price}", b="{stock}")
        texts = {"name": (t("comments.quick_name"),) * 2, "text": (words, words)}
        schema: dict[str, Any] = {"type": "object", "properties": {
            name: {"type": "string", "default": "", "x-zh": zh, "x-en": en}
            for name, (zh, en) in texts.items()
        }}  # fmt: skip
        PopForm(self._at, t("comments.quick_new"), schema, {}, self._keep).open()

    def _keep(self, given: dict[str, Any]) -> None:
        name, text = (str(given.get(part, "")).strip() for part in ("name", "text"))
        if name and text:
            self._run("comments.quick_put", {"name": name, "text": text})

    def _run(self, command: str, args: dict[str, object], _: bool = False) -> None:
        self._desk.actions.run(command, args, origin=self._at)


def _line(name: str, text: str) -> str:
    words = f"{name}：{text}"
    return _plain(words if len(words) <= LONGEST else words[: LONGEST - 1] + "…")


def _plain(words: str) -> str:
    """No sign of it is taken as a shortcut."""
    return words.replace("&", "&&")
