"""What stands in the preview scene: shown or hidden, in front or behind."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from studio.scenes.model import Item
from ui.desk import Desk
from ui.i18n import t
from ui.panels.base import Panel
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, Text, row
from ui.widgets.hold import HoldButton


class ItemRow(QFrame):
    """One source in the scene; the top row is in front."""

    def __init__(self, desk: Desk, scene: str, item: Item, index: int) -> None:
        super().__init__()
        self.desk, self.scene, self.item, self.index = desk, scene, item, index
        self.setObjectName("item")
        self.setFixedHeight(tokens.px(32))
        self.dot = Dot()
        self.title = Text(elides=True)
        self.where = Text(size=11, tone="muted")
        self.eye = Button("", checkable=True, clicked=self._enable)
        self.worn = Button("", "quiet", icon="try-on", checkable=True, clicked=self._show_worn)
        self.forward = Button("▲", "quiet", clicked=lambda: self._move(1))
        self.back = Button("▼", "quiet", clicked=lambda: self._move(-1))
        self.remove = HoldButton("", "quiet", icon="trash", held=self._remove)
        self.remove.let_go.connect(
            lambda: desk.say(self.remove, t("hold.tip", what=t("items.remove")), "attention")
        )
        layout = row(self.dot, gap=8, margins=(12, 0, 8, 0))
        layout.addWidget(self.title, 1)
        for part in (self.where, self.worn, self.eye, self.forward, self.back, self.remove):
            layout.addWidget(part)
        self.setLayout(layout)
        self.show_item(item, index)

    def show_item(self, item: Item, index: int) -> None:
        """What is known now."""
        self.item, self.index = item, index
        self.dot.set("good" if item.is_enabled else "off")
        self.title.setText(item.source)
        self.title.set_tone("" if item.is_enabled else "muted")
        self.where.setText(" · ".join(t(f"canvas.{name}") for name in item.boxes))
        self.eye.setChecked(item.is_enabled)
        self.eye.setText(t("items.shown") if item.is_enabled else t("items.hidden"))
        self.eye.name(t("items.show_of", name=item.source))
        self.worn.setVisible(item.source in self.desk.store.tryon)
        self.worn.setChecked(item.has_try_on)
        words = t("items.try_on") if item.has_try_on else t("items.bare")
        self.worn.name(f"{words} · {item.source}", words)
        self.forward.name(t("items.forward", name=item.source))
        self.back.name(t("items.back", name=item.source))
        self.remove.name(t("items.remove_of", name=item.source))

    def _args(self) -> dict[str, object]:
        return {"scene": self.scene, "item": self.item.id}

    def _enable(self) -> None:
        on = not self.item.is_enabled
        self.eye.setChecked(not on)
        self.desk.actions.run("items.enable", {**self._args(), "on": on}, origin=self.eye)

    def _show_worn(self) -> None:
        on = not self.item.has_try_on
        self.worn.setChecked(not on)
        self.desk.actions.run("tryon.item", {**self._args(), "is_on": on}, origin=self.worn)

    def _move(self, step: int) -> None:
        args = {**self._args(), "index": max(0, self.index + step)}
        self.desk.actions.run("items.move", args, origin=self)

    def _remove(self) -> None:
        self.desk.actions.run("items.remove", self._args(), origin=self.remove)


class ItemsPanel(Panel):
    """The preview scene from front to back."""

    id = "items"
    place = Qt.DockWidgetArea.RightDockWidgetArea
    keys = (("Tab", "items.key_next"), ("Space", "items.key_show"))

    def build(self) -> None:
        self._new = self.tool(Button("", icon="plus", clicked=self._choose))
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        inside.setStyleSheet(f"QFrame#item {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self.add_scroll(inside)
        self._rows: dict[tuple[str, int], ItemRow] = {}
        self.desk.store.changed.connect(
            lambda part: self._show() if part in ("scenes", "tryon") else None
        )

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("items.add"))
        self._new.name(t("items.add_tip"))
        self._show()

    @property
    def scene(self) -> str:
        """The scene that is shown: the one on preview."""
        preview = self.desk.store.scenes.preview
        return preview.get("landscape") or next(iter(preview.values()), "")

    def _show(self) -> None:
        name = self.scene
        found = self.desk.store.scenes.scene(name)
        items = list(found.items) if found else []
        wanted = [(name, item.id) for item in items]
        for gone in [key for key in self._rows if key not in wanted]:
            self._rows.pop(gone).deleteLater()
        for index, item in enumerate(items):
            row_ = self._rows.get((name, item.id))
            if row_ is None:
                row_ = self._rows[name, item.id] = ItemRow(self.desk, name, item, index)
            row_.show_item(item, index)
        for position, item in enumerate(reversed(items)):
            row_ = self._rows[name, item.id]
            if self._list.indexOf(row_) != position:
                self._list.removeWidget(row_)
                self._list.insertWidget(position, row_)
        self.head.count.setText(name)

    def _choose(self) -> None:
        menu = QMenu(self)
        for source in self.desk.store.sources:
            if source.has_video:
                action = menu.addAction(source.name)
                action.triggered.connect(lambda _=False, s=source.name: self._add(s))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._new.mapToGlobal(QPoint(0, self._new.height())))

    def _add(self, source: str) -> None:
        args = {"scene": self.scene, "source": source}
        self.desk.actions.run("items.add", args, origin=self._new)
