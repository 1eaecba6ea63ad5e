"""Where a shop's ledger is when it is not a file of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json, read_json
from studio.core.credentials import opened, sealed
from studio.core.errors import StudioError
from studio.core.file_lock import file_lock
from studio.core.redact import redact
from studio.core.whole_file import PRIVATE, write_whole
from studio.governance.database import DatabaseError

MOST_BYTES = 20_000
SCHEMES = ("redis", "rediss", "unix")


class Place(msgspec.Struct, frozen=True):
    """A store, as it stands in its note.

    Attributes:
        settings: "url" (``redis://``, ``rediss://`` or ``unix://``), secrets sealed.
        seen: how many bookings it had when it was seen last: a store that has fewer went back.
        leaving: the word by which the ledger is taken back from there into a file, "" it is not.
    """

    settings: dict[str, Any] = {}
    seen: Annotated[int, msgspec.Meta(ge=0)] = 0
    leaving: Annotated[str, msgspec.Meta(max_length=40)] = ""

    @property
    def url(self) -> str:
        """With the secrets in it, for the client alone."""
        return str(opened(self.settings).get("url", ""))

    @property
    def shown(self) -> str:
        """For people: without secrets."""
        return redact(str(self.settings.get("url", "")))


def checked_place(settings: dict[str, Any]) -> Place:
    """A place as somebody named it.

    Raises:
        StudioError: invalid, with the field.
    """
    url = settings.get("url", "")
    unknown = next((name for name in settings if name != "url"), "")
    if unknown or not isinstance(url, str):
        raise StudioError("invalid", "stock.bad_place", field=unknown or "url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    has_target = bool(parts.path if parts.scheme == "unix" else parts.hostname)
    if parts.scheme not in SCHEMES or not has_target or port == 0:
        raise StudioError("invalid", "stock.bad_place", field="url")
    return Place(sealed({"url": url}, is_settings=True))


def read_place(path: Path) -> Place:
    """The note.

    Raises:
        StudioError: failed.
    """
    try:
        return msgspec.convert(read_json(read_bounded(path, MOST_BYTES)), Place)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise StudioError("failed", "stock.no_ledger", path=str(path), why=str(error)) from None


def write_place(path: Path, place: Place) -> None:
    """Keeps the note; only the user may read it.

    Raises:
        StudioError: failed.
    """
    with ledger_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode_json(msgspec.to_builtins(place)), mode=PRIVATE)


@contextlib.contextmanager
def ledger_faults(path: Path) -> Iterator[None]:
    """What the disk or the database says against a ledger's file, in our words.

    Raises:
        StudioError: failed.
    """
    try:
        yield
    except (OSError, DatabaseError) as error:
        raise StudioError("failed", "stock.no_ledger", path=str(path), why=str(error)) from None


@contextlib.contextmanager
def lock_beside(path: Path) -> Iterator[None]:
    """One process at a time: who changes a note, or moves a ledger, holds the lock beside it.

    Raises:
        StudioError: failed.
    """
    with contextlib.ExitStack() as stack:
        with ledger_faults(path):
            stack.enter_context(file_lock(path.with_name(path.name + ".lock")))
        yield


def note_seen(path: Path, place: Place) -> None:
    """Notes how far a store has come. A note that is gone stays gone; a word in it stays in it.

    Raises:
        StudioError: failed.
    """
    with lock_beside(path):
        if not path.is_file():
            return
        there = read_place(path)
        if there.settings == place.settings:
            write_place(path, msgspec.structs.replace(there, seen=place.seen))
