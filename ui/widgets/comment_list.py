"""A list of comments that stays calm in a flood: painted rows, buttons in them, no jumping."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.format import age_s, ms_short
from ui.i18n import language, t
from ui.models.comments import Entry
from ui.theme import tokens
from ui.widgets.basics import Badge
from ui.widgets.paint import painting

ENTRY = Qt.ItemDataRole.UserRole
MOST_LINES = 3
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Act:
    """A button in a row."""

    id: str
    words: str
    kind: str = ""


def known_words(group: str, name: str) -> str:
    """The catalogue's words for a name the engine uses; the name itself where it has none."""
    words = t(f"{group}.{name}")
    return name if words == f"ui.{group}.{name}" else words


def category_words(entry: Entry) -> str:
    """What a comment is about, or why it is held."""
    about = entry.category or entry.topic
    return known_words("category", about) if about else ""


def acts_of(entry: Entry) -> list[Act]:
    """What can be done with a comment."""
    if entry.state in ("held",):
        return [Act("release", t("comments.release") + " A"),
                Act("block", t("comments.block") + " B"),
                Act("mute", t("comments.mute") + " M")]  # fmt: skip
    if entry.state == "blocked":
        return [Act("release", t("comments.release") + " A")]
    if entry.state == "pinned":
        first = Act("unpin", t("comments.unpin") + " P", "on")
    else:
        first = Act("pin", t("comments.pin") + " P")
    answer = Act("answer", t("comments.answer") + " R")
    return [first, *([] if entry.answered else [answer]), Act("mute", t("comments.mute") + " M")]


@functools.lru_cache(maxsize=2000)
def drawable(text: str) -> str:
    """``text`` without what this machine has no glyph for: no boxes."""
    if all(ord(sign) < 0x1F000 for sign in text) or _has_emoji():
        return text
    return "".join(sign for sign in text if ord(sign) < 0x1F000).strip() or "…"


@functools.cache
def _has_emoji() -> bool:
    return any("emoji" in name.lower() for name in QFontDatabase.families())


def reason_words(entry: Entry) -> str:
    """Why it is held: what was written → what it means · rule."""
    reason = entry.reason
    if reason is None or entry.state not in ("held", "blocked"):
        return ""
    parts = []
    written = entry.text[slice(*reason.span)] if reason.span else ""
    if written and reason.matched and written.lower() != reason.matched.lower():
        parts.append(t("comments.restored", written=_near(written), read=_near(reason.matched)))
    parts.append(reason.text.get(language.code) or reason.text.get("en", ""))
    if reason.rule:
        parts.append(t("comments.rule", id=reason.rule))
    return " · ".join(part for part in parts if part)


