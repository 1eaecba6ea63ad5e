"""Makes the report of an incident: one timeline on the show's clock, what it cost, how grave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from studio.core.clean import encode_json
from studio.core.clock import seconds_of, utc_iso, utc_of
from studio.core.happening import Happening, PastEvents
from studio.core.text import Text
from studio.core.usual_sales import SalesNormal, UsualSales
from studio.plans.incidents.lines import words_of
from studio.plans.incidents.losses import against_usual, orders_lost, output_losses
from studio.plans.incidents.model import (
    Action,
    IncidentReport,
    OrdersLost,
    Review,
    TimelineLine,
)
from studio.plans.incidents.severity import severity
from studio.plans.model import Incident
from studio.plans.steps import said

LEAD_S, TAIL_S, BASIS_S = 60.0, 30.0, 600.0
MOST_LINES = 5_000
COMMENTS_S = 10
"""Comments are counted in stretches of so many seconds: nobody's words go into a report."""
COMMENTS, SOLD = "comments.received", "insight.sold"
Labels = Mapping[str, tuple[Text, bool]]


class Surroundings(NamedTuple):
    """What a report is made with.

    Attributes:
        past: the journal.
        labels: of commands by id, and whether they only look.
        standby: names of the standby scenes that are known.
        hidden: confidential incidents; nothing of them stands in another one's report.
        usual: what own shows sold in such a stretch; None where nobody was asked.
    """

    past: PastEvents
    labels: Labels = {}
    standby: frozenset[str] = frozenset()
    hidden: tuple[Incident, ...] = ()
    usual: UsualSales | None = None


async def usual_sales(incident: Incident, normal: SalesNormal) -> UsualSales | None:
    """What is usually sold while an incident took; None of a drill, where nobody buys."""
    if incident.is_drill:
        return None
    return await normal.usual_sales(incident.began_utc, _took_ms(incident) / 1000)


def _took_ms(incident: Incident) -> int:
    """How long it took, or takes until now."""
    if incident.over_ms is not None:
        return incident.over_ms
    return max(0, round((seconds_of(utc_iso()) - seconds_of(incident.began_utc)) * 1000))


def make_report(
    incident: Incident,
    around: Surroundings,
    review: Review,
    actions: Iterable[Action] = (),
    *,
    is_confidential: bool = False,
) -> IncidentReport:
    """Reads the journal; not for the engine's loop."""
    began_s = seconds_of(incident.began_utc)
    took_ms = _took_ms(incident)
    first, last = began_s - LEAD_S, began_s + took_ms / 1000 + TAIL_S
    clock = _Clock(around.past.find("plans.started", incident.id), began_s)
    hidden = [other for other in around.hidden if other.id != incident.id]
    read = _Reading(incident, hidden, around.labels)
    for entry in around.past.between(utc_of(first), utc_of(last)):
        read.take(clock.at_ms(entry), entry)
    standby = around.standby | read.standby
    changes = around.past.before(utc_of(began_s), "outputs.changed", 500)
    takes = around.past.before(utc_of(began_s), "scenes.taken", 20)
    outputs = output_losses(
        changes,
        [(ms / 1000, entry) for ms, entry in read.outputs if 0 <= ms <= took_ms],
        _standby_stretches(takes, read.takes, standby, took_ms),
        took_ms / 1000,
    )
    orders = _orders(around.past, read.sold, began_s, took_ms)
    usual = against_usual(around.usual, orders.sold)
    lines = read.lines()
    grade, why = severity(incident, outputs, orders, usual, review)
    return IncidentReport(
        incident.id, incident.plan, incident.label.pair(), incident.cause.pair(), incident.subject,
        incident.state, incident.origin, incident.began_utc, incident.saved_ms,
        incident.recovered_ms, incident.over_ms, grade, why, outputs, orders,
        tuple(lines[:MOST_LINES]), review, tuple(actions), is_confidential, incident.is_drill,
        len(lines) > MOST_LINES, read.has_any, incident.done, incident.failed, usual,
    )  # fmt: skip


class _Clock:
    """Times from the incident's beginning, by the monotonic clock as far as it reaches."""

    def __init__(self, anchor: Happening | None, began_s: float) -> None:
        self._anchor, self._began_s = anchor, began_s

    def at_ms(self, entry: Happening) -> int:
        """The wall clock may be set meanwhile; over a restart of the machine it alone goes on."""
        anchor = self._anchor
        by_wall = (seconds_of(entry.at_utc) - self._began_s) * 1000
        if anchor is None:
            return round(by_wall)
        ms = (entry.at_ns - anchor.at_ns) / 1e6
        is_same_boot = (ms >= 0) == (entry.entry >= anchor.entry)
        return round(ms if is_same_boot else by_wall)


