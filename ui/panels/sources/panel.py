"""Sources: is each one well, what is wrong, and its settings."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from studio.sources.model import Health, SourceView
from ui import client as link
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.source_form import SourceForm
from ui.i18n import pick, said, t
from ui.listen import listen
from ui.models.desk import fit_of
from ui.models.devices import Device
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import icons, tokens
from ui.widgets.basics import Badge, Button, Dot, TextLabel, clear, column, put, row
from ui.widgets.hold import HoldButton
from ui.widgets.picture import PictureView

_TONES = {
    **dict.fromkeys(("ok", "still", "sound"), "good"),
    **dict.fromkeys(("opening", "waiting"), "off"),
    "black": "attention",
}
MOST_THUMBS = 24
NARROW = 384
THUMB_FPS = 0.5


class SourceRow(QFrame):
    """One source."""

    def __init__(self, desk: Desk, source: SourceView, edit: object) -> None:
        super().__init__()
        self.desk, self.source = desk, source
        self.setObjectName("source")
        self.dot, self.title = Dot(), TextLabel(elides=True)
        self.icon = TextLabel()
        self.icon.setFixedSize(QSize(tokens.px(18), tokens.px(18)))
        self.kind = TextLabel(size=11, tone="muted", elides=True)
        self.worn = Badge()
        self.state = Badge()
        self.why = TextLabel(size=12, tone="attention", wraps=True)
        self.thumb = PictureView(desk.pictures, "source", THUMB_FPS)
        self.thumb.setFixedSize(QSize(tokens.px(64), tokens.px(36)))
        self.address = Button("", "quiet", icon="link", clicked=self._ask_address)
        self.reload = Button("", "quiet", icon="retry", clicked=self._reload)
        self.copy = Button("", "quiet", icon="layers", clicked=self._copy)
        self.edit = Button("", "quiet", icon="edit")
        self.edit.clicked.connect(lambda: edit(self.source.name))  # type: ignore[operator]
        self.remove = HoldButton("", "quiet", icon="trash", held=self._remove)
        self.remove.let_go.connect(
            lambda: desk.say(self.remove, t("hold.tip", what=t("sources.remove")), "attention")
        )
        below = row(self.icon, gap=4)
        below.addWidget(self.kind, 1)
        self._below, self._is_narrow, self._has_thumb = below, False, True
        names = column(gap=0)
        names.addWidget(self.title)
        names.addLayout(below)
        head = self._head = row(self.dot, self.thumb, gap=8)
        head.addLayout(names, 1)
        tools = row(gap=0)
        for button in (self.address, self.reload, self.copy, self.edit, self.remove):
            button.setFixedWidth(tokens.px(28))
            tools.addWidget(button)
        for part in (self.worn, self.state):
            head.addWidget(part)
        head.addLayout(tools)
        layout = column(gap=2, margins=(12, 4, 8, 4))
        layout.addLayout(head)
        layout.addWidget(self.why)
        self.setLayout(layout)

    def set_narrow(self, is_narrow: bool) -> None:
        """In a narrow panel its state stands under its name, and its picture gives way."""
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        for at, badge in enumerate((self.worn, self.state)):
            (self._head if is_narrow else self._below).removeWidget(badge)
            if is_narrow:
                self._below.insertWidget(1 + at, badge)
            else:
                self._head.insertWidget(self._head.count() - 1, badge)
        self.icon.setVisible(not is_narrow)
        self.show_thumb(self._has_thumb)

    def show_source(self, source: SourceView) -> None:
        """What is known now."""
        self.source = source
        health = source.health or Health("opening")
        is_known = self.desk.client.state == link.LIVE
        tone = _TONES.get(health.state, "attention") if is_known else "off"
        if tone == "good" and health.is_slow:
            tone = "attention"
        elif tone == "good" and health.is_measuring:
            tone = "off"
        self.dot.set(tone)
        self.title.setText(source.name)
        self.icon.setPixmap(
            icons.pixmap(
                icons.of_kind(source.kind),
                tokens.px(16),
                tokens.MUTED,
                self.devicePixelRatioF(),
            )  # fmt: skip
        )
        self.kind.setText(pick(source.label))
        word = t(f"health.{health.state}")
        if health.is_slow:
            word = t("health.slow", fps=health.params.get("fps", ""), own=f"{health.own_fps:.0f}")
        elif health.is_measuring:
            word = t("health.measuring")
        elif health.fps > 0:
            word += f" {health.fps:.0f} fps"
        elif health.is_resting:
            word = t("health.resting")
        if health.is_silent and health.state != "silent":
            word += f" · {t('health.silent')}"
        if not is_known:
            word = t("link.unknown")
        badge = {"good": "good", "attention": "attention_soft"}.get(tone, "off")
        self.state.set(word, badge)
        worn = self.desk.store.tryon.get(source.name)
        self.worn.set(t("sources.worn") if worn and worn.is_worn else "", "accent")
        self.worn.setVisible(bool(worn and worn.is_worn))
        self.thumb.show_canvas("landscape", source.name)
        self.address.setVisible(source.kind == "ingest")
        self.address.name(t("sources.address_of", name=source.name))
        self.reload.setVisible(source.kind == "browser")
        self.reload.name(t("sources.reload_of", name=source.name))
        self.copy.name(t("sources.copy_of", name=source.name))
        why = said(health.error, dict(health.params))
        if worn and worn.error:
            why = f"{why} {worn.error}".strip()
        self.why.setText(why)
        self.why.set_tone("muted" if health.state == "waiting" else "attention")
        self.why.setVisible(bool(why))
        self.edit.name(t("sources.edit_of", name=source.name))
        self.remove.name(t("sources.remove_of", name=source.name))
        put(self, "now", "true" if health.needs_look else "false")

    def show_thumb(self, is_shown: bool) -> None:
        """A picture of it, while it is among those that have one."""
        self._has_thumb = is_shown
        self.thumb.setVisible(is_shown and self.source.has_video and not self._is_narrow)

    def _reload(self) -> None:
        args = {"name": self.source.name, "action": "restart"}
        self.desk.actions.run("sources.media", args, origin=self.reload)

    def _copy(self) -> None:
        self.desk.actions.run("sources.copy", {"name": self.source.name}, origin=self.copy)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens its settings."""
        self.edit.click()

    def _ask_address(self) -> None:
        """The address to push to, with its key: into the clipboard, and said."""

        def answered(reply: Reply) -> None:
            found = reply.answer
            if reply.ok and isinstance(found, dict):
                QGuiApplication.clipboard().setText(str(found["url"]))
                words = t("sources.address", server=found["server"], word=found["key"])
                self.desk.say(self.address, words, "good")

        self.desk.actions.run(
            "sources.address", {"name": self.source.name}, origin=self.address, done=answered
        )

    def _remove(self) -> None:
        self.desk.actions.run("sources.remove", {"name": self.source.name}, origin=self.remove)


