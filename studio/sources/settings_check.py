"""Looks at a source's settings before they are used: names that exist, colours that are some."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from studio.core.errors import StudioError
from studio.core.extension import Extension

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


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
                known=", ".join(fields),
            )  # fmt: skip
    for name, field in fields.items():
        value = settings.get(name, "")
        if field.get("x-widget") == "colour" and value and not _COLOUR.fullmatch(str(value)):
            raise StudioError("invalid", "sources.colour", value=str(value))
