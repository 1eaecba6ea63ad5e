"""How a comment is drawn, and where its buttons are."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.comments.model import EntryView
from ui.format import age_s, ms_short
from ui.i18n import t
from ui.models.comment_model import ENTRY, Index
from ui.theme import tokens
from ui.widgets.basics import Badge
from ui.widgets.comment_words import (
    Act,
    acts_of,
    category_words,
    drawable,
    known_words,
    person_words,
    reason_words,
)
from ui.widgets.paint import painting

MOST_LINES = 3


class CommentDelegate(QStyledItemDelegate):
    """Paints a comment and its buttons, and knows where they are.

    Attributes:
        hot: (comment, button) under the mouse.
        pinned: id of the comment that is on the picture.
        me: as whom this desk decides; other people who look at a row are shown.
    """

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self._heights: dict[tuple[str, int, str, bool], int] = {}
        self.hot: tuple[str, str] = ("", "")
        self.pinned = ""
        self.me = ""
        self._small, self._text = tokens.font(11), tokens.font(13)
        self._bold = tokens.font(11, 600)

    def forget(self) -> None:
        """The language or the scale is another."""
        self._heights.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its text needs."""
        entry = index.data(ENTRY)
        wide = self._view.viewport().width()
        if not isinstance(entry, EntryView):
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

    def _parts(self, rect: QRect, entry: EntryView) -> dict[str, QRect]:
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

    def buttons(self, rect: QRect, entry: EntryView) -> list[tuple[Act, QRect]]:
        """The buttons of a row and where they stand."""
        place = self._parts(rect, entry)["acts"]
        metrics, x = QFontMetrics(tokens.font(12)), place.x()
        found = []
        for act in acts_of(entry, entry.id == self.pinned):
            wide = metrics.horizontalAdvance(act.words) + tokens.px(16)
            found.append((act, QRect(x, place.y(), wide, place.height())))
            x += wide + tokens.px(6)
        return found

    def act_at(self, rect: QRect, entry: EntryView, at: QPoint) -> str:
        """The button under the mouse, "" for none."""
        return next((act.id for act, box in self.buttons(rect, entry) if box.contains(at)), "")

    @painting
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one comment."""
        entry = index.data(ENTRY)
        if not isinstance(entry, EntryView):
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

    def _head(self, painter: QPainter, rect: QRect, entry: EntryView) -> None:
        painter.setFont(self._small)
        age = age_s(entry.at_utc)
        right = ms_short(age) if age is not None and age < 36000 else ""
        if entry.answered:
            right = "✓ " + t("comments.answered")
        painter.setPen(QColor(tokens.NEXT_TEXT if entry.answered else tokens.FAINT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        room = rect.width() - painter.fontMetrics().horizontalAdvance(right) - tokens.px(10)
        tags = self.tags(entry)
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

    def tags(self, entry: EntryView) -> list[tuple[str, str]]:
        key = "comments.asked" if entry.rank >= 2 else "comments.folded"
        folded = [(t(key, n=entry.count), "accent")] if entry.count > 1 else []
        looking = []
        if entry.claimed_by not in ("", self.me):
            who = person_words(entry.claimed_by)
            looking = [(t("comments.looking", who=who), "attention_soft")]
        return [*looking, *folded, *self._state_tags(entry)]

    def _state_tags(self, entry: EntryView) -> list[tuple[str, str]]:
        about = category_words(entry)
        if entry.state == "held":
            return [(" · ".join(x for x in (t("comment_state.held"), about) if x),
                     "attention_soft")]  # fmt: skip
        if entry.state == "blocked":
            return [(" · ".join(x for x in (t("comment_state.blocked"), about) if x), "bad")]
        tags = []
        if entry.id == self.pinned:
            tags.append((t("comment_state.pinned"), "next"))
        words = about
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
