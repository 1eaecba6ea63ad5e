"""What stands in the preview scene: picked, ordered, shown or hidden, locked, grouped."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSlider,
)

from studio.scenes.model import Item
from ui.i18n import t
from ui.listen import listen
from ui.models.desk import fit_of
from ui.panels.base import Panel
from ui.panels.items.row import ItemRow
from ui.panels.spot import RIGHT, Spot
from ui.stage.menu import fill_menu
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, below, calm, row

ID = Qt.ItemDataRole.UserRole
SEND_MS = 60


class Rows(QListWidget):
    """The lines, front to back; several can be picked, and dragged to another place.

    Signals:
        moved: (item id, line it was dropped at).
        key: (event) the list had no use for.
    """

    moved = Signal(int, int)
    asked = Signal(QPoint)
    key = Signal(QKeyEvent)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet(
            "QListWidget { background: transparent; }"
            f"QListWidget::item {{ border-bottom: 1px solid {tokens.RAISED}; }}"
            f"QListWidget::item:selected {{ background: {tokens.ACCENT_FILL}; }}"
            "QFrame#item { background: transparent; }"
        )

    def dropEvent(self, event: QDropEvent) -> None:
        """The engine orders; the lines follow it."""
        dragged = self.currentItem()
        over = self.indexAt(event.position().toPoint())
        line = over.row() if over.isValid() else self.count() - 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if dragged is not None:
            self.moved.emit(dragged.data(ID), line)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done with what is picked."""
        self.asked.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The panel's keys first: the list would take letters for a search."""
        event.ignore()
        self.key.emit(event)
        if event.isAccepted():
            return
        arrows = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
        is_all = event.key() == Qt.Key.Key_A and event.modifiers()
        if event.key() in arrows or is_all:
            super().keyPressEvent(event)
        else:
            event.ignore()


