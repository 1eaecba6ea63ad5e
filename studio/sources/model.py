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
