"""What is wrong with this machine though the studio runs: folders, notes, keys. Told once each."""

from __future__ import annotations

import logging
from collections.abc import Mapping

_log = logging.getLogger(__name__)
_troubles: dict[tuple[str, str], Mapping[str, object]] = {}
MOST = 20


def tell_trouble(key: str, /, **params: object) -> None:
    """Says that something of the machine does not work; the studio goes on without it.

    Args:
        key: message in the catalogue.
        params: of the message; ``path`` tells one trouble from another.
    """
    name = (key, str(params.get("path", "")))
    if name in _troubles or len(_troubles) >= MOST:
        return
    _troubles[name] = params
    _log.warning("%s %s", key, params)


def troubles() -> list[tuple[str, Mapping[str, object]]]:
    """Message keys and parameters of all that was told."""
    return [(key, params) for (key, _), params in list(_troubles.items())]
