"""Ctrl+K: any command by its name in either language; its arguments are asked in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.api import Text
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.choices import choices_for
from ui.i18n import pick, t
from ui.models import things as model
from ui.models.commands import CommandInfo
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, column, row
from ui.widgets.hold import HoldButton
from ui.widgets.plain import plain
from ui.widgets.schema_form import SchemaForm

ID = Qt.ItemDataRole.UserRole
THING = Qt.ItemDataRole.UserRole + 1
MOST = 60


def score(info: CommandInfo, words: Sequence[str]) -> float:
    """How well a command fits what was typed; 0 is not at all."""
    names = [info.label[0].lower(), info.label[1].lower(), info.id.lower()]
    rest = " ".join((*info.help, *names)).lower()
    total = 0.0
    for word in words:
        share = max((len(word) / len(name) for name in names if name and word in name), default=0)
        if any(name.startswith(word) for name in names):
            total += 8 + 4 * share
        elif share:
            total += 4 + 4 * share
        elif word in rest:
            total += 1
        else:
            return 0
    return total + 1


class _Beside(QObject):
    """A click beside a card closes it, and does what it does there."""

    def __init__(self, card: QWidget) -> None:
        super().__init__(card)
        self._card = card

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only looks; a window of its own (a list that drops down, a dialog) is not beside."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            card = self._card
            is_beside = watched is not card and not card.isAncestorOf(watched)
            if is_beside and watched.window() is card.window():
                card.hide()
        return False


class Palette(QFrame):
    """Type, choose with the arrows, Enter; Shift+Enter asks what is optional too; Esc leaves."""

    takes_keys = True

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._around = window
        self.panels: list[tuple[str, Text]] = []
        self.setObjectName("card")
        self.desk = desk
        self.search = QLineEdit()
        self.search.setFont(tokens.font(15))
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setStyleSheet(
            f"QListWidget {{ background: transparent; border: none; }}"
            f"QListWidget::item {{ padding: {tokens.px(6)}px {tokens.px(10)}px;"
            f" border-radius: {tokens.px(4)}px; }}"
            f"QListWidget::item:selected {{ background: {tokens.ACCENT_FILL};"
            f" color: {tokens.WHITE}; }}"
        )
        self.list.itemClicked.connect(lambda _: self._choose())
        self._form_at = QVBoxLayout()
        self.help = TextLabel(size=12, tone="muted", wraps=True)
        layout = column(gap=8, margins=(12, 12, 12, 10))
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(self._form_at)
        layout.addWidget(self.help)
        self.setLayout(layout)
        self._info: CommandInfo | None = None
        self.form: SchemaForm | None = None
        self._go: Button | None = None
        self._is_sure = False
        self._beside = _Beside(self)
        self.hide()

    def open(self) -> None:
        """Shows it, empty, with the cursor in it."""
        window = self._around
        wide = min(tokens.px(620), window.width() - tokens.px(48))
        high = min(tokens.px(460), window.height() - tokens.px(96))
        self.setGeometry((window.width() - wide) // 2, tokens.px(72), wide, high)
        self.search.setPlaceholderText(t("palette.hint"))
        self.search.setAccessibleName(t("palette.open"))
        self.setAccessibleName(t("palette.open"))
        self.list.setAccessibleName(t("palette.open"))
        self._back()
        self.search.clear()
        self._find("")
        self.show()
        self.raise_()
        self.search.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Looks where the mouse goes, as long as it lies over the pictures."""
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self._beside)

    def hideEvent(self, event: QHideEvent) -> None:
        """Looks no more."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self._beside)

    def close_card(self) -> None:
        """Goes away."""
        self.hide()
        self._around.setFocus()

    # -- finding -------------------------------------------------------------------------------

    def _find(self, text: str) -> None:
        words = text.lower().split()
        commands = self.desk.store.commands.values()
        found = [(score(info, words), info) for info in commands]
        found = [entry for entry in found if entry[0] > 0]
        found.sort(key=lambda entry: (-entry[0], entry[1].id))
        self.list.clear()
        lines: list[tuple[float, QListWidgetItem]] = []
        for points, info in found[:MOST]:
            item = QListWidgetItem(_line(info))
            item.setData(ID, info.id)
            item.setToolTip(plain(pick(info.help)))
            lines.append((points, item))
        for thing in (*model.things(self.desk.store), *self._of_window()) if words else ():
            points = model.score(thing, words)
            if points > 0:
                item = QListWidgetItem(thing.words)
                item.setData(ID, thing.command)
                item.setData(THING, thing)
                lines.append((points, item))
        lines.sort(key=lambda line: -line[0])
        for _, item in lines[:MOST]:
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._fit()
        self.help.setText(t("palette.nothing") if not lines else t("palette.keys"))

    def _of_window(self) -> list[model.SearchEntry]:
        screens = [screen.name() for screen in QGuiApplication.screens()]
        return model.window_entries(self.panels, screens)

    def _fit(self) -> None:
        """As high as what was found."""
        window, rows = self._around, max(1, min(12, self.list.count()))
        high = tokens.px(104) + rows * max(tokens.px(30), self.list.sizeHintForRow(0))
        self.resize(self.width(), min(high, window.height() - tokens.px(96)))

    def _choose(self, *, with_options: bool = False) -> None:
        item = self.list.currentItem()
        thing = item.data(THING) if item else None
        if isinstance(thing, model.SearchEntry):
            self._do(thing)
            return
        info = self.desk.store.commands.get(item.data(ID)) if item else None
        if info is None:
            return
        self._info, self._is_sure = info, False
        if info.required or info.needs_confirm or (with_options and info.properties):
            self._ask(info)
        else:
            self._run({})

    def _do(self, thing: model.SearchEntry) -> None:
        """What was found has a name: no argument is asked for."""
        if thing.panel or thing.change:
            self.close_card()
            if thing.change:
                self.desk.change(*thing.change)
            else:
                self.desk.reveal(thing.panel)
            return
        self._info = None
        args = dict(thing.args)
        self.desk.actions.run(thing.command, args, origin=self, done=self._answered)

    # -- asking --------------------------------------------------------------------------------

    def _ask(self, info: CommandInfo) -> None:
        self.list.hide()
        high = tokens.px(210) + len(info.properties) * tokens.px(36)
        self.resize(self.width(), min(high, self._around.height() - tokens.px(96)))
        clear(self._form_at)
        self._form_at.addWidget(TextLabel(_line(info), weight=600))
        self.form = SchemaForm(info.args, choices=self.choices)
        for child in self.form.findChildren(QLineEdit):
            child.installEventFilter(self)
        self._form_at.addWidget(self.form)
        hidden = [n for n in info.required if n not in self.form.names]
        if info.needs_confirm:
            hold = HoldButton(t("palette.hold"), "attention", held=self._sure)
            hold.name(pick(info.label))
            self._go = hold
        else:
            self._go = Button(t("palette.run"), "primary", clicked=self.submit)
        buttons = row(gap=8)
        buttons.addStretch(1)
        buttons.addWidget(Button(t("palette.back"), clicked=self._back))
        buttons.addWidget(self._go)
        self._form_at.addLayout(buttons)
        self._form_at.addStretch(1)
        if hidden:
            self.help.setText(t("palette.needs", names=", ".join(hidden)))
            self._go.setEnabled(False)
        else:
            self.help.setText(pick(info.help))
        if self.form.names:
            self.form.begin()
        else:
            self._go.setFocus()

    def _back(self) -> None:
        clear(self._form_at)
        self.form, self._go, self._info = None, None, None
        self.list.show()
        self.search.setFocus()

    def _sure(self) -> None:
        self._is_sure = True
        self.submit()

    def submit(self) -> None:
        info, form = self._info, self.form
        if info is None:
            return
        if info.needs_confirm and not self._is_sure:
            self.help.setText(t("hold.tip", what=pick(info.label)))
            return
        args: dict[str, Any] = {}
        if form is not None:
            args = form.values(only_changed=True)
            args.update({n: v for n, v in form.values().items() if n in info.required})
            empty = [n for n in info.required if args.get(n) in ("", None)]
            if empty:
                self.help.setText(t("palette.empty", names=", ".join(empty)))
                widget = form.widget(empty[0])
                if widget is not None:
                    widget.setFocus()
                return
        if info.needs_confirm:
            args["confirm"] = True
        self._run(args)

    def _run(self, args: dict[str, Any]) -> None:
        info = self._info
        if info is not None:
            self.desk.actions.run(info.id, args, origin=self, done=self._answered)

    def _answered(self, reply: Reply) -> None:
        if reply.ok:
            self.close_card()
        else:
            self.help.setText(pick(reply.text))

    def choices(self, name: str) -> list[tuple[str, str]]:
        """Values one can choose from for an argument of this name."""
        return list(choices_for(self.desk, self._info)(name))

    # -- keys ----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while one types."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.form is not None:
                self._back()
            else:
                self.close_card()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.form is not None:
                self.submit()
            else:
                mods = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self._choose(with_options=bool(mods))
            return True
        if watched is self.search and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            count = max(1, self.list.count())
            self.list.setCurrentRow((self.list.currentRow() + step) % count)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves wherever the cursor is; nothing reaches the window behind."""
        if event.key() == Qt.Key.Key_Escape:
            self._back() if self.form is not None else self.close_card()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.form is not None:
            self.submit()
        event.accept()


def _line(info: CommandInfo) -> str:
    here, other = pick(info.label), info.label[1] if pick(info.label) == info.label[0] else ""
    words = f"{here}   {other}" if other else f"{here}   {info.label[0]}"
    return f"{words}   {info.keys}".strip()
