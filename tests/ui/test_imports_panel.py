"""Imports by hand: dropped, asked about, accepted, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from tests.ui.test_offers_panel import SOON, look, press
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
TABLE = "Bestellung;Datum;Summe;Artikel\nA1;2026-11-01;12,50;S1\nA2;2026-11-02;x;S2\n"


def drop(panel, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    panel.dropEvent(QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    ))  # fmt: skip


def test_a_table_nobody_knows(program, qtbot, tmp_path):
    window, panel = program.window, program.window.panels["imports"]
    window.reveal("imports")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    look(program, "imports_empty")
    file = tmp_path / "laden.csv"
    file.write_text(TABLE, encoding="utf-8")
    drop(panel, file)
    qtbot.waitUntil(lambda: "are not known" in panel.says.text(), timeout=SOON)
    assert not panel.accept.isEnabled()
    panel.kind.setCurrentIndex(panel.kind.findData("other_orders"))
    panel.kind.activated.emit(panel.kind.currentIndex())
    qtbot.waitUntil(lambda: "Missing: order, amount" in panel.asks.text(), timeout=SOON)
    for field, head in (("order", "Bestellung"), ("amount", "Summe"), ("sku", "Artikel")):
        panel.field.setCurrentIndex(panel.field.findData(field))
        panel.column.setCurrentIndex(panel.column.findData(head))
        press(qtbot, panel, "Use this column")
        qtbot.waitUntil(lambda head=head: any(head in h and "→" in h for h in panel.sample.heads()),
                        timeout=SOON)  # fmt: skip
    panel.currency.setText("EUR")
    press(qtbot, panel, "Read again")
    qtbot.waitUntil(lambda: "12.50 EUR" in panel.says.text(), timeout=SOON)
    assert [fault["column"] for fault in panel.faults.faults] == ["Summe"]
    look(program, "imports_en")
    language.set("zh")
    look(program, "imports_zh")
    language.set("en")
    press(qtbot, panel, "Accept")
    qtbot.waitUntil(lambda: len(panel.files.files) == 1, timeout=SOON)
    assert "is kept: new 1" in panel.says.text()
    press(qtbot, panel, "Take back")
    qtbot.waitUntil(lambda: bool(panel.files.files[0].undone_utc), timeout=SOON)
    look(program, "imports_back")
    drop(panel, file)
    qtbot.waitUntil(lambda: "read as the last file" in panel.says.text(), timeout=SOON)


def test_a_file_that_cannot_be_read(program, qtbot, tmp_path):
    panel = program.window.panels["imports"]
    program.window.reveal("imports")
    panel.read(str(tmp_path / "nothing.csv"))
    qtbot.waitUntil(lambda: "Cannot read" in panel.asks.text(), timeout=SOON)
