"""Faults of a plan as a whole: words, trigger, rights, the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studio.core.command import Role
from studio.core.errors import StudioError
from studio.plans.checking.base import CheckedFile, Rule, Said, World, fault
from studio.plans.model import Ask, PlanText, RunCommand, TakeBack, UndoSteps
from studio.plans.steps import ON_AIR

GOES_BACK = frozenset({"scenes.back", "scenes.take"})


def words(file: CheckedFile, world: World) -> Iterator[Said]:
    """Every sentence is there in both languages."""
    places: list[tuple[tuple[str | int, ...], Any]] = [
        (("label",), file.plan.label), (("help",), file.plan.help),
    ]  # fmt: skip
    for place, step in file.steps():
        for name in ("text", "question"):
            places.append(((*place, name), getattr(step, name, None)))
    for place, text in places:
        if not isinstance(text, PlanText):
            continue
        for language in ("zh", "en"):
            if not getattr(text, language).strip():
                yield fault("no_words", (*place, language), which=language)


def steps(file: CheckedFile, world: World) -> Iterator[Said]:
    """There is something to do, and all of it can be reached."""
    plan = file.plan
    if not plan.steps:
        yield fault("no_steps", ("steps",))
    if plan.recover and plan.trigger is None:
        yield fault("recover_unreached", ("recover",))
    for phase in ("steps", "recover"):
        row = getattr(plan, phase)
        for number, step in enumerate(row[:-1]):
            if isinstance(step, Ask) and step.options and set(step.options) == {"stop"}:
                yield fault("unreached", (phase, number + 1), step=number + 1)


def times(file: CheckedFile, world: World) -> Iterator[Said]:
    """Times that make it flap or wait for nothing."""
    plan = file.plan
    if plan.cooldown_s < 0 or plan.cooldown_s > 86_400:
        yield fault("cooldown", ("cooldown_s",), is_now=f"{plan.cooldown_s:g}")
    if plan.well_ms < 0 or plan.well_ms > 3_600_000:
        yield fault("well", ("well_ms",), is_now=plan.well_ms)
    if plan.trigger is not None and plan.well_ms == 0 and plan.cooldown_s == 0:
        yield fault("flaps", ("well_ms",))


def level(file: CheckedFile, world: World) -> Iterator[Said]:
    """What wants a person's confirmation does not start by itself."""
    if file.plan.level == "red" and file.plan.trigger is not None and file.plan.is_auto:
        is_asked = any(isinstance(step, Ask) for step in file.plan.steps[:1])
        if not is_asked:
            yield fault("red_alone", ("level",))


def trigger(file: CheckedFile, world: World) -> Iterator[Said]:
    """The trigger is known, and its settings can be meant."""
    spec = file.plan.trigger
    if spec is None:
        return
    if spec.kind not in world.kinds:
        known = ", ".join(world.kinds.names())
        yield fault("trigger", ("trigger", "kind"), kind=spec.kind, known=known)
        return
    kind = world.kinds.get(spec.kind)
    known_fields = set(kind.Settings.__struct_fields__)
    for name in spec.settings:
        if name not in known_fields:
            known = ", ".join(sorted(known_fields))
            place = ("trigger", "settings", name)
            yield fault("trigger_field", place, name=name, known=known)
    try:
        settings = kind.decode(spec.settings)
    except StudioError as error:
        yield fault("trigger_settings", ("trigger", "settings"), why=error)
        return
    if int(getattr(settings, "for_ms", 0)) > 600_000:
        yield fault("trigger_late", ("trigger", "settings", "for_ms"), is_now=settings.for_ms)
    wrong = kind.sanity(settings)
    if wrong is not None:
        yield fault(f"trigger_{wrong}", ("trigger", "settings"))


def rights(file: CheckedFile, world: World) -> Iterator[Said]:
    """A plan says the highest role it needs, and needs no higher one."""
    plan = file.plan
    commands = [(place, s) for place, s in file.steps() if isinstance(s, RunCommand)]
    needed = [
        (world.specs[step.command].role, place)
        for place, step in commands
        if step.command in world.specs
    ]
    highest = max((role for role, _ in needed), default=Role.CONTROLLER)
    if not plan.role:
        if file.is_own and commands:
            yield fault("no_role", (), role=max(highest, Role.CONTROLLER).name.lower())
        return
    stated = Role[plan.role.upper()]
    for role, place in needed:
        if role > stated:
            yield fault("role", (*place, "command"), role=role.name.lower(), stated=plan.role)


def way_back(file: CheckedFile, world: World) -> Iterator[Said]:
    """A picture that is taken goes back, and nothing goes back that was not taken."""
    row = list(file.steps())
    takes = [
        place for place, step in row if isinstance(step, RunCommand) and step.command in ON_AIR
    ]
    backs = [place for place, step in row if isinstance(step, TakeBack | UndoSteps)]
    backs += [
        place for place, step in row
        if isinstance(step, RunCommand) and step.command in GOES_BACK and place > takes[0]
    ] if takes else []  # fmt: skip
    if takes and not backs and file.plan.trigger is not None:
        yield fault("no_way_back", takes[0])
    for place, step in row:
        order = ("steps", "recover")
        if isinstance(step, TakeBack) and not any(
            (order.index(str(t[0])), t[1]) < (order.index(str(place[0])), place[1]) for t in takes
        ):
            yield fault("nothing_taken", place)


RULES: tuple[Rule, ...] = (words, steps, times, level, trigger, rights, way_back)
