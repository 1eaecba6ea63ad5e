"""What viewers see, small: on the pages that have no stage."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame

from ui import client as link
from ui.i18n import t
from ui.layouts import LIVE
from ui.listen import listen
from ui.models.programme import programme_state
from ui.panels.base import Panel
from ui.panels.spot import LEFT, Spot
from ui.stage.standby_bar import StandbyBar
from ui.theme import tokens
from ui.widgets.basics import Button, column
from ui.widgets.picture import PictureView

FPS = 15
EDGE = 2


class ProgrammePanel(Panel):
    """The programme with its badge; a double click goes to Live."""

    id = "programme"
    rank = 5
    spots = {
        "prepare": Spot(LEFT, 0, 0.32),
        "review": Spot(LEFT, 0, 0.32),
    }
    place = LEFT
    keys = (("Alt+2", "page.key_live"), ("F9", "keys.standby"))

    def build(self) -> None:
        self.view = PictureView(self.desk.pictures, "programme", FPS)
        self._frame = QFrame()
        self._frame.setObjectName("programme")
        self._frame.setLayout(column(self.view, gap=0, margins=(EDGE, EDGE, EDGE, EDGE)))
        self._edge = ""
        self.add(self._frame, 1)
        self.to_live = self.tool(Button("", clicked=self._to_live))
        self.standby_bar = StandbyBar(self.desk, self.view)
        listen(self, self.desk.store.changed, lambda part: self._changed(part))
        listen(self, self.desk.client.state_changed, lambda *_: self._show_state())
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._show_state)
        self._tick.start(500)

    def retext(self) -> None:
        super().retext()
        self.to_live.setText(t("programme.to_live"))
        self.to_live.name(t("programme.to_live"), t("programme.to_live_tip"))
        self._show_scene()
        self._show_state()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nothing is taken here, where the preview is not seen."""
        self._to_live()

    def _to_live(self) -> None:
        self.desk.change("page", LIVE)

    def _changed(self, part: str) -> None:
        if part == "scenes":
            self._show_scene()
        elif part == "outputs":
            self._show_state()

    def _show_scene(self) -> None:
        scenes = self.desk.store.scenes
        canvas = next((canvas for canvas in scenes.canvases if canvas.is_enabled), None)
        if canvas is not None:
            self.view.show_canvas(canvas.name, "", (canvas.width, canvas.height))
            self.head.count.setText(scenes.programme.get(canvas.name, ""))

    def _show_state(self) -> None:
        state = self.desk.client.state
        shown = programme_state(self.desk.store, state)
        self.head.show_badge(shown.words, shown.tone)
        self.view.words = t("picture.waiting") if state == link.LIVE else t(f"link.{state}")
        if shown.edge != self._edge:
            self._edge = shown.edge
            wide = tokens.px(EDGE)
            self._frame.setStyleSheet(f"#programme {{ border: {wide}px solid {shown.edge}; }}")
