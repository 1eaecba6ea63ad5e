"""Alarm sounds: on which output, how loud, which severities, and how each sounds."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from studio.audio.model import ALARM_LEVELS
from ui.desk import Desk
from ui.dialogs.settings.rows import WIDE, SettingRow, button, choice
from ui.i18n import t
from ui.listen import listen
from ui.theme import tokens
from ui.widgets.basics import calm, row

GAINS = (("-24", "quiet"), ("-12", "normal"), ("-3", "loud"))


class OutputBox(QComboBox):
    """The outputs of this machine; they come a moment later."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        calm(self)
        self.setFixedWidth(tokens.px(WIDE))
        self.activated.connect(self._chosen)
        if desk.bell is not None:
            listen(self, desk.bell.changed, self.fill)
            desk.bell.look_for_outputs()
        self.fill()

    def fill(self) -> None:
        """What there is now; what was chosen stays, there or not."""
        bell, now = self._desk.bell, self._desk.settings.alarm_device
        outputs = bell.outputs if bell is not None else ()
        self.clear()
        self.addItem(t("alarm.off"), "")
        for name in outputs:
            self.addItem(name, name)
        if now and now not in outputs:
            self.addItem(t("alarm.gone", device=now) if outputs else now, now)
        self.setCurrentIndex(max(0, self.findData(now)))

    def _chosen(self) -> None:
        bell = self._desk.bell
        if bell is None:
            return
        bell.choose(str(self.currentData()))
        if bell.is_on and bell.heard_by:
            words = t("alarm.on_air", sources=", ".join(bell.heard_by))
            self._desk.say(self, words, "attention")


def alarms(desk: Desk) -> list[SettingRow]:
    """The sounds of this desk; they are the person's, not the show's."""
    settings = desk.settings
    muted = QCheckBox()
    muted.setChecked(settings.alarms_muted)
    muted.toggled.connect(partial(_mute, desk))
    if desk.bell is not None:
        listen(muted, desk.bell.changed, partial(_follow, desk, muted))
    gain = min(GAINS, key=lambda known: abs(float(known[0]) - settings.alarm_gain_db))[0]
    gains = choice([(db, t(f"alarm.{word}")) for db, word in GAINS], gain, partial(_gain, desk))
    levels = [SettingRow(f"alarm_{level}", _level(desk, level)) for level in ALARM_LEVELS]
    return [
        SettingRow("alarm_device", OutputBox(desk)),
        SettingRow("alarm_gain", gains),
        SettingRow("alarm_muted", muted),
        *levels,
    ]


def _mute(desk: Desk, is_muted: bool) -> None:
    if desk.bell is not None and is_muted != desk.settings.alarms_muted:
        desk.bell.mute(is_muted)


def _follow(desk: Desk, box: QCheckBox) -> None:
    """The top bar mutes, too."""
    box.setChecked(desk.settings.alarms_muted)


def _gain(desk: Desk, db: str) -> None:
    desk.settings.alarm_gain_db = float(db)
    desk.change("settings", "")


def _level(desk: Desk, level: str) -> QWidget:
    """A severity: heard or not, and a button to hear it now."""
    name = t(f"settings.alarm_{level}")
    toggle = QCheckBox()
    toggle.setChecked(level not in desk.settings.alarm_silent)
    toggle.setAccessibleName(name)
    toggle.toggled.connect(partial(_hear, desk, level))
    test = button(t("alarm.test"), lambda: _test(desk, level, test))
    test.setAccessibleName(t("alarm.test_of", name=name))
    both = QWidget()
    both.setLayout(row(toggle, test, gap=6))
    both.setAccessibleName(name)
    return both


def _hear(desk: Desk, level: str, is_heard: bool) -> None:
    silent = [name for name in desk.settings.alarm_silent if name != level]
    desk.settings.alarm_silent = silent if is_heard else [*silent, level]
    desk.change("settings", "")


def _test(desk: Desk, level: str, at: QWidget) -> None:
    why = desk.bell.test(level) if desk.bell is not None else ""
    if why:
        desk.say(at, why, "attention")
