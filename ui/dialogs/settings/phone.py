"""Phones: let in, paired by a code, listed, turned away."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from shiboken6 import isValid

from studio.api import free_name
from studio.governance.watch.model import ClearText
from studio.remote.model import Pairing, PhoneView
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.settings.rows import SettingRow
from ui.format import day_clock
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, calm, clear, column, row
from ui.widgets.hold import HoldButton
from ui.widgets.plain import plain
from ui.widgets.pop_form import PopForm
from ui.widgets.qr import QrView

ROLES = ("viewer", "streamer", "controller", "technician")
USUAL = "controller"
LOOK_MS = 2000
HOURS = (0, 2, 4, 8, 24)
"""For how long a phone is let in; 0: until it is turned away."""


CLEAR: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "default": "", "x-zh": "理由", "x-en": "Reason"},
        "days": {"type": "integer", "minimum": 1, "maximum": 90, "default": 1,
                 "x-zh": "天数", "x-en": "Days"},
    },
}  # fmt: skip


def _found(reply: Reply) -> object:
    return reply.answer


class PhoneSwitch(QWidget):
    """On or off, and whether it is encrypted; asks the engine how it stands while it is seen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.view = PhoneView()
        self.on, self.tls = QCheckBox(), QCheckBox()
        self.tls.setChecked(True)
        self.on.clicked.connect(self._switch)
        self.tls.clicked.connect(self._switch_tls)
        self.where = TextLabel(weight=600)
        self.warning = TextLabel(size=12, tone="attention", wraps=True)
        self.role = QComboBox()
        calm(self.role)
        for role in ROLES:
            self.role.addItem(t(f"role.{role}"), role)
        self.role.setCurrentIndex(ROLES.index(USUAL))
        self.role.setAccessibleName(t("settings.phone_pair"))
        self.hours = QComboBox()
        calm(self.hours)
        for hours in HOURS:
            words = t("settings.phone_lend", n=hours) if hours else t("settings.phone_always")
            self.hours.addItem(words, hours)
        self.hours.setAccessibleName(t("settings.phone_lent"))
        self.hours.setToolTip(plain(t("settings.phone_lent")))
        self.show_code = Button(t("settings.phone_show"), "primary", clicked=self._pair)
        self.show_code.name(t("settings.phone_show"))
        self.code = QrView()
        self.scan = TextLabel(size=12, tone="attention", wraps=True)
        self.code_box = QWidget()
        self.code_box.setLayout(column(self.code, self.scan, gap=6))
        self.code_box.hide()
        self.list = QWidget()
        self.list.setLayout(column(gap=2))
        self._listed: tuple[object, ...] = ("not yet",)
        self._look_again = QTimer(self)
        self._look_again.timeout.connect(self.look)
        self._look_again.start(LOOK_MS)
        self.look()

    def rows(self) -> list[SettingRow]:
        """The lines of the section."""
        below = QWidget()
        below.setLayout(column(self.where, self.warning, gap=2))
        pair = QWidget()
        pair.setLayout(row(self.role, self.hours, self.show_code, gap=8))
        self.on.setAccessibleName(t("settings.phone_on"))
        self.tls.setAccessibleName(t("settings.phone_tls"))
        whole = QWidget()
        whole.setLayout(column(below, self, gap=0))
        return [
            SettingRow("phone_on", self.on, below=whole),
            SettingRow("phone_tls", self.tls),
            SettingRow("phone_pair", pair, below=self.code_box),
            SettingRow("phone_device", below=self.list),
        ]

    def look(self) -> None:
        """Asks how it stands."""
        self.desk.client.call("phone.status", {}, self._answered)

    def _answered(self, reply: Reply) -> None:
        if not isValid(self) or not reply.ok:
            return
        try:
            self.show_view(msgspec.convert(_found(reply), PhoneView, strict=False))
        except msgspec.ValidationError:
            return

    def show_view(self, view: PhoneView) -> None:
        """What is true now."""
        self.view = view
        self.on.setChecked(view.is_on)
        if view.is_on:
            self.tls.setChecked(view.is_tls)
        self.where.setText(view.url or t("settings.phone_closed"))
        until = day_clock(view.clear_until) if view.clear_until else "-"
        words = t("settings.phone_clear", until=until) if view.is_on and not view.is_tls else ""
        if view.is_on and view.is_tls:
            words = t("settings.phone_print", print=view.fingerprint[:47] + "…")
        self.warning.setText(words)
        self.warning.setToolTip(plain(view.fingerprint))
        self.warning.set_tone("attention" if view.is_on and not view.is_tls else "muted")
        self.warning.setVisible(bool(words))
        self.show_code.setEnabled(view.is_on)
        if not view.is_on:
            self.code_box.hide()
        if view.devices != self._listed:
            self._listed = view.devices
            self._fill()

    def _fill(self) -> None:
        layout = self.list.layout()
        assert layout is not None
        clear(layout)
        for device in self.view.devices:
            dot = Dot("good" if device.is_here else "off")
            name = TextLabel(device.name, elides=True)
            here = t("settings.phone_here" if device.is_here else "settings.phone_away")
            words = [t(f"role.{device.role}"), here]
            if device.until:
                words.append(t("settings.phone_until", at=day_clock(device.until)))
            about = TextLabel(" · ".join(words), size=12, tone="muted")
            away = HoldButton(t("settings.phone_revoke"), held=partial(self.revoke, device.name))
            away.name(t("settings.phone_revoke_of", name=device.name))
            line = row(dot, gap=8)
            line.addWidget(name, 1)
            line.addWidget(about)
            line.addWidget(away)
            box = QWidget()
            box.setLayout(line)
            layout.addWidget(box)
        if not self.view.devices:
            layout.addWidget(TextLabel(t("settings.phone_none"), size=12, tone="muted"))

    # -- what is done --------------------------------------------------------------------------

    def _switch(self) -> None:
        is_on = self.on.isChecked()
        args: dict[str, object] = {"tls": self.tls.isChecked()} if is_on else {}
        command = "phone.start" if is_on else "phone.stop"
        self.desk.actions.run(command, args, origin=self.on, done=self._answered)
        self.look()

    def _switch_tls(self) -> None:
        if not self.tls.isChecked() and not self.view.clear_until:
            self.tls.setChecked(True)  # until the owner has said why, and for how long
            PopForm(self.tls, t("settings.phone_clear_why"), CLEAR, {}, self._allow_clear).open()
            return
        if self.view.is_on:
            args: dict[str, object] = {"tls": self.tls.isChecked()}
            self.code_box.hide()
            self.desk.actions.run("phone.start", args, origin=self.tls, done=self._answered)

    def _allow_clear(self, given: dict[str, Any]) -> None:
        args = {"reason": str(given.get("reason", "")).strip(), "days": int(given.get("days", 1))}
        self.desk.actions.run("phone.clear_allow", args, origin=self.tls, done=self._allowed)

    def _allowed(self, reply: Reply) -> None:
        if reply.ok and isValid(self):
            made = msgspec.convert(_found(reply), ClearText, strict=False)
            self.tls.setChecked(False)
            self.view = msgspec.structs.replace(self.view, clear_until=made.until_utc)
            self._switch_tls()
            self.look()

    def _pair(self) -> None:
        taken = [device.name for device in self.view.devices]
        name = free_name(t("settings.phone_name"), taken)
        args: dict[str, object] = {
            "name": name,
            "role": str(self.role.currentData()),
            "hours": int(self.hours.currentData()),
        }
        self.desk.actions.run("phone.pair", args, origin=self.show_code, done=self._paired)

    def _paired(self, reply: Reply) -> None:
        if not reply.ok:
            return
        pairing = msgspec.convert(_found(reply), Pairing, strict=False)
        self.code.show_text(pairing.url)
        role = t(f"role.{pairing.role}")
        self.scan.setText(t("settings.phone_scan", name=pairing.name, role=role))
        self.code_box.setAccessibleName(self.scan.text())
        self.code_box.show()
        self.look()

    def revoke(self, name: str) -> None:
        self.code_box.hide()
        args: dict[str, object] = {"name": name}
        self.desk.actions.run("remote.token_remove", args, origin=self.list, done=self._looked)

    def _looked(self, reply: Reply) -> None:
        self.look()


def phone(desk: Desk) -> list[SettingRow]:
    """The section."""
    switch = PhoneSwitch(desk)
    switch.setFixedHeight(tokens.px(1))
    return switch.rows()
