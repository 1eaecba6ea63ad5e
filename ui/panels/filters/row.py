"""One filter in the list: grip, on or off, name, time a frame, state."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu

from studio.sources.model import FilterSpec, FilterStatus
from ui.desk import Desk
from ui.i18n import said, t
from ui.theme import icons, tokens
from ui.widgets.basics import Badge, Button, TextLabel, below, column, row
from ui.widgets.hold import HoldButton

_TONES = {"slow": "attention_soft", "failed": "attention_soft", "missing": "attention_soft"}


class Grip(QLabel):
    """Where a row is taken to be moved.

    Signals:
        moved: (y on the screen) while it is dragged.
        dropped: (y on the screen) it was let go.
    """

    moved = Signal(int)
    dropped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(tokens.px(16))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setPixmap(icons.pixmap("drag", tokens.px(14), tokens.MUTED, self.devicePixelRatioF()))
        self._is_held = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes the row."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_held = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carries it."""
        if self._is_held:
            self.moved.emit(round(event.globalPosition().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets it go."""
        if self._is_held:
            self._is_held = False
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.dropped.emit(round(event.globalPosition().y()))


class FilterRow(QFrame):
    """One filter.

    Signals:
        opened: its settings are wanted (or no longer).
        wants_to: (index) another place in the order.
        copied: it goes to the clipboard.
    """

    opened = Signal()
    wants_to = Signal(int)
    copied = Signal()

    def __init__(self, desk: Desk, source: str, spec: FilterSpec) -> None:
        super().__init__()
        self.desk, self.source, self.spec, self.index = desk, source, spec, 0
        self.setObjectName("filter")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grip = Grip()
        self.eye = Button("", "quiet", checkable=True, clicked=self._switch)
        self.title = TextLabel(elides=True)
        self.ms = TextLabel(size=11, tone="muted")
        self.state = Badge()
        self.why = TextLabel(size=12, tone="attention", wraps=True)
        self.edit = Button("", "quiet", icon="settings", clicked=self.opened.emit)
        self.more = Button("", "quiet", icon="more", clicked=self._menu)
        self.remove = HoldButton("", "quiet", icon="trash", held=self._remove)
        self.remove.let_go.connect(
            lambda: desk.say(self.remove, t("hold.tip", what=t("filters.remove")), "attention")
        )
        for button in (self.eye, self.edit, self.more, self.remove):
            button.setFixedWidth(tokens.px(30))
        head = row(self.grip, self.eye, gap=4)
        head.addWidget(self.title, 1)
        for part in (self.ms, self.state, self.edit, self.more, self.remove):
            head.addWidget(part)
        self.body = column(gap=2, margins=(8, 3, 8, 3))
        self.body.addLayout(head)
        self.body.addWidget(self.why)
        self.setLayout(self.body)

    def show_filter(self, spec: FilterSpec, status: FilterStatus | None, index: int) -> None:
        """What is known now."""
        self.spec, self.index = spec, index
        on = spec.is_enabled
        self.eye.setIcon(icons.icon("eye" if on else "eye-off", tokens.MUTED))
        self.eye.setChecked(on)
        self.eye.name(t("filters.off_of" if on else "filters.on_of", name=spec.name))
        self.title.setText(spec.name)
        self.title.set_tone("" if on else "muted")
        state = status.state if status else "ok"
        is_bad = state != "ok" and on
        word = t(f"filters.state_{state}") if is_bad else "" if on else t("filters.bypassed")
        self.state.set(word, _TONES.get(state, "off") if is_bad else "off")
        self.state.setVisible(bool(word))
        why = said(status.error, dict(status.params)) if is_bad and status else ""
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.edit.name(t("filters.edit_of", name=spec.name))
        self.more.name(t("filters.more_of", name=spec.name))
        self.remove.name(t("filters.remove_of", name=spec.name))
        self.setAccessibleName(" ".join(filter(None, (spec.name, word, why))))
        self.show_time(status)

    def show_time(self, status: FilterStatus | None) -> None:
        """How long it takes."""
        # A state takes the place of the time: its reason tells it.
        is_well = self.spec.is_enabled and not self.state.text
        is_known = status is not None and status.ms > 0 and is_well
        ms = status.ms if status is not None else 0.0
        self.ms.setText(t("filters.ms", ms=f"{ms:.1f}") if is_known else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+↑/↓ moves it, Space switches it, Enter opens its settings."""
        key, is_alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        is_own = self.window().focusWidget() is self  # also while another window is in front
        if is_alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.wants_to.emit(self.index + (1 if key == Qt.Key.Key_Down else -1))
        elif key == Qt.Key.Key_Space and is_own:
            self._switch()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_own:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _args(self) -> dict[str, object]:
        return {"source": self.source, "name": self.spec.name}

    def _switch(self) -> None:
        on = not self.spec.is_enabled
        self.eye.setChecked(not on)
        args = {**self._args(), "enabled": on}
        self.desk.actions.run("filters.set", args, origin=self.eye)

    def _remove(self) -> None:
        self.desk.actions.run("filters.remove", self._args(), origin=self.remove)

    def _menu(self) -> None:
        menu = QMenu(self)
        for words, act in (
            (t("filters.up"), lambda: self.wants_to.emit(self.index - 1)),
            (t("filters.down"), lambda: self.wants_to.emit(self.index + 1)),
            (t("filters.copy_one"), self.copied.emit),
        ):
            menu.addAction(words).triggered.connect(lambda _=False, a=act: a())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self.more))
