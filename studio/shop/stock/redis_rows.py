"""What goes to the ledger's script in Redis, and how its answers are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from studio.shop.stock.model import Booking, Level, Line, Outcome, merged


def plain(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Order lines as the script takes them, each SKU once."""
    return [
        {"sku": line.sku, "count": line.count, "channel": line.channel} for line in merged(lines)
    ]


def names_of(field: str) -> tuple[str, str]:
    """The two names of a compound field: the first stands behind its length in bytes."""
    length, _, rest = field.partition(":")
    raw = rest.encode()
    return raw[: int(length)].decode(), raw[int(length) :].decode()


def levels_of(told: dict[str, Any]) -> list[Level]:
    """Levels from what the script tells (free, held, sold), by SKU and channel."""
    held, sold = pairs_of(told["held"]), pairs_of(told["sold"])
    levels = [
        Level(*names_of(name), int(free), int(held.get(name, 0)), int(sold.get(name, 0)))
        for name, free in pairs_of(told["free"]).items()
    ]
    return sorted(levels, key=lambda level: (level.sku, level.channel))


def pairs_of(flat: Any) -> dict[str, str]:
    """A flat list of names and values, as a hash comes back."""
    names = list(flat)
    return dict(zip(names[::2], names[1::2], strict=True))


def booking_of(key: str, told: dict[str, Any]) -> Booking:
    """What became of one booking, by its key."""
    outcome: Outcome = told["outcome"]
    return Booking(
        key, outcome, told["sku"], int(told["free"]), int(told["until_ms"]), told["note"]
    )
