"""The risk register as a service of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from studio.core.errors import StudioError
from studio.core.service import Finding, Service, ShowContext
from studio.plans.risk_commands import RiskCommands
from studio.plans.risks.evaluation import IncidentCounts, NoIncidents, evaluate
from studio.plans.risks.model import RisksPart, RisksView
from studio.plans.risks.register import KnownPlans, RiskRegister


class RiskService(Service):
    """Keeps the show's own risks, and shows all of them evaluated.

    Args:
        known: the plans that may answer a risk.
        counts: past incidents.
    """

    name: ClassVar[str] = "risks"
    Part: ClassVar[Any] = RisksPart
    View: ClassVar[Any] = RisksView

    def __init__(self, known: KnownPlans, counts: IncidentCounts | None = None) -> None:
        self.register = RiskRegister(known, counts or NoIncidents())
        self._commands = (RiskCommands(self.register),)

    def commands(self) -> Sequence[object]:
        """Put, remove, list."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Risks that cannot be evaluated."""
        known: set[str] = set()
        for number, risk in enumerate(part.risks):
            place = f"risks.risks[{number}]"
            try:
                if risk.id in known:
                    raise StudioError("invalid", "risks.twice")
                known.add(risk.id)
                evaluate(risk)
            except StudioError as error:
                yield Finding(place, error, "warning")

    async def reset(self) -> None:
        """No risk of the show is left."""
        self.register.load(RisksPart())

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over the show's own."""
        self.register.load(part)

    def save(self) -> RisksPart:
        """The show's own."""
        return self.register.part()

    def view(self) -> RisksView:
        """All of them."""
        return self.register.view
