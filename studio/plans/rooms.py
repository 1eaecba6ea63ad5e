"""The services of plans, in the order in which they load."""

from __future__ import annotations

from collections.abc import Callable

from studio.core.command import Bus
from studio.core.event import Events
from studio.core.extension import Kinds
from studio.core.happening import PastEvents
from studio.core.service import Service
from studio.core.state import State
from studio.core.usual_sales import SalesNormal
from studio.governance.audit import Signer
from studio.governance.signing import DocumentSigner
from studio.plans.drills.service import DrillService
from studio.plans.incidents.service import IncidentService
from studio.plans.post.service import PostService
from studio.plans.risks.service import RiskService
from studio.plans.service import CommentRoom, PlanService, SituationSource
from studio.plans.triggers.base import Trigger

PLAN_SERVICES: tuple[type[Service], ...] = (
    PlanService, PostService, IncidentService, RiskService, DrillService,
)  # fmt: skip


def plan_services(
    bus: Bus,
    triggers: Kinds[Trigger],
    source: SituationSource,
    room: CommentRoom,
    past: PastEvents,
    normal: SalesNormal,
    signer: Callable[[], Signer],
    events: Events,
    state: State,
) -> tuple[Service, ...]:
    """Makes them.

    Args:
        bus: where plans' commands go.
        triggers: the kinds there are.
        source: how things stand.
        room: the comments, also those that repeat what was said.
        past: the journal.
        normal: what is usually sold.
        signer: of this desk's reports; made when one is signed.
        events, state: heard and told.
    """
    plans = PlanService(bus, triggers, source, room, events, state)
    signs = DocumentSigner(signer)
    return (
        plans,
        PostService(plans, events, state),
        IncidentService(plans, past, normal, bus, events, state, signs),
        RiskService(plans.plans, plans.store),
        DrillService(events, state),
    )
