"""The mixer: a strip a source, and the programme."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.audio.model import Strip
from ui import client as link
from ui.client import Reply
from ui.desk import Desk
from ui.format import db
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.mixer.meter import Fader, MeterBar
from ui.panels.spot import BOTTOM, LEFT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.keyed_rows import keep_rows
from ui.widgets.plain import plain
from ui.widgets.pop_form import PopForm

PROGRAMME = "programme"
SEND_MS = 60
LOUDNESS_S = 0.3


class StripView(QWidget):
    """One channel: name, meter, fader, gain, mute."""

    def __init__(self, desk: Desk, source: str) -> None:
        super().__init__()
        self.desk, self.source = desk, source
        self.title = TextLabel(source, size=11, tone="muted", elides=True)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.meter, self.fader = MeterBar(), Fader()
        self.gain = TextLabel(size=12)
        self.gain.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.mute = Button("M", checkable=True, clicked=self._mute)
        self.solo = Button("S", checkable=True, clicked=self._solo)
        for button in (self.mute, self.solo):
            button.setMinimumWidth(tokens.px(26))
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
        self._buttons = row(gap=3)
        self._buttons.addWidget(self.mute, 1)
        self._buttons.addWidget(self.solo, 1)
        layout.addLayout(self._buttons)
        self.setLayout(layout)
        self.setMinimumWidth(tokens.px(52))
        self.setMaximumWidth(tokens.px(96))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._send)

    def show_strip(self, strip: Strip, *, is_closed: bool = False) -> None:
        """What the engine says; ``is_closed`` is silent because standby is on programme."""
        self._set_fader(strip.gain_db)
        self.gain.setText(t("mixer.closed") if is_closed else db(self.fader.db))
        self.gain.set_tone("attention" if is_closed else "")
        self.mute.setChecked(strip.is_muted)
        self.solo.setChecked(strip.is_solo)
        self.solo.set_kind("primary" if strip.is_solo else "")
        self.solo.name(t("mixer.solo", name=self.source), t("mixer.solo_tip"))
        self.mute.set_kind("attention" if strip.is_muted else "")
        self.mute.name(t("mixer.mute", name=self.source))
        self.fader.setAccessibleName(t("mixer.gain", name=self.source))
        closed = [t("mixer.closed_tip")] if is_closed else []
        when = t("mixer.follows") if strip.follows_scene else t("mixer.always")
        notes = [self.source, *closed, when]
        if strip.pan:
            side = t("mixer.left" if strip.pan < 0 else "mixer.right")
            notes.append(f"{side} {abs(strip.pan):.0%}")
        if strip.sync_ms:
            notes.append(f"{strip.sync_ms:+d} ms")
        notes += [f"{t(f'canvas.{name}')} {db(gain)} dB" for name, gain in strip.sends.items()]
        self.title.setToolTip(plain(" · ".join(notes)))

    def show_master(self, gain_db: float) -> None:
        """The programme's own."""
        self.title.setText(t("mixer.programme"))
        self.title.set_tone("")
        self._set_fader(gain_db)
        self.gain.setText(db(self.fader.db))
        self.fader.setAccessibleName(t("mixer.gain", name=t("mixer.programme")))
        for button in (self.mute, self.solo):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.setVisible(False)

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

    def _solo(self) -> None:
        strip = next((s for s in self.desk.store.sound.strips if s.source == self.source), None)
        wanted = not (strip and strip.is_solo)
        self.solo.setChecked(not wanted)
        args = {"source": self.source, "on": wanted}
        self.desk.actions.run("sound.solo", args, origin=self.solo)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Pan, sync, sends: what is set once."""
        self.open_form()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The same, for a hand that tries the name."""
        self.open_form()

    def open_form(self) -> None:
        """The strip's settings, or the programme's loudness target."""
        sound = self.desk.store.sound
        if self.source == PROGRAMME:
            values = {"lufs": sound.target_lufs, "tolerance": sound.tolerance_lu}

            def set_target(given: dict[str, object]) -> None:
                self.desk.actions.run("sound.target", given, origin=self.title)

            PopForm(self.title, t("mixer.target"), target_schema(), values, set_target).open()
            return
        strip = next((s for s in sound.strips if s.source == self.source), None)
        if strip is None:
            return
        before: dict[str, object] = {
            "pan": strip.pan,
            "sync_ms": strip.sync_ms,
            "follows_scene": strip.follows_scene,
            "monitored": strip.is_monitored,
            "landscape": strip.sends.get("landscape", 0.0),
            "portrait": strip.sends.get("portrait", 0.0),
        }

        def save(given: dict[str, object]) -> None:
            new = {k: v for k, v in given.items() if v != before.get(k)}
            for canvas in ("landscape", "portrait"):
                if canvas in new:
                    args = {"source": self.source, "canvas": canvas, "gain_db": new.pop(canvas)}
                    self.desk.actions.run("sound.send", args, origin=self.title)
            if new:
                self.desk.actions.run(
                    "sound.set", {"source": self.source, **new}, origin=self.title
                )

        PopForm(self.title, self.source, strip_schema(), before, save).open()


