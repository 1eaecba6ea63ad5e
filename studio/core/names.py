"""Names: what may be one, and how one is found that is not taken yet."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

from studio.core.errors import StudioError

LONGEST = 100
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing: with one a name can look like another (UTS 55)."""
_BLANK = frozenset("\u2800\u3164\u115f\u1160\uffa0")
"""Letters and signs that nobody sees."""
_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")


def check_name(name: str) -> str:
    """What a person calls a scene, source, filter, output, show; returned as it is.

    Every script is welcome, emoji too; what makes a name unreadable or deceiving is not.

    Raises:
        StudioError: invalid: nothing to be seen in it, longer than `LONGEST`, a line break or
            another control character, or a mark that turns the direction of writing.
    """
    if not any(_is_seen(sign) for sign in name):
        raise StudioError("invalid", "names.blank")
    if len(name) > LONGEST:
        raise StudioError(
            "invalid", "names.long", name=name[:20] + "…", n=str(len(name)), most=str(LONGEST)
        )
    bad = next((sign for sign in name if _is_bad(sign)), None)
    if bad is not None:
        shown = "".join(f"<U+{ord(entry):04X}>" if _is_bad(entry) else entry for entry in name)
        raise StudioError("invalid", "names.sign", name=shown, sign=f"U+{ord(bad):04X}")
    return name


def tidy_name(name: str) -> str:
    """The nearest name that `check_name` lets pass; "" when nothing is left of it.

    For names that come from another program's files: they are kept as far as they go.
    """
    kept = "".join(" " if entry in "\t\r\n" else entry for entry in name)
    kept = "".join(entry for entry in kept if not _is_bad(entry))[:LONGEST].strip()
    return kept if any(_is_seen(sign) for sign in kept) else ""


def free_name(name: str, taken: Container[str]) -> str:
    """``name``, or with a number behind it when it is taken: "Logo 2".

    One at the greatest length loses its end to the number.
    """
    count, found = 1, name[:LONGEST]
    while found in taken:
        count += 1
        found = f"{name[: LONGEST - len(str(count)) - 1]} {count}"
    return found


def _is_bad(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")


def _is_seen(sign: str) -> bool:
    return sign not in _BLANK and unicodedata.category(sign) not in _UNSEEN