class ItemsPanel(Panel):
    """The preview scene from front to back; what is picked here is picked on the stage."""

    id = "items"
    rank = 60
    spots = {
        "technician": Spot(RIGHT, 1),
    }
    place = RIGHT
    keys = (
        ("↑ ↓", "items.key_pick"),
        ("Alt+↑ / ↓", "items.key_move"),
        ("Space", "items.key_show"),
        ("L", "items.key_lock"),
        ("Ctrl+G / Ctrl+Shift+G", "items.key_group"),
        ("Ctrl+D", "stage.copy"),
        ("Del", "items.remove"),
    )

    def build(self) -> None:
        self._new = self.tool(Button("", icon="plus", clicked=self._choose))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._show())
        holder = QFrame()
        holder.setLayout(row(gap=8, margins=(10, 8, 10, 4)))
        holder.layout().addWidget(self.search)  # type: ignore[union-attr]
        self.add(holder)
        self.list = Rows()
        self.list.itemSelectionChanged.connect(self._picked)
        self.list.itemDoubleClicked.connect(lambda _: self._to_stage())
        self.list.moved.connect(self._move)
        self.list.asked.connect(self._menu)
        self.list.key.connect(self._press)
        self.add(self.list, 1)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        calm(self.opacity)
        self.opacity.setRange(0, 100)
        self.opacity.setMinimumWidth(tokens.px(60))
        self.opacity.valueChanged.connect(lambda _: self._fade())
        self._percent = TextLabel(size=12)
        self._percent.setFixedWidth(tokens.px(44))
        self._thin = TextLabel(size=12, tone="muted")
        self.group = Button("", clicked=self._group)
        self._foot = QFrame()
        foot = row(self._thin, gap=8, margins=(12, 6, 10, 8))
        foot.addWidget(self.opacity, 1)
        foot.addWidget(self._percent)
        foot.addWidget(self.group)
        self._foot.setLayout(foot)
        self.add(self._foot)
        self.rows: dict[tuple[str, int], ItemRow] = {}
        self._ids: list[int] = []
        self.selected: list[int] = []
        self._is_taking = False
        self._merge = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._send_opacity)
        self.opacity.sliderPressed.connect(self.begin_fade)
        listen(
            self,
            self.desk.store.changed,
            lambda part: self._show() if part in ("scenes", "tryon") else None,
        )
        stage = self.desk.stage
        if stage is not None:
            stage.on_picked(self._take_stage)

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("items.add"))
        self._new.name(t("items.add_tip"))
        self.search.setPlaceholderText(t("items.search"))
        self.search.setAccessibleName(t("items.search"))
        self.list.setAccessibleName(t("items.title"))
        self._thin.setText(t("stage.opacity"))
        self.opacity.setAccessibleName(t("stage.opacity"))
        self._show()

    @property
    def scene(self) -> str:
        """The scene that is shown: the one on preview."""
        preview = self.desk.store.scenes.preview
        return preview.get("landscape") or next(iter(preview.values()), "")

    def items(self) -> list[Item]:
        """The scene's items, back to front."""
        found = self.desk.store.scenes.scene(self.scene)
        return list(found.items) if found else []

    def chosen(self) -> list[Item]:
        """Those that are picked."""
        return [entry for entry in self.items() if entry.id in self.selected]

    def row_of(self, id: int) -> ItemRow | None:
        """The line of an item."""
        return self.rows.get((self.scene, id))

    def order(self) -> list[int]:
        """Ids as they are listed, front first."""
        return list(self._ids)

    # -- showing -------------------------------------------------------------------------------

    def _show(self) -> None:
        name, items = self.scene, self.items()
        words = self.search.text().lower().split()
        index = {scene_item.id: at for at, scene_item in enumerate(items)}
        listed = [
            item
            for item in reversed(items)
            if all(word in f"{item.source} {item.group}".lower() for word in words)
        ]
        ids = [entry.id for entry in listed]
        if ids != self._ids or any((name, id) not in self.rows for id in ids):
            self._build(name, listed, index)
        for entry in listed:
            self.rows[name, entry.id].show_item(entry, index[entry.id])
        known = [id for id in self.selected if id in index]
        self.pick(known)
        self.head.count.setText(name)

    def _build(self, name: str, listed: list[Item], index: dict[int, int]) -> None:
        at = self.list.verticalScrollBar().value()
        self.list.blockSignals(True)
        self.list.clear()
        self.rows.clear()
        for entry in listed:
            line = self.rows[name, entry.id] = ItemRow(self.desk, name, entry, index[entry.id])
            item = QListWidgetItem()
            item.setData(ID, entry.id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, entry.source)
            item.setSizeHint(QSize(0, tokens.px(35)))
            self.list.addItem(item)
            self.list.setItemWidget(item, line)
        self._ids = [entry.id for entry in listed]
        self.list.blockSignals(False)
        self.list.verticalScrollBar().setValue(at)

    def pick(self, ids: list[int]) -> None:
        """Shows these as picked."""
        self._is_taking = True
        self.selected = ids
        for at in range(self.list.count()):
            item = self.list.item(at)
            item.setSelected(item.data(ID) in ids)
        self._is_taking = False
        self._show_foot()

    def _show_foot(self) -> None:
        chosen = self.chosen()
        self._foot.setVisible(bool(chosen))
        if not chosen:
            return
        if not self._later.isActive() and not self.opacity.isSliderDown():
            self.opacity.blockSignals(True)
            self.opacity.setValue(round(chosen[-1].opacity * 100))
            self.opacity.blockSignals(False)
        self._percent.setText(f"{self.opacity.value()} %")
        is_grouped = self._is_group(chosen)
        self.group.setVisible(len(chosen) > 1 or is_grouped)
        words = t("items.ungroup") if is_grouped else t("items.group")
        self.group.setText(words)
        self.group.name(words)

    @staticmethod
    def _is_group(chosen: list[Item]) -> bool:
        return bool(chosen[0].group) and all(entry.group == chosen[0].group for entry in chosen)

    # -- picking -------------------------------------------------------------------------------

    def _picked(self) -> None:
        """By hand, here: those of a group go together, and the stage follows."""
        if self._is_taking:
            return
        ids = [item.data(ID) for item in self.list.selectedItems()]
        groups = {entry.group for entry in self.items() if entry.id in ids and entry.group}
        ids = [entry.id for entry in self.items() if entry.id in ids or entry.group in groups]
        self.pick(ids)
        stage = self.desk.stage
        if stage is not None:
            stage.select(ids)

    def _take_stage(self) -> None:
        """On the stage: the lines follow; what is not on its canvas stays as it was."""
        stage = self.desk.stage
        if stage is None or self._is_taking:
            return
        if stage.scene_name() == self.scene:
            on_stage = {entry.id for entry in stage.items()}
            rest = [id for id in self.selected if id not in on_stage]
            ids = [*rest, *stage.selected] if stage.selected else []
            if set(ids) != set(self.selected):
                self.pick(ids)

    def _to_stage(self) -> None:
        """A double click: on the stage, with handles."""
        stage = self.desk.stage
        if stage is None:
            return
        ids = list(self.selected)
        if not stage.is_editing:
            self.desk.change("edit", "")
        stage.select(ids)
        stage.setFocus()

    # -- doing ---------------------------------------------------------------------------------

    def _run(self, command: str, **args: object) -> None:
        self.desk.actions.run(command, {"scene": self.scene, **args}, origin=self.list)

    def _move(self, id: int, line: int) -> None:
        """To the place of another line; lines are front first, the engine counts from the back."""
        if not 0 <= line < len(self._ids):
            return
        order = [entry.id for entry in self.items()]
        index = order.index(self._ids[line])
        if id in order and order.index(id) != index:
            self._run("items.move", item=id, index=index)

    def _press(self, event: QKeyEvent) -> None:
        key, chosen = event.key(), self.chosen()
        has_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if not chosen:
            return
        if has_alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Up else -1
            order = [entry.id for entry in self.items()]
            for entry in reversed(chosen) if step > 0 else chosen:
                index = max(0, min(len(order) - 1, order.index(entry.id) + step))
                self._run("items.move", item=entry.id, index=index)
        elif key == Qt.Key.Key_Space:
            on = not all(entry.is_enabled for entry in chosen)
            for entry in chosen:
                self._run("items.enable", item=entry.id, on=on)
        elif key == Qt.Key.Key_L and not event.modifiers():
            locked = not all(entry.is_locked for entry in chosen)
            for entry in chosen:
                self._run("items.set", item=entry.id, locked=locked)
        elif has_ctrl and key == Qt.Key.Key_G:
            self._group(dissolve=has_shift)
        elif has_ctrl and key == Qt.Key.Key_D:
            for entry in chosen:
                self._run("items.copy", item=entry.id)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for entry in chosen:
                self._run("items.remove", item=entry.id)
        else:
            return
        event.accept()

    def _group(self, *, dissolve: bool = False) -> None:
        chosen = self.chosen()
        if not chosen:
            return
        is_over = dissolve or self._is_group(chosen)
        name = "" if is_over else t("stage.group_name", n=chosen[0].id)
        self._run("items.group", items=[entry.id for entry in chosen], group=name)

    def begin_fade(self) -> None:
        self._merge += 1

    def _fade(self) -> None:
        self._percent.setText(f"{self.opacity.value()} %")
        if not self._later.isActive():
            self._later.start(SEND_MS)

    def _send_opacity(self) -> None:
        for entry in self.chosen():
            args = {"scene": self.scene, "item": entry.id, "opacity": self.opacity.value() / 100}
            self.desk.actions.run(
                "items.set", args, origin=self.opacity, is_quiet=True,
                merge=f"opacity-{entry.id}-{self._merge}",
            )  # fmt: skip

    def _menu(self, at: QPoint) -> None:
        stage = self.desk.stage
        canvas = stage.canvas if stage is not None else "landscape"
        menu = fill_menu(self, self.desk, self.scene, canvas, self.chosen())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _choose(self) -> None:
        menu = QMenu(self)
        for source in self.desk.store.sources:
            if source.has_video:
                action = menu.addAction(source.name)
                action.triggered.connect(lambda _=False, s=source.name: self._add(s))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self._new))

    def _add(self, source: str) -> None:
        found = self.desk.store.source(source)
        fit = fit_of(found.kind if found else "")
        args = {"scene": self.scene, "source": source, "fit": fit}
        self.desk.actions.run("items.add", args, origin=self._new)
