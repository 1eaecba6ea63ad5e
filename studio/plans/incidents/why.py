"""Answers "why was standby on at 20:41?" in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.core.clock import seconds_of, utc_iso, utc_of, zone_s
from studio.core.errors import StudioError
from studio.core.happening import Happening, PastEvents
from studio.plans.model import Incident, PlanText
from studio.plans.steps import said

CAUSES_S = 2.0


def moment_utc(text: str, now_utc: str = "") -> str:
    """A time as people type it: "20:41" or "20:41:05" is the last such one here; else ISO 8601.

    Raises:
        StudioError: invalid.
    """
    now_s = seconds_of(now_utc or utc_iso())
    words = text.strip().replace("：", ":")
    if not words:
        return utc_of(now_s)
    typed = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", words)
    try:
        if typed is None:
            return utc_of(seconds_of(words))
        hours, minutes, seconds = (int(part or 0) for part in typed.groups())
        if hours > 23 or minutes > 59 or seconds > 59:
            raise ValueError(words)
        zone = zone_s(now_s)
        midnight = (now_s + zone) // 86_400 * 86_400 - zone
        # A minute means all of it: what stood at its end.
        at_s = midnight + hours * 3600 + minutes * 60 + (seconds if typed[3] else 59.999)
        while at_s - (0 if typed[3] else 59.999) > now_s:
            at_s -= 86_400
        return utc_of(min(at_s, now_s))
    except (ValueError, OverflowError):
        raise StudioError("invalid", "plans.no_time", text=text[:60]) from None


class Why(PlanText, frozen=True):
    """The sentence, with the incident that it is about ("" for none)."""

    incident: str = ""


def why_scene(
    at_utc: str, past: PastEvents, incidents: Iterable[Incident], hidden: Iterable[Incident] = ()
) -> Why:
    """What was on programme at a time, since when, by whom and for what.

    Reads the journal; not for the engine's loop.

    Args:
        hidden: of these no more is said than that there was one.

    Raises:
        StudioError: not_found: no scene was taken before.
    """
    takes = [e for e in past.before(at_utc, "scenes.taken", 20)
             if e.data.get("canvas") in (None, "", "landscape", "portrait")]  # fmt: skip
    if not takes:
        raise StudioError("not_found", "plans.nothing_then", at=_clock(at_utc))
    take = takes[-1]
    command = _command_of(take, past)
    who = str(command.data.get("origin", "")) if command else ""
    scene = str(take.data.get("scene", ""))
    given = {"scene": scene, "at": _clock(take.at_utc), "who": who or "-"}
    if _incident_of(take, who, hidden) is not None:
        text = said("plans.why_confidential", **given | {"who": "-"})
        return Why(text.zh, text.en)
    incident = _incident_of(take, who, incidents)
    if incident is None:
        text = said("plans.why_person", **given)
        return Why(text.zh, text.en)
    text = said("plans.why_plan", **given, plan=incident.label, cause=incident.cause,
                id=incident.id)  # fmt: skip
    return Why(text.zh, text.en, incident.id)


def _command_of(take: Happening, past: PastEvents) -> Happening | None:
    """The command that took it ends right after it."""
    seconds = seconds_of(take.at_utc)
    for entry in past.between(take.at_utc, utc_of(seconds + CAUSES_S)):
        is_after = entry.entry > take.entry and entry.name == "command.ran"
        if is_after and str(entry.data.get("command", "")).startswith("scenes."):
            return entry
    return None


def _incident_of(take: Happening, who: str, incidents: Iterable[Incident]) -> Incident | None:
    """The incident whose plan took it."""
    if not who.startswith("plan:"):
        return None
    at_s = seconds_of(take.at_utc)
    fitting = [
        incident
        for incident in incidents
        if incident.plan == who[5:]
        and at_s - seconds_of(incident.began_utc) >= -1.0
        and (incident.over_ms is None
             or at_s <= seconds_of(incident.began_utc) + incident.over_ms / 1000 + 1.0)
    ]  # fmt: skip
    return max(fitting, key=lambda incident: incident.began_utc, default=None)


def _clock(utc: str) -> str:
    seconds = seconds_of(utc)
    return utc_of(seconds + zone_s(seconds))[11:19]
