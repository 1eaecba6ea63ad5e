"""Preview and programme: the two pictures everything else is about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from ui import client as link
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import language, pick, t
from ui.listen import listen
from ui.models.programme import programme_state
from ui.projector import projector_menu
from ui.stage.standby_bar import StandbyBar
from ui.stage.view import StageView
from ui.theme import tokens
from ui.widgets.basics import Badge, Button, Segments, TextLabel, below, column, row
from ui.widgets.paint import painting
from ui.widgets.picture import PictureView

EDGE = 2


class MonitorView(QFrame):
    """One picture with its head and its edge."""

    picked = Signal()
    asked = Signal(QPoint)

    def __init__(self, view: PictureView) -> None:
        super().__init__()
        self._edge = tokens.LINE
        self.title = TextLabel(weight=600)
        self.scene = TextLabel(elides=True, weight=600)
        self.badge = Badge()
        self.tools = row(gap=6)
        self.view = view
        head = row(gap=6, margins=(10, 0, 8, 0))
        head.addWidget(self.title)
        head.addWidget(self.scene, 1)
        head.addLayout(self.tools)
        head.addWidget(self.badge)
        holder = QWidget()
        holder.setLayout(head)
        holder.setFixedHeight(tokens.px(30))
        self.setLayout(column(holder, self.view, gap=0, margins=(EDGE, EDGE, EDGE, EDGE)))
        self.layout().setStretch(1, 1)  # type: ignore[union-attr]

    def set_edge(self, colour: str) -> None:
        """The colour around it."""
        if colour != self._edge:
            self._edge = colour
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Told to the row above."""
        self.picked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Projectors; while the stage is edited its own menu comes."""
        self.asked.emit(event.globalPos())

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Panel and edge; the picture paints itself."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), tokens.px(32)), QColor(tokens.PANEL))
        wide = tokens.px(EDGE)
        across, down, ink = self.width(), self.height(), QColor(self._edge)
        painter.fillRect(0, 0, across, wide, ink)
        painter.fillRect(0, down - wide, across, wide, ink)
        painter.fillRect(0, 0, wide, down, ink)
        painter.fillRect(across - wide, 0, wide, down, ink)


def seen_rect(window: QWidget, views: Sequence[QWidget]) -> QRect:
    """The place in the window of the first of the views that is in it; empty for none.

    A dock that stands behind another one is outside.
    """
    for view in views:
        if not view.isVisible() or not window.isAncestorOf(view):  # it may stand in another window
            continue
        rect = QRect(view.mapTo(window, QPoint(0, 0)), view.size())
        if view.window() is window.window() and window.rect().contains(rect.center()):
            return rect
    return QRect()


class Monitors(QWidget):
    """Preview left, programme right; both in the shape of the chosen canvas.

    Signals:
        edited: the mouse places items, or no longer.
    """

    edited = Signal(bool)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.canvas = "landscape"
        self.fixed = ""
        """The canvas of a layout that shows one alone."""
        self.stage = StageView(desk, "preview", 15)
        self.preview = MonitorView(self.stage)
        self.programme = MonitorView(PictureView(desk.pictures, "programme", 30))
        for monitor, what in ((self.preview, "preview"), (self.programme, "programme")):
            monitor.asked.connect(
                lambda at, m=monitor, w=what: projector_menu(desk, m, w, self.canvas).popup(at)
            )
        self.preview.picked.connect(lambda: desk.actions.run("scenes.take", origin=self.preview))
        self.standby_bar = StandbyBar(desk, self.programme.view)
        self._platform = ""
        self.stage.scene_name = lambda: self.desk.store.scenes.preview.get(self.canvas, "")
        self.edit = Button("", checkable=True, clicked=self.toggle_edit)
        self.guides = Button("", checkable=True, clicked=self._open_guides)
        self.shots = {
            what: Button("", "quiet", icon="image", clicked=partial(self.snapshot, what))
            for what in ("preview", "programme")
        }
        for button in (self.guides, self.edit, self.shots["preview"]):
            self.preview.tools.addWidget(button)
        self.canvases = Segments(gap=2)
        self.canvases.chosen.connect(self.set_canvas)
        self.programme.tools.addWidget(self.canvases)
        self.programme.tools.addWidget(self.shots["programme"])
        layout = row(gap=8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.programme, 1)
        self.setLayout(layout)
        desk.store.changed.connect(self._changed)
        listen(self, desk.client.state_changed, lambda *_: self._show_state())
        language.changed.connect(self.retext)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._show_state)
        self._tick.start(500)
        self.retext()

    def retext(self) -> None:
        """All texts."""
        self.preview.title.setText(t("preview.title"))
        self.programme.title.setText(t("programme.title"))
        self.preview.setAccessibleName(t("preview.title"))
        self.programme.setAccessibleName(t("programme.title"))
        self.edit.setText(t("stage.edit"))
        self.edit.name(t("stage.edit"), t("stage.edit_tip"))
        self.guides.setText(t("stage.guides"))
        self.guides.name(t("stage.guides"), t("stage.guides_tip"))
        for what, button in self.shots.items():
            button.name(t(f"snapshot.{what}"), t(f"snapshot.{what}_tip"))
        self._offer_canvases()
        self._show_state()

    def snapshot(self, what: str) -> None:
        """Writes the picture as it would go out into the folder of recordings; says where."""
        button = self.shots[what]

        def done(reply: Reply) -> None:
            found = reply.answer
            if reply.ok and isinstance(found, dict):
                self.desk.say(button, t("snapshot.saved", file=found.get("file", "")), "good")

        args = {"what": what, "canvas": self.canvas}
        self.desk.actions.run("pictures.save", args, origin=button, done=done)

    def toggle_edit(self) -> None:
        """Lets the mouse place items, or no longer."""
        on = not self.stage.is_editing
        self.edit.setChecked(on)
        self.stage.set_editing(on)
        self.edited.emit(on)
        if on:
            self.stage.setFocus()

    def _open_guides(self) -> None:
        """Guides: none, thirds alone, or with the safe area of a platform."""
        menu = QMenu(self)
        chosen = self._platform if self.stage.has_guides else None
        choices: list[tuple[str | None, str]] = [
            (None, t("stage.no_guides")),
            ("", t("stage.thirds")),
        ]
        choices += [
            (platform.id, pick(platform.label))
            for platform in self.desk.store.platforms
            if self.canvas in platform.safe
        ]
        for value, words in choices:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.triggered.connect(lambda _=False, v=value: self._guide(v))
        self.guides.setChecked(self.stage.has_guides)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self.guides))

    def _guide(self, platform: str | None) -> None:
        self.stage.has_guides = platform is not None
        self._platform = platform or ""
        self.guides.setChecked(self.stage.has_guides)
        self._find_safe()
        self.stage.update()

    def _find_safe(self) -> None:
        """The safe area of the platform that was chosen, on the canvas that is shown."""
        known = {platform.id: platform for platform in self.desk.store.platforms}
        chosen = known.get(self._platform)
        self.stage.safe = chosen.safe.get(self.canvas) if chosen else None

    def set_canvas(self, canvas: str) -> None:
        """Shows another canvas on both."""
        self.canvas = canvas
        self.canvases.set(canvas)
        self.stage.select([])
        self._find_safe()
        self._show_scenes()

    def fix_canvas(self, canvas: str) -> None:
        """Shows one canvas alone; "" leaves the choice. Tall pictures have narrow heads."""
        self.fixed = canvas
        for button in (self.guides, *self.shots.values()):
            button.setVisible(not canvas)
        self.set_canvas(canvas or "landscape")
        self._offer_canvases()

    def show_preview(self, on: bool) -> None:
        """The host needs the programme alone."""
        self.preview.setVisible(on)

    def _changed(self, part: str) -> None:
        if part == "scenes":
            self._offer_canvases()
            self._show_scenes()
        elif part == "outputs":
            self._show_state()

    def _offer_canvases(self) -> None:
        choices = []
        for canvas in self.desk.store.scenes.canvases:
            if canvas.is_enabled:
                size = f" {canvas.width}×{canvas.height}" if self.width() > tokens.px(1200) else ""
                choices.append((canvas.name, t(f"canvas.{canvas.name}") + size))
        self.canvases.offer(choices)
        if self.fixed:
            self.canvas = self.fixed
        elif self.canvas not in [name for name, _ in choices] and choices:
            self.canvas = choices[0][0]
        self.canvases.set(self.canvas)
        self.canvases.setVisible(len(choices) > 1 and not self.fixed)

    def _show_scenes(self) -> None:
        scenes = self.desk.store.scenes
        shape = next(
            ((c.width, c.height) for c in scenes.canvases if c.name == self.canvas), (16, 9)
        )
        for monitor, names in ((self.preview, scenes.preview), (self.programme, scenes.programme)):
            name = names.get(self.canvas, "")
            order = next((n for n, s in enumerate(scenes.scenes, 1) if s.name == name), 0)
            monitor.scene.setText(f"· {order} {name}" if order else "")
            monitor.view.show_canvas(self.canvas, "", shape)

    def _show_state(self) -> None:
        store, state = self.desk.store, self.desk.client.state
        self.preview.badge.set(t("preview.next"), "next" if state == link.LIVE else "off")
        shown = programme_state(store, state)
        self.programme.badge.set(shown.words, shown.tone)
        self.programme.set_edge(shown.edge)
        self.preview.set_edge(tokens.NEXT if state == link.LIVE else tokens.LINE)
        words = "" if state == link.LIVE else t(f"link.{state}")
        for monitor in (self.preview, self.programme):
            monitor.view.words = words or t("picture.waiting")
