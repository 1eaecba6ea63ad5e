"""Makes filters from plain data: decodes settings, finds files, refuses what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from studio.core.errors import StudioError
from studio.core.extension import Extension, Kinds, sanity_error
from studio.filters.base import Filter

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class FilterFactory:
    """Where the sources get their filters.

    Args:
        kinds: the kinds there are.
        base: gives the folder that relative paths in settings start from (the show's).
    """

    def __init__(self, kinds: Kinds[Filter], base: Callable[[], Path]) -> None:
        self.kinds = kinds
        self._base = base

    def make(self, kind: str, settings: dict[str, Any], version: int) -> Filter:
        """A filter.

        Raises:
            StudioError: not_found for an unknown kind or file, invalid for wrong settings.
        """
        cls = self.kinds.get(kind)
        return cls(self._decoded(cls, settings, version))

    def change(self, made_filter: Any, settings: dict[str, Any], version: int) -> bool:
        """Other settings for a filter at work; False when it must be made anew.

        Raises:
            StudioError: they are wrong.
        """
        return bool(made_filter.change(self._decoded(type(made_filter), settings, version)))

    def check(self, kind: str, settings: dict[str, Any], given: Collection[str]) -> int:
        """Looks at settings before they are used.

        Args:
            kind: of the filter.
            settings: all of them.
            given: names of those a person just gave; others may be of tomorrow's version.

        Returns:
            The version of the kind's settings.

        Raises:
            StudioError: not_found, invalid.
        """
        cls = self.kinds.get(kind)
        known = cls.schema().get("properties", {})
        for name in given:
            if name not in known:
                raise StudioError(
                    "invalid", "filters.unknown_setting", kind=kind, setting=name,
                    known=", ".join(known) or "–",
                )  # fmt: skip
            value = settings.get(name)
            why = sanity_error(value)
            if why:
                why = f"{name}: {why}"
                raise StudioError("invalid", "extension.settings", kind=kind, why=why)
            is_colour = known[name].get("x-widget") == "colour"
            if is_colour and not (isinstance(value, str) and _COLOUR.fullmatch(value)):
                raise StudioError("invalid", "filters.colour", value=str(value))
        cls.examine(self._decoded(cls, settings, None))
        return cls.version

    def files(self, kind: str, settings: dict[str, Any]) -> list[Path]:
        """The files that settings name, whether they are there or not."""
        named = [settings.get(name) for name in self.file_fields(kind)]
        return [self._base() / Path(entry).expanduser() for entry in named if entry]

    def file_fields(self, kind: str) -> list[str]:
        """The settings of a kind that name files; none of a kind that is not there."""
        if kind not in self.kinds:
            return []
        fields = self.kinds.get(kind).schema().get("properties", {})
        return [name for name, field in fields.items() if field.get("x-widget") == "file"]

    def upgraded(self, kind: str, settings: dict[str, Any], version: int) -> dict[str, Any]:
        """Settings in today's form; as they are for a kind that is not there."""
        if kind not in self.kinds:
            return settings
        cls = self.kinds.get(kind)
        return cls.upgrade(dict(settings), version) if version < cls.version else settings

    def _decoded(self, cls: type[Extension], settings: dict[str, Any], version: int | None) -> Any:
        fields = cls.schema().get("properties", {})
        found = dict(settings)
        for name, field in fields.items():
            path = found.get(name)
            if field.get("x-widget") == "file" and isinstance(path, str) and path:
                given = Path(path).expanduser()
                found[name] = str(given if given.is_absolute() else self._base() / given)
        return cls.decode(found, version)
