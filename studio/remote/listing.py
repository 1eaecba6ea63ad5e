"""All commands without a running engine, as text or as the page docs/commands.md."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from collections.abc import Iterator
from typing import Any

import studio
from studio.core.command import Spec, specs_of

# Where a room keeps its commands; a contract test compares this with the engine's bus.
MODULES = ("brand", "commands", "desk", "keeper")
ENDING = "_commands"

HEAD = """\
# 命令 · Commands

Every command of Shopcast. A button, a key, a plan step, `shopcast do`, and a vendor request of the
[remote door](remote.md) all run the same one. This page is written by
`shopcast commands --markdown`.

Roles, each with the rights of those before it: viewer 观看, streamer 主播, controller 场控,
technician 技术, owner 负责人. A command marked ⚠ cannot be undone and wants `confirm=true`.
"""


def specs() -> list[Spec]:
    """All commands of all rooms by id."""
    found: dict[str, Spec] = {}
    for module in _modules():
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__:
                found.update({spec.id: spec for spec, _ in specs_of(value)})
    return [found[id] for id in sorted(found)]


def _modules() -> Iterator[Any]:
    for room in sorted(pkgutil.iter_modules(studio.__path__), key=lambda module: module.name):
        if not room.ispkg:
            continue
        folder = importlib.import_module(f"studio.{room.name}")
        for module in pkgutil.iter_modules(folder.__path__):
            if module.name in MODULES or module.name.endswith(ENDING):
                yield importlib.import_module(f"studio.{room.name}.{module.name}")


def arguments(spec: Spec) -> list[str]:
    """A command's arguments as they are written; in brackets those that have a default."""
    schema = spec.schema()
    needed = schema.get("required", [])
    shown = []
    for name, field in schema.get("properties", {}).items():
        kind = _kind(field)
        shown.append(f"{name}={kind}" if name in needed else f"[{name}={kind}]")
    return shown


def _kind(field: dict[str, Any]) -> str:
    """The type of an argument in a word."""
    if "enum" in field:
        return "|".join(str(entry) for entry in field["enum"] if entry not in ("", None))
    if "anyOf" in field:
        kinds = [_kind(entry) for entry in field["anyOf"] if entry.get("type") != "null"]
        return "|".join(dict.fromkeys(kinds))
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    kind = field.get("type", "any")
    if kind == "object":
        return "object"
    limits = [field.get("minimum"), field.get("maximum")]
    if kind in ("integer", "number") and None not in limits:
        return f"{limits[0]:g}…{limits[1]:g}"
    return {"string": "text", "integer": "whole", "boolean": "true|false", "array": "list"}.get(
        str(kind), str(kind)
    )


def text(language: str) -> str:
    """One line a command."""
    lines = []
    for spec in specs():
        confirm = ["confirm=true"] if spec.needs_confirm else []
        call = " ".join([spec.id, *arguments(spec), *confirm])
        lines.append(f"{call}\n    {spec.help.in_language(language)} ({spec.role.name.lower()})")
    return "\n".join(lines)


def markdown() -> str:
    """The page docs/commands.md."""
    parts = [HEAD]
    for room, found in itertools.groupby(specs(), lambda spec: spec.id.partition(".")[0]):
        rows = [f"## {room}", "", "| command | arguments | what it does | role | key |"]
        rows += ["|---|---|---|---|---|", *(_row(spec) for spec in found)]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _row(spec: Spec) -> str:
    mark = " ⚠" if spec.needs_confirm else ""
    given = " ".join(f"`{argument}`" for argument in arguments(spec))
    says = f"**{spec.label.zh} · {spec.label.en}** {spec.help.zh} {spec.help.en}"
    cells = [
        f"`{spec.id}`{mark}",
        given,
        says,
        spec.role.name.lower(),
        f"`{spec.keys}`" if spec.keys else "",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
