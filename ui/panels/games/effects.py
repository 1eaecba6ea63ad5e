"""Effects on the picture: which are on, chosen from a menu, and one by hand."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from ui.desk import Desk
from ui.i18n import t
from ui.widgets.basics import Button, below

KINDS = ("likes", "gifts", "sold_out")
BY_HAND = ("likes", "sold_out")


class EffectsButton(Button):
    """Opens the menu; its tip says what is on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("", "quiet", icon="heart", clicked=self.open_menu)
        self._desk = desk

    def retext(self) -> None:
        """In the desk's language, with what is on and how many were shown."""
        view = self._desk.store.effects
        on = [t(f"effects.{kind}") for kind in KINDS if getattr(view.settings, kind)]
        said = t("effects.on", what=", ".join(on)) if on else t("effects.off")
        counts = t("effects.counts", shown=view.shown, left=view.left_out) if view.shown else ""
        self.name(t("effects.title"), f"{said} {counts}".rstrip())

    def open_menu(self) -> QMenu:
        """Shows the menu below the button."""
        settings = self._desk.store.effects.settings
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in KINDS:
            action = menu.addAction(t(f"effects.{kind}"))
            action.setCheckable(True)
            is_on: bool = getattr(settings, kind)
            action.setChecked(is_on)
            action.triggered.connect(partial(self._switch, kind, not is_on))
        menu.addSeparator()
        for kind in BY_HAND:
            menu.addAction(t(f"effects.play_{kind}")).triggered.connect(partial(self._play, kind))
        menu.popup(below(self))
        return menu

    def _switch(self, kind: str, on: bool, _: bool = False) -> None:
        self._desk.actions.run("effects.set", {kind: on}, origin=self)

    def _play(self, kind: str, _: bool = False) -> None:
        self._desk.actions.run("effects.play", {"kind": kind}, origin=self)
