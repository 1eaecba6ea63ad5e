"""Nothing goes on air by a key that the focused thing had taken: by rule, and by 500 at random.

``SHOPCAST_KEYS=100000`` sends that many, ``SHOPCAST_KEYS_SEED`` another sequence.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from ui.dialogs.card import Card
from ui.dialogs.form import Form
from ui.dialogs.keys import KeysCard
from ui.dialogs.palette import Palette
from ui.key_owner import HOLD_MS
from ui.layouts import NAMES, PAGES
from ui.models.outputs import is_running
from ui.panels.filters.form import FilterForm
from ui.stage.scene_menu import ask_name
from ui.stage.scenes import SceneCard
from ui.widgets.pop_form import PopForm
from ui.widgets.schema_form import SchemaForm

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
SOON = 8_000
COUNT = int(os.environ.get("SHOPCAST_KEYS", "500"))
SEED = int(os.environ.get("SHOPCAST_KEYS_SEED", "20261129"))
KEY, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
AIR = (
    "scenes.take", "scenes.standby", "scenes.back", "scenes.tbar", "scenes.preview",
    "scenes.put_air", "shop.card", "shop.card_off", "shop.try_on", "shop.explain",
)  # fmt: skip
KEEPERS = (Card, Form, FilterForm, KeysCard, Palette, PopForm, SchemaForm, QMenu)
FIELDS = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
ENTER = (KEY.Key_Return, KEY.Key_Enter)
KEYS = [
    *(Qt.Key(KEY.Key_A.value + n) for n in range(26)),
    *(Qt.Key(KEY.Key_0.value + n) for n in range(10)),
    *(KEY.Key_Return, KEY.Key_Enter, KEY.Key_Escape) * 6,
    *(KEY.Key_Space, KEY.Key_Tab, KEY.Key_Backtab, KEY.Key_F2, KEY.Key_Delete, KEY.Key_Backspace),
    *(KEY.Key_Up, KEY.Key_Down, KEY.Key_Left, KEY.Key_Right, KEY.Key_Home, KEY.Key_Menu),
]


class Spy:
    """The commands that the desk sends to the engine, which gets them all the same."""

    def __init__(self, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[str] = []
        call = client.call

        def noted(command: str, *args: Any, **more: Any) -> Any:
            self.sent.append(command)
            return call(command, *args, **more)

        monkeypatch.setattr(client, "call", noted)

    def aired(self) -> list[str]:
        """What went on air since the last look."""
        sent, self.sent = self.sent, []
        return [command for command in sent if command in AIR]


@pytest.fixture
def spy(qtbot: Any, program: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spy]:
    program.window.activateWindow()
    program.window.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is program.window, timeout=SOON)
    made = Spy(program.client, monkeypatch)
    yield made
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    running = [output.name for output in program.store.outputs if is_running(output)]
    for name in running:  # a click at random may well have met the record button
        program.actions.run("outputs.stop", {"name": name, "confirm": True})
    qtbot.waitUntil(lambda: not any(is_running(o) for o in program.store.outputs), timeout=SOON)


def target() -> QWidget | None:
    """Where the system sends a key."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup.focusWidget() or popup
    return QApplication.focusWidget() or QApplication.activeWindow()


def is_own(key: Qt.Key) -> bool:
    """Space on a button or scene with the focus, Enter on a menu's chosen line: it is meant."""
    menu = QApplication.activePopupWidget()
    if isinstance(menu, QMenu):
        return menu.activeAction() is not None and key in (*ENTER, KEY.Key_Space)
    pressed = QApplication.focusWidget()
    return key == KEY.Key_Space and isinstance(pressed, (QAbstractButton, SceneCard))


def press(program: Any, key: Qt.Key, mods: Any = NONE) -> None:
    widget = target()
    if widget is None or not isValid(widget):  # what had the focus went within this very turn
        widget = program.window
    QTest.keyClick(widget, key, mods)


