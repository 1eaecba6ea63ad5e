"""How OBS takes a scene: the collection's transition, and those that scenes have of their own."""

from __future__ import annotations

from studio.core.foreign import number
from studio.scenes.obs_transitions import FROM_OBS, transition_settings
from studio.show.obs_names import usual_transition
from studio.show.obs_report import ImportReport
from studio.show.obs_values import Json, as_list, is_there, text

LEAST_MS, MOST_MS, USUAL_MS = 50.0, 20_000.0, 300


def current_transition(data: Json, report: ImportReport) -> str:
    """The show's transition: a kind of ours; a fade, and told, where there is none like it."""
    name = text(data, "current_transition")
    kind = FROM_OBS.get(_kind_named(data, name), "")
    if kind and kind != "stinger":
        return kind
    if name and "fade" not in name.lower():
        report.add("transition", name, "transition", "", "current_transition")
    return "fade" if name else "cut"


def own_transition(
    data: Json, row: Json, scene: str, report: ImportReport
) -> tuple[str, int, Json]:
    """The transition a scene is taken with, its ms and settings; ("", 0, {}): the show's."""
    own = row.get("private_settings")
    name = text(own, "transition")
    if not isinstance(own, dict) or not name:
        return "", 0, {}
    found = _made(data, name)
    given = found.get("settings") if found else None
    theirs = _kind_named(data, name)
    kind, settings = FROM_OBS.get(theirs, ""), transition_settings(theirs, given)
    if kind == "stinger":
        path = text(given, "path")
        kind, settings = (kind, {"path": path}) if path and is_there(path) else ("", {})
    if not kind:
        report.add("transition", name, "transition", text(found, "id"), scene)
        return "", 0, {}
    ms = number(own.get("transition_duration"), USUAL_MS)
    return kind, round(min(MOST_MS, max(LEAST_MS, ms))), settings


def _made(data: Json, name: str) -> Json | None:
    """A transition of the collection's list, by its name."""
    rows = (row for row in as_list(data.get("transitions")) if text(row, "name") == name)
    return next(rows, None)


def _kind_named(data: Json, name: str) -> str:
    """OBS's kind of a transition by its name; cut and fade stand in no list."""
    found = _made(data, name)
    return text(found, "id") if found else usual_transition(name)
