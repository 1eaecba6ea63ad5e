"""A sale's price in the goods, no empty strip above the plans, a focus that is seen."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from studio.plans.model import RunView
from studio.shop.offers.model import Offer, OfferView
from ui.dialogs.card import FormCard
from ui.dialogs.form import Form
from ui.dialogs.source_form import SourceForm
from ui.layouts import LAYOUTS, PAGES
from ui.theme import sheet, tokens
from ui.widgets.pop_form import PopForm

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 20_000


def test_during_a_sale_the_row_shows_its_price_and_the_list_price_struck(
    qtbot: Any, program: Any
) -> None:
    store, panel = program.store, program.window.panels["products"]
    product = store.shop.products[0]
    row = panel.rows[product.id]
    own = row.price.label.text()
    sku = product.skus[0]
    sale = Offer(id="sale", sku=sku, price_cents=product.price_cents // 2, seconds=60)
    cents = product.price_cents // 2
    store.offers = (OfferView(sale, product.id, product.price_cents, cents, stage="live"),)
    store.changed.emit("offers")
    assert row.was.isVisibleTo(panel)
    assert row.was.text() == own
    assert row.was.font().strikeOut()
    assert row.price.label.text() != own
    QTest.keyClick(row.price, Qt.Key.Key_F2)
    typed = "".join(sign for sign in own if sign.isdigit() or sign == ".")
    assert row.price.edit.text() == typed, "what is changed is the list price"
    QTest.keyClick(row.price, Qt.Key.Key_Escape)
    store.offers = ()
    store.changed.emit("offers")
    assert row.price.label.text() == own
    assert not row.was.isVisibleTo(panel)


def test_no_empty_strip_stands_above_the_first_plan(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["plans"]
    qtbot.waitUntil(lambda: bool(panel.rows), timeout=SOON)

    def insist_on_margins() -> None:
        for block in panel.blocks:  # runs, questions, plans that wait: there may be some
            margins = block.contentsMargins()
            assert bool(margins.top() + margins.bottom()) is bool(block.count())

    insist_on_margins()
    store = program.store
    before = store.plans
    run = RunView("made-up", "overload", ("过载", "Overload"))
    for runs in ((*before.runs, run), before.runs):  # one comes, and has ended
        store.plans = msgspec.structs.replace(before, runs=runs)
        store.changed.emit("plans")
        insist_on_margins()
    store.plans = before


def test_what_has_the_keyboard_has_a_ring_of_its_own(qtbot: Any, program: Any) -> None:
    assert tokens.FOCUS not in (tokens.ACCENT, tokens.ACCENT_FILL, tokens.NEXT, tokens.ATTENTION)
    rules = [rule for rule in sheet.sheet().split("}") if ":focus" in rule]
    assert len(rules) >= 8
    assert all(f"2px solid {tokens.FOCUS}" in rule for rule in rules), rules
    button = program.window.scenes.take
    program.window.set_layout("controller")
    program.window.activateWindow()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus, timeout=SOON)
    QApplication.processEvents()

    def ring() -> set[str]:
        image = button.grab().toImage()
        return {image.pixelColor(image.width() // 2, y).name().upper() for y in range(3)}

    assert tokens.FOCUS.upper() in ring()


def test_no_panel_needs_more_room_than_its_place_has(qtbot: Any, program: Any) -> None:
    """One that does takes it from its neighbours: on a small laptop goods and mixer are cut."""
    wide = {
        id: panel.widget().minimumSizeHint().width() for id, panel in program.window.panels.items()
    }
    assert {id: needs for id, needs in wide.items() if needs > tokens.px(300)} == {}


READ_ALOUD = (
    QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractSlider, QAbstractItemView,
    QPlainTextEdit, QTextEdit,
)  # fmt: skip
PARTS_OF = (QComboBox, QAbstractSpinBox, QLineEdit, QHeaderView, QAbstractItemView)


def nameless(root: Any, *, also_hidden: bool = False) -> set[str]:
    """Controls of which a screen reader can say nothing but what kind they are."""
    found = set()
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, READ_ALOUD) or isinstance(widget, QHeaderView | QScrollBar):
            continue
        around = widget.parentWidget()
        is_part = isinstance(around, PARTS_OF) or "Private" in type(around).__name__
        if is_part or widget.objectName().startswith("qt_") or isinstance(widget, QTabBar):
            continue
        if not (also_hidden or widget.isVisible()) or isinstance(around.parentWidget(), QComboBox):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            parents = [type(widget).__name__]
            while around is not None and around is not root:
                parents.append(type(around).__name__)
                around = around.parentWidget()
            found.add(" in ".join(parents[:5]))
    return found


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_screen_reader_names_every_control_of_every_layout(
    qtbot: Any, program: Any, layout: str
) -> None:
    window = program.window
    window.set_page(layout) if layout in PAGES else window.set_layout(layout)
    qtbot.waitUntil(lambda: window.isVisible() and bool(program.store.commands), timeout=SOON)
    QApplication.processEvents()
    assert nameless(window) == set()


CARDS = ("palette", "hotkeys", "brand", "go_live", "open_settings", "help", "keys")


@pytest.mark.parametrize("card", CARDS)
def test_a_screen_reader_names_every_control_of_every_card(
    qtbot: Any, program: Any, card: str
) -> None:
    window = program.window
    window.change(card, "")
    QApplication.processEvents()
    assert nameless(window) == set()
    for opened in (*window.cards(), window.palette_card, window.keys_card):
        opened.hide()


def test_a_screen_reader_names_every_control_of_the_first_steps(program: Any) -> None:
    card = program.window.first_run
    card.open()
    for step in card.steps:
        card.go_to(step)
        QApplication.processEvents()
        assert nameless(card) == set(), step
    card.hide()


def test_a_screen_reader_names_every_control_of_every_kind_of_source(program: Any) -> None:
    kinds = program.store.kinds.sources
    assert len(kinds) > 15
    form = SourceForm(program.window.desk, None)
    for kind in kinds:
        form.choose(kind.kind)
        QApplication.processEvents()
        assert nameless(form, also_hidden=True) == set(), kind.kind
    form.deleteLater()


def test_a_screen_reader_names_every_control_of_what_the_panels_open(
    qtbot: Any, program: Any
) -> None:
    """Every button with a plus opens a form of its own."""
    window, opened = program.window, 0
    for id, panel in window.panels.items():
        window.reveal(id)
        QApplication.processEvents()
        makers = [b for b in panel.findChildren(QAbstractButton) if b.isVisible() and _makes(b)]
        for button in makers:
            button.click()
            QApplication.processEvents()
            assert nameless(window) == set(), (id, button.text())
            forms = [f for f in window.findChildren(Form) if f.isVisible()]
            forms += [f for f in QApplication.topLevelWidgets() if isinstance(f, PopForm)]
            opened += len(forms)
            for form in forms:
                assert nameless(form) == set(), (id, button.text())
                form.close()
            for form in window.findChildren(FormCard):
                form.close_card()
    assert opened >= 4
    window.set_layout("controller")
    window.reset_layout()


def _makes(button: Any) -> bool:
    words = button.text() or button.accessibleName()
    return button.isEnabled() and words.startswith(("Add", "New"))
