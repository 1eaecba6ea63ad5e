"""What answers a grave risk, and when that was last tried."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from studio.core.clock import age_days
from studio.core.i18n import translate
from studio.plans.drill_log import plan_digest
from studio.plans.drills.model import DrillRecord
from studio.plans.model import Pair, Plan
from studio.plans.risks.evaluation import GRAVE
from studio.plans.risks.model import RiskView

DRILLED_WITHIN_DAYS = 30


def covered(
    view: RiskView, plans: Mapping[str, Plan], drills: Mapping[str, DrillRecord]
) -> RiskView:
    """The risk with what is missing about it.

    Args:
        plans: those there are, by id.
        drills: the last drill of each.
    """
    missing: list[Pair] = []
    is_grave = view.impact is not None and view.impact >= GRAVE
    if is_grave and not view.plans and not any(view.insurance):
        missing.append(_pair("risks.no_plan_for"))
    for id in view.plans:
        plan = plans.get(id)
        if plan is None:
            missing.append(_pair("risks.plan_gone", plan=id))
        elif is_grave:
            missing += _drilled(plan, drills.get(id))
    return replace(view, uncovered=tuple(missing))


def _drilled(plan: Plan, drill: DrillRecord | None) -> list[Pair]:
    if drill is None:
        return [_pair("risks.never_drilled", plan=plan.id)]
    missing = []
    days = age_days(drill.at_utc)
    if days > DRILLED_WITHIN_DAYS:
        missing.append(_pair("risks.drilled_long_ago", plan=plan.id, days=int(days)))
    if drill.digest != plan_digest(plan):
        missing.append(_pair("risks.changed_since", plan=plan.id))
    if not drill.passed:
        missing.append(_pair("risks.drill_failed", plan=plan.id))
    return missing


def _pair(key: str, /, **params: object) -> Pair:
    return translate(key, "zh", **params), translate(key, "en", **params)
