"""Who a key belongs to: what has the focus takes it first, the show gets what nobody took."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)
KEY = Qt.Key
HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
ENTER = (KEY.Key_Return, KEY.Key_Enter)
HOLD_MS = 800
BOUNCE_S = 0.4


class KeyOwner(StrEnum):
    """What keeps the keys from the show."""

    NONE = ""
    FIELD = "field"
    MENU = "menu"
    FORM = "form"
    EDIT = "edit"
    PAGE = "page"


NOTHING_OPEN = (KeyOwner.NONE, KeyOwner.EDIT, KeyOwner.PAGE)
"""Owners with nothing open that has an Enter or an undo of its own."""


def is_plain(event: QKeyEvent) -> bool:
    """A key that a person also types: a letter, a digit, Enter; not Ctrl+S, not F9."""
    is_function = KEY.Key_F1 <= event.key() <= KEY.Key_F35
    return not is_function and not event.modifiers() & HELD


def owner_of(focus: QWidget | None, is_editing: bool) -> KeyOwner:
    """Who has the keys while ``focus`` has the focus.

    A widget that keeps keys for what is in it (a form, a card) has ``takes_keys = True``.
    """
    if QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None:
        return KeyOwner.MENU
    if isinstance(focus, FIELDS):
        return KeyOwner.FIELD
    widget = focus
    while widget is not None:
        if getattr(widget, "takes_keys", False):
            return KeyOwner.FORM
        if isinstance(widget, QMenu):
            return KeyOwner.MENU
        widget = widget.parentWidget()
    return KeyOwner.EDIT if is_editing else KeyOwner.NONE


class KeyRouter(QObject):
    """Notes who has the keys at the moment one is pressed, before any widget acts on it.

    A field that takes Enter may give the focus away while it does; the same Enter then reaches
    the window, and would be the show's. So the owner is settled when the key arrives: the filter
    sits on the widget with the focus, and on no other.

    Args:
        is_editing: whether items are being placed.
        is_away: whether another page than Live is shown: single keys air nothing there, since
            nobody sees what they would air.

    Signals:
        changed: another owner, as the text of a `KeyOwner`.
        held: Esc was held long enough, and nothing was open when it went down.
    """

    changed = Signal(str)
    held = Signal()

    def __init__(
        self, parent: QObject, is_editing: Callable[[], bool], is_away: Callable[[], bool]
    ) -> None:
        super().__init__(parent)
        self._is_editing, self._is_away = is_editing, is_away
        self._focus: QWidget | None = None
        self._refused: QWidget | None = None
        self._pressed: KeyOwner | None = None
        self._shown = KeyOwner.NONE
        self._taken_key, self._taken_s = 0, 0.0
        self._popup_s = -math.inf
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.timeout.connect(self._rest)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HOLD_MS)
        self._hold.timeout.connect(self.held)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)
        app.applicationStateChanged.connect(self._app_changed)
        self._focus_changed(parent if isinstance(parent, QWidget) else None,
                            QApplication.focusWidget())  # fmt: skip

    # -- who ------------------------------------------------------------------------------------

    def owner(self) -> KeyOwner:
        """Who has the keys now."""
        owner = owner_of(QApplication.focusWidget(), self._is_editing())
        if owner is KeyOwner.NONE and self._refused is not None:
            return KeyOwner.FIELD
        if owner is KeyOwner.NONE and self._is_away():
            return KeyOwner.PAGE
        return owner

    def look(self) -> None:
        """Tells of another owner."""
        owner = self.owner()
        if owner is not self._shown:
            self._shown = owner
            self.changed.emit(owner.value)

    def refuse(self, widget: QWidget | None) -> None:
        """A field that is off was clicked: what is typed now is meant for it, not for the show."""
        self._refused = widget
        self.look()

    def may_act(self, event: QKeyEvent, *, leaves_edit: bool = False) -> bool:
        """Whether a key that no widget took is the show's.

        Args:
            leaves_edit: it is the key that ends placing items, which works there too.
        """
        owner = self._pressed if self._pressed is not None else self.owner()
        if owner is KeyOwner.MENU:
            return False
        if owner is KeyOwner.EDIT and leaves_edit:
            return True
        if owner is not KeyOwner.NONE and is_plain(event):
            self._taken_key, self._taken_s = event.key(), math.inf  # until the loop is free again
            self._forget.start(0)
            return False
        if event.key() in ENTER and time.monotonic() - self._popup_s < BOUNCE_S:
            return (
                False  # the same finger, on the Enter that closed a menu or a form that popped up
            )
        if event.key() in ENTER and self._taken_key == event.key():
            # A finger that bounced on the Enter which closed a field.
            return time.monotonic() - self._taken_s >= BOUNCE_S  # of the time nothing was done
        return True

    def let_go(self) -> bool:
        """Esc after a click on a field that is off; whether there was one."""
        was, self._refused = self._refused, None
        self.look()
        return was is not None

    # -- Esc ------------------------------------------------------------------------------------

    def begin_hold(self) -> None:
        """Esc went down with nothing open."""
        self._hold.start()

    def end_hold(self) -> None:
        """Esc is up, or something else was done."""
        self._hold.stop()

    def _app_changed(self, state: Qt.ApplicationState) -> None:
        self._hold.stop()

    # -- events ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks at keys on their way to the widget with the focus; takes none."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self._pressed = None  # another key begins; one on its way up sends none
        elif event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if self._pressed is None:  # else the focus was given on while this key is on its way
                self._pressed = self.owner()
            if event.key() in ENTER and self._pressed not in NOTHING_OPEN:
                # Its field may keep it from the window, and give the focus away for the next one.
                self._taken_key, self._taken_s = event.key(), math.inf
            if not event.isAutoRepeat():
                self._hold.stop()
            self._forget.start(0)
        elif event.type() == QEvent.Type.FocusIn:
            assert isinstance(event, QFocusEvent)
            if event.reason() == Qt.FocusReason.PopupFocusReason:  # its keys were never seen here
                self._popup_went()
        elif event.type() == QEvent.Type.KeyRelease:
            assert isinstance(event, QKeyEvent)
            if not event.isAutoRepeat():
                self._hold.stop()
        return False

    def _rest(self) -> None:
        """Back in the event loop: the key has been everywhere it could be."""
        self._pressed = None
        if self._taken_s == math.inf:
            self._taken_s = time.monotonic()
        if self._popup_s == math.inf:
            self._popup_s = time.monotonic()
        self.look()

    def _popup_went(self) -> None:
        self._popup_s = math.inf  # until the loop is free again
        self._forget.start(0)

    def _focus_changed(self, was: QWidget | None, now: QWidget | None) -> None:
        if now is not None and was is None:  # back from a popup in which nothing had the focus
            self._popup_went()
        if self._focus is not None and isValid(self._focus):
            self._focus.removeEventFilter(self)
        self._focus = now
        self._refused = None
        self._hold.stop()
        if now is not None:
            now.installEventFilter(self)
        self.look()


def field_at(window: QWidget, at: object) -> QWidget | None:
    """The field under a point of the window that is off: it takes neither click nor key."""
    child = window.childAt(at)  # type: ignore[call-overload]
    while child is not None and child is not window:
        if isinstance(child, FIELDS):
            return child if not child.isEnabled() else None
        child = child.parentWidget()
    return None
