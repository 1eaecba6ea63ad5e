"""Goods from a file: what was understood, what it would change, what to put right; then accept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.i18n import pick, t
from ui.models.goods_import import DifferenceModel, RefusedModel
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.rows_table import rows_table

FILTER = "*.csv *.tsv *.txt *.xlsx *.xlsm *.xls *.ods *.xml *.json"
LONGEST_PASTE = 2_000_000
WIDE, HIGH = 980, 640
TOLD = ("name", "sku", "price", "was", "stock")


class GoodsImportCard(Card):
    """Never modal: the show goes on behind it, and nothing changes before "Accept".

    Args:
        window: it lies over.
        desk: runs the commands.
    """

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window, WIDE, HIGH)
        self.desk = desk
        self._source: dict[str, Any] = {}
        self._id = ""
        self.words = TextLabel(wraps=True)
        self.problem = TextLabel(tone="attention", wraps=True)
        self.difference, self.refused = DifferenceModel(), RefusedModel()
        self.lines = rows_table(self.difference, (120, 400, 180))
        self.faults = rows_table(self.refused, (60, 140, 200, 280))
        self.faults.setMaximumHeight(tokens.px(200))
        self.faults_title = TextLabel(weight=600)
        self.all = Button("", clicked=lambda: self.difference.tick_all(True))
        self.none = Button("", clicked=lambda: self.difference.tick_all(False))
        self.again = Button("", clicked=self._read_again)
        self.accept = Button("", "primary", clicked=self._accept)
        self.body.addWidget(self.words)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.lines, 1)
        self.body.addWidget(self.faults_title)
        self.body.addWidget(self.faults)
        self.body.addLayout(row(self.all, self.none, 1, self.again, self.accept, gap=8))
        self.difference.ticked.connect(self._count)

    def read(self, **source: str) -> None:
        """Reads a file (``path=``) or what was pasted (``text=``)."""
        self._source, self._id = dict(source), ""
        self._show({})
        self._name()
        self.words.setText(t("goods_import.reading"))
        self.open_card(t("goods_import.title"))
        self._ask({})

    def _ask(self, mends: dict[str, dict[str, str]]) -> None:
        args: dict[str, Any] = dict(self._source)
        if mends:
            args["mends"] = mends
        self.accept.setEnabled(False)
        self.again.setEnabled(False)
        self.desk.actions.run("shop.import", args, origin=self, done=self._answered, is_quiet=True)

    def _answered(self, reply: Reply) -> None:
        found = reply.answer
        if reply.ok and isinstance(found, dict):
            self._show(found)
            return
        self.words.setText("")
        self._complain(pick(reply.text))

    def _show(self, found: dict[str, Any]) -> None:
        self._id = str(found.get("id", ""))
        errors = list(found.get("errors") or [])
        self.difference.show_lines(list(found.get("difference") or []))
        self.refused.show_errors(errors)
        self._complain("")
        if found:
            self.words.setText(self._understood(found))
        self.lines.setVisible(bool(self.difference.lines))
        for widget in (self.all, self.none):
            widget.setVisible(bool(self.difference.lines))
        for part in (self.faults_title, self.faults, self.again):
            part.setVisible(bool(errors))
        self.faults_title.setText(t("goods_import.refused", n=len(errors)))
        self.again.setEnabled(bool(errors))

    def _understood(self, found: dict[str, Any]) -> str:
        counts = found.get("counts") or {}
        first = t(
            "goods_import.understood", kind=pick(found.get("kind_name")), rows=found.get("rows", 0),
            products=found.get("products", 0), variants=found.get("variants", 0),
            currency=", ".join(found.get("currencies") or []) or "–",
        )  # fmt: skip
        mapping = found.get("mapping") or {}
        there = [name for name in TOLD if name in mapping]
        pairs = [f"{t(f'goods_import.field_{name}')} ← {mapping[name]}" for name in there]
        lines = [first, " · ".join(pairs)]
        if found.get("difference"):
            lines.append(t("goods_import.counts", **counts))
        else:
            lines.append(t("goods_import.no_difference"))
        notes = [pick(note["why"]) for note in (found.get("notes") or [])[:3]]
        more = len(found.get("notes") or []) - len(notes)
        if notes:
            lines.append("– " + "\n– ".join(notes) + (f"  (+{more})" if more > 0 else ""))
        return "\n".join(line for line in lines if line)

    def _count(self) -> None:
        n = len(self.difference.chosen)
        self.accept.setText(t("goods_import.accept", n=n))
        self.accept.setEnabled(bool(n and self._id))

    def _name(self) -> None:
        self.all.setText(t("goods_import.all"))
        self.none.setText(t("goods_import.none"))
        self.again.setText(t("goods_import.again"))
        self.again.name(t("goods_import.again"), t("goods_import.again_tip"))
        self.lines.setAccessibleName(t("goods_import.difference"))
        self.faults.setAccessibleName(t("goods_import.refused_name"))
        self._count()

    def _read_again(self) -> None:
        self._ask(self.refused.mends())

    def _accept(self) -> None:
        self.accept.setEnabled(False)
        args = {"id": self._id, "lines": sorted(self.difference.chosen)}
        self.desk.actions.run("shop.accept", args, origin=self, done=self._accepted)

    def _accepted(self, reply: Reply) -> None:
        if reply.ok:
            self.close_card()
            return
        self._complain(pick(reply.text))
        self._count()

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))


def dropped(data: QMimeData) -> dict[str, str]:
    """What of a drop or the clipboard can be read as goods: a file, or a table of text; else {}."""
    for url in data.urls():
        if url.isLocalFile() and Path(url.toLocalFile()).is_file():
            return {"path": url.toLocalFile()}
    text = data.text() if data.hasText() else ""
    is_table = "\n" in text.strip() and any(mark in text for mark in ("\t", ",", ";"))
    return {"text": text} if is_table and len(text) <= LONGEST_PASTE else {}


def ask_for_file(parent: QWidget, picked: Callable[[str], None]) -> QFileDialog:
    """A window to choose a file in; never modal."""
    dialog = QFileDialog(parent, t("goods_import.title"))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(f"{t('goods_import.files')} ({FILTER})")
    dialog.fileSelected.connect(picked)
    dialog.show()
    return dialog
