"""The loudspeaker in the top bar: alarm sounds on, muted, or impossible. Hidden without them."""

from __future__ import annotations

from ui.desk import Desk
from ui.i18n import t
from ui.listen import listen
from ui.theme import icons, tokens
from ui.widgets.basics import Button


class BellButton(Button):
    """One click mutes, another lets them be heard again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("", "quiet", icon="volume", clicked=self._toggle)
        self._desk = desk
        if desk.bell is not None:
            listen(self, desk.bell.changed, self.retext)
        listen(self, desk.store.loaded, self.retext)
        self.retext()

    def retext(self) -> None:
        """What it would do, or why nothing is heard."""
        bell = self._desk.bell
        self.setVisible(bell is not None and bell.is_on)
        if bell is None or not bell.is_on:
            return
        is_muted, by = self._desk.settings.alarms_muted, bell.heard_by
        is_silent = is_muted or bool(by or bell.fault)
        colour = tokens.ATTENTION if is_silent else tokens.MUTED
        self.setIcon(icons.icon("volume-off" if is_silent else "volume", colour))
        words = t("alarm.is_muted" if is_muted else "alarm.is_on")
        self.name(t("alarm.on_air", sources=", ".join(by)) if by else bell.fault or words)

    def _toggle(self) -> None:
        self._desk.change("mute_alarms", "")
