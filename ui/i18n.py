"""The desk's language, switched live; texts come from the catalogue alone."""

from __future__ import annotations

import re
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


command_titles: dict[str, tuple[str, str]] = {}
"""What the commands are called, by id, as the engine lists them."""
_COMMAND = re.compile(r"(?<![\w.@/:-])(?<!do )[a-z_]+\.[a-z_]+(?![\w@/(=-]|\.\w)")


def entitled(text: str) -> str:
    """A notice with the titles of commands in place of their ids, by which Ctrl+K finds them.

    A line for the shell (``shopcast do …``) stays as it is typed.
    """

    def title(match: re.Match[str]) -> str:
        pair = command_titles.get(match[0])
        if pair is None:
            return match[0]
        return f"“{pair[0]}”" if language.code == "zh" else f'"{pair[1]}"'

    return _COMMAND.sub(title, text) if "." in text else text


def t(key: str, **params: object) -> str:
    """The desk's text ``key`` in the present language."""
    return translate(f"ui.{key}", language.code, **params)


def said(key: str, params: Mapping[str, object] | None = None) -> str:
    """A message of another room by its full key (reasons, errors)."""
    return entitled(translate(key, language.code, **(params or {}))) if key else ""


def pick(pair: object) -> str:
    """The present language of ``[zh, en]``, ``{"zh":…, "en":…}`` or a struct of both; plain text
    as it is. Commands are called by their titles."""
    return entitled(_in_language(pair))


def _in_language(pair: object) -> str:
    if isinstance(pair, str):
        return pair
    if isinstance(pair, Mapping):
        return str(pair.get(language.code) or pair.get("en") or pair.get("zh") or "")
    if isinstance(pair, Sequence) and len(pair) >= 2:
        return str(pair[0] if language.code == "zh" else pair[1])
    return str(getattr(pair, language.code, "") or "")
