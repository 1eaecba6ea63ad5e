"""Drills from outside: begun, answered by people, ended; a surprise game day armed; scores."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated, Literal, Protocol

import msgspec

from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command
from studio.plans.drill_log import all_drills, drill_scores, scores_for
from studio.plans.drills.model import (
    ArmedGame,
    AskId,
    Day,
    Faults,
    Hour,
    Option,
    PlanName,
    Seed,
    TeamName,
)
from studio.plans.drills.wire import DrillWord

Plans = Annotated[tuple[PlanName, ...], msgspec.Meta(max_length=40)]
USUAL_FAULTS = 3


class DrillRoom(Protocol):
    """Runs one drill at a time (`studio.plans.drills.service.DrillService`)."""

    def begin(
        self, plans: tuple[str, ...], game: int, seed: int, team: str, *, has_hints: bool
    ) -> None:
        """Begins one."""
        ...

    def say(self, word: DrillWord) -> None:
        """Hands on what somebody does."""
        ...

    async def end(self) -> None:
        """Ends it."""
        ...

    async def arm(self, game: ArmedGame | None) -> ArmedGame | None:
        """Another game day, or none; returns the one before."""
        ...


class DrillCommands:
    """What people do with drills.

    Args:
        room: runs them.
    """

    def __init__(self, room: DrillRoom) -> None:
        self._room = room

    @command(
        "drills.start",
        role=Role.TECHNICIAN,
        label=("开始演练", "Start a drill"),
        help=(
            "在节目的影子上演练预案（碰不到直播）：人在导播台或手机上回答和接任务，按人和团队计分。"
            "plans 为预案或故障名，不写为全部；game 为突袭演练的故障个数，seed 定次序；"
            "hints 为训练：写明是什么故障、该怎么做。真实直播有报警或掉帧时立即结束。",
            "Drills plans on a shadow of the show, which cannot reach the air: people answer and "
            "take tasks at desks and phones, and are scored by person and team. plans: plans or "
            "faults, all without; game: so many faults by surprise, in an order the seed gives; "
            "hints: training, says what is the matter and what to do. Ends at once when the real "
            "show has an alarm or late ticks.",
        ),
    )
    def start(
        self, plans: Plans = (), game: Faults = 0, seed: Seed | None = None, team: TeamName = "",
        hints: bool = False,
    ) -> Changed:  # fmt: skip
        """Answers with the seed, so that the same one can be had again."""
        chosen = secrets.randbelow(1_000_000_000) if seed is None else seed
        self._room.begin(plans, game, chosen, team.strip(), has_hints=hints)
        return changed("drills", result={"seed": chosen})

    @command(
        "drills.stop",
        role=Role.TECHNICIAN,
        label=("结束演练", "Stop the drill"),
        help=(
            "结束演练：故障撤除，影子关掉。",
            "Ends it: the fault is out, the shadow gone.",
        ),
    )
    async def stop(self) -> Changed:
        """A drill that is ended counts neither as passed nor as failed."""
        await self._room.end()
        return changed("drills")

    @command(
        "drills.answer",
        role=Role.STREAMER,
        label=("回答演练中的提问", "Answer in the drill"),
        help=(
            "回答演练里预案的提问；只影响影子。",
            "Answers a plan of the drill, no real one.",
        ),
    )
    def answer(self, id: AskId, option: Option) -> Changed:
        """The first answer counts."""
        self._room.say(_word("answer", id, option))
        return changed()

    @command(
        "drills.accept",
        role=Role.STREAMER,
        label=("接下演练任务", "Take a task of the drill"),
        help=(
            "接下演练里的一个任务；先接的算。",
            "Takes a task of it; the first one has it.",
        ),
    )
    def accept(self, id: AskId) -> Changed:
        """Whoever comes second is told by the state."""
        self._room.say(_word("accept", id))
        return changed()

    @command(
        "drills.arm",
        role=Role.TECHNICIAN,
        label=("预约突袭演练", "Arm a game day"),
        help=(
            "在一段日期和钟点里由种子定一个谁也不知道的时刻，到时突袭演练；正在直播则顺延，"
            "过了这段就不做。",
            "At a moment within these days and hours that the seed gives and nobody is told, a "
            "drill by surprise begins; put off while on air, and left when the window is over.",
        ),
    )
    async def arm(
        self, from_day: Day, to_day: Day | None = None, from_hour: Hour = 10, to_hour: Hour = 18,
        faults: Faults = USUAL_FAULTS, seed: Seed | None = None, team: TeamName = "",
        hints: bool = False,
    ) -> Changed:  # fmt: skip
        """Takes the place of the one that was armed."""
        game = ArmedGame(
            from_day=from_day, to_day=to_day or from_day, from_hour=from_hour, to_hour=to_hour,
            faults=max(1, faults), seed=secrets.randbelow(1_000_000_000) if seed is None else seed,
            team=team.strip(), has_hints=hints, operator=asking().person,
        )  # fmt: skip
        await self._room.arm(game)
        return changed("drills", undo=("drills.disarm", {}))

    @command(
        "drills.disarm",
        role=Role.TECHNICIAN,
        label=("取消突袭演练", "Disarm the game day"),
        help=("取消预约的突袭演练。", "The game day that is armed is none any more."),
    )
    async def disarm(self) -> Changed:
        """Nothing begins by itself."""
        await self._room.arm(None)
        return changed("drills")

    @command(
        "drills.scores",
        role=Role.STREAMER,
        label=("演练成绩", "Scores of drills"),
        help=(
            "按人：演练次数、接任务、回答、停错的次数、反应时间；按团队每天的通过数和恢复时间；最近各次。"
            "主播看自己的和团队合计；场控及以上看全部。",
            "By person: drills, tasks, answers, plans stopped in error, time to the first act; by "
            "team and day: passed, time to recovery; the last ones. A streamer sees their own and "
            "the teams' totals, a controller and those above see everybody's.",
        ),
    )
    async def scores(self) -> Changed:
        """Answers with all of it, or with what whoever asks may see."""
        found = await asyncio.to_thread(lambda: drill_scores(all_drills()))
        asker = asking()
        if asker.role < Role.CONTROLLER:
            found = scores_for(found, asker.person)
        return changed(result=msgspec.to_builtins(found))


def _word(what: Literal["answer", "accept"], id: str, option: str = "") -> DrillWord:
    asker = asking()
    role = Role(asker.role).name.lower()
    return DrillWord(what=what, id=id, who=asker.person, role=role, individual=asker.individual,
                     option=option)  # fmt: skip
