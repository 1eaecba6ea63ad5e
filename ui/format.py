"""Numbers and times as people read them; digits are of one width in the desk's font."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_SEEN_MOST = 256
_seen: dict[str, tuple[float, float]] = {}  # age and monotonic clock when a time was first seen

MINUS = "\u2212"


def parse_utc(text: str | None) -> datetime | None:
    """A UTC ISO 8601 time, None when there is none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def age_s(text: str | None) -> float | None:
    """Seconds since a UTC time; once it has been seen, a step of the wall clock is not felt."""
    at = parse_utc(text)
    if at is None or text is None:
        return None
    now = time.monotonic()
    if text not in _seen:
        if len(_seen) >= _SEEN_MOST:
            del _seen[next(iter(_seen))]
        _seen[text] = ((datetime.now(UTC) - at).total_seconds(), now)
    age, seen_at = _seen[text]
    return age + now - seen_at


def clock(text: str | None) -> str:
    """A UTC time on this person's clock: "21:14:03"."""
    at = parse_utc(text)
    return "" if at is None else at.astimezone().strftime("%H:%M:%S")


def day_clock(text: str | None) -> str:
    """A UTC time on this person's calendar: "11-29 21:14"."""
    at = parse_utc(text)
    return "" if at is None else at.astimezone().strftime("%m-%d %H:%M")


def now_clock() -> str:
    """The time now."""
    return datetime.now().strftime("%H:%M:%S")


def hms(seconds: float) -> str:
    """ "01:23:45"."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def ms_short(seconds: float) -> str:
    """ "02:14", with hours only when there are any."""
    return hms(seconds) if seconds >= 3600 else hms(seconds)[3:]


def db(value: float) -> str:
    """ "−2.0", "0.0", "−∞"."""
    if value <= -99:
        return f"{MINUS}∞"
    return f"{value:.1f}".replace("-", MINUS) if abs(value) >= 0.05 else "0.0"


def rate(kbps: float) -> str:
    """ "4.1 Mb/s"."""
    if kbps <= 0:
        return "–"
    return f"{kbps / 1000:.1f} Mb/s" if kbps >= 100 else f"{kbps:.0f} kb/s"


def size(count: float) -> str:
    """ "12.4 GB"."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit != "MB" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def seconds(ms: float) -> str:
    """ "2.1 s", "80 ms"."""
    if ms < 100:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s"
