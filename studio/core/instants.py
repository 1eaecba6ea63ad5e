"""Instants: moments with a time zone, as people type them and as they leave the studio."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from studio.core.errors import StudioError

EARLIEST, LATEST = 2000, 2100


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def iso(at: datetime) -> str:
    """UTC, ISO 8601 with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """A moment that `iso` or a person wrote with its offset.

    Raises:
        ValueError: it is none.
    """
    at = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
    if not EARLIEST <= at.year < LATEST:
        raise ValueError("year")
    return at


def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name such as "Asia/Shanghai".

    Raises:
        StudioError: invalid.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise StudioError("invalid", "rundown.no_zone", zone=name[:60]) from None


def parse_instant(text: str, zone: str) -> datetime:
    """A moment as a person types it: "2026-11-29 20:00", with or without its offset.

    Args:
        zone: whose clock a time without an offset is of; "" is this computer's.

    Raises:
        StudioError: invalid: no time, one that the change to summer time skips, or one that
            there is twice.
    """
    try:
        at = from_iso(text)
    except ValueError:
        raise StudioError("invalid", "rundown.no_time", text=text[:60]) from None
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    if not zone:
        return at.astimezone().astimezone(UTC)
    local = at.replace(tzinfo=zone_named(zone))
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    if back.replace(tzinfo=None) != at:
        raise StudioError("invalid", "rundown.skipped_time", text=text[:60], zone=zone)
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        first, second = (local.replace(fold=fold).isoformat() for fold in (0, 1))
        raise StudioError(
            "invalid", "rundown.double_time", text=text[:60], zone=zone, a=first, b=second
        )
    return local.astimezone(UTC)


def on_clock(at: datetime, zone: str, form: str = "%m-%d %H:%M:%S") -> str:
    """A moment on the clock of a zone; "" is this computer's."""
    return at.astimezone(zone_named(zone) if zone else None).strftime(form)


def after(at: datetime, seconds: float) -> datetime:
    """So many seconds later: real ones, whatever the clock on the wall does meanwhile."""
    return at.astimezone(UTC) + timedelta(seconds=seconds)
