"""Buttons, labels and lines in the desk's manner."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.paint import painting
from ui.widgets.plain import plain


def row(*parts: QWidget | int, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> (
    QHBoxLayout
):  # fmt: skip
    """A horizontal layout; a number is a stretch."""
    layout = QHBoxLayout()
    _fill(layout, parts, gap, margins)
    return layout


def column(
    *parts: QWidget | int, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """A vertical layout; a number is a stretch."""
    layout = QVBoxLayout()
    _fill(layout, parts, gap, margins)
    return layout


def _fill(
    layout: QBoxLayout,
    parts: tuple[QWidget | int, ...],
    gap: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(t.px(gap))
    layout.setContentsMargins(*(t.px(m) for m in margins))
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(layout, QHBoxLayout):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            layout.addWidget(part)


def holder(layout: QLayout, name: str = "") -> QWidget:
    """A widget around a layout."""
    widget = QWidget()
    widget.setObjectName(name)
    widget.setLayout(layout)
    return widget


def clear(layout: QLayout) -> None:
    """Takes everything out of a layout."""
    while layout.count():
        item: QLayoutItem | None = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def put(widget: QWidget, name: str, value: object) -> None:
    """Sets a property the style sheet looks at, and lets it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def padded(spin: QAbstractSpinBox) -> None:
    """Keeps a number off the edge of its field; style sheets do not reach that far."""
    inner = spin.findChild(QLineEdit)
    if inner is not None:
        inner.setTextMargins(t.px(7), 0, 0, 0)


class _Calm(QObject):
    """Hands the wheel on to what scrolls."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A number in hand still turns with the wheel; a choice never does."""
        if event.type() != QEvent.Type.Wheel:
            return False
        if isinstance(watched, QAbstractSpinBox) and watched.hasFocus():
            return False
        event.ignore()
        return True


_calm = _Calm()


def calm(root: QWidget) -> None:
    """Choices, numbers and sliders in it stay as they are when one scrolls across them."""
    for kind in (QComboBox, QAbstractSpinBox, QSlider):
        own = [root] if isinstance(root, kind) else []
        for entry in (*own, *root.findChildren(kind)):
            entry.installEventFilter(_calm)


def line() -> QFrame:
    """A thin horizontal line."""
    made = QFrame()
    made.setObjectName("line")
    made.setFixedHeight(1)
    return made


class TextLabel(QLabel):
    """A label: size, weight, tone; cut with "…" where there is no room.

    One that `is_steady` keeps its width while its text changes a little: for numbers that move.
    Every other change of a label's text has Qt lay the whole window out anew.
    """

    def __init__(
        self,
        text: str = "",
        *,
        size: float = 13,
        weight: int = 400,
        tone: str = "",
        elides: bool = False,
        wraps: bool = False,
        is_steady: bool = False,
    ) -> None:
        super().__init__(text)
        self._is_steady, self._room = is_steady, -1
        self.setFont(t.font(size, weight))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._elides = elides
        self._full, self._tip = text, ""
        if tone:
            self.setProperty("tone", tone)
        if elides:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self.setMinimumWidth(t.px(24))
        self.setWordWrap(wraps)

    def setText(self, text: str) -> None:
        """Sets the text; the same text costs nothing."""
        if text == self._full:
            return
        self._full = text
        if self._is_steady:
            self._hold(text)
        super().setText(text)
        self._tell_whole()

    def _hold(self, text: str) -> None:
        """A fixed size that the text fits into; Qt asks nobody about a label that has one."""
        metrics = self.fontMetrics()
        need = metrics.horizontalAdvance(text)
        if self._room < 0 or not 0 <= self._room - need <= t.px(12):
            self._room = need + t.px(2) if text else 0
            self.setFixedSize(self._room, metrics.height())

    def set_tone(self, tone: str) -> None:
        """muted, attention, next or ""."""
        put(self, "tone", tone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Text that is cut now has its whole in a tip."""
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        if self._elides and self.toolTip() in ("", self._tip):  # else somebody gave it one
            whole = self._full if self._is_cut() else ""
            self._tip = plain(whole)
            self.setToolTip(plain(whole))

    def _is_cut(self) -> bool:
        return QFontMetrics(self.font()).horizontalAdvance(self._full) > self.width()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws cut text with an ellipsis."""
        if not self._elides or not self._is_cut():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)


