"""Names of people and devices: none that looks like another, none with signs nobody sees."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.names import check_name
from studio.core.paths import assets_dir

LIKE_LATIN = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"))
"""Scripts whose letters look alike: one name has letters of one of them (UTS 39, 5.2)."""
_SAME = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "ı": "l"})


def check_person(name: str, others: Iterable[str]) -> str:
    """A name for an operator or a device; returned without blanks around it.

    Args:
        others: names that are taken.

    Raises:
        StudioError: invalid: signs that nobody sees, or letters of several scripts that look
            alike; conflict: it looks like one that is taken.
    """
    name = check_name(name.strip())
    for sign in name:
        if unicodedata.category(sign) in ("Cf", "Co", "Cn") or _is_mark(sign):
            raise StudioError("invalid", "rights.unseen", sign=f"U+{ord(sign):04X}")
    if len(_scripts(name)) > 1:
        raise StudioError("invalid", "rights.mixed", name=name)
    form = look(name)
    for other in others:
        if other != name and look(other) == form:
            raise StudioError("conflict", "rights.looks_like", name=name, other=other)
    return name


def look(name: str) -> str:
    """How a name looks: the same for names that can be taken for one another."""
    known = _look_alike()
    plain = unicodedata.normalize("NFKC", name).casefold()
    signs = (known.get(sign, sign) for sign in unicodedata.normalize("NFKD", plain))
    kept = "".join(sign for sign in signs if not _is_mark(sign) and not sign.isspace())
    return kept.translate(_SAME).replace("rn", "m").replace("vv", "w")


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me")


def _scripts(name: str) -> set[str]:
    words = {unicodedata.name(sign, "").split(" ")[0] for sign in name if sign.isalpha()}
    return words & LIKE_LATIN


@functools.cache
def _look_alike() -> dict[str, str]:
    raw = read_json((assets_dir() / "rules" / "tables.json").read_bytes())
    assert isinstance(raw, dict)
    return {str(sign): str(like) for sign, like in dict(raw["confusable"]).items()}
