"""What a panel is: a dock with a quiet head, a body, keys of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from studio.api import Text, translate
from ui.desk import Desk
from ui.dialogs.card import FormCard
from ui.dialogs.form import Form
from ui.i18n import language, t
from ui.panels.spot import BOTTOM, Spot
from ui.panels.tool_row import ToolRow
from ui.theme import tokens
from ui.widgets.basics import Badge, Button, TextLabel, below, column, row
from ui.widgets.plain import plain

HEAD = 38
MOST_FOLDS = 4
FORM_HIGH = 560


class PanelHead(QFrame):
    """Title, count and tools; when panels share a place, their names as tabs.

    Signals:
        picked: (panel id) of a neighbour whose tab was clicked.
        enlarged: double-clicked.
    """

    picked = Signal(str)
    enlarged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panelHead")
        self.setFixedHeight(tokens.px(HEAD))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._high = tokens.px(HEAD)
        self._is_folding = self._is_stale = False
        self._least = QSize(tokens.px(80), self._high)
        self.title = TextLabel(weight=600)
        self.count = TextLabel(size=12, tone="muted", is_steady=True)
        self.badge = Badge()
        self.badge.hide()
        self._tabs = QHBoxLayout()
        self._tabs.setSpacing(tokens.px(2))
        self.tools = ToolRow(self)
        layout = row(gap=8, margins=(12, 0, 8, 0))
        layout.addLayout(self._tabs)
        for part in (self.title, self.count, self.badge):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(self.tools)
        self.setLayout(layout)
        self._shown: list[tuple[str, str]] = []
        self._present = ""
        self._buttons: list[Button] = []
        self._more = Button("", "quiet", clicked=self._open_more)
        self._more.setFont(tokens.font(13, 600))
        self._more.hide()
        layout.insertWidget(0, self._more)

    # Another page asks for these some ten thousand times.

    def sizeHint(self) -> QSize:
        """A dock asks for the height here alone."""
        return QSize(super().sizeHint().width(), self._high)

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return self._least

    def show_tabs(self, tabs: list[tuple[str, str]], present: str) -> None:
        """Shows ``(id, title)`` of the panels that share this place; alone: just the title."""
        if len(tabs) < 2:
            tabs = []
        self._present = present
        if tabs != self._shown:
            self._shown = tabs
            while len(self._buttons) > len(tabs):
                gone = self._buttons.pop()
                self._tabs.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
            while len(self._buttons) < len(tabs):
                self._add_tab(len(self._buttons))
            for button, (id, title) in zip(self._buttons, tabs, strict=True):
                button.setText(title)
                button.setChecked(id == present)
        self.title.setVisible(not tabs)
        self._fold()

    def _add_tab(self, place: int) -> None:
        button = Button("", "quiet", checkable=True)
        button.setFont(tokens.font(13, 600))
        button.clicked.connect(lambda: self._pick(place))
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tabs.addWidget(button)
        self._buttons.append(button)

    def show_badge(self, text: str, tone: str = "attention") -> None:
        """A word beside the title; "" for none."""
        if text == self.badge.text and tone == self.badge.tone:
            return
        self.badge.set(text, tone)
        self.badge.setVisible(bool(text))
        self._fold()

    def _fold(self) -> None:
        """Tabs that have no room become one name with the others behind it.

        Showing a button may give the head another size at once, within this very call.
        """
        if self._is_folding:
            self._is_stale = True
            return
        self._is_folding = True
        for _ in range(MOST_FOLDS):
            self._is_stale = False
            self._fold_once()
            if not self._is_stale:
                break
        self._is_folding = False

    def _fold_once(self) -> None:
        needs = sum(button.sizeHint().width() + tokens.px(2) for button in self._buttons)
        badge = self.badge.sizeHint().width() if self.badge.text else 0
        spare = self.tools.sizeHint().width() + badge + tokens.px(52)  # margins and gaps
        is_folded = bool(self._buttons) and needs + spare > self.width()
        for button in self._buttons:
            button.setVisible(not is_folded)
        self._more.setVisible(is_folded)
        title = next((words for id, words in self._shown if id == self._present), "")
        self._more.setText(f"{title}  ▾")
        # Who looks for a panel sees by the mouse's stay behind which name it stands.
        self._more.name(title, " · ".join(words for _, words in self._shown))
        # What is shown of the names comes first, the count where there is room beside it.
        head = needs
        if is_folded:
            head = self._more.sizeHint().width()
        elif not self._buttons:
            head = self.title.sizeHint().width()
        room = head + spare + self.count.sizeHint().width() + tokens.px(16)
        self.count.setVisible(room < self.width())
        # No button is cut for a word that says the same: the badge goes when nothing else can.
        is_room = head + spare <= self.width()
        self.badge.setVisible(bool(self.badge.text) and (is_room or not self.tools.count()))

    def event(self, event: QEvent) -> bool:
        """A tool, a count or a badge that came, went or grew: another fit."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return super().event(event)

    def _open_more(self) -> None:
        menu = QMenu(self)
        for id, words in self._shown:
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, i=id: self.picked.emit(i))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self._more))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another fit."""
        self._fold()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Large, or back to its place."""
        self.enlarged.emit()
        event.accept()

    def _pick(self, place: int) -> None:
        id = self._shown[place][0]
        self._buttons[place].setChecked(id == self._present)
        self.picked.emit(id)