def _near(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


class CommentModel(QAbstractListModel):
    """The comments of one tab."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """How many."""
        return len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The entry, and its words for a screen reader."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            state = t(f"comment_state.{entry.state}")
            about = [entry.author, category_words(entry), entry.text, state, reason_words(entry)]
            return "，".join(part for part in about if part)
        return None

    def put(self, entries: Sequence[Entry]) -> None:
        """Takes the new list in with as little change as possible."""
        new, old = list(entries), self.entries
        if new == old:
            return
        if [e.id for e in new] == [e.id for e in old]:
            self.entries = new
            for at, (a, b) in enumerate(zip(old, new, strict=True)):
                if a != b:
                    self.dataChanged.emit(self.index(at), self.index(at))
            return
        if not self._put_on_top(new, old):
            self.beginResetModel()
            self.entries = new
            self.endResetModel()

    def _put_on_top(self, new: list[Entry], old: list[Entry]) -> bool:
        """New ones on top, old ones off the end: the usual case, without laying out all rows."""
        if not old or not new:
            return False
        order = [e.id for e in new]
        first = order.index(old[0].id) if old[0].id in order else len(order)
        kept = len(order) - first
        if kept == 0 or order[first:] != [e.id for e in old[:kept]]:
            return False
        if kept < len(old):
            self.beginRemoveRows(QModelIndex(), kept, len(old) - 1)
            self.entries = old[:kept]
            self.endRemoveRows()
        if first:
            self.beginInsertRows(QModelIndex(), 0, first - 1)
            self.entries = new[:first] + self.entries
            self.endInsertRows()
        for at in range(first, len(new)):
            if new[at] != self.entries[at]:
                self.entries[at] = new[at]
                self.dataChanged.emit(self.index(at), self.index(at))
        return True


class CommentDelegate(QStyledItemDelegate):
    """Paints a comment and its buttons, and knows where they are."""

    def __init__(self, view: CommentList) -> None:
        super().__init__(view)
        self._view = view
        self._heights: dict[tuple[str, int, str, bool], int] = {}
        self.hot: tuple[str, str] = ("", "")
        self._small, self._text = tokens.font(11), tokens.font(13)
        self._bold = tokens.font(11, 600)

    def forget(self) -> None:
        """The language or the scale is another."""
        self._heights.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its text needs."""
        entry = index.data(ENTRY)
        wide = self._view.viewport().width()
        if not isinstance(entry, Entry):
            return QSize(wide, 1)
        key = (entry.id, wide, entry.state, bool(reason_words(entry)))
        high = self._heights.get(key)
        if high is None:
            parts = self._parts(QRect(0, 0, wide, 0), entry)
            high = parts["acts"].bottom() + tokens.px(10)
            if len(self._heights) > 2000:
                self._heights.clear()
            self._heights[key] = high
        return QSize(wide, high)

    def _parts(self, rect: QRect, entry: Entry) -> dict[str, QRect]:
        left = rect.x() + tokens.px(12)
        wide = rect.width() - tokens.px(24)
        head = QRect(left, rect.y() + tokens.px(8), wide, tokens.px(18))
        metrics = QFontMetrics(self._text)
        flags = int(Qt.TextFlag.TextWrapAnywhere | Qt.TextFlag.TextWordWrap)
        needs = metrics.boundingRect(QRect(0, 0, wide, 9999), flags, drawable(entry.text)).height()
        text = QRect(left, head.bottom() + tokens.px(4), wide,
                     min(needs, metrics.lineSpacing() * MOST_LINES))  # fmt: skip
        y = text.bottom() + tokens.px(3)
        why = QRect(left, y, wide, tokens.px(17) if reason_words(entry) else 0)
        acts = QRect(left, why.bottom() + tokens.px(5), wide, tokens.px(24))
        return {"head": head, "text": text, "why": why, "acts": acts}

    def buttons(self, rect: QRect, entry: Entry) -> list[tuple[Act, QRect]]:
        """The buttons of a row and where they stand."""
        place = self._parts(rect, entry)["acts"]
        metrics, x = QFontMetrics(tokens.font(12)), place.x()
        found = []
        for act in acts_of(entry):
            wide = metrics.horizontalAdvance(act.words) + tokens.px(16)
            found.append((act, QRect(x, place.y(), wide, place.height())))
            x += wide + tokens.px(6)
        return found

    def act_at(self, rect: QRect, entry: Entry, at: QPoint) -> str:
        """The button under the mouse, "" for none."""
        return next((act.id for act, box in self.buttons(rect, entry) if box.contains(at)), "")

    @painting
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one comment."""
        entry = index.data(ENTRY)
        if not isinstance(entry, Entry):
            return
        rect: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.SELECTED))
            painter.fillRect(QRect(rect.x(), rect.y(), tokens.px(3), rect.height()),
                             QColor(tokens.ACCENT))  # fmt: skip
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), QColor(tokens.RAISED))
        parts = self._parts(rect, entry)
        self._head(painter, parts["head"], entry)
        is_out = entry.state == "blocked"
        painter.setFont(self._text)
        painter.setPen(QColor(tokens.MUTED if is_out or entry.answered else tokens.TEXT))
        flags = int(Qt.TextFlag.TextWrapAnywhere | Qt.TextFlag.TextWordWrap)
        painter.drawText(parts["text"], flags, drawable(entry.text))
        words = reason_words(entry)
        if words:
            painter.setFont(self._small)
            painter.setPen(QColor(tokens.ATTENTION))
            painter.drawText(
                parts["why"],
                Qt.AlignmentFlag.AlignVCenter,
                painter.fontMetrics().elidedText(
                    words, Qt.TextElideMode.ElideRight, parts["why"].width()
                ),
            )
        for act, box in self.buttons(rect, entry):
            self._button(painter, box, act, self.hot == (entry.id, act.id))
        painter.restore()

    def _head(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        painter.setFont(self._small)
        age = age_s(entry.at_utc)
        right = ms_short(age) if age is not None and age < 36000 else ""
        if entry.answered:
            right = "✓ " + t("comments.answered")
        painter.setPen(QColor(tokens.NEXT_TEXT if entry.answered else tokens.FAINT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        room = rect.width() - painter.fontMetrics().horizontalAdvance(right) - tokens.px(10)
        tags = self._tags(entry)
        bold = QFontMetrics(self._bold)
        wide = sum(bold.horizontalAdvance(word) + tokens.px(18) for word, _ in tags)
        platform = known_words("platform", entry.platform) if entry.platform else ""
        name = f"{entry.author} · {platform}" if platform else entry.author
        painter.setPen(QColor(tokens.MUTED))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(
            name, Qt.TextElideMode.ElideRight, max(tokens.px(40), room - wide)
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)
        x = rect.x() + metrics.horizontalAdvance(shown) + tokens.px(8)
        painter.setFont(self._bold)
        for word, tone in tags:
            fill, ink = Badge.TONES[tone]
            box = QRect(x, rect.y() + 1, bold.horizontalAdvance(word) + tokens.px(12),
                        rect.height() - 2)  # fmt: skip
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(box, tokens.px(4), tokens.px(4))
            painter.setPen(QColor(ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
            x = box.right() + tokens.px(6)

    def _tags(self, entry: Entry) -> list[tuple[str, str]]:
        about = category_words(entry)
        if entry.state == "held":
            return [(" · ".join(x for x in (t("comment_state.held"), about) if x),
                     "attention_soft")]  # fmt: skip
        if entry.state == "blocked":
            return [(" · ".join(x for x in (t("comment_state.blocked"), about) if x), "bad")]
        tags = []
        if entry.state == "pinned":
            tags.append((t("comment_state.pinned"), "next"))
        asked = t("comments.asked", n=entry.asked) if entry.asked > 1 else ""
        words = " · ".join(part for part in (about, asked) if part)
        if not words and entry.rank > 1:
            words = "★" * entry.rank
        if words:
            tags.append((words, "accent"))
        return tags

    def _button(self, painter: QPainter, box: QRect, act: Act, is_hot: bool) -> None:
        fill = tokens.HOVER if is_hot else tokens.RAISED
        edge, ink = tokens.LINE, tokens.TEXT
        if act.kind == "on":
            fill, edge, ink = tokens.ACCENT_FILL, tokens.ACCENT, tokens.WHITE
        painter.setPen(QColor(edge))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), tokens.px(5), tokens.px(5))
        painter.setPen(QColor(ink))
        painter.setFont(tokens.font(12))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, act.words)


class CommentList(QListView):
    """The list itself.

    While the mouse is over it, or a row below the first is chosen, new comments wait: nothing
    moves under the finger. `waiting` tells how many.

    Signals:
        acted: (entry, act id) a button or its key.
        waiting: (count) of comments that came meanwhile.
    """

    acted = Signal(object, str)
    waiting = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(False)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setModel(CommentModel())
        self._delegate = CommentDelegate(self)
        self.setItemDelegate(self._delegate)
        self._next: Sequence[Entry] = ()
        self._chosen = ""

    @property
    def comments(self) -> CommentModel:
        """Its model."""
        model: QAbstractItemModel = self.model()
        assert isinstance(model, CommentModel)
        return model

    def show_entries(self, entries: Sequence[Entry], *, is_other: bool = False) -> None:
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

    def chosen(self) -> Entry | None:
        """The chosen comment."""
        found = self.currentIndex().data(ENTRY)
        return found if isinstance(found, Entry) else None

    def retext(self) -> None:
        """The language changed."""
        self._delegate.forget()
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
        can = [one.id for one in acts_of(entry)]
        if act == "pin" and "unpin" in can:
            act = "unpin"
        if act in can:
            self.acted.emit(entry, act)

    def _at(self, point: QPoint) -> tuple[Entry | None, str]:
        index = self.indexAt(point)
        entry = index.data(ENTRY)
        if not isinstance(entry, Entry):
            return None, ""
        return entry, self._delegate.act_at(self.visualRect(index), entry, point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lights the button under the mouse."""
        entry, act = self._at(event.position().toPoint())
        hot = (entry.id if entry else "", act)
        if hot != self._delegate.hot:
            self._delegate.hot = hot
            self.setCursor(Qt.CursorShape.PointingHandCursor if act else Qt.CursorShape.ArrowCursor)
            self.viewport().update()
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a button."""
        super().mouseReleaseEvent(event)
        entry, act = self._at(event.position().toPoint())
        if entry is not None and act and event.button() == Qt.MouseButton.LeftButton:
            self.acted.emit(entry, act)

    def leaveEvent(self, event: QEvent) -> None:
        """The hand is off: the newest may come."""
        self._delegate.hot = ("", "")
        super().leaveEvent(event)
        if not self._is_held():
            self.catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows of another width are of another height."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """P, R, A, B, M act; arrows choose; the rest is the window's."""
        keys = {Qt.Key.Key_P: "pin", Qt.Key.Key_R: "answer", Qt.Key.Key_A: "release",
                Qt.Key.Key_B: "block", Qt.Key.Key_M: "mute"}  # fmt: skip
        act = keys.get(Qt.Key(event.key())) if not event.modifiers() else None
        if act:
            self.act(act)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp,
                             Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End):  # fmt: skip
            super().keyPressEvent(event)
        else:
            event.ignore()
