"""Which key runs what: commands' own keys, the desk's, and those the person gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.api import Hotkey, hotkey_name
from ui.models.commands import CommandInfo

DESK = {
    "scenes.take": ("Return", "keys.take"),
    "scenes.standby": ("F9", "keys.standby"),
    "desk.card": ("C", "products.key_card"),
    "shop.card_off": ("Shift+C", "products.key_card_off"),
    "desk.try_on": ("T", "products.key_try_on"),
    "desk.next_product": ("N", "products.key_next"),
    "desk.edit": ("E", "keys.edit"),
    "desk.mute": ("X", "mixer.key_mute"),
    "desk.record": ("Ctrl+Shift+R", "outputs.key_record"),
    "desk.snapshot": ("F12", "snapshot.programme"),
    "desk.snapshot_preview": ("Shift+F12", "snapshot.preview"),
    "show.save": ("Ctrl+S", "show.save_this"),
    "desk.save_as": ("Ctrl+Shift+S", "show.save_this_as"),
    "desk.multiview": ("Ctrl+Shift+M", "keys.multiview"),
    "desk.page_prepare": ("Alt+1", "page.key_prepare"),
    "desk.page_live": ("Alt+2", "page.key_live"),
    "desk.page_review": ("Alt+3", "page.key_review"),
}
"""What only a window knows how to fill in (the product one is at): usual keys, words."""

FIXED = {
    "Esc": "keys.escape",
    "F1": "keys.this",
    "F6": "keys.next_panel",
    "Shift+F6": "keys.next_panel",
    "Shift+F11": "keys.enlarge",
    "F11": "keys.full",
    "Ctrl+K": "keys.palette",
    "Ctrl+,": "settings.title",
    "Ctrl+F1": "help.title",
    "Ctrl+L": "keys.language",
    "Ctrl+Z": "keys.undo",
    "Ctrl+Y": "keys.undo",
    "Ctrl+Shift+Z": "keys.undo",
    "Ctrl+Shift+K": "keys.editor",
    **{f"Ctrl+{n}": "keys.layouts" for n in (1, 2, 3, 4)},
    **{f"Ctrl+{sign}": "keys.scale" for sign in "+-=0"},
    **{str(n): "keys.preview" for n in range(1, 10)},
    **{f"Ctrl+{letter}": "keys.text" for letter in "ACVX"},
    **{key: "keys.move" for key in ("Tab", "Shift+Tab", "Up", "Down", "Left", "Right", "Space")},
}
"""Keys of the window itself; they are nobody else's."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One line of the editor.

    Attributes:
        default: the usual key, "" for none.
        words: text key of what it does; "" takes the command's own label.
    """

    name: str
    command: str
    args: dict[str, Any] = field(default_factory=dict)
    keys: str = ""
    default: str = ""
    words: str = ""
    is_global: bool = False
    is_own: bool = False


def is_for_a_key(info: CommandInfo) -> bool:
    """Whether a bare key may run it."""
    return not info.required and not info.needs_confirm


def can_have_args(info: CommandInfo) -> bool:
    """Whether a person can fill its arguments in once for all: text, numbers, choices."""
    simple = ("string", "integer", "number", "boolean")
    parts = [info.properties.get(name, {}) for name in info.required]
    return not info.needs_confirm and all(
        "enum" in part
        or part.get("type") in simple
        or any(entry.get("type") in simple for entry in part.get("anyOf", ()))
        for part in parts
    )


def table(commands: Mapping[str, CommandInfo], own: Mapping[str, Hotkey]) -> list[Bound]:
    """All lines: the desk's first, then what the person added, then commands by id."""
    found: dict[str, Bound] = {}
    for name, (keys, words) in DESK.items():
        found[name] = Bound(name, name, {}, keys, keys, words)
    for name, hotkey in own.items():
        if name not in DESK and (name not in commands or hotkey.args):
            found[name] = Bound(name, hotkey.command, dict(hotkey.args))
    desks = {keys for keys, _ in DESK.values()}
    for id in sorted(commands):
        is_action = commands[id].role != "viewer"  # who may only look, asks; no key for that
        if id not in found and is_for_a_key(commands[id]) and is_action:
            # The desk fills in what a command would ask for: its key is the desk's.
            usual = "" if commands[id].keys in desks else commands[id].keys
            found[id] = Bound(id, id, {}, usual, usual)
    for name, hotkey in own.items():
        line = found.get(name, Bound(name, hotkey.command, dict(hotkey.args)))
        found[name] = Bound(
            name, hotkey.command, dict(hotkey.args), hotkey.keys, line.default, line.words,
            hotkey.is_global, True,
        )  # fmt: skip
    return list(found.values())


def by_keys(lines: list[Bound]) -> dict[str, Bound]:
    """Who answers a key; a key the person gave comes before a usual one."""
    found: dict[str, Bound] = {}
    for line in sorted(lines, key=lambda line: line.is_own):
        if line.keys and line.keys not in FIXED:
            found[line.keys] = line
    return found


def holder_of(keys: str, lines: list[Bound], name: str) -> Bound | None:
    """Who else has this key."""
    return next((line for line in lines if line.keys == keys and line.name != name), None)


def changed(own: Mapping[str, Hotkey], line: Bound, keys: str, is_global: bool) -> dict[
    str, Hotkey
]:  # fmt: skip
    """The person's keys with another key for ``line``; what is as usual is not kept."""
    rest = {name: hotkey for name, hotkey in own.items() if name != line.name}
    is_usual = keys == line.default and not is_global and not line.args
    if is_usual:
        return rest
    made = Hotkey(command=line.command, args=line.args, keys=keys, is_global=is_global)
    return {**rest, line.name: made}


def made_of(command: str, args: dict[str, Any]) -> Bound:
    """A new line for a command with arguments."""
    return Bound(hotkey_name(command, args), command, args)
