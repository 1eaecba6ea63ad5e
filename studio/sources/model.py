"""Sources of a show as plain data."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class FilterSpec(msgspec.Struct, frozen=True):
    """A filter on a source.

    Attributes:
        budget_ms: the most it may take for a picture or block of sound; 0 is as its kind says.
    """

    name: str
    kind: str
    settings: dict[str, Any] = {}
    version: int = 1
    is_enabled: bool = True
    budget_ms: float = 0.0


class FilterStatus(msgspec.Struct, frozen=True):
    """How a filter is doing.

    Attributes:
        state: "ok", "slow" (bypassed: over its budget), "failed" (bypassed, or without effect),
            "missing" (its kind or a file is not there).
        ms: how long it takes, smoothed.
        error: message key and parameters, or "".
    """

    state: str
    ms: float = 0.0
    budget_ms: float = 0.0
    error: str = ""
    params: dict[str, str] = {}


OnLoss = Literal["hold", "slate", "hide"]


class SourceSpec(msgspec.Struct, frozen=True):
    """A source of a show.

    Attributes:
        name: unique in the show.
        kind: of source; one that is not known here is kept and shown as missing.
        settings: as its kind knows them; never a secret.
        on_loss: what is seen while it is lost: its last picture (hold), a slate, or nothing (hide).
        slate: a picture for the slate; "" is the last picture, dimmed, with the source's name.
    """

    name: str
    kind: str
    settings: dict[str, Any] = {}
    version: int = 1
    filters: tuple[FilterSpec, ...] = ()
    on_loss: OnLoss = "hold"
    slate: str = ""


class Health(msgspec.Struct, frozen=True):
    """A source's health as people see it.

    Attributes:
        state: "opening", "ok", "still" (a picture that is meant to stand), "frozen", "black",
            "lost", "missing" (could not be opened, or what it shows is gone), "waiting" (nobody has
            called yet), "sound" (no picture by nature), "silent" (no
            picture by nature, and nothing heard for 5 s).
        fps: pictures a second over the last second.
        error: message key and parameters of the last error, or "".
        is_silent: it gives sound, and none of it was above -60 dB for 5 s.
        is_resting: nobody looks, so it makes no pictures.
        own_fps: pictures a second it gives by its own word, 0 when it has none.
        is_slow: over three seconds it gave fewer than nine tenths of that.
        is_measuring: it has not given pictures for long enough to say.
    """

    state: str = "opening"
    fps: float = 0.0
    error: str = ""
    params: dict[str, str] = {}
    is_silent: bool = False
    is_resting: bool = False
    own_fps: float = 0.0
    is_slow: bool = False
    is_measuring: bool = False

    @property
    def is_bad(self) -> bool:
        """Do viewers miss it?"""
        return self.state in ("lost", "frozen", "missing", "black")

    @property
    def needs_look(self) -> bool:
        """Should somebody act? What is slow is seen, but not as it should be."""
        return self.is_bad or self.is_slow


def may_hear(kind: str, settings: dict[str, Any], output: str) -> bool:
    """Might a source take what this machine plays on an output? In doubt it might.

    Args:
        output: the name of the output as it is listed.
    """
    device = str(settings.get("device", "")).lower()
    is_loopback = kind == "desktop_sound" or "monitor" in device
    if not is_loopback:
        return False
    # Without a name it takes the first there is; "….monitor" is PulseAudio's inner name.
    return not device or output.lower() in device or device.endswith(".monitor")


class SourceView(msgspec.Struct, frozen=True):
    """One source in the part "sources" of the state: its settings, its kind, how it is doing."""

    name: str
    kind: str = ""
    settings: dict[str, Any] = {}
    version: int = 1
    filters: tuple[FilterSpec, ...] = ()
    on_loss: OnLoss = "hold"
    slate: str = ""
    label: tuple[str, str] = ("", "")
    has_video: bool = False
    has_sound: bool = False
    is_media: bool = False
    health: Health | None = None
    filter_status: dict[str, FilterStatus] = {}
