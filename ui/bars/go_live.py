"""The large button that goes live, in the top bar of every page; on air it ends the stream."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.desk import Desk
from ui.i18n import t
from ui.listen import listen
from ui.models.air_state import Air
from ui.theme import tokens
from ui.widgets.basics import Button, row
from ui.widgets.hold import HoldButton


class GoLive(QWidget):
    """Off air a click opens the check of three lines; on air the stream ends when it is held."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.start = Button("", "golive", dense=False, clicked=lambda: desk.change("go_live", ""))
        self.stop = HoldButton("", dense=False, held=self._stop)
        self.stop.let_go.connect(self._say_hold)
        for button in (self.start, self.stop):
            button.setFont(tokens.font(14, 600))
            button.setProperty("big", "true")
        self.setLayout(row(self.start, self.stop, gap=0))
        self.stop.hide()
        listen(self, desk.store.changed, self._changed)

    def retext(self) -> None:
        """In the language of the desk."""
        self.start.setText(t("golive.button"))
        self.stop.setText(t("outputs.stop"))
        self.stop.name(t("golive.stop"))
        self._show()

    def _changed(self, part: str) -> None:
        if part in ("outputs", "ready"):
            self._show()

    def _show(self) -> None:
        is_off = self._desk.store.air_state.air is Air.OFF
        if self.start.isHidden() is is_off:
            self.start.setVisible(is_off)
            self.stop.setVisible(not is_off)
        ready = self._desk.store.ready
        state = "ready" if ready.is_ready else "wants"
        self.start.name(t("golive.button"), t(f"golive.tip_{state}"))

    def _stop(self) -> None:
        self._desk.actions.run("outputs.stop", {"confirm": True}, origin=self.stop)

    def _say_hold(self) -> None:
        self._desk.say(self.stop, t("hold.tip", what=self.stop.text()), "attention")
