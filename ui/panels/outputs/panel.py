"""Destinations and recording: start, stop, and how each is, on evidence."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from studio.sender.model import OutputState, OutputStatus
from ui import client as link
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.output_form import OutputForm
from ui.dialogs.standby_form import StandbyForm
from ui.format import hms, rate, seconds, size
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.outputs import is_record, is_running, reason_of, shown_name, tone_of, word_of
from ui.panels.base import Panel
from ui.panels.outputs.air_strip import AirStrip
from ui.panels.outputs.keep_show import own_show_first
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Badge, Button, Dot, TextLabel, column, put, row
from ui.widgets.hold import HoldButton
from ui.widgets.plain import plain

_BADGES = {"good": "good", "attention": "attention_soft", "off": "off"}
NARROW = 400


class OutputRow(QFrame):
    """One output."""

    def __init__(self, desk: Desk, status: OutputStatus, edit: object) -> None:
        super().__init__()
        self.desk, self.status = desk, status
        self.setObjectName("output")
        self.dot, self.title = Dot(), TextLabel(weight=600, elides=True)
        self.canvas = TextLabel(size=11, tone="muted")
        self.word = Badge()
        self.figures = TextLabel(size=12, tone="muted", wraps=True)
        self.where = TextLabel(size=11, tone="muted", elides=True)
        self.why = TextLabel(size=12, tone="attention", wraps=True)
        self.start = Button("", "primary", clicked=self._start)
        self.stop = HoldButton("", held=self._stop)
        self.stop.let_go.connect(
            lambda: desk.say(self.stop, t("hold.tip", what=self.stop.text()), "attention")
        )
        self.retry = Button("", icon="retry", clicked=self._retry)
        self.check = Button("", "quiet", icon="check", clicked=self._check)
        self.edit = Button("", "quiet", icon="edit")
        self.edit.clicked.connect(lambda: edit(self.status.name))  # type: ignore[operator]
        self.remove = HoldButton("", "quiet", icon="trash", held=self._remove)
        self.remove.let_go.connect(
            lambda: desk.say(self.remove, t("hold.tip", what=t("outputs.remove")), "attention")
        )
        self._is_narrow = False
        head = self._head = row(self.dot, gap=8)
        head.addWidget(self.title, 1)
        for part in (self.word, self.check, self.edit, self.remove):
            head.addWidget(part)
        for button in (self.start, self.stop):
            head.addWidget(button)
        layout = column(gap=3, margins=(12, 8, 10, 8))
        layout.addLayout(head)
        layout.addWidget(self.figures)
        again = row(gap=8)
        again.addWidget(self.why, 1)
        again.addWidget(self.retry)
        layout.addLayout(again)
        place = self._place = row(self.canvas, gap=8)
        place.addWidget(self.where, 1)
        layout.addLayout(place)
        self.setLayout(layout)

    def set_narrow(self, is_narrow: bool) -> None:
        """In a narrow panel the state stands below, so that the name has room."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            (self._head if is_narrow else self._place).removeWidget(self.word)
            (self._place if is_narrow else self._head).insertWidget(
                0 if is_narrow else 2, self.word
            )

    def show_status(self, status: OutputStatus, is_known: bool) -> None:
        """What is known now."""
        self.status = status
        evidence = self.desk.store.evidence
        flows = is_known and evidence.flows(status)
        tone = tone_of(status, flows) if is_known else "off"
        name, record = shown_name(status), is_record(status)
        self.dot.set(tone)
        self.title.setText(name)
        self.canvas.setText(t(f"canvas.{status.canvas}"))
        self.word.set(word_of(status, flows) if is_known else t("link.unknown"), _BADGES[tone])
        running = is_running(status)
        figures = self._figures(status, running, evidence.kbps(status.name))
        self.figures.setText(figures)
        self.figures.setVisible(bool(figures))
        self.where.setText(status.shown_url)
        self.where.setToolTip(plain(status.shown_url))
        why = reason_of(status) if status.state is not OutputState.STOPPED else ""
        if status.server_words and status.state in (OutputState.REFUSED, OutputState.RECONNECTING):
            why = f"{why} “{status.server_words}”" if status.server_words not in why else why
        if not why and not running:
            why = _check_words(self.desk, status.name)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        waiting = status.next_try_s > 0
        self.retry.setVisible(running and waiting)
        self.retry.setText(t("outputs.retry"))
        self.retry.name(t("outputs.retry_of", name=name))
        self.start.setVisible(not running and not record)
        self.start.setText(t("outputs.start"))
        self.start.name(t("outputs.start_of", name=name))
        self.stop.setVisible(running)
        self.stop.setText(t("outputs.stop_record") if record else t("outputs.stop"))
        self.stop.name(t("outputs.stop_of", name=name))
        own = not running and status.name.partition("-")[0] != "record"
        self.check.setVisible(own)
        self.check.name(t("outputs.check_of", name=name), t("outputs.check_tip"))
        self.edit.setVisible(own)
        self.edit.name(t("outputs.edit_of", name=name))
        self.remove.setVisible(not running)
        self.remove.name(t("outputs.remove_of", name=name))
        put(self, "now", "true" if tone == "attention" else "false")

    def _figures(self, status: OutputStatus, running: bool, kbps: float) -> str:
        if not running:
            return ""
        if is_record(status):
            return _joined(_record_figures(status))
        parts = [rate(kbps), hms(status.live_ms / 1000)]
        if status.taken_kbps and status.taken_kbps < 0.8 * status.kbps:
            parts.append(t("outputs.taken", rate=rate(status.taken_kbps)))
        if status.is_lowered:
            parts.append(t("outputs.lowered", kbps=status.encode_kbps))
        elif status.encode_kbps:
            parts.append(t("outputs.encoded", kbps=status.encode_kbps))
        if status.frame_step > 1:
            parts.append(t("outputs.half"))
        if status.is_eased:
            parts.append(t("outputs.eased"))
        own = next((r for r in self.desk.store.air.rungs if r.id == status.rung), None)
        if own is not None and "/" in own.id:
            parts.append(t("outputs.rung", what=own.words))
        if status.delayed_ms:
            parts.append(t("outputs.delayed", time=seconds(status.delayed_ms)))
        if status.queue_ms > 200:
            parts.append(t("outputs.queue", time=seconds(status.queue_ms)))
        if status.reconnects:
            parts.append(t("outputs.reconnects", n=status.reconnects))
        if status.dropped:
            parts.append(t("outputs.dropped", n=status.dropped))
        if status.gap_ms:
            parts.append(t("outputs.gap", time=seconds(status.gap_ms)))
        if status.backup != "none":
            parts.append(t(f"outputs.backup_{status.backup}"))
        if status.next_try_s:
            parts.append(
                t("outputs.next_try", n=status.attempt + 1, time=f"{status.next_try_s:.0f}")
            )
        elif status.attempt and status.state is not OutputState.LIVE:
            parts.append(t("outputs.trying_now", n=status.attempt + 1))
        return _joined(parts)

    def _start(self) -> None:
        args: dict[str, object] = {"name": self.status.name}

        def start() -> None:
            origin = self.start if isValid(self.start) else None  # rows of another show are new
            self.desk.actions.run("outputs.start", args, origin=origin)

        own_show_first(self.desk, self.start, start)

    def _stop(self) -> None:
        args: dict[str, object] = {"name": self.status.name, "confirm": True}
        self.desk.actions.run("outputs.stop", args, origin=self.stop)

    def _check(self) -> None:
        self.check.setEnabled(False)
        self.desk.actions.run(
            "outputs.check",
            {"name": self.status.name},
            origin=self.check,
            done=lambda _: self.check.setEnabled(True),
        )

    def _retry(self) -> None:
        self.desk.actions.run("outputs.retry", {"name": self.status.name}, origin=self.retry)

    def _remove(self) -> None:
        args: dict[str, object] = {"name": self.status.name, "confirm": True}
        self.desk.actions.run("outputs.remove", args, origin=self.remove)


