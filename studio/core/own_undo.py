"""What somebody did and may take back: also where the way back is a command of more right."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from studio.core.asking import Asker

MOST = 20
"""Steps of one person that are remembered."""
MOST_PERSONS = 100
TAKES_AWAY = ("remove", "discard", "close")
"""Last words of commands that take something away whole."""


class OwnStep(NamedTuple):
    """A step and the one way back that was answered for it.

    Attributes:
        number: grows from step to step.
        who: whose it is (`Asker.individual`); origin: as the journal names them.
        did, given: the step's command and arguments.
        command, args: of the way back.
        least: the role that the step itself needed: without it nobody takes it back.
        is_undo: it took something back itself.
    """

    number: int
    who: str
    origin: str
    show: str
    did: str
    given: dict[str, Any]
    command: str
    args: dict[str, Any]
    least: int
    is_undo: bool = False


class OwnUndos:
    """The ways back that were answered, each once and word for word, in the show of the step.

    Whoever did a step may go its way back where they may not of their own right. What goes it is
    answered its own way back, which is remembered in turn.
    """

    def __init__(self) -> None:
        self._of: dict[str, deque[OwnStep]] = {}
        self._gone: deque[tuple[str, str, str, Any]] = deque(maxlen=MOST * MOST_PERSONS)
        self._numbers = itertools.count(1)

    def remember(
        self,
        asker: Asker,
        show: str,
        step: tuple[str, dict[str, Any]],
        undo: tuple[str, dict[str, Any]],
        least: int,
        *,
        is_undo: bool = False,
    ) -> None:
        """``asker`` did ``step``, and ``undo`` takes it back."""
        who = asker.individual
        steps = self._of.pop(who, None) or deque(maxlen=MOST)
        steps.append(
            OwnStep(
                next(self._numbers), who, asker.origin, show, step[0], _plain(step[1]),
                undo[0], _plain(undo[1]), least, is_undo,
            )
        )  # fmt: skip
        self._of[who] = steps  # the last of those who did something
        while len(self._of) > MOST_PERSONS:
            self._of.pop(next(iter(self._of)))

    def find(self, asker: Asker, show: str, command: str, args: dict[str, Any]) -> OwnStep | None:
        """The step to which exactly this was answered as the way back, and was not gone yet."""
        asked = (show, command, _plain(args))
        steps = self._of.get(asker.individual, ())
        return next(
            (step for step in reversed(steps) if (step.show, step.command, step.args) == asked),
            None,
        )

    def is_gone(self, asker: Asker, show: str, command: str, args: dict[str, Any]) -> bool:
        """Was this way back gone already?"""
        return (asker.individual, show, command, _plain(args)) in self._gone

    def forget(self, step: OwnStep) -> None:
        """It is taken back now."""
        steps = self._of.get(step.who)
        if steps and step in steps:
            steps.remove(step)
            self._gone.append((step.who, step.show, step.command, step.args))

    def last(self, asker: Asker, show: str) -> OwnStep | None:
        """The last step of ``asker`` in this show that can be taken back."""
        steps = self._of.get(asker.individual, ())
        own = (step for step in reversed(steps) if step.show == show and not step.is_undo)
        return next(own, None)

    def overtaken_by(self, step: OwnStep) -> OwnStep | None:
        """The step of another that has changed the same since; None where nobody has.

        A way back with ``instead_of`` leaves what another changed by itself.
        """
        if "instead_of" in step.args:
            return None
        return next((later for later in self._later(step) if _is_same(step, later)), None)

    def leave_show(self) -> None:
        """Another show is opened, or the same anew: nothing of before can be taken back."""
        self._of.clear()
        self._gone.clear()

    def _later(self, step: OwnStep) -> Iterator[OwnStep]:
        for who, steps in self._of.items():
            if who != step.who:
                for later in steps:
                    if later.number > step.number and later.show == step.show and not later.is_undo:
                        yield later


def _is_same(step: OwnStep, later: OwnStep) -> bool:
    """Would the way back of ``step`` undo what ``later`` did?"""
    mine, given = _flat(step.args), _flat(step.given)
    theirs, set_by_them = _flat(later.args), _flat(later.given)
    if step.command.rpartition(".")[2] in TAKES_AWAY and _is_about(step.command, mine, later):
        return True
    if step.command != step.did:
        is_reverse = later.command == step.did and theirs.items() <= given.items()
        return is_reverse or (later.command == step.command and mine == theirs)
    if later.did != step.did:
        return False
    if later.command != later.did:
        theirs = {}  # all that it gave is what it set
    for name in mine.keys() & set_by_them.keys():
        is_name = given.get(name, _NONE) == mine[name]
        if is_name and theirs.get(name, _NONE) == set_by_them[name] != mine[name]:
            return False  # the same of something else
    return any(
        name in mine and mine[name] != value
        for name, value in set_by_them.items()
        if theirs.get(name, _NONE) != value
    )


def _is_about(command: str, args: dict[str, Any], later: OwnStep) -> bool:
    """Did ``later`` work on what ``command`` takes away?"""
    room, given = command.partition(".")[0], _flat(later.given)
    names = [value for value in args.values() if isinstance(value, str) and value]
    if later.did.partition(".")[0] == room:
        return any(value in names for value in given.values() if isinstance(value, str))
    return given.get(room.removesuffix("s")) in names  # a step of "items" names its "scene"


_NONE = object()


def _flat(args: dict[str, Any]) -> dict[str, Any]:
    """Arguments, those that are objects by their fields."""
    flat: dict[str, Any] = {}
    for name, value in args.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat


def _plain(args: dict[str, Any]) -> Any:
    """As it comes back over the wire."""
    return _listed(msgspec.to_builtins(args, enc_hook=str))


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(part) for name, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value
