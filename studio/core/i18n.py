"""The message catalogue: one JSON file a room in assets/i18n, both languages side by side."""

from __future__ import annotations

import functools
import json
import locale
import os

from studio.core.paths import assets_dir

LANGUAGES = ("zh", "en")


class _Keep(dict[str, object]):
    """Leaves an unknown ``{name}`` standing instead of failing while an error is shown."""

    def __getitem__(self, key: str) -> object:
        value = self.get(key, "{" + key + "}")
        return _Value(value) if isinstance(value, int | float | str) else value


class _Value:
    """A parameter; ``{n:action|actions}`` is the first word for one of it, else the second."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if bar:
            return one if str(self._value) == "1" else many
        return format(self._value, spec)

    def __str__(self) -> str:
        return str(self._value)

    def __repr__(self) -> str:
        return repr(self._value)


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """All messages by key; each value maps "zh" and "en" to a format string."""
    merged: dict[str, dict[str, str]] = {}
    for path in sorted((assets_dir() / "i18n").glob("*.json")):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return merged


def add_texts(texts: dict[str, dict[str, str]]) -> None:
    """Adds messages; one that is there stays."""
    known = catalogue()
    for key, words in texts.items():
        known.setdefault(key, words)


@functools.cache
def system_language() -> str:
    """ "zh" on a Chinese system, "en" elsewhere; SHOPCAST_LANG overrides it."""
    name = os.environ.get("SHOPCAST_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    if not name:
        try:
            name = locale.getlocale()[0]
        except ValueError:
            name = None
    return "zh" if (name or "").lower().startswith(("zh", "chinese")) else "en"


def translate(key: str, language: str | None = None, **params: object) -> str:
    """The message ``key`` in ``language`` with its parameters put in.

    A key that is not in the catalogue comes back as itself with its parameters, so that an
    error is never lost for want of a translation.
    """
    entry = catalogue().get(key)
    if entry is None:
        said = ", ".join(f"{k}={v}" for k, v in params.items())
        return f"{key} ({said})" if said else key
    language = language or system_language()
    return entry["zh" if language.startswith("zh") else "en"].format_map(_Keep(params))


def translate_both(key: str, /, **params: object) -> tuple[str, str]:
    """The message ``key`` in Chinese and English, for whoever does not know who reads it."""
    return translate(key, "zh", **params), translate(key, "en", **params)
