"""Entries of the journal as lines of an incident, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from studio.core.clean import encode_json
from studio.core.command import Role, Spec
from studio.core.happening import Happening
from studio.core.text import Text
from studio.governance.masking import Sight, shown
from studio.plans.incidents.model import LineKind
from studio.plans.model import Pair, PlanText
from studio.plans.steps import said

LONGEST = 120
ILL = frozenset({"lost", "frozen", "black", "missing", "silent"})
Words = tuple[LineKind, Pair, str, bool | None]
"""Kind, text, who, whether it went well."""


ASKS = frozenset({
    "list", "show", "why", "cases", "report", "ask", "moment", "questions", "rebuild", "status",
})  # fmt: skip


def labels_of(specs: Iterable[Spec]) -> dict[str, tuple[Text, bool]]:
    """What commands are called, by id, and whether they only look."""
    return {
        spec.id: (spec.label, spec.role == Role.VIEWER or spec.id.rpartition(".")[2] in ASKS)
        for spec in specs
    }


def words_of(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    """What an entry says; None for one that belongs in no timeline.

    Args:
        labels: of commands by id, and whether they only look.
    """
    make = _MAKERS.get(happening.name)
    if make is not None:
        return make(happening, labels)
    if happening.name.startswith(("tally.", "prompter.", "scenes.previewed", "session.")):
        return None
    kind = _ROOMS.get(happening.name.split(".")[0])
    if kind is None:
        return None
    brief = "" if kind == "comments" else _brief(happening.data)
    text = f"{happening.name} {brief}".strip()
    return kind, (text, text), "", None


_ROOMS: dict[str, LineKind] = {
    "offers": "offer", "shop": "goods", "stock": "goods", "sources": "source", "plans": "plan",
    "outputs": "output", "comments": "comments", "rundown": "note", "games": "goods",
    "show": "note", "remote": "note",
}  # fmt: skip


def _brief(data: Mapping[str, Any]) -> str:
    text = " ".join(
        f"{name}={value if isinstance(value, str) else encode_json(value)}"
        for name, value in data.items()
        if value not in ("", None, [], {})
    )
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _command(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    id = str(data.get("command", ""))
    label, is_look = labels.get(id, (Text(id, id), False))
    if is_look:
        return None
    given = shown(data.get("args") or {}, id, Sight.NOBODY)  # on paper nobody's name
    args = "" if id.startswith("comments.") else _brief(given)
    tail = f" {args}" if args else ""
    if data.get("error"):
        tail += f" — {data['error']}"
    pair = (f"{label.zh}（{id}）{tail}", f"{label.en} ({id}){tail}")
    return "command", pair, str(data.get("origin", "")), bool(data.get("ok"))


def _scene(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    text = said("plans.line_scene", scene=data.get("scene", ""), before=data.get("before") or "-",
                canvas=data.get("canvas") or "*")  # fmt: skip
    return "scene", text.pair(), "", None


def _output(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    why = ((data.get("status") or {}).get("reason") or {}).get("code", "")
    text = said("plans.line_output", output=data.get("output", ""), state=data.get("state", ""),
                before=data.get("before") or "-", why=why or "-")  # fmt: skip
    is_bad = data.get("state") in ("reconnecting", "refused", "failed", "standby")
    return "output", text.pair(), "", not is_bad


def _sold(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    units, cents = happening.data.get("units", 0), happening.value_cents
    money = "-" if cents is None else f"{cents / 100:.2f} {happening.currency}"
    key = "plans.line_sold" if happening.name == "insight.sold" else "plans.line_returned"
    return "sale", said(key, sku=happening.sku or "-", units=units, money=money).pair(), "", None


def _alarm(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    label = data.get("label") or {}
    zh, en = str(label.get("zh", "")), str(label.get("en", ""))
    text = said("plans.line_alarm", name=PlanText(zh, en), value=data.get("value", "-"),
                normal=data.get("normal", "-"))  # fmt: skip
    return "alarm", text.pair(), "", False


def _figure(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    text = f"{data.get('metric', '')} = {data.get('value', '-')}"
    return "alarm", (text, text), "", None


def _source(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    state = data.get("state", "")
    text = said("plans.line_source", source=data.get("source", ""), state=state)
    is_ok = True if state == "ok" else False if state in ILL else None
    return "source", text.pair(), "", is_ok


def _told(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    data = happening.data
    text = data.get("text") or {}
    role = data.get("role", "")
    return "told", (f"→ {role}：{text.get('zh', '')}", f"→ {role}: {text.get('en', '')}"), "", None


def _other_plan(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    """What another incident's plan did meanwhile."""
    data = happening.data
    plan, own = str(data.get("plan", "")), data.get("cause") or {}
    if happening.name == "plans.ended":
        ended = said("plans.line_ended", plan=plan, state=data.get("state", ""))
        return "plan", ended.pair(), "", None
    cause = PlanText(str(own.get("zh", "")), str(own.get("en", "")))
    return "plan", said("plans.line_started", plan=plan, cause=cause).pair(), "", None


def _clock(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    return "engine", said("plans.line_engine").pair(), "", None


def _nothing(happening: Happening, labels: Mapping[str, tuple[Text, bool]]) -> Words | None:
    return None


_MAKERS: dict[str, Callable[[Happening, Mapping[str, tuple[Text, bool]]], Words | None]] = {
    "command.ran": _command,
    "scenes.taken": _scene,
    "outputs.changed": _output,
    "outputs.list_changed": _nothing,
    "insight.sold": _sold,
    "insight.returned": _sold,
    "insight.alarm": _alarm,
    "insight.figure": _figure,
    "sources.health": _source,
    "roles.told": _told,
    "engine.clock": _clock,
    "plans.started": _other_plan,
    "plans.ended": _other_plan,
    "plans.asked": _nothing,  # the answer says it
    "plans.step": _nothing,  # the incident has its own steps
    "comments.received": _nothing,  # counted, see `studio.plans.incidents.report`
    "comments.moderated": _nothing,
    "comments.decided": _nothing,
    "stock.changed": _nothing,  # the sale says it
}
