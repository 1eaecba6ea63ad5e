"""Looks at settings before they are used: names that exist, colours that are some, sane values."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Protocol

from studio.core.errors import StudioError
from studio.core.extension import Extension, sanity_error
from studio.core.names import check_name
from studio.sources.model import FilterSpec

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Examiner(Protocol):
    """Looks at a filter's settings before they are used (the `FilterFactory` does)."""

    def check(self, kind: str, settings: dict[str, Any], given: Collection[str]) -> int: ...
    def upgraded(self, kind: str, settings: dict[str, Any], version: int) -> dict[str, Any]: ...


def check_filter(filter_spec: FilterSpec, examiner: Examiner) -> None:
    """A whole filter from outside: its name, budget and settings.

    Raises:
        StudioError: not_found (kind), invalid.
    """
    check_name(filter_spec.name)
    check_budget(filter_spec)
    settings = examiner.upgraded(filter_spec.kind, filter_spec.settings, filter_spec.version)
    examiner.check(filter_spec.kind, settings, list(settings))


def check_budget(filter_spec: FilterSpec) -> None:
    """How long a filter may take.

    Raises:
        StudioError: invalid.
    """
    if not 0 <= filter_spec.budget_ms <= 1000:  # false for nan as well
        raise StudioError("invalid", "filters.budget", ms=f"{filter_spec.budget_ms:g}")


def check_settings(kind: type[Extension], settings: dict[str, Any], given: Collection[str]) -> None:
    """What `Extension.decode` lets pass.

    Args:
        given: names that a person has just set; a show's own unknown ones are kept as they are.

    Raises:
        StudioError: invalid, saying which setting and what may stand there.
    """
    fields: dict[str, Any] = kind.schema().get("properties", {})
    for name in given:
        if name not in fields:
            raise StudioError(
                "invalid", "sources.no_setting", kind=kind.kind, setting=name,
                known=", ".join(fields) or "–",
            )  # fmt: skip
    for name, field in fields.items():
        value = settings.get(name, "")
        if field.get("x-widget") == "colour" and value and not _COLOUR.fullmatch(str(value)):
            raise StudioError("invalid", "sources.colour", value=str(value))
        why = sanity_error(value)
        if why:
            why = f"{name}: {why}"
            raise StudioError("invalid", "extension.settings", kind=kind.kind, why=why)
