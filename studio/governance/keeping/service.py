"""Keeping as a service: counts now and then what is due; drops nothing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.service import Every, Service
from studio.core.state import State
from studio.governance.keeping.keeper import RULES, Keeper
from studio.governance.keeping.model import Due, KeepingView, RuleView
from studio.governance.keeping_commands import KeepingCommands

_log = logger(__name__)
LOOK_S, AGAIN_NS = 60.0, 6 * 3600 * NS


class KeepingService(Service):
    """Tells what is over its time.

    Args:
        keeper: knows the rules.
        state: told of changes.
    """

    name: ClassVar[str] = "keeping"
    View: ClassVar[Any] = KeepingView

    def __init__(self, keeper: Keeper, state: State) -> None:
        self._keeper, self._state = keeper, state
        self._view = KeepingView(rules=tuple(RuleView(rule=rule) for rule in RULES))
        self._looked_ns = 0
        self._task: asyncio.Task[None] | None = None
        self._commands = KeepingCommands(keeper, self.look, self.show)
        self.every = (Every("keeping", LOOK_S, self._look_again),)

    def commands(self) -> Sequence[object]:
        """Due, days, holds, drop."""
        return (self._commands,)

    def view(self) -> KeepingView:
        """As it was counted last."""
        return self._view

    async def start(self) -> None:
        """Counts, beside what is more urgent."""
        self._look_again()

    async def stop(self) -> None:
        """Ends the counting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _look_again(self) -> None:
        is_due = not self._looked_ns or now_ns() - self._looked_ns > AGAIN_NS
        if is_due and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self.look(), name="keeping")

    async def look(self) -> None:
        """Counts what is due, in a thread; what cannot be told is in the log."""
        self._looked_ns = now_ns()
        try:
            await self.show(await asyncio.to_thread(self._keeper.due))
        except StudioError as error:
            _log.warning("what is due cannot be told: %s", error)

    async def show(self, due: Sequence[Due]) -> None:
        """Takes over what was found to be due.

        Raises:
            StudioError: failed: the rules cannot be read.
        """
        view = await asyncio.to_thread(self._keeper.view, due)
        if view != self._view:
            self._view = view
            self._state.touch(self.name)