def strip_schema() -> dict[str, object]:
    """What the form of a strip asks."""

    def number(zh: str, en: str, low: float, high: float, kind: str = "number") -> object:
        return {"type": kind, "x-zh": zh, "x-en": en, "minimum": low, "maximum": high}

    return {
        "type": "object",
        "properties": {
            "pan": number("声像（−1 左 … 1 右）", "Pan (−1 left … 1 right)", -1, 1),
            "sync_ms": number("延时 ms", "Sync offset ms", -500, 2000, "integer"),
            "follows_scene": {"type": "boolean", "x-zh": "声音随场景", "x-en": "Follows the scene"},
            "monitored": {
                "type": "boolean",
                "x-zh": "未上直播时也在耳机里听",
                "x-en": "In the headphones off air too",
            },
            "landscape": number("横屏混音 ±dB", "Landscape mix ±dB", -100, 26),
            "portrait": number("竖屏混音 ±dB", "Portrait mix ±dB", -100, 26),
        },
    }


def phones_schema() -> dict[str, object]:
    """What the form of the headphones asks."""
    return {
        "type": "object",
        "properties": {
            "device": {"type": "string", "x-zh": "设备（空为系统默认）",
                       "x-en": "Device (empty: the system's)"},
            "gain_db": {"type": "number", "x-zh": "音量 dB", "x-en": "Level dB",
                        "minimum": -60, "maximum": 12},
        },
    }  # fmt: skip


def target_schema() -> dict[str, object]:
    """What the form of the programme asks."""
    return {
        "type": "object",
        "properties": {
            "lufs": {
                "type": "number", "x-zh": "响度目标 LUFS", "x-en": "Target LUFS",
                "minimum": -40, "maximum": -5,
            },
            "tolerance": {
                "type": "number", "x-zh": "允许偏差 LU", "x-en": "Tolerance LU",
                "minimum": 0.5, "maximum": 20,
            },
        },
    }  # fmt: skip


