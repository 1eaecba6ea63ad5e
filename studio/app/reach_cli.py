"""``shopcast reach``: who agreed to a purpose, by segment; a list of them as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

from studio.app.persons import own_people, own_requests, reach_book
from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import data_dir
from studio.core.priority import background_thread
from studio.insight.reach.book import chosen, people_of
from studio.insight.reach.model import LEAST_WHY, SEGMENTS, Segment
from studio.remote.client import ask_running
from studio.shop.stock.persons import LedgerPersons

Write = Callable[[str], None]


def count_reach(purpose: str, write: Write, *, as_json: bool) -> None:
    """Writes how many of each segment may be reached.

    Raises:
        StudioError: not_found, failed.
    """
    found = ask_running("reach.count", purpose=purpose)
    segments = _counts(purpose) if found is None else found["segments"]
    if as_json:
        write(encode_json({"purpose": purpose, "segments": segments}))
        return
    for segment, count in segments.items():
        write(f"{count:>6}  {segment}  {translate(f'reach.segment_{segment}')}")


def write_reach(
    segment: str, purpose: str, reason: str, write: Write, *, full: bool, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Writes a list; a studio that runs does it itself, and notes it in its journal.

    Raises:
        StudioError: not_found, invalid, conflict, failed; unavailable: no studio runs, and a list
            is noted in its journal.
    """
    if segment not in get_args(Segment):
        raise StudioError("not_found", "reach.no_segment", segment=segment,
                          known=", ".join(SEGMENTS))  # fmt: skip
    if len(reason.strip()) < LEAST_WHY:
        raise StudioError("invalid", "reach.no_reason")
    more = {"file": str(out)} if out is not None else {}
    found = ask_running("reach.write", segment=segment, purpose=purpose, reason=reason, full=full,
                        **more)  # fmt: skip
    if found is None:
        raise StudioError("unavailable", "reach.not_running")
    if as_json:
        write(encode_json(found))
    else:
        write(translate("reach.written", count=found["count"], file=found["file"]))


def list_reach(write: Write, *, as_json: bool) -> None:
    """Writes which lists there are.

    Raises:
        StudioError: failed.
    """
    people = own_people()
    try:
        rows = reach_book().rows(own_requests(people))
    finally:
        people.close()
    if as_json:
        write(encode_json({"lists": rows}))
        return
    for row in rows:
        write(translate("reach.row", id=row.id, at=row.at_utc, purpose=row.purpose,
                        segment=translate(f"reach.segment_{row.segment}"), people=row.people,
                        withdrawn=row.withdrawn, who=row.operator, why=row.reason,
                        file=row.file))  # fmt: skip


def _counts(purpose: str) -> dict[str, int]:
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.child import analyse

    background_thread()
    people = own_people()
    try:
        agreed = own_requests(people).agreed(purpose)
        numbers = tuple(entry.person for entry in agreed)
        viewers = analyse(AnalysisRequest("viewers", numbers=numbers)).viewers if agreed else {}
        buyers = LedgerPersons(data_dir() / "stock", people)
        bought = buyers.bought([entry.who for entry in agreed])
        found = people_of(agreed, viewers, bought, people)
    finally:
        people.close()
    return {segment: len(chosen(found, segment)) for segment in SEGMENTS}
