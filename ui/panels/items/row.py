"""One source of a scene as a line: where it is seen, shown or not, locked or not."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame

from studio.scenes.model import CANVASES, CanvasName, Item
from ui.desk import Desk
from ui.i18n import t
from ui.theme import icons, tokens
from ui.widgets.basics import Button, Dot, TextLabel, row
from ui.widgets.hold import HoldButton


class ItemRow(QFrame):
    """One source in the scene; the top row is in front."""

    def __init__(self, desk: Desk, scene: str, item: Item, index: int) -> None:
        super().__init__()
        self.desk, self.scene, self.item, self.index = desk, scene, item, index
        self.setObjectName("item")
        self.setFixedHeight(tokens.px(34))
        self.dot = Dot()
        self.title = TextLabel(elides=True)
        self.group = TextLabel(size=11, tone="muted")
        self.seen = {
            name: Button("", checkable=True, clicked=partial(self._show_on, name))
            for name in CANVASES
        }
        self.worn = Button("", "quiet", icon="try-on", checkable=True, clicked=self._show_worn)
        self.lock = Button("", "quiet", icon="unlock", clicked=self._lock)
        self.eye = Button("", "quiet", icon="eye", clicked=self._enable)
        self.remove = HoldButton("", "quiet", icon="trash", held=self._remove)
        self.remove.let_go.connect(
            lambda: desk.say(self.remove, t("hold.tip", what=t("items.remove")), "attention")
        )
        layout = row(self.dot, gap=4, margins=(12, 0, 8, 0))
        layout.addSpacing(tokens.px(4))
        layout.addWidget(self.title, 1)
        parts = (self.group, self.worn, *self.seen.values(), self.lock, self.eye, self.remove)
        for part in parts:
            layout.addWidget(part)
        for part in (*self.seen.values(), self.worn, self.lock, self.eye, self.remove):
            part.setFixedWidth(tokens.px(27))
        self.setLayout(layout)
        self.show_item(item, index)

    def show_item(self, item: Item, index: int) -> None:
        """What is known now."""
        self.item, self.index = item, index
        self.dot.set("good" if item.is_enabled else "off")
        self.title.setText(item.source)
        self.title.set_tone("" if item.is_enabled else "muted")
        self.group.setText(item.group)
        self.group.setVisible(bool(item.group))
        for name, button in self.seen.items():
            on = name in item.boxes
            button.setText(t(f"items.short_{name}"))
            button.setChecked(on)
            words = t("items.on_canvas" if on else "items.off_canvas", canvas=t(f"canvas.{name}"))
            button.name(f"{words} · {item.source}", words)
        self.eye.setIcon(icons.icon("eye" if item.is_enabled else "eye-off", tokens.MUTED))
        words = t("items.shown") if item.is_enabled else t("items.hidden")
        self.eye.name(t("items.show_of", name=item.source), words)
        ink = tokens.ATTENTION if item.is_locked else tokens.FAINT
        self.lock.setIcon(icons.icon("lock" if item.is_locked else "unlock", ink))
        words = t("items.locked" if item.is_locked else "items.unlocked")
        self.lock.name(f"{words} · {item.source}", words)
        self.worn.setVisible(item.source in self.desk.store.tryon)
        self.worn.setChecked(item.has_try_on)
        words = t("items.try_on") if item.has_try_on else t("items.bare")
        self.worn.name(f"{words} · {item.source}", words)
        self.remove.name(t("items.remove_of", name=item.source))

    def _args(self) -> dict[str, object]:
        return {"scene": self.scene, "item": self.item.id}

    def _enable(self) -> None:
        on = not self.item.is_enabled
        self.desk.actions.run("items.enable", {**self._args(), "on": on}, origin=self.eye)

    def _lock(self) -> None:
        args = {**self._args(), "locked": not self.item.is_locked}
        self.desk.actions.run("items.set", args, origin=self.lock)

    def _show_on(self, canvas: CanvasName) -> None:
        on = canvas not in self.item.boxes
        button = self.seen[canvas]
        button.setChecked(not on)  # it follows the engine
        args = {**self._args(), "canvas": canvas, "on": on}
        self.desk.actions.run("items.show_on", args, origin=button)

    def _show_worn(self) -> None:
        on = not self.item.has_try_on
        self.worn.setChecked(not on)
        self.desk.actions.run("tryon.item", {**self._args(), "is_on": on}, origin=self.worn)

    def _remove(self) -> None:
        self.desk.actions.run("items.remove", self._args(), origin=self.remove)
