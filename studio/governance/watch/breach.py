"""Breaches of personal data: known since when, whom to tell by when, told whom."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.clock import utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.governance.document import PrivateDocument
from studio.governance.watch.model import Breach

HOURS = 72
"""GDPR Art. 33; 个人信息保护法 Art. 57 asks for at once."""
MOST_BYTES, MOST = 4_000_000, 500


class BreachBook:
    """All breaches, on the disk.

    Args:
        file: where they stand.
    """

    def __init__(self, file: Path) -> None:
        self._document = PrivateDocument(
            file, list[Breach], most_bytes=MOST_BYTES,
            unreadable="watch.unreadable", not_kept="watch.not_kept",
        )  # fmt: skip

    @property
    def all(self) -> tuple[Breach, ...]:
        """The newest last.

        Raises:
            StudioError: failed: they cannot be read.
        """
        return tuple(self._document.known())

    def open(self, what: str) -> Breach:
        """The clocks run from now.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        made = Breach(
            id=secrets.token_hex(3), what=what, known_utc=utc_iso(),
            latest_by=utc_of(utc_ms() / 1000 + HOURS * 3600), by=asking().person or "engine",
        )  # fmt: skip
        with self._document.changing() as breaches:
            breaches.append(made)
            del breaches[:-MOST]
        return made

    def told(self, id: str, whom: str) -> Breach:
        """Somebody was told.

        Raises:
            StudioError: not_found; failed.
        """
        return self._change(
            id, lambda breach: replace(breach, told={**breach.told, whom: utc_iso()})
        )

    def close(self, id: str) -> Breach:
        """It is over; not before the authority was told.

        Raises:
            StudioError: not_found; conflict; failed.
        """

        def closed(breach: Breach) -> Breach:
            if "authority" not in breach.told:
                raise StudioError("conflict", "watch.not_told", id=id)
            return replace(breach, closed_utc=utc_iso())

        return self._change(id, closed)

    def _change(self, id: str, change: Callable[[Breach], Breach]) -> Breach:
        with self._document.changing() as breaches:
            at = next((at for at, breach in enumerate(breaches) if breach.id == id), None)
            if at is None:
                raise StudioError("not_found", "watch.no_breach", id=id)
            breaches[at] = change(breaches[at])
            return breaches[at]
