"""How grave an incident was, by rule; each rule says itself."""

from __future__ import annotations

from studio.plans.incidents.model import (
    OrdersLost,
    OutputLoss,
    Review,
    Severity,
    UsualLost,
)
from studio.plans.model import Incident, Pair, PlanText
from studio.plans.steps import said

GRAVE_S, NOTABLE_S = 30.0, 5.0
MANY_LOST = 10.0


def severity(
    incident: Incident,
    outputs: tuple[OutputLoss, ...],
    orders: OrdersLost,
    usual: UsualLost,
    review: Review,
) -> tuple[Severity, Pair]:
    """S1 (grave) to S4 (nobody saw it), and why.

    A person's word stands before the rule, with its reason.
    """
    if review.severity:
        said_by = f"{review.severity_why} ({review.by})" if review.by else review.severity_why
        return review.severity, (said_by, said_by)
    found = _by_rule(incident, outputs, orders, usual)
    return found[0], found[1].pair()


def _by_rule(
    incident: Incident, outputs: tuple[OutputLoss, ...], orders: OrdersLost, usual: UsualLost
) -> tuple[Severity, PlanText]:
    streams = [loss for loss in outputs if loss.is_stream]
    worst = max((loss.off_s for loss in streams), default=0.0)
    least = min((loss.off_s for loss in streams), default=0.0)
    # What own shows sell in such a stretch stands before the rate of ten minutes ago.
    forecast = usual if usual.is_known else orders
    lost = forecast.lost if forecast.is_known else 0.0
    if least >= GRAVE_S:
        return "S1", said("plans.severity_all_off", seconds=f"{least:.1f}")
    if incident.level == "red" and incident.state == "failed":
        return "S1", said("plans.severity_red_failed")
    if lost >= MANY_LOST and orders.sold < forecast.low:
        return "S1", said("plans.severity_lost", lost=f"{lost:.0f}")
    if worst >= GRAVE_S:
        return "S2", said("plans.severity_one_off", seconds=f"{worst:.1f}")
    if incident.level == "red" or incident.state == "failed":
        return "S2", said(
            "plans.severity_red" if incident.level == "red" else "plans.severity_failed"
        )
    if worst >= NOTABLE_S:
        return "S3", said("plans.severity_seen", seconds=f"{worst:.1f}")
    if worst > 0:
        return "S4", said("plans.severity_short", seconds=f"{worst:.1f}")
    return "S4", said("plans.severity_unseen")
