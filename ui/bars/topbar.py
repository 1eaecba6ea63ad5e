"""The line on top: are we on air, where to, is anything waiting for somebody."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from studio.sender.model import OutputStatus
from ui import client as link
from ui.bars.bell import BellButton
from ui.bars.go_live import GoLive
from ui.bars.show_menu import open_show_menu
from ui.desk import Desk
from ui.format import MINUS, hms, rate, size
from ui.i18n import language, t
from ui.layouts import LIVE, NAMES, PAGES
from ui.models.air_state import Air
from ui.models.outputs import is_record, shown_name, tone_of, word_of
from ui.theme import tokens
from ui.theme.icons import pixmap
from ui.widgets.basics import Badge, Button, Dot, Segments, TextLabel, row
from ui.widgets.plain import plain


class Chip(QFrame):
    """One output in the line: shape, name, rate."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.dot = Dot()
        self.label = TextLabel(size=12, is_steady=True)
        self.setLayout(row(self.dot, self.label, gap=6, margins=(10, 0, 11, 0)))
        self.setFixedHeight(tokens.px(26))
        self.setStyleSheet(
            f"#chip {{ background: {tokens.RAISED}; border-radius: {tokens.px(12)}px; }}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens the outputs."""
        self.clicked.emit()


class OnAirBadge(QFrame):
    """The big word: on air, trying, not on air."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("onair")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.label = TextLabel(size=14, weight=600)
        self.time = TextLabel(size=14, weight=600, is_steady=True)
        self.setLayout(row(self.label, self.time, gap=8, margins=(12, 3, 12, 3)))
        self.tone = ""

    def show_state(self, tone: str, words: str, time: str) -> None:
        """red "on_air", amber "attention", grey "off"."""
        self.label.setText(words)
        self.time.setText(time)
        self.time.setVisible(bool(time))
        self.setAccessibleName(f"{words} {time}".strip())
        if tone == self.tone:
            return
        self.tone = tone
        fill, pen = {
            "on_air": (tokens.ON_AIR_FILL, tokens.WHITE),
            "attention": (tokens.ATTENTION_SOFT, tokens.ATTENTION),
        }.get(tone, (tokens.RAISED, tokens.MUTED))
        self.setStyleSheet(
            f"#onair {{ background: {fill}; border-radius: {tokens.px(5)}px; }}"
            f"#onair QLabel {{ color: {pen}; }}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens the outputs."""
        self.clicked.emit()


class KeyLock(QLabel):
    """A lock while single keys belong to what has the focus; it keeps its place when it is off."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(tokens.px(18), tokens.px(18))
        self._owner = ""

    def show_owner(self, owner: str) -> None:
        """A `ui.key_owner.KeyOwner` as text."""
        self._owner = owner
        # On a page without the stage the lock is the rule, and wants nobody.
        colour = tokens.MUTED if owner == "page" else tokens.ATTENTION
        self.setPixmap(pixmap("lock", tokens.px(16), colour, 2.0) if owner else QPixmap())
        words = t(f"keys.locked_{owner}") if owner else ""
        self.setToolTip(plain(words))
        self.setAccessibleName(words)

    def retext(self) -> None:
        """In the present language."""
        self.show_owner(self._owner)

    @property
    def is_locked(self) -> bool:
        """Whether it shows."""
        return bool(self._owner)


class TopBar(QFrame):
    """Always there, whatever the layout."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("bar")
        self.setFixedHeight(tokens.px(48))
        self._brand = TextLabel("Shopcast", weight=600)
        self.show_button = Button("", "quiet")
        self.show_button.clicked.connect(self.open_show)
        self.on_air = OnAirBadge()
        self.on_air.clicked.connect(lambda: desk.reveal("outputs"))
        self.go_live = GoLive(desk)
        self._chips = row(gap=8)
        self._camera = Badge()
        self._camera.hide()
        self._gap = TextLabel(size=12, tone="muted", is_steady=True)
        self._engine = Badge()
        self._is_safe = False
        self.lock = KeyLock()
        self.bell = BellButton(desk)
        self._waiting = Button("", "attention", icon="")
        self._waiting.clicked.connect(self._look_after)
        self._find = Button("", "quiet", icon="search")
        self._find.clicked.connect(lambda: desk.change("palette", ""))
        self._settings = Button("", "quiet", icon="settings")
        self._settings.clicked.connect(lambda: desk.change("open_settings", ""))
        self.pages = Segments(gap=2)
        self.pages.chosen.connect(lambda name: desk.change("page", name))
        self._page = LIVE
        self._layouts = Segments(gap=2)
        self._layouts.chosen.connect(lambda name: desk.change("layout", name))
        self._language = Button("中 / EN", "quiet")
        self._language.clicked.connect(
            lambda: desk.change("language", "en" if language.code == "zh" else "zh")
        )
        layout = row(gap=12, margins=(16, 0, 12, 0))
        for first in (self._brand, self.pages, self.show_button, self.on_air, self.go_live):
            layout.addWidget(first, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(self._chips)
        for part in (
            self._camera,
            self._gap,
            1,
            self._engine,
            self.lock,
            self._waiting,
            self._layouts,
            self.bell,
            self._find,
            self._settings,
        ):
            if isinstance(part, int):
                layout.addStretch(part)
            else:
                layout.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._language, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(layout)
        self._made: dict[str, Chip] = {}
        self._waits: list[str] = []
        desk.store.changed.connect(self._changed)
        desk.client.state_changed.connect(self._link)
        language.changed.connect(self.retext)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._show_outputs)
        self._tick.start(500)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.retext()

    def retext(self) -> None:
        """All texts."""
        self._layouts.offer([(name, t(f"layout.{name}")) for name in NAMES])
        self._layouts.set(self.desk.settings.layout)
        self.pages.offer([(name, t(f"page.{name}")) for name in PAGES])
        for number, name in enumerate(PAGES, 1):
            button = self.pages.button(name)
            if button is not None:
                button.name(t(f"page.{name}"), f"{t(f'page.{name}_tip')}  Alt+{number}")
        self.pages.set(self._page)
        self._show_name()
        self._show_camera()
        self._find.name(t("palette.open"), t("palette.open") + "  Ctrl+K")
        self._settings.name(t("settings.title"), t("settings.title") + "  Ctrl+,")
        self._language.name(t("language.switch"))
        self._link(self.desk.client.state, self.desk.client.why)
        self.lock.retext()
        self.bell.retext()
        self.go_live.retext()
        self._show_outputs()
        self._show_waiting()

    def _show_name(self) -> None:
        name = self.desk.store.show.name
        metrics = self.show_button.fontMetrics()
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, tokens.px(220))
        self.show_button.setText(f"{shown}  ▾" if name else "")
        self.show_button.name(t("show.menu", name=name), t("show.menu_tip"))

    def _show_camera(self) -> None:
        camera = self.desk.store.virtualcam
        self._camera.set(t("virtualcam.on") if camera.is_on else "", "good")
        self._camera.setToolTip(plain(t("virtualcam.to", device=camera.device)))
        self._camera.setVisible(camera.is_on)
        if camera.error:
            self.desk.say(self.show_button, t("virtualcam.lost", why=camera.error), "attention")

    def open_show(self) -> None:
        open_show_menu(self.desk, self.show_button)

    def show_lock(self, owner: str) -> None:
        """Whose the keys are now."""
        self.lock.show_owner(owner)

    def set_page(self, name: str) -> None:
        """Shows which page is on; the layouts are those of Live."""
        self._page = name
        self.pages.set(name)
        self._make_room()

    def set_layout(self, name: str) -> None:
        """Shows which layout is on."""
        self._layouts.set(name)

    def _changed(self, part: str) -> None:
        if part == "show":
            self._show_name()
        elif part == "outputs":
            self._show_outputs()
        elif part == "virtualcam":
            self._show_camera()
        elif part == "engine":
            self._link(self.desk.client.state, self.desk.client.why)
            was_safe, self._is_safe = self._is_safe, self.desk.store.engine.is_safe
            if self._is_safe and not was_safe:
                self.desk.say(self._engine, t("link.safe_tip"), "attention")
        if part in ("comments", "plans", "sources", "outputs", "show"):
            self._show_waiting()

    def _link(self, state: str, why: str) -> None:
        is_safe = state == link.LIVE and self.desk.store.engine.is_safe
        tone = {link.LIVE: "attention" if is_safe else "", link.CONNECTING: "off"}
        shown = tone.get(state, "attention")
        words = t("link.safe") if is_safe else t(f"link.{state}")
        self._engine.set(words if shown else "", shown or "off")
        self._engine.setToolTip(plain(t("link.safe_tip") if is_safe else ""))
        self._engine.setVisible(bool(shown))
        self._show_outputs()

    def _show_outputs(self) -> None:
        store = self.desk.store
        is_known = self.desk.client.state == link.LIVE
        names = [o.name for o in store.outputs]
        for gone in [name for name in self._made if name not in names]:
            self._made.pop(gone).deleteLater()
        wide = self.width() > tokens.px(1500)
        for status in store.outputs:
            chip = self._made.get(status.name)
            if chip is None:
                chip = self._made[status.name] = Chip()
                chip.clicked.connect(lambda: self.desk.reveal("outputs"))
                self._chips.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
            self._show_chip(chip, status, is_known, wide)
        self._show_on_air(is_known)

    def _show_chip(self, chip: Chip, status: OutputStatus, is_known: bool, wide: bool) -> None:
        flows = is_known and self.desk.store.evidence.flows(status)
        tone = tone_of(status, flows) if is_known else "off"
        words = shown_name(status)
        if not is_known:
            words += " · " + t("link.unknown")
        elif flows and is_record(status):
            words += " " + size(status.acked_bytes)
        elif flows and wide and not status.is_measuring:
            words += " " + rate(self.desk.store.evidence.kbps(status.name))
        elif not flows or status.is_measuring:
            words += " " + word_of(status, flows)
        chip.dot.set(tone)
        chip.label.setText(words)
        chip.setAccessibleName(words)

    def _show_on_air(self, is_known: bool) -> None:
        store = self.desk.store
        streams = [o for o in store.outputs if not is_record(o)]
        air, seconds = store.air_state
        if not is_known:
            self.on_air.show_state("off", t("onair.unknown" if streams else "onair.off"), "")
        elif air is Air.LIVE:
            self.on_air.show_state("on_air", "● " + t("onair.live"), hms(seconds))
        elif air is Air.STARTING:
            self.on_air.show_state("off", "● " + t("onair.starting"), hms(seconds))
        elif air is Air.LOST:
            self.on_air.show_state("attention", "▲ " + t("onair.lost"), hms(seconds))
        elif air is Air.TRYING:
            self.on_air.show_state("attention", t("onair.trying"), "")
        else:
            self.on_air.show_state("off", t("onair.off"), "")
        budget = store.air.budget
        gap_s = budget.used_s
        self._gap.setVisible(
            is_known
            and air in (Air.STARTING, Air.LIVE, Air.LOST)
            and self.width() > tokens.px(1300)
        )
        lost = f"{MINUS}{gap_s:.1f}" if gap_s >= 0.05 else "0.0"
        self._gap.setText(t("onair.gap", lost=lost, budget=f"{budget.total_s:.1f}"))
        self._gap.setToolTip(plain(t("onair.gap_tip")))
        self._gap.set_tone("attention" if gap_s > budget.total_s / 2 else "muted")

    def _show_waiting(self) -> None:
        store = self.desk.store
        waits: list[tuple[str, str]] = []
        waits += [("plans", t("waiting.asks", n=len(store.plans.asks)))] * bool(store.plans.asks)
        bad = [s.name for s in store.sources if s.health and s.health.needs_look]
        waits += [("sources", t("waiting.source", name=name)) for name in bad]
        low = [rate.kbps for rate in store.air.rates.values() if rate.is_lowered]
        waits += [
            ("outputs", t("waiting.lowered", mbps=f"{min(low, default=0) / 1000:.1f}"))
        ] * bool(low and store.is_on_air)
        failing = ("refused", "reconnecting", "failed", "congested", "standby")
        waits += [
            ("outputs", t("waiting.output", name=shown_name(o), state=word_of(o, False)))
            for o in store.outputs
            if o.state.value in failing
        ]
        if store.comments.counts.held:
            waits.append(("comments", t("waiting.held", n=store.comments.counts.held)))
        if store.show.error:
            waits.append(("journal", store.show.error))
        self._waits = [panel for panel, _ in waits]
        self._waiting.setVisible(bool(waits))
        self._waiting.setText("⚠ " + t("waiting.count", n=len(waits)))
        self._waiting.name(t("waiting.count", n=len(waits)), "\n".join(text for _, text in waits))

    def _look_after(self) -> None:
        if self._waits:
            self.desk.reveal(self._waits[0])

    def resizeEvent(self, event: object) -> None:
        """Leaves out what is least needed when there is little room."""
        self._make_room()

    def _make_room(self) -> None:
        wide = self.width()
        self._brand.setVisible(wide > tokens.px(1400))
        self._layouts.setVisible(wide > tokens.px(1150) and self._page == LIVE)
        self.show_button.setVisible(wide > tokens.px(900))
