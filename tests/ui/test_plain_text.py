"""What other people wrote is shown letter for letter: no markup in any label, tip or message."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QAbstractItemModel
from PySide6.QtGui import Qt, QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget

from ui.dialogs.help import HelpCard
from ui.widgets.basics import Button, TextLabel
from ui.widgets.plain import plain

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
UI = Path(__file__).parents[2] / "ui"
HOSTILE = '<b>x</b><img src="/dev/zero">&amp;<a href="file:///etc/passwd">'
MARKED = {"dialogs/help.py": "QTextBrowser"}
"""What draws markup all the same: pages of our own docs, without HTML, and nobody's words."""
RICH = {"QTextEdit", "QTextBrowser", "QMessageBox", "QWhatsThis", "QErrorMessage", "QLabel"}
TIPS = {"setToolTip", "setTabToolTip", "setStatusTip", "setWhatsThis", "setItemToolTip"}


def called(node: ast.Call) -> str:
    """The name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda p: str(p.relative_to(UI)))
def test_every_tip_is_escaped_and_nothing_rich_is_made(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        where = f"{path.name}:{node.lineno}"
        if MARKED.get(str(path.relative_to(UI))) == name:
            continue
        assert name not in RICH, f"{where}: {name} takes text for markup; Text does not"
        assert name not in ("setHtml", "insertHtml", "appendHtml", "showText"), where
        if name in TIPS:
            tip = node.args[-1]
            is_plain = isinstance(tip, ast.Call) and called(tip) == "plain"
            assert is_plain or isinstance(tip, ast.Constant), f"{where}: a tip without plain()"


def seen(tip: str) -> str:
    """A tip as Qt draws it."""
    if not Qt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    assert "￼" not in document.toPlainText(), "a picture"
    return document.toPlainText()


TEXTS = [HOSTILE, "a < b", "x\n<img src='/dev/zero'>", "", "特写 <3", "&lt;b&gt;"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_tip_is_read_as_it_was_written(qapp: Any, text: str) -> None:
    # Qt looks at the first line alone; what it takes for plain it draws as it is.
    assert seen(plain(text)) == text


def _is_help(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return parent is not None and (isinstance(parent, HelpCard) or _is_help(parent))


def test_every_widget_of_the_desk_is_plain(qtbot: Any, program: Any) -> None:
    store = program.store
    product = store.shop.products[0]
    program.actions.run("shop.put", {"product": {"id": product.id, "number": product.number,
                                                 "name": HOSTILE, "price_cents": 100}})  # fmt: skip
    program.actions.run("sources.add", {"name": "<img src=x>", "kind": "colour"})
    program.window.notice.say(None, HOSTILE)
    qtbot.waitUntil(lambda: any(p.name == HOSTILE for p in store.shop.products), timeout=8000)
    both = (HOSTILE, HOSTILE)
    named = tuple(replace(plan, label=both, help=both) for plan in store.plans.plans)
    store.plans = replace(store.plans, plans=named)
    store.changed.emit("plans")
    for panel in program.window.panels:
        program.window.reveal(panel)
    widgets = program.app.allWidgets()
    assert any(HOSTILE in label.text() for label in program.window.findChildren(TextLabel))
    for widget in widgets:
        assert isinstance(widget, QWidget)
        if isinstance(widget, QLabel):
            is_plain = widget.textFormat() == Qt.TextFormat.PlainText
            assert is_plain or not Qt.mightBeRichText(widget.text()), widget.text()
        assert not isinstance(widget, QTextEdit) or _is_help(widget)
        seen(widget.toolTip())
        assert "<img" not in widget.toolTip(), widget
        if isinstance(widget, QAbstractItemView):
            model = widget.model()
            if isinstance(model, QAbstractItemModel):
                for row in range(min(50, model.rowCount())):
                    tip = model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
                    assert "<img" not in str(tip or "")


def test_a_button_named_by_somebody_has_a_plain_tip(qapp: Any) -> None:
    button = Button()
    button.name(HOSTILE)
    assert seen(button.toolTip()) == HOSTILE


def test_cut_text_has_its_whole_in_a_tip_whenever_it_is_cut(qtbot: Any) -> None:
    label = TextLabel("many words that want room", elides=True)
    qtbot.addWidget(label)
    label.resize(500, 20)
    label.show()
    assert label.toolTip() == ""
    label.resize(60, 20)
    qtbot.waitUntil(lambda: label.toolTip() == "many words that want room", timeout=2_000)
    label.resize(500, 20)
    qtbot.waitUntil(lambda: label.toolTip() == "", timeout=2_000)
