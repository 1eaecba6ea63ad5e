"""Hotkey requests: our commands by name and by key."""

from __future__ import annotations

from typing import Any

from studio.core import settings
from studio.core.text import natural
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.hotkey_commands import is_for_a_key
from studio.remote.requests.base import Requests, maybe, need, request
from studio.remote.session import Session

# OBS's key names (obs-hotkeys.h) where they differ from ours.
KEYS = {"ESCAPE": "Esc", "RETURN": "Return", "ENTER": "Return", "SPACE": "Space", "TAB": "Tab"}
MODIFIERS = (("control", "Ctrl"), ("alt", "Alt"), ("shift", "Shift"), ("command", "Meta"))


class HotkeyRequests(Requests):
    """Hotkeys of category "general".

    A hotkey's name is a command as it is written on the command line: "scenes.take",
    "scenes.take scene=主播". Commands that want a confirmation have none. The person's own hotkeys
    (`hotkeys.set`) are among them, with the keys they have on the desk.
    """

    @request("GetHotkeyList")
    def list_all(self, session: Session, data: Data) -> Data:
        """All commands that need no argument, and those that name a scene or a product."""
        return {"hotkeys": list(self._hotkeys())}

    @request("TriggerHotkeyByName")
    async def by_name(self, session: Session, data: Data) -> None:
        """Runs the command behind a hotkey."""
        name = need(data, "hotkeyName")
        maybe(data, "contextName")
        found = self._hotkeys().get(name)
        if found is None:
            raise RequestError(RequestStatus.NOT_FOUND, f"There is no hotkey {name}.")
        await self.run(session, found[0], **found[1])

    @request("TriggerHotkeyByKeySequence")
    async def by_keys(self, session: Session, data: Data) -> None:
        """Runs the command that has this key on the desk."""
        key = need(data, "keyId")
        held: Data = maybe(data, "keyModifiers", dict, {})
        bare = key.removeprefix("OBS_KEY_")
        keys = [text for name, text in MODIFIERS if held.get(name)]
        sequence = "+".join([*keys, KEYS.get(bare, bare)])
        own = {hotkey.keys: hotkey for hotkey in settings.load().hotkeys.values() if hotkey.keys}
        if sequence in own:
            mine = own[sequence]
            if mine.name in self._hotkeys():
                await self.run(session, mine.command, **mine.args)
                return
        elif not keys and (number := natural(bare)):
            if number <= len(self.rooms.scenes.state.scenes):
                await self.run(session, "scenes.preview", scene=bare)
                return
        else:
            changed = settings.load().hotkeys
            for spec in self.rooms.bus.specs():
                is_own = spec.keys == sequence and spec.id not in changed
                if is_own and spec.id in self._hotkeys():
                    await self.run(session, spec.id)
                    return
        raise RequestError(RequestStatus.NOT_FOUND, f"No command has the key {sequence}.")

    def _hotkeys(self) -> dict[str, tuple[str, dict[str, Any]]]:
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        ids = set()
        for spec in self.rooms.bus.specs():
            ids.add(spec.id)
            if is_for_a_key(spec):
                found[spec.id] = (spec.id, {})
        for scene in self.rooms.scenes.state.scenes:
            for id in ("scenes.preview", "scenes.take"):
                found[f"{id} scene={scene.name}"] = (id, {"scene": scene.name})
        for product in self.rooms.catalogue.state.products:
            for id in ("shop.card", "shop.explain"):
                if id in ids:
                    found[f"{id} product={product.id}"] = (id, {"product": product.id})
        for name, own in settings.load().hotkeys.items():
            if own.command in ids:
                found[name] = (own.command, own.args)
        return found
