"""The bell of the desk: what is new and needs somebody is heard, on one chosen output."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QObject, Qt, Signal

from studio.api import AlarmSpeaker, StudioError, is_this_machine, sound_outputs
from studio.audio.model import ALARM_LEVELS
from ui.desk import Desk
from ui.i18n import language, t
from ui.listen import listen
from ui.models.alarm_levels import gravest, listeners, standing_alarms

PARTS = ("plans", "outputs", "sources", "insight", "orders", "guard")
AGAIN_S = 2.0
"""One trouble shows in several places at once: after a sound, no graver ones alone are heard."""


class AlarmBell(QObject):
    """Rings; never where a source of the show could hear it.

    Attributes:
        fault: why the last one was not heard, or "".
        outputs: of this machine, by name, as last looked for.

    Signals:
        changed: it is muted, may ring again, was not heard, or outputs were found.
        rang: (severity) was begun.
    """

    changed = Signal()
    rang = Signal(str)
    _ended = Signal(object)
    _found = Signal(object)

    def __init__(self, desk: Desk, owner: QObject) -> None:
        super().__init__(owner)
        self.desk = desk
        self.fault = ""
        self.outputs: tuple[str, ...] = ()
        self._looking: threading.Thread | None = None
        self._known: set[str] | None = None
        self._last, self._last_s = "", 0.0
        self._speaker = AlarmSpeaker(self._ended.emit)
        self._ended.connect(self._over, Qt.ConnectionType.QueuedConnection)
        self._found.connect(self._take_outputs, Qt.ConnectionType.QueuedConnection)
        listen(self, desk.store.loaded, self._look)
        listen(self, desk.store.changed, self._part)
        listen(self, desk.client.state_changed, self._look)

    @property
    def is_on(self) -> bool:
        """Was an output chosen?"""
        return bool(self.desk.settings.alarm_device)

    @property
    def heard_by(self) -> list[str]:
        """Sources of this machine that would take the sounds on air: then there are none."""
        if not is_this_machine(self.desk.client.host):
            return []
        return listeners(self.desk.store, self.desk.settings.alarm_device)

    def mute(self, is_muted: bool) -> None:
        """No sounds for now, or again; kept."""
        self.desk.settings.alarms_muted = is_muted
        self.desk.change("settings", "")
        if is_muted:
            self._speaker.stop()
        self.changed.emit()

    def test(self, level: str) -> str:
        """Plays one, muted or not; "" or why it is not heard."""
        if not self.is_on:
            return t("alarm.no_device")
        by = self.heard_by
        if by:
            return t("alarm.on_air", sources=", ".join(by))
        self._ring(level)
        return ""

    def choose(self, device: str) -> None:
        """Another output; "" is none."""
        self.desk.settings.alarm_device = device
        self.desk.change("settings", "")
        self.fault = ""
        self.changed.emit()

    def look_for_outputs(self) -> None:
        """Asks the sound system, in a thread: one that hangs holds no window."""
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._list, name="outputs", daemon=True)
            self._looking.start()

    def stop(self) -> None:
        """Silence; the window goes."""
        self._speaker.stop()
        if self._looking is not None:
            self._looking.join(2.0)

    # -- how -----------------------------------------------------------------------------------

    def _part(self, part: str) -> None:
        if part in PARTS:
            self._look()
        if part == "sources":
            self.changed.emit()

    def _look(self) -> None:
        """Rings for the gravest of what is new."""
        if not self.desk.store.is_loaded:
            return
        standing = standing_alarms(self.desk.store, self.desk.client.state)
        known, self._known = self._known, set(standing)
        if known is None:
            return  # what stood before this window did is seen, not heard
        new = gravest({level for what, level in standing.items() if what not in known})
        settings = self.desk.settings
        if not new or new in settings.alarm_silent or settings.alarms_muted or not self.is_on:
            return
        is_soon = time.monotonic() - self._last_s < AGAIN_S
        if is_soon and ALARM_LEVELS.index(self._last) <= ALARM_LEVELS.index(new):
            return
        if not self.heard_by:
            self._ring(new)

    def _ring(self, level: str) -> None:
        settings = self.desk.settings
        if self._speaker.play(level, settings.alarm_device, settings.alarm_gain_db):
            self._last, self._last_s = level, time.monotonic()
            self.rang.emit(level)

    def _list(self) -> None:
        found = tuple(dict.fromkeys(output["name"] for output in sound_outputs()))
        self._found.emit(found)

    def _take_outputs(self, found: tuple[str, ...]) -> None:
        if found != self.outputs:
            self.outputs = found
            self.changed.emit()

    def _over(self, fault: object) -> None:
        words = fault.in_language(language.code) if isinstance(fault, StudioError) else ""
        if words != self.fault:
            self.fault = words
            if words:
                self.desk.say(None, words, "attention")
            self.changed.emit()
