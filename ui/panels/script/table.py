"""The lines of a script as a table: ★, sentence, what it rests on, seconds, state."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor

from studio.host.script.model import LineView, ProductScriptView
from ui.i18n import t
from ui.models.rows import Index, RowsModel
from ui.theme import tokens
from ui.widgets.plain import plain

STAR, TEXT, FACTS, SECONDS, STATE = range(5)
HEADS = ("star", "text", "facts", "seconds", "state")


class ScriptModel(RowsModel):
    """One line a row.

    Signals:
        worded: (line id, text) by the person.
    """

    worded = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.script: ProductScriptView | None = None

    @property
    def lines(self) -> tuple[LineView, ...]:
        """Those that are shown."""
        return self.script.lines if self.script else ()

    def show_script(self, script: ProductScriptView | None) -> None:
        """Takes what is known now."""
        was = [view.line.id for view in self.lines]
        now = [view.line.id for view in script.lines] if script else []
        with self.other_rows(are_same=was == now):
            self.script = script

    def rows(self) -> tuple[LineView, ...]:
        """The lines."""
        return self.lines

    def heads(self) -> list[str]:
        """★, sentence, facts, seconds, state."""
        return [t(f"script.head_{head}") for head in HEADS]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Sentences of an accepted script can be typed."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        is_open = self.script is not None and not self.script.is_draft
        return usual | Qt.ItemFlag.ItemIsEditable if is_open and index.column() == TEXT else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text; amber for gaps and stale lines."""
        if not 0 <= index.row() < len(self.lines):
            return None
        view = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return _text(view, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = tokens.TEXT if view.state == "ready" else tokens.ATTENTION
            return QColor(tokens.MUTED if index.column() == FACTS else tone)
        if role == Qt.ItemDataRole.FontRole and view.line.star:
            return tokens.font(13, 600)
        if role == Qt.ItemDataRole.ToolTipRole:
            facts = [f"{use.name}: {use.value} ({use.source})" for use in view.line.facts]
            words = [view.line.text, view.changed, *facts]
            return plain("\n".join(word for word in words if word))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What was typed is asked for; the engine may refuse it."""
        is_line = role == Qt.ItemDataRole.EditRole and 0 <= index.row() < len(self.lines)
        if not is_line:
            return False
        self.worded.emit(self.lines[index.row()].line.id, str(value))
        return True


def _text(view: LineView, column: int) -> str:
    line = view.line
    if column == STAR:
        return t(f"script.star_{line.star}") if line.star else ""
    if column == TEXT:
        return line.text
    if column == FACTS:
        return ", ".join(use.name for use in line.facts) or "–"
    if column == SECONDS:
        return f"{view.seconds:.0f}"
    words = t(f"script.state_{view.state}")
    return f"{words}  {view.changed}" if view.changed else words
