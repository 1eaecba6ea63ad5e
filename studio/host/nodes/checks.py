"""What the state says about each node: is it done, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from studio.core.errors import StudioError
from studio.core.i18n import translate, translate_both
from studio.core.instants import from_iso, iso
from studio.host.nodes.model import NODE_IDS, NodeId, NodeMark, NodeState, NodesView, NodeView
from studio.host.rundown.model import RundownPart, RundownRun
from studio.host.script.model import ProductScriptView
from studio.shop.completeness import gaps_of
from studio.shop.model import Product

STARS = 3
BEFORE: dict[NodeId, timedelta] = {"goods": timedelta(days=3), "script": timedelta(days=1)}
AFTER: dict[NodeId, timedelta] = {
    "pace": timedelta(0), "figures": timedelta(hours=2), "clips": timedelta(hours=24),
    "groups": timedelta(hours=48), "review": timedelta(days=7),
}  # fmt: skip
SOON = timedelta(days=1)


class Proof(NamedTuple):
    """Whether the state proves a node, and its words."""

    is_proven: bool
    words: tuple[str, str]


def due_of(node: NodeId, part: RundownPart, run: RundownRun) -> datetime | None:
    """When it is due; None where the show has no start.

    What comes after the show counts from its real end where it ended, else from the planned one.
    """
    if not part.start_utc:
        return None
    start = from_iso(part.start_utc)
    if node in BEFORE:
        return start - BEFORE[node]
    ends = [times.ended_utc for times in run.times.values() if times.ended_utc]
    end = start + timedelta(seconds=part.seconds)
    if run.stage == "ended" and ends:
        end = from_iso(max(ends))
    return end + AFTER[node]


def proof_of(
    node: NodeId,
    products: Sequence[Product],
    scripts: Mapping[str, ProductScriptView],
    run: RundownRun,
) -> Proof:
    """What the state says of a node."""
    if node == "goods":
        return _goods(products)
    if node == "script":
        return _scripts(products, scripts)
    if node == "pace":
        return Proof(run.stage == "ended", translate_both(f"nodes.pace_{run.stage}"))
    return Proof(False, translate_both("nodes.by_hand"))


def _goods(products: Sequence[Product]) -> Proof:
    if not products:
        return Proof(False, translate_both("nodes.no_goods"))
    missing = [(product, gaps) for product in products if (gaps := gaps_of(product))]
    if not missing:
        return Proof(True, translate_both("nodes.goods_done", count=len(products)))
    first, gaps = missing[0]
    words = {
        language: ", ".join(translate(f"nodes.attribute_{gap}", language) for gap in gaps)
        for language in ("zh", "en")
    }
    told = [
        translate("nodes.goods_missing", language, count=len(missing), of=len(products),
                  name=first.name or first.id, what=words[language])
        for language in ("zh", "en")
    ]  # fmt: skip
    return Proof(False, (told[0], told[1]))


def _scripts(products: Sequence[Product], scripts: Mapping[str, ProductScriptView]) -> Proof:
    if not products:
        return Proof(False, translate_both("nodes.no_goods"))
    for product in products:
        view = scripts.get(product.id)
        if view is None:
            return Proof(False, translate_both("nodes.no_script", name=product.name))
        if view.gaps or view.stale:
            count = view.gaps + view.stale
            return Proof(False, translate_both("nodes.script_gaps", name=product.name, count=count))
        if view.stars < STARS:
            told = translate_both(
                "nodes.script_stars", name=product.name, count=view.stars, most=STARS
            )
            return Proof(False, told)
    return Proof(True, translate_both("nodes.script_done", count=len(products)))


def nodes_view(
    part: RundownPart,
    run: RundownRun,
    products: Sequence[Product],
    scripts: Mapping[str, ProductScriptView],
    marks: Sequence[NodeMark],
    now: datetime,
) -> NodesView:
    """All seven with due time, owner, proof."""
    by_node = {mark.node: mark for mark in marks}
    found: list[NodeView] = []
    for node in NODE_IDS:
        mark = by_node.get(node, NodeMark(node))
        due, proof = due_of(node, part, run), proof_of(node, products, scripts, run)
        is_done = proof.is_proven or bool(mark.ticked_by)
        found.append(NodeView(
            node, translate_both(f"nodes.label_{node}"), _state(due, now, is_done=is_done),
            iso(due) if due else "", mark.owner, proof.words, proof.is_proven, mark.ticked_by,
        ))  # fmt: skip
    return NodesView(part.start_utc, part.zone, tuple(found))


def _state(due: datetime | None, now: datetime, *, is_done: bool) -> NodeState:
    if is_done:
        return "done"
    if due is None:
        return "open"
    return "late" if now > due else "due" if due - now <= SOON else "open"


def calendar(view: NodesView, language: str, title: str) -> str:
    """The nodes that are not done as an iCalendar file (RFC 5545).

    Raises:
        StudioError: conflict: the show has no start.
    """
    if not view.start_utc:
        raise StudioError("conflict", "nodes.no_start")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Shopcast//nodes//EN"]
    for node in view.nodes:
        if node.state == "done":
            continue
        at = from_iso(node.due_utc).strftime("%Y%m%dT%H%M%SZ")
        name = node.label[language != "zh"]
        owner = f" ({node.owner})" if node.owner else ""
        stamp = from_iso(view.start_utc).strftime("%Y%m%dT%H%M%SZ")
        lines += [
            "BEGIN:VEVENT", f"UID:{node.id}-{stamp}@shopcast", f"DTSTAMP:{stamp}", f"DTSTART:{at}",
            f"SUMMARY:{_escaped(f'{title}: {name}{owner}')}",
            f"DESCRIPTION:{_escaped(node.proof[language != 'zh'])}",
            "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(name)}", "TRIGGER:-PT2H",
            "END:VALARM", "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join(_folded(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n"


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 bytes a line, never within a sign."""
    parts, part = list[str](), ""
    for sign in line:
        if len((part + sign).encode()) > (75 if not parts else 74):
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