def has_taken(program: Any) -> bool:
    """What this test takes for having the keys; it asks nothing of the code it tests."""
    if QApplication.activePopupWidget() or QApplication.activeModalWidget():
        return True
    widget = QApplication.focusWidget()
    if isinstance(widget, FIELDS):
        return True
    while widget is not None:
        if isinstance(widget, KEEPERS):
            return True
        widget = widget.parentWidget()
    if bool(program.window.monitors.stage.is_editing):
        return True
    is_beside = QApplication.activeWindow() in program.window.desk.windows  # it shows the pictures
    return not program.window.monitors.isVisible() and not is_beside


def test_enter_in_a_price_sets_the_price_and_takes_nothing(
    qtbot: Any, program: Any, spy: Spy
) -> None:
    number = program.window.panels["products"].rows["handbag"].price
    QTest.mouseDClick(number, Qt.MouseButton.LeftButton)
    QTest.keyClicks(number.edit, "188")
    QTest.keyClick(number.edit, KEY.Key_Return)
    press(program, KEY.Key_Return)  # a finger that bounced
    assert spy.aired() == []
    shop = program.store
    qtbot.waitUntil(lambda: shop.shop.product("handbag").price_cents == 18800, timeout=SOON)
    assert spy.aired() == []
    QTest.qWait(450)
    press(program, KEY.Key_Return)
    assert spy.aired() == ["scenes.take"]


def test_with_cut_the_time_field_is_off_and_what_is_typed_goes_nowhere(
    qtbot: Any, program: Any, spy: Spy
) -> None:
    scenes, lock = program.window.scenes, program.window.topbar.lock
    program.actions.run("scenes.transition", {"kind": "cut"})
    qtbot.waitUntil(lambda: not scenes.duration.isEnabled(), timeout=SOON)
    spy.aired()
    QTest.mouseClick(scenes.duration, Qt.MouseButton.LeftButton)
    assert lock.is_locked
    for key in (KEY.Key_5, KEY.Key_0, KEY.Key_0, KEY.Key_Return):
        press(program, key)
    assert spy.aired() == []
    press(program, KEY.Key_Escape)
    assert not lock.is_locked
    press(program, KEY.Key_3)
    assert spy.aired() == ["scenes.preview"]


def test_f2_on_a_clicked_scene_renames_it(qtbot: Any, program: Any, spy: Spy) -> None:
    card = next(iter(program.window.scenes.cards.values()))
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert spy.aired() == ["scenes.preview"]
    press(program, KEY.Key_F2)
    form = QApplication.activePopupWidget()
    assert isinstance(form, PopForm)
    for key in (KEY.Key_N, KEY.Key_E, KEY.Key_M):
        press(program, key)
    press(program, KEY.Key_Escape)
    assert QApplication.activePopupWidget() is None
    assert spy.aired() == []


def test_enter_that_closes_what_popped_up_takes_nothing(qtbot: Any, program: Any, spy: Spy) -> None:
    """Also where the popup has nothing with the focus: the key never meets the window's widgets."""
    card = next(iter(program.window.scenes.cards.values()))
    ask_name(program.window.desk, card, card.scene)
    form = QApplication.activePopupWidget()
    assert isinstance(form, PopForm)
    if (inside := form.focusWidget()) is not None:
        inside.clearFocus()
    press(program, KEY.Key_Return)
    assert QApplication.activePopupWidget() is None
    press(program, KEY.Key_Return)  # a finger that bounced
    menu = QMenu(program.window)
    menu.addAction("Nothing")
    menu.popup(program.window.mapToGlobal(QPoint(40, 40)))
    press(program, KEY.Key_Down)
    press(program, KEY.Key_Return)
    assert QApplication.activePopupWidget() is None
    press(program, KEY.Key_Return)
    assert "scenes.take" not in spy.aired()

    def takes() -> bool:
        """Later: the time counts from when the desk was free again."""
        QTest.qWait(450)
        press(program, KEY.Key_Return)
        return "scenes.take" in spy.aired()

    qtbot.waitUntil(takes, timeout=SOON)


