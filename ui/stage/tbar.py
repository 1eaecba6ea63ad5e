"""The T-bar: the transition as a lever in the hand."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSlider

from ui.desk import Desk
from ui.i18n import language, t
from ui.theme import tokens
from ui.widgets.plain import plain

STEPS = 200
SEND_MS = 33


class TBar(QSlider):
    """Pushed up it takes the preview; let go below the middle it falls back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.desk = desk
        self.setObjectName("tbar")
        self.setRange(0, STEPS)
        self.setPageStep(STEPS // 4)
        self.setFixedWidth(tokens.px(26))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.send)
        self._sent = 0
        self.sliderMoved.connect(self._moved)
        self.sliderReleased.connect(self._released)
        self.actionTriggered.connect(self._stepped)
        desk.store.changed.connect(self._changed)
        language.changed.connect(self.retext)
        self.retext()

    def retext(self) -> None:
        """Name and tip."""
        self.setAccessibleName(t("tbar.name"))
        self.setToolTip(plain(t("tbar.tip")))

    def _moved(self, value: int) -> None:
        if not self._later.isActive():
            self._later.start(SEND_MS)

    def _stepped(self, action: int) -> None:
        """Keys: each step is sent as it comes."""
        if not self.isSliderDown():
            QTimer.singleShot(0, self, self.send)

    def _released(self) -> None:
        self._later.stop()
        self.setValue(STEPS if self.value() >= STEPS // 2 else 0)
        self.send()

    def send(self) -> None:
        value = self.value()
        if value == self._sent:
            return
        self._sent = value
        self.desk.actions.run(
            "scenes.tbar", {"position": value / STEPS}, origin=self, is_quiet=0 < value < STEPS
        )
        if value == STEPS:  # taken: the lever is ready for the next one
            self._sent = 0
            self.setValue(0)

    def _changed(self, part: str) -> None:
        """Another hand, or a cut, has moved it."""
        if part == "scenes" and not self.isSliderDown() and not self._later.isActive():
            held = round(self.desk.store.scenes.tbar * STEPS)
            if held != self._sent:
                self._sent = held
                self.setValue(held)
