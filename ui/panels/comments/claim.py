"""Tells other moderators which held comment is looked at from this desk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ui.client import Reply
from ui.desk import Desk
from ui.panels.comments.list_view import CommentList

SETTLE_MS = 400
"""Rows that are passed by on the way are not claimed."""
AGAIN_MS = 8000
"""A claim ends after twenty seconds; while the row stays chosen it is made again."""


class RowClaim(QObject):
    """Claims the chosen row of the held ones, as long as it stays chosen.

    Args:
        rows: where a person chooses.
        is_deciding: whether the rows that are shown wait for a decision.
    """

    def __init__(self, desk: Desk, rows: CommentList, is_deciding: Callable[[], bool]) -> None:
        super().__init__(rows)
        self._desk, self._rows, self._is_deciding = desk, rows, is_deciding
        self._claimed = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._claim)
        rows.selectionModel().currentChanged.connect(self._chosen)

    def _chosen(self) -> None:
        entry = self._rows.chosen()
        if entry is None or entry.id != self._claimed:
            self._timer.start(SETTLE_MS)

    def _claim(self) -> None:
        entry = self._rows.chosen()
        is_wanted = entry is not None and entry.state == "held" and self._is_deciding()
        if not is_wanted or entry is None or not self._rows.isVisible():
            if self._claimed:
                self._run(self._claimed, is_on=False)
            self._claimed = ""
            return
        self._claimed = entry.id
        self._run(entry.id, is_on=True)
        self._timer.start(AGAIN_MS)

    def _run(self, id: str, *, is_on: bool) -> None:
        # Straight to the engine: a claim is no step that somebody takes back, and one of a
        # comment that is gone meanwhile is no fault to tell of.
        self._desk.client.call("comments.claim", {"id": id, "on": is_on}, self._told)

    def _told(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self._rows.set_me(str(reply.answer.get("me", "")))
