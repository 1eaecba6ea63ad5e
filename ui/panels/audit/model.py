"""The entries of the audit log as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.governance.model import AuditEntry
from ui.format import day_clock
from ui.i18n import t
from ui.models.rows import Index, RowsModel
from ui.theme import tokens


class AuditModel(RowsModel):
    """The newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[AuditEntry] = []

    def put(self, entries: Sequence[AuditEntry]) -> None:
        """Other entries."""
        with self.other_rows():
            self.entries = list(entries)

    def rows(self) -> Sequence[Any]:
        """The entries."""
        return self.entries

    def heads(self) -> list[str]:
        """Time, what, who, outcome, with what."""
        return [t(f"audit.{name}") for name in ("at", "what", "who", "done", "args")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; a refusal stands out."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            done = t("audit.ok") if entry.is_done else t("audit.refused")
            words = f"{done} · {entry.why}" if entry.why else done
            cells = (day_clock(entry.at_utc), entry.what, entry.who, words, entry.args)
            return cells[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and not entry.is_done:
            return QColor(tokens.ATTENTION)
        return None
