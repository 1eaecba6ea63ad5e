"""Every command × every role, with and without a scope, against a table kept by hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from studio.core.asking import Asker, asked_by, asking
from studio.core.command import Bus, Changed, Role, Spec
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.remote import listing
from studio.remote.rights import matrix

TABLE = Path(__file__).parents[1] / "data" / "rights.txt"
"""``command role`` a line: the least role that may run it. A changed right is changed here too."""
SCOPE = ("shop.*", "offers.*", "remote.token_*")


def table() -> dict[str, Role]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return {command: Role[role.upper()] for command, role in (line.split() for line in lines)}


class _Nothing(msgspec.Struct):
    pass


def _bus() -> Bus:
    """The real bus with the real rights; what is let through does nothing."""
    events = Events()
    bus = Bus(events, State(events, lambda work: None))
    for spec in listing.specs():
        bare: Spec = replace(spec, args=_Nothing, needs_confirm=False, secret_args=frozenset())
        bus._commands[spec.id] = (bare, Changed)
    return bus


def test_the_table_is_the_commands() -> None:
    kept = table()
    assert {spec.id: spec.role for spec in listing.specs()} == kept
    for row in matrix(SCOPE):
        least, is_lent = kept[row["command"]], not Asker(without=SCOPE).may_not(row["command"])
        assert [row[role.name.lower()] for role in Role] == [
            is_lent and role >= least for role in Role
        ]


@pytest.mark.parametrize("without", [(), SCOPE], ids=["whole", "scoped"])
def test_each_cell_on_the_bus(without: tuple[str, ...]) -> None:
    """A right is checked once, on the bus: here as the desk, the door, a plan and a plugin run."""
    bus, kept = _bus(), table()

    async def may(command: str, role: Role, how: str) -> bool:
        try:
            if how == "given":
                with asked_by(Asker(Role.OWNER, True, "door", without)):
                    await bus.run(command, role=role, origin=how)
            else:  # the right of whoever is behind it holds, whatever the plan or plugin says
                with asked_by(Asker(role, False, "door", without)):
                    await bus.run(command, role=Role.OWNER, origin=how)
        except StudioError as error:
            return error.code != "denied"
        return True

    async def every() -> list[str]:
        wrong = []
        for command, least in kept.items():
            is_lent = not any(command.startswith(pattern.rstrip("*")) for pattern in without)
            for role in Role:
                for how in ("given", "plan:x", "plugin:x"):
                    if await may(command, role, how) != (is_lent and role >= least):
                        wrong.append(f"{command} {role.name} {how}")
        return wrong

    assert not asyncio.run(every())


def test_nobody_gains_by_asking_through_another() -> None:
    first, second = Asker(4, True, "a", ("shop.*",)), Asker(4, True, "b", ("offers.*",))
    with asked_by(first), asked_by(second):
        assert asking().may_not("shop.price")
        assert asking().may_not("offers.start")
        assert not asking().may_not("scenes.take")
