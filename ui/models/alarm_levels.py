"""What stands now that somebody should hear about, with its severity; no sound is made here."""

from __future__ import annotations

from studio.audio.model import ALARM_LEVELS
from studio.sources.model import may_hear
from ui import client as link
from ui.models.air_state import Air
from ui.store import Store

RED, AMBER, NOTE = ALARM_LEVELS
_OF_PLANS = {"red": RED, "amber": AMBER, "green": NOTE}
_BROKEN = ("refused", "failed")


def standing_alarms(store: Store, link_state: str) -> dict[str, str]:
    """Severity by what it is about; the same thing has the same key as long as it stands.

    Red wants a hand now: the engine or all lines are gone, a red plan is at work. Amber wants a
    look: a source or an output is broken, a plan asks or works, words want putting right.
    The rest is a note.
    """
    found: dict[str, str] = {}
    if link_state in (link.SILENT, link.LOST):
        found["link"] = RED if store.is_busy else AMBER
        return found  # of the rest nobody knows
    if store.air_state.air is Air.LOST:
        found["air"] = RED
    for output in store.outputs:
        if output.state.value in _BROKEN:
            found[f"output/{output.name}"] = AMBER
    for source in store.sources:
        if source.health is not None and source.health.is_bad:
            found[f"source/{source.name}"] = AMBER
    found |= _of_plans(store)
    for alarm in store.insight.alarms:
        if alarm.state == "active":
            found[f"figure/{alarm.id}"] = NOTE
    for claim in store.guard.alarms:
        if not claim.dismissed_by:
            found[f"claim/{claim.id}"] = AMBER if claim.level == "alarm" else NOTE
    for short in store.orders.short:
        found[f"owed/{short.key}/{short.sku}"] = NOTE
    return found


def _of_plans(store: Store) -> dict[str, str]:
    plans = store.plans
    levels = {plan.id: _OF_PLANS.get(plan.level, AMBER) for plan in plans.plans}
    of_incident = {incident.id: levels.get(incident.plan, AMBER) for incident in plans.incidents}
    found = {
        f"incident/{incident.id}": of_incident[incident.id]
        for incident in plans.incidents
        if incident.state == "running"
    }
    for ask in plans.asks:
        level = of_incident.get(ask.incident, AMBER)
        found[f"ask/{ask.incident}/{ask.until_utc}"] = AMBER if level == NOTE else level
    for told in plans.told:
        found[f"told/{told.at_utc}/{told.text[1]}"] = _OF_PLANS.get(told.level, NOTE)
    return found


def gravest(levels: set[str]) -> str:
    """The first of `ALARM_LEVELS` that is there; "" of none."""
    return next((level for level in ALARM_LEVELS if level in levels), "")


def listeners(store: Store, output: str) -> list[str]:
    """Sources that take, or might take, what is played on an output: it would go on air."""
    return [
        source.name
        for source in store.sources
        if source.has_sound and may_hear(source.kind, source.settings, output)
    ]