def test_a_panel_that_floats_beside_another_page_airs_nothing(
    qtbot: Any, program: Any, spy: Spy
) -> None:
    window = program.window
    window.set_page("review")
    panel = window.panels["incidents"]
    window.enlarge(panel)
    try:
        qtbot.waitUntil(lambda: QApplication.activeWindow() is panel, timeout=SOON)
        for key in (KEY.Key_3, KEY.Key_Return, KEY.Key_T):
            QTest.keyClick(panel, key)
        assert spy.aired() == []
    finally:
        window.enlarge(panel)
        window.set_page("live")


def test_esc_leaves_edit_and_then_does_nothing(qtbot: Any, program: Any, spy: Spy) -> None:
    window = program.window
    press(program, KEY.Key_E)
    assert window.monitors.stage.is_editing
    assert window.topbar.lock.is_locked
    for key in (KEY.Key_Return, KEY.Key_T, KEY.Key_N, KEY.Key_5):
        press(program, key)
    press(program, KEY.Key_Escape)
    assert not window.monitors.stage.is_editing
    for _ in range(3):
        press(program, KEY.Key_Escape)
    assert spy.aired() == []


def test_esc_held_is_standby_and_let_go_is_not(qtbot: Any, program: Any, spy: Spy) -> None:
    window = program.window
    QTest.keyPress(target() or window, KEY.Key_Escape)
    QTest.keyRelease(target() or window, KEY.Key_Escape)
    QTest.qWait(HOLD_MS)
    assert spy.aired() == []
    window.palette_card.open()
    QTest.keyPress(target() or window, KEY.Key_Escape)  # it closes something: no hold begins
    QTest.qWait(HOLD_MS + 200)
    QTest.keyRelease(target() or window, KEY.Key_Escape)
    assert spy.aired() == []
    QTest.keyPress(target() or window, KEY.Key_Escape)
    qtbot.waitUntil(lambda: "scenes.standby" in spy.sent, timeout=HOLD_MS * 3)
    QTest.keyRelease(target() or window, KEY.Key_Escape)


def test_two_fast_escapes_over_a_form(qtbot: Any, program: Any, spy: Spy) -> None:
    panel = program.window.panels["sources"]
    panel.edit(program.store.sources[0].name)
    for _ in range(3):
        press(program, KEY.Key_Escape)
    program.window.hotkeys.close_card()
    program.window.hotkeys.close_card()
    assert spy.aired() == []


def every_keeper() -> list[type[QWidget]]:
    """All forms and cards that the desk has: whatever draws the fields of a schema or is one."""

    def below(kind: type) -> Iterator[type]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    names = ("Form", "Card", "Editor", "Palette")
    return [
        kind
        for kind in below(QWidget)
        if kind.__module__.startswith("ui.") and kind.__name__.endswith(names)
    ]


def test_every_form_and_card_keeps_its_keys(program: Any) -> None:
    pictures = {"SceneCard"}  # a picture of a scene, no card over the window
    found = [kind for kind in every_keeper() if kind.__name__ not in pictures]
    assert len(found) >= 10
    assert [kind for kind in found if not getattr(kind, "takes_keys", False)] == []


def openers(program: Any) -> list[Callable[[], object]]:
    """Every panel, form and mode, by its usual door."""
    window, store, desk = program.window, program.store, program.window.desk
    scenes = window.scenes
    cards = list(scenes.cards.values())
    made: list[Callable[[], object]] = [
        *(lambda id=id: window.reveal(id) for id in window.panels),
        *(lambda name=name: window.set_layout(name)
          for name in NAMES),
        *(lambda page=page: window.set_page(page) for page in PAGES),
        window.palette_card.open, window.open_hotkeys, window.brand_card.open,
        window.hotkeys.show_card, window.monitors.toggle_edit, window.setFocus,
        scenes.duration.setFocus, scenes.open_more, window.topbar.open_show,
    ]  # fmt: skip
    made += [lambda c=c: ask_name(desk, c, c.scene) for c in cards[:2]]
    made += [lambda s=s: window.edit_source(s.name) for s in store.sources[:3]]
    rows = list(window.panels["products"].rows.values())[:3]
    made += [lambda n=n: n.open_editor() for r in rows for n in (r.price, r.stock)]
    return made


