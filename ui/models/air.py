"""The part "air": how the show goes out, what it cost so far, the last check before air."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.outputs.model import OutputSettings
from ui.i18n import language


class Budget(msgspec.Struct, frozen=True):
    """Time in which viewers got nothing new, and how much of it a show may have."""

    used_s: float = 0.0
    total_s: float = 14.4


class Rate(msgspec.Struct, frozen=True):
    """What a canvas is encoded with now."""

    nominal_kbps: int = 0
    kbps: int = 0
    frame_step: int = 1
    lowered: int = 0

    @property
    def is_lowered(self) -> bool:
        """Whether the line was too narrow."""
        return self.kbps < self.nominal_kbps or self.frame_step > 1


class CheckLine(msgspec.Struct, frozen=True):
    """One line of a check.

    Attributes:
        verdict: "ok", "warn", "bad" or the like.
        text, mend: by language.
    """

    id: str = ""
    output: str = ""
    verdict: str = ""
    text: dict[str, str] = {}
    mend: dict[str, str] = {}
    figure: Any = None

    @property
    def is_ok(self) -> bool:
        """Nothing to do."""
        return self.verdict == "ok"


class AirCheck(msgspec.Struct, frozen=True):
    """The last check."""

    is_ready: bool = False
    at_utc: str = ""
    lines: tuple[CheckLine, ...] = ()


class Rung(msgspec.Struct, frozen=True):
    """One encode and who shares it."""

    id: str = ""
    canvas: str = ""
    codec: str = ""
    size: tuple[int, int] = (0, 0)
    nominal_kbps: int = 0
    outputs: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Size and codec, short."""
        codec = "HEVC" if self.codec == "hevc" else "H.264"
        return f"{min(self.size)}p {codec}"


class StandbyView(msgspec.Struct, frozen=True):
    """The brand's own standby: files, and none, encoding, ready or failed."""

    picture: str = ""
    music: str = ""
    state: str = "none"
    why: str = ""


class Air(msgspec.Struct, frozen=True):
    """Everything about the way out."""

    is_live: bool = False
    live_s: float = 0.0
    budget: Budget = Budget()
    standby_s: float = 0.0
    rates: dict[str, Rate] = {}
    rungs: tuple[Rung, ...] = ()
    settings: dict[str, OutputSettings] = {}
    squeezed: dict[str, int] = {}
    standby: StandbyView = StandbyView()
    replay_s: dict[str, float] = {}
    check: AirCheck = AirCheck()


class SafeArea(msgspec.Struct, frozen=True):
    """The platform's own chrome at each side, as parts of the picture."""

    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0
    right: float = 0.0


class Platform(msgspec.Struct, frozen=True):
    """A platform with what it takes."""

    id: str
    label: dict[str, str] = {}
    max_kbps: int = 0
    best_kbps: int = 0
    orientations: tuple[str, ...] = ()
    safe: dict[str, SafeArea] = {}


def pick_label(label: dict[str, str]) -> str:
    """A label in the present language."""
    return label.get(language.code) or label.get("en", "")
