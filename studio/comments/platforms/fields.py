"""What platforms send as JSON, read as far as it has the shape that is looked for."""

from __future__ import annotations

from typing import Any

from studio.core.clean import read_json


def decoded(raw: bytes | str) -> Any:
    """Plain data; None for what is no JSON."""
    try:
        return read_json(raw)
    except (ValueError, RecursionError):
        return None


def as_object(value: Any) -> dict[str, Any]:
    """An object; {} for anything else."""
    return value if isinstance(value, dict) else {}


def inner(data: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of a name; {} where there is none."""
    return as_object(data.get(name))


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; [] for anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
