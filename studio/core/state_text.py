"""The state in words, for texts on the picture that follow it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from studio.core.text import natural


class StateParts(Protocol):
    """Gives parts of the state."""

    def get(self, parts: Iterable[str] | None = None) -> dict[str, Any]:
        """The values of ``parts`` as plain data."""
        ...


def state_text(state: StateParts, path: str) -> str:
    """What stands under a dotted path of the state, as people read it.

    Lists are entered by number, or by the id or name of what is in them; an id of a product
    (``shop.card.name``) by the product itself. "" where there is nothing.
    """
    first, *rest = path.strip().split(".")
    try:
        parts = state.get([first])
    except RuntimeError:  # it changed while it was read from another thread; next time
        return ""
    value: Any = parts.get(first)
    for step in rest:
        if isinstance(value, str) and first == "shop":
            value = _named(parts[first].get("products", []), value)
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list | tuple):
            value = _named(value, step)
        else:
            return ""
    return _words(value)


def _named(values: Any, name: str) -> Any:
    number = natural(name.removeprefix("-"))
    if number is not None and -len(values) <= int(name) < len(values):
        return values[int(name)]
    for value in values:
        if isinstance(value, dict) and name in (
            value.get("id"),
            value.get("name"),
            value.get("sku"),
        ):
            return value
    return None


def _words(value: Any) -> str:
    if value is None or isinstance(value, dict | bool):
        return ""
    if isinstance(value, list | tuple):
        return "  ".join(words for element in value if (words := _words(element)))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