def _joined(parts: list[str]) -> str:
    """Figures in a row; a line breaks between them, never within one."""
    return "  · ".join(part.replace(" ", "\u00a0") for part in parts)


def _record_figures(status: OutputStatus) -> list[str]:
    parts = [size(status.acked_bytes), hms(status.live_ms / 1000)]
    if status.time_left_s:
        parts.append(t("outputs.time_left", time=hms(status.time_left_s)))
    if status.playable_ms:
        parts.append(t("outputs.playable", time=hms(status.playable_ms / 1000)))
    if status.files > 1:
        parts.append(t("outputs.file_number", n=status.files))
    return parts


def _check_words(desk: Desk, name: str) -> str:
    """What the last check found wrong with an output, and how to mend it."""
    lines = [x for x in desk.store.air.check.lines if x.output == name and not x.is_ok]
    return "  ".join(f"{pick(x.text)} {pick(x.mend)}".strip() for x in lines)


class OutputsPanel(Panel):
    """All destinations, the recording, and the form to add one."""

    id = "outputs"
    rank = 40
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(RIGHT, 0, 0.5),
        "vertical": Spot(RIGHT, 1),
        "prepare": Spot(RIGHT, 1),
    }
    keys = (("Space", "outputs.key_hold"), ("Ctrl+Shift+R", "outputs.key_record"))

    def build(self) -> None:
        self._record = self.tool(Button("", icon="record", clicked=self._toggle_record))
        self._all = self.tool(Button("", "primary", clicked=self._start_all))
        self._new = self.tool(Button("", icon="plus", clicked=lambda: self.edit("")))
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        inside.setLayout(self._list)
        inside.setStyleSheet(
            f"QFrame#air {{ border-bottom: 1px solid {tokens.LINE}; }}"
            f"QFrame#output {{ border-bottom: 1px solid {tokens.RAISED}; }}"
            f"QFrame#output[now='true'] {{ background: {tokens.ATTENTION_SOFT}; }}"
        )
        self._form_at = QVBoxLayout()
        self._form_at.setContentsMargins(*(tokens.px(v) for v in (8, 0, 8, 8)))
        self.air = AirStrip(self.desk)
        self.air.wants_standby.connect(lambda: self._open_form(StandbyForm(self.desk)))
        self._list.addWidget(self.air)
        self._list.addLayout(self._form_at)
        self._note = TextLabel(size=12, tone="muted", wraps=True)
        self._note.setContentsMargins(*(tokens.px(v) for v in (16, 16, 16, 16)))
        self._list.addWidget(self._note)
        self._list.addStretch(1)
        self.add_scroll(inside)
        self.rows: dict[str, OutputRow] = {}
        self.form: OutputForm | StandbyForm | None = None
        listen(
            self,
            self.desk.store.changed,
            lambda part: self._show() if part in ("outputs", "air") else None,
        )
        listen(self, self.desk.client.state_changed, lambda *_: self._show())
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._show)
        self._tick.start(1000)

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("outputs.add"))
        self._new.name(t("outputs.add_tip"))
        self._all.setText(t("outputs.start_all"))
        self.air.retext()
        self._all.name(t("outputs.start_all_tip"))
        self._note.setText(t("outputs.empty"))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another form of the rows."""
        super().resizeEvent(event)
        for other_row in self.rows.values():
            other_row.set_narrow(self.width() < tokens.px(NARROW))

    def show_place(self, place: str) -> None:
        """A new destination, or the very field of one that can be changed now."""
        name, _, field = place.rpartition("/")
        if self.desk.store.output(place) is not None:
            name, field = place, ""
        status = self.desk.store.output(name)
        if place == "+":
            self.edit("")
        elif status is not None and not is_running(status) and not is_record(status):
            self.edit(name)
            if isinstance(self.form, OutputForm):
                self.form.go_to(field)

    def edit(self, name: str) -> None:
        """Opens the form for an output, or for a new one."""
        status = self.desk.store.output(name) if name else None
        self._open_form(OutputForm(self.desk, status))

    def _open_form(self, form: OutputForm | StandbyForm) -> None:
        self.close_form()
        self.form = form
        form.closed.connect(self.close_form)
        self.show_form(form, self._form_at)
        form.begin()

    def close_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    def _show(self) -> None:
        store = self.desk.store
        is_known = self.desk.client.state == link.LIVE
        names = [o.name for o in store.outputs]
        for gone in [name for name in self.rows if name not in names]:
            self.rows.pop(gone).deleteLater()
        for position, status in enumerate(store.outputs):
            row_ = self.rows.get(status.name)
            if row_ is None:
                row_ = self.rows[status.name] = OutputRow(self.desk, status, self.edit)
                row_.set_narrow(self.width() < tokens.px(NARROW))
                self._list.insertWidget(position + 2, row_)
            row_.show_status(status, is_known)
        streams = [o for o in store.outputs if not is_record(o)]
        self._note.setVisible(not store.outputs)
        self.air.show_air()
        self._all.setVisible(len([o for o in streams if not is_running(o)]) > 1)
        recording = self._recording()
        self._record.setText(t("outputs.stop_record") if recording else t("outputs.start_record"))
        self._record.name(self._record.text(), t("outputs.record_tip"))
        measured = [o for o in streams if not o.is_measuring]
        flowing = sum(store.evidence.flows(o) for o in measured) if is_known else 0
        words = t("outputs.flowing", n=flowing, of=len(streams)) if streams else ""
        self.head.count.setText(words)

    def _recording(self) -> bool:
        return any(o.name == "record" and is_running(o) for o in self.desk.store.outputs)

    def key_record(self) -> None:
        """Ctrl+Shift+R: recording on, or off."""
        self._toggle_record()

    def _toggle_record(self) -> None:
        command = "record.stop" if self._recording() else "record.start"
        self.desk.actions.run(command, {}, origin=self._record)

    def _start_all(self) -> None:
        def done(reply: Reply) -> None:
            if reply.ok:
                self._show()

        def start() -> None:
            self.desk.actions.run("outputs.start", {}, origin=self._all, done=done)

        own_show_first(self.desk, self._all, start)
