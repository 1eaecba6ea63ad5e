"""What happened and who did it, newest first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from ui.format import now_clock
from ui.i18n import pick, t
from ui.models.commands import is_question
from ui.models.comment_model import Index
from ui.models.outputs import shown_name
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.paint import painting
from ui.widgets.plain import plain

MOST = 500
PLAN_TONES = {"saved": "good", "ended": "off"}
LINE = Qt.ItemDataRole.UserRole
_INK = {"good": tokens.NEXT_TEXT, "attention": tokens.ATTENTION, "off": tokens.TEXT}


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One thing that happened."""

    at: str
    text: str
    who: str = ""
    tone: str = "off"
    times: int = 1

    @property
    def words(self) -> str:
        """What happened, and how often in a row."""
        return self.text if self.times == 1 else f"{self.text} ×{self.times}"

    def is_like(self, other: JournalLine) -> bool:
        """The same thing again, by the same one."""
        return (self.text, self.who, self.tone) == (other.text, other.who, other.tone)


class JournalModel(QAbstractListModel):
    """The last `MOST` lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[JournalLine] = deque(maxlen=MOST)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many."""
        return len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A line, and its words."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            words = f"{line.at} {line.words} {line.who}".strip()
            return words if role == Qt.ItemDataRole.DisplayRole else plain(words)
        return None

    def take(self, other: JournalModel) -> None:
        """Goes on where another left off."""
        self.beginResetModel()
        self.lines = other.lines.copy()
        self.endResetModel()

    def put(self, line: JournalLine) -> None:
        """A new line on top; the same again (a fader that is moved) is counted on the old one."""
        if self.lines and self.lines[0].is_like(line):
            self.lines[0] = replace(line, times=self.lines[0].times + 1)
            self.dataChanged.emit(self.index(0), self.index(0))
            return
        if len(self.lines) == MOST:
            self.beginResetModel()
            self.lines.appendleft(line)
            self.endResetModel()
            return
        self.beginInsertRows(self.index(-1), 0, 0)
        self.lines.appendleft(line)
        self.endInsertRows()


class JournalDelegate(QStyledItemDelegate):
    """Time, what, who."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line each."""
        return QSize(tokens.px(80), tokens.px(24))

    @painting
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one line."""
        line = index.data(LINE)
        if not isinstance(line, JournalLine):
            return
        rect: QRect = option.rect
        rect = rect.adjusted(tokens.px(12), 0, -tokens.px(12), 0)
        painter.save()
        painter.setFont(tokens.font(12))
        painter.setPen(QColor(tokens.MUTED))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, middle, line.at)
        metrics = painter.fontMetrics()
        left = rect.adjusted(metrics.horizontalAdvance("00:00:00") + tokens.px(10), 0, 0, 0)
        who = metrics.horizontalAdvance(line.who) + tokens.px(10)
        painter.setPen(QColor(_INK.get(line.tone, tokens.TEXT)))
        room = left.adjusted(0, 0, -who, 0)
        text = metrics.elidedText(line.words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, text)
        painter.setPen(QColor(tokens.FAINT))
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignRight, line.who)
        painter.restore()


class JournalList(QListView):
    """Leaves digits and Enter to the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Only moves through the list."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()


class JournalPanel(Panel):
    """Commands of everybody, outputs, sources, plans, the link."""

    id = "journal"
    rank = 80
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2, 0.38, is_front=True),
        "vertical": Spot(RIGHT, 1),
        "review": Spot(BOTTOM),
    }
    keys = (("↑ ↓", "journal.key_scroll"), ("Ctrl+Z", "keys.undo"))

    def build(self) -> None:
        self.lines = JournalModel()
        self.view = JournalList()
        self.view.setModel(self.lines)
        self.view.setItemDelegate(JournalDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.add(self.view, 1)
        self.desk.store.happened.connect(self._event)
        self.desk.client.state_changed.connect(self._link)

    def retext(self) -> None:
        super().retext()
        self.view.setAccessibleName(t("journal.title"))

    def say(self, text: str, who: str = "", tone: str = "off") -> None:
        """Notes something."""
        self.lines.put(JournalLine(now_clock(), text, who, tone))

    def _link(self, state: str, why: str) -> None:
        self.say(t(f"link.{state}"), t("journal.desk"), "good" if state == "live" else "attention")

    def _event(self, name: str, data: object) -> None:
        if not isinstance(data, dict):
            return
        if name == "command.ran":
            self._command(data)
        elif name == "outputs.changed":
            self._output(data)
        elif name == "sources.health":
            self._health(data)
        elif name in ("roles.told", "plans.started", "plans.ended", "plans.asked"):
            self._plan(name, data)

    def _command(self, data: dict[str, Any]) -> None:
        if data.get("ok") and is_question(str(data.get("command", ""))):
            return
        args = data.get("args")
        words = self.desk.actions.describe(
            str(data.get("command", "")), args if isinstance(args, dict) else {}
        )
        who = self._who(str(data.get("origin", "")))
        if data.get("ok"):
            self.say(words, who)
        else:
            self.say(f"{words}: {data.get('error', '')}", who, "attention")

    def _output(self, data: dict[str, Any]) -> None:
        status = self.desk.store.output(str(data.get("output", "")))
        name = shown_name(status) if status else str(data.get("output", ""))
        state = str(data.get("state", ""))
        tone = "good" if state in ("live", "recording") else "off"
        if state in ("refused", "reconnecting", "failed", "congested", "standby"):
            tone = "attention"
        self.say(f"{name} → {t(f'output_state.{state}')}", t("journal.output"), tone)

    def _health(self, data: dict[str, Any]) -> None:
        state = str(data.get("state", ""))
        tone = "good" if state in ("ok", "still", "sound") else "attention"
        tone = "off" if state in ("opening", "waiting") else tone
        source = str(data.get("source") or data.get("input") or "")
        self.say(f"{source} → {t(f'health.{state}')}", t("journal.source"), tone)

    def _plan(self, name: str, data: dict[str, Any]) -> None:
        plan = str(data.get("plan", ""))
        words = pick(data.get("text") or data.get("label") or data.get("question") or "")
        words = words or self.desk.actions.known(plan)
        tone = "attention"
        if name == "plans.ended":
            state = str(data.get("state", ""))
            words, tone = f"{words} → {t(f'incident_state.{state}')}", PLAN_TONES.get(state, tone)
        self.say(words, t("journal.plan"), tone)

    def _who(self, origin: str) -> str:
        if origin.startswith("plan"):
            plan = self.desk.actions.known(origin.partition(":")[2])
            return f"{t('journal.plan')} {plan}".strip()
        words = t(f"origin.{origin}")
        return origin if words == f"ui.origin.{origin}" else words
