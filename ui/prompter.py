"""The prompter window: the text large, the line in hand, and beside it what the host may say."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextLayout,
    QTextOption,
    QWheelEvent,
)

from studio.host.prompter.model import PrompterLine, PrompterView
from ui.desk import Desk
from ui.format import ms_short
from ui.i18n import language, pick, t
from ui.listen import listen
from ui.models.prompting import Motion
from ui.models.rundown import left_s
from ui.models.saying import (
    claim_to_correct,
    claim_words,
    price_to_say,
    question_to_answer,
    told_to_host,
)
from ui.projector import Beside, press_window
from ui.theme import tokens
from ui.widgets.paint import painting

FRAME_MS = 16
SIDE = 0.24
READ_AT = 0.36
"""Where on the height of the window the line in hand stands."""
HIGH = 1080
HAND_MS = 120
MOST_PICTURES = 64
INK, SAID, WARN, STAR = "#FFFFFF", "#5A6270", tokens.ATTENTION, "#FFD479"
SPEED_STEP, SIZE_STEP = 0.5, 6


class _Block:
    """A line, wrapped: where it begins, how high it is."""

    __slots__ = ("high", "layout", "line", "y")

    def __init__(self, line: PrompterLine, layout: QTextLayout, high: float) -> None:
        self.line, self.layout, self.high, self.y = line, layout, high, 0.0


class PrompterWindow(Beside):
    """One window of the prompter; all of them show one place.

    Nothing in it can be clicked: keys, the wheel, a pedal or a remote move it.

    Args:
        mirror: "h" and "v" turn it over for a beam splitter.
    """

    def __init__(self, desk: Desk, mirror: str = "") -> None:
        super().__init__(desk)
        self.mirror = mirror
        self.motion = Motion()
        self._blocks: list[_Block] = []
        self._wrapped: dict[tuple[str, int, int], tuple[QTextLayout, float]] = {}
        self._pictures: dict[tuple[int, str], QImage] = {}
        self.scrolled = 0.0
        self._hand_later = QTimer(self)
        self._hand_later.setSingleShot(True)
        self._hand_later.timeout.connect(self._send_hand)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._frame)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._slow = 0
        self.resize(QSize(tokens.px(960), tokens.px(540)))
        self.setCursor(Qt.CursorShape.BlankCursor)
        listen(self, desk.store.changed, self._heard)
        listen(self, language.changed, self.retext)
        self.retext()
        self._take()

    def again(self, desk: Desk) -> PrompterWindow:
        """The same for a desk that was made anew."""
        return PrompterWindow(desk, self.mirror)

    def retext(self) -> None:
        """The window's name."""
        self.setWindowTitle(f"{t('prompter.title')} · Shopcast")
        self.setAccessibleName(t("prompter.title"))
        self._lay()
        self.update()

    @property
    def view(self) -> PrompterView:
        """What the engine said last."""
        return self.desk.store.prompter

    def shown_line(self) -> int:
        """Number of the line in hand."""
        return self.motion.place()[0]

    # -- what moves it -------------------------------------------------------------------------

    def _heard(self, part: str) -> None:
        if part == "prompter":
            self._take()
        elif part in ("rundown", "shop", "offers", "comments", "plans", "guard"):
            self.update()

    def _take(self) -> None:
        before = self.motion.view
        self.motion.take(self.view)
        if before.lines != self.view.lines or before.size != self.view.size:
            self._lay()
        if self.motion.is_leap:
            self.scrolled = self._wanted_y()
        self._pace()
        self.update()

    def _pace(self) -> None:
        """Frames only while something moves."""
        moves = self.motion.is_rolling or abs(self._wanted_y() - self.scrolled) > 0.5
        if moves and self.isVisible() and not self._tick.isActive():
            self._tick.start(FRAME_MS)
        elif not moves and self._tick.isActive():
            self._tick.stop()

    def _frame(self) -> None:
        """A part of the way each frame: words that are heard move it by steps."""
        wanted = self._wanted_y()
        self.scrolled += (wanted - self.scrolled) * 0.18
        if abs(wanted - self.scrolled) < 0.3:
            self.scrolled = wanted
        self._slow += 1
        if not self._slow % 30:
            self._pace()
        self.update()

    def _wanted_y(self) -> float:
        line, offset = self.motion.place()
        if not 0 <= line < len(self._blocks):
            return 0.0
        block = self._blocks[line]
        return block.y + block.high * min(1.0, offset / max(1, len(block.line.text)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A hand on the scroll wins until it lets go (F)."""
        by = -event.angleDelta().y() / 120 * self._px() * 0.9
        self._by_hand(self.scrolled + (-by if "v" in self.mirror else by))
        event.accept()

    def _by_hand(self, y: float) -> None:
        if not self._blocks:
            return
        last = self._blocks[-1]
        self.scrolled = max(0.0, min(y, last.y + last.high))
        line = max(0, sum(block.y <= self.scrolled for block in self._blocks) - 1)
        block = self._blocks[line]
        part = (self.scrolled - block.y) / max(1.0, block.high)
        self.motion.hold(line, part * len(block.line.text))
        if not self._hand_later.isActive():
            self._hand_later.start(HAND_MS)
        self.update()

    def _send_hand(self) -> None:
        line, offset = self.motion.place()
        args = {"line": line, "offset": round(max(0.0, offset), 1), "hold": True}
        self._run("prompter.jump", args)

    def _run(self, command: str, args: dict[str, Any] | None = None) -> None:
        self.desk.actions.run(command, args or {}, origin=self, is_quiet=True, merge=command)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space rolls or stops, F follows, arrows move, + − size, [ ] speed, H V mirror."""
        view, key = self.view, event.key()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5,
                 Qt.Key.Key_PageUp: -5, Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}  # fmt: skip
        if key in steps:
            self._run("prompter.jump", {"by": steps[Qt.Key(key)], "hold": True})
        elif key == Qt.Key.Key_Home:
            self._run("prompter.jump", {"line": 0, "hold": True})
        elif key == Qt.Key.Key_Space:
            rolls = view.mode in ("roll", "follow")
            self._run("prompter.stop" if rolls else "prompter.follow", {} if rolls else
                      {"voice": False})  # fmt: skip
        elif key == Qt.Key.Key_F:
            self._run("prompter.follow")
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            by = -SIZE_STEP if key == Qt.Key.Key_Minus else SIZE_STEP
            self._run("prompter.speed", {"size": max(24, min(240, view.size + by))})
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            by_speed = SPEED_STEP if key == Qt.Key.Key_BracketRight else -SPEED_STEP
            self._run("prompter.speed", {"signs": max(0.5, min(15.0, view.speed + by_speed))})
        elif key in (Qt.Key.Key_H, Qt.Key.Key_V):
            turned = "h" if key == Qt.Key.Key_H else "v"
            there = set(self.mirror) ^ {turned}
            self.mirror = "".join(side for side in "hv" if side in there)
            self.update()
        else:
            press_window(self, self.desk, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Nothing can be clicked."""
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Frames while it is seen."""
        self._lay()
        self.scrolled = self._wanted_y()
        self._pace()

    def hideEvent(self, event: QHideEvent) -> None:
        """None while it is not."""
        self._tick.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines are wrapped anew; the place stays."""
        self._lay()
        self.scrolled = self._wanted_y()

    # -- the text ------------------------------------------------------------------------------

    def _px(self) -> int:
        return max(12, round(self.view.size * self.height() / HIGH))

    def _wide(self) -> int:
        return round(self.width() * (1 - SIDE)) - 2 * self._px() // 2

    def _lay(self) -> None:
        """Wraps the lines; those that are as before keep their layout."""
        px, wide = self._px(), max(80, self._wide())
        font = tokens.font(13, 600)
        font.setPixelSize(px)
        fresh: dict[tuple[str, int, int], tuple[QTextLayout, float]] = {}
        self._blocks, y = [], 0.0
        for line in self.view.lines:
            key = (_words(line), px, wide)
            layout, high = self._wrapped.get(key) or fresh.get(key) or _wrap(key[0], font, wide)
            fresh[key] = (layout, high)
            block = _Block(line, layout, high)
            block.y = y
            y += high + px * 0.45
            self._blocks.append(block)
        self._wrapped = fresh
        self._pictures.clear()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """The text with the line in hand, and what stands beside it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#000000"))
        if self.mirror:
            painter.translate(self.width() if "h" in self.mirror else 0,
                              self.height() if "v" in self.mirror else 0)  # fmt: skip
            painter.scale(-1 if "h" in self.mirror else 1, -1 if "v" in self.mirror else 1)
        self._paint_text(painter)
        self._paint_side(painter)
        self._paint_foot(painter)

    def _paint_text(self, painter: QPainter) -> None:
        px, top = self._px(), self.height() * READ_AT - self.scrolled
        here = self.motion.place()[0]
        left = px / 2
        if not self._blocks:
            painter.setPen(QColor(tokens.MUTED))
            painter.setFont(_font(px * 0.6))
            box = QRectF(left, 0, self._wide(), self.height())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, int(flags), t("prompter.empty"))
            return
        for number, block in enumerate(self._blocks):
            y = top + block.y
            if y > self.height():
                break
            if y + block.high < 0:
                continue
            ink = SAID if number < here else STAR if block.line.star else INK
            tone = WARN if block.line.state != "ready" else ink
            painter.drawImage(QPointF(round(left), round(y)), self._drawn_line(block, tone))
            if number == here:
                painter.fillRect(QRectF(0, y, max(4, px * 0.12), block.high), QColor(tokens.NEXT))

    def _drawn_line(self, block: _Block, ink: str) -> QImage:
        """A line as a picture: letters of this size are outlines, slow to fill in each frame."""
        key = (id(block.layout), ink)
        found = self._pictures.get(key)
        if found is None:
            if len(self._pictures) >= MOST_PICTURES:
                self._pictures.clear()
            size = QSize(self._wide() + 8, max(1, math.ceil(block.high) + 8))
            found = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setPen(QColor(ink))
            block.layout.draw(painter, QPointF(0, 0))
            painter.end()
            self._pictures[key] = found
        return found

    def _paint_side(self, painter: QPainter) -> None:
        """Countdown, price, pieces, the question, words of a plan."""
        px = max(11.0, self.height() / HIGH * 34)
        left, wide = self.width() * (1 - SIDE), self.width() * SIDE
        painter.fillRect(QRectF(left, 0, wide, self.height()), QColor("#0B0D10"))
        y = px * 0.6
        for words, size, tone in self._beside():
            painter.setFont(_font(px * size, 600 if size > 1 else 400))
            painter.setPen(QColor(tone))
            box = QRectF(left + px * 0.5, y, wide - px, self.height() - y - px * 2)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
                Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
            )
            taken = painter.drawText(box, flags, words)
            y += taken.height() + px * 0.35

    def _beside(self) -> list[tuple[str, float, str]]:
        store, found = self.desk.store, list[tuple[str, float, str]]()
        rundown = store.rundown
        left = left_s(rundown)
        if left is not None:
            over = left < 0
            words = t("prompter.over", time=ms_short(-left)) if over else ms_short(left)
            found.append((words, 1.9, WARN if over else INK))
        on = next((item.item for item in rundown.items if item.item.id == rundown.now), None)
        product = store.shop.product(on.product if on and on.product else store.shop.explaining)
        if product is not None:
            price, is_offer = price_to_say(store, product)
            found.append((product.name, 0.85, tokens.MUTED))
            found.append((price, 1.6, STAR if is_offer else INK))
            if product.stock is not None:
                few = product.stock <= 10
                words = t("prompter.pieces", n=product.stock)
                found.append((words, 1.0, WARN if few else tokens.MUTED))
        claim = claim_to_correct(store)
        if claim is not None:
            found.append((claim_words(claim), 0.85, WARN))
        asked = question_to_answer(store)
        if asked is not None:
            found.append((f"{t('prompter.question')} · {asked.author}", 0.75, tokens.MUTED))
            found.append((asked.text, 1.0, INK))
        for told in told_to_host(store)[:2]:
            urgent = told.level in ("red", "amber", "attention")
            found.append((pick(told.text), 1.0, WARN if urgent else INK))
        return found

    def _paint_foot(self, painter: QPainter) -> None:
        """Who moves it, in words; without a voice it says so."""
        px = max(10.0, self.height() / HIGH * 26)
        painter.setFont(_font(px))
        words, is_warning = self.state_words()
        painter.setPen(QColor(WARN if is_warning else tokens.MUTED))
        left = self.width() * (1 - SIDE) + px * 0.6
        box = QRectF(left, self.height() - px * 3.2, self.width() * SIDE - px, px * 3)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom) | int(
            Qt.TextFlag.TextWordWrap
        )
        painter.drawText(box, flags, words)

    def state_words(self) -> tuple[str, bool]:
        """What moves it, and whether that wants somebody."""
        view = self.view
        speed = f"{view.speed:g}"
        if view.mode == "follow":
            if view.is_voice:
                return t("prompter.follow"), False
            return t("prompter.no_voice", speed=speed), True
        return t(f"prompter.{view.mode}", speed=speed), view.mode == "hand"


def _words(line: PrompterLine) -> str:
    """A line as it is read; one that must not be said says so."""
    mark = "★ " if line.star else ""
    note = f"  ({t(f'prompter.{line.state}')})" if line.state in ("gap", "stale") else ""
    return f"{mark}{line.text}{note}"


def _font(px: float, weight: int = 400) -> QFont:
    made = tokens.font(13, weight)
    made.setPixelSize(max(8, round(px)))
    return made


def _wrap(text: str, font: QFont, wide: int) -> tuple[QTextLayout, float]:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    y = 0.0
    while (row := layout.createLine()).isValid():
        row.setLineWidth(wide)
        row.setPosition(QPointF(0, y))
        y += row.height() * 1.12
    layout.endLayout()
    return layout, y
