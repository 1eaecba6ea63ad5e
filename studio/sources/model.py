"""Sources of a show as plain data."""

from __future__ import annotations

from typing import Any

import msgspec


class FilterSpec(msgspec.Struct, frozen=True):
    """A filter on a source."""

    name: str
    kind: str
    settings: dict[str, Any] = {}
    version: int = 1
    is_enabled: bool = True


class SourceSpec(msgspec.Struct, frozen=True):
    """A source of a show.

    Attributes:
        name: unique in the show.
        kind: of source; one that is not known here is kept and shown as missing.
        settings: as its kind knows them; never a secret.
    """

    name: str
    kind: str
    settings: dict[str, Any] = {}
    version: int = 1
    filters: tuple[FilterSpec, ...] = ()
