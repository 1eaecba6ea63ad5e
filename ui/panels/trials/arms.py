"""What an arm does, as a person writes it: a command a line, with its own way back after a bar."""

from __future__ import annotations

import shlex
from typing import Any

BAR = " | "


def arm_of(text: str) -> list[dict[str, Any]]:
    """``cards.use template=tall`` or ``items.set item=t text=offer | items.set item=t text=brand``.

    Raises:
        ValueError: a line that is none, as it stands there.
    """
    return [_line(line) for line in text.splitlines() if line.strip()]


def _line(line: str) -> dict[str, Any]:
    does, _, back = line.partition(BAR)
    found = _command(does, line)
    return {**found, "undo": _command(back, line)} if back.strip() else found


def _command(text: str, line: str) -> dict[str, Any]:
    try:
        name, *pairs = shlex.split(text)
    except ValueError:
        raise ValueError(line.strip()) from None
    if "." not in name or not all("=" in pair for pair in pairs):
        raise ValueError(line.strip())
    return {"command": name, "args": dict(pair.split("=", 1) for pair in pairs)}
