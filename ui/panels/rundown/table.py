"""The rundown as a table: when, what, how long; titles and lengths are edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor

from studio.host.packs.model import TextFinding
from studio.host.rundown.model import ItemView, RundownView
from ui.format import clock, ms_short
from ui.i18n import t
from ui.models.alarms import alarm_words
from ui.models.rows import Index, RowsModel
from ui.theme import tokens
from ui.widgets.plain import plain

AT, TITLE, LENGTH, EXPECTED, STATE = range(5)
HEADS = ("at", "item", "length", "expected", "state")


def typed_length(text: str) -> int | None:
    """Seconds of "10:00", "1:05:00" or "10" (minutes); None when it is none."""
    parts = text.strip().replace("：", ":").split(":")
    if not all(part.isascii() and part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        return None
    if len(parts) == 1:
        return int(parts[0]) * 60
    found = 0
    for part in parts:
        found = found * 60 + int(part)
    return found


class RundownModel(RowsModel):
    """The items of a rundown.

    Signals:
        retitled, resized: (item id, text as typed) by the person.
    """

    retitled = Signal(str, str)
    resized = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.view = RundownView()
        self._alarms: dict[str, str] = {}

    def show_alarms(self, findings: Iterable[TextFinding]) -> None:
        """Words of titles and notes that must not be said."""
        places = {
            f"rundown.phases[{number}].items[{index}]": view.item.id
            for number, phase in enumerate(self.view.phases)
            for index, view in enumerate(v for v in self.view.items if v.phase == phase.id)
        }
        found: dict[str, list[TextFinding]] = {}
        for finding in findings:
            item = places.get(finding.place.rpartition(".")[0])
            if item is not None:
                found.setdefault(item, []).append(finding)
        self._alarms = {item: alarm_words(several) for item, several in found.items()}
        if self.view.items:
            self.dataChanged.emit(self.index(0, TITLE), self.index(len(self.view.items) - 1, TITLE))

    def show_rundown(self, view: RundownView) -> None:
        """Takes what is known now; rows stay where their items stay."""
        was = [item.item.id for item in self.view.items]
        with self.other_rows(are_same=was == [item.item.id for item in view.items]):
            self.view = view

    def item(self, row: int) -> ItemView | None:
        """The item of a row."""
        return self.view.items[row] if 0 <= row < len(self.view.items) else None

    def rows(self) -> Sequence[ItemView]:
        """The items."""
        return self.view.items

    def heads(self) -> list[str]:
        """When, what, how long, expected, state."""
        return [t(f"rundown.head_{head}") for head in HEADS]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Titles and lengths can be typed."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() in (TITLE, LENGTH) else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, and the colour of what is on."""
        item = self.item(index.row())
        if item is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(item, index.column(), is_edit=role == Qt.ItemDataRole.EditRole)
        if role == Qt.ItemDataRole.FontRole and item.state == "now":
            return tokens.font(13, 600)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(_tone(item, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            words = (self._alarms.get(item.item.id, ""), item.item.note)
            return plain("\n".join(word for word in words if word))
        return None

    def _text(self, item: ItemView, column: int, *, is_edit: bool) -> str:
        if column == AT:
            return clock(item.began_utc or item.planned_utc) or "–"
        if column == TITLE:
            title = item.item.title or item.item.id
            mark = "▲ " if self._alarms.get(item.item.id) else ""
            kind = t(f"rundown.kind_{item.item.kind}")
            return title if is_edit else f"{mark}{kind}  {title}"
        if column == LENGTH:
            return ms_short(item.item.seconds)
        if column == EXPECTED:
            return clock(item.ended_utc or item.expected_end_utc) or "–"
        words = t(f"rundown.state_{item.state}")
        if item.over_s and item.state in ("now", "done"):
            sign = "+" if item.over_s > 0 else "−"
            words += f"  {sign}{ms_short(abs(item.over_s))}"
        return words

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What was typed is asked for; the engine's answer shows it."""
        item = self.item(index.row())
        if item is None or role != Qt.ItemDataRole.EditRole:
            return False
        signal = self.retitled if index.column() == TITLE else self.resized
        signal.emit(item.item.id, str(value))
        return True


def _tone(item: ItemView, column: int) -> str:
    if item.state == "now" and item.over_s > 0 and column >= LENGTH:
        return tokens.ATTENTION
    if item.state in ("done", "skipped"):
        return tokens.FAINT
    return tokens.NEXT_TEXT if item.state == "next" and column == STATE else tokens.TEXT
