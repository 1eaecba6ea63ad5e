"""Drills with people: begun, answered, scored; a game day that comes by surprise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.plans.drills.model import DrillAsk, DrillRecord, DrillScores, DrillTask, TeamRow
from ui.client import Reply
from ui.format import day_clock
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm, clear
from ui.widgets.flow import Flow
from ui.widgets.pop_form import PopForm
from ui.widgets.state_line import state_line

TEAM: dict[str, Any] = {"type": "string", "default": "", "x-zh": "团队", "x-en": "Team"}
HINTS: dict[str, Any] = {"type": "boolean", "default": False, "x-zh": "训练：给提示",
                         "x-en": "Training: with hints"}  # fmt: skip


def _hour(usual: int, zh: str, en: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": 24, "default": usual, "x-zh": zh,
            "x-en": en}  # fmt: skip


START: dict[str, Any] = {
    "type": "object",
    "properties": {
        "team": TEAM,
        "game": {"type": "integer", "minimum": 0, "maximum": 20, "default": 3,
                 "x-zh": "几个故障，突袭（0 为全部）", "x-en": "Faults by surprise (0: all)"},
        "hints": HINTS,
    },
}  # fmt: skip
ARM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "team": TEAM,
        "from_day": {"type": "string", "default": "", "x-zh": "从哪天（2026-12-01）",
                     "x-en": "From (2026-12-01)"},
        "to_day": {"type": "string", "default": "", "x-zh": "到哪天", "x-en": "Until"},
        "from_hour": _hour(10, "从几点", "From hour"),
        "to_hour": _hour(18, "到几点", "Until hour"),
        "hints": HINTS,
    },
}  # fmt: skip


class DrillsPanel(Panel):
    """What the drill asks stands on top; nothing of it reaches the air."""

    id = "drills"
    rank = 87
    spots = {"review": Spot(RIGHT, 0), "technician": Spot(BOTTOM, 2)}
    keys = (("Tab", "drills.key_next"), ("Space", "drills.key_press"))

    def build(self) -> None:
        self._shown: object = None
        self.scores: DrillScores | None = None
        self.begin = Button("", "primary", clicked=self._open_start)
        self.stop = Button("", clicked=self._stop)
        self.arm = Button("", clicked=self._open_arm)
        self.disarm = Button("", clicked=self._disarm)
        self.look = Button("", clicked=self._look)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.begin, self.stop, self.arm, self.disarm, self.look))
        page.addWidget(self.says)
        self.lines = QVBoxLayout()
        page.addLayout(self.lines)
        page.addStretch(1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._heard)

    def retext(self) -> None:
        super().retext()
        for button, name in ((self.begin, "begin"), (self.stop, "stop"), (self.arm, "arm"),
                             (self.disarm, "disarm"), (self.look, "look")):  # fmt: skip
            button.setText(t(f"drills.{name}"))
            button.name(t(f"drills.{name}"), t(f"drills.{name}_tip"))
        self._shown = None
        self._show()

    def _heard(self, part: str) -> None:
        if part == "drills":
            self._show()

    def _show(self) -> None:
        view = self.desk.store.drills
        if self._shown == (view, self.scores):
            return
        self._shown = (view, self.scores)
        runs = bool(view.stage)
        self.begin.setVisible(not runs)
        self.stop.setVisible(runs)
        self.disarm.setVisible(view.armed is not None)
        self.head.show_badge(t("drills.badge") if runs else "", "attention")
        words = [pick(view.why)] if any(view.why) else []
        if runs:
            key = "drills.starting" if view.stage == "starting" else "drills.running"
            words = [t(key, n=view.number, count=view.count, team=view.team or "-")]
            words += [pick(view.hint)] if any(view.hint) else []
        if view.armed is not None:
            game = view.armed
            words.append(t("drills.armed", first=game.from_day, last=game.to_day,
                           begins=game.from_hour, ends=game.to_hour, who=game.operator or "-",
                           team=game.team or "-"))  # fmt: skip
        self.says.setText("\n".join(words) or t("drills.empty"))
        clear(self.lines)
        for ask in view.asks:
            self.lines.addWidget(self._ask(ask))
        for task in view.tasks:
            self.lines.addWidget(self._task(task))
        self._show_scores()
        for record in view.last:
            self.lines.addWidget(self._record(record))

    def _show_scores(self) -> None:
        if self.scores is None:
            return
        for row in self.scores.people:
            words = t("drills.person", who=row.who, drills=row.drills, accepted=row.accepted,
                      tasks=row.tasks, answered=row.answered, asks=row.asks, wrong=row.wrong,
                      first=f"{row.first_s:.1f}")  # fmt: skip
            self.lines.addWidget(state_line("off", words))
        for team in self.scores.teams:
            self.lines.addWidget(state_line("off", _team_words(team)))

    def _ask(self, ask: DrillAsk) -> QWidget:
        words = f"{t(f'plans.role.{ask.role}')} · {pick(ask.text)}"
        if ask.keys > 1:
            words += f" · {t('plans.two_keys', given=ask.given)}"
        buttons = []
        for option in ask.options:
            button = Button(option, "" if option == "stop" else "primary")
            button.name(f"{option}: {pick(ask.text)}")
            args = {"id": ask.id, "option": option}
            listen(button, button.clicked, self._doing("drills.answer", args))
            buttons.append(button)
        return state_line("attention", words, *buttons)

    def _task(self, task: DrillTask) -> QWidget:
        words = f"{t(f'plans.role.{task.role}')} · {pick(task.text)}"
        if task.by:
            return state_line("good", t("drills.taken", words=words, who=task.by))
        button = Button(t("drills.accept"), "primary")
        button.name(f"{t('drills.accept')}: {pick(task.text)}")
        listen(button, button.clicked, self._doing("drills.accept", {"id": task.id}))
        return state_line("attention", words, button)

    # -- what is done --------------------------------------------------------------------------

    def _doing(self, command: str, args: dict[str, Any]) -> Callable[[], None]:
        return lambda: self.desk.actions.run(command, args, origin=self.look)

    def _open_start(self) -> None:
        PopForm(self.begin, t("drills.begin"), START, {"game": 3}, self._start).open()

    def _start(self, given: dict[str, Any]) -> None:
        args = {"team": str(given.get("team", "")).strip(), "game": int(given.get("game") or 0),
                "hints": bool(given.get("hints", False))}  # fmt: skip
        self.desk.actions.run("drills.start", args, origin=self.look)

    def _stop(self) -> None:
        self.desk.actions.run("drills.stop", {}, origin=self.look)

    def _open_arm(self) -> None:
        PopForm(self.arm, t("drills.arm"), ARM, {"from_hour": 10, "to_hour": 18}, self._arm).open()

    def _arm(self, given: dict[str, Any]) -> None:
        args = {name: str(given.get(name, "")).strip() for name in ("team", "from_day", "to_day")}
        plain: dict[str, Any] = {name: text for name, text in args.items() if text}
        plain |= {name: int(given.get(name) or 0) for name in ("from_hour", "to_hour")}
        plain["hints"] = bool(given.get("hints", False))
        self.desk.actions.run("drills.arm", plain, origin=self.arm)

    def _disarm(self) -> None:
        self.desk.actions.run("drills.disarm", {}, origin=self.arm)

    def _look(self) -> None:
        self.desk.actions.run("drills.scores", {}, origin=self.look, done=self._scored)

    def _scored(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self.scores = msgspec.convert(reply.answer, DrillScores)
            self._show()

    def _record(self, record: DrillRecord) -> QWidget:
        names = {plan.id: pick(plan.label) for plan in self.desk.store.plans.plans}
        return _record_line(record, names.get(record.plan, record.plan))


def _record_line(record: DrillRecord, plan: str) -> QWidget:
    shown = [
        "-" if seconds is None else f"{seconds:.1f} s"
        for seconds in (record.noticed_s, record.safe_picture_s, record.recovered_s)
    ]
    words = t("drills.record", at=day_clock(record.at_utc), plan=plan, noticed=shown[0],
              safe=shown[1], recovered=shown[2], right=record.steps_right, steps=record.steps,
              team=record.team or "-")  # fmt: skip
    return state_line("good" if record.passed else "attention", words)


def _team_words(team: TeamRow) -> str:
    days = [
        t("drills.team_day", day=day.day[5:], passed=day.passed, drills=day.drills,
          first="-" if day.first_s is None else f"{day.first_s:.1f}",
          back="-" if day.recovered_s is None else f"{day.recovered_s:.1f}")
        for day in team.days[-6:]
    ]  # fmt: skip
    return f"{team.team}: " + " → ".join(days)