class Button(QPushButton):
    """A push button of a kind: "", quiet, primary, take, attention.

    The second click of a double click presses only what the first one did: not a button that has
    come into its place, nor one that says, or is about, something else by then.

    Attributes:
        about: what it acts on, where its words do not say.
    """

    _last: tuple[Button, object] | None = None

    def __init__(
        self,
        text: str = "",
        kind: str = "",
        *,
        icon: str = "",
        dense: bool = True,
        checkable: bool = False,
        clicked: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(text)
        self.about = ""
        self.setFont(t.font(12))
        self.setProperty("kind", kind)
        self.setProperty("dense", "true" if dense else "false")
        self.setCheckable(checkable)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon:
            self.setIcon(icons.icon(icon, t.MUTED if kind == "quiet" else t.TEXT))
            self.setIconSize(QSize(t.px(15), t.px(15)))
        if clicked is not None:
            self.clicked.connect(lambda: clicked())

    def _meaning(self) -> object:
        return self.text(), self.about, self.isChecked()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remembers what is pressed."""
        Button._last = self, self._meaning()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click, of whatever the first one was."""
        last = Button._last
        if last is None or last[0] is not self or last[1] != self._meaning():
            event.accept()
            return
        super().mouseDoubleClickEvent(event)

    def name(self, text: str, tip: str = "") -> None:
        """Its name for a screen reader and its tip."""
        self.setAccessibleName(text)
        self.setToolTip(plain(tip or text))

    def set_kind(self, kind: str) -> None:
        """Another kind of button."""
        put(self, "kind", kind)


STANDS_IN = "stands_in"
"""Property of a widget that has no room: the button behind which it stands."""


def seen_at(widget: QWidget) -> QWidget:
    """Where a widget is seen: itself, or the button behind which it stands (`ToolRow`)."""
    place = widget.property(STANDS_IN)
    return place if isinstance(place, QWidget) else widget


def below(widget: QWidget) -> QPoint:
    """The place under a widget, or under where it is seen, for what opens there; global."""
    place = seen_at(widget)
    return place.mapToGlobal(QPoint(0, place.height()))


class Badge(QWidget):
    """A small filled word: state, category, count."""

    TONES = {
        "on_air": (t.ON_AIR_FILL, t.WHITE),
        "next": (t.NEXT, t.DARK),
        "attention": (t.ATTENTION, t.DARK),
        "attention_soft": (t.ATTENTION_SOFT, t.ATTENTION),
        "accent": (t.ACCENT_FILL, t.ACCENT_TEXT),
        "off": (t.RAISED, t.MUTED),
        "bad": (t.ATTENTION_SOFT, t.ATTENTION),
        "good": (t.NEXT_SOFT, t.NEXT_TEXT),
    }

    def __init__(self, text: str = "", tone: str = "off", size: float = 11) -> None:
        super().__init__()
        self._text, self._tone = text, tone
        self.setFont(t.font(size, 600))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    @property
    def tone(self) -> str:
        """The tone it is shown in."""
        return self._tone

    def set(self, text: str, tone: str) -> None:
        """Another word, another tone."""
        if (text, tone) == (self._text, self._tone):
            return
        is_wider = text != self._text
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        if is_wider:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + t.px(12), metrics.height() + t.px(1))

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        if not self._text:
            return
        fill, pen = self.TONES.get(self._tone, self.TONES["off"])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(self.rect(), t.px(4), t.px(4))
        painter.setPen(QColor(pen))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class Dot(QWidget):
    """A state as a shape and colour: full for on, ring for off, triangle for "wants you"."""

    COLOURS = {
        "good": t.NEXT,
        "attention": t.ATTENTION,
        "on_air": t.ON_AIR,
        "off": t.FAINT,
    }

    def __init__(self, tone: str = "off") -> None:
        super().__init__()
        self._tone = tone
        self.setFixedSize(t.px(10), t.px(10))

    @property
    def tone(self) -> str:
        """The tone shown."""
        return self._tone

    def set(self, tone: str) -> None:
        """good, attention, on_air or off."""
        if tone != self._tone:
            self._tone = tone
            self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        draw_dot(painter, self.rect(), self._tone)


def draw_dot(painter: QPainter, rect: QRect, tone: str) -> None:
    """Draws a state's shape into a square."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPen, QPolygonF

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(Dot.COLOURS.get(tone, t.FAINT))
    inner = rect.adjusted(1, 1, -1, -1)
    if tone == "attention":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        x, y, w, h = inner.x(), inner.y(), inner.width(), inner.height()
        corners = [QPointF(x + w / 2, y), QPointF(x + w, y + h), QPointF(x, y + h)]
        painter.drawPolygon(QPolygonF(corners))
    elif tone == "off":
        painter.setPen(QPen(ink, max(1.0, t.px(1.5))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(inner)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(inner)


class Segments(QWidget):
    """A few choices of which one holds.

    Signals:
        chosen: (value) by the person.
    """

    chosen = Signal(str)

    def __init__(self, gap: int = 4) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, Button] = {}
        self._layout = row(gap=gap)
        self.setLayout(self._layout)

    def offer(self, choices: list[tuple[str, str]], kind: str = "quiet") -> None:
        """Sets the choices as (value, words); the present one stays when it is still there."""
        if [value for value, _ in choices] == list(self._buttons):
            for value, words in choices:
                self._buttons[value].setText(words)
            return
        now = self.value
        clear(self._layout)
        self._buttons.clear()
        for value, words in choices:
            button = Button(words, kind, checkable=True)
            self._group.addButton(button)
            self._layout.addWidget(button)
            self._buttons[value] = button
            button.clicked.connect(lambda _=False, v=value: self.chosen.emit(v))
        self.set(now)

    @property
    def value(self) -> str:
        """What is chosen, "" for nothing."""
        return next((v for v, button in self._buttons.items() if button.isChecked()), "")

    def set(self, value: str) -> None:
        """Chooses without telling."""
        button = self._buttons.get(value)
        if button is not None:
            button.setChecked(True)

    def button(self, value: str) -> Button | None:
        """The button of a choice."""
        return self._buttons.get(value)
