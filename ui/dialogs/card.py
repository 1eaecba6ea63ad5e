"""A card over the window: title, body, a button to close. The show goes on behind it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from shiboken6 import isValid

from ui.dialogs.form import Form
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column, row

LEAST_WIDE = 400
"""What a form's names and fields need side by side."""


@runtime_checkable
class HasProgramme(Protocol):
    """A window that shows what is on air."""

    def programme_rect(self) -> QRect:
        """Where, in the window; empty where it is not shown."""
        ...


class Card(QFrame):
    """Never modal; Esc or the button closes it. The programme stays seen where there is room.

    Args:
        window: it lies over.
        wide, high: in pixels of the desk's scale, as far as the window has room.
    """

    takes_keys = True

    def __init__(self, window: QWidget, wide: int = 560, high: int = 520) -> None:
        super().__init__(window)
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._around, self._wide, self._high = window, wide, high
        self.title = TextLabel(weight=600)
        self._close = Button("✕", "quiet", clicked=self.close_card)
        self.body = column(gap=8)
        layout = column(gap=10, margins=(16, 12, 16, 14))
        layout.addLayout(row(self.title, 1, self._close, gap=8))
        layout.addLayout(self.body, 1)
        self.setLayout(layout)
        self.hide()

    def open_card(self, title: str) -> None:
        """Shows it."""
        self.title.setText(title)
        self.setAccessibleName(title)
        self._close.name(t("card.close"))
        self.place()
        self.show()
        self.raise_()
        self.setFocus()

    def place(self) -> None:
        """Inside the window, whatever size that has; beside the programme, a little narrower if
        it fits there then, else over as little of it as can be."""
        window, edge = self._around, tokens.px(8)
        wide = min(tokens.px(self._wide), window.width() - tokens.px(32))
        high = min(tokens.px(self._high), window.height() - tokens.px(72))
        left = (window.width() - wide) // 2
        programme = window.programme_rect() if isinstance(window, HasProgramme) else QRect()
        if not programme.isEmpty():
            before = programme.left() - 2 * edge
            after = window.width() - programme.right() - 2 * edge
            room = max(before, after)
            if room >= min(wide, max(self.minimumSizeHint().width(), tokens.px(LEAST_WIDE))):
                wide = min(wide, room)
            if before >= after:
                left = min(left, max(edge, before + edge - wide))
            else:
                left = max(left, min(programme.right() + edge, window.width() - edge - wide))
        self.setGeometry(left, tokens.px(48), wide, high)

    def close_card(self) -> None:
        """Goes away."""
        self.hide()
        self._around.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; the other keys are the show's."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
            event.accept()
        else:
            super().keyPressEvent(event)


class FormCard(Card):
    """A form over the window: for a panel that is too small for it. It goes with its form.

    Args:
        form: it answers to Enter and Esc itself.
    """

    def __init__(self, window: QWidget, form: Form, title: str) -> None:
        super().__init__(window, 600, 640)
        self.form = form
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        holder.setLayout(column(form, 1, gap=0))
        area.setWidget(holder)
        self.body.addWidget(area)
        form.closed.connect(self.hide)  # at once: the form itself goes a turn of the loop later
        form.destroyed.connect(self.deleteLater)
        window.installEventFilter(self)
        form.installEventFilter(self)
        self.open_card(title)

    def place(self) -> None:
        """As high as its form needs, inside the window."""
        needs = self.form.sizeHint().height()
        if self.form.hasHeightForWidth():  # lines of text that break
            inside = min(tokens.px(self._wide), self._around.width()) - tokens.px(60)
            needs = max(needs, self.form.heightForWidth(inside))
        self._high = round((needs + tokens.px(76)) / tokens.scale())
        super().place()

    def close_card(self) -> None:
        """Leaves the form, which takes the card along."""
        self.hide()
        if isValid(self.form):
            self.form.closed.emit()
        self._around.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays inside the window, and as high as its form: another kind has other fields."""
        wanted = QEvent.Type.LayoutRequest if watched is self.form else QEvent.Type.Resize
        if event.type() == wanted and self.isVisible():
            self.place()
        return False
