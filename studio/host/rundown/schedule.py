"""Planned, actual and expected times, and how to catch up: pure arithmetic over instants."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from studio.core.instants import after, from_iso, iso
from studio.host.rundown.model import (
    ItemState,
    ItemView,
    PhaseView,
    RundownItem,
    RundownPart,
    RundownRun,
    RundownView,
    Shortened,
)

LONG_S = 100 * 60
OPENING_S, CLOSING_S = 10 * 60, 20 * 60
LEAST_CUT_S = 5


def phase_lengths(total_s: int) -> tuple[int, int, int]:
    """Opening, middle and closing of a show of this length.

    10 and 20 minutes with the rest between them; a show under 100 minutes is parted 10/70/20 %.
    """
    if total_s >= LONG_S:
        return OPENING_S, total_s - OPENING_S - CLOSING_S, CLOSING_S
    opening, closing = round(total_s * 0.1), round(total_s * 0.2)
    return opening, total_s - opening - closing, closing


def elapsed_s(run: RundownRun, now: datetime) -> float:
    """How long the item that is on has been going, without pauses."""
    times = run.times.get(run.item)
    if times is None:
        return 0.0
    until = from_iso(run.paused_utc) if run.paused_utc else now
    return max(0.0, (until - from_iso(times.began_utc)).total_seconds() - times.paused_s)


def rundown_view(
    part: RundownPart, run: RundownRun, now: datetime, wall: datetime | None = None
) -> RundownView:
    """Everything that is seen of a rundown at one moment.

    Args:
        now: by the run's own clock.
        wall: by the computer's, where that was set since the run began; what is yet to come is
            told by it.
    """
    skew = (wall - now) if wall is not None else timedelta()
    if abs(skew.total_seconds()) < 0.5:
        skew = timedelta()
    items = part.items
    order = {item.id: place for place, item in enumerate(items)}
    here = order.get(run.item, -1)
    start = from_iso(part.start_utc) if part.start_utc else None
    first = run.times.get(items[0].id) if items else None
    if start is None and first is not None:
        start = from_iso(first.began_utc)
    cursor = now if run.stage in ("running", "paused") else None
    views: list[ItemView] = []
    planned = start
    phase_of = {item.id: phase.id for phase in part.phases for item in phase.items}
    for item, state in zip(items, _states(run, items), strict=True):
        view = ItemView(item, phase_of[item.id], state)
        if planned is not None:
            planned_end = after(planned, item.seconds)
            view = replace(view, planned_utc=iso(planned), planned_end_utc=iso(planned_end))
            planned = planned_end
        view, cursor = _timed(view, run, cursor, now, skew)
        views.append(view)
    upcoming = next((v.item.id for v in views if v.state == "next"), "")
    ends = [from_iso(view.expected_end_utc) for view in views if view.expected_end_utc]
    expected = ends[-1] if ends and run.stage != "ended" else None
    if run.stage == "ended":
        done = [view.ended_utc for view in views if view.ended_utc]
        expected = from_iso(max(done)) if done else None
    if run.due_utc and run.stage != "ready":
        planned = from_iso(run.due_utc)
    late = round((expected - planned).total_seconds()) if expected and planned else 0
    lines, short = catch_up(part, run, late) if run.stage in ("running", "paused") else ((), 0)
    left = None
    if run.stage == "paused" and here >= 0:
        left = round(items[here].seconds - elapsed_s(run, now))
    whole = part.seconds or 1
    return RundownView(
        run.stage, iso(start) if start else "", part.zone,
        tuple(PhaseView(p.id, p.name, p.kind, p.seconds, round(100 * p.seconds / whole),
                        p.question_every_s) for p in part.phases),
        tuple(views), run.item if here >= 0 else "", upcoming, left, late,
        iso(planned) if planned else "", iso(expected) if expected else "", lines, short,
    )  # fmt: skip


def _states(run: RundownRun, items: tuple[RundownItem, ...]) -> list[ItemState]:
    """What was on stays done, also where somebody goes back; the first that was not is next."""
    ids = [item.id for item in items]
    here = ids.index(run.item) if run.item in ids and run.stage != "ended" else -1
    passed = max((place for place, id in enumerate(ids) if id in run.times), default=-1)
    if here >= 0:
        passed = here
    states: list[ItemState] = []
    for place, id in enumerate(ids):
        if place == here:
            states.append("now")
        elif id in run.times:
            states.append("done")
        elif place < passed or run.stage == "ended":
            states.append("skipped")
        else:
            states.append("later" if "next" in states else "next")
    return states


def _timed(
    view: ItemView, run: RundownRun, cursor: datetime | None, now: datetime, skew: timedelta
) -> tuple[ItemView, datetime | None]:
    """An item with its actual and expected times, and where the next one is counted from."""
    item, times = view.item, run.times.get(view.item.id)
    if view.state == "now" and times is not None:
        gone = elapsed_s(run, now)
        left = max(0.0, item.seconds - gone)
        end = after(now, left)
        expected = iso(end + skew)
        return replace(
            view, began_utc=times.began_utc, expected_utc=times.began_utc,
            expected_end_utc=expected, over_s=max(0, round(gone - item.seconds)),
            ends_utc="" if run.paused_utc else iso(after(now, item.seconds - gone) + skew),
        ), end  # fmt: skip
    if view.state == "done" and times is not None:
        ended = times.ended_utc or iso(now)
        took = (from_iso(ended) - from_iso(times.began_utc)).total_seconds() - times.paused_s
        return replace(
            view, began_utc=times.began_utc, ended_utc=ended, over_s=round(took - item.seconds)
        ), cursor
    if view.state in ("later", "next") and cursor is not None:
        end = after(cursor, item.seconds)
        return replace(view, expected_utc=iso(cursor + skew), expected_end_utc=iso(end + skew)), end
    return view, cursor


def catch_up(part: RundownPart, run: RundownRun, late_s: int) -> tuple[tuple[Shortened, ...], int]:
    """Shorter items that bring the end back to where it was planned.

    Each item that is yet to come gives in proportion to what it can spare; nothing is dropped.

    Returns:
        The items with less time, and the seconds that cannot be caught up.
    """
    items = part.items
    here = next((place for place, item in enumerate(items) if item.id == run.item), -1)
    coming = [item for item in items[here + 1 :] if item.id not in run.times]
    spare = {item.id: item.seconds - item.least for item in coming}
    whole = sum(spare.values())
    if late_s < LEAST_CUT_S:
        return (), 0
    wanted = min(late_s, whole)
    lines: list[Shortened] = []
    given, seen = 0, 0
    for item in coming:
        seen += spare[item.id]
        upto = seen * wanted // whole if whole else 0
        cut, given = upto - given, upto
        if cut:
            lines.append(Shortened(item.id, item.title, item.seconds - cut, item.seconds))
    return tuple(lines), late_s - wanted
