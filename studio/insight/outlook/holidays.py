"""Days that are not like others, of both calendars; those that move stand by their dates."""

from __future__ import annotations

import functools
from datetime import date, timedelta

import msgspec

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.insight.model import LabelPair


class Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A holiday or a day of sales.

    Attributes:
        calendar: "cn", "west", "both".
        days: it lasts.
        dates: its first day by year, of one that moves.
        each_year: "MM-DD" of one that does not.
    """

    label: LabelPair
    calendar: str
    days: int = 1
    dates: tuple[str, ...] = ()
    each_year: str = ""


@functools.cache
def holidays() -> tuple[Holiday, ...]:
    """All there are.

    Raises:
        StudioError: invalid, with the file.
    """
    file = assets_dir() / "holidays.json"
    try:
        return msgspec.convert(read_json(file.read_bytes()), tuple[Holiday, ...])
    except (OSError, ValueError) as error:
        raise StudioError("invalid", "insight.bad_file", path=str(file), why=error) from None


@functools.cache
def holiday_on(day: date) -> Holiday | None:
    """The holiday of a day; of two the one that moves."""
    for holiday in holidays():
        for back in range(holiday.days):
            first = day - timedelta(days=back)
            if first.isoformat() in holiday.dates or (
                holiday.each_year and first.strftime("%m-%d") == holiday.each_year
            ):
                return holiday
    return None
