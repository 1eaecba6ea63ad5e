"""What a plan may do: nothing before somebody here has read it, and some things never."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from studio.core import settings
from studio.core.asking import Asker, Scope
from studio.core.clock import utc_iso
from studio.core.command import Role, Spec
from studio.plans.model import Plan, RunCommand, StepView

KEPT = 200
NEVER_ROOMS = frozenset({"hotkeys", "remote", "feeds", "rights"})
"""Keys and rights of people, and the ways in: a plan has nothing to do there."""
NEVER_IDS = frozenset({"plans.accept", "plans.enable", "plans.answer", "plans.discard"})
TWO_KEYS = frozenset({"outputs.start", "outputs.stop"})
"""Starting or ending a stream: only after two people agreed within the run."""
NEVER_VERBS = (
    "remove", "restore", "put", "put_back", "regroup", "set_all", "reset", "take_back",
    "bring_back",
)  # fmt: skip
"""What takes away, and undo's other halves: they put whole parts of a show back."""


def is_never(spec: Spec) -> bool:
    """Whether no plan runs it, whoever accepted it: secrets, tokens, people's keys, removals."""
    room, _, verb = spec.id.partition(".")
    return (
        bool(spec.secret_args)
        or spec.role > Role.TECHNICIAN
        or room in NEVER_ROOMS
        or spec.id in NEVER_IDS
        or verb in NEVER_VERBS
    )


def commands_of(plan: Plan) -> list[RunCommand]:
    """The commands a plan runs, in order."""
    return [step for step in (*plan.steps, *plan.recover) if isinstance(step, RunCommand)]


def steps_of(plan: Plan, specs: Callable[[], Iterable[Spec]]) -> tuple[StepView, ...]:
    """The list somebody reads before a plan is accepted."""
    known = {spec.id: spec for spec in specs()}
    found = []
    for step in commands_of(plan):
        spec = known.get(step.command)
        found.append(
            StepView(
                command=step.command,
                label=(spec.label.zh, spec.label.en) if spec else ("", ""),
                args=msgspec.json.encode(step.args).decode() if step.args else "",
                role=spec.role.name.lower() if spec else "",
                never=spec is None or is_never(spec),
            )
        )
    return tuple(found)


def highest(plan: Plan, specs: Callable[[], Iterable[Spec]]) -> Role:
    """The right that a plan's commands need; a return to the scene from before needs a take."""
    known = {spec.id: spec.role for spec in specs()}
    roles = [known[step.command] for step in commands_of(plan) if step.command in known]
    return max((Role.CONTROLLER, *roles))


def asker_of_trigger(plan: Plan, digest: str, specs: Callable[[], Iterable[Spec]]) -> Asker:
    """Whose right the steps of a plan have that no person began.

    A shipped plan has the right its steps need; one out of a show a controller's from elsewhere.
    """
    if digest:
        return Asker(Role.CONTROLLER, is_here=False)
    return Asker(highest(plan, specs), is_here=True)


class ArmedRight(msgspec.Struct, frozen=True):
    """The right of whoever switched a plan on: what it starts by itself never has more.

    Attributes:
        person: who that was, an operator or a token; when they are taken out, it is off.
    """

    role: int
    is_here: bool
    without: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    person: str = ""

    @property
    def asker(self) -> Asker:
        """As the bus knows it; nobody in person, so that no second person is waited for."""
        return Asker(self.role, self.is_here, "engine", self.without, self.scopes)


def right_of(asker: Asker) -> ArmedRight:
    """The right of whoever asks."""
    return ArmedRight(asker.role, asker.is_here, asker.without, asker.scopes, asker.person)


class AcceptedPlans:
    """Plans that this person has read and accepted, by the content of their files."""

    def holds(self, digest: str) -> bool:
        """Is a file of this very content accepted? Shipped plans ("") always are."""
        return not digest or digest in settings.load().accepted_plans

    def put(self, digest: str, plan: str, is_accepted: bool) -> None:
        """Keeps or forgets an acceptance.

        Raises:
            StudioError: it cannot be kept.
        """
        mine = settings.load()
        kept = {known: what for known, what in mine.accepted_plans.items() if known != digest}
        if is_accepted:
            kept[digest] = f"{plan} {utc_iso()}"
        mine.accepted_plans = dict(list(kept.items())[-KEPT:])
        settings.keep(mine)
