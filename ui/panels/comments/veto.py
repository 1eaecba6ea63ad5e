"""A comment that is about to go on the picture, how long still, and the button that stops it."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from studio.comments.model import VetoView
from ui.desk import Desk
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.comment_words import drawable, person_words

TICK_MS = 200


class VetoBar(QFrame):
    """Hidden while nothing waits."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("waiting")
        self.setStyleSheet(f"#waiting {{ background: {tokens.NEXT_SOFT}; }}")
        self._desk = desk
        self._shown: VetoView | None = None
        self._until = 0.0
        self.words = TextLabel(size=12, elides=True)
        self.stop = Button("", "attention", clicked=self._veto)
        line = row(gap=8, margins=(12, 5, 8, 5))
        line.addWidget(self.words, 1)
        line.addWidget(self.stop)
        self.setLayout(line)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._count)
        self.hide()

    def show_waiting(self, waiting: VetoView | None) -> None:
        """What waits now; the time counts from when it was told."""
        self._shown = waiting
        self.setVisible(waiting is not None)
        if waiting is None:
            self._timer.stop()
            return
        self._until = time.monotonic() + waiting.left_s
        self.stop.setText(t("comments.veto"))
        self.stop.name(t("comments.veto_of", text=drawable(waiting.entry.text)))
        self._timer.start(TICK_MS)
        self._count()

    def _count(self) -> None:
        waiting = self._shown
        if waiting is None:
            return
        left = max(0, math.ceil(self._until - time.monotonic()))
        words = t(
            "comments.waits", n=left, author=waiting.entry.author,
            text=drawable(waiting.entry.text), who=person_words(waiting.by),
        )  # fmt: skip
        self.words.setText(words)

    def _veto(self) -> None:
        if self._shown is not None:
            args = {"id": self._shown.entry.id}
            self._desk.actions.run("comments.veto", args, origin=self.stop)
