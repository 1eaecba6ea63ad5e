"""The second person: a red command waits until somebody else agrees, or its time is over."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from studio.core.asking import Asker, asking
from studio.core.clean import write_json
from studio.core.clock import NS, now_ns, utc_ms, utc_of
from studio.core.command import Bus, Changed, Role, Spec
from studio.core.credentials import masked
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.redact import HIDDEN
from studio.governance.rights.model import AskedView, RedRule

_log = logger(__name__)
MOST_ASKED = 20
ONE_AT_THE_MACHINE = frozenset(("here", "owner"))
"""Whoever sits at the machine has the password, too: they are not two people."""
LONGEST_WORDS = 200


_agreed: contextvars.ContextVar[str] = contextvars.ContextVar("agreed", default="")
"""The command that somebody else agreed to, where it runs."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command that waits.

    Attributes:
        context: in which it was asked: it runs with the right of whoever asked.
    """

    view: AskedView
    spec: Spec
    args: dict[str, Any]
    asker: Asker
    context: contextvars.Context
    ends_ns: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.spec.id, self.asker.person, self.view.words


class SecondPerson:
    """Stops red commands at the bus until a reason is given and somebody else agrees.

    What the engine does by itself, an emergency plan's run among it, waits for nobody.

    Args:
        bus: where commands run.
        rules: those that hold now.
        touch: told when what waits has changed.
    """

    def __init__(
        self,
        bus: Bus,
        rules: Callable[[], Sequence[RedRule]],
        touch: Callable[[], None],
    ) -> None:
        self._bus, self._rules, self._touch = bus, rules, touch
        self._asked: dict[str, _Asked] = {}
        self._numbers = itertools.count(1)
        bus.gate(self.check)

    @property
    def views(self) -> tuple[AskedView, ...]:
        """What waits, the oldest first."""
        return tuple(asked.view for asked in self._asked.values())

    def check(self, spec: Spec, args: dict[str, Any]) -> None:
        """The gate of the bus.

        Raises:
            StudioError: invalid: no reason; denied: it waits for somebody else now.
        """
        asker = asking()
        if not asker.person:
            return
        rules = [rule for rule in self._rules() if fnmatchcase(spec.id, rule.commands)]
        if not rules:
            return
        if any(rule.needs_reason for rule in rules) and not asker.reason:
            raise StudioError("invalid", "rights.needs_reason", command=spec.id)
        seconds = [rule.within_s for rule in rules if rule.needs_second]
        if not seconds or _agreed.get() == spec.id:
            return
        asked = self._ask(spec, args, asker, min(seconds))
        raise StudioError(
            "denied", "rights.needs_second", command=spec.id, id=asked.view.id, s=min(seconds)
        )

    def _ask(self, spec: Spec, args: dict[str, Any], asker: Asker, within_s: int) -> _Asked:
        plain = msgspec.to_builtins(args)
        shown = {k: (HIDDEN if k in spec.secret_args else v) for k, v in masked(plain).items()}
        words = write_json(shown, default=str)[:LONGEST_WORDS] if shown else ""
        self.end_late()
        for asked in self._asked.values():
            if asked.key == (spec.id, asker.person, words):
                return asked  # asked again: it waits already
        if len(self._asked) >= MOST_ASKED:
            raise StudioError("conflict", "rights.too_many_asked", most=MOST_ASKED)
        view = AskedView(
            id=str(next(self._numbers)), command=spec.id, label=(spec.label.zh, spec.label.en),
            words=words, asked_by=asker.person, reason=asker.reason,
            until=utc_of(utc_ms() / 1000 + within_s),
        )  # fmt: skip
        asked = _Asked(
            view, spec, dict(plain), asker, contextvars.copy_context(), now_ns() + within_s * NS
        )
        self._asked[view.id] = asked
        self._touch()
        return asked

    async def agree(self, id: str) -> Changed:
        """Runs it with the right of whoever asked; somebody else must agree, who may do it too.

        Raises:
            StudioError: not_found (over, unknown), denied, or what the command says.
        """
        asked = self._get(id)
        asker = asking()
        both = {asker.person, asked.asker.person}
        if len(both) == 1 or both <= ONE_AT_THE_MACHINE:
            raise StudioError("denied", "rights.same_person", command=asked.spec.id)
        self._bus.check_right(asked.spec, asker)
        del self._asked[id]
        self._touch()
        return await asyncio.get_running_loop().create_task(
            self._run(asked), context=asked.context
        )  # fmt: skip

    async def _run(self, asked: _Asked) -> Changed:
        args = {**asked.args, **({"confirm": True} if asked.spec.needs_confirm else {})}
        if "reason" not in asked.spec.args.__struct_fields__:
            args["reason"] = asked.view.reason
        _agreed.set(asked.spec.id)  # in the context of this task alone
        try:
            return await self._bus.run(
                asked.spec.id, args, role=Role(asked.asker.role), origin=asked.asker.origin,
                is_here=asked.asker.is_here,
            )  # fmt: skip
        finally:
            _agreed.set("")

    def refuse(self, id: str) -> None:
        """It does not run.

        Raises:
            StudioError: not_found.
        """
        del self._asked[self._get(id).view.id]
        self._touch()

    def keep(self, persons: Collection[str]) -> None:
        """Who is no more has nothing that waits."""
        gone = [id for id, asked in self._asked.items() if asked.asker.person not in persons]
        for id in gone:
            del self._asked[id]
        if gone:
            self._touch()

    def end_late(self) -> None:
        """What nobody agreed to in time is over."""
        late = [id for id, asked in self._asked.items() if now_ns() >= asked.ends_ns]
        for id in late:
            _log.info("nobody agreed to %s in time", self._asked[id].spec.id)
            del self._asked[id]
        if late:
            self._touch()

    def _get(self, id: str) -> _Asked:
        self.end_late()
        asked = self._asked.get(id)
        if asked is None:
            raise StudioError("not_found", "rights.not_asked", id=id)
        return asked
