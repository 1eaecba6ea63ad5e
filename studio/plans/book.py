"""The plans there are: shipped, accepted, and those that wait for somebody to read them."""

from __future__ import annotations

from collections.abc import Iterable

from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.log import logger
from studio.plans.files import PlanFile
from studio.plans.model import Plan, PlansPart
from studio.plans.reach import AcceptedPlans, ArmedRight
from studio.plans.triggers.base import Trigger

_log = logger(__name__)


class PlanBook:
    """Which plans work, and which are switched on.

    Attributes:
        plans: those that work, by id.
        waiting: plans out of the show that nobody here has accepted; they are off. A shipped
            plan of the same id works meanwhile.
        enabled: ids of those that may start by themselves.
        armed: with whose right, for those that somebody switched on in this show.
    """

    def __init__(self, kinds: Kinds[Trigger]) -> None:
        self._kinds = kinds
        self.plans: dict[str, Plan] = {}
        self.waiting: dict[str, PlanFile] = {}
        self.enabled: set[str] = set()
        self.armed: dict[str, ArmedRight] = {}
        self.errors: list[StudioError] = []
        self._accepted = AcceptedPlans()
        self._shipped: dict[str, Plan] = {}
        self._own: dict[str, PlanFile] = {}
        self._triggers: dict[str, Trigger] = {}

    def load(
        self, plans: Iterable[Plan], enabled: Iterable[str] | None, own: Iterable[PlanFile] = ()
    ) -> None:
        """Takes over plans; one whose trigger is not known can still be run by hand.

        Args:
            plans: shipped with the studio.
            enabled: ids; None is all.
            own: out of the show, each off until it is accepted.
        """
        self._shipped = {plan.id: plan for plan in plans}
        self._own = {file.plan.id: file for file in own}
        self.enabled = {*self._shipped, *self._own} if enabled is None else set(enabled)
        self.plans = dict(self._shipped)
        self.armed = {}
        self.waiting = {}
        self._triggers = {}
        for id, file in self._own.items():
            if self._accepted.holds(file.digest):
                self.plans[id] = file.plan
            else:
                self.waiting[id] = file
        for plan in self.plans.values():
            self._arm(plan)

    def switch(self, id: str, on: bool, right: ArmedRight) -> None:
        """Lets a plan start by itself, with the right of whoever says so, or not."""
        if on:
            if id not in self.enabled:
                self.armed[id] = right
            self.enabled.add(id)
        else:
            self.enabled.discard(id)
            self.armed.pop(id, None)

    def disarm(self, person: str) -> list[str]:
        """Somebody has no rights any more: what starts by theirs is off; which plans those are."""
        ids = [id for id, right in self.armed.items() if person and right.person == person]
        for id in ids:
            self.enabled.discard(id)
            del self.armed[id]
        return ids

    def part(self) -> PlansPart:
        """What the show keeps."""
        return PlansPart(tuple(sorted(self.enabled)))

    def get(self, id: str) -> Plan:
        """A plan.

        Raises:
            StudioError: not_found; denied for one that nobody has accepted.
        """
        if id in self.plans:
            return self.plans[id]
        if id in self.waiting:
            raise StudioError("denied", "plans.needs_accept", plan=id)
        known = ", ".join(self.plans)
        raise StudioError("not_found", "plans.no_plan", plan=id, known=known)

    def own(self, id: str) -> PlanFile:
        """A plan of the show, accepted or not.

        Raises:
            StudioError: not_found.
        """
        if id not in self._own:
            known = ", ".join(self._own) or "-"
            raise StudioError("not_found", "plans.no_plan", plan=id, known=known)
        return self._own[id]

    def digest(self, id: str) -> str:
        """Of the file of the plan that works under this id; "" when that is a shipped one."""
        file = self._own.get(id)
        return file.digest if file is not None and id not in self.waiting else ""

    def accept(self, id: str, is_accepted: bool) -> None:
        """Lets a plan of the show work, or no longer.

        Raises:
            StudioError: not_found; failed when it cannot be kept.
        """
        file = self.own(id)
        self._accepted.put(file.digest, id, is_accepted)
        self._triggers.pop(id, None)
        self.plans.pop(id, None)
        if is_accepted:
            self.waiting.pop(id, None)
            self.plans[id] = file.plan
        else:
            self.waiting[id] = file
            if id in self._shipped:
                self.plans[id] = self._shipped[id]
        if id in self.plans:
            self._arm(self.plans[id])

    def take_own(self, id: str, file: PlanFile | None) -> None:
        """The show has another file of a plan now, or none; the other plans are as they were.

        A plan that was not there may start by itself once it is accepted.
        """
        is_new = id not in self._own and id not in self._shipped
        self._triggers.pop(id, None)
        for kept in (self.plans, self.waiting, self._own):
            kept.pop(id, None)
        if id in self._shipped:
            self.plans[id] = self._shipped[id]
        if file is not None:
            self._own[id] = file
            if self._accepted.holds(file.digest):
                self.plans[id] = file.plan
            else:
                self.waiting[id] = file
            if is_new:
                self.enabled.add(id)
        elif id not in self._shipped:
            self.enabled.discard(id)
            self.armed.pop(id, None)
        if id in self.plans:
            self._arm(self.plans[id])

    def _arm(self, plan: Plan) -> None:
        if plan.trigger is None:
            return
        try:
            kind = self._kinds.get(plan.trigger.kind)
            self._triggers[plan.id] = kind(kind.decode(plan.trigger.settings))
        except StudioError as error:
            self.errors.append(error)
            _log.warning("plan %s: %s", plan.id, error)
