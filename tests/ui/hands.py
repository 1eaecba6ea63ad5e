"""A person at the desk: finds things by what is read on them, and has a mouse and a keyboard.

A click goes to the window at the place where the thing is drawn, as the system sends it: what lies
over the thing gets the click. Clicks and keys are counted, and what the person waits for is timed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from ui.dialogs.card import Card
from ui.panels.base import Panel

Kind = TypeVar("Kind", bound=QWidget)
WAIT_MS = 40_000
KEY_S, POINT_S, PRESS_S, THINK_S = 0.28, 1.1, 0.2, 1.35
"""The keystroke-level model (Card, Moran and Newell, 1980): a key by an average typist, pointing,
a press and its release, and a thought before each click."""


class Hands:
    """One task of one person.

    Attributes:
        clicks, keys: so far.
        refused: what the desk said did not work.
        waited_s: until what was waited for was there.
    """

    def __init__(self, qtbot: Any, program: Any) -> None:
        self._qtbot, self._program = qtbot, program
        self.clicks = self.keys = 0
        self.waited_s = 0.0
        self.refused: list[str] = []
        program.actions.failed.connect(self._refused)

    def _refused(self, _: object, words: str) -> None:
        self.refused.append(words)

    def leave(self) -> None:
        """Listens no more."""
        self._program.actions.failed.disconnect(self._refused)

    @property
    def window(self) -> Any:
        """The window as it is now."""
        return self._program.window

    @property
    def seconds(self) -> float:
        """What a person would need who has not done it before but reads what is there."""
        by_click = THINK_S + POINT_S + PRESS_S
        return self.clicks * by_click + self.keys * KEY_S + self.waited_s

    def find(self, words: str, kind: type[QWidget] = QWidget, of: str = "") -> QWidget:
        """What is seen and read as ``words``, and lies under nothing.

        Args:
            words: its text, or the name a screen reader says.
            kind: of widget.
            of: the panel or card it is in, by its title; else the window that is in front.
        """
        root = QApplication.activePopupWidget() or self.window
        if of:
            frames = [*root.findChildren(Card), *root.findChildren(Panel)]
            root = next((f for f in frames if of in _read(f) and _can_be_reached(f)), None)
            if root is None:
                raise LookupError(f"nobody sees {of!r}")
        for widget in root.findChildren(kind):
            if words in _read(widget) and _can_be_reached(widget):
                return widget
        raise LookupError(f"nobody sees {words!r} {of}")

    def has(self, words: str, kind: type[QWidget] = QWidget, of: str = "") -> bool:
        """Whether it is seen."""
        try:
            self.find(words, kind, of)
        except LookupError:
            return False
        return True

    def has_line(self, part: str) -> bool:
        """Whether a line of text that has these words in it is seen."""
        return any(
            part in label.text() and _can_be_reached(label)
            for label in self.window.findChildren(QLabel)
        )

    def click(self, words: str, kind: type[QWidget] = QAbstractButton, of: str = "") -> QWidget:
        """Waits until it is there and can be pressed, and clicks on it."""

        def is_there() -> bool:
            return self.has(words, kind, of) and self.find(words, kind, of).isEnabled()

        self.wait(is_there, words)
        widget = self.find(words, kind, of)
        self.click_at(widget)
        return widget

    def click_at(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Clicks where a widget is, after scrolling to it."""
        _scroll_to(widget)
        QApplication.processEvents()
        top = widget.window()
        handle = top.windowHandle()
        assert handle is not None
        place = widget.mapTo(top, at or widget.visibleRegion().boundingRect().center())
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        self.clicks += 1
        QApplication.processEvents()

    def panel(self, title: str) -> None:
        """Brings a panel to the front: by its tab, or from the names that fold into one.

        Which of those it stands behind is in the tip of the folded name.
        """
        if self.has(title, QAbstractButton):
            self.click(title)
            return
        for button in self.window.findChildren(QAbstractButton):
            if title in button.toolTip().split(" · ") and _can_be_reached(button):
                self.click_at(button)
                break
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), title
        action = next(action for action in menu.actions() if action.text() == title)
        self.click_at(menu, menu.actionGeometry(action).center())

    def choose(self, list_name: str, words: str) -> None:
        """Opens a list, and clicks on one of its lines."""
        box = self.click(list_name, QComboBox)
        assert isinstance(box, QComboBox)
        view = box.view()
        self.wait(view.isVisible, list_name)
        at = box.findText(words)
        assert at >= 0, [box.itemText(number) for number in range(box.count())]
        index = box.model().index(at, box.modelColumn())
        view.scrollTo(index)
        self.click_at(view.viewport(), view.visualRect(index).center())
        self.wait(lambda: box.currentText() == words, words)

    def write(self, field_name: str, words: str) -> None:
        """Into the field that is read as ``field_name``; with a click where the hand is not there.

        A field that has the cursor already is written into at once.
        """
        kind = QLineEdit if self.has(field_name, QLineEdit) else QPlainTextEdit
        if not self.find(field_name, kind).hasFocus():
            self.click(field_name, kind)
        self.type(words)

    def type(self, words: str) -> None:
        """Signs, to what has the cursor; a tab leads to the next field."""
        for number, part in enumerate(words.split("\t")):
            if number:
                self.press(Qt.Key.Key_Tab)
            target = QApplication.focusWidget()
            assert target is not None
            QTest.keyClicks(target, part)
            self.keys += len(part)

    def press(self, key: Qt.Key, mods: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, to what has the cursor."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, mods)
        self.keys += 1 + (mods != Qt.KeyboardModifier.NoModifier)
        QApplication.processEvents()

    def wait(self, check: Callable[[], object], what: str = "") -> None:
        """Until it is so."""
        began = time.monotonic()
        try:
            self._qtbot.waitUntil(lambda: bool(check()), timeout=WAIT_MS)
        except self._qtbot.TimeoutError:
            self.look(f"without_{what}".replace(" ", "_"))
            raise AssertionError(f"never there: {what}; {self._seen()}") from None
        self.waited_s += time.monotonic() - began

    def _seen(self) -> str:
        """What could be clicked just then."""
        root = QApplication.activePopupWidget() or self.window
        buttons = [b for b in root.findChildren(QAbstractButton) if _can_be_reached(b)]
        words = ", ".join(_read(button)[0] or _read(button)[1] for button in buttons)
        name = root.accessibleName() or "the window"
        return f"{name} shows {words}; refused was {self.refused}"

    def look(self, name: str) -> None:
        """A picture of how it ended, where ``SHOPCAST_LOOK`` names a folder."""
        folder = os.environ.get("SHOPCAST_LOOK", "")
        if folder:
            QApplication.processEvents()
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.window.grab().save(str(Path(folder) / f"{name}.png"))


def _read(widget: QWidget) -> tuple[str, ...]:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return text.replace("&", ""), widget.accessibleName()


def _can_be_reached(widget: QWidget) -> bool:
    """Seen now with nothing over it, or after scrolling where it stands."""
    if not widget.isVisible():
        return False
    seen = widget.visibleRegion().boundingRect()
    if not seen.isEmpty():
        top = widget.window()
        hit = top.childAt(widget.mapTo(top, seen.center()))
        return hit is widget or hit is None or widget.isAncestorOf(hit)
    dock = _above(widget, QDockWidget)
    if dock is not None and dock.visibleRegion().isEmpty():
        return False  # its panel stands behind another one: no scrolling brings it up
    area = _area_of(widget)
    return area is not None and not area.visibleRegion().isEmpty()


def _area_of(widget: QWidget) -> QScrollArea | None:
    return _above(widget, QScrollArea)


def _above(widget: QWidget, kind: type[Kind]) -> Kind | None:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, kind):
        above = above.parentWidget()
    return above


def _scroll_to(widget: QWidget) -> None:
    area = _area_of(widget)
    if area is not None and not isinstance(widget, QAbstractScrollArea):
        area.ensureWidgetVisible(widget)
