"""Time slots of offers: from the clock on the wall to the machine's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.instants import from_iso, parse_instant, utc_now
from studio.shop.offers.model import Offer, Run, Slot


def slot_times(slot: Slot) -> tuple[datetime, datetime | None]:
    """When a slot begins and ends, UTC; a day alone ends after its last second.

    Raises:
        StudioError: invalid: no time, one that the clocks skip or have twice, no such zone, an
            end that is not after the start, longer than a day.
    """
    starts = _moment(slot.starts, slot.zone)
    if not slot.ends:
        return starts, None
    ends = _moment(slot.ends, slot.zone, is_end=True)
    if ends <= starts:
        raise StudioError("invalid", "offers.ends_before", starts=slot.starts, ends=slot.ends)
    return starts, ends


def _moment(text: str, zone: str, *, is_end: bool = False) -> datetime:
    text = text.strip()
    is_day = len(text) == len("2026-11-29") and "T" not in text
    if is_day and is_end:
        # "Until the 15th" goes on through the 15th: it ends as the 16th begins.
        try:
            following = from_iso(text) + timedelta(days=1)
        except ValueError:
            raise StudioError("invalid", "rundown.no_time", text=text[:60]) from None
        text = following.strftime("%Y-%m-%d")
    return parse_instant(text, zone).astimezone(UTC)


def by_slot(offer: Offer, run: Run) -> Run:
    """The run with its slot on the machine's own clock: a clock that is set later moves no sale.

    Raises:
        StudioError: invalid, as `slot_times`.
    """
    assert offer.slot is not None
    starts, ends = slot_times(offer.slot)
    here_ns, now = now_ns(), utc_now()

    def at(moment: datetime) -> int:
        return here_ns + round((moment - now).total_seconds() * NS)

    begins_ns, ends_ns = at(starts), at(ends) if ends else 0
    if offer.seconds and not ends_ns:
        ends_ns = begins_ns + offer.seconds * NS
    return replace(run, begins_ns=begins_ns, ends_ns=ends_ns)
