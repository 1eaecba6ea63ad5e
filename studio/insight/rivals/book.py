"""Keeps what was seen among imported rows: a file of it and a note by hand are one store."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing

from studio.core.clock import seconds_of, utc_iso, utc_of
from studio.core.errors import StudioError
from studio.insight.imports.model import ExportRow
from studio.insight.imports.store import ExportStore
from studio.insight.rivals.model import RivalGoodsSeen, RivalRow

KIND = "rivals"
MOST = 500


def note(seen: RivalGoodsSeen) -> tuple[str, RivalGoodsSeen | None]:
    """Writes it down; its key, and what stood there.

    Raises:
        StudioError: invalid (the time), failed (the store).
    """
    try:
        at = utc_of(seconds_of(seen.seen_utc)) if seen.seen_utc else utc_iso()
    except ValueError:
        raise StudioError("invalid", "insight.no_time", text=seen.seen_utc) from None
    key = f"{seen.rival}|{seen.goods}|{at}"
    data = {"rival": seen.rival, "goods": seen.goods, "at": at, "currency": seen.currency}
    data |= {name: text for name, text in (("hours", seen.hours), ("offer", seen.offer)) if text}
    row = ExportRow(key, "", at, at, 0, seen.cents, seen.currency, data)
    with closing(ExportStore()) as store:
        before = store.put_row(KIND, row)
    return key, _seen(before) if before else None


def forget(key: str) -> RivalGoodsSeen:
    """Takes one note out; what it was.

    Raises:
        StudioError: not_found, failed.
    """
    with closing(ExportStore()) as store:
        gone = store.remove_row(KIND, key)
    if gone is None:
        raise StudioError("not_found", "rivals.no_row", note=key)
    return _seen(gone)


def seen_lately() -> list[RivalRow]:
    """The latest of each competitor's product, with the price before, the newest first.

    Raises:
        StudioError: failed.
    """
    with closing(ExportStore()) as store:
        rows = store.full_rows(KIND)
    by_goods: dict[tuple[str, str], list[ExportRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.at):
        by_goods[row.data.get("rival", ""), row.data.get("goods", "")].append(row)
    found = [
        RivalRow(each[-1].key, _seen(each[-1]), each[-2].amount if len(each) > 1 else None,
                 len(each))
        for each in by_goods.values()
    ]  # fmt: skip
    return sorted(found, key=lambda row: row.seen.seen_utc, reverse=True)[:MOST]


def _seen(row: ExportRow) -> RivalGoodsSeen:
    data = row.data
    return RivalGoodsSeen(
        data.get("rival", "?")[:120] or "?", data.get("goods", "?")[:120] or "?",
        max(0, row.amount or 0), row.currency or "CNY", row.at, data.get("hours", "")[:120],
        data.get("offer", "")[:120],
    )  # fmt: skip
