"""Keys and passwords of a call: from a file, a variable or a prompt, and off the process list."""

from __future__ import annotations

import ctypes
import getpass
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from studio.core.bounded import read_bounded
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.log import keep_secret

MOST_BYTES = 65_536
PUSH, PASSWORD = "SHOPCAST_PUSH", "SHOPCAST_PASSWORD"


def pushes(given: list[str], file: str | None) -> list[str]:
    """Addresses of the call, of a file and of the variable, one a line."""
    lines = [*given]
    for text in (_text(file) if file else "", os.environ.pop(PUSH, "")):
        lines += [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        keep_secret(line.rpartition("/")[2])
    return lines


def password(given: str | None, file: str | None, *, is_asked: bool) -> str | None:
    """The door's password: of the call, of a file, typed in, or of the variable; None is none."""
    if given is None and file:
        given = _text(file).strip("\r\n")
    if given is None and is_asked:
        given = getpass.getpass(translate("cli.password"))
    if given is None:
        given = os.environ.get(PASSWORD)
    keep_secret(given or "")
    return given


def hide(secrets: Iterable[str]) -> None:
    """Takes words of the call off the process list where the system lets it, and warns.

    Other programs had a moment to read them: the warning says how to do without.
    """
    words = [secret for secret in secrets if secret]
    if not words:
        return
    print(translate("cli.secret_shown"), file=sys.stderr)
    if sys.platform != "linux":
        return
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end of proc(5)
        if not 0 < start < end <= start + 4_000_000:
            return
        title = ctypes.string_at(start, end - start)
        for word in words:
            text = os.fsencode(word)
            title = title.replace(text, b"*" * len(text))
        ctypes.memmove(start, title, len(title))
    except (OSError, ValueError, IndexError):
        return


def _text(file: str) -> str:
    try:
        return read_bounded(Path(file), MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StudioError("invalid", "cli.no_secret_file", path=file, why=why) from None
