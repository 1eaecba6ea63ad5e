"""Which plans were drilled, when, and how it went: one line a drill in the data folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json
from studio.core.clock import local_date, seconds_of, utc_iso
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import data_dir, keep_private
from studio.plans.drills.model import (
    DrillRecord,
    DrillScores,
    PersonRow,
    PersonScore,
    TeamDay,
    TeamRow,
)
from studio.plans.model import Plan

_log = logger(__name__)
MOST_BYTES, MOST_LAST = 50_000_000, 50


def plan_digest(plan: Plan) -> str:
    """Tells whether a plan is another one than it was, however its file is laid out."""
    return hashlib.sha256(msgspec.json.encode(plan)).hexdigest()


def log_path() -> Path:
    """The file of the drills."""
    return data_dir() / "plans" / "drills.jsonl"


def note_drill(plan: Plan, passed: bool, **more: Any) -> DrillRecord:
    """Adds a drill.

    Args:
        more: the other fields of `DrillRecord`.

    Raises:
        OSError: it cannot be written.
    """
    path = log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    record = DrillRecord(plan.id, plan_digest(plan), utc_iso(), passed, **more)
    keep_private(path)  # it names who did what
    with path.open("a+b") as file:
        is_torn = file.seek(0, 2) > 0 and file.seek(-1, 2) >= 0 and file.read(1) != b"\n"
        # The power went in the middle of a line: this one is not to be lost with it.
        file.write(b"\n" * is_torn + encode_json(record).encode() + b"\n")
    return record


def last_drills() -> dict[str, DrillRecord]:
    """The last drill of each plan."""
    return {record.plan: record for record in all_drills()}


def all_drills() -> list[DrillRecord]:
    """Every drill, the oldest first; a line that cannot be read is passed over."""
    try:
        text = read_bounded(log_path(), MOST_BYTES)
    except FileNotFoundError:
        return []
    except (OSError, StudioError) as error:
        _log.warning("the drills cannot be read: %s", error)
        return []
    records = []
    for line in text.splitlines():
        try:
            record = msgspec.json.decode(line, type=DrillRecord)
            seconds_of(record.at_utc)
        except (msgspec.DecodeError, ValueError, OverflowError):
            continue
        records.append(record)
    return records


def drill_scores(records: Sequence[DrillRecord]) -> DrillScores:
    """By person and team, over time; drills that nobody but the drill answered are in neither."""
    people: dict[str, list[tuple[DrillRecord, PersonScore]]] = {}
    teams: dict[str, dict[str, list[DrillRecord]]] = {}
    for record in records:
        for person in record.people:
            people.setdefault(person.who, []).append((record, person))
        if record.team:
            days = teams.setdefault(record.team, {})
            days.setdefault(local_date(seconds_of(record.at_utc)), []).append(record)
    rows = [
        PersonRow(
            who=who, drills=len(found), accepted=sum(p.accepted for _, p in found),
            tasks=sum(r.tasks for r, _ in found), answered=sum(p.answered for _, p in found),
            asks=sum(r.asks for r, _ in found), wrong=sum(p.wrong for _, p in found),
            first_s=round(median(p.first_s for _, p in found), 2), last_utc=found[-1][0].at_utc,
        )
        for who, found in people.items()
    ]  # fmt: skip
    return DrillScores(
        people=tuple(sorted(rows, key=lambda row: (row.first_s, row.who))),
        teams=tuple(
            TeamRow(team=team, days=tuple(_day(day, found) for day, found in sorted(days.items())))
            for team, days in sorted(teams.items())
        ),
        last=tuple(records[: -MOST_LAST - 1 : -1]),
    )


def scores_for(scores: DrillScores, who: str) -> DrillScores:
    """What somebody sees who judges nobody: their own, and the totals of the teams."""
    return DrillScores(
        people=tuple(row for row in scores.people if row.who == who),
        teams=scores.teams,
        last=tuple(without_others(record, who) for record in scores.last),
    )


def without_others(record: DrillRecord, who: str = "") -> DrillRecord:
    """A drill without what people did in it, but for this one's."""
    people = tuple(person for person in record.people if person.who == who and who)
    return replace(record, people=people)


def _day(day: str, records: Sequence[DrillRecord]) -> TeamDay:
    first = [person.first_s for record in records for person in record.people]
    back = [record.recovered_s for record in records if record.recovered_s is not None]
    return TeamDay(
        day=day, drills=len(records), passed=sum(record.passed for record in records),
        first_s=round(sum(first) / len(first), 2) if first else None,
        recovered_s=round(sum(back) / len(back), 2) if back else None,
    )  # fmt: skip
