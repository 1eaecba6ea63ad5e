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
