"""Experiments: a plan for the day, started by a person, looked at at any time."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.insight.trials.model import TrialResult, TrialView
from ui.client import Reply
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.panels.trials.arms import arm_of
from ui.panels.trials.model import TrialsModel, needs_words, switch_words, turn_words
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.pop_form import PopForm
from ui.widgets.rows_table import rows_table

SOURCES = ("a_source", "b_source")
ARMS: dict[str, Any] = {
    "type": "object",
    "properties": {
        name: {"type": "string", "default": "", "x-zh": zh, "x-en": en,
               **({} if name in SOURCES else {"x-widget": "multiline"})}
        for name, zh, en in (
            ("a", "A 轮到时执行（一行一条命令）", "A does (a command a line)"),
            ("b", "B 轮到时执行（如 cards.use template=tall）",
             "B does (such as cards.use template=tall)"),
            ("a_source", "A 的链接或券来源名（按观众分）", "A's link or coupon (by viewer)"),
            ("b_source", "B 的链接或券来源名（按观众分）", "B's link or coupon (by viewer)"),
        )
    },
}  # fmt: skip
STEPS = ("enter_rate", "product_seen_rate", "click_rate", "pay_rate")
OWN_METRICS = ("", "orders", "units", "sold_cents", "comments")
COUNTS = ("a_did", "a_of", "b_did", "b_of", "both")
TEXTS = {
    "a_did": ("A 完成人数", "A: did it"), "a_of": ("A 看到人数", "A: saw it"),
    "b_did": ("B 完成人数", "B: did it"), "b_of": ("B 看到人数", "B: saw it"),
    "both": ("两边都看到", "Saw both"),
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        name: {"type": "integer", "minimum": 0, "maximum": 1_000_000_000, "default": 0,
               "x-zh": zh, "x-en": en}
        for name, (zh, en) in TEXTS.items()
    },
}  # fmt: skip


class TrialsPanel(Panel):
    """Nothing begins by itself."""

    id = "trials"
    rank = 86
    spots = {"review": Spot(BOTTOM, 0)}
    keys = (("Tab", "trials.key_next"), ("↑ ↓", "trials.key_rows"))

    def build(self) -> None:
        self.plan = Button("", "primary", clicked=self._plan)
        self.idea, self.measured = QComboBox(), QComboBox()
        for box, wide in ((self.idea, 190), (self.measured, 120)):
            box.setMinimumWidth(tokens.px(wide))
        self.arms = Button("", clicked=self._open_arms)
        self.begin = Button("", clicked=self._start)
        self.look = Button("", clicked=self._result)
        self.count = Button("", clicked=self._open_counts)
        self.go_on = Button("", clicked=self._go_on)
        self.end = Button("", clicked=self._end)
        self.says = TextLabel(size=12, wraps=True)
        self.found = TextLabel(size=12, wraps=True)
        self.model = TrialsModel()
        self.table = rows_table(self.model, (130, 110, 110, 190))
        self.table.setMinimumHeight(tokens.px(120))
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self._arms = dict.fromkeys(("a", "b", *SOURCES), "")
        self.ideas: list[dict[str, Any]] = []
        self._plan_found: dict[str, Any] = {}
        self._result_found: TrialResult | None = None
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.plan, self.idea, self.measured, self.arms, self.begin))
        page.addWidget(self.says)
        page.addLayout(Flow(self.look, self.count, self.go_on, self.end))
        page.addWidget(self.found)
        page.addWidget(self.table, 1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._heard)

    def retext(self) -> None:
        super().retext()
        for button, name in (
            (self.plan, "plan"), (self.arms, "arms"), (self.begin, "begin"), (self.look, "look"),
            (self.count, "counts"), (self.go_on, "go_on"), (self.end, "end"),
        ):  # fmt: skip
            button.setText(t(f"trials.{name}"))
            button.name(t(f"trials.{name}"), t(f"trials.{name}_tip"))
        self.idea.setAccessibleName(t("trials.idea"))
        self.measured.setAccessibleName(t("trials.metric"))
        self.table.setAccessibleName(self.title())
        now = self.measured.currentIndex()
        self.measured.clear()
        for name in OWN_METRICS:
            self.measured.addItem(t(f"trials.metric_{name or 'step'}"), name)
        self.measured.setCurrentIndex(max(0, now))
        self._fill_ideas()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Which experiments there may be."""
        super().showEvent(event)
        if self.desk.store.is_loaded and not self.ideas:
            run = self.desk.actions.run
            run("experiments.ideas", {}, origin=self.idea, done=self._known, is_quiet=True)

    def _known(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self.ideas = list(reply.answer.get("ideas", []))
            self._fill_ideas()

    def _heard(self, part: str) -> None:
        if part == "trials":
            self._show()

    # -- plan and start ------------------------------------------------------------------------

    def _plan(self) -> None:
        self.plan.setEnabled(False)
        self.says.setText(t("trials.planning"))
        run = self.desk.actions.run
        run("experiments.plan", {}, origin=self.plan, done=self._planned, is_quiet=True)

    def _planned(self, reply: Reply) -> None:
        self.plan.setEnabled(True)
        if not reply.ok or not isinstance(reply.answer, dict):
            self.says.setText(pick(reply.text))
            return
        self._plan_found = reply.answer
        self._fill_ideas()
        self._show()

    def _fill_ideas(self) -> None:
        """Those of the plan stand first."""
        planned = [test["idea"]["id"] for test in self._plan_found.get("tests", [])]
        order = sorted(self.ideas, key=lambda idea: idea["id"] not in planned)
        now = str(self.idea.currentData() or "")
        self.idea.clear()
        for idea in order:
            mark = "★ " if idea["id"] in planned else ""
            words = t("trials.idea_line", label=pick(idea["label"]), step=pick(idea["step_name"]))
            self.idea.addItem(mark + words, idea["id"])
        self.idea.setCurrentIndex(max(0, 0 if planned else self.idea.findData(now)))
        self.begin.setEnabled(bool(order))

    def _open_arms(self) -> None:
        PopForm(self.arms, t("trials.arms"), ARMS, dict(self._arms), self.save_arms).open()

    def save_arms(self, given: dict[str, Any]) -> None:
        """What the studio does at each turn of the next experiment; nothing: a person does."""
        self._arms = {name: str(given.get(name) or "") for name in ("a", "b", *SOURCES)}
        self._show()

    def _start(self) -> None:
        args: dict[str, Any] = {
            "idea": str(self.idea.currentData()), "metric": str(self.measured.currentData()),
        }  # fmt: skip
        try:
            args |= {name: text.strip() if name in SOURCES else arm_of(text)
                     for name, text in self._arms.items() if text.strip()}  # fmt: skip
        except ValueError as error:
            self.says.setText(t("trials.bad_line", line=str(error)))
            return
        self.desk.actions.run("experiments.start", args, origin=self.begin, done=self._started)

    def _started(self, reply: Reply) -> None:
        if reply.ok:
            self._arms = dict.fromkeys(("a", "b", *SOURCES), "")
            self._show()

    # -- one that runs -------------------------------------------------------------------------

    @property
    def trial(self) -> TrialView | None:
        """The chosen one; else the first."""
        row, trials = self.table.currentIndex().row(), self.model.trials
        if 0 <= row < len(trials):
            return trials[row]
        return trials[0] if trials else None

    def _chosen(self) -> None:
        self._result_found = None
        self._show_trial()

    def _result(self) -> None:
        trial = self.trial
        if trial is not None:
            self.look.setEnabled(False)
            args = {"id": trial.id}
            run = self.desk.actions.run
            run("experiments.result", args, origin=self.look, done=self._answered)

    def _answered(self, reply: Reply) -> None:
        self.look.setEnabled(True)
        if reply.ok and isinstance(reply.answer, dict):
            self._result_found = msgspec.convert(reply.answer, TrialResult, strict=False)
            self._show_trial()

    def _open_counts(self) -> None:
        trial = self.trial
        if trial is not None:
            kept = {name: getattr(trial.counts, name) for name in COUNTS}
            PopForm(self.count, t("trials.counts"), SCHEMA, kept, self.save_counts).open()

    def save_counts(self, given: dict[str, Any]) -> None:
        """Notes what was typed."""
        trial = self.trial
        if trial is not None:
            args = {"id": trial.id, **{name: int(given.get(name) or 0) for name in COUNTS}}
            self.desk.actions.run("experiments.count", args, origin=self.count)

    def _go_on(self) -> None:
        trial = self.trial
        if trial is not None:
            self.desk.actions.run("experiments.go_on", {"id": trial.id}, origin=self.go_on)

    def _end(self) -> None:
        trial = self.trial
        if trial is not None:
            self.desk.actions.run("experiments.end", {"id": trial.id}, origin=self.end)

    # -- showing -------------------------------------------------------------------------------

    def _show(self) -> None:
        view = self.desk.store.trials
        self.model.put((*view.running, *view.ended))
        count = len(view.running)
        self.head.count.setText(t("trials.running", n=count) if count else "")
        lines = [_plan_words(self._plan_found) or t("trials.empty")]
        lines += [t(f"trials.does_{name}", lines=" · ".join(text.split("\n")))
                  for name, text in self._arms.items() if text.strip()]  # fmt: skip
        self.says.setText("\n".join(lines))
        self._show_trial()

    def _show_trial(self) -> None:
        trial = self.trial
        for button in (self.look, self.count, self.end):
            button.setEnabled(trial is not None)
        self.go_on.setVisible(trial is not None and trial.is_held and not trial.ended_utc)
        if trial is None:
            self.found.setText("")
            return
        self.count.setEnabled(trial.unit == "viewer" and not (trial.ended_utc or trial.a_source))
        self.end.setEnabled(not trial.ended_utc)
        result = self._result_found
        is_his = result is not None and result.id == trial.id
        words = result_words(trial, result) if is_his and result is not None else ""
        now = " · ".join(
            part for part in (turn_words(trial), needs_words(trial), switch_words(trial)) if part
        )
        coin = t("trials.coin", coin=trial.coin) if trial.coin else ""
        committed = coin or t("trials.committed", text=trial.commitment[:16])
        self.found.setText("\n".join(part for part in (now, words, committed) if part))


def _plan_words(plan: dict[str, Any]) -> str:
    if not plan:
        return ""
    if not plan.get("step"):
        return t("trials.no_rates")
    lines = [t("trials.weakest", step=t(f"trials.step_{plan['step']}"))]
    for test in plan.get("tests", []):
        idea = test["idea"]
        key = "trials.plan_viewers" if idea["unit"] == "viewer" else "trials.plan_pairs"
        lines.append(t(key, label=pick(idea["label"]), a=pick(idea["a"]), b=pick(idea["b"]),
                       pairs=test["pairs"], shows=test["shows"], viewers=test["viewers"],
                       effect=f"{test['effect']:+.0%}"))  # fmt: skip
    return "\n".join(lines)


def result_words(trial: TrialView, result: TrialResult) -> str:
    lines = [t(f"trials.verdict_{result.verdict}", a=pick(trial.a), b=pick(trial.b))]
    change = "–" if result.change is None else f"{result.change:+.1%}"
    if result.low is not None and result.high is not None:
        lines.append(t("trials.between", low=f"{result.low:+.2f}", high=f"{result.high:+.2f}",
                       change=change))  # fmt: skip
        counts = result.counts
        lines.append(t("trials.counted", a_did=counts.a_did, a_of=counts.a_of, b_did=counts.b_did,
                       b_of=counts.b_of))  # fmt: skip
        lines.append(t("trials.split", e=f"{result.split_e:.3g}", stop=f"{result.split_stop:g}",
                       both=result.both))  # fmt: skip
    else:
        lines.append(t("trials.e_value", e=f"{result.e_value:.3g}", stop=f"{result.stop:g}",
                       pairs=result.pairs, out=result.left_out, change=change))  # fmt: skip
        if result.spoiled:
            lines.append(t("trials.spoiled_pairs", n=result.spoiled))
    for guard in result.guards:
        state = t("trials.guard_bad") if guard.e_value >= result.stop else t("trials.guard_good")
        if guard.a is None:
            state = t("trials.guard_unknown")
        lines.append(t("trials.guard", name=pick(guard.metric), state=state))
    if not result.is_corrected:
        lines.append(t("trials.not_beside"))
    return "\n".join(lines)
