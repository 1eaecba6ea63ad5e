"""The tables of the imports panel: a file's first rows, its faults, what was imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt

from studio.insight.imports.model import ImportedFile
from ui.format import day_clock
from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel

FIELDS = ("order", "amount", "at", "sku", "line", "units", "currency", "status", "refund", "source")


def field_name(name: str) -> str:
    """A field in words; one of a special kind by its own name."""
    return t(f"imports.field_{name}") if name in FIELDS else name


class SampleModel(RowsModel):
    """The first rows; a head says which field it was taken for."""

    def __init__(self) -> None:
        super().__init__()
        self._heads: list[str] = []
        self._rows: list[list[str]] = []

    def put(self, heads: Sequence[str], rows: Sequence[list[str]], mapping: Mapping[str, str]
            ) -> None:  # fmt: skip
        """Another file's."""
        fields = {head: field_name(name) for name, head in mapping.items()}
        with self.other_rows():
            self._heads = [f"{head} → {fields[head]}" if head in fields else head for head in heads]
            self._rows = list(rows)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._heads) - 1))

    def rows(self) -> Sequence[Any]:
        """As they stand in the file."""
        return self._rows

    def heads(self) -> list[str]:
        """The file's own."""
        return self._heads or [""]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        cells = self._rows[index.row()]
        return cells[index.column()] if index.column() < len(cells) else ""


class FaultsModel(RowsModel):
    """Rows that are not taken, and why."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[dict[str, Any]] = []

    def put(self, faults: Sequence[dict[str, Any]]) -> None:
        """Another file's."""
        with self.other_rows():
            self.faults = list(faults)

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.faults

    def heads(self) -> list[str]:
        """Row, column, value, why."""
        return [t(f"imports.head_{name}") for name in ("row", "column", "value", "why")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        fault = self.faults[index.row()]
        return (str(fault["row"]), fault["column"], fault["value"], pick(fault["why"]))[
            index.column()
        ]


class FilesModel(RowsModel):
    """What was imported, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.files: tuple[ImportedFile, ...] = ()
        self.names: dict[str, Any] = {}

    def put(self, files: tuple[ImportedFile, ...]) -> None:
        """What there is now."""
        with self.other_rows(are_same=[f.id for f in files] == [f.id for f in self.files]):
            self.files = files

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.files

    def heads(self) -> list[str]:
        """File, kind, rows, new, when."""
        return [t(f"imports.head_{name}") for name in ("file", "kind", "rows", "new", "when")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; a file that was taken back says so."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        file = self.files[index.row()]
        when = day_clock(file.at_utc)
        if file.undone_utc:
            when = t("imports.undone_at", at=day_clock(file.undone_utc))
        kind = pick(self.names.get(file.kind, file.kind))
        return (file.name, kind, str(file.rows), str(file.new), when)[index.column()]
