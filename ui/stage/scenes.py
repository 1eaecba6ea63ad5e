"""The row of scenes with live thumbnails, and the keys that take one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGridLayout, QMenu, QScrollArea, QSpinBox, QWidget

from ui import client as link
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import language, pick, t
from ui.listen import listen
from ui.stage.scene_menu import ask_name, open_card, open_new
from ui.stage.tbar import TBar
from ui.theme import tokens
from ui.widgets.basics import Button, below, calm, row
from ui.widgets.paint import painting
from ui.widgets.picture import PictureView
from ui.widgets.plain import plain
from ui.widgets.pop_form import PopForm

FOOT = 26
THUMB_FPS = 2
LEAST = 0.8
TALL = 0.54
"""A tall thumbnail's width, as a part of a wide one's."""


def thumb_height(wide: int, canvas: str) -> int:
    """Of a thumbnail of a canvas."""
    return wide * 16 // 9 if canvas == "portrait" else wide * 9 // 16


class SceneCard(QFrame):
    """One scene: click previews it, double click takes it."""

    previewed = Signal()
    taken = Signal()
    asked = Signal(QPoint)

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self._desk, self.scene = desk, name
        self.canvas = "landscape"
        self.tone = ""
        self.order = 0
        self.view = PictureView(desk.pictures, "scene", THUMB_FPS)
        self.view.setParent(self)
        self.view.show_canvas("landscape", name)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_size(self, wide: int) -> None:
        """As wide as told, the thumbnail in the shape of its canvas."""
        edge, high = tokens.px(2), thumb_height(wide, self.canvas)
        self.setFixedSize(wide, high + tokens.px(FOOT))
        self.view.setGeometry(edge, edge, wide - 2 * edge, high - edge)

    def set_canvas(self, canvas: str) -> None:
        """Shows the scene on another canvas."""
        self.canvas = canvas
        self.view.show_canvas(canvas, self.scene)

    def show_state(self, tone: str, order: int) -> None:
        """programme, preview or neither; and its key."""
        if (tone, order) != (self.tone, self.order):
            self.tone, self.order = tone, order
            self.update()
        words = {"programme": t("scenes.on_programme"), "preview": t("scenes.on_preview")}
        self.setAccessibleName(f"{order} {self.scene} {words.get(tone, '')}".strip())
        self.setToolTip(plain(t("scenes.card_tip")))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Previews."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.previewed.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done with it."""
        self.asked.emit(event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Takes."""
        self.taken.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space previews the focused one, F2 renames it."""
        if event.key() == Qt.Key.Key_Space:
            self.previewed.emit()
        elif event.key() == Qt.Key.Key_F2:
            ask_name(self._desk, self, self.scene)
        elif event.key() in (Qt.Key.Key_Menu, Qt.Key.Key_F10):
            self.asked.emit(below(self))
        else:
            super().keyPressEvent(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Edge, name, key."""
        painter = QPainter(self)
        red = tokens.ON_AIR if self._desk.store.is_on_air else tokens.ON_PROGRAMME
        edge = {"programme": red, "preview": tokens.NEXT}.get(self.tone, tokens.LINE)
        if self._desk.client.state != link.LIVE:
            edge = tokens.LINE  # what was is not known to be
        if self.hasFocus():
            edge = tokens.FOCUS
        painter.fillRect(self.rect(), QColor(edge))
        wide = tokens.px(2) if self.tone or self.hasFocus() else 1
        painter.fillRect(self.rect().adjusted(wide, wide, -wide, -wide), QColor(tokens.RAISED))
        foot = QRect(0, self.height() - tokens.px(FOOT), self.width(), tokens.px(FOOT) - 1)
        key = str(self.order) if 0 < self.order < 10 else ""
        name = self.scene
        is_tall = self.canvas == "portrait"
        if key and is_tall:  # no room beside the name
            name, key = f"{key} {name}", ""
        painter.setFont(tokens.font(11))
        if key:
            box = QRect(foot.right() - tokens.px(24), foot.y() + tokens.px(5), tokens.px(17),
                        tokens.px(16))  # fmt: skip
            painter.setPen(QColor(tokens.LINE if not self.tone else edge))
            painter.setBrush(QColor(tokens.PANEL))
            painter.drawRoundedRect(box, tokens.px(3), tokens.px(3))
            painter.setPen(QColor(tokens.MUTED if not self.tone else tokens.TEXT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
        painter.setFont(tokens.font(12, 600 if self.tone else 400))
        painter.setPen(QColor(tokens.TEXT))
        left, right = (5, 3) if is_tall else (9, 30)
        room = foot.adjusted(tokens.px(left), 0, -tokens.px(right), 0)
        name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)


class SceneStrip(QScrollArea):
    """Scrolls sideways with the wheel; a bar would cover the scenes' names."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up is left."""
        delta = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (delta.y() or delta.x()))
        event.accept()


class ScenesPanel(QFrame):
    """Thumbnails left, taking right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("panel")
        self._canvas, self._asked = "landscape", 164.0
        self._wide = tokens.px(164)
        self.cards: dict[str, SceneCard] = {}
        self._strip = QWidget()
        self._strip_layout = row(gap=8)
        self._strip_layout.addStretch(1)
        self._strip.setLayout(self._strip_layout)
        self._area = SceneStrip()
        self._area.setWidgetResizable(True)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._strip)
        self.take = Button("", "primary", dense=False, clicked=self._take)
        self.take.setFont(tokens.font(15, 600))
        self.standby = Button("", "attention", clicked=self._standby)
        self._kinds: dict[str, Button] = {}
        self._other = "fade"
        self.duration = QSpinBox()
        calm(self.duration)
        self.duration.setRange(0, 20000)
        self.duration.setSingleStep(50)
        self.duration.setSuffix(" ms")
        self.duration.setKeyboardTracking(False)
        self.duration.setFont(tokens.font(12))
        self.duration.setFixedWidth(tokens.px(72))
        self.duration.setStyleSheet(
            f"QSpinBox {{ padding: 0 {tokens.px(4)}px; min-height: {tokens.px(22)}px; }}"
        )
        self.duration.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.duration.valueChanged.connect(self._set_ms)
        self._new = Button("", icon="plus", clicked=lambda: open_new(self.desk, self._new))
        self._new.setFixedWidth(tokens.px(30))
        self.tbar = TBar(desk)
        self._more = Button("▾", clicked=self.open_more)
        self._more.setFixedWidth(tokens.px(24))
        self._choice = row(self._more, self.duration, gap=6)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.px(6))
        grid.addWidget(self.take, 0, 0)
        grid.addLayout(self._choice, 1, 0)
        grid.addWidget(self.standby, 2, 0)
        grid.addWidget(self.tbar, 0, 1, 3, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(0, 3)
        for button in (self.take, self.standby, self._new):
            policy = button.sizePolicy()
            policy.setVerticalPolicy(policy.Policy.Expanding)
            button.setSizePolicy(policy)
        self._keys = QWidget()
        self._keys.setLayout(grid)
        self._keys.setFixedWidth(tokens.px(264))
        layout = row(gap=10, margins=(8, 8, 8, 8))
        layout.addWidget(self._area, 1)
        layout.addWidget(self._new)
        layout.addWidget(self._keys)
        self.setLayout(layout)
        self.set_thumbs(164)
        desk.store.changed.connect(self._changed)
        listen(
            self, desk.client.state_changed, lambda *_: [c.update() for c in self.cards.values()]
        )
        language.changed.connect(self.retext)
        self.retext()

    def retext(self) -> None:
        """All texts."""
        self.take.setText(t("scenes.take") + "  ⏎")
        self.take.name(t("scenes.take"), t("scenes.take_tip"))
        self.standby.setText(t("scenes.standby") + "  F9")
        self.standby.name(t("scenes.standby"), t("scenes.standby_tip"))
        self.duration.setAccessibleName(t("scenes.duration"))
        self._new.name(t("scenes.new"))
        self._show()

    def set_thumbs(self, wide: float) -> None:
        """Another size of thumbnails: how wide a landscape one is, in pixels at scale 1."""
        self._asked = wide
        self._wide = tokens.px(wide * TALL if self._canvas == "portrait" else wide)
        high = thumb_height(self._wide, self._canvas) + tokens.px(FOOT)
        self._fit()
        self._area.setFixedHeight(high + tokens.px(2))
        self.setFixedHeight(high + tokens.px(18))

    def set_canvas(self, canvas: str) -> None:
        """Thumbnails of another canvas."""
        self._canvas = canvas
        is_tall = canvas == "portrait"
        self.tbar.setVisible(not is_tall)  # two tall pictures leave less room below them
        self._keys.setFixedWidth(tokens.px(222 if is_tall else 264))
        for card in self.cards.values():
            card.set_canvas(canvas)
        self.set_thumbs(self._asked)

    def _fit(self) -> None:
        """A little smaller where all then have room; more of them than that scroll."""
        count = max(1, len(self.cards))
        room = (self._area.width() + tokens.px(8)) // count - tokens.px(8)
        least = round(self._wide * LEAST)
        wide = min(self._wide, room) if room >= least else self._wide
        for card in self.cards.values():
            card.set_size(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another fit."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)  # once the strip has its width

    def minimumSizeHint(self) -> QSize:
        """Scenes scroll: the row may be narrow."""
        return QSize(tokens.px(400), self.height())

    def _changed(self, part: str) -> None:
        if part == "scenes":
            self._show()
        elif part == "outputs":
            self.take.set_kind("take" if self.desk.store.is_on_air else "primary")
            for card in self.cards.values():
                if card.tone == "programme":
                    card.update()

    def _show(self) -> None:
        state = self.desk.store.scenes
        names = [scene.name for scene in state.scenes]
        if names != list(self.cards):
            for gone in [name for name in self.cards if name not in names]:
                card = self.cards.pop(gone)
                card.view.drop()
                card.deleteLater()
            cards = {name: self.cards.get(name) or self._make(name) for name in names}
            self.cards = cards
            for position, card in enumerate(cards.values()):
                self._strip_layout.insertWidget(position, card)
            self._fit()
        live, ready = set(state.programme.values()), set(state.preview.values())
        self.take.about = "\n".join(state.programme.values())  # twice would take the old one back
        for order, (name, card) in enumerate(self.cards.items(), 1):
            tone = "programme" if name in live else "preview" if name in ready else ""
            if tone == "preview" and card.tone != "preview":
                self._area.ensureWidgetVisible(card, tokens.px(24), 0)
            card.show_state(tone, order)
        self._show_choice()

    def _make(self, name: str) -> SceneCard:
        card = SceneCard(self.desk, name)
        card.set_canvas(self._canvas)
        card.set_size(self._wide)
        card.previewed.connect(lambda: self.preview(card.scene, card))
        card.asked.connect(lambda at: open_card(self.desk, card, card.scene, at))
        card.taken.connect(
            lambda: self.desk.actions.run("scenes.take", {"scene": card.scene}, origin=card)
        )
        return card

    def _show_choice(self) -> None:
        state = self.desk.store.scenes
        kinds = {kind.kind: kind for kind in state.transitions}
        shown = self._shown_kinds(list(kinds), state.transition.kind)
        if shown != list(self._kinds):
            for button in self._kinds.values():
                button.hide()
                button.deleteLater()
            self._kinds = {}
            for position, kind in enumerate(shown):
                button = Button("", checkable=True)
                button.clicked.connect(lambda _=False, k=kind: self.choose_transition(k))
                self._choice.insertWidget(position, button, 1)
                self._kinds[kind] = button
        self._more.setVisible(bool(kinds))
        self._more.name(t("scenes.more_transitions"))
        for kind, button in self._kinds.items():
            button.setText(pick(kinds[kind].label))
            button.setChecked(kind == state.transition.kind)
            button.name(t("scenes.transition", name=pick(kinds[kind].label)))
        if not (self.duration.hasFocus() and self.duration.lineEdit().isModified()):  # being typed
            self.duration.blockSignals(True)
            self.duration.setValue(state.transition.duration_ms)
            self.duration.blockSignals(False)
        is_cut = state.transition.kind == "cut"
        self.duration.setEnabled(not is_cut)
        self.duration.setToolTip(plain(t("scenes.no_duration" if is_cut else "scenes.duration")))

    def _shown_kinds(self, kinds: list[str], chosen: str) -> list[str]:
        """The cut, and the one used last beside it; the others are behind the arrow."""
        if chosen in kinds and chosen != "cut":
            self._other = chosen
        if self._other not in kinds:
            self._other = next((kind for kind in ("fade", *kinds) if kind in kinds), "")
        return [kind for kind in kinds if kind in ("cut", self._other)]

    def open_more(self) -> None:
        menu = QMenu(self)
        state = self.desk.store.scenes
        for kind in state.transitions:
            action = menu.addAction(pick(kind.label))
            action.setCheckable(True)
            action.setChecked(kind.kind == state.transition.kind)
            action.triggered.connect(lambda _=False, k=kind.kind: self.choose_transition(k))
        menu.addSeparator()
        settings = menu.addAction(t("scenes.settings"))
        settings.setEnabled(bool(self._schema(state.transition.kind).get("properties")))
        settings.triggered.connect(lambda: self._open_settings())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self._more))

    def _schema(self, kind: str) -> dict[str, Any]:
        """Of the settings of a transition."""
        kinds = self.desk.store.kinds.transitions
        return next((other_kind.settings for other_kind in kinds if other_kind.kind == kind), {})

    def _open_settings(self, kind: str = "") -> None:
        """Of the transition that is chosen, or of one that cannot be chosen without."""
        choice = self.desk.store.scenes.transition
        kind = kind or choice.kind
        values = choice.settings if kind == choice.kind else {}

        def save(values: dict[str, Any]) -> None:
            args = {"kind": kind, "duration_ms": choice.duration_ms, "settings": values}
            self.desk.actions.run("scenes.transition", args, origin=self._more)

        title = t("scenes.settings").rstrip("…")
        PopForm(self._more, title, self._schema(kind), values, save).open()

    def preview(self, scene: str, origin: QWidget | None = None) -> None:
        """Puts a scene on preview."""
        self.desk.actions.run("scenes.preview", {"scene": scene}, origin=origin or self)

    def preview_at(self, order: int) -> None:
        """Puts the n-th scene on preview (keys 1 to 9)."""
        names = list(self.cards)
        if 0 < order <= len(names):
            self.preview(names[order - 1], self.cards[names[order - 1]])
        else:
            self.desk.say(self, t("scenes.no_such", n=order), "attention")

    def _take(self) -> None:
        self.desk.actions.run("scenes.take", origin=self.take)

    def _standby(self) -> None:
        self.desk.actions.run("scenes.standby", origin=self.standby)

    def choose_transition(self, kind: str) -> None:
        origin = self._kinds.get(kind) or self._more

        def answered(reply: Reply) -> None:
            if not reply.ok and self._schema(kind).get("properties"):
                self._open_settings(kind)  # a stinger wants its film first

        self.desk.actions.run("scenes.transition", {"kind": kind}, origin=origin, done=answered)

    def _set_ms(self, value: int) -> None:
        kind = self.desk.store.scenes.transition.kind
        self.desk.actions.run(
            "scenes.transition", {"kind": kind, "duration_ms": value}, origin=self.duration
        )
