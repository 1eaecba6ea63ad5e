"""A game day that begins by itself: a window of days and hours, a moment nobody is told."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import msgspec

from studio.core.clock import zone_s
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.governance.document import PrivateDocument
from studio.plans.drills.model import ArmedGame

MOST_BYTES = 100_000
MOST_DAYS = 92
AGAIN_MS = 20 * 60_000
"""A show is on air at the moment: it is tried again then, inside the window."""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


class _Kept(msgspec.Struct, kw_only=True):
    game: ArmedGame | None = None


class ArmedFile:
    """Where it is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._document = PrivateDocument(
            path or data_dir() / "plans" / "game-day.json", _Kept, most_bytes=MOST_BYTES,
            unreadable="drill.armed_unreadable", not_kept="drill.armed_not_kept",
        )  # fmt: skip

    def read(self) -> ArmedGame | None:
        """The one that is armed.

        Raises:
            StudioError: failed.
        """
        return self._document.read().game

    def write(self, game: ArmedGame | None) -> None:
        """Another one, or none.

        Raises:
            StudioError: failed.
        """
        with self._document.changing() as kept:
            kept.game = game


def with_moment(game: ArmedGame, now_ms: int) -> ArmedGame:
    """The same with its moment, which the seed gives: the same for the same seed and window.

    Raises:
        StudioError: invalid: no such window, or it is over.
    """
    first, last = _day(game.from_day), _day(game.to_day)
    days = (last - first).days
    if days < 0 or days > MOST_DAYS or game.to_hour <= game.from_hour:
        raise StudioError("invalid", "drill.no_window", most=MOST_DAYS)
    zone_ms = 1000 * zone_s(now_ms / 1000)
    rng = random.Random(f"{game.seed}/{game.from_day}/{game.to_day}")
    chances = [
        moment for _ in range(64) if (moment := _moment(rng, game, first, days, zone_ms)) > now_ms
    ]
    if not chances:
        raise StudioError("invalid", "drill.window_over")
    return msgspec.structs.replace(game, at_ms=chances[0])


def is_open(game: ArmedGame, now_ms: int) -> bool:
    """Is this inside its days and hours?"""
    zone_ms = 1000 * zone_s(now_ms / 1000)
    days = (_midnight_ms(_day(game.from_day)), _midnight_ms(_day(game.to_day)) + DAY_MS)
    return days[0] <= now_ms + zone_ms < days[1] and _is_hour(game, now_ms + zone_ms)


def later(game: ArmedGame, now_ms: int) -> ArmedGame | None:
    """Tried again; None when the window is over then."""
    zone_ms = 1000 * zone_s(now_ms / 1000)
    at_ms = now_ms + AGAIN_MS
    last = _midnight_ms(_day(game.to_day)) - zone_ms + game.to_hour * HOUR_MS
    while at_ms <= last:
        if _is_hour(game, at_ms + zone_ms):
            return msgspec.structs.replace(game, at_ms=at_ms)
        at_ms += AGAIN_MS
    return None


def _moment(rng: random.Random, game: ArmedGame, first: date, days: int, zone_ms: int) -> int:
    day = first + timedelta(days=rng.randint(0, days))
    hours = (game.to_hour - game.from_hour) * HOUR_MS
    return _midnight_ms(day) - zone_ms + game.from_hour * HOUR_MS + rng.randrange(hours)


def _is_hour(game: ArmedGame, local_ms: int) -> bool:
    return game.from_hour * HOUR_MS <= local_ms % DAY_MS < game.to_hour * HOUR_MS


def _midnight_ms(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY_MS


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudioError("invalid", "plans.no_day", day=text) from None
