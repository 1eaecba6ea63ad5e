"""Imports: a file is looked at, asked about, taken, and can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from studio.insight.imports.model import ImportedFile
from ui.client import Reply
from ui.i18n import pick, t
from ui.panels.base import Panel
from ui.panels.imports.models import FaultsModel, FilesModel, SampleModel, field_name
from ui.panels.spot import RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.rows_table import rows_table

FILTER = "*.csv *.tsv *.txt *.xlsx *.xlsm *.xls *.ods *.json"


class ImportsPanel(Panel):
    """Nothing is kept before "Accept"."""

    id = "imports"
    rank = 85
    spots = {"review": Spot(RIGHT, 1)}
    keys = (("Tab", "imports.key_next"), ("↑ ↓", "imports.key_rows"))

    def build(self) -> None:
        self.setAcceptDrops(True)
        self._path, self._id = "", ""
        self._found: dict[str, Any] = {}
        self._mapping: dict[str, str] = {}
        self.choose = Button("", "primary", clicked=self._choose)
        self.back = Button("", clicked=self._take_back)
        self.says = TextLabel(size=12, wraps=True)
        self.asks = TextLabel(size=12, tone="attention", wraps=True)
        self.kind = QComboBox()
        self.kind.activated.connect(self._other_kind)
        self.field, self.column = QComboBox(), QComboBox()
        self.year, self.currency, self.zone = QLineEdit(), QLineEdit(), QLineEdit()
        for edit, wide in ((self.year, 70), (self.currency, 70), (self.zone, 130)):
            edit.setFixedWidth(tokens.px(wide))
            edit.returnPressed.connect(self._again)
        for box in (self.kind, self.field, self.column):
            box.setMinimumWidth(tokens.px(110))
        self.again = Button("", clicked=self._again)
        self.accept = Button("", "primary", clicked=self._accept)
        self.assign = Button("", clicked=self._assign)
        self.sample, self.faults, self.files = SampleModel(), FaultsModel(), FilesModel()
        self.sample_table = rows_table(self.sample, (130, 130, 130, 130, 130))
        self.faults_table = rows_table(self.faults, (60, 120, 130))
        self.files_table = rows_table(self.files, (180, 120, 60, 60))
        for table, high in ((self.sample_table, 130), (self.faults_table, 110)):
            table.setMinimumHeight(tokens.px(high))
        self.files_table.setMinimumHeight(tokens.px(120))
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.choose, self.back))
        page.addWidget(self.says)
        page.addWidget(self.asks)
        self._open = QWidget()
        opened = QVBoxLayout()
        opened.setContentsMargins(0, 0, 0, 0)
        opened.addLayout(Flow(self.kind, self.year, self.currency, self.zone, self.again))
        opened.addLayout(Flow(self.field, self.column, self.assign, self.accept))
        opened.addWidget(self.sample_table)
        opened.addWidget(self.faults_table)
        self._open.setLayout(opened)
        page.addWidget(self._open)
        page.addWidget(self.files_table, 1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)

    def retext(self) -> None:
        super().retext()
        for button, name in ((self.choose, "choose"), (self.back, "back"), (self.again, "again"),
                             (self.assign, "assign"), (self.accept, "accept")):  # fmt: skip
            button.setText(t(f"imports.{name}"))
            button.name(t(f"imports.{name}"), t(f"imports.{name}_tip"))
        for edit, name in ((self.year, "year"), (self.currency, "currency"), (self.zone, "zone")):
            edit.setPlaceholderText(t(f"imports.{name}"))
            edit.setAccessibleName(t(f"imports.{name}"))
        for part, name in ((self.kind, "kind"), (self.field, "field"), (self.column, "column"),
                           (self.sample_table, "sample"), (self.faults_table, "faults"),
                           (self.files_table, "files")):  # fmt: skip
            part.setAccessibleName(t(f"imports.{name}_name"))
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks what there is."""
        super().showEvent(event)
        self._list()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Reads the first file."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.read(files[0])

    # -- a file --------------------------------------------------------------------------------

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), t("imports.choose"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{t('imports.files_name')} ({FILTER})")
        dialog.setModal(False)
        dialog.fileSelected.connect(self.read)
        dialog.show()

    def read(self, path: str) -> None:
        """Looks at another file."""
        self._path, self._mapping, self._found = path, {}, {}
        for edit in (self.year, self.currency, self.zone):
            edit.clear()
        self._ask("")

    def _ask(self, kind: str) -> None:
        args: dict[str, Any] = {"path": self._path, "kind": kind, "mapping": self._mapping}
        args |= {"currency": self.currency.text().strip(), "zone": self.zone.text().strip()}
        if self.year.text().strip().isdecimal():
            args["year"] = int(self.year.text().strip())
        self._id = ""
        self.says.setText(t("imports.reading", file=Path(self._path).name))
        self.accept.setEnabled(False)
        run = self.desk.actions.run
        run("imports.read", args, origin=self.choose, done=self._answered, is_quiet=True)

    def _answered(self, reply: Reply) -> None:
        found = reply.answer
        if not reply.ok or not isinstance(found, dict):
            self.says.setText("")
            self.asks.setText(pick(reply.text))
            self.asks.setVisible(True)
            return
        self._found, self._id = found, str(found.get("id", ""))
        self._show()

    def _other_kind(self) -> None:
        self._mapping = {}
        self._ask(str(self.kind.currentData() or ""))

    def _again(self) -> None:
        # What was asked for once stays asked for: a kind that was found is not one that was said.
        said = self._found.get("kind", "") if self._mapping or self.kind.currentIndex() else ""
        self._ask(str(said))

    def _assign(self) -> None:
        name, head = str(self.field.currentData() or ""), self.column.currentText()
        if not name or not head:
            return
        self._mapping = {**self._mapping, name: head}
        self._ask(str(self._found.get("kind", "")))

    def _accept(self) -> None:
        self.accept.setEnabled(False)
        run = self.desk.actions.run
        run("imports.accept", {"id": self._id}, origin=self.accept, done=self._accepted)

    def _accepted(self, reply: Reply) -> None:
        found = reply.answer
        if not reply.ok or not isinstance(found, dict):
            self.accept.setEnabled(True)
            return
        words = t("imports.accepted", file=Path(self._path).name, **_counts(found))
        self._path, self._id, self._found, self._mapping = "", "", {}, {}
        self._show()
        self.says.setText(words)
        self._list()

    # -- what was imported ---------------------------------------------------------------------

    def _list(self) -> None:
        if self.desk.store.is_loaded:
            run = self.desk.actions.run
            run("imports.list", {}, origin=self.files_table, done=self._listed, is_quiet=True)

    def _listed(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            files = reply.answer.get("files", [])
            self.files.put(msgspec.convert(files, tuple[ImportedFile, ...]))
            self.back.setEnabled(any(not file.undone_utc for file in self.files.files))
            count = len(self.files.files)
            self.head.count.setText(t("imports.count", n=count) if count else "")

    def _take_back(self) -> None:
        row = self.files_table.currentIndex().row()
        if not 0 <= row < len(self.files.files):
            row = next((at for at, f in enumerate(self.files.files) if not f.undone_utc), -1)
        if row >= 0:
            args = {"file": self.files.files[row].id}
            self.desk.actions.run("imports.undo", args, origin=self.back, done=self._taken_back)

    def _taken_back(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self.says.setText(t("imports.taken_back", **reply.answer))
        self._list()

    # -- showing -------------------------------------------------------------------------------

    def _show(self) -> None:
        found = self._found
        self._open.setVisible(bool(found))
        self.asks.setVisible(False)
        if not found:
            self.says.setText(t("imports.empty"))
            self.sample.put((), (), {})
            return
        self.files.names |= {kind["kind"]: kind["name"] for kind in found["kinds"]}
        asked = list(found.get("asked") or [])
        self.says.setText(_understood(found, Path(self._path).name))
        words = [t(f"imports.ask_{what}") for what in asked if what in ("kind", "mapping")]
        if found.get("missing"):
            names = ", ".join(field_name(name) for name in found["missing"])
            words = [t("imports.ask_columns", fields=names)]
        words += [pick(pair) for pair in found.get("questions") or []]
        self.asks.setText("\n".join(words))
        self.asks.setVisible(bool(words))
        self._fill_kinds(found)
        self._fill(self.field, [(field_name(name), name) for name in found.get("fields") or []],
                   next(iter(found.get("missing") or []), ""))  # fmt: skip
        self._fill(self.column, [(head, head) for head in found.get("heads") or []])
        for part in (self.field, self.column, self.assign):
            part.setVisible(bool(found.get("fields")))
        self.sample.put(found.get("heads") or [], found.get("sample") or [],
                        found.get("mapping") or {})  # fmt: skip
        self.faults.put(found.get("errors") or [])
        self.faults_table.setVisible(bool(found.get("errors")))
        self.accept.setEnabled(bool(self._id) and not asked)

    def _fill_kinds(self, found: dict[str, Any]) -> None:
        kinds = [(pick(kind["name"]), kind["kind"]) for kind in found["kinds"]]
        self._fill(self.kind, [(t("imports.any_kind"), ""), *kinds], str(found.get("kind", "")))

    @staticmethod
    def _fill(box: QComboBox, choices: list[tuple[str, str]], now: str = "") -> None:
        kept = now or str(box.currentData() or "")
        box.clear()
        for words, value in choices:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(kept)))


def _counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: int(found.get(name, 0)) for name in ("rows", "new", "same", "changed", "older")}


def _understood(found: dict[str, Any], file: str) -> str:
    if not found.get("kind"):
        return t("imports.unknown", file=file, row=found.get("head_row", 1))
    sums = ", ".join(f"{cents / 100:,.2f} {code}" for code, cents in found["sums"].items())
    words = t("imports.understood", file=file, kind=pick(found.get("kind_name")),
              orders=found.get("orders", 0), sum=sums or "–", wrong=len(found["errors"]),
              **_counts(found))  # fmt: skip
    return f"{words} {t('imports.known')}" if found.get("is_known") else words