class MixerPanel(Panel):
    """All strips side by side."""

    id = "mixer"
    rank = 20
    spots = {
        "controller": Spot(BOTTOM, 1, 0.225),
        "technician": Spot(BOTTOM, 1, 0.25),
        "vertical": Spot(LEFT, 1, 0.4),
    }
    keys = (("X", "mixer.key_mute"), ("↑ ↓", "mixer.key_gain"), ("PgUp PgDn", "mixer.key_page"))

    def build(self) -> None:
        self.phones = self.tool(Button("", icon="headphones", checkable=True, clicked=self._phones))
        self.phones_more = self.tool(Button("▾", clicked=self._choose_phones))
        self.phones_more.setFixedWidth(tokens.px(24))
        self._devices: list[tuple[str, str]] = []
        self._strips: dict[str, StripView] = {}
        self._loudness_at = 0.0
        self.master = StripView(self.desk, PROGRAMME)
        inside = QWidget()
        self._row = QHBoxLayout()
        self._row.setContentsMargins(*(tokens.px(v) for v in (8, 6, 8, 10)))
        self._row.setSpacing(tokens.px(6))
        self._row.addWidget(self.master)
        inside.setLayout(self._row)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.add(area, 1)
        store = self.desk.store
        listen(self, store.changed, lambda part: self._show() if part == "sound" else None)
        store.levels.connect(self._hear)
        self.desk.client.state_changed.connect(self._link)

    def retext(self) -> None:
        super().retext()
        self._name_phones()
        self.phones.name(t("mixer.phones"), t("mixer.phones_tip"))
        self.phones_more.name(t("mixer.phones_more"))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the headphones are a picture."""
        super().resizeEvent(event)
        self._name_phones()

    def _name_phones(self) -> None:
        is_wide = self.width() > tokens.px(250)
        self.phones.setText(t("mixer.phones") if is_wide else "")

    def _phones(self) -> None:
        on = not self.desk.store.sound.headphones.is_on
        self.phones.setChecked(not on)
        self.desk.actions.run("sound.headphones", {"on": on}, origin=self.phones)

    def _choose_phones(self) -> None:
        def show(reply: Reply) -> None:
            found = reply.answer
            self._devices = [
                (str(entry.get("id", "")), str(entry.get("name", "")))
                for entry in found or []
                if isinstance(entry, dict)
            ]
            now = self.desk.store.sound.headphones

            def save(given: dict[str, object]) -> None:
                self.desk.actions.run("sound.headphones", given, origin=self.phones_more)

            PopForm(
                self.phones_more,
                t("mixer.phones"),
                phones_schema(),
                {"device": now.device, "gain_db": now.gain_db},
                save,
                lambda name: self._devices if name == "device" else (),
            ).open()

        self.desk.client.call("sound.devices", {}, show, self)

    def strip(self, source: str) -> StripView | None:
        """The strip of a source."""
        return self._strips.get(source)

    def _show(self) -> None:
        sound = self.desk.store.sound
        names = [strip.source for strip in sound.strips]
        keep_rows(self._row, self._strips, names, lambda name: StripView(self.desk, name))
        for strip in sound.strips:
            closed = strip.source in sound.closed
            self._strips[strip.source].show_strip(strip, is_closed=closed)
        self.master.show_master(sound.master_db)
        phones = sound.headphones
        self.phones.setChecked(phones.is_on)
        bad = bool(phones.is_on and phones.error)
        self.phones.set_kind("attention" if bad else "primary" if phones.is_on else "")
        if bad and phones.error:
            self.phones.setToolTip(plain(pick(phones.error)))

    def _hear(self, levels: object) -> None:
        if not self.isVisible() or not isinstance(levels, dict):
            return
        for name, view in (*self._strips.items(), (PROGRAMME, self.master)):
            found = levels.get(name)
            peak = found.get("peak") if isinstance(found, dict) else None
            rms = found.get("rms") if isinstance(found, dict) else None
            silent = (-100.0, -100.0)
            view.meter.hear(
                peak if isinstance(peak, (list, tuple)) else silent,
                rms if isinstance(rms, (list, tuple)) else silent,
            )
        if time.monotonic() - self._loudness_at > LOUDNESS_S:
            self._loudness_at = time.monotonic()
            self._show_loudness()

    def _link(self, state: str, why: str) -> None:
        """Levels nobody can vouch for are not shown."""
        if state != link.LIVE:
            for view in (*self._strips.values(), self.master):
                view.meter.forget()
            self.head.count.setText("– LUFS")

    def _show_loudness(self) -> None:
        """Short-term LUFS in the head; amber with a word when it left its target."""
        loudness = self.desk.store.loudness
        short = float(loudness.get("short_term", -120.0))
        words = f"{db(short)} LUFS" if short > -70 else "– LUFS"
        if words != self.head.count.text():
            self.head.count.setText(words)
            whole = float(loudness.get("integrated", -120.0))
            self.head.count.setToolTip(
                plain(
                    t(
                        "mixer.loudness_tip",
                        whole=db(whole) if whole > -70 else "–",
                        target=db(float(loudness.get("target", -16.0))),
                    )
                )
            )
        verdict = str(loudness.get("verdict", "ok"))
        self.head.show_badge("" if verdict == "ok" else t(f"mixer.verdict_{verdict}"))

    def key_mute(self) -> None:
        """X: the first strip (the host), or the one in focus."""
        for view in self._strips.values():
            if view.fader.hasFocus() or view.mute.hasFocus():
                view.mute.click()
                return
        if self._strips:
            next(iter(self._strips.values())).mute.click()
