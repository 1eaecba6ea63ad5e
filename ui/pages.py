"""Three pages along the life of a show, and the layouts of each; what the person moved is kept."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from ui.bars.topbar import TopBar
from ui.desk import Desk
from ui.layouts import LAYOUTS, LIVE, PAGES, KeptLayout, arrange, resize
from ui.models.air_state import Air
from ui.panels.base import Panel
from ui.stage.monitors import Monitors
from ui.stage.scenes import ScenesPanel

SMALL_MONITOR = "programme"


class DeskParts(Protocol):
    """What a page lays out: the window's parts."""

    desk: Desk
    docks: QMainWindow
    central: QWidget
    monitors: Monitors
    scenes: ScenesPanel
    topbar: TopBar
    panels: dict[str, Panel]


class Pages(QObject):
    """Which page is shown, in which layout.

    Args:
        parts: the window.

    Attributes:
        page: "prepare", "live" or "review".
        kept: what the person moved.

    Signals:
        changed: another page or layout.
    """

    changed = Signal()

    def __init__(self, parts: DeskParts, parent: QObject) -> None:
        super().__init__(parent)
        self._parts, self._desk = parts, parts.desk
        self.kept = KeptLayout()
        self.page = LIVE
        self._show = ""
        self._is_settled = True
        self._was_on_air = False
        self._desk.store.changed.connect(self._changed)

    @property
    def layout(self) -> str:
        """Name of the layout that is shown; a page apart from Live has one, of its own name."""
        name: str = self._desk.settings.layout if self.page == LIVE else self.page
        return name if name in LAYOUTS else "controller"

    def begin(self) -> None:
        """Lays out the page that this show was left on."""
        self._take_show()
        self._apply()

    def set_page(self, page: str) -> None:
        """Another page, as the person last left it; the show keeps it in mind."""
        if page not in PAGES:
            return
        if page != self.page:
            self._leave()
            self.page = page
            self._apply()
        if self._show:
            self.kept.pages[self._show] = page

    def set_layout(self, name: str) -> None:
        """One of the layouts of Live, as the person last left it."""
        if name not in LAYOUTS or LAYOUTS[name].page != LIVE:
            return
        if self.page != LIVE or name != self._desk.settings.layout:
            self._leave()
        self._desk.settings.layout = name  # type: ignore[assignment]
        self.page = LIVE
        if self._show:
            self.kept.pages[self._show] = LIVE
        self._apply()

    def reset(self) -> None:
        """The ready form of the present layout."""
        self.kept.forget(self.layout)
        self._apply()

    def page_for(self, panel: Panel) -> str:
        """Where a person finds it: here, where it stands here; else on Live before the others."""
        if not panel.isHidden() or self.layout in panel.spots:
            return self.page
        pages = {LAYOUTS[name].page for name in panel.spots if name in LAYOUTS} or {self.page}
        if LIVE in pages:
            return LIVE
        return self.page if self.page in pages else min(pages, key=PAGES.index)

    def keep(self) -> None:
        """Notes how it is now; panels that have not their sizes yet keep those they had."""
        self.kept.keep(
            self.layout, self._parts.docks, self._parts.panels, has_sizes=self._is_settled
        )

    # -- how ------------------------------------------------------------------------------------

    def _leave(self) -> None:
        self.keep()
        if self._parts.monitors.stage.is_editing:
            self._parts.monitors.toggle_edit()  # nobody places items that he does not see

    def _apply(self) -> None:
        parts, name = self._parts, self.layout
        layout = LAYOUTS[name]
        parts.topbar.set_page(self.page)
        parts.topbar.set_layout(self._desk.settings.layout)
        parts.monitors.show_preview(layout.has_preview)
        self._show_canvas(layout.canvas)
        parts.scenes.setVisible(layout.has_scenes)
        parts.central.setVisible(layout.page == LIVE)
        restored = self.kept.restore(name, parts.docks, parts.panels)
        if restored == "no":
            arrange(parts.docks, parts.panels, name)
            if self.kept.is_first and layout.page == LIVE and "ready" in parts.panels:
                parts.panels["ready"].raise_()  # somebody who opens it for the first time
        self._is_settled = False
        ready = self.give_room if restored != "whole" else self._give_kept_room
        QTimer.singleShot(0, self, ready)
        self._show_programme()
        self.changed.emit()

    def _show_canvas(self, canvas: str) -> None:
        """A layout of one canvas shows that alone; the others begin with landscape again."""
        parts = self._parts
        if canvas != parts.monitors.fixed:
            parts.monitors.fix_canvas(canvas)
            parts.scenes.set_canvas(canvas or "landscape")
        known = {one.name: one.is_enabled for one in self._desk.store.scenes.canvases}
        if canvas and known.get(canvas) is False and self._desk.store.is_loaded:
            self._desk.actions.run("scenes.canvas", {"name": canvas, "on": True})

    def give_room(self) -> None:
        """The ready sizes."""
        self._is_settled = True
        resize(self._parts.docks, self._parts.panels, self.layout, self._parts.scenes.height())

    def _give_kept_room(self) -> None:
        self._is_settled = True
        self.kept.resize(self.layout, self._parts.docks, self._parts.panels)

    def _show_programme(self) -> None:
        """On air the programme is seen on every page, also where somebody had closed it."""
        small = self._parts.panels.get(SMALL_MONITOR)
        if self.page == LIVE or small is None or self._desk.store.air_state.air is Air.OFF:
            return
        if small.isHidden():
            self._parts.docks.addDockWidget(small.place, small)
            small.show()
        small.raise_()

    def _changed(self, part: str) -> None:
        if part == "show":
            self._take_show(is_shown=True)
        elif part == "outputs":
            is_on_air = self._desk.store.air_state.air is not Air.OFF
            if is_on_air and not self._was_on_air:
                self._show_programme()
            self._was_on_air = is_on_air

    def _take_show(self, *, is_shown: bool = False) -> None:
        """Another show opens on the page it was left on; on air the page stays where it is."""
        store = self._desk.store
        name = store.show.folder or store.show.name
        if not name or name == self._show:
            return
        is_first, self._show = not self._show, name
        page = self.kept.pages.get(name, LIVE)
        if store.air_state.air is not Air.OFF:
            page = LIVE if is_first else self.page
        if page != self.page and page in PAGES:
            if is_shown:
                self._leave()
            self.page = page
            if is_shown:
                self._apply()
