"""The preview as a stage: items are picked, moved, scaled, turned and cropped with the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)

from studio.outputs.model import SafeArea
from studio.scenes.model import Box, Item
from ui.desk import Desk
from ui.i18n import t as words
from ui.models import placing
from ui.stage.drag import ARROWS, CURSORS, Drag, around, nudged, plain
from ui.stage.menu import fill_menu
from ui.stage.paint import draw_guides, draw_item, draw_lines
from ui.widgets.paint import painting
from ui.widgets.picture import PictureView

SEND_MS = 60


class StageView(PictureView):
    """The scene on preview, editable while `is_editing`.

    Signals:
        picked: the selection changed.
    """

    picked = Signal()
    MERGES = 0

    def __init__(self, desk: Desk, what: str, fps: float) -> None:
        super().__init__(desk.pictures, what, fps)
        self.desk = desk
        self.is_editing = False
        self.has_guides = False
        self.safe: SafeArea | None = None
        self.selected: list[int] = []
        self.scene_name: Callable[[], str] = lambda: ""
        self._edited = ""
        """The scene that `selected` belongs to."""
        self._drag: Drag | None = None
        self._lines = placing.Lines()
        self._merge = ""
        self.later = QTimer(self)
        self.later.setSingleShot(True)
        self.later.timeout.connect(self._send)
        self.setMouseTracking(True)
        desk.store.changed.connect(self._changed)

    # -- what there is -------------------------------------------------------------------------

    def on_picked(self, listener: Callable[[], None]) -> None:
        """Calls ``listener`` whenever other items are picked."""
        self.picked.connect(listener)

    def set_editing(self, on: bool) -> None:
        """Lets the mouse edit, or only look."""
        self.is_editing, self._edited = on, self.scene_name()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.NoFocus)
        if not on:
            self.select([])
            self.unsetCursor()
        self.update()

    def select(self, ids: list[int]) -> None:
        """Picks items; those of a group go together."""
        groups = {entry.group for entry in self.items() if entry.id in ids and entry.group}
        ids = [entry.id for entry in self.items() if entry.id in ids or entry.group in groups]
        if ids != self.selected:
            self.selected = ids
            self.picked.emit()
            self.update()

    @property
    def canvas(self) -> str:
        """The canvas it shows."""
        return self._canvas

    def items(self) -> list[Item]:
        """The scene's items on this canvas, back to front."""
        scene = self.desk.store.scenes.scene(self.scene_name())
        return [item for item in scene.items if self._canvas in item.boxes] if scene else []

    def chosen(self) -> list[Item]:
        """The items that are selected."""
        return [entry for entry in self.items() if entry.id in self.selected]

    def _changed(self, part: str) -> None:
        if part == "scenes" and self.is_editing:
            known = {entry.id for entry in self.items()}
            self._keep_drag(known)
            if self._edited != self.scene_name():  # the same numbers are others there
                self._edited, known = self.scene_name(), set()
            self.selected = [id for id in self.selected if id in known]
            self.update()

    def _keep_drag(self, known: set[int]) -> None:
        """Lets go when what is under the hand is another scene or canvas, or has been removed.

        Every scene counts its items from 1: the rest of the move would shift others.
        """
        drag = self._drag
        if drag is None:
            return
        is_here = (drag.scene, drag.canvas) == (self.scene_name(), self._canvas)
        if not is_here or not set(drag.before) <= known:
            self.later.stop()
            self._drag, self._lines = None, placing.Lines()

    # -- pixels ----------------------------------------------------------------------------------

    def _size(self) -> placing.Size:
        rect = self.picture_rect()
        return max(1.0, rect.width()), max(1.0, rect.height())

    def _point(self, at: QPointF) -> placing.Point:
        rect = self.picture_rect()
        return at.x() - rect.x(), at.y() - rect.y()

    def _box(self, item: Item) -> tuple[Box, float]:
        """An item's box and rotation as they are under the hand."""
        drag = self._drag
        if drag is not None and item.id in drag.boxes:
            turned = item.rotation if drag.rotation is None else drag.rotation
            return drag.boxes[item.id], turned
        return item.boxes[self._canvas], item.rotation

    def _item_at(self, point: placing.Point) -> Item | None:
        for entry in reversed(self.items()):
            box, rotation = self._box(entry)
            if entry.is_enabled and placing.is_in(point, box, self._size(), rotation):
                return entry
        return None

    # -- the mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Picks what is there; a handle begins to pull."""
        if not self.is_editing or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.setFocus()
        point = self._point(event.position())
        chosen = self.chosen()
        handle = ""
        if len(chosen) == 1 and not chosen[0].is_locked:
            box, rotation = self._box(chosen[0])
            handle = placing.handle_at(point, box, self._size(), rotation)
        if not handle:
            found = self._item_at(point)
            has_more = bool(
                event.modifiers()
                & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            )
            if found is None:
                if not has_more:
                    self.select([])
                return
            if has_more:
                is_in = found.id in self.selected
                rest = [id for id in self.selected if id != found.id]
                self.select(rest if is_in else [*rest, found.id])
            elif found.id not in self.selected:
                self.select([found.id])
            chosen = self.chosen()
        free = [entry for entry in chosen if not entry.is_locked]
        if free:
            StageView.MERGES += 1
            self._merge = f"drag-{StageView.MERGES}"
            self._drag = Drag(handle, point, free, self._canvas, self.scene_name())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves, scales, turns or crops."""
        if not self.is_editing:
            super().mouseMoveEvent(event)
            return
        point = self._point(event.position())
        self._keep_drag({entry.id for entry in self.items()})
        if self._drag is None:
            self._show_cursor(point)
            return
        by = (point[0] - self._drag.at[0], point[1] - self._drag.at[1])
        if not self._drag.has_moved and max(abs(by[0]), abs(by[1])) < 3:
            return
        self._drag.has_moved = True
        self._pull(self._drag, point, by, event.modifiers())
        self.update()
        if not self.later.isActive():
            self.later.start(SEND_MS)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The last place counts."""
        self._keep_drag({entry.id for entry in self.items()})
        if self._drag is None:
            super().mouseReleaseEvent(event)
            return
        self.later.stop()
        if self._drag.has_moved:
            self._send()
        self._drag, self._lines = None, placing.Lines()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """While editing a second click picks; else it takes the preview."""
        if self.is_editing:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def _pull(
        self, drag: Drag, point: placing.Point, by: placing.Point, keys: Qt.KeyboardModifier
    ) -> None:
        size = self._size()
        is_free = bool(keys & Qt.KeyboardModifier.ControlModifier)
        has_shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if not drag.handle:
            if has_shift:  # along one axis
                by = (by[0], 0.0) if abs(by[0]) > abs(by[1]) else (0.0, by[1])
            old = {id: scene_item.boxes[self._canvas] for id, scene_item in drag.before.items()}
            whole = placing.moved(around(old.values()), by, size)
            self._lines = placing.Lines()
            if not is_free:
                whole, self._lines = placing.snap(whole, self._targets(), size)
            start = around(old.values())
            shift = ((whole.x - start.x) * size[0], (whole.y - start.y) * size[1])
            drag.boxes = {id: placing.moved(box, shift, size) for id, box in old.items()}
            return
        id, item = next(iter(drag.before.items()))
        box = item.boxes[self._canvas]
        if drag.handle == placing.TURN:
            drag.rotation = placing.angle_to(point, box, size, in_steps=has_shift)
        elif keys & Qt.KeyboardModifier.AltModifier and not item.rotation % 360:
            drag.boxes[id], drag.crop = placing.cropped(box, item.crop, drag.handle, by, size)
        else:
            is_corner = len(drag.handle) == 2
            new = placing.resized(
                box,
                drag.handle,
                by,
                size,
                item.rotation,
                keeps_shape=is_corner != has_shift,
                from_middle=False,
            )
            self._lines = placing.Lines()
            if not is_free and not item.rotation % 360 and not (is_corner and not has_shift):
                new, self._lines = placing.snap_side(new, drag.handle, self._targets(), size)
            drag.boxes[id] = new

    def _targets(self) -> placing.Lines:
        moving = self._drag.before if self._drag else {}
        others = [
            entry.boxes[self._canvas]
            for entry in self.items()
            if entry.id not in moving and entry.is_enabled and not entry.rotation % 360
        ]
        return placing.lines_of(others, self._safe_box())

    def _safe_box(self) -> Box | None:
        safe = self.safe
        if safe is None or not self.has_guides:
            return None
        return Box(safe.left, safe.top, 1 - safe.left - safe.right, 1 - safe.top - safe.bottom)

    def _show_cursor(self, point: placing.Point) -> None:
        chosen = self.chosen()
        if len(chosen) == 1 and not chosen[0].is_locked:
            box, rotation = self._box(chosen[0])
            handle = placing.handle_at(point, box, self._size(), rotation)
            if handle:
                self.setCursor(CURSORS[handle])
                return
        over = self._item_at(point)
        self.setCursor(
            Qt.CursorShape.SizeAllCursor
            if over is not None and not over.is_locked
            else Qt.CursorShape.ArrowCursor
        )

    def _send(self) -> None:
        """Tells the engine where things are now; one drag is one step back."""
        self._keep_drag({entry.id for entry in self.items()})
        drag = self._drag
        if drag is None:
            return
        scene = drag.scene
        if drag.handle:
            id = next(iter(drag.before))
            args: dict[str, object] = {"scene": scene, "item": id}
            if drag.rotation is not None:
                args["rotation"] = round(drag.rotation, 2)
            else:
                args |= {"canvas": self._canvas, "box": plain(drag.boxes[id])}
                if drag.crop is not None:
                    crop = drag.crop
                    args["crop"] = {
                        "left": crop.left, "top": crop.top, "right": crop.right,
                        "bottom": crop.bottom,
                    }  # fmt: skip
            self._run("items.set", args)
            return
        boxes = {str(id): plain(box) for id, box in drag.boxes.items()}
        self._run("items.place", {"scene": scene, "canvas": self._canvas, "boxes": boxes})

    def _run(self, command: str, args: dict[str, object]) -> None:
        self.desk.actions.run(command, args, origin=self, is_quiet=True, merge=self._merge)

    # -- keys ------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows nudge by a pixel of the canvas (Shift: ten); Del removes; Ctrl+A, D, G."""
        if not self.is_editing or not self._press(event):
            super().keyPressEvent(event)

    def _press(self, event: QKeyEvent) -> bool:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        has_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        chosen, scene = self.chosen(), self.scene_name()
        if has_ctrl and key == Qt.Key.Key_A:
            self.select([entry.id for entry in self.items() if not entry.is_locked])
            return True
        if key == Qt.Key.Key_Escape and self.selected:
            self.select([])
            return True
        if not chosen:
            return False
        if key in ARROWS and not has_ctrl:
            canvas = self.desk.store.scenes.canvas(self._canvas)
            by = tuple(way * (10 if shift else 1) for way in ARROWS[Qt.Key(key)])
            step = (by[0] / canvas.width, by[1] / canvas.height)
            boxes = nudged(chosen, self._canvas, step)
            if boxes:
                self._merge = "nudge"
                self._run("items.place", {"scene": scene, "canvas": self._canvas, "boxes": boxes})
            return True
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for entry in chosen:
                self.desk.actions.run(
                    "items.remove", {"scene": scene, "item": entry.id}, origin=self
                )
            return True
        if has_ctrl and key == Qt.Key.Key_D:
            for entry in chosen:
                self.desk.actions.run("items.copy", {"scene": scene, "item": entry.id}, origin=self)
            return True
        if has_ctrl and key == Qt.Key.Key_G:
            group = "" if shift else words("stage.group_name", n=chosen[0].id)
            args = {"scene": scene, "items": [entry.id for entry in chosen], "group": group}
            self.desk.actions.run("items.group", args, origin=self)
            return True
        return False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done with what is picked."""
        if not self.is_editing:
            event.ignore()
            return
        found = self._item_at(self._point(QPointF(event.pos())))
        if found is not None and found.id not in self.selected:
            self.select([found.id])
        self.open_menu(event.globalPos())

    def open_menu(self, at: QPoint) -> None:
        """The menu of the selection."""
        menu = fill_menu(self, self.desk, self.scene_name(), self._canvas, self.chosen())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The edge of focus goes."""
        self.update()

    # -- painting ----------------------------------------------------------------------------------

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture; over it what is picked, guides and safe area."""
        super().paintEvent(event)
        if not (self.is_editing or self.has_guides):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = self.picture_rect()
        painter.translate(rect.topLeft())
        size = self._size()
        if self.has_guides:
            draw_guides(painter, size, self._safe_box())
        if self.is_editing:
            for entry in self.chosen():
                box, rotation = self._box(entry)
                has_handles = not entry.is_locked and len(self.selected) == 1
                draw_item(painter, size, box, rotation, entry.is_locked, has_handles)
            draw_lines(painter, size, self._lines)
        painter.end()
