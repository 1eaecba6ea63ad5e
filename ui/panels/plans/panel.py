"""Plans: what can be done now, what asks for an answer, what happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.plans.model import AskView, IncidentView, PlanView, RunView, StepView
from ui.desk import Desk
from ui.format import age_s, clock, seconds
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.plans.editor import PlanEditorCard
from ui.panels.plans.runs import RunBox
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Badge, Button, Dot, TextLabel, clear, column, line, row
from ui.widgets.hold import HoldButton
from ui.widgets.plain import plain

SHOWN_INCIDENTS = 6


class AskBox(QFrame):
    """A question a plan waits for, with its time running out."""

    def __init__(self, desk: Desk, ask: AskView) -> None:
        super().__init__()
        self.setObjectName("ask")
        self.desk, self.ask = desk, ask
        self._question = TextLabel(pick(ask.question), weight=600, wraps=True)
        self._left = TextLabel(size=12, tone="attention")
        head = row(gap=8)
        head.addWidget(self._question, 1)
        head.addWidget(self._left)
        options = row(gap=6)
        for option in ask.options:
            value, words = _option(option)
            button = Button(words, "attention")
            button.clicked.connect(lambda _=False, v=value, b=button: self._answer(v, b))
            options.addWidget(button)
        options.addStretch(1)
        layout = column(gap=6, margins=(10, 8, 10, 8))
        layout.addLayout(head)
        if ask.keys > 1:
            layout.addWidget(
                TextLabel(t("plans.two_keys", given=ask.given), size=12, tone="muted", wraps=True)
            )
        layout.addLayout(options)
        self.setLayout(layout)
        self.setAccessibleName(pick(ask.question))
        self.tick()

    def tick(self) -> None:
        """The time that is left."""
        age = age_s(self.ask.until_utc)
        self._left.setText("" if age is None else f"{max(0, int(-age))} s")

    def _answer(self, option: str, origin: QWidget) -> None:
        args = {"incident": self.ask.incident, "option": option}
        self.desk.actions.run("plans.answer", args, origin=origin)


class AcceptBox(QFrame):
    """A plan that came with the show: what it may do, to be read, and accepted by holding."""

    def __init__(self, desk: Desk, plan: PlanView) -> None:
        super().__init__()
        self.setObjectName("ask")
        self.desk, self.plan = desk, plan
        name = pick(plan.label) or plan.id
        said = "plans.wants_instead" if plan.stands_in else "plans.wants_accept"
        title = TextLabel(t(said, name=plan.id if plan.stands_in else name), weight=600, wraps=True)
        layout = column(gap=4, margins=(10, 8, 10, 8))
        layout.addWidget(title)
        for step in plan.may or (StepView(t("plans.may_nothing")),):
            layout.addWidget(TextLabel("· " + _may(step), size=12, tone="muted", wraps=True))
        needs = t("plans.may_highest", role=t(f"plans.role.{plan.highest or 'controller'}"))
        layout.addWidget(TextLabel(needs, size=12, wraps=True))
        self.button = HoldButton(t("plans.accept"), "attention", held=self._accept)
        self.button.name(t("plans.accept_of", name=name), t("plans.accept_tip"))
        end = row(gap=6)
        end.addStretch(1)
        end.addWidget(self.button)
        layout.addLayout(end)
        self.setLayout(layout)
        self.setAccessibleName(title.text())

    def _accept(self) -> None:
        args = {"plan": self.plan.id, "digest": self.plan.digest}
        self.desk.actions.run("plans.accept", args, origin=self.button)


def _may(step: StepView) -> str:
    words = " ".join(part for part in (pick(step.label), step.command, step.args) if part)
    return f"{words} ({t('plans.may_never')})" if step.never else words


def _option(option: object) -> tuple[str, str]:
    if isinstance(option, dict):
        id = str(option.get("id") or option.get("value") or "")
        return id, pick(option.get("label") or option) or id
    return str(option), pick(option) or str(option)


class PlanRow(QFrame):
    """One plan: its level as a shape, its name, by itself or not, run or stop."""

    def __init__(self, desk: Desk, plan: PlanView) -> None:
        super().__init__()
        self.desk, self.plan = desk, plan
        self.setFixedHeight(tokens.px(34))
        self.dot = Dot()
        self.title = TextLabel(elides=True)
        self.state = Badge()
        self.auto = Button(checkable=True, clicked=self._auto)
        self.run: Button
        if plan.level == "green":
            self.run = Button(clicked=self._run)
        else:
            kind = "attention" if plan.level == "red" else ""
            self.run = HoldButton("", kind, held=self._run)
            self.run.let_go.connect(
                lambda: desk.say(self.run, t("hold.tip", what=pick(self.plan.label)), "attention")
            )
        self.stop = HoldButton("", "attention", held=self._abort)
        layout = row(self.dot, gap=8, margins=(12, 0, 10, 0))
        layout.addWidget(self.title, 1)
        for part in (self.state, self.auto, self.run, self.stop):
            layout.addWidget(part)
        self.setLayout(layout)
        self.show_plan(plan)

    def show_plan(self, plan: PlanView) -> None:
        """What is known now."""
        self.plan = plan
        name = pick(plan.label) or plan.id
        self.title.setText(name)
        self.title.setToolTip(plain(pick(plan.help)))
        self.dot.set("attention" if plan.running else "off")
        is_off = plan.needs_accept and not plan.stands_in
        state = t("plans.running") if plan.running else t("plans.off") if is_off else ""
        self.state.set(state, "attention")
        self.state.setVisible(bool(state))
        self.auto.setVisible(plan.auto and not is_off)
        self.auto.setChecked(plan.enabled)
        self.auto.setText(t("plans.auto") if plan.enabled else t("plans.auto_off"))
        self.auto.name(t("plans.auto_of", name=name), t("plans.auto_tip"))
        self.run.setVisible(not plan.running and not is_off)
        self.run.setText(t("plans.run") if plan.level == "green" else t("plans.hold"))
        self.run.name(t("plans.run_of", name=name), pick(plan.help))
        self.stop.setVisible(plan.running)
        self.stop.setText(t("plans.stop"))
        self.stop.name(t("plans.stop_of", name=name))

    def _run(self) -> None:
        args: dict[str, object] = {"plan": self.plan.id}
        if self.plan.level == "red":
            self.desk.actions.run("plans.run_red", {**args, "confirm": True}, origin=self.run)
        else:
            self.desk.actions.run("plans.run", args, origin=self.run)

    def _abort(self) -> None:
        self.desk.actions.run("plans.abort", {"plan": self.plan.id}, origin=self.stop)

    def _auto(self) -> None:
        on = not self.plan.enabled
        self.auto.setChecked(self.plan.enabled)
        self.desk.actions.run("plans.enable", {"plan": self.plan.id, "on": on}, origin=self.auto)


class PlansPanel(Panel):
    """Questions, plans, incidents: what wants an answer stands on top."""

    id = "plans"
    rank = 30
    spots = {
        "controller": Spot(BOTTOM, 2, 0.33),
        "technician": Spot(BOTTOM, 0, 0.37),
        "vertical": Spot(RIGHT, 1, 0.44),
        "prepare": Spot(RIGHT, 0, 0.5),
        "review": Spot(RIGHT, 0, 0.5),
    }
    keys = (("Space", "plans.key_hold"), ("Tab", "plans.key_next"))

    def build(self) -> None:
        self.edit = self.tool(Button("", "quiet", clicked=self.ask_edit))
        self.editor: PlanEditorCard | None = None
        inside = QWidget()
        self._asks, self._plans, self._past = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._offers = QVBoxLayout()
        self._offers.setContentsMargins(*(tokens.px(v) for v in (8, 4, 8, 4)))
        layout = column(gap=0)
        self._asks.setContentsMargins(*(tokens.px(v) for v in (8, 4, 8, 4)))
        self._past.setContentsMargins(*(tokens.px(v) for v in (12, 8, 12, 8)))
        self._past.setSpacing(tokens.px(5))
        self._plans.setSpacing(0)
        self._at_work = QVBoxLayout()
        self._at_work.setContentsMargins(*(tokens.px(v) for v in (8, 4, 8, 4)))
        for part in (self._at_work, self._asks, self._offers, self._plans):
            layout.addLayout(part)
        self.blocks = (self._at_work, self._asks, self._offers)
        self._line = line()
        layout.addWidget(self._line)
        layout.addLayout(self._past)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.add_scroll(inside)
        self._note = TextLabel(size=12, tone="muted", wraps=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._plans.addWidget(self._note)
        self.rows: dict[str, PlanRow] = {}
        self._boxes: list[AskBox] = []
        self.runs: dict[str, RunBox] = {}
        self._waiting: list[PlanView] = []
        self._shown_past: tuple[IncidentView, ...] = ()
        listen(
            self, self.desk.store.changed, lambda part: self._show() if part == "plans" else None
        )
        self.desk.store.loaded.connect(self._show)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._go_on)
        self._tick.start(500)

    def retext(self) -> None:
        super().retext()
        self.edit.setText(t("plan_editor.open"))
        self.edit.name(t("plan_editor.open"), t("plan_editor.open_tip"))
        self._shown_past, self._waiting = (), []
        for box in self._boxes:
            box.ask = AskView("")  # made anew in the other language
        for row_ in self.rows.values():
            row_.show_plan(row_.plan)
        self._show()

    def ask_edit(self) -> None:
        """Plans as text."""
        if self.editor is None:
            self.editor = PlanEditorCard(self.window(), self.desk)
        self.editor.open_plans()

    def _show(self) -> None:
        part = self.desk.store.plans
        self._show_runs(part.runs)
        self._show_asks(part.asks)
        self.show_waiting([plan for plan in part.plans if plan.needs_accept])
        ids = [(p.id, p.level) for p in part.plans]
        for id in [id for id, row_ in self.rows.items() if (id, row_.plan.level) not in ids]:
            self.rows.pop(id).deleteLater()
        for position, plan in enumerate(part.plans):
            row_ = self.rows.get(plan.id)
            if row_ is None:
                row_ = self.rows[plan.id] = PlanRow(self.desk, plan)
            if self._plans.indexOf(row_) != position:
                self._plans.insertWidget(position, row_)
            row_.show_plan(plan)
        has = self.desk.store.has("plans")
        self._note.setVisible(not part.plans)
        self._note.setText(t("plans.empty") if has else t("plans.none_here"))
        running = sum(p.running for p in part.plans)
        off = sum(p.needs_accept and not p.stands_in for p in part.plans)
        ready = len(part.plans) - running - off
        self.head.count.setText(t("plans.ready", n=ready) if part.plans else "")
        self.head.show_badge(t("plans.n_running", n=running) if running else "")
        self._show_past(part.incidents)
        for block in self.blocks:  # an empty one leaves no strip above the first plan
            edges = (8, 4, 8, 4) if block.count() else (0, 0, 0, 0)
            block.setContentsMargins(*(tokens.px(edge) for edge in edges))

    def _go_on(self) -> None:
        for box in self._boxes:
            box.tick()
        for run_box in self.runs.values():
            run_box.tick()

    def _show_runs(self, runs: tuple[RunView, ...]) -> None:
        known = {run.incident for run in runs}
        for incident in [incident for incident in self.runs if incident not in known]:
            box = self.runs.pop(incident)
            self._at_work.removeWidget(box)  # at once: what stands there is counted below
            box.hide()
            box.deleteLater()
        for run in runs:
            if run.incident in self.runs:
                self.runs[run.incident].show_run(run)
            else:
                self.runs[run.incident] = RunBox(self.desk, run)
                self._at_work.addWidget(self.runs[run.incident])

    def _show_asks(self, asks: tuple[AskView, ...]) -> None:
        if [box.ask for box in self._boxes] == list(asks):
            return
        clear(self._asks)
        self._boxes = [AskBox(self.desk, ask) for ask in asks]
        for box in self._boxes:
            self._asks.addWidget(box)

    def show_waiting(self, plans: list[PlanView]) -> None:
        if plans == self._waiting:
            return
        self._waiting = plans
        clear(self._offers)
        for plan in plans:
            self._offers.addWidget(AcceptBox(self.desk, plan))

    def _show_past(self, incidents: tuple[IncidentView, ...]) -> None:
        if incidents == self._shown_past:
            return
        self._shown_past = incidents
        clear(self._past)
        self._line.setVisible(bool(incidents))
        for incident in incidents[:SHOWN_INCIDENTS]:
            self._past.addWidget(_incident_line(incident))
            for moment in incident.timeline[-3:] if incident.state == "running" else ():
                text = f"{clock(moment.at_utc)}  {pick(moment.text)}"
                self._past.addWidget(TextLabel("    " + text, size=11, tone="muted", elides=True))


def _incident_line(incident: IncidentView) -> QWidget:
    at = TextLabel(clock(incident.began_utc), size=12, weight=600)
    label = TextLabel(pick(incident.label) or incident.plan, size=12, elides=True)
    took = TextLabel(size=12, weight=600)
    if incident.recovered_ms is not None:
        took.setText(seconds(incident.recovered_ms))
    state = incident.state
    if state == "saved" and incident.recovered_ms is None:
        state = "ended"  # its steps were done; that it helped, nobody has measured
    tone = {"saved": "good", "running": "attention", "failed": "bad"}.get(state, "off")
    mark = Badge(t(f"incident_state.{state}"), tone)
    widget = QWidget()
    layout = row(at, gap=8)
    layout.addWidget(label, 1)
    layout.addWidget(took)
    layout.addWidget(mark)
    widget.setLayout(layout)
    moments = [f"{clock(m.at_utc)}  {pick(m.text)}" for m in incident.timeline]
    widget.setToolTip(plain("\n".join(moments)))
    widget.setAccessibleName(f"{clock(incident.began_utc)} {pick(incident.label)}")
    return widget
