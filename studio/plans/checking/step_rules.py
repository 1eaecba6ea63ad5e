"""Faults of single steps: commands and what they name, questions, waits, placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from studio.core.json_lines import Place
from studio.plans.checking.base import CheckedFile, Rule, Said, World, fault
from studio.plans.model import Ask, RunCommand, Tell, UndoCommand, WaitWell
from studio.plans.reach import TWO_KEYS, is_never

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SECRET = re.compile(r"rtmps?://\S+/\S+/\S{6,}|(?i:pass(word)?|token|secret|streamkey)=\S+")
KNOWN_PARAMS = frozenset(
    {"subject", "state", "scene", "standing", "why", "late", "figure", "limit", "name", "count"}
)
"""What causes bring: see the triggers."""
LONGEST_S = 86_400


def commands(file: CheckedFile, world: World) -> Iterator[Said]:
    """Commands that are there, may be run, and are called as they want."""
    for place, step in file.steps():
        if not isinstance(step, RunCommand):
            continue
        yield from _command(place, step, world, is_undo=False)
        if step.undo is not None:
            yield from _command((*place, "undo"), step.undo, world, is_undo=True)


def _command(
    place: Place, step: RunCommand | UndoCommand, world: World, *, is_undo: bool
) -> Iterator[Said]:
    spec = world.specs.get(step.command)
    if spec is None:
        near = _near(step.command, world.specs)
        yield fault("command", (*place, "command"), command=step.command, near=near)
        return
    if not is_undo and is_never(spec):
        yield fault("never", (*place, "command"), command=step.command)
    has_placeholder = any(
        PLACEHOLDER.search(value) for value in step.args.values() if isinstance(value, str)
    )
    given = {k: v for k, v in step.args.items() if k != "confirm" or not spec.needs_confirm}
    try:
        msgspec.convert(given, spec.args)
    except msgspec.ValidationError as error:
        why = str(error).split(" - at")[0]
        if not has_placeholder or "unknown field" in why or "missing" in why:
            yield fault("args", (*place, "args"), command=step.command, why=why)
    for name, value in given.items():
        if isinstance(value, str) and SECRET.search(value):
            yield fault("secret", (*place, "args", name), name=name)


def names(file: CheckedFile, world: World) -> Iterator[Said]:
    """What arguments name is in the show."""
    for place, step in file.steps():
        if not isinstance(step, RunCommand) or not file.is_own:
            continue
        room = step.command.partition(".")[0]
        for name, value in step.args.items():
            if not isinstance(value, str) or not value or PLACEHOLDER.search(value):
                continue
            known = _known(room, step.command, name, world)
            if known is not None and value not in known[1]:
                there = ", ".join(sorted(known[1])[:12]) or "-"
                yield fault(known[0], (*place, "args", name), name=value, known=there)


def _known(room: str, command: str, name: str, world: World) -> tuple[str, frozenset[str]] | None:
    is_scene = room == "scenes" and name == "name"
    if name in ("scene", "to_scene") or (
        is_scene and command not in ("scenes.add", "scenes.canvas")
    ):
        return "scene", world.scenes
    if name == "source" or (room == "sources" and name == "name" and command != "sources.add"):
        return "source", world.sources
    if room == "outputs" and name == "name":
        return "output", world.outputs
    if name == "product":
        return "product", world.products
    return None


def questions(file: CheckedFile, world: World) -> Iterator[Said]:
    """A question can be answered, and ends when nobody does."""
    for place, step in file.steps():
        if not isinstance(step, Ask):
            continue
        if not step.options:
            yield fault("no_options", (*place, "options"))
        if len(set(step.options)) != len(step.options):
            yield fault("same_options", (*place, "options"))
        if not step.otherwise:
            yield fault("no_default", place)
        elif step.options and step.otherwise not in step.options:
            there = ", ".join(step.options)
            yield fault("default", (*place, "otherwise"), otherwise=step.otherwise, known=there)
        if not 0 < step.within_s <= LONGEST_S:
            yield fault("ask_time", (*place, "within_s"), is_now=f"{step.within_s:g}")
        if step.keys > 1 and step.otherwise not in ("", "stop"):
            yield fault("keys_default", (*place, "otherwise"), otherwise=step.otherwise)


def waits(file: CheckedFile, world: World) -> Iterator[Said]:
    """A wait has something to wait for, and an end."""
    for place, step in file.steps():
        if not isinstance(step, WaitWell):
            continue
        if file.plan.trigger is None:
            yield fault("wait_for_nothing", place)
        elif place[0] == "recover":
            yield fault("wait_when_well", place)
        if not 0 <= step.within_s <= LONGEST_S:
            yield fault("wait_time", (*place, "within_s"), is_now=f"{step.within_s:g}")


def placeholders(file: CheckedFile, world: World) -> Iterator[Said]:
    """What stands in braces is something a cause brings."""
    for place, step in file.steps():
        texts: list[tuple[Place, Any]] = []
        if isinstance(step, Tell):
            texts = [((*place, "text", lang), getattr(step.text, lang)) for lang in ("zh", "en")]
        elif isinstance(step, Ask):
            texts = [
                ((*place, "question", lang), getattr(step.question, lang)) for lang in ("zh", "en")
            ]
        elif isinstance(step, RunCommand):
            texts = [((*place, "args", name), value) for name, value in step.args.items()]
        for where, text in texts:
            if not isinstance(text, str):
                continue
            for name in PLACEHOLDER.findall(text):
                if name not in KNOWN_PARAMS:
                    known = ", ".join(sorted(KNOWN_PARAMS))
                    yield fault("placeholder", where, name="{" + name + "}", known=known)
                elif file.plan.trigger is None and name == "subject":
                    yield fault("no_subject", where)


def streams(file: CheckedFile, world: World) -> Iterator[Said]:
    """A stream is started or ended by two people."""
    has_two = False
    for place, step in file.steps():
        if isinstance(step, Ask):
            has_two = step.keys > 1
        elif isinstance(step, RunCommand) and step.command in TWO_KEYS and not has_two:
            yield fault("two_keys", (*place, "command"), command=step.command)


def _near(id: str, known: Any) -> str:
    import difflib

    found = difflib.get_close_matches(id, list(known), 3, 0.5)
    return ", ".join(found) or "shopcast commands"


RULES: tuple[Rule, ...] = (commands, names, questions, waits, placeholders, streams)
