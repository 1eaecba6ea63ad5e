"""Rights as a service: who there is, what waits for a second person, who broke the glass."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from studio.core.asking import asking
from studio.core.command import Bus, CommandRan
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.glass import GlassCase
from studio.governance.rights.model import OperatorView, RightsView
from studio.governance.rights.second import SecondPerson
from studio.governance.rights_commands import GlassCommands, RightsCommands, SecondCommands

_log = logger(__name__)
LOOK_S = 1.0


class RightsService(Service):
    """Operators, their devices, the second person and the broken glass.

    Args:
        book: of operators.
        bus: checks rights, and waits at red commands.
        events, state: heard and told.
    """

    name: ClassVar[str] = "rights"
    View: ClassVar[Any] = RightsView

    def __init__(self, book: OperatorBook, bus: Bus, events: Events, state: State) -> None:
        self._book, self._bus, self._state = book, bus, state
        self.second = SecondPerson(bus, lambda: book.red, self._touch)
        self.glass = GlassCase(book, events)
        events.on(CommandRan, self._ran)
        book.listen(self._changed)
        self.every = (Every("rights", LOOK_S, self._look),)
        self._shown = self.view()
        self._saving: asyncio.Task[None] | None = None
        self._commands = (
            RightsCommands(book, bus),
            SecondCommands(book, self.second),
            GlassCommands(self.glass),
        )

    def commands(self) -> Sequence[object]:
        """Operators, red rules, the second person, the glass."""
        return self._commands

    async def load(self, part: Any, context: ShowContext) -> None:
        """The open show: rights may be bound to it."""
        self._bus.leave_show(context.name)

    def view(self) -> RightsView:
        """As it is now."""
        here = self._book.present()
        devices = {entry.name: self._book.devices(entry.name) for entry in self._book.operators}
        return RightsView(
            operators=tuple(
                OperatorView(
                    operator=operator,
                    devices=tuple(devices[operator.name]),
                    is_here=not here.isdisjoint(devices[operator.name]),
                    has_glass=self._book.glass_of(operator.name) is not None,
                )
                for operator in self._book.operators
            ),
            devices=tuple(self._book.devices("")),
            red=self._book.red,
            asked=self.second.views,
            glass=self._book.glass[-20:],
        )

    def _look(self) -> None:
        """Who came or went, what is over."""
        self.second.end_late()
        if self._book.is_noted and (self._saving is None or self._saving.done()):
            self._saving = asyncio.get_running_loop().create_task(self._save(), name="glass")
        now = self.view()
        if now != self._shown:
            self._shown = now
            self._touch()

    async def _save(self) -> None:
        try:
            await asyncio.to_thread(self._book.save_noted)
        except StudioError as error:
            _log.warning("what was done with full rights is not kept yet: %s", error)

    async def stop(self) -> None:
        """What was noted is written."""
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._save()

    def _changed(self, ended: str) -> None:
        operators = {operator.name for operator in self._book.operators}
        self.second.keep({"here", "owner", *operators, *self._book.devices()})
        self._touch()

    def _touch(self) -> None:
        self._state.touch(self.name)

    def _ran(self, ran: CommandRan) -> None:
        if ran.ok:
            self.glass.ran(asking().person, ran.command)
