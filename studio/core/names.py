"""Names that are not taken yet."""

from __future__ import annotations

from collections.abc import Container


def free_name(name: str, taken: Container[str]) -> str:
    """``name``, or with a number behind it when it is taken: "Logo 2"."""
    count, found = 1, name
    while found in taken:
        count += 1
        found = f"{name} {count}"
    return found
