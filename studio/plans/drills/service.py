"""Drills with people as a service: one at a time, on a shadow, at a process of low priority."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from msgspec.structs import replace

from studio.core.clock import utc_ms
from studio.core.command import Role
from studio.core.errors import StudioError, unpacked
from studio.core.event import Events
from studio.core.log import logger
from studio.core.loopback import is_drill
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.plans.drill_commands import DrillCommands
from studio.plans.drill_log import all_drills, without_others
from studio.plans.drills.armed import ArmedFile, is_open, later, with_moment
from studio.plans.drills.model import ArmedGame, DrillAsk, DrillsView, DrillTask
from studio.plans.drills.process import DrillProcess
from studio.plans.drills.wire import DrillNews, DrillRequest, DrillWord
from studio.plans.events import RoleTold
from studio.plans.steps import said

_log = logger(__name__)
LOOK_S = 5.0
LAST = 10


class DrillService(Service):
    """Begins drills, shows what they ask, and lets a game day begin at its moment.

    Args:
        events, state: heard and told.
    """

    name: ClassVar[str] = "drills"
    View: ClassVar[Any] = DrillsView

    def __init__(self, events: Events, state: State) -> None:
        self._events, self._state = events, state
        self._folder = Path()
        self._view = DrillsView()
        self._process: DrillProcess | None = None
        self._file = ArmedFile()
        self._armed: ArmedGame | None = None
        self._task: asyncio.Task[None] | None = None
        self._arming = asyncio.Lock()
        self._commands = DrillCommands(self)
        self.every = (Every("game day", LOOK_S, self._look),)

    def commands(self) -> Sequence[object]:
        """Start, stop, answer, accept, arm, disarm, scores."""
        return (self._commands,)

    def view(self) -> DrillsView:
        """As it is now; nobody is told when a game day begins."""
        armed = self._armed
        hidden = None if armed is None else replace(armed, at_ms=0, seed=0)
        return replace(self._view, armed=hidden)

    async def load(self, part: Any, context: ShowContext) -> None:
        """A drill is of the show that is open when it begins."""
        self._folder = context.folder

    async def start(self) -> None:
        """What was armed before is armed again."""
        try:
            self._armed = await asyncio.to_thread(self._file.read)
            last = await asyncio.to_thread(all_drills)
        except StudioError as error:
            _log.warning("%s", error.in_language("en"))
            return
        newest = tuple(without_others(record) for record in last[: -LAST - 1 : -1])
        self._view = replace(self._view, last=newest)
        self._state.touch(self.name)

    async def stop(self) -> None:
        """The drill ends with the studio."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None:
            await self._process.end()

    # -- one drill -----------------------------------------------------------------------------

    def begin(
        self, plans: tuple[str, ...], game: int, seed: int, team: str, *, has_hints: bool
    ) -> None:
        """Begins one.

        Raises:
            StudioError: conflict: one runs, or this is a shadow itself.
        """
        if self._process is not None:
            raise StudioError("conflict", "drill.runs")
        if is_drill():
            raise StudioError("conflict", "drill.is_shadow")
        request = DrillRequest(
            show=str(self._folder.resolve()), plans=plans, game=game, seed=seed, team=team,
            has_hints=has_hints,
        )  # fmt: skip
        self._view = DrillsView(
            stage="starting", team=team, has_hints=has_hints, last=self._view.last
        )
        self._process = DrillProcess(request, self._heard)
        self._state.touch(self.name)

    def say(self, word: DrillWord) -> None:
        """Hands on what somebody does.

        Raises:
            StudioError: conflict: no drill asks for it; denied: it is asked of a higher role, as
                outside of a drill.
        """
        view, is_answer = self._view, word.what == "answer"
        asked: Sequence[DrillAsk | DrillTask] = (
            view.asks if is_answer else [task for task in view.tasks if not task.by]
        )
        there = next((entry for entry in asked if entry.id == word.id), None)
        if self._process is None or there is None:
            raise StudioError("conflict", "drill.not_asked")
        if Role[word.role.upper()] < Role[there.role.upper()]:
            key = "plans.ask_role" if is_answer else "plans.post_role"
            raise StudioError("denied", key, role=there.role)
        self._process.say(word)

    async def end(self) -> None:
        """Ends it.

        Raises:
            StudioError: conflict: none runs.
        """
        if self._process is None:
            raise StudioError("conflict", "drill.none_runs")
        await self._process.end()

    def _heard(self, news: DrillNews) -> None:
        view = self._view
        if news.kind == "fault":
            self._view = replace(view, stage="running", number=news.number, count=news.count,
                                 hint=news.hint, asks=(), tasks=())  # fmt: skip
        elif news.kind == "people":
            self._view = replace(view, asks=news.asks, tasks=news.tasks)
        elif news.kind == "score" and news.score is not None:
            self._view = replace(view, last=(without_others(news.score), *view.last)[:LAST],
                                 asks=(), tasks=())  # fmt: skip
        elif news.kind == "end":
            why = ("", "")
            if news.error is not None:
                both = unpacked(news.error).in_both()
                why = both["zh"], both["en"]
            self._view = DrillsView(why=why, last=view.last)
            self._process = None
        self._state.touch(self.name)

    # -- the game day --------------------------------------------------------------------------

    async def arm(self, game: ArmedGame | None) -> ArmedGame | None:
        """Another game day, or none; returns the one before.

        Raises:
            StudioError: invalid (the window), failed.
        """
        fresh = None if game is None else with_moment(game, utc_ms())
        async with self._arming:
            before = self._armed
            await asyncio.to_thread(self._file.write, fresh)
            self._armed = fresh
        self._state.touch(self.name)
        return before

    def _look(self) -> None:
        """Has its moment come?"""
        game = self._armed
        if game is None or utc_ms() < game.at_ms or (self._task and not self._task.done()):
            return
        self._task = asyncio.get_running_loop().create_task(self._come(game), name="game day")

    async def _come(self, game: ArmedGame) -> None:
        async with self._arming:
            if self._armed is not game:  # disarmed a moment ago, or another one is
                return
            try:
                self._armed = self._begun_or_later(game, utc_ms())
            except StudioError as error:  # a window that is none, in a file that somebody wrote
                _log.warning("%s", error.in_language("en"))
                self._armed = None
            try:
                await asyncio.to_thread(self._file.write, self._armed)
            except StudioError as error:
                _log.warning("%s", error.in_language("en"))
        self._state.touch(self.name)

    def _begun_or_later(self, game: ArmedGame, now_ms: int) -> ArmedGame | None:
        # A studio that was off at its moment begins no drill after the window.
        if is_open(game, now_ms) and self._process is None and not self._is_on_air():
            self._tell("drill.game_begins", team=game.team or "-", faults=game.faults)
            self.begin((), game.faults, game.seed, game.team, has_hints=game.has_hints)
            return None
        fresh = later(game, now_ms)
        if fresh is None:
            self._tell("drill.game_left")
        return fresh

    def _is_on_air(self) -> bool:
        insight = self._state.get(["insight"]).get("insight")
        return bool(getattr(insight, "is_on_air", False))

    def _tell(self, key: str, **params: object) -> None:
        text = said(key, **params)
        self._events.publish(RoleTold(role="technician", text=text, level="amber"))
