"""A list of comments that stays calm in a flood: painted rows, buttons in them, no jumping."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView

from studio.comments.model import EntryView
from ui.models.comment_model import ENTRY, CommentModel
from ui.panels.comments.row import CommentDelegate
from ui.widgets.comment_words import acts_of


class CommentList(QListView):
    """The list itself.

    While the mouse is over it, or a row below the first is chosen, new comments wait: nothing
    moves under the finger. `waiting` tells how many.

    Signals:
        acted: (entry, act id) a button or its key.
        waiting: (count) of comments that came meanwhile.
        asked: (entry, place on the screen) its menu.
    """

    acted = Signal(object, str)
    waiting = Signal(int)
    asked = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(False)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setModel(CommentModel())
        self.delegate = CommentDelegate(self)
        self.setItemDelegate(self.delegate)
        self._next: Sequence[EntryView] = ()
        self._chosen = ""

    @property
    def comments(self) -> CommentModel:
        """Its model."""
        model: QAbstractItemModel = self.model()
        assert isinstance(model, CommentModel)
        return model

    def set_pinned(self, id: str) -> None:
        """Which comment is on the picture, "" for none."""
        if id != self.delegate.pinned:
            self.delegate.pinned = id
            self.viewport().update()

    def show_entries(self, entries: Sequence[EntryView], *, is_other: bool = False) -> None:
        """Shows the list, or keeps it until the person's hand is off."""
        self._next = entries
        old = self.comments.entries
        if is_other or not old or not self._is_held():
            self.catch_up()
            return
        new = {e.id: e for e in entries}
        # In their places, with what became of them; those that left the list stay in view, spent.
        self.comments.put([new.get(e.id, e) for e in old])
        fresh = set(new) - {e.id for e in old}
        self.waiting.emit(len(fresh))

    def catch_up(self) -> None:
        """Shows the newest now."""
        chosen = self.chosen()
        self.comments.put(self._next)
        if chosen is not None:
            for at, entry in enumerate(self.comments.entries):
                if entry.id == chosen.id:
                    self.setCurrentIndex(self.comments.index(at))
                    break
        self.waiting.emit(0)

    def chosen(self) -> EntryView | None:
        """The chosen comment."""
        found = self.currentIndex().data(ENTRY)
        return found if isinstance(found, EntryView) else None

    def set_me(self, me: str) -> None:
        """As whom this desk decides."""
        if me != self.delegate.me:
            self.delegate.me = me
            self.viewport().update()

    def retext(self) -> None:
        """The language changed."""
        self.delegate.forget()
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def _is_held(self) -> bool:
        return self.underMouse() or self.verticalScrollBar().value() > 0

    def act(self, act: str) -> None:
        """Does something with the chosen comment."""
        entry = self.chosen()
        if entry is None and self.comments.entries:
            self.setCurrentIndex(self.comments.index(0))
            entry = self.chosen()
        if entry is None:
            return
        can = [possible.id for possible in acts_of(entry, entry.id == self.delegate.pinned)]
        if act == "pin" and "unpin" in can:
            act = "unpin"
        if act in can:
            self.acted.emit(entry, act)

    def _at(self, point: QPoint) -> tuple[EntryView | None, str]:
        index = self.indexAt(point)
        entry = index.data(ENTRY)
        if not isinstance(entry, EntryView):
            return None, ""
        return entry, self.delegate.act_at(self.visualRect(index), entry, point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lights the button under the mouse."""
        entry, act = self._at(event.position().toPoint())
        hot = (entry.id if entry else "", act)
        if hot != self.delegate.hot:
            self.delegate.hot = hot
            self.setCursor(Qt.CursorShape.PointingHandCursor if act else Qt.CursorShape.ArrowCursor)
            self.viewport().update()
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a button."""
        super().mouseReleaseEvent(event)
        entry, act = self._at(event.position().toPoint())
        if entry is not None and act and event.button() == Qt.MouseButton.LeftButton:
            self.acted.emit(entry, act)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with many, by the mouse or the menu key."""
        index = self.indexAt(event.pos()) if event.reason() == event.Reason.Mouse else None
        entry = index.data(ENTRY) if index is not None else self.chosen()
        if isinstance(entry, EntryView):
            self.asked.emit(entry, event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """The hand is off: the newest may come."""
        self.delegate.hot = ("", "")
        super().leaveEvent(event)
        if not self._is_held():
            self.catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows of another width are of another height."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """P, R, A, B, M act; arrows, J and K choose; the rest is the window's."""
        keys = {Qt.Key.Key_P: "pin", Qt.Key.Key_R: "answer", Qt.Key.Key_A: "release",
                Qt.Key.Key_B: "block", Qt.Key.Key_M: "mute"}  # fmt: skip
        act = keys.get(Qt.Key(event.key())) if not event.modifiers() else None
        step = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}.get(Qt.Key(event.key()))
        if act:
            self.act(act)
        elif step and not event.modifiers():
            at = self.currentIndex().row() + step
            self.setCurrentIndex(
                self.comments.index(max(0, min(at, len(self.comments.entries) - 1)))
            )
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp,
                             Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End):  # fmt: skip
            super().keyPressEvent(event)
        else:
            event.ignore()
