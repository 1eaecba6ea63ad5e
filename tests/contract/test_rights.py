"""Every command × every role, with and without a scope, against a table kept by hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from studio.core.asking import Asker, Scope, asked_by, asking
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


READS = ("privacy.export", "privacy.find", "privacy.requests", "privacy.unmask",
         "reach.write")  # fmt: skip
"""Commands that give personal data out, by hand."""
WAYS = ("desk", "cli", "remote:phone", "plan:x", "plugin:x")
BOUND = ("remote:phone", "plan:x")
"""Whose right has a scope; all else is as without one."""
SCOPES = {
    "whole": ((), ()),
    "lent without": (SCOPE, ()),
    "operator": ((), (Scope(without=SCOPE),)),
    "only": ((), (Scope(only=("scenes.*", "privacy.*")),)),
    "this show": ((), (Scope(shows=("A",)),)),
    "other show": ((), (Scope(shows=("B", "C")),)),
    "nobody's data": ((), (Scope(data=()),)),
}


EASY = ("operator", "only", "this show", "other show", "nobody's data")


def is_in(name: str, command: str) -> bool:
    """The table's word on a scope, told without its code."""
    if name in ("lent without", "operator"):
        return not command.startswith(("shop.", "offers.", "remote.token_"))
    if name == "only":
        return command.startswith(("scenes.", "privacy."))
    return name != "other show" and not (name == "nobody's data" and command in READS)


def test_what_gives_personal_data_out_is_known() -> None:
    assert tuple(spec.id for spec in listing.specs() if spec.reads) == READS


@pytest.mark.parametrize("scope", SCOPES)
def test_each_cell_on_the_bus(scope: str) -> None:
    """A right is checked once, on the bus, for desk, command line, door, plan and plugin alike."""
    bus, kept = _bus(), table()
    bus.show = "A"
    without, scopes = SCOPES[scope]

    async def may(command: str, role: Role, how: str) -> bool:
        is_outside = how in ("desk", "cli", "remote:phone")
        try:
            if is_outside:  # the door says who it is (`studio.remote.session`)
                with asked_by(Asker(role, how != "remote:phone", how, without, scopes, "x")):
                    await bus.run(command, role=role, origin=how)
            else:  # the right of whoever is behind it holds, whatever the plan or plugin says
                with asked_by(Asker(role, False, "door", without, scopes)):
                    await bus.run(command, role=Role.OWNER, origin=how)
        except StudioError as error:
            return error.code != "denied"
        return True

    async def every() -> list[str]:
        return [
            f"{command} {role.name} {how}"
            for command, least in kept.items()
            for role in Role
            for how in (BOUND if scope in EASY else WAYS)
            if await may(command, role, how) != (is_in(scope, command) and role >= least)
        ]

    assert not asyncio.run(every())


def test_nobody_gains_by_asking_through_another() -> None:
    first, second = Asker(4, True, "a", ("shop.*",)), Asker(4, True, "b", ("offers.*",))
    with asked_by(first), asked_by(second):
        assert asking().may_not("shop.price")
        assert asking().may_not("offers.start")
        assert not asking().may_not("scenes.take")