class SourcesPanel(Panel):
    """All sources of the show."""

    id = "sources"
    rank = 50
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(RIGHT, 1, 0.5),
        "vertical": Spot(RIGHT, 1),
        "prepare": Spot(RIGHT, 1, 0.5),
    }
    keys = (("Tab", "sources.key_next"), ("Space", "sources.key_open"))

    def build(self) -> None:
        self._new = self.tool(Button("", icon="plus", clicked=lambda: self.edit("")))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._sift())
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(tokens.px(2))
        self._form_at = QVBoxLayout()
        self._form_at.setContentsMargins(*(tokens.px(v) for v in (8, 0, 8, 0)))
        search_at = QVBoxLayout()
        search_at.setContentsMargins(*(tokens.px(v) for v in (8, 4, 8, 4)))
        search_at.addWidget(self.search)
        self._list.addLayout(search_at)
        self._list.addLayout(self._form_at)
        self._offers_at = QVBoxLayout()
        self._offers_at.setContentsMargins(*(tokens.px(v) for v in (8, 0, 8, 0)))
        self._offers_at.setSpacing(tokens.px(4))
        self._list.addLayout(self._offers_at)
        self.offers: list[tuple[str, Device]] = []
        self.visibilityChanged.connect(self._shown)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        inside.setStyleSheet(
            f"QFrame#source {{ border-bottom: 1px solid {tokens.RAISED}; }}"
            f"QFrame#source[now='true'] {{ background: {tokens.ATTENTION_SOFT}; }}"
        )
        self.add_scroll(inside)
        self.rows: dict[str, SourceRow] = {}
        self._wanted = ("", "")
        self.form: SourceForm | None = None
        listen(
            self,
            self.desk.store.changed,
            lambda part: self._show() if part in ("sources", "tryon", "devices") else None,
        )

        listen(self, self.desk.client.state_changed, lambda *_: self._show())

    def retext(self) -> None:
        super().retext()
        self.offers = []
        self._new.setText(t("sources.add"))
        self.search.setPlaceholderText(t("sources.search"))
        self.search.setAccessibleName(t("sources.search"))
        self._new.name(t("sources.add_tip"))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another form of the rows."""
        super().resizeEvent(event)
        for other_row in self.rows.values():
            other_row.set_narrow(self.width() < tokens.px(NARROW))

    def show_place(self, place: str) -> None:
        """A source's settings, or a new one: "+" or "+KIND"."""
        if place.startswith("+"):
            self.edit("")
            if self.form is not None:
                self.form.choose(place[1:])
        elif self.desk.store.source(place) is not None:
            self.edit(place)

    def edit(self, name: str) -> None:
        """Opens the form for a source, or for a new one."""
        self.close_form()
        self.form = SourceForm(self.desk, self.desk.store.source(name) if name else None)
        self.form.closed.connect(self.close_form)
        self.form.added.connect(self._put)
        self.show_form(self.form, self._form_at)
        self.form.begin()

    def close_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    def _put(self, source: str, scene: str) -> None:
        """A new source goes onto a scene as soon as it is known here, if it has a picture."""
        self._wanted = (source, scene)
        self._put_wanted()

    def _put_wanted(self) -> None:
        name, scene = self._wanted
        found = self.desk.store.source(name) if name else None
        if found is None:
            return
        self._wanted = ("", "")
        if found.has_video:
            args: dict[str, object] = {"scene": scene, "source": name, "fit": fit_of(found.kind)}
            self.desk.actions.run("items.add", args, origin=self._new)

    def _shown(self, is_shown: bool) -> None:
        """Somebody looks: what was plugged in meanwhile is offered."""
        if is_shown and self.desk.client.is_up:
            self.desk.store.look_for_devices()

    def _show_offers(self) -> None:
        offers = self.desk.store.devices.unused(self.desk.store.sources)
        if offers == self.offers:
            return
        self.offers = offers
        clear(self._offers_at)
        for kind, device in offers:
            self._offers_at.addWidget(self._offer(kind, device))

    def _offer(self, kind: str, device: Device) -> QFrame:
        """A device nobody uses, one click from the show."""
        box = QFrame()
        box.setObjectName("form")
        layout = row(gap=8, margins=(10, 4, 6, 4))
        words = t(f"sources.found_{kind}", name=device.name or device.id)
        layout.addWidget(TextLabel(words, elides=True), 1)
        button = Button(t("sources.use"), "primary")
        button.name(t("sources.use_of", name=device.name))
        button.clicked.connect(lambda: self._use(kind, device, button))
        layout.addWidget(button)
        box.setLayout(layout)
        return box

    def _use(self, kind: str, device: Device, origin: QWidget) -> None:
        taken = {source.name for source in self.desk.store.sources}
        base = device.name or t(f"sources.{kind}")
        name = next(n for n in (base, *(f"{base} {i}" for i in range(2, 99))) if n not in taken)
        args = {"name": name, "kind": kind, "settings": {"device": device.id}}
        self.desk.actions.run("sources.add", args, origin=origin)

    def _sift(self) -> None:
        """Shows the rows whose name, kind or state fits what was typed."""
        wanted = self.search.text().strip().lower()
        self.search.setVisible(len(self.rows) > 4 or bool(wanted))
        left = MOST_THUMBS
        for other_row in self.rows.values():
            source = other_row.source
            words = " ".join(
                (source.name, source.kind, *source.label, other_row.state.text)
            ).lower()
            fits = wanted in words
            other_row.setVisible(fits)
            other_row.show_thumb(fits and left > 0)
            left -= fits

    def _show(self) -> None:
        self._show_offers()
        self._put_wanted()
        sources = self.desk.store.sources
        names = [s.name for s in sources]
        for gone in [name for name in self.rows if name not in names]:
            old = self.rows.pop(gone)
            old.thumb.drop()
            old.deleteLater()
        for position, source in enumerate(sources):
            row_ = self.rows.get(source.name)
            if row_ is None:
                row_ = self.rows[source.name] = SourceRow(self.desk, source, self.edit)
                row_.set_narrow(self.width() < tokens.px(NARROW))
                self._list.insertWidget(position + 3, row_)
            row_.show_source(source)
        self._sift()
        bad = sum(bool(s.health and s.health.needs_look) for s in sources)
        self.head.count.setText(t("sources.count", n=len(sources)))
        self.head.show_badge(t("sources.bad", n=bad) if bad else "")
