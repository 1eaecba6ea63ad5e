"""Breaches of personal data: known since when, whom to tell by when, told whom."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from studio.core.asking import asking
from studio.core.bounded import read_bounded
from studio.core.clean import encode_json, read_json
from studio.core.clock import utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.core.whole_file import PRIVATE, write_whole
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
        self._file = file
        self._known: list[Breach] | None = None

    @property
    def all(self) -> tuple[Breach, ...]:
        """The newest last.

        Raises:
            StudioError: failed: they cannot be read.
        """
        if self._known is None:
            self._known = self._read()
        return tuple(self._known)

    def open(self, what: str) -> Breach:
        """The clocks run from now.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        made = Breach(
            id=secrets.token_hex(3), what=what, known_utc=utc_iso(),
            latest_by=utc_of(utc_ms() / 1000 + HOURS * 3600), by=asking().person or "engine",
        )  # fmt: skip
        self._write([*self.all, made][-MOST:])
        return made

    def told(self, id: str, whom: str) -> Breach:
        """Somebody was told.

        Raises:
            StudioError: not_found; failed.
        """
        breach = self._get(id)
        return self._put(msgspec.structs.replace(breach, told={**breach.told, whom: utc_iso()}))

    def close(self, id: str) -> Breach:
        """It is over; not before the authority was told.

        Raises:
            StudioError: not_found; conflict; failed.
        """
        breach = self._get(id)
        if "authority" not in breach.told:
            raise StudioError("conflict", "watch.not_told", id=id)
        return self._put(msgspec.structs.replace(breach, closed_utc=utc_iso()))

    def _get(self, id: str) -> Breach:
        found = next((breach for breach in self.all if breach.id == id), None)
        if found is None:
            raise StudioError("not_found", "watch.no_breach", id=id)
        return found

    def _put(self, breach: Breach) -> Breach:
        self._write([breach if entry.id == breach.id else entry for entry in self.all])
        return breach

    def _read(self) -> list[Breach]:
        if not self._file.exists():
            return []
        try:
            return msgspec.convert(read_json(read_bounded(self._file, MOST_BYTES)), list[Breach])
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise StudioError(
                "failed", "watch.unreadable", path=str(self._file), why=str(error)
            ) from None

    def _write(self, breaches: list[Breach]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, encode_json(breaches), mode=PRIVATE, is_synced=True)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "watch.not_kept", path=str(self._file), why=why) from None
        self._known = breaches
