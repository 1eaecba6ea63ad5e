"""The mixer's strips as plain data."""

from __future__ import annotations

import msgspec


class Strip(msgspec.Struct, frozen=True):
    """One source's channel.

    Attributes:
        gain_db: -100..26; -100 is off.
        pan: -1 left .. 1 right.
        follows_scene: heard only while its source is on programme.
        sync_ms: delays (positive) the sound against the picture.
    """

    source: str
    gain_db: float = 0.0
    is_muted: bool = False
    pan: float = 0.0
    follows_scene: bool = True
    sync_ms: int = 0


class Meter(msgspec.Struct, frozen=True):
    """Levels of the last tick, in dBFS, left and right."""

    peak_db: tuple[float, float]
    rms_db: tuple[float, float]
