"""F1: the keys of the panel one is in, and those that work everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import TextLabel, clear, column

EVERYWHERE = (
    ("1 … 9", "keys.preview"),
    ("Ctrl+Z / Ctrl+Shift+Z", "keys.undo"),
    ("Ctrl+K", "keys.palette"),
    ("Ctrl+Shift+K", "keys.editor"),
    ("Ctrl+1 … 4", "keys.layouts"),
    ("Ctrl+L", "keys.language"),
    ("Ctrl+ + / −", "keys.scale"),
    ("F6", "keys.next_panel"),
    ("Shift+F11", "keys.enlarge"),
    ("F11", "keys.full"),
    ("F1", "keys.this"),
)

LONG = 10


class KeysCard(QFrame):
    """A card over the window; any key or a click sends it away."""

    takes_keys = True

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._around = window
        self.setObjectName("card")
        self._at = QVBoxLayout()
        layout = column(gap=8, margins=(20, 16, 20, 16))
        layout.addLayout(self._at)
        self.setLayout(layout)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def open(
        self,
        title: str,
        keys: Sequence[tuple[str, str]],
        commands: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Shows the keys of a panel and of the window."""
        clear(self._at)
        if keys:
            self._section(title, [(key, t(words)) for key, words in keys])
        everywhere = [(key, t(words)) for key, words in EVERYWHERE]
        self._section(t("keys.everywhere"), [*everywhere, *commands])
        self._at.addWidget(TextLabel(t("keys.close"), size=12, tone="muted"))
        self.setAccessibleName(t("keys.title"))
        window = self._around
        self.setFixedWidth(min(tokens.px(860), window.width() - tokens.px(32)))
        self.adjustSize()
        self.move(
            (window.width() - self.width()) // 2, max(8, (window.height() - self.height()) // 2)
        )
        self.show()
        self.raise_()
        self.setFocus()

    def _section(self, title: str, keys: Sequence[tuple[str, str]]) -> None:
        """In two columns when there are many."""
        half = len(keys) if len(keys) <= LONG else (len(keys) + 1) // 2
        self._at.addWidget(TextLabel(title, weight=600))
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.px(16))
        grid.setVerticalSpacing(tokens.px(4))
        for line, (key, words) in enumerate(keys):
            cap = TextLabel(key, size=12, weight=600)
            cap.setStyleSheet(
                f"background: {tokens.RAISED}; border: 1px solid {tokens.LINE};"
                f" border-radius: {tokens.px(4)}px; padding: 1px {tokens.px(7)}px;"
            )
            cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
            side = 2 * (line // half)
            grid.addWidget(cap, line % half, side)
            grid.addWidget(TextLabel(words, wraps=True), line % half, side + 1)
            grid.setColumnStretch(side + 1, 1)
        self._at.addLayout(grid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key."""
        self.hide()
        self._around.setFocus()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click."""
        self.hide()