class Clickable:
    """What can be clicked; looked for anew every sixth time and where another window is in front,
    since that takes longer than the click."""

    def __init__(self) -> None:
        self._root: QWidget | None = None
        self._found: list[QWidget] = []
        self._left = 0

    def one_of(self, program: Any, rolls: random.Random) -> QWidget:
        """One that is seen now."""
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        root = popup or program.window
        if root is not self._root or self._left == 0:
            self._root, self._left = root, 6
            self._found = [*root.findChildren(QWidget), root]
        self._left -= 1
        for _ in range(200):
            widget = rolls.choice(self._found)
            if isValid(widget) and widget.isVisible() and widget.width() > 1:
                return widget
        return root


@pytest.mark.timeout(max(120, COUNT))
def test_random_keys_and_clicks_air_nothing_that_was_taken(
    qtbot: Any, program: Any, spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
    rolls, taken, told = random.Random(SEED), 0, []
    seen: set[str] = set()
    clickable = Clickable()

    def wrong(words: str) -> None:
        told.append(words)
        print(words, flush=True)  # a long run tells it at once

    for step in range(COUNT):
        window = program.window
        if not window.isVisible():
            window.show()
        if step % 1000 == 0 and COUNT > 1000:
            print(f"{step} events, {len(told)} wrong", flush=True)
        if step % 12 == 0:
            if step % 96 == 0:
                reset(program)
            window.setUpdatesEnabled(rolls.random() < 0.2)  # painting is most of the time it takes
            rolls.choice(openers(program))()
            QApplication.processEvents()
            spy.aired()
        seen.add(type(QApplication.activePopupWidget() or QApplication.focusWidget()).__name__)
        had, palette = has_taken(program), window.palette_card.isVisible()
        where = (f"step {step}, focus {QApplication.focusWidget()}, "
                 f"popup {QApplication.activePopupWidget()}, page {window.pages.page}, "
                 f"editing {window.monitors.stage.is_editing}")  # fmt: skip
        if rolls.random() < 0.75:
            key, mods = rolls.choice(KEYS), rolls.choice((NONE, NONE, NONE, SHIFT))
            taken += had
            own = is_own(key)
            press(program, key, mods)
            if rolls.random() < 0.15:
                press(program, key, mods)  # before anything else could happen
            QApplication.processEvents()
            aired = spy.aired()
            if aired and not palette and not own and (had or key == KEY.Key_Escape):
                wrong(f"{where}: {key} aired {aired}")
        else:
            widget = clickable.one_of(program, rolls)
            is_input = isinstance(widget, (*FIELDS, QLabel)) or not widget.isEnabled()
            at = QPoint(rolls.randrange(widget.width()), rolls.randrange(max(1, widget.height())))
            button = rolls.choice((Qt.MouseButton.LeftButton,) * 4 + (Qt.MouseButton.RightButton,))
            where += f", click on {type(widget).__name__}"
            QTest.mouseClick(widget, button, NONE, at)
            QApplication.processEvents()
            aired = spy.aired()
            if aired and is_input and not isinstance(widget.parentWidget(), QMenu):
                wrong(f"{where} aired {aired}")
    assert told == []
    assert taken > COUNT // 10  # the keys did meet fields, forms, menus and modes
    print(f"{COUNT} events, seed {SEED}: {taken} keys were taken, {len(seen)} kinds had the focus")


def reset(program: Any) -> None:
    """Menus and windows that lie about are closed, so that the next ones are met too."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    for top in QApplication.topLevelWidgets():
        if top is not program.window and top.isVisible() and top.isWindow():
            top.close()
    program.window.activateWindow()
    program.window.setFocus()
