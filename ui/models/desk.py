"""Parts of the engine's state that have no struct of their own there, as the desk reads them."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.scenes.model import ScenesState
from studio.sound.model import Strip
from studio.sources.model import FilterSpec, FilterStatus

Pair = tuple[str, str]


class TransitionKind(msgspec.Struct, frozen=True):
    """A transition one can choose."""

    kind: str
    label: Pair = ("", "")
    default_ms: int = 0


class Tally(msgspec.Struct, frozen=True):
    """A source's light: "programme" or "preview"; who has seen it."""

    state: str = ""
    seen_by: str | None = None


class Scenes(ScenesState, frozen=True):
    """The part "scenes": the scenes and the transitions there are."""

    transitions: tuple[TransitionKind, ...] = ()
    tally: dict[str, Tally] = {}
    tbar: float = 0.0


class Health(msgspec.Struct, frozen=True):
    """Is a source well?"""

    state: str = "opening"
    fps: float = 0.0
    error: str = ""
    params: dict[str, str] = {}
    is_silent: bool = False
    is_resting: bool = False

    @property
    def is_bad(self) -> bool:
        """Should somebody act?"""
        return self.state in ("lost", "frozen", "missing", "black")


class SourceView(msgspec.Struct, frozen=True):
    """One source with its health."""

    name: str
    kind: str = ""
    settings: dict[str, Any] = {}
    version: int = 1
    filters: tuple[FilterSpec, ...] = ()
    label: Pair = ("", "")
    has_video: bool = False
    has_sound: bool = False
    health: Health | None = None
    filter_status: dict[str, FilterStatus] = {}
    is_media: bool = False
    on_loss: str = "hold"
    slate: str = ""


class HeadphonesView(msgspec.Struct, frozen=True):
    """The desk's own ears, on the engine's machine."""

    is_on: bool = False
    device: str = ""
    gain_db: float = 0.0
    is_playing: bool = False
    error: Pair | None = None


class Sound(msgspec.Struct, frozen=True):
    """The part "sound"."""

    strips: tuple[Strip, ...] = ()
    master_db: float = 0.0
    target_lufs: float = -16.0
    tolerance_lu: float = 3.0
    headphones: HeadphonesView = msgspec.field(default_factory=lambda: HeadphonesView())


WHOLE = ("text", "countdown", "clock", "image", "turntable")


def fit_of(kind: str) -> str:
    """How a new item stands in its box: words and goods whole, what fills a picture fills it."""
    return "contain" if kind in WHOLE else "cover"


class Show(msgspec.Struct, frozen=True):
    """The part "show"."""

    name: str = ""
    folder: str = ""
    language: str = "zh"
    is_readonly: bool = False
    error: str = ""


class EngineInfo(msgspec.Struct, frozen=True):
    """The part "engine"."""

    fps: str = "30"
    is_safe: bool = False
    secrets_in: str = ""
    recordings: str = ""


class Worn(msgspec.Struct, frozen=True):
    """Try-on on one source."""

    is_worn: bool = False
    quality: str = ""
    faces: int = 0
    error: str = ""
    age_ms: float = 0.0
    product: str = ""
    garment: str = ""
    compared: str = ""
    is_split: bool = False
    split_at: float = 0.5
    is_bypassed: bool = False


class VirtualCamera(msgspec.Struct, frozen=True):
    """The part "virtualcam"."""

    is_on: bool = False
    device: str = ""
    canvas: str = "landscape"
    error: str = ""
    devices: tuple[str, ...] = ()
    why_not: Pair | str = ""
