"""Going live: what must be well first, in three lines, and where to; one click from every page."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from studio.sender.model import OutputStatus
from studio.show.readiness.model import ReadyLine
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.outputs import is_record, is_running, shown_name
from ui.panels.outputs.keep_show import own_show_first
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, clear, column, line, row
from ui.widgets.platform_mark import PlatformMarkView


class HeadRow(QFrame):
    """Picture, sound or line: how it is, and the way to the very field where it is put right."""

    def __init__(self, card: GoLiveCard) -> None:
        super().__init__()
        self._card, self._fix_at = card, ""
        self.dot = Dot()
        self.label = TextLabel(size=14, weight=600)
        self.label.setFixedWidth(tokens.px(60))
        self.text = TextLabel(wraps=True)
        self.fix = Button("", clicked=lambda: card.fix(self._fix_at))
        layout = row(self.dot, self.label, gap=10, margins=(4, 6, 0, 6))
        layout.addWidget(self.text, 1)
        layout.addWidget(self.fix)
        self.setLayout(layout)
        self.setMinimumHeight(tokens.px(44))

    def show_line(self, head: ReadyLine) -> None:
        """What is known now."""
        label, text = pick(head.label), pick(head.text)
        self.dot.set(head.tone)
        self.label.setText(label)
        self.text.setText(text)
        self.text.set_tone("attention" if head.tone == "attention" else "")
        self._fix_at = head.fix
        is_trial = head.fix == "ready"
        self.fix.setVisible(bool(head.fix) and head.tone != "good")
        self.fix.setEnabled(not (is_trial and self._card.is_trying))
        self.fix.setText(t("golive.try") if is_trial else t("ready.mend"))
        tip = t("golive.try_tip") if is_trial else ""
        self.fix.name(t("ready.mend_of", name=label), tip)
        self.setAccessibleName(f"{label}: {text}")


class StreamRow(QFrame):
    """A destination: its mark, its name, how it is sent, and whether it goes live too."""

    def __init__(self, card: GoLiveCard, name: str) -> None:
        super().__init__()
        self._card, self.name = card, name
        self.tick = QCheckBox()
        self.tick.setChecked(True)
        self.tick.toggled.connect(card.show_buttons)
        self.mark = PlatformMarkView()
        self.title = TextLabel(elides=True)
        self.how = TextLabel(size=12, tone="muted")
        self.edit = Button("", "quiet", icon="edit", clicked=lambda: card.go_to(f"outputs/{name}"))
        layout = row(self.tick, self.mark, gap=8, margins=(4, 2, 0, 2))
        layout.addWidget(self.title, 1)
        layout.addWidget(self.how)
        layout.addWidget(self.edit)
        self.setLayout(layout)

    def show_status(self, status: OutputStatus) -> None:
        """What is known now."""
        store = self._card.desk.store
        settings = store.air.settings.get(status.name)
        self.mark.show_platform(store.platform(settings.platform) if settings else None)
        self.title.setText(shown_name(status))
        parts = [t(f"canvas.{status.canvas}")]
        if settings and settings.short_side:
            parts.append(f"{settings.short_side}p")
        rate = store.air.rates.get(status.canvas)
        kbps = (settings.bitrate_kbps if settings else 0) or (rate.nominal_kbps if rate else 0)
        if kbps:
            parts.append(f"{kbps} kbps")
        running = is_running(status)
        if running:
            parts.append(t(f"output_state.{status.state.value}"))
        self.how.setText(" · ".join(parts))
        self.tick.setEnabled(not running)
        self.tick.setAccessibleName(t("golive.to", name=status.name))
        self.edit.setVisible(not running)
        self.edit.name(t("outputs.edit_of", name=status.name))


class GoLiveCard(Card):
    """Follows the engine: the same answer as the panel of checks, the phone and `shopcast check`.

    Nothing is forbidden: who wants to go live with a line that wants attention is told, and may.
    """

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window, 600, 480)
        self.desk = desk
        self.is_trying = False
        self.heads: dict[str, HeadRow] = {}
        self._streams: dict[str, StreamRow] = {}
        self._head_at = column(gap=0)
        self._where = TextLabel(size=12, tone="muted")
        self._add = Button("", icon="plus", clicked=lambda: self.go_to("outputs/+"))
        self._list = QVBoxLayout()
        self._list.setSpacing(tokens.px(2))
        self._list.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setLayout(column(gap=0))
        inside.layout().addLayout(self._list)  # type: ignore[union-attr]
        inside.layout().addStretch(1)  # type: ignore[union-attr]
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        self._upright = TextLabel(size=12, tone="muted", wraps=True)
        self.go_upright = Button("", clicked=self._turn_upright)
        self._all = Button("", "quiet", clicked=lambda: self.go_to("ready"))
        self._note = TextLabel(size=12, tone="attention", wraps=True)
        self.start = Button("", "golive", dense=False, clicked=self._start)
        self.start.setFont(tokens.font(15, 600))
        self.start.setMinimumSize(tokens.px(150), tokens.px(40))
        self.body.addLayout(self._head_at)
        self.body.addWidget(line())
        self.body.addLayout(row(self._where, 1, self._add, gap=8))
        self.body.addWidget(area, 1)
        turn = row(gap=8)
        turn.addWidget(self._upright, 1)
        turn.addWidget(self.go_upright)
        self.body.addLayout(turn)
        self.body.addWidget(self._note)
        self.body.addLayout(row(self._all, 1, self.start, gap=8))
        listen(self, desk.store.changed, self._changed)

    def open(self) -> None:
        """Shows how it stands."""
        self._where.setText(t("golive.where"))
        self._add.setText(t("golive.add"))
        self._add.name(t("outputs.add_tip"))
        self._upright.setText(t("golive.vertical"))
        self.go_upright.setText(t("golive.vertical_go"))
        self.go_upright.name(t("golive.vertical_go"), "Ctrl+4")
        self._all.setText(t("golive.all_checks"))
        self._all.name(t("golive.all_checks"))
        clear(self._list)
        self._streams.clear()
        self._show()
        self.open_card(t("golive.title"))
        (self.start if self.start.isEnabled() else self._add).setFocus()

    def go_to(self, place: str) -> None:
        """Where something is put right."""
        self.close_card()
        self.desk.reveal(place)

    def fix(self, place: str) -> None:
        """Goes there; what is only not known yet is tried here."""
        if place == "ready":
            self._try()
        else:
            self.go_to(place)

    # -- what is known -------------------------------------------------------------------------

    def _changed(self, part: str) -> None:
        if self.isVisible() and part in ("ready", "outputs", "air", "platforms"):
            self._show()

    def _show(self) -> None:
        for head in self.desk.store.ready.heads:
            if head.id not in self.heads:
                self.heads[head.id] = HeadRow(self)
                self._head_at.addWidget(self.heads[head.id])
            self.heads[head.id].show_line(head)
        streams = [output for output in self.desk.store.outputs if not is_record(output)]
        names = [stream.name for stream in streams]
        for gone in [name for name in self._streams if name not in names]:
            self._streams.pop(gone).deleteLater()
        for stream in streams:
            if stream.name not in self._streams:
                made = self._streams[stream.name] = StreamRow(self, stream.name)
                self._list.addWidget(made)
            self._streams[stream.name].show_status(stream)
        self.show_buttons()

    def _chosen(self) -> list[str]:
        """Destinations that are ticked and do not run."""
        running = {output.name for output in self.desk.store.outputs if is_running(output)}
        return [
            name
            for name, stream in self._streams.items()
            if stream.tick.isChecked() and name not in running
        ]

    def show_buttons(self) -> None:
        """The start says what it would do."""
        ready, chosen = self.desk.store.ready, self._chosen()
        wants = [pick(head.label) for head in ready.heads if head.tone == "attention"]
        if not self._streams:
            note = t("golive.none")
        elif wants:
            note = t("golive.wants", names=t("golive.and").join(wants))
        else:
            note = ""
        is_upright = self._is_upright()
        self._upright.setVisible(is_upright)
        self.go_upright.setVisible(is_upright)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.start.setEnabled(bool(chosen))
        words = t("golive.start_anyway") if wants and chosen else t("golive.start")
        self.start.setText(words)
        self.start.name(words, ", ".join(chosen))

    def _is_upright(self) -> bool:
        """Whether all that is chosen is watched upright, and the desk shows it lying down."""
        names = self._chosen()
        canvases = {o.canvas for o in self.desk.store.outputs if o.name in names}
        return canvases == {"portrait"} and self.desk.settings.layout != "vertical"

    def _turn_upright(self) -> None:
        self.close_card()
        self.desk.change("layout", "vertical")

    # -- what is done --------------------------------------------------------------------------

    def _try(self) -> None:
        """The engine tries every destination; the window does not wait."""
        self.is_trying = True
        self.desk.actions.run("outputs.check", {}, done=self._tried)
        self._show()

    def _tried(self, reply: Reply) -> None:
        if isValid(self):
            self.is_trying = False
            self._show()

    def _start(self) -> None:
        own_show_first(self.desk, self.start, partial(self._go, self._chosen()))

    def _go(self, names: list[str]) -> None:
        """Each by its own command: one that is refused keeps no other from going live."""
        whole = [output.name for output in self.desk.store.outputs if not is_record(output)]
        calls: list[dict[str, object]] = (
            [{}] if names == whole else [{"name": name} for name in names]
        )
        for args in calls:
            self.desk.actions.run("outputs.start", args, origin=self.start, done=self._gone)

    def _gone(self, reply: Reply) -> None:
        if reply.ok and self.isVisible():
            self.close_card()
