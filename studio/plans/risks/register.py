"""The risk register of the show: shipped risks, the show's own in their place, evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.plans.drill_log import last_drills
from studio.plans.model import Plan
from studio.plans.risks.coverage import covered
from studio.plans.risks.evaluation import IncidentCounts, evaluate
from studio.plans.risks.files import fault, gravest_first, shipped_risks
from studio.plans.risks.model import Risk, RisksPart, RisksView


class KnownPlans(Protocol):
    """The plans there are."""

    @property
    def plans(self) -> Mapping[str, Plan]:
        """By id."""
        ...


class RiskRegister:
    """Which risks there are, and what they come to.

    Args:
        known: the plans that may answer them.
        counts: past incidents.
    """

    def __init__(self, known: KnownPlans, counts: IncidentCounts) -> None:
        self._known, self._counts = known, counts
        self._own: dict[str, Risk] = {}
        self.view = RisksView()

    def load(self, part: RisksPart) -> None:
        """Takes over the show's own risks."""
        self._own = {risk.id: risk for risk in part.risks}
        self.evaluate()

    def part(self) -> RisksPart:
        """What the show keeps."""
        return RisksPart(tuple(self._own.values()))

    def get(self, id: str) -> Risk | None:
        """The show's own risk of this id."""
        return self._own.get(id)

    def put(self, risk: Risk) -> Risk | None:
        """Adds a risk or takes another's place; returns what stood there of the show's own.

        Raises:
            StudioError: invalid: it cannot be evaluated.
        """
        evaluate(risk, self._counts)
        before = self._own.get(risk.id)
        self._own[risk.id] = risk
        self.evaluate()
        return before

    def remove(self, id: str) -> Risk:
        """Takes one of the show's own away; a shipped one of that id is there again.

        Raises:
            StudioError: not_found, conflict for a shipped one.
        """
        if id not in self._own:
            shipped = {risk.id for risk in shipped_risks()}
            if id in shipped:
                raise StudioError("conflict", "risks.shipped", risk=id)
            known = ", ".join([*self._own, *sorted(shipped)])
            raise StudioError("not_found", "risks.unknown", risk=id, known=known)
        gone = self._own.pop(id)
        self.evaluate()
        return gone

    def evaluate(self) -> RisksView:
        """Reckons all of them anew, with the incidents and drills there are now."""
        drills = last_drills()
        shipped = {risk.id: risk for risk in shipped_risks()}
        views, faults = [], []
        for id, risk in (shipped | self._own).items():
            try:
                view = evaluate(risk, self._counts)
            except StudioError as error:
                faults.append(fault(id, error, str(error.params.get("place", ""))))
                continue
            view = replace(view, is_shipped=id not in self._own)
            views.append(covered(view, self._known.plans, drills))
        self.view = RisksView(tuple(gravest_first(views)), tuple(faults))
        return self.view
