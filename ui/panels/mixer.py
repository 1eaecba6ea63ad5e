"""The mixer: a strip a source, and the programme."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.sound.model import Strip
from ui.desk import Desk
from ui.format import db
from ui.i18n import t
from ui.panels.base import Panel
from ui.theme import tokens
from ui.widgets.basics import Button, Text, row
from ui.widgets.meter import Fader, Meter

PROGRAMME = "programme"
SEND_MS = 60


class StripView(QWidget):
    """One channel: name, meter, fader, gain, mute."""

    def __init__(self, desk: Desk, source: str) -> None:
        super().__init__()
        self.desk, self.source = desk, source
        self.title = Text(source, size=11, tone="muted", elides=True)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.meter, self.fader = Meter(), Fader()
        self.gain = Text(size=12)
        self.gain.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.mute = Button("M", checkable=True, clicked=self._mute)
        self.mute.setMinimumWidth(tokens.px(52))
        self.fader.moved.connect(self._moved)
        bars = row(gap=4)
        bars.addStretch(1)
        bars.addWidget(self.fader)
        bars.addWidget(self.meter)
        bars.addStretch(1)
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.px(6))
        layout.addWidget(self.title)
        layout.addLayout(bars, 1)
        layout.addWidget(self.gain)
        layout.addWidget(self.mute, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)
        self.setMinimumWidth(tokens.px(56))
        self.setMaximumWidth(tokens.px(96))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._send)

    def show_strip(self, strip: Strip) -> None:
        """What the engine says."""
        self._set_fader(strip.gain_db)
        self.gain.setText(db(self.fader.db))
        self.mute.setChecked(strip.is_muted)
        self.mute.setText(t("mixer.muted") if strip.is_muted else "M")
        self.mute.set_kind("attention" if strip.is_muted else "")
        self.mute.name(t("mixer.mute", name=self.source))
        self.fader.setAccessibleName(t("mixer.gain", name=self.source))
        follows = t("mixer.follows") if strip.follows_scene else t("mixer.always")
        self.title.setToolTip(f"{self.source} · {follows}")

    def show_master(self, gain_db: float) -> None:
        """The programme's own."""
        self.title.setText(t("mixer.programme"))
        self.title.set_tone("")
        self._set_fader(gain_db)
        self.gain.setText(db(self.fader.db))
        self.fader.setAccessibleName(t("mixer.gain", name=t("mixer.programme")))
        policy = self.mute.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.mute.setSizePolicy(policy)
        self.mute.setVisible(False)

    def _set_fader(self, gain_db: float) -> None:
        if not self._later.isActive():  # else the person's own value is on its way
            self.fader.set(gain_db)

    def _moved(self, value: float) -> None:
        self.gain.setText(db(value))
        if not self._later.isActive():
            self._later.start(SEND_MS)

    def _send(self) -> None:
        gain: dict[str, object] = {"gain_db": self.fader.db}
        if self.source == PROGRAMME:
            self.desk.actions.run("sound.master", gain, origin=self.fader, is_quiet=True)
        else:
            gain["source"] = self.source
            self.desk.actions.run("sound.set", gain, origin=self.fader, is_quiet=True)

    def _mute(self) -> None:
        wanted = not any(
            s.is_muted for s in self.desk.store.sound.strips if s.source == self.source
        )
        self.mute.setChecked(not wanted)
        args = {"source": self.source, "on": wanted}
        self.desk.actions.run("sound.mute", args, origin=self.mute)


class MixerPanel(Panel):
    """All strips side by side."""

    id = "mixer"
    keys = (("X", "mixer.key_mute"), ("↑ ↓", "mixer.key_gain"), ("PgUp PgDn", "mixer.key_page"))

    def build(self) -> None:
        self._strips: dict[str, StripView] = {}
        self._master = StripView(self.desk, PROGRAMME)
        inside = QWidget()
        self._row = QHBoxLayout()
        self._row.setContentsMargins(*(tokens.px(v) for v in (8, 6, 8, 10)))
        self._row.setSpacing(tokens.px(6))
        self._row.addWidget(self._master)
        inside.setLayout(self._row)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.add(area, 1)
        store = self.desk.store
        store.changed.connect(lambda part: self._show() if part == "sound" else None)
        store.levels.connect(self._hear)

    def retext(self) -> None:
        super().retext()
        self._show()

    def strip(self, source: str) -> StripView | None:
        """The strip of a source."""
        return self._strips.get(source)

    def _show(self) -> None:
        sound = self.desk.store.sound
        names = [strip.source for strip in sound.strips]
        for gone in [name for name in self._strips if name not in names]:
            self._strips.pop(gone).deleteLater()
        for position, strip in enumerate(sound.strips):
            view = self._strips.get(strip.source)
            if view is None:
                view = self._strips[strip.source] = StripView(self.desk, strip.source)
            if self._row.indexOf(view) != position:
                self._row.insertWidget(position, view)
            view.show_strip(strip)
        self._master.show_master(sound.master_db)

    def _hear(self, levels: object) -> None:
        if not self.isVisible() or not isinstance(levels, dict):
            return
        for name, view in (*self._strips.items(), (PROGRAMME, self._master)):
            found = levels.get(name)
            peak = found.get("peak") if isinstance(found, dict) else None
            view.meter.hear(peak if isinstance(peak, (list, tuple)) else (-100.0, -100.0))
        peak_db = self._master.meter.peak_db
        self.head.count.setText(f"{db(peak_db) if peak_db > -59 else '–'} dBFS")

    def key_mute(self) -> None:
        """X: the first strip (the host), or the one in focus."""
        for view in self._strips.values():
            if view.fader.hasFocus() or view.mute.hasFocus():
                view.mute.click()
                return
        if self._strips:
            next(iter(self._strips.values())).mute.click()
