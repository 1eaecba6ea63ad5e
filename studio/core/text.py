"""A label in the two languages the desk speaks."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """One piece of text in Chinese and English.

    Labels of commands, events, sources and other extensions carry their own ``Text``;
    sentences with parameters stand in the catalogue (`studio.core.i18n`).
    """

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``language`` ("zh…" gives Chinese, anything else English)."""
        return self.zh if language.lower().startswith("zh") else self.en


MOST_DIGITS = 18
"""A number of more is none that counts anything here: it is in 64 bits, for databases too."""


def natural(text: str) -> int | None:
    """A whole number that somebody wrote in digits, 0 or more; None where it is none.

    Other digits than 0 to 9 ("²"), and thousands of them, are none: `int` raises at these.
    """
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
