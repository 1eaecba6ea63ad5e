"""Commands and kinds as the engine lists them."""

from __future__ import annotations

from typing import Any

import msgspec

Pair = tuple[str, str]


class CommandInfo(msgspec.Struct, frozen=True):
    """A command one can run."""

    id: str
    role: str = "controller"
    label: Pair = ("", "")
    help: Pair = ("", "")
    keys: str = ""
    needs_confirm: bool = False
    args: dict[str, Any] = {}

    @property
    def required(self) -> list[str]:
        """Arguments without a default."""
        return [str(name) for name in self.args.get("required", [])]

    @property
    def properties(self) -> dict[str, dict[str, Any]]:
        """All arguments with their schemas."""
        found = self.args.get("properties", {})
        return found if isinstance(found, dict) else {}


QUESTIONS = (
    "list", "devices", "status", "platforms", "kinds", "screens", "tokens", "recent", "incidents",
    "propose", "still", "why", "cases", "show", "ideas",
)  # fmt: skip


def is_question(command: str) -> bool:
    """Does it only ask? A desk asks often; who reads what was done need not see that."""
    return command.rpartition(".")[2] in QUESTIONS


class FieldKind(msgspec.Struct, frozen=True):
    """A kind of source, filter, transition or feed with the schema of its settings."""

    kind: str
    label: Pair = ("", "")
    help: Pair = ("", "")
    settings: dict[str, Any] = {}
    is_picture: bool = True
    is_sound: bool = False
    blind_spots: tuple[Pair, ...] = ()


class FieldKinds(msgspec.Struct, frozen=True):
    """All kinds there are."""

    sources: tuple[FieldKind, ...] = ()
    filters: tuple[FieldKind, ...] = ()
    transitions: tuple[FieldKind, ...] = ()
    feeds: tuple[FieldKind, ...] = ()
