"""The mixer's strips as plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["ok", "quiet", "loud", "silent"]

ALARM_LEVELS = ("red", "amber", "note")
"""Severities of alarm sounds, the gravest first."""


class Strip(msgspec.Struct, frozen=True):
    """One source's channel.

    Attributes:
        gain_db: -100..26; -100 is off.
        pan: -1 left .. 1 right.
        follows_scene: heard only while its source is on programme.
        sync_ms: delays (positive) the sound against the picture.
        is_solo: heard alone in the headphones; what viewers hear does not change.
        is_monitored: also heard in the headphones while it is not on programme.
        sends: dB added on a canvas's own mix, -100 takes it off there; a canvas not named gets 0.
    """

    source: str
    gain_db: float = 0.0
    is_muted: bool = False
    pan: float = 0.0
    follows_scene: bool = True
    sync_ms: int = 0
    is_solo: bool = False
    is_monitored: bool = False
    sends: dict[str, float] = {}


class Headphones(msgspec.Struct, frozen=True):
    """Where the desk's own ears are.

    Attributes:
        device: name of the output, "" is the system's.
        gain_db: level in the headphones alone.
    """

    is_on: bool = False
    device: str = ""
    gain_db: float = 0.0


class Meter(msgspec.Struct, frozen=True):
    """Levels of the last tick, in dBFS, left and right."""

    peak_db: tuple[float, float]
    rms_db: tuple[float, float]


class LoudnessReading(msgspec.Struct, frozen=True):
    """How loud the programme is, LUFS; -120 is nothing yet.

    Attributes:
        verdict: "quiet" and "loud" after 10 s off the target, "silent" after 5 s of nothing.
    """

    momentary: float = -120.0
    short_term: float = -120.0
    integrated: float = -120.0
    target: float = -16.0
    verdict: Verdict = "ok"


class SoundPart(msgspec.Struct, frozen=True):
    """The mixer in a show."""

    strips: tuple[Strip, ...] = ()
    master_db: float = 0.0
    target_lufs: float = -16.0
    tolerance_lu: float = 3.0


class HeadphonesView(Headphones, frozen=True):
    """The desk's own ears, on the engine's machine; the error in both languages."""

    is_playing: bool = False
    error: tuple[str, str] | None = None


class SoundView(SoundPart, frozen=True):
    """The part "sound" of the state.

    Attributes:
        closed: strips that a standby scene on programme keeps silent, whatever their faders say.
    """

    loudness: LoudnessReading = LoudnessReading()
    headphones: HeadphonesView = HeadphonesView()
    closed: tuple[str, ...] = ()
