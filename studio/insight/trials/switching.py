"""Switches the picture at the turns of an experiment, and back: a person's hand always wins."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from studio.core.asking import asked_by, asking
from studio.core.command import Bus, Changed, CommandRan, Spec
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.events import ExperimentEnded, ExperimentHeld
from studio.insight.trials.arms import ORIGIN, TAKEN_OUT, asker_of, left_by, origin_of, touches
from studio.insight.trials.book import TrialBook
from studio.insight.trials.model import ArmCommand, ArmUndo, Trial, TrialResult
from studio.insight.trials.slots import DROPPED_MS, Slot, slot

_log = logger(__name__)
HANDS = frozenset({"desk", "remote", "cli", "plan", "rundown", "plugin", "engine"})
OTHER_SHOW = frozenset({"show.open", "show.new", "show.save_as", "show.keep"})


class AirState(Protocol):
    """Is the show on air (`studio.insight.board.Board`)?"""

    is_on_air: bool


@dataclass(slots=True)
class SlotRun:
    """An experiment's slot as it runs.

    Attributes:
        number: of the slot; -1 before the first.
        is_on: its arm may be on the picture.
        is_clean: its arm was there from the first minute on, and nobody touched it.
    """

    number: int = -1
    is_on: bool = False
    is_clean: bool = False


class TrialSwitcher:
    """Runs the arms' commands. Lives on the engine loop; one switches at a time.

    What takes a command back is on the disk before the checkpoint that has what it did, so that a
    killed engine leaves nothing of it; what an arm itself declares is there before its command.

    Args:
        bus: commands run with the right of whoever started the experiment.
        book: keeps experiments.
        air: the picture is switched while the show is on air alone.
        events: heard and told.
        told: of what there is after each change.
    """

    def __init__(
        self,
        bus: Bus,
        book: TrialBook,
        air: AirState,
        events: Events,
        told: Callable[[tuple[Trial, ...]], None],
    ) -> None:
        self._bus, self._book, self._air = bus, book, air
        self._events, self._told = events, told
        self._runs: dict[str, SlotRun] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._does: ArmCommand | None = None
        events.on(CommandRan, self._ran)
        bus.after(self._done, is_first=True)
        bus.gate(self._other_show)

    # -- turns ---------------------------------------------------------------------------------

    def look(self, trial: Trial, turn: Slot, ms: int) -> None:
        """A second is over.

        Args:
            ms: since the experiment's beginning.
        """
        run = self._runs.setdefault(trial.id, SlotRun())
        is_on = self._air.is_on_air and self._bus.show == trial.show and not trial.is_held
        if (run.number, run.is_on) == (turn.number, is_on):
            return
        before = SlotRun(run.number, run.is_on, run.is_clean)
        is_early = ms - turn.begins_ms <= DROPPED_MS
        run.number, run.is_on, run.is_clean = turn.number, is_on, False
        self._soon(self._switch(trial.id, turn, before, applies=is_on and is_early))

    async def begin(self) -> None:
        """Takes back what the engine before left on the picture."""
        async with self._turn:
            for trial in self._book.known:
                if trial.back and trial.show == self._bus.show:
                    await self._take_back(trial.id)

    async def close(self) -> None:
        """The engine ends: what is on the picture is taken back at its next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def leave(self, id: str) -> None:
        """The experiment is over: nothing of it stays on the picture."""
        async with self._turn:
            self._runs.pop(id, None)
            await self._take_back(id)

    async def _switch(self, id: str, turn: Slot, before: SlotRun, *, applies: bool) -> None:
        async with self._turn:
            if before.is_clean and turn.number > before.number:
                await self._keep(id, clean=before.number)
            await self._take_back(id)
            trial = self._of(id)
            if trial is None or trial.ended_utc:
                return
            if applies and not trial.is_held and not self._is_emergency():
                await self._apply(trial, turn)
        if turn.number % 2 == 0 and turn.number > max(0, before.number) and before.is_on:
            await self._judge(id)

    def _is_emergency(self) -> bool:
        """Is a plan at work? Then the picture is its own."""
        view = self._bus.state.get(["plans"]).get("plans")
        return bool(getattr(view, "runs", ()))

    async def _apply(self, trial: Trial, turn: Slot) -> None:
        run = self._runs.get(trial.id)
        for does in trial.b_does if turn.arm == "b" else trial.a_does:
            if run is None or not run.is_on or run.number != turn.number:
                return  # a person's hand, or the experiment is over
            try:
                if does.undo is not None:
                    way = ArmUndo(does.undo.command, does.undo.args, does.command, does.args)
                    await self._keep(trial.id, back=way)
                self._does = does
                done = await self._run(trial, does.command, does.args)
                if does.undo is None and done.undo is None:
                    raise StudioError("failed", "experiment.no_undo", command=does.command)
            except StudioError as error:
                await self._take_back(trial.id)
                await self._hold(trial.id, error.in_language())
                _log.warning("experiment %s: %s", trial.id, error)
                return
        if run is not None:
            run.is_clean = run.is_on and run.number == turn.number

    async def _done(self, changed: Changed) -> None:
        """A command was done: if it is an arm's, its way back is kept first of all."""
        does, origin = self._does, asking().origin
        if does is None or not origin.startswith(ORIGIN):
            return
        self._does = None
        if does.undo is None and changed.undo is not None:
            way = ArmUndo(*changed.undo, does.command, does.args)
            await self._keep(origin.removeprefix(ORIGIN), back=way)

    async def _run(self, trial: Trial, command: str, args: dict[str, Any]) -> Changed:
        with asked_by(asker_of(trial)):
            return await self._bus.run(
                command, dict(args), origin=origin_of(trial.id), is_text=True,
                is_here=trial.right.is_here,
            )  # fmt: skip

    async def _take_back(self, id: str) -> None:
        trial = self._of(id)
        if trial is None or not trial.back:
            return
        self._does = None
        for step in reversed(trial.back):
            try:
                await self._run(trial, step.command, step.args)
            except StudioError as error:
                _log.warning("experiment %s: %s", id, error)
                self._events.publish(ExperimentHeld(experiment=id, why=str(error)))
        await self._keep(id)

    # -- a person's hand -----------------------------------------------------------------------

    def _ran(self, ran: CommandRan) -> None:
        if not ran.ok or ran.origin.startswith(ORIGIN):
            return
        for trial in self._book.known:
            run = self._runs.get(trial.id)
            if run is None or trial.ended_utc or trial.is_held or not trial.switches:
                continue
            arm = self._arm(trial, run)
            is_gone = ran.command in TAKEN_OUT and ran.args.get("name") == trial.right.person != ""
            if is_gone or (run.is_on and touches(ran, trial, arm)):
                run.is_on = run.is_clean = False
                self._soon(self._let_go(trial.id, ran))

    @staticmethod
    def _arm(trial: Trial, run: SlotRun) -> str:
        return slot(bytes.fromhex(trial.secret), max(0, run.number)).arm

    async def _let_go(self, id: str, ran: CommandRan) -> None:
        """What the hand touched stays as it is; the rest of the arm is taken back."""
        async with self._turn:
            trial = self._of(id)
            if trial is None or trial.is_held or trial.ended_utc:
                return
            await self._keep(id, backs=left_by(ran, trial.back))
            await self._take_back(id)
            by = ran.origin.partition(" ")[0].partition(":")[0]
            # A client may bear a person's name: that is nobody's business here.
            await self._hold(id, f"{ran.command} ({by})" if by in HANDS else ran.command)

    async def _hold(self, id: str, why: str) -> None:
        await asyncio.to_thread(self._book.hold, id, why)
        self._told(self._book.known)
        self._events.publish(ExperimentHeld(experiment=id, why=why))

    async def _other_show(self, spec: Spec, args: dict[str, Any]) -> None:
        """Another show is opened: this one is kept as it was."""
        if spec.id in OTHER_SHOW:
            async with self._turn:
                for trial in self._book.known:
                    if trial.back:
                        self._runs.pop(trial.id, None)
                        await self._take_back(trial.id)

    # -- its end -------------------------------------------------------------------------------

    async def _judge(self, id: str) -> None:
        """A pair is over: a winner, a guard or a broken split ends it."""
        running = [trial for trial in self._book.known if not trial.ended_utc]
        chosen = [trial for trial in running if trial.id == id]
        if not chosen:
            return
        others = [trial for trial in running if trial.id != id]
        try:
            reply = await analyse_apart(AnalysisRequest("trials", trials=(*chosen, *others)))
        except StudioError as error:
            _log.warning("an experiment cannot be judged: %s", error)
            return
        if reply.trials:
            await self.judged(reply.trials[0])

    async def judged(self, result: TrialResult) -> None:
        """Ends the experiment where its result says so."""
        if result.verdict == "open":
            return
        try:
            await asyncio.to_thread(self._book.end, result.id, result.verdict)
        except StudioError:
            return  # a person was faster
        await self.leave(result.id)
        self._told(self._book.known)
        self._events.publish(ExperimentEnded(experiment=result.id, why=result.verdict))

    # -- keeping -------------------------------------------------------------------------------

    def _of(self, id: str) -> Trial | None:
        return next((trial for trial in self._book.known if trial.id == id), None)

    async def _keep(
        self,
        id: str,
        *,
        clean: int | None = None,
        back: ArmUndo | None = None,
        backs: tuple[ArmUndo, ...] = (),
    ) -> None:
        """A slot that counts; else one way back more, or those that are left."""
        if clean is not None:
            await asyncio.to_thread(self._book.count_slot, id, clean)
        elif back is not None:
            await asyncio.to_thread(self._book.add_back, id, back)
        else:
            await asyncio.to_thread(self._book.put_back, id, backs)
        self._told(self._book.known)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        """With nobody's right but the engine's: `_run` takes that of whoever started."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(
            self._guarded(work), name="experiment", context=contextvars.Context()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StudioError as error:
            _log.warning("%s", error)
