"""The bar over the programme while viewers see standby: nobody hears us, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QWidget

from ui import client as link
from ui.desk import Desk
from ui.format import age_s, ms_short
from ui.i18n import language, t
from ui.listen import listen
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row

HIGH = 40


class StandbyBar(QFrame):
    """Lies over the foot of a picture, so that nothing moves when it comes.

    Args:
        desk: what is on standby, and the way back.
        around: the picture it lies on.
    """

    def __init__(self, desk: Desk, around: QWidget) -> None:
        super().__init__(around)
        self.desk, self._around = desk, around
        self.setObjectName("standby_bar")
        self.setStyleSheet(
            f"#standby_bar {{ background: {tokens.ATTENTION_SOFT};"
            f" border-top: {tokens.px(2)}px solid {tokens.ATTENTION}; }}"
        )
        self.words = TextLabel(weight=600, tone="attention", elides=True)
        self.time = TextLabel(tone="attention", is_steady=True)
        self.back = Button("", "attention", clicked=self._back)
        layout = row(gap=8, margins=(12, 0, 8, 0))
        layout.addWidget(self.words, 1)
        layout.addWidget(self.time)
        layout.addWidget(self.back)
        self.setLayout(layout)
        around.installEventFilter(self)
        desk.store.changed.connect(self._changed)
        listen(self, desk.client.state_changed, lambda *_: self.retext())
        language.changed.connect(self.retext)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._count)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays at the foot of its picture."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        high = tokens.px(HIGH)
        self.setGeometry(0, self._around.height() - high, self._around.width(), high)

    def _changed(self, part: str) -> None:
        if part == "scenes":
            self.retext()

    def retext(self) -> None:
        """What is so now; nothing is claimed while the engine is not heard."""
        now = self.desk.store.scenes.on_standby
        is_on = bool(now.canvases) and self.desk.client.state == link.LIVE
        if is_on:
            in_use = [c.name for c in self.desk.store.scenes.canvases if c.is_enabled]
            words = t("standby_bar.silent")
            if len(now.canvases) < len(in_use):
                names = ", ".join(t(f"canvas.{canvas}") for canvas in now.canvases)
                words = t("standby_bar.silent_on", canvas=names, what=words)
            self.words.setText(words)
            self.setAccessibleName(words)
            scene = next(iter(now.back_to.values()), "")
            self.back.setText(t("standby_bar.back", scene=scene))
            self.back.name(t("standby_bar.back", scene=scene), t("standby_bar.back_tip"))
            self.back.setEnabled(bool(scene))
            self._count()
            self._place()
            self.raise_()
        self.setVisible(is_on)
        self._tick.start(500) if is_on else self._tick.stop()

    def _count(self) -> None:
        age = age_s(self.desk.store.scenes.on_standby.since_utc)
        self.time.setText("" if age is None else ms_short(age))

    def _back(self) -> None:
        self.desk.actions.run("scenes.back", origin=self.back)
