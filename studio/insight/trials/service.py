"""Experiments as a service: whose turn it is now, told when it changes, switched where asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from studio.core.clock import now_ns, utc_ms, utc_of
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.service import Every, Service
from studio.core.state import State
from studio.insight.events import ExperimentSwitched
from studio.insight.metrics import metrics
from studio.insight.model import LabelPair
from studio.insight.trial_commands import TrialCommands
from studio.insight.trials.book import TrialBook
from studio.insight.trials.model import Trial, TrialsView, TrialView
from studio.insight.trials.slots import Slot, slot_at
from studio.insight.trials.switching import AirState, TrialSwitcher

_log = logger(__name__)
LOOK_S = 1.0
ENDED = 5


class TrialService(Service):
    """Says which way is due; its arms' commands switch, else a person or a plan at the event.

    Args:
        file: where experiments are kept.
        bus: runs the arms' commands.
        air: is the show on air?
        events, state: heard and told.
    """

    name: ClassVar[str] = "trials"
    View: ClassVar[Any] = TrialsView

    def __init__(self, file: Path, bus: Bus, air: AirState, events: Events, state: State) -> None:
        self.book = TrialBook(file)
        self._events, self._state = events, state
        self._trials: tuple[Trial, ...] = ()
        self._began_ns: dict[str, int] = {}
        self._turns: dict[str, int] = {}
        self._switcher = TrialSwitcher(bus, self.book, air, events, self.changed)
        self._is_begun = False
        self._commands = TrialCommands(self.book, bus, self._switcher, self.changed)
        self.every = (Every("trials", LOOK_S, self._look),)

    def commands(self) -> Sequence[object]:
        """Plan, start, count, end, result."""
        return (self._commands,)

    def view(self) -> TrialsView:
        """As it is now."""
        running = tuple(self._seen(trial) for trial in self._trials if not trial.ended_utc)
        ended = [self._seen(trial) for trial in self._trials if trial.ended_utc][-ENDED:]
        return TrialsView(running=running, ended=tuple(reversed(ended)))

    async def start(self) -> None:
        """Goes on with what runs."""
        try:
            self.changed(await asyncio.to_thread(lambda: self.book.all))
        except StudioError as error:
            _log.warning("experiments cannot be read: %s", error)
        await self._switcher.begin()
        self._is_begun = True

    async def stop(self) -> None:
        """Nothing switches any more."""
        self._is_begun = False
        await self._switcher.close()

    def changed(self, trials: tuple[Trial, ...]) -> None:
        """There are other ones."""
        self._trials = trials
        for trial in trials:
            if trial.id not in self._began_ns:
                # From here on by the monotonic clock: a wall clock that jumps moves no turn.
                ago_ms = max(0, utc_ms() - trial.began_ms)
                self._began_ns[trial.id] = now_ns() - ago_ms * 1_000_000
        self._look()
        self._state.touch(self.name)

    def _look(self) -> None:
        for trial in self._trials:
            if trial.ended_utc or trial.unit != "time":
                continue
            turn = self._turn(trial)
            if trial.switches and self._is_begun:
                self._switcher.look(trial, turn, self._ms(trial))
            if self._turns.get(trial.id) != turn.number:
                self._turns[trial.id] = turn.number
                self._events.publish(ExperimentSwitched(
                    experiment=trial.id, idea=trial.idea, arm=turn.arm, pair=turn.pair + 1,
                    way=trial.b if turn.arm == "b" else trial.a,
                ))  # fmt: skip
                self._state.touch(self.name)

    def _ms(self, trial: Trial) -> int:
        return (now_ns() - self._began_ns[trial.id]) // 1_000_000

    def _turn(self, trial: Trial) -> Slot:
        return slot_at(bytes.fromhex(trial.secret), self._ms(trial))

    def _over(self, trial: Trial) -> int:
        """Slots that are over."""
        ms = trial.ended_ms - trial.began_ms if trial.ended_utc else self._ms(trial)
        return slot_at(bytes.fromhex(trial.secret), ms).number

    def _seen(self, trial: Trial) -> TrialView:
        known = metrics()
        labels = [known[name].label for name in trial.guards if name in known]
        turn = self._turn(trial) if trial.unit == "time" and not trial.ended_utc else None
        until = "" if turn is None else utc_of((trial.began_ms + turn.ends_ms) / 1000)
        metric = known[trial.metric].label if trial.metric in known else LabelPair(trial.metric)
        return TrialView(
            id=trial.id, label=trial.label, a=trial.a, b=trial.b, unit=trial.unit, metric=metric,
            guards=tuple(labels), effect=trial.effect, pairs=trial.pairs, viewers=trial.viewers,
            commitment=trial.commitment, coin=trial.secret if trial.ended_utc else "",
            arm=turn.arm if turn else "", pair=turn.pair + 1 if turn else 0, until_utc=until,
            began_utc=trial.began_utc, ended_utc=trial.ended_utc, operator=trial.by,
            counts=trial.counts, a_source=trial.a_source, b_source=trial.b_source,
            switches=trial.switches, clean=len(trial.clean),
            spoiled=self._over(trial) - len(trial.clean) if trial.switches else 0,
            is_held=trial.is_held, held_why=trial.held_why, ended_why=trial.ended_why,
        )  # fmt: skip
