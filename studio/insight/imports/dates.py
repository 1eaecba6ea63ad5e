"""Dates as exports write them: with and without year and zone, in either order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?)?"
_ZONE = r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + _TIME + _ZONE)
COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})" + _TIME + _ZONE)
NAMED = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:, (\d{4}))?" + _TIME + _ZONE)
NAMED_DAY_FIRST = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -]?,? ?(\d{4})?" + _TIME + _ZONE)
CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})日" + _TIME + _ZONE)
EPOCH = re.compile(r"[12]\d{9}(\d{3})?")


class DateReader:
    """Reads the dates of one file, in their order.

    Args:
        year: of the first date that names none; later ones follow over New Year.
        zone: of times that name none; None keeps them as they stand.

    Attributes:
        needs_year: a date had no year, and none was given.
        is_unsure: which of two numbers is the month could not be told.
    """

    def __init__(self, year: int | None = None, zone: str = "", texts: Iterable[str] = ()) -> None:
        self._year, self._last = year, (0, 0)
        self._zone = ZoneInfo(zone) if zone else None
        self.needs_year = self.is_unsure = False
        self._is_day_first = self._order(texts)

    def read(self, text: str) -> str:
        """ISO 8601 in UTC where the zone is known, else as it stands; "" for nothing.

        Raises:
            ValueError: no date.
        """
        plain = text.strip()
        if not plain:
            return ""
        found = _with_year(plain, self._is_day_first)
        if found is None:
            month, day, rest = _without_year(plain)
            if self._year is None:
                self.needs_year = True
                return f"--{month:02d}-{day:02d}{rest}"
            if self._last and self._last[0] - month > 6:
                self._year += 1
            elif self._last[0] and month - self._last[0] > 6:
                self._year -= 1
            self._last = (month, day)
            datetime(self._year, month, day)
            return f"{self._year}-{month:02d}-{day:02d}{rest}"
        return _written(*found, self._zone)

    def _order(self, texts: Iterable[str]) -> bool:
        is_slashed = False
        for text in texts:
            found = YEAR_LAST.fullmatch(text.strip())
            if found is None:
                continue
            if found[2] == "." or int(found[1]) > 12:
                return True
            if int(found[3]) > 12:
                return False
            is_slashed = True
        self.is_unsure = is_slashed
        return False


@lru_cache(maxsize=65536)
def _with_year(text: str, is_day_first: bool) -> tuple[datetime, bool] | None:
    if EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        start = datetime(1970, 1, 1, tzinfo=UTC)
        return start + timedelta(seconds=seconds), True
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day, rest = int(found[1]), int(found[2]), int(found[3]), found.groups()[3:]
    elif found := COMPACT.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        rest = (None,) * 5
    elif found := YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        day, month = (first, second) if is_day_first else (second, first)
        year, rest = int(found[4]), found.groups()[4:]
    elif (found := NAMED.fullmatch(text)) and found[3]:
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
        rest = found.groups()[3:]
    elif (found := NAMED_DAY_FIRST.fullmatch(text)) and found[3]:
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
        rest = found.groups()[3:]
    else:
        return None
    hour, minute, second_, half, zone = rest
    if hour is None:
        return datetime(year, month, day), False
    hours = int(hour) % 12 + 12 * (half.lower() == "pm") if half else int(hour)
    moment = datetime(year, month, day, hours, int(minute), int(second_ or 0))
    return moment.replace(tzinfo=_zone(zone)) if zone else moment, True


@lru_cache(maxsize=65536)
def _written(moment: datetime, has_time: bool, zone: ZoneInfo | None) -> str:
    if not has_time:
        return moment.date().isoformat()
    if moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=zone)
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _without_year(text: str) -> tuple[int, int, str]:
    if found := CHINESE.fullmatch(text):
        month, day, rest = int(found[1]), int(found[2]), found.groups()[2:]
    elif found := NAMED.fullmatch(text):
        month, day, rest = _month(found[1]), int(found[2]), found.groups()[3:]
    elif found := NAMED_DAY_FIRST.fullmatch(text):
        month, day, rest = _month(found[2]), int(found[1]), found.groups()[3:]
    else:
        raise ValueError(text)
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise ValueError(text)
    time = f"T{int(rest[0]):02d}:{rest[1]}:{rest[2] or '00'}" if rest[0] else ""
    return month, day, time


def _month(name: str) -> int:
    if name.lower() not in MONTHS:
        raise ValueError(name)
    return MONTHS[name.lower()]


def _zone(text: str) -> timezone:
    if text in ("Z", "UTC", "GMT"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
