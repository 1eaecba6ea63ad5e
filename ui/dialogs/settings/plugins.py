"""Plugins: what each asks for, why one is kept out; accepted or kept out here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.settings.rows import SettingRow
from ui.i18n import pick, said, t
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, clear, column, holder, row
from ui.widgets.hold import HoldButton

if TYPE_CHECKING:
    from studio.api import PluginStatus

TONES = {"on": "good", "held": "off", "broken": "attention"}


class PluginList(QWidget):
    """Asks the engine once, and again after each change."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._rows = column(gap=8)
        self.setLayout(self._rows)
        self.look()

    def look(self) -> None:
        """What there is now."""
        self.desk.client.call("plugins.list", {}, self._answered)

    def _answered(self, reply: Reply) -> None:
        from studio.api import PluginStatus

        found = reply.answer
        if not isValid(self) or not reply.ok or not isinstance(found, dict):
            return
        try:
            plain = found.get("plugins")
            self.show_plugins(msgspec.convert(plain, tuple[PluginStatus, ...], strict=False))
        except msgspec.ValidationError:
            return

    def show_plugins(self, plugins: tuple[PluginStatus, ...]) -> None:
        """A line each."""
        clear(self._rows)
        for plugin in plugins:
            self._rows.addWidget(self._line(plugin))
        if not plugins:
            self._rows.addWidget(TextLabel(t("settings.plugins_none"), size=12, tone="muted"))

    def _line(self, plugin: PluginStatus) -> QWidget:
        name = pick(plugin.label) or plugin.name
        state = t(f"settings.plugin_state_{plugin.state}")
        head = TextLabel(f"{name} {plugin.version} · {state}", weight=600, wraps=True)
        texts = column(head, gap=1)
        asks = t("settings.plugin_asks", what=", ".join(plugin.asks)) if plugin.asks else ""
        why = said(plugin.reason.key, plugin.reason.params)
        for words, tone in ((pick(plugin.about), "muted"), (asks, "muted"), (why, "attention")):
            if words:
                texts.addWidget(TextLabel(words, size=12, tone=tone, wraps=True))
        line = row(Dot(TONES.get(plugin.state, "off")), gap=8)
        line.addLayout(texts, 1)
        if plugin.state == "held":
            accept = HoldButton(
                t("settings.plugin_accept"), held=partial(self._run, "plugins.accept", plugin.name)
            )
            accept.name(t("settings.plugin_accept_of", name=name))
            line.addWidget(accept)
        elif plugin.state == "on":
            keep = Button(
                t("settings.plugin_hold"),
                "quiet",
                clicked=partial(self._run, "plugins.hold", plugin.name),
            )
            keep.name(t("settings.plugin_hold_of", name=name))
            line.addWidget(keep)
        made = holder(line)
        made.setAccessibleName(f"{name}, {state}")
        return made

    def _run(self, command: str, name: str) -> None:
        self.desk.actions.run(command, {"name": name}, origin=self, done=self._looked)

    def _looked(self, reply: Reply) -> None:
        self.look()


def plugins(desk: Desk) -> list[SettingRow]:
    """The section."""
    made = PluginList(desk)
    made.setMinimumHeight(tokens.px(24))
    made.setAccessibleName(t("settings.plugins"))
    return [SettingRow("plugins", below=made)]