def _is_of(entry: Happening, incident: Incident) -> bool:
    """Does an entry tell of this incident?"""
    data = entry.data
    if str(data.get("command", "")).startswith("post."):  # what was said then may be about it
        took_s = (incident.over_ms or 0) / 1000 + TAIL_S
        began_s, at_s = seconds_of(incident.began_utc), seconds_of(entry.at_utc)
        return began_s <= at_s <= began_s + took_s or incident.over_ms is None
    if incident.id in encode_json(data) or data.get("origin") == f"plan:{incident.plan}":
        return True
    if entry.name == "command.ran" and (data.get("args") or {}).get("plan") == incident.plan:
        return True
    words = (data.get("text") or {}).get("zh") if isinstance(data.get("text"), dict) else None
    return words is not None and any(moment.text.zh == words for moment in incident.timeline)


def _standby_stretches(
    before: list[Happening],
    timed: list[tuple[int, Happening]],
    standby: frozenset[str],
    took_ms: int,
) -> list[tuple[str, tuple[float, float]]]:
    """When a standby scene was on which canvas."""
    since: dict[str, float] = {}
    found: list[tuple[str, tuple[float, float]]] = []
    takes = [(0, entry) for entry in before]
    takes += [(ms, e) for ms, e in timed if e.name == "scenes.taken" and 0 < ms <= took_ms]
    for ms, entry in takes:
        canvas = str(entry.data.get("canvas") or "")
        for name in [canvas] if canvas else list(since) or [""]:
            if name in since:
                found.append((name, (since.pop(name), ms / 1000)))
        if entry.data.get("scene") in standby:
            since[canvas] = ms / 1000
    found += [(canvas, (at_s, took_ms / 1000)) for canvas, at_s in since.items()]
    return [(canvas, stretch) for canvas, stretch in found if stretch[1] > stretch[0]]


def _orders(
    past: PastEvents, timed: list[tuple[int, Happening]], began_s: float, took_ms: int
) -> OrdersLost:
    first, last = utc_of(began_s - BASIS_S), utc_of(began_s)
    earliest = next(past.between(first, last), None)
    on_air_s = 0.0
    if earliest is not None:
        on_air_s = min(BASIS_S, began_s - seconds_of(earliest.at_utc))
    sold = [entry for ms, entry in timed if 0 <= ms <= took_ms]
    return orders_lost(past.between(first, last, SOLD), sold, on_air_s, took_ms / 1000)


class _Reading:
    """The journal of an incident, entry by entry: a flood of them is not held in memory.

    Attributes:
        has_any: whether there was an entry at all.
        standby: scenes that were taken by `scenes.standby`.
        outputs, takes, sold: the entries of these, with milliseconds from the beginning.
    """

    def __init__(self, incident: Incident, hidden: list[Incident], labels: Labels) -> None:
        self._incident, self._hidden, self._labels = incident, hidden, labels
        self._comments: Counter[int] = Counter()
        self._lines: list[TimelineLine] = []
        self._taken = ""
        self.has_any = False
        self.standby: frozenset[str] = frozenset()
        self.outputs: list[tuple[int, Happening]] = []
        self.takes: list[tuple[int, Happening]] = []
        self.sold: list[tuple[int, Happening]] = []

    def take(self, ms: int, entry: Happening) -> None:
        """Reads one more."""
        self.has_any = True
        if entry.name == "scenes.taken":
            self._taken = str(entry.data.get("scene", ""))
            self.takes.append((ms, entry))
        elif entry.name == "command.ran":  # the take stands right before its command
            if entry.data.get("command") == "scenes.standby" and entry.data.get("ok"):
                self.standby |= {self._taken} - {""}
            self._taken = ""
        elif entry.name == "outputs.changed":
            self.outputs.append((ms, entry))
        elif entry.name == SOLD:
            self.sold.append((ms, entry))
        if any(_is_of(entry, other) for other in self._hidden):
            return
        if entry.name == COMMENTS:
            self._comments[ms // (COMMENTS_S * 1000)] += 1
        elif len(self._lines) <= MOST_LINES:
            self._add(ms, entry)

    def _add(self, ms: int, entry: Happening) -> None:
        is_own = entry.data.get("incident") == self._incident.id
        if is_own and entry.name.startswith(("plans.", "roles.told")):
            return  # its own words stand there already
        words = words_of(entry, self._labels)
        if words is not None:
            kind, text, by, is_ok = words
            self._lines.append(TimelineLine(entry.at_utc, ms, kind, text, by, is_ok, entry.entry))

    def lines(self) -> list[TimelineLine]:
        """The plan's own steps and all else, in the order of the clock."""
        incident = self._incident
        who = f"plan:{incident.plan}"
        own = [
            TimelineLine(moment.at_utc, moment.at_ms, "plan", moment.text.pair(), who, moment.is_ok)
            for moment in incident.timeline
        ]
        counted = []
        began_s = seconds_of(incident.began_utc)
        for stretch, count in self._comments.items():
            ms = stretch * COMMENTS_S * 1000
            text = said("plans.line_comments", n=count, seconds=COMMENTS_S).pair()
            counted.append(TimelineLine(utc_of(began_s + ms / 1000), ms, "comments", text))
        return sorted([*own, *self._lines, *counted], key=lambda line: line.at_ms)
