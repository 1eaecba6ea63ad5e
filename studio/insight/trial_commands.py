"""Experiments from outside: a day's plan, started and ended by a person, a result at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Protocol

import msgspec

from studio.core.asking import asking
from studio.core.command import Bus, Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.experiments import ideas
from studio.insight.metrics import metrics
from studio.insight.trials.arms import check_arm
from studio.insight.trials.book import TrialBook
from studio.insight.trials.model import Arm, ArmCounts, Trial

Short = Annotated[str, msgspec.Meta(max_length=60)]
TrialId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class PictureSwitcher(Protocol):
    """Switches the picture (`studio.insight.trials.switching.TrialSwitcher`)."""

    async def leave(self, id: str) -> None:
        """Nothing of an experiment stays on the picture."""
        ...


class TrialCommands:
    """Experiments.

    Args:
        book: keeps them.
        bus: knows what arms may do.
        switcher: takes back what arms did.
        changed: told of what there is after each change.
    """

    def __init__(
        self, book: TrialBook, bus: Bus, switcher: PictureSwitcher,
        changed: Callable[[tuple[Trial, ...]], None],
    ) -> None:  # fmt: skip
        self._book, self._bus, self._switcher, self._changed = book, bus, switcher, changed

    @command(
        "experiments.plan",
        role=Role.CONTROLLER,
        label=("试验计划", "Plan of experiments"),
        help=(
            "由最弱的一步给出明天最多三个试验：单位、能看出的差别、需要多少时段或观众、护栏。",
            "At most three experiments for tomorrow from the weakest step: unit, effect that can "
            "be found, slots or viewers needed, guard metrics.",
        ),
    )
    async def plan(self, show: Short = "last") -> Changed:
        """Answers with the plan."""
        reply = await analyse_apart(AnalysisRequest("plan", show=show))
        return changed(result=msgspec.to_builtins(reply.plan))

    @command(
        "experiments.ideas",
        role=Role.CONTROLLER,
        label=("可以试什么", "What can be tried"),
        help=("列出可以试的做法，以及各自改善哪一步。",
              "Lists what can be tried, and which step it is for."),
    )  # fmt: skip
    def list_ideas(self) -> Changed:
        """Answers with them."""
        known = metrics()
        found = [
            {**msgspec.to_builtins(idea), "step_name": msgspec.to_builtins(known[idea.step].label)}
            for idea in ideas()
        ]
        return changed(result={"ideas": found})

    @command(
        "experiments.start",
        role=Role.CONTROLLER,
        label=("开始试验", "Start an experiment"),
        help=(
            "开始一个试验；画面上的按时间成对轮换（抛硬币定先后，承诺值先公布），链接和券按观众分。"
            "metric 默认为它要改善的那一步。a、b 是轮到时执行的画面命令（带撤销），不写则由人切换；"
            "有人手动切同一处时以人为准，时段作废。按观众分时 a_source、b_source 是两边链接或券的"
            "来源名，人数由触点和日志统计。",
            "Starts one: what is on the picture switches in time, in pairs by a coin whose "
            "commitment is shown first; links and coupons are split by viewer. metric: by default "
            "the step it is for. a, b: commands of the picture that run at each turn, with their "
            "undo; without them a person switches. A person's hand goes before and spoils the "
            "slot. a_source, b_source: split by viewer, the link or coupon of each side, whose "
            "visitors are counted from touchpoints and the journal.",
        ),
    )
    async def start(
        self,
        idea: TrialId,
        metric: Short = "",
        a: Arm = (),
        b: Arm = (),
        a_source: Short = "",
        b_source: Short = "",
    ) -> Changed:
        """Answers with its id and the coin's commitment."""
        check_arm(self._bus, asking(), (*a, *b))
        sources = (a_source.strip(), b_source.strip())
        made = await asyncio.to_thread(
            self._book.start, idea, metric, a, b, self._bus.show, sources
        )
        self._changed(self._book.all)
        return changed("trials", result={"id": made.id, "commitment": made.commitment})

    @command(
        "experiments.end",
        role=Role.CONTROLLER,
        label=("结束试验", "End an experiment"),
        help=(
            "结束试验，画面恢复，公布硬币。",
            "Ends one; the picture is as before, its coin is told.",
        ),
    )
    async def end(self, id: TrialId) -> Changed:
        """Answers with the coin's secret, so that everybody can toss it again."""
        made = await asyncio.to_thread(self._book.end, id)
        await self._switcher.leave(id)
        self._changed(self._book.all)
        return changed("trials", result={"id": made.id, "coin": made.secret})

    @command(
        "experiments.go_on",
        role=Role.CONTROLLER,
        label=("继续试验", "Let an experiment go on"),
        help=(
            "手动切换之后让试验从下一个时段起继续切换画面。",
            "After a person's hand: it switches the picture again from the next slot on.",
        ),
    )
    async def go_on(self, id: TrialId) -> Changed:
        """Spoiled slots stay spoiled."""
        await asyncio.to_thread(self._book.hold, id, "")
        self._changed(self._book.all)
        return changed("trials")

    @command(
        "experiments.count",
        role=Role.CONTROLLER,
        label=("登记试验人数", "Counts of an experiment"),
        help=(
            "按观众分的试验：从平台后台抄来两边的人数和完成数，两边都看到的另计。",
            "Of an experiment split by viewer: viewers and those who did it on both sides, as a "
            "platform tells them; who saw both is counted apart.",
        ),
    )
    async def count(
        self, id: TrialId, a_did: Count, a_of: Count, b_did: Count, b_of: Count, both: Count = 0
    ) -> Changed:
        """Takes the place of what was counted before."""
        counts = ArmCounts(a_did=a_did, a_of=a_of, b_did=b_did, b_of=b_of, both=both)
        await asyncio.to_thread(self._book.count, id, counts)
        self._changed(self._book.all)
        return changed("trials")

    @command(
        "experiments.result",
        role=Role.CONTROLLER,
        label=("试验结果", "Result of an experiment"),
        help=(
            "随时可看：e 值或置信序列、分流核对、护栏；多个试验一起校正。",
            "At any time: e-value or confidence sequence, check of the split, guard metrics; "
            "several are corrected together.",
        ),
    )
    async def result(self, id: TrialId) -> Changed:
        """Answers with it."""
        trials = await asyncio.to_thread(lambda: self._book.all)
        chosen = next((trial for trial in trials if trial.id == id), None)
        if chosen is None:
            raise StudioError("not_found", "experiment.none", id=id)
        day = chosen.ended_utc[:10]
        beside = [t for t in trials if t.ended_utc[:10] == day and t is not chosen]
        request = AnalysisRequest("trials", trials=(chosen, *beside[-5:]))
        reply = await analyse_apart(request)
        return changed(result=msgspec.to_builtins(reply.trials[0]))

    @command(
        "experiments.list",
        role=Role.CONTROLLER,
        label=("试验列表", "List experiments"),
        help=("全部试验，新的在前；没结束的不公布硬币。",
              "All experiments, the newest first; a coin is told when it is over."),
    )  # fmt: skip
    async def list_all(self) -> Changed:
        """Answers with them."""
        trials = await asyncio.to_thread(lambda: self._book.all)
        plain = [msgspec.to_builtins(trial) for trial in reversed(trials)]
        for entry in plain:
            del entry["right"]
            if not entry["ended_utc"]:
                del entry["secret"]
        return changed(result={"experiments": plain})