class Panel(QDockWidget):
    """One panel of the desk.

    A subclass in ``ui/panels/ID/panel.py`` is on the desk: there is nothing to sign up for.

    Class attributes:
        id: names it in layouts; its texts are ``ui.ID.*``.
        label: its title, of a plugin, which has no text in the catalogue.
        parts: of the state that only this panel reads: name and struct; see `Store.own`.
        keys: (key, text key) pairs for the F1 card.
        spots: where it stands, by layout; it is hidden in those that are not named.
        place: where it goes when it is opened in one of those.
        rank: among the tabs of a place, and for F6; smaller comes first.
    """

    id: ClassVar[str] = ""
    label: ClassVar[Text] = Text("", "")
    parts: ClassVar[Mapping[str, type]] = {}
    keys: ClassVar[tuple[tuple[str, str], ...]] = ()
    spots: ClassVar[Mapping[str, Spot]] = {}
    place: ClassVar[Qt.DockWidgetArea] = BOTTOM
    rank: ClassVar[int] = 1000

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName(self.id)
        self.head = PanelHead()
        self.setTitleBarWidget(self.head)
        body = QFrame()
        body.setObjectName("panelBody")
        body.setLayout(column(gap=0))
        self._body_layout = body.layout()
        self.setWidget(body)
        self.build()
        self.retext()
        language.changed.connect(self.retext)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A panel that floats is a window of its own: the keys of the show work there too."""
        if self.isFloating():
            self.desk.press(event)
        else:
            super().keyPressEvent(event)

    def build(self) -> None:
        """Makes the widgets, once."""

    @classmethod
    def titles(cls) -> Text:
        """Its title in both languages."""
        key = f"ui.{cls.id}.title"
        return cls.label if any(cls.label) else Text(translate(key, "zh"), translate(key, "en"))

    @classmethod
    def title(cls) -> str:
        """Its title in the present language."""
        return cls.titles().in_language(language.code)

    def retext(self) -> None:
        """Puts all texts in, in the present language."""
        self.head.title.setText(self.title())
        self.head.tools.more.name(t("panel.more_tools"))
        self.head.title.setToolTip(plain(t("panel.enlarge_tip")))
        self.setWindowTitle(self.title())
        self.setAccessibleName(self.title())

    def show_place(self, place: str) -> None:
        """What `Desk.reveal` meant of it: "NAME", "NAME/FIELD", "+" for a new one; "" is all."""

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Puts a widget into the body."""
        layout = self._body_layout
        assert layout is not None
        layout.addWidget(widget)
        if stretch:
            layout.setStretchFactor(widget, stretch)  # type: ignore[attr-defined]

    def show_form(self, form: Form, place: QLayout) -> None:
        """Puts a form into the panel, or over the window where the panel is too small for it."""
        body = self.widget()
        needs = form.sizeHint()
        has_room = body.height() >= min(needs.height() + tokens.px(96), tokens.px(FORM_HIGH))
        is_wide = body.width() >= form.minimumSizeHint().width() + tokens.px(24)
        if self.isFloating() or (has_room and is_wide):
            place.addWidget(form)
        else:
            FormCard(self.window(), form, self.windowTitle())

    def add_scroll(self, inside: QWidget) -> QScrollArea:
        """Puts a widget that may be taller than the panel into the body."""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        area.setWidget(inside)
        self.add(area, 1)
        return area

    def tool(self, button: Button) -> Button:
        """Puts a button into the head."""
        self.head.tools.addWidget(button)
        return button
