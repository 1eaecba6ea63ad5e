"""The person's own keys from outside: listed, given, taken away, put back."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.core import settings
from studio.core.asking import asking
from studio.core.command import Bus, Changed, Role, Spec, changed, command
from studio.core.errors import StudioError
from studio.core.places import marks_of, places_in
from studio.core.settings import Hotkey, read_hotkey_name
from studio.core.taking_back import taken_back, way_back

DESK = "desk."


class HotkeyCommands:
    """Keys are the person's and not the show's: they are kept in the settings of this machine.

    A desk on this machine takes a change at once.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    @command(
        "hotkeys.list",
        role=Role.VIEWER,
        label=("快捷键列表", "List hotkeys"),
        help=(
            "列出个人快捷键，以及命令自带的快捷键。",
            "Lists the person's own keys and those that commands bring.",
        ),
    )
    def list_all(self) -> Changed:
        own = settings.load().hotkeys
        usual = {s.id: s.keys for s in self._bus.specs() if s.keys and is_for_a_key(s)}
        names = [*own, *(name for name in usual if name not in own)]
        found = []
        for name in names:
            hotkey = own.get(name) or Hotkey(command=name, keys=usual[name])
            plain = msgspec.to_builtins(hotkey)
            found.append({"name": name, **plain, "default": usual.get(name, "")})
        return changed(result={"hotkeys": found})

    @command(
        "hotkeys.set",
        label=("设置快捷键", "Set a hotkey"),
        help=(
            "给命令（可带参数，如 scenes.take scene=特写）设快捷键；keys 为空则取消。",
            'Gives a command, as in "scenes.take scene=Host", a key; no keys take it away.',
        ),
    )
    def set_one(self, name: str, keys: str = "", is_global: bool = False) -> Changed:
        mine = settings.load()
        before = dict(mine.hotkeys)
        made = self._read(name, keys.strip(), is_global)
        if made.keys:
            self._check_free(made, mine.hotkeys)
        mine.hotkeys = {**mine.hotkeys, made.name: made}
        return self._keep(mine, before, {"name": made.name, "keys": made.keys})

    @command(
        "hotkeys.reset",
        label=("恢复默认快捷键", "Reset hotkeys"),
        help=(
            "恢复一个快捷键的默认值；不给名称则恢复全部。",
            "Gives one hotkey its usual key again, or all of them.",
        ),
    )
    def reset(self, name: str = "") -> Changed:
        mine = settings.load()
        before = dict(mine.hotkeys)
        if name and name not in before:
            raise StudioError("not_found", "remote.no_hotkey", name=name)
        mine.hotkeys = {k: v for k, v in before.items() if name and k != name}
        return self._keep(mine, before, {"hotkeys": sorted(mine.hotkeys)})

    @command(
        "hotkeys.put",
        label=("换回快捷键", "Put hotkeys back"),
        help=(
            "把全部个人快捷键换成给定的（撤销修改）。",
            "Gives the person the hotkeys listed, in place of all there are: undoes a change. With "
            "instead_of, what the step had left, only where the two differ.",
        ),
    )
    def put(self, hotkeys: list[Hotkey], instead_of: list[Hotkey] | None = None) -> Changed:
        mine = settings.load()
        before = dict(mine.hotkeys)
        wanted = {hotkey.name: hotkey for hotkey in hotkeys}
        if instead_of is not None:
            left = {hotkey.name: hotkey for hotkey in instead_of}
            wanted = taken_back(before, left, wanted)
        mine.hotkeys = wanted
        return self._keep(mine, before, {"hotkeys": sorted(mine.hotkeys)})

    def _keep(
        self, mine: settings.StudioSettings, before: dict[str, Hotkey], result: Any
    ) -> Changed:
        self._check_setter(
            [hotkey for n, hotkey in mine.hotkeys.items() if before.get(n) != hotkey]
        )
        settings.keep(mine)
        was, left = list(before.values()), list(mine.hotkeys.values())
        return changed(result=result, undo=way_back("hotkeys.put", "hotkeys", was, left))

    def _check_setter(self, laid: list[Hotkey]) -> None:
        """Nobody lays under another's key what they may not do themselves.

        Raises:
            StudioError: denied; invalid for what has to be confirmed.
        """
        asker = asking()
        for entry in laid:
            spec = next((spec for spec in self._bus.specs() if spec.id == entry.command), None)
            if spec is None:
                continue
            self._bus.check_right(spec, asker)
            if asker.is_here:
                continue
            if spec.needs_confirm or spec.secret_args:
                raise StudioError("invalid", "remote.hotkey_guarded", command=spec.id)
            if any(places_in(entry.args, marks_of(spec.schema()))):
                raise StudioError("denied", "places.only_here")

    def _read(self, name: str, keys: str, is_global: bool) -> Hotkey:
        command, texts = read_hotkey_name(name)
        if command.startswith(DESK):
            return Hotkey(command=command, keys=keys, is_global=is_global)
        spec = next((spec for spec in self._bus.specs() if spec.id == command), None)
        if spec is None:
            raise StudioError("not_found", "command.not_found", command=command)
        if spec.needs_confirm or spec.secret_args:
            raise StudioError("invalid", "remote.hotkey_guarded", command=command)
        try:
            decoded = msgspec.convert(texts, spec.args, strict=False)
        except msgspec.ValidationError as error:
            why = str(error)
            raise StudioError("invalid", "command.invalid", command=command, why=why) from None
        args = {n: msgspec.to_builtins(getattr(decoded, n)) for n in texts}
        return Hotkey(command=command, args=args, keys=keys, is_global=is_global)

    def _check_free(self, made: Hotkey, own: dict[str, Hotkey]) -> None:
        taken = {s.keys: s.id for s in self._bus.specs() if is_for_a_key(s) and s.id not in own}
        taken |= {hotkey.keys: name for name, hotkey in own.items()}
        holder = taken.get(made.keys, made.name)
        if holder != made.name:
            raise StudioError("conflict", "remote.hotkey_taken", keys=made.keys, name=holder)


def is_for_a_key(spec: Spec) -> bool:
    """Whether a bare key may run it: nothing to fill in, nothing to confirm."""
    return not (spec.schema().get("required") or spec.needs_confirm or spec.secret_args)
