"""Plans from outside: run, abort, answer, switch."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from studio.core.asking import asking
from studio.core.clock import utc_iso
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.plans.incidents.book import IncidentBook
from studio.plans.model import (
    AskView,
    Incident,
    IncidentView,
    Moment,
    MomentView,
    Plan,
    PlansView,
    PlanText,
    PlanView,
    ToldView,
)
from studio.plans.reach import right_of
from studio.plans.run_view import run_view
from studio.plans.runner import Plans

SHOWN = 20
SHOWN_ALL = 50
Limit = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class KeptIncidents(Protocol):
    """Incidents of three years."""

    async def recent(self, most: int, before_utc: str = "") -> list[Incident]:
        """The last ones."""
        ...

    async def find(self, id: str) -> Incident | None:
        """The one of this id."""
        ...

    def put(self, incident: Incident) -> None:
        """Keeps it."""
        ...


class PlanCommands:
    """The plans of the show."""

    def __init__(
        self,
        plans: Plans,
        store: KeptIncidents | None = None,
        book: IncidentBook | None = None,
    ) -> None:
        self._plans, self._store, self._book = plans, store, book or IncidentBook()

    def view(self) -> PlansView:
        """The part "plans" of the state."""
        plans, specs = self._plans, self._plans.specs()
        over = {i.id for i in plans.incidents if i.state != "running" and self._book.is_hidden(i)}
        return PlansView(
            plans=(
                *(self._row(plan) for plan in plans.plans.values()),
                *(self._row(f.plan) for id, f in plans.waiting.items() if id not in plans.plans),
            ),
            incidents=tuple(_incident(incident) for incident in self._public()[:SHOWN]),
            asks=tuple(
                AskView(
                    ask.incident,
                    ask.role,
                    ask.text.pair(),
                    ask.options,
                    ask.until_utc,
                    ask.keys,
                    ask.given,
                )
                for ask in plans.questions.values()
            ),
            told=tuple(
                ToldView(told.at_utc, told.role, told.text.pair(), told.level)
                for told in [told for told in plans.told if told.incident not in over][:SHOWN]
            ),
            errors=tuple(error.in_language() for error in plans.errors),
            runs=tuple(run_view(run, plans.can_undo(run), specs) for run in plans.runs),
        )

    def _public(self) -> list[Incident]:
        """Those that everybody may see: the state is the same for all."""
        return [i for i in self._plans.incidents if not self._book.is_hidden(i)]

    def _row(self, plan: Plan) -> PlanView:
        plans = self._plans
        waiting = plans.waiting.get(plan.id)
        file = waiting or (plans.own(plan.id) if plans.digest(plan.id) else None)
        return PlanView(
            id=plan.id,
            label=plan.label.pair(),
            help=plan.help.pair(),
            level=plan.level,
            auto=plan.is_auto and plan.trigger is not None,
            enabled=plan.id in plans.enabled,
            running=plans.is_running(plan.id),
            last_run_utc="" if plan.is_confidential else plans.last_run_utc.get(plan.id, ""),
            needs_accept=waiting is not None,
            stands_in=waiting is not None and plan is not waiting.plan,
            may=plans.steps_of(file.plan) if file else (),
            highest=plans.highest(file.plan) if file else "",
            digest=file.digest if file else "",
        )

    @command(
        "plans.accept",
        role=Role.TECHNICIAN,
        label=("接受预案", "Accept plan"),
        help=(
            "让节目自带的预案生效（on=false 则停用）；只能在本机，先看清它会执行什么。",
            "Lets a plan that came with the show work, or no longer; only at this machine.",
        ),
    )
    def accept(self, plan: str, on: bool = True, digest: str = "") -> Changed:
        if not asking().is_here:
            raise StudioError("denied", "plans.accept_here")
        file = self._plans.own(plan)
        if digest and digest != file.digest:
            raise StudioError("conflict", "plans.is_another", plan=plan)
        self._plans.accept(plan, on)
        may = [msgspec.to_builtins(step) for step in self._plans.steps_of(file.plan)]
        return changed(
            "plans",
            result={"plan": plan, "may": may, "highest": self._plans.highest(file.plan)},
            undo=("plans.accept", {"plan": plan, "on": not on, "digest": file.digest}),
        )

    @command(
        "plans.run",
        label=("执行预案", "Run plan"),
        help=("执行绿色或黄色预案。", "Runs a green or amber plan."),
    )
    def run(self, plan: str) -> Changed:
        found = self._plans.get(plan)
        if found.level == "red":
            raise StudioError("confirm", "plans.red", plan=plan)
        return changed("plans", result={"incident": self._plans.start(found, None, "hand").id})

    @command(
        "plans.run_red",
        label=("执行红色预案", "Run red plan"),
        help=("执行任何预案；需确认。", "Runs any plan; wants a confirmation."),
        needs_confirm=True,
    )
    def run_red(self, plan: str) -> Changed:
        incident = self._plans.start(self._plans.get(plan), None, "hand")
        return changed("plans", result={"incident": incident.id})

    @command(
        "plans.abort",
        label=("中止预案", "Abort plan"),
        help=(
            "中止正在执行的预案，并撤销它做过的一切；人切过的画面不动。",
            "Ends a running plan and takes back what it did; never what a person took.",
        ),
    )
    def abort(self, plan: str = "", incident: str = "") -> Changed:
        self._plans.abort(plan, incident)
        return changed("plans")

    @command(
        "plans.stop",
        label=("停在此处", "Stop plan here"),
        help=("停止预案，已做的保留。", "Ends a running plan where it is; what it did stays."),
    )
    def stop(self, plan: str = "", incident: str = "") -> Changed:
        self._plans.leave(plan, incident)
        return changed("plans")

    @command(
        "plans.undo",
        label=("撤销预案", "Undo plan"),
        help=(
            "撤销一个预案做过的一切，正在执行或刚结束的都可以；不指明则为最近的。",
            "Takes back all that a plan did, running or just ended; without a name the last one.",
        ),
        keys="Ctrl+Alt+Z",
    )
    def undo(self, plan: str = "", incident: str = "") -> Changed:
        return changed("plans", result={"incident": self._plans.undo(plan, incident)})

    @command(
        "plans.hold",
        label=("暂停预案", "Hold plan"),
        help=("在下一步前暂停，或继续（on=false）。", "Holds before the next step, or goes on."),
    )
    def hold(self, plan: str = "", incident: str = "", on: bool = True) -> Changed:
        self._plans.hold(on, plan, incident)
        undo = ("plans.hold", {"plan": plan, "incident": incident, "on": not on})
        return changed("plans", undo=undo)

    @command(
        "plans.skip",
        label=("跳过一步", "Skip step"),
        help=("跳过当前的等待、提问或暂停的一步。", "Passes over the wait, question or held step."),
    )
    def skip(self, plan: str = "", incident: str = "") -> Changed:
        self._plans.skip(plan, incident)
        return changed("plans")

    @command(
        "plans.answer",
        role=Role.STREAMER,
        label=("回答", "Answer"),
        help=("回答预案的提问。", "Answers a plan's question."),
    )
    def answer(self, incident: str, option: str) -> Changed:
        self._plans.answer(incident, option)
        return changed("plans")

    @command(
        "plans.enable",
        role=Role.TECHNICIAN,
        label=("启用预案", "Switch plan"),
        help=("启用或停用预案的自动触发。", "Lets a plan start by itself, or not."),
    )
    def enable(self, plan: str, on: bool) -> Changed:
        id = self._plans.get(plan).id
        was = id in self._plans.enabled
        self._plans.switch(id, on, right_of(asking()))
        return changed("plans", undo=("plans.enable", {"plan": id, "on": was}))

    @command(
        "plans.incidents",
        role=Role.VIEWER,
        label=("事件记录", "Incidents"),
        help=(
            "列出事件与时间线，保存三年；before 为更早的。",
            "Lists incidents with their timelines, kept three years; before asks for older ones.",
        ),
    )
    async def incidents(self, limit: Limit = SHOWN_ALL, before: str = "") -> Changed:
        mine = list(self._plans.incidents)[:limit]
        if self._store is not None and (before or limit > len(mine)):
            running = {run.incident.id: run.incident for run in self._plans.runs}
            kept = await self._store.recent(limit, before)
            mine = [running.get(incident.id, incident) for incident in kept]
        mine = [incident for incident in mine if self._book.may_see(incident)]
        return changed(result=msgspec.to_builtins(mine))

    @command(
        "plans.note",
        label=("补充记录", "Add a note"),
        help=("给事件补充一条说明。", "Adds a note to an incident."),
        secret=("text",),
    )
    async def note(self, incident: str, text: str) -> Changed:
        noted = next((kept for kept in self._plans.incidents if kept.id == incident), None)
        if noted is None and self._store is not None:
            noted = await self._store.find(incident)
        if noted is None or not self._book.may_see(noted):
            raise StudioError("not_found", "plans.no_incident", incident=incident)
        at = noted.timeline[-1].at_ms if noted.timeline else 0
        noted.timeline.append(Moment(utc_iso(), at, PlanText(text, text)))
        if self._store is not None:
            self._store.put(noted)
        return changed("plans")


def _incident(incident: Incident) -> IncidentView:
    return IncidentView(
        id=incident.id,
        plan=incident.plan,
        label=incident.label.pair(),
        cause=incident.cause.pair(),
        state=incident.state,
        began_utc=incident.began_utc,
        saved_ms=incident.saved_ms,
        recovered_ms=incident.recovered_ms,
        over_ms=incident.over_ms,
        subject=incident.subject,
        drill=incident.is_drill,
        undone=incident.is_undone,
        timeline=tuple(
            MomentView(moment.at_utc, moment.at_ms, moment.text.pair(), moment.is_ok)
            for moment in incident.timeline
        ),
    )
