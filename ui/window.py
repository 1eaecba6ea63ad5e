"""The desk's window: bars, pictures, docks, keys. It builds and wires; panels do the work."""

from __future__ import annotations

import importlib
import pkgutil

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

import ui.panels
from studio.api import save_settings
from ui import client as link
from ui.desk import Desk
from ui.dialogs.keys import KeysCard
from ui.dialogs.palette import Palette
from ui.i18n import language, pick, t
from ui.layouts import LAYOUTS, NAMES, Kept, arrange, resize
from ui.panels.base import Panel
from ui.panels.monitors import Monitors
from ui.panels.scenes import Scenes
from ui.panels.statusbar import StatusBar
from ui.panels.topbar import TopBar
from ui.theme import tokens
from ui.widgets.basics import column
from ui.widgets.notice import Notice

TYPING = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
ORDER = (
    "products", "mixer", "plans", "outputs", "sources", "items", "ready", "journal", "comments",
    "host",
)  # fmt: skip
SMALL = 820


def panel_classes() -> list[type[Panel]]:
    """All panels: one file each in `ui.panels`."""
    found: dict[str, type[Panel]] = {}
    for info in pkgutil.iter_modules(ui.panels.__path__):
        module = importlib.import_module(f"ui.panels.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Panel) and value.id:
                found[value.id] = value
    known = [id for id in ORDER if id in found]
    return [found[id] for id in (*known, *sorted(set(found) - set(known)))]


class Window(QWidget):
    """One window.

    Signals:
        asked: (what, value) of something only the program can do ("scale").
        closed: the person closed it.
    """

    asked = Signal(str, str)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("overlay")
        self.desk = desk
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        desk.reveal, desk.change, desk.press = self.reveal, self.change, self.keyPressEvent
        self.topbar = TopBar(desk)
        self.statusbar = StatusBar(desk)
        self.docks = QMainWindow()
        self.docks.setWindowFlags(Qt.WindowType.Widget)
        self.docks.setContentsMargins(*(tokens.px(8),) * 4)
        self.docks.setDockNestingEnabled(True)
        self.docks.setAnimated(False)
        for corner in (Qt.Corner.BottomRightCorner, Qt.Corner.TopRightCorner):
            self.docks.setCorner(corner, Qt.DockWidgetArea.RightDockWidgetArea)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.TopLeftCorner):
            self.docks.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.monitors = Monitors(desk)
        self.scenes = Scenes(desk)
        central = QWidget()
        central.setObjectName("central")
        layout = column(gap=8)
        layout.addWidget(self.monitors, 1)
        layout.addWidget(self.scenes)
        central.setLayout(layout)
        self.docks.setCentralWidget(central)
        self.panels = {kind.id: kind(desk) for kind in panel_classes()}
        for panel in self.panels.values():
            panel.head.picked.connect(self.reveal)
            panel.visibilityChanged.connect(lambda _: self._soon())
            panel.dockLocationChanged.connect(lambda _: self._soon())
            panel.topLevelChanged.connect(lambda _: self._soon())
            panel.head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            panel.head.customContextMenuRequested.connect(
                lambda at, p=panel: self._menu(p.head.mapToGlobal(at))
            )
        whole = column(gap=0)
        whole.addWidget(self.topbar)
        whole.addWidget(self.docks, 1)
        whole.addWidget(self.statusbar)
        self.setLayout(whole)
        self.notice = Notice(self)
        self.palette_card = Palette(desk, self)
        self.keys_card = KeysCard(self)
        desk.say = self.notice.say
        desk.actions.failed.connect(lambda origin, text: self.notice.say(origin, text))
        desk.client.state_changed.connect(self._link)
        self.kept = Kept()
        self._tabs_later = QTimer(self)
        self._tabs_later.setSingleShot(True)
        self._tabs_later.timeout.connect(self._show_tabs)
        self._first = True
        self.is_kept = True
        self._command_keys: dict[str, str] = {}
        desk.store.changed.connect(self._take_commands)
        self._take_commands("commands")
        self._own_keys()
        language.changed.connect(self.retext)
        self.retext()

    def sizeHint(self) -> QSize:
        """A full HD screen's worth."""
        return QSize(tokens.px(1440), tokens.px(860))

    def minimumSizeHint(self) -> QSize:
        """Small laptops."""
        return QSize(tokens.px(960), tokens.px(600))

    def retext(self) -> None:
        """The window's own texts."""
        self.setWindowTitle(t("window.title"))
        self._soon()

    # -- layouts -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Lays everything out; once, when the window has its size."""
        self._apply(self.desk.settings.layout)
        self.setFocus()

    def set_layout(self, name: str) -> None:
        """One of the three layouts, as the person last left it."""
        if name not in LAYOUTS:
            return
        if name != self.desk.settings.layout:
            self.kept.keep(self.desk.settings.layout, self.docks)
        self.desk.settings.layout = name  # type: ignore[assignment]
        self._apply(name)
        self._save()

    def reset_layout(self) -> None:
        """The ready form of the present layout."""
        self.kept.forget(self.desk.settings.layout)
        self._apply(self.desk.settings.layout)

    def _apply(self, name: str) -> None:
        layout = LAYOUTS.get(name, LAYOUTS["controller"])
        self.topbar.set_layout(name)
        self.monitors.show_preview(layout.has_preview)
        self.scenes.setVisible(layout.has_scenes)
        self._fit()
        arrange(self.docks, self.panels, layout)
        if self.kept.is_first:
            self.panels["ready"].raise_()  # somebody who opens it for the first time
        if not self.kept.restore(name, self.docks):
            QTimer.singleShot(0, self, self._give_room)
        self._soon()

    def _give_room(self) -> None:
        layout = LAYOUTS.get(self.desk.settings.layout, LAYOUTS["controller"])
        resize(self.docks, self.panels, layout, self.scenes.height())

    def _fit(self) -> None:
        """Thumbnails as large as the window allows."""
        high = self.height() / tokens.scale()
        self.scenes.set_thumbs(116 if high < SMALL else 150 if high < 1000 else 190)

    def _soon(self) -> None:
        self._tabs_later.start(0)

    def _show_tabs(self) -> None:
        for bar in self.docks.findChildren(QTabBar):
            if bar.parent() is self.docks:
                bar.setFixedHeight(0)  # the panels' heads are the tabs
        for panel in self.panels.values():
            group = [panel, *self.docks.tabifiedDockWidgets(panel)]
            known = [p for p in self.panels.values() if p in group and not p.isFloating()]
            tabs = [(p.id, t(f"{p.id}.title")) for p in known if p is panel or not p.isHidden()]
            panel.head.show_tabs(tabs, panel.id)

    def reveal(self, id: str) -> None:
        """Brings a panel to the front, with the cursor in it."""
        panel = self.panels.get(id)
        if panel is None:
            return
        if panel.isHidden():
            self.docks.addDockWidget(panel.place, panel)
            panel.show()
        panel.raise_()
        inner = panel.widget()
        if inner is not None:
            inner.setFocus()
        self._soon()

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for panel in self.panels.values():
            action = QAction(t(f"{panel.id}.title"), menu)
            action.setCheckable(True)
            action.setChecked(not panel.isHidden())
            action.toggled.connect(lambda on, p=panel: self.reveal(p.id) if on else p.hide())
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(t("layout.reset"), self.reset_layout)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # -- what panels and bars ask for ----------------------------------------------------------

    def change(self, what: str, value: str) -> None:
        """Does what only the window can."""
        if what == "layout":
            self.set_layout(value)
        elif what == "language":
            self.desk.settings.language = value  # type: ignore[assignment]
            language.set(value)
            self._save()
        elif what == "palette":
            self.palette_card.open()
        else:
            self.asked.emit(what, value)

    def _save(self) -> None:
        try:
            save_settings(self.desk.settings)
        except OSError as fault:
            self.desk.say(None, t("window.not_saved", why=str(fault)), "attention")

    def _link(self, state: str, why: str) -> None:
        if state == link.LIVE and not self._first:
            self.notice.say(None, t("link.back"), "good")
        elif state in (link.SILENT, link.LOST, link.DENIED):
            self.notice.say(None, t(f"link.{state}_long"), "attention")
        if state == link.LIVE:
            self._first = False

    # -- keys ----------------------------------------------------------------------------------

    def _own_keys(self) -> None:
        actions = self.desk.actions
        for keys, call in (
            ("Ctrl+K", self.palette_card.open),
            ("Ctrl+Z", actions.undo),
            ("Ctrl+Shift+Z", actions.redo),
            ("Ctrl+Y", actions.redo),
            ("F1", self._show_keys),
            ("F6", lambda: self._next_panel(1)),
            ("Shift+F6", lambda: self._next_panel(-1)),
            ("F11", self._full),
            ("Ctrl+L", lambda: self.change("language", "en" if language.code == "zh" else "zh")),
            ("Ctrl+1", lambda: self.set_layout(NAMES[0])),
            ("Ctrl+2", lambda: self.set_layout(NAMES[1])),
            ("Ctrl+3", lambda: self.set_layout(NAMES[2])),
            ("Ctrl+Shift+R", lambda: self.panels["outputs"].key_record()),  # type: ignore[attr-defined]
            ("Ctrl++", lambda: self.asked.emit("scale", "+")),
            ("Ctrl+=", lambda: self.asked.emit("scale", "+")),
            ("Ctrl+-", lambda: self.asked.emit("scale", "-")),
            ("Ctrl+0", lambda: self.asked.emit("scale", "0")),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.activated.connect(call)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the show; never while somebody types."""
        if isinstance(QApplication.focusWidget(), TYPING) or event.isAutoRepeat():
            event.ignore()
            return
        key, mods = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain, shift = not mods, mods == Qt.KeyboardModifier.ShiftModifier
        products, mixer = self.panels["products"], self.panels["mixer"]
        if plain and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.scenes.preview_at(key - Qt.Key.Key_0)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.desk.actions.run("scenes.take", origin=self.scenes.take)
        elif plain and key == Qt.Key.Key_Escape:
            self._escape()
        elif plain and key == Qt.Key.Key_C:
            products.key_card()  # type: ignore[attr-defined]
        elif shift and key == Qt.Key.Key_C:
            products.key_card_off()  # type: ignore[attr-defined]
        elif plain and key == Qt.Key.Key_T:
            products.key_try_on()  # type: ignore[attr-defined]
        elif plain and key == Qt.Key.Key_N:
            products.key_next()  # type: ignore[attr-defined]
        elif plain and key == Qt.Key.Key_X:
            mixer.key_mute()  # type: ignore[attr-defined]
        elif id := self._command_keys.get(_sequence(event)):
            self.desk.actions.run(id)
        else:
            event.ignore()

    def _take_commands(self, part: str) -> None:
        """Commands bring keys of their own: those that need no arguments work everywhere."""
        if part == "commands":
            self._command_keys = {
                info.keys: info.id
                for info in self.desk.store.commands.values()
                if info.keys and not info.required and not info.needs_confirm
            }

    def _escape(self) -> None:
        """What lies on top goes first; then it is the standby scene."""
        for card in (self.keys_card, self.palette_card, self.notice):
            if card.isVisible():
                card.hide()
                return
        self.desk.actions.run("scenes.standby", origin=self.scenes.standby)

    def focused_panel(self) -> Panel | None:
        """The panel the cursor is in."""
        widget = QApplication.focusWidget()
        while widget is not None:
            if isinstance(widget, Panel):
                return widget
            widget = widget.parentWidget()
        return None

    def _show_keys(self) -> None:
        if self.keys_card.isVisible():
            self.keys_card.hide()
            return
        panel = self.focused_panel()
        title = t(f"{panel.id}.title") if panel else ""
        own = [
            (keys, pick(self.desk.store.commands[id].label))
            for keys, id in sorted(self._command_keys.items())
            if keys not in ("Return", "Esc")
        ]
        self.keys_card.open(title, panel.keys if panel else (), own)

    def _next_panel(self, step: int) -> None:
        shown = [
            p for p in self.panels.values() if p.isVisible() and not p.visibleRegion().isEmpty()
        ]
        if not shown:
            return
        panel = self.focused_panel()
        at = shown.index(panel) if panel in shown else -step
        inner = shown[(at + step) % len(shown)].widget()
        for child in inner.findChildren(QWidget) if inner else ():
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible():
                child.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _full(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    # -- beginning and end ---------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards stay in the middle."""
        self._fit()
        if self.palette_card.isVisible():
            self.palette_card.open()
        self.keys_card.hide()

    def restore_geometry(self) -> None:
        """Where the person left the window."""
        if self.kept.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.kept.geometry.encode()))

    def inherit(self, old: Window) -> None:
        """Takes over what the window before had noted."""
        mine, its = self.panels["journal"], old.panels["journal"]
        mine.lines.take(its.lines)  # type: ignore[attr-defined]

    def keep(self) -> None:
        """Remembers window and docks."""
        self.kept.keep(self.desk.settings.layout, self.docks)
        self.kept.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.kept.save()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What goes out goes on without a window; else the studio ends (the exit code says)."""
        if self.is_kept:
            self.keep()
        self.closed.emit()
        event.accept()


def _sequence(event: QKeyEvent) -> str:
    """A key as commands name it: "Ctrl+Shift+D"."""
    return QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
