"""Incidents and their lines as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from studio.plans.incidents.model import IncidentRow, TimelineLine
from studio.plans.model import WHOLE
from ui.format import clock, day_clock, seconds
from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel


class IncidentsModel(RowsModel):
    """One incident a row, the latest first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[IncidentRow, ...] = ()

    def put(self, rows: tuple[IncidentRow, ...]) -> None:
        """Other ones; the same in the same order keep the selection."""
        are_same = [row.id for row in rows] == [row.id for row in self.found]
        with self.other_rows(are_same=are_same):
            self.found = rows

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.found

    def heads(self) -> list[str]:
        """Four columns."""
        return [t(f"incidents.head_{name}") for name in ("began", "state", "took", "what")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        row = self.found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return None  # a cause may hold what looks like marks; the detail shows it plain
        return None

    @staticmethod
    def _texts(row: IncidentRow) -> tuple[str, str, str, str]:
        marks = [
            t(f"incidents.mark_{name}")
            for name, is_so in (
                ("secret", row.is_confidential), ("drill", row.is_drill),
                ("closed", row.is_closed), ("case", row.is_case),
            )
            if is_so
        ]  # fmt: skip
        if row.open_actions:
            marks.append(t("incidents.mark_actions", n=row.open_actions))
        name = pick(row.label) or row.plan
        if row.subject and row.subject not in WHOLE:
            name = f"{name} · {row.subject}"
        took = "—" if row.over_ms is None else seconds(row.over_ms)
        return (
            day_clock(row.began_utc), t(f"incident_state.{row.state}"), took,
            " · ".join([name, *marks]),
        )  # fmt: skip


class TimelineModel(RowsModel):
    """The lines of one incident."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[TimelineLine, ...] = ()

    def put(self, lines: tuple[TimelineLine, ...]) -> None:
        """Another incident's."""
        with self.other_rows():
            self.lines = lines

    def rows(self) -> Sequence[Any]:
        """In the order of the clock."""
        return self.lines

    def heads(self) -> list[str]:
        """Four columns."""
        return [t(f"incidents.head_{name}") for name in ("local", "after", "who", "what")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; what failed is marked."""
        line = self.lines[index.row()]
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        mark = "✗ " if line.ok is False else ""
        return (
            clock(line.at_utc), f"{line.at_ms / 1000:+.1f} s", line.who, mark + pick(line.text),
        )[index.column()]  # fmt: skip
