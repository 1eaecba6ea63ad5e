"""The desk's window: bars, pictures, docks, keys. It builds and wires; panels do the work."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QMenu,
    QScrollArea,
    QTabBar,
    QWidget,
)

from studio.api import save_settings
from ui import client as link
from ui.alarm_bell import AlarmBell
from ui.anchor_keeper import AnchorKeeper
from ui.bars.statusbar import StatusBar
from ui.bars.topbar import TopBar
from ui.desk import Desk
from ui.dialogs.brand import BrandCard
from ui.dialogs.card import Card
from ui.dialogs.first_run import FirstRun
from ui.dialogs.go_live import GoLiveCard
from ui.dialogs.help import HelpCard
from ui.dialogs.hotkeys import HotkeyEditor
from ui.dialogs.imported import Imported
from ui.dialogs.keys import KeysCard
from ui.dialogs.palette import Palette
from ui.dialogs.settings.card import SettingsCard
from ui.hotkeys import Hotkeys
from ui.i18n import language, t
from ui.key_owner import field_at
from ui.layouts import LIVE, open_beside
from ui.listen import listen
from ui.pages import Pages
from ui.panels.base import Panel
from ui.panels.registry import make_panels
from ui.projector import Multiview, Projector, Projectors, open_on
from ui.prompters import Prompters
from ui.stage.monitors import Monitors, seen_rect
from ui.stage.scenes import ScenesPanel
from ui.theme import tokens
from ui.widgets.basics import column
from ui.widgets.notice import Notice

SMALL = 820
LEAST = (1100, 540)
"""What the docks are laid out in at least, at scale 1."""


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
        self.bell = desk.bell = AlarmBell(desk, self)
        self.anchors = desk.anchors = AnchorKeeper(desk, self, self.closed)
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
        desk.stage = self.monitors.stage
        self._has_opened_items = False
        self.monitors.edited.connect(self._edited)
        self.scenes = ScenesPanel(desk)
        self.central = QWidget()
        self.central.setObjectName("central")
        layout = column(gap=8)
        layout.addWidget(self.monitors, 1)
        layout.addWidget(self.scenes)
        self.central.setLayout(layout)
        self.docks.setCentralWidget(self.central)
        self.panels, self._left_out = make_panels(desk)
        for panel in self.panels.values():
            panel.head.picked.connect(self.reveal)
            panel.head.enlarged.connect(partial(self.enlarge, panel))
            panel.visibilityChanged.connect(lambda _: self._soon())
            panel.dockLocationChanged.connect(lambda _: self._soon())
            panel.topLevelChanged.connect(lambda _: self._soon())
            panel.head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            panel.head.customContextMenuRequested.connect(
                lambda at, p=panel: self._menu(p.head.mapToGlobal(at), p)
            )
        whole = column(gap=0)
        whole.addWidget(self.topbar)
        # With text of twice its size a small screen has no room for all: it is scrolled to.
        self.docks.setMinimumSize(tokens.px(LEAST[0]), tokens.px(LEAST[1]))
        self.room = QScrollArea()
        self.room.setWidgetResizable(True)
        self.room.setFrameShape(QFrame.Shape.NoFrame)
        self.room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.room.setWidget(self.docks)
        whole.addWidget(self.room, 1)
        whole.addWidget(self.statusbar)
        self.setLayout(whole)
        self.notice = Notice(self)
        self.palette_card = Palette(desk, self)
        self.palette_card.panels = [(id, kind.titles()) for id, kind in self.panels.items()]
        self.keys_card = KeysCard(self)
        desk.say = self.notice.say
        listen(self, desk.actions.failed, lambda origin, text: self.notice.say(origin, text))
        desk.client.state_changed.connect(self._link)
        self.pages = Pages(self, self)
        self.kept = self.pages.kept
        self.pages.changed.connect(self._page_changed)
        self._tabs_later = QTimer(self)
        self._tabs_later.setSingleShot(True)
        self._tabs_later.timeout.connect(self._show_tabs)
        self._heads: list[Panel] = []
        self._heads_later = QTimer(self)
        self._heads_later.timeout.connect(self._show_next_head)
        self._first = True
        self.is_kept = True
        self.hotkeys = Hotkeys(self, self)
        self.hotkeys.router.changed.connect(self.topbar.show_lock)
        self.hotkeys_card = HotkeyEditor(desk, self.hotkeys, self)
        self.imported_card, self.brand_card = Imported(self), BrandCard(desk, self)
        self.go_live_card, self.first_run = GoLiveCard(desk, self), FirstRun(desk, self)
        self.settings_card, self.help_card = SettingsCard(desk, self), HelpCard(desk, self)
        listen(self, desk.store.loaded, self._begin_first_run)
        self.projectors = Projectors(desk, self, self.edit_source)
        self.prompters = Prompters(desk, self)
        desk.tell = self.tell
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
        self._fit()
        self.pages.begin()
        self.setFocus()
        if self._left_out:
            words = t("panel.left_out", names=", ".join(self._left_out))
            self.desk.say(None, words, "attention")

    def _begin_first_run(self) -> None:
        """Somebody who opens it for the first time is led; never over a show that goes out."""
        is_new = self.kept.is_first and self.is_kept and self.desk.store.show.is_readonly
        if is_new and not self.desk.store.is_busy:
            self.kept.is_first = False
            self.first_run.open()

    def set_page(self, name: str) -> None:
        """Prepare, Live or Review."""
        self.pages.set_page(name)

    def set_layout(self, name: str) -> None:
        """One of the three layouts of Live, as the person last left it."""
        self.pages.set_layout(name)
        self._save()

    def reset_layout(self) -> None:
        """The ready form of the present layout."""
        self.pages.reset()

    def _page_changed(self) -> None:
        self._fit()
        self.hotkeys.router.look()
        if (panel := self.focused_panel()) is None or not panel.isVisible():
            self.setFocus()
        self._soon()

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
        # Heads that are seen now; those of panels behind others one a turn, before somebody looks.
        self._heads = [panel for panel in self.panels.values() if not panel.isHidden()]
        for panel in [p for p in self._heads if not p.visibleRegion().isEmpty()]:
            self._heads.remove(panel)
            self._show_tabs_of(panel)
        self._heads_later.start(0)

    def _show_next_head(self) -> None:
        if self._heads:
            self._show_tabs_of(self._heads.pop(0))
        if not self._heads:
            self._heads_later.stop()

    def _show_tabs_of(self, panel: Panel) -> None:
        group = [panel, *self.docks.tabifiedDockWidgets(panel)]
        known = [p for p in self.panels.values() if p in group and not p.isFloating()]
        tabs = [(p.id, p.title()) for p in known if p is panel or not p.isHidden()]
        panel.head.show_tabs(tabs, panel.id)

    def reveal(self, place: str) -> None:
        """Brings a panel to the front, with the cursor in it; a card by its name.

        Args:
            place: "PANEL", or "PANEL/THING": the panel knows what of it is meant.
        """
        id, _, inside = place.partition("/")
        if id == "hotkeys":
            self.open_hotkeys()
        elif id == "brand":
            self.brand_card.open()
        elif id == "keys":
            self.hotkeys.show_card()
        panel = self.panels.get(id)
        if panel is None:
            return
        self.set_page(self.pages.page_for(panel))
        self.open_panel(panel)
        panel.show_place(inside)

    def open_panel(self, panel: Panel) -> None:
        """To the front on the page that is shown, wherever it stands on others."""
        if panel.isHidden():
            open_beside(self.docks, self.panels.values(), panel)
        panel.raise_()
        self.room.ensureWidgetVisible(panel)
        inner = panel.widget()
        if inner is not None:
            inner.setFocus()
        self._soon()

    def _edited(self, on: bool) -> None:
        """Who places items sees the list of them; one that came for it goes with it."""
        self.hotkeys.router.look()
        items = self.panels["items"]
        if on and items.isHidden():
            self._has_opened_items = True
            self.reveal("items")
        elif not on and self._has_opened_items:
            self._has_opened_items = False
            items.hide()

    def enlarge(self, panel: Panel | None = None) -> None:
        """A panel as a large window over this one, for careful work; again puts it back."""
        if (panel := panel or self.focused_panel()) is None:
            self.desk.say(None, t("panel.none"), "attention")
            return
        is_large = not panel.isFloating()
        panel.setFloating(is_large)
        if is_large:
            around = QRect(self.mapToGlobal(QPoint(0, 0)), self.size())
            size = QSize(
                min(tokens.px(1100), around.width() - tokens.px(48)),
                around.height() - tokens.px(112),
            )
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(around.center())
            panel.setGeometry(place)
            panel.activateWindow()
        else:
            panel.raise_()
        self._soon()

    def _menu(self, at: QPoint, own: Panel) -> None:
        menu = QMenu(self)
        words = "panel.put_back" if own.isFloating() else "panel.enlarge"
        menu.addAction(f"{t(words)}\tShift+F11", partial(self.enlarge, own))
        menu.addSeparator()
        for panel in self.panels.values():
            action = QAction(panel.title(), menu)
            action.setCheckable(True)
            action.setChecked(not panel.isHidden())
            action.toggled.connect(lambda on, p=panel: self.open_panel(p) if on else p.hide())
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
        elif what == "page":
            self.set_page(value)
        elif what == "language":
            self.desk.settings.language = value  # type: ignore[assignment]
            language.set(value)
            self._save()
            self._demo_follows()
        elif what == "palette":
            self.palette_card.open()
        elif what == "settings":
            self._save()
        elif what == "hotkeys":
            self.open_hotkeys()
        elif what == "brand":
            self.brand_card.open()
        elif what == "go_live":
            self.go_live_card.open()
        elif what == "first_run":
            self.first_run.open()
        elif what == "open_settings":
            self.settings_card.open(value)
        elif what == "help":
            self.help_card.open(value)
        elif what == "mute_alarms":
            self.bell.mute(not self.desk.settings.alarms_muted)
        elif what == "edit":
            self.set_page(LIVE)
            self.monitors.toggle_edit()
        elif what == "keys":
            self.hotkeys.show_card()
        elif what == "layout_reset":
            self.reset_layout()
        elif what == "full_screen":
            self.full_screen()
        elif what == "multiview":
            open_on(Multiview(self.desk), value)
        elif what == "projector":
            picture, _, screen = value.partition(":")
            open_on(Projector(self.desk, picture, self.monitors.canvas), screen)
        else:
            self.asked.emit(what, value)

    def _demo_follows(self) -> None:
        """The demo show speaks the desk's language, unless somebody has worked in it."""
        store, actions = self.desk.store, self.desk.actions
        is_untouched = store.show.is_readonly and not store.is_busy and not actions.next_undo
        if store.engine.demo_follows and is_untouched and store.show.language != language.code:
            actions.run("show.open", {"folder": ""}, is_quiet=True)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the show."""
        self.hotkeys.press(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Esc is held no longer."""
        if not event.isAutoRepeat():
            self.hotkeys.router.end_hold()
        super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click that nothing took; on a field that is off, what is typed next is not ours."""
        field = field_at(self, event.position().toPoint())
        self.hotkeys.router.refuse(field)
        if field is not None and field.toolTip():
            self.notice.say(field, field.toolTip(), "attention")
        super().mousePressEvent(event)

    def focused_panel(self) -> Panel | None:
        """The panel the cursor is in."""
        widget = QApplication.focusWidget()
        while widget is not None:
            if isinstance(widget, Panel):
                return widget
            widget = widget.parentWidget()
        return None

    def next_panel(self, step: int) -> None:
        """Puts the cursor into the next panel that can be seen."""
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

    def open_multiview(self) -> None:
        """All scenes with tally and health, in a window of its own."""
        open_on(Multiview(self.desk))

    def edit_source(self, name: str) -> None:
        """The settings and filters of a source."""
        if self.desk.store.source(name) is not None:
            self.reveal("sources")
            self.panels["sources"].edit(name)  # type: ignore[attr-defined]

    def open_hotkeys(self) -> None:
        """Which key does what."""
        self.hotkeys_card.open()

    def programme_rect(self) -> QRect:
        """Where what is on air is seen in this window; empty where it is not."""
        return seen_rect(self, (self.monitors.programme, self.panels["programme"]))

    def cards(self) -> list[QWidget]:
        """What lies over the window and goes with Esc."""
        return [*self.findChildren(Card, options=Qt.FindChildOption.FindDirectChildrenOnly)]

    def tell(self, what: str, found: dict[str, Any]) -> None:
        """Shows in a card what came of something."""
        if what == "imported":
            self.imported_card.show_result(found)

    def full_screen(self) -> None:
        """The window one is in fills the screen, or no longer."""
        window = QApplication.activeWindow() or self
        window.showNormal() if window.isFullScreen() else window.showFullScreen()

    # -- beginning and end ---------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards stay in the middle."""
        self._fit()
        if self.palette_card.isVisible():
            self.palette_card.open()
        for card in self.findChildren(Card, options=Qt.FindChildOption.FindDirectChildrenOnly):
            card.place()
        self.keys_card.hide()

    def restore_geometry(self) -> None:
        """Where the person left the window."""
        if self.kept.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.kept.geometry.encode()))

    def inherit(self, old: Window) -> None:
        """Takes over what the window before had noted."""
        old.hotkeys.globals.stop()
        old.bell.stop()
        self.anchors.take_over(old.anchors)
        self.hotkeys.globals.again()
        mine, its = self.panels["journal"], old.panels["journal"]
        mine.lines.take(its.lines)  # type: ignore[attr-defined]
        for beside in list(old.desk.windows):
            beside.move_to(self.desk)  # type: ignore[attr-defined]

    def keep(self) -> None:
        """Remembers window and docks."""
        self.pages.keep()
        self.kept.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.kept.save()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What goes out goes on without a window; else the studio ends (the exit code says)."""
        if self.is_kept:
            self.keep()
        self.hotkeys.globals.stop()
        self.bell.stop()
        self.closed.emit()
        event.accept()
