"""The hotkey editor: every command, its key, and whether it works from other programs too."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.desk import Desk
from ui.dialogs.card import Card
from ui.dialogs.choices import choices_for
from ui.global_keys import why_not
from ui.hotkeys import Hotkeys, sequence_of, shown
from ui.i18n import language, pick, t
from ui.models import hotkeys as model
from ui.models.hotkeys import Bound
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, row
from ui.widgets.plain import plain
from ui.widgets.schema_form import SchemaForm

NAME = Qt.ItemDataRole.UserRole
MODIFIERS = (
    Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown,
)  # fmt: skip


class KeyCapture(Button):
    """Takes the next key that is pressed; a click begins, Esc gives up.

    Signals:
        captured: (keys) as Qt writes them.
    """

    captured = Signal(str)

    def __init__(self) -> None:
        super().__init__("", checkable=True, clicked=self._begin)
        self.setMinimumWidth(tokens.px(150))
        self._words = ""

    def show_keys(self, keys: str) -> None:
        """What the key is now."""
        self._words = shown(keys)
        self._retext()

    def _begin(self) -> None:
        self.setFocus()
        self._retext()

    def _retext(self) -> None:
        self.setText(t("hotkeys.press") if self.isChecked() else self._words)

    def event(self, event: QEvent) -> bool:
        """While it listens no shortcut of the window takes a key away."""
        if self.isChecked() and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self.isChecked() and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            self.keyPressEvent(event)  # Tab too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key."""
        if not self.isChecked():
            super().keyPressEvent(event)
            return
        event.accept()
        if event.key() in MODIFIERS:
            return
        self.setChecked(False)
        self._retext()
        if event.key() != Qt.Key.Key_Escape or event.modifiers():
            self.captured.emit(sequence_of(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Somewhere else is clicked: it gives up."""
        self.setChecked(False)
        self._retext()
        super().focusOutEvent(event)


class HotkeyEditor(Card):
    """A card over the window; the show goes on behind it and its keys work.

    Args:
        hotkeys: changed at once, kept in the person's settings.
    """

    def __init__(self, desk: Desk, hotkeys: Hotkeys, window: QWidget) -> None:
        super().__init__(window, 680, 620)
        self.desk, self._hotkeys = desk, hotkeys
        self.search = QLineEdit()
        self.search.textChanged.connect(lambda _: self._show())
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setColumnCount(3)
        self.list.setStyleSheet(
            f"QTreeWidget {{ background: transparent; border: 1px solid {tokens.LINE};"
            f" border-radius: {tokens.px(tokens.RADIUS)}px; }}"
            f"QTreeWidget::item {{ padding: {tokens.px(4)}px {tokens.px(6)}px; }}"
            f"QTreeWidget::item:selected {{ background: {tokens.ACCENT_FILL};"
            f" color: {tokens.WHITE}; }}"
            f"QHeaderView {{ background: {tokens.PANEL}; }}"
            f"QHeaderView::section {{ background: {tokens.PANEL}; color: {tokens.MUTED};"
            f" border: none; padding: {tokens.px(4)}px {tokens.px(6)}px; }}"
        )
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.currentItemChanged.connect(lambda *_: self._pick())
        self.capture = KeyCapture()
        self.list.itemDoubleClicked.connect(lambda *_: self.capture.click())
        self.capture.captured.connect(self.give)
        self.take_over = Button("", "attention", clicked=self._take_over)
        self.is_global = Button("", checkable=True, clicked=self._global)
        self.usual = Button("", clicked=self._reset)
        self.none = Button("", clicked=lambda: self.give(""))
        self.add = Button("", icon="plus", clicked=self._open_add)
        self.all_usual = Button("", clicked=self._reset_all)
        self.words = TextLabel(size=12, tone="muted", wraps=True)
        self._form_at = QVBoxLayout()
        self.form: SchemaForm | None = None
        self.commands: QComboBox | None = None
        self._asked = ""
        self.body.addWidget(self.search)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(
            row(self.capture, self.take_over, self.is_global, 1, self.none, self.usual, gap=8)
        )
        self.body.addWidget(self.words)
        self.body.addLayout(self._form_at)
        self.body.addLayout(row(self.add, 1, self.all_usual, gap=8))
        hotkeys.changed.connect(self._changed)
        hotkeys.globals.refused_changed.connect(self._changed)
        language.changed.connect(self.retext)
        self.retext()

    def retext(self) -> None:
        """All texts."""
        self.title.setText(t("hotkeys.title"))
        self.setAccessibleName(t("hotkeys.title"))
        self._close.name(t("hotkeys.close"))
        self.search.setPlaceholderText(t("hotkeys.search"))
        self.search.setAccessibleName(t("hotkeys.search"))
        self.list.setAccessibleName(t("hotkeys.title"))
        self.list.setHeaderLabels([t("hotkeys.what"), t("hotkeys.key"), t("hotkeys.far")])
        self.list.headerItem().setTextAlignment(
            1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        for button, key in (
            (self.take_over, "take_over"), (self.is_global, "global"), (self.usual, "usual"),
            (self.none, "none"), (self.add, "add"), (self.all_usual, "all_usual"),
        ):  # fmt: skip
            button.setText(t(f"hotkeys.{key}"))
            button.name(t(f"hotkeys.{key}"))
        reason = why_not()
        self.is_global.setToolTip(plain(t(reason) if reason else t("hotkeys.global_tip")))
        self.capture.name(t("hotkeys.capture"))
        if self.isVisible():
            self._show()

    def open(self) -> None:
        """Shows it."""
        self.list.setColumnWidth(1, tokens.px(170))
        self.list.setColumnWidth(2, tokens.px(70))
        clear(self._form_at)
        self.form = self.commands = None
        self.search.clear()
        self.open_card(t("hotkeys.title"))
        self._show()
        self.search.setFocus()

    # -- the list ------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        words = self.search.text().lower().split()
        now = self.line()
        self.list.blockSignals(True)
        self.list.clear()
        for line in self._hotkeys.lines:
            label = self._hotkeys.label(line)
            text = f"{label} {line.name} {line.keys}".lower()
            if not all(word in text for word in words):
                continue
            far = t("hotkeys.yes") if line.is_global else ""
            item = QTreeWidgetItem([label, shown(line.keys), far])
            item.setData(0, NAME, line.name)
            item.setToolTip(0, plain(line.name))
            if line.is_own:
                font = item.font(1)
                font.setBold(True)
                item.setFont(1, font)
            self.list.addTopLevelItem(item)
            if now is not None and line.name == now.name:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)
        self.list.blockSignals(False)
        self._pick()

    def line(self) -> Bound | None:
        """The line that is picked, as it is now."""
        item = self.list.currentItem()
        name = item.data(0, NAME) if item is not None else ""
        return next((line for line in self._hotkeys.lines if line.name == name), None)

    def select(self, name: str) -> None:
        """Picks a line by its name."""
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            if item is not None and item.data(0, NAME) == name:
                self.list.setCurrentItem(item)
                self.list.scrollToItem(item)

    def _pick(self) -> None:
        line, reason = self.line(), why_not()
        self._asked = ""
        self.take_over.hide()
        for button in (self.capture, self.none, self.usual):
            button.setEnabled(line is not None)
        self.is_global.setEnabled(line is not None and not reason and bool(line.keys))
        if line is None:
            return
        self.capture.show_keys(line.keys)
        self.is_global.setChecked(line.is_global)
        self.usual.setEnabled(line.is_own)
        self.none.setEnabled(bool(line.keys))
        if line.is_global and reason:
            self._say(t(reason), "attention")
        elif line.is_global and line.keys in self._hotkeys.globals.refused():
            self._say(t("hotkeys.refused", keys=shown(line.keys)), "attention")
        elif reason:
            self._say(t(reason))
        else:
            self._say(t("hotkeys.hint"))

    def _say(self, text: str, tone: str = "muted") -> None:
        self.words.setText(text)
        self.words.set_tone(tone)

    # -- changing ------------------------------------------------------------------------------

    def give(self, keys: str) -> None:
        """Gives the picked line a key; one that is somebody else's is told, not taken."""
        line = self.line()
        if line is None:
            return
        fixed = model.FIXED.get(keys)
        holder = model.holder_of(keys, self._hotkeys.lines, line.name) if keys else None
        if fixed is not None:
            self._say(t("hotkeys.fixed", keys=shown(keys), what=t(fixed)), "attention")
        elif holder is not None:
            self._asked = keys
            what = self._hotkeys.label(holder)
            self._say(t("hotkeys.taken", keys=shown(keys), what=what), "attention")
            self.take_over.show()
        else:
            self._put(line, keys, line.is_global and bool(keys))

    def _take_over(self) -> None:
        """The other one is left without."""
        line, keys = self.line(), self._asked
        if line is None or not keys:
            return
        own = dict(self.desk.settings.hotkeys)
        holder = model.holder_of(keys, self._hotkeys.lines, line.name)
        if holder is not None:
            own = model.changed(own, holder, "", False)
        self._hotkeys.put(model.changed(own, line, keys, line.is_global))

    def _put(self, line: Bound, keys: str, is_global: bool) -> None:
        own = model.changed(self.desk.settings.hotkeys, line, keys, is_global)
        self._hotkeys.put(own)

    def _global(self) -> None:
        line = self.line()
        if line is not None:
            self._put(line, line.keys, not line.is_global)

    def _reset(self) -> None:
        line = self.line()
        if line is not None:
            own = {n: o for n, o in self.desk.settings.hotkeys.items() if n != line.name}
            holder = model.holder_of(line.default, self._hotkeys.lines, line.name)
            if line.default and holder is not None:
                self._asked = line.default
                what = self._hotkeys.label(holder)
                self._say(t("hotkeys.taken", keys=shown(line.default), what=what), "attention")
                self.take_over.show()
                return
            self._hotkeys.put(own)

    def _reset_all(self) -> None:
        self._hotkeys.put({})

    # -- commands with arguments ---------------------------------------------------------------

    def _open_add(self) -> None:
        clear(self._form_at)
        box = self.commands = QComboBox()
        box.setAccessibleName(t("hotkeys.add"))
        known = self.desk.store.commands.values()
        fitting = [i for i in known if i.properties and model.can_have_args(i)]
        for info in sorted(fitting, key=lambda i: (not i.required, i.id)):
            box.addItem(f"{pick(info.label)}   {info.id}", info.id)
        preferred = box.findData("scenes.take")
        box.setCurrentIndex(max(0, preferred))
        box.currentIndexChanged.connect(lambda _: self._show_form())
        self._form_at.addWidget(box)
        self._show_form()
        box.setFocus()

    def _show_form(self) -> None:
        box = self.commands
        info = self.desk.store.commands.get(box.currentData()) if box is not None else None
        if info is None:
            return
        while self._form_at.count() > 1:
            item = self._form_at.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.form = SchemaForm(info.args, choices=choices_for(self.desk, info))
        inside = QWidget()
        line = row(gap=8)
        line.addStretch(1)
        line.addWidget(Button(t("form.cancel"), clicked=self._close_add))
        line.addWidget(Button(t("hotkeys.add_this"), "primary", clicked=self.add_line))
        inside.setLayout(line)
        self._form_at.addWidget(self.form)
        self._form_at.addWidget(inside)

    def _close_add(self) -> None:
        clear(self._form_at)
        self.form = self.commands = None

    def add_line(self) -> None:
        """A line for the command with what is filled in; its key is asked for next."""
        box, form = self.commands, self.form
        info = self.desk.store.commands.get(box.currentData()) if box is not None else None
        if info is None or form is None:
            return
        args: dict[str, Any] = form.values(only_changed=True)
        args.update({n: v for n, v in form.values().items() if n in info.required})
        empty = [n for n in info.required if args.get(n) in ("", None)]
        if empty:
            self._say(t("palette.empty", names=", ".join(empty)), "attention")
            return
        made = model.made_of(info.id, args)
        self._close_add()
        self.search.clear()
        if made.name not in [line.name for line in self._hotkeys.lines]:
            self._put(made, "", False)
        self.select(made.name)
        self.capture.setFocus()
