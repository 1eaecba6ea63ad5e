"""Is there a newer version? Asked of a file or an address that the person names; nothing is fetched
but that note, and nothing is installed.

The note is JSON: ``{"version": "1.2.0", "notes": {"zh": "…", "en": "…"}, "url": "https://…"}``.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import msgspec

from studio import __version__
from studio.core.errors import StudioError

ASK_S = 10.0
MOST_BYTES = 64 * 1024
_NUMBERS = re.compile(r"\d+")
_VERSION = re.compile(r"\d+(\.\d+){0,3}([-.+]?[A-Za-z0-9.]+)?")


class UpdateNote(msgspec.Struct, frozen=True):
    """What is told of the newest version.

    Attributes:
        notes: what is new, by language.
        url: where a person gets it.
    """

    version: str
    notes: dict[str, str] = {}
    url: str = ""


class UpdateAnswer(msgspec.Struct, frozen=True):
    """The version here, the newest one, and whether that is newer."""

    version: str
    newest: str
    is_newer: bool
    notes: dict[str, str] = {}
    url: str = ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The address that was named answers, or nobody."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any,
        newurl: str,
    ) -> None:  # fmt: skip
        """Follows none."""
        return


def check_update(path: str, url: str) -> UpdateAnswer:
    """Reads the note; waits for the network, so never in the engine's loop.

    Args:
        path: a file; goes before ``url``.

    Raises:
        StudioError: invalid: neither is given, or it is no such note; unavailable: no answer.
    """
    if not path and not url:
        raise StudioError("invalid", "updates.nowhere")
    where = path or url
    raw = _of_file(path) if path else _of_address(url)
    try:
        note = msgspec.json.decode(raw, type=UpdateNote)
    except msgspec.DecodeError:
        raise StudioError("invalid", "updates.no_note", where=where) from None
    if len(raw) > MOST_BYTES or not _VERSION.fullmatch(note.version):
        raise StudioError("invalid", "updates.no_note", where=where)
    link = note.url if urlsplit(note.url).scheme in ("http", "https") else ""
    newer = _parts(note.version) > _parts(__version__)
    return UpdateAnswer(__version__, note.version, newer, note.notes, link)


def _parts(version: str) -> tuple[int, ...]:
    """The numbers before a word like "rc"; 1.2 is 1.2.0."""
    found = [int(n) for n in _NUMBERS.findall(re.split(r"[-+A-Za-z]", version)[0])]
    return tuple([*found, 0, 0, 0, 0][:4])


def _of_file(path: str) -> bytes:
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StudioError("unavailable", "updates.unreadable", where=path, why=why) from None


def _of_address(url: str) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        raise StudioError("invalid", "updates.nowhere")
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(url, timeout=ASK_S) as answer:
            return bytes(answer.read(MOST_BYTES + 1))
    except (OSError, ValueError, urllib.error.URLError) as error:
        why = str(getattr(error, "reason", "") or error)
        raise StudioError("unavailable", "updates.unreadable", where=url, why=why) from None
