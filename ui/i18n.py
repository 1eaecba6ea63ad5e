"""The desk's language, switched live; texts come from the catalogue alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from studio.api import system_language, translate


class Language(QObject):
    """ "zh" or "en" for the whole window.

    Signals:
        changed: the language is another now.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = system_language()

    def set(self, code: str) -> None:
        """Switches; "" takes the system's."""
        wanted = code if code in ("zh", "en") else system_language()
        if wanted != self.code:
            self.code = wanted
            self.changed.emit()


language = Language()


def t(key: str, **params: object) -> str:
    """The desk's text ``key`` in the present language."""
    return translate(f"ui.{key}", language.code, **params)


def said(key: str, params: Mapping[str, object] | None = None) -> str:
    """A message of another room by its full key (reasons, errors)."""
    return translate(key, language.code, **(params or {})) if key else ""


def pick(pair: object) -> str:
    """The present language of ``[zh, en]``, ``{"zh":…, "en":…}`` or a struct of both; plain text
    as it is."""
    if isinstance(pair, str):
        return pair
    if isinstance(pair, Mapping):
        return str(pair.get(language.code) or pair.get("en") or pair.get("zh") or "")
    if isinstance(pair, Sequence) and len(pair) >= 2:
        return str(pair[0] if language.code == "zh" else pair[1])
    return str(getattr(pair, language.code, "") or "")
