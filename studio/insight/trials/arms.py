"""What an arm of an experiment does to the picture: which commands it may have, and whose hand
touches the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from studio.core.asking import Asker
from studio.core.command import Bus, CommandRan
from studio.core.errors import StudioError
from studio.insight.trials.model import ArmCommand, ArmUndo, StarterRight, Trial

ROOMS = frozenset({"scenes", "items", "cards", "brand", "filters", "tryon"})
IDS = frozenset({"shop.card", "shop.explain", "sources.set"})
"""The picture alone: no price, stock, order, output or right of a person is ever an arm's."""
NEVER_VERBS = frozenset({
    "add", "remove", "restore", "put", "put_back", "regroup", "set_all", "reset", "copy", "rename",
    "move", "canvas", "studio_mode", "import",
})  # fmt: skip
"""What makes, takes away or moves parts of a show, and undo's other halves."""
TAKES = frozenset(f"scenes.{verb}" for verb in
                  ("take", "standby", "back", "tbar", "put_air", "preview"))  # fmt: skip
ORIGIN = "experiment:"
TARGETS = ("id", "name", "scene", "item", "source", "filter", "canvas", "product")
TAKEN_OUT = ("rights.remove", "remote.token_remove")


def origin_of(id: str) -> str:
    """Who asks, for the journal."""
    return f"{ORIGIN}{id}"


def right_of(asker: Asker) -> StarterRight:
    """The right of whoever starts: an arm never has more."""
    return StarterRight(asker.role, asker.is_here, asker.without, asker.scopes, asker.person)


def asker_of(trial: Trial) -> Asker:
    """As the bus knows it."""
    right = trial.right
    return Asker(
        right.role, right.is_here, origin_of(trial.id), right.without, right.scopes, right.person
    )


def check_arm(bus: Bus, asker: Asker, commands: tuple[ArmCommand, ...]) -> None:
    """May this be an arm's?

    Raises:
        StudioError: not_found, invalid, denied.
    """
    for asked in commands:
        spec = bus.find(asked.command)
        if spec is None:
            raise StudioError("not_found", "command.not_found", command=asked.command)
        room, _, verb = asked.command.partition(".")
        is_picture = asked.command in IDS or (room in ROOMS and verb not in NEVER_VERBS)
        if not is_picture or spec.needs_confirm or spec.secret_args or spec.reads:
            raise StudioError("denied", "experiment.not_an_arm", command=asked.command)
        bus.check_right(spec, asker)
        try:
            msgspec.convert(asked.args, spec.args, strict=False)
        except msgspec.ValidationError as error:
            raise StudioError(
                "invalid", "command.invalid", command=asked.command, why=str(error)
            ) from None
        if asked.undo is not None:
            undo = bus.find(asked.undo.command)
            if undo is None:
                raise StudioError("not_found", "command.not_found", command=asked.undo.command)
            is_picture = asked.undo.command in IDS or undo.id.partition(".")[0] in ROOMS
            if not is_picture or undo.needs_confirm or undo.secret_args or undo.reads:
                raise StudioError("denied", "experiment.not_an_arm", command=asked.undo.command)
            bus.check_right(undo, asker)


def is_touched(ran: CommandRan, command: str, args: Mapping[str, Any]) -> bool:
    """Does what somebody did touch what this command did?"""
    both = [(ran.args.get(name), args.get(name)) for name in TARGETS]
    if ran.command in TAKES and command in TAKES:
        theirs, ours = ran.args.get("canvas"), args.get("canvas")
        return not theirs or not ours or theirs == ours
    if ran.command != command:
        return False
    return all(str(theirs) == str(ours) for theirs, ours in both
               if theirs is not None and ours is not None)  # fmt: skip


def touches(ran: CommandRan, trial: Trial, arm: str) -> bool:
    """Does what somebody did touch what an arm does, or the way back from it?"""
    does = trial.b_does if arm == "b" else trial.a_does
    ways = [(step.command, step.args) for step in does]
    ways += [(step.command, step.args) for step in trial.back]
    return any(is_touched(ran, command, args) for command, args in ways)


def left_by(ran: CommandRan, back: tuple[ArmUndo, ...]) -> tuple[ArmUndo, ...]:
    """The ways back that a person's hand has not made void."""
    return tuple(
        step for step in back
        if not is_touched(ran, step.command, step.args)
        and not (step.of and is_touched(ran, step.of, step.of_args))
    )  # fmt: skip
