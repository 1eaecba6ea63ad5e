"""Input requests: our sources, their settings and their sound."""

from __future__ import annotations

import contextlib
from typing import Any

from studio.audio.model import Strip
from studio.core.errors import StudioError
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import (
    Requests,
    cannot,
    lossy,
    maybe,
    missing,
    need,
    number,
    request,
)
from studio.remote.session import Session
from studio.remote.words import CAP_AUDIO, ObsSerializer, balance_of, fader_db, mul_of
from studio.show.obs_report import why_not
from studio.sources.model import SourceSpec
from studio.sources.obs import changes_from_obs, from_obs, is_theirs, known_kinds, lost_settings
from studio.sources.obs_out import bent_settings, is_of_kind, obs_defaults, obs_kind

MONITORS = ("NONE", "MONITOR_ONLY", "MONITOR_AND_OUTPUT")
TRACKS = 6
DEINTERLACE = (
    "DISABLE", "DISCARD", "RETRO", "BLEND", "BLEND_2X", "LINEAR", "LINEAR_2X", "YADIF", "YADIF_2X",
)  # fmt: skip
SPECIAL = {
    "desktop_sound": ("desktop1", "desktop2"),
    "microphone": ("mic1", "mic2", "mic3", "mic4"),
}


class Inputs(Requests):
    """Category "inputs", the list and the settings."""

    @request("GetInputList")
    def input_list(self, session: Session, data: Data) -> Data:
        """All inputs, or those of a kind."""
        kind = maybe(data, "inputKind")
        words = ObsSerializer(self.rooms, self.ids)
        specs = self.rooms.bank.specs.values()
        return {
            "inputs": [
                words.input_entry(spec)
                for spec in specs
                if kind is None or is_of_kind(spec.kind, spec.settings, kind)
            ],
        }

    @request("GetInputKindList")
    def kinds(self, session: Session, data: Data) -> Data:
        """The kinds of source there are, then those of OBS that become one of them."""
        theirs = known_kinds(unversioned=maybe(data, "unversioned", bool, False))
        return {"inputKinds": [*self.rooms.source_kinds.names(), *theirs]}

    @request("GetSpecialInputs")
    def special(self, session: Session, data: Data) -> Data:
        """The first of each: desktop sound and microphones."""
        specs = list(self.rooms.bank.specs.values())
        found: Data = {}
        for kind, places in SPECIAL.items():
            names = [spec.name for spec in specs if spec.kind == kind]
            found |= {p: names[n] if n < len(names) else None for n, p in enumerate(places)}
        return found

    @request("CreateInput")
    async def create(self, session: Session, data: Data) -> Any:
        """A new input, on a scene; a kind of OBS with OBS's settings becomes the one like it."""
        scene, name, kind = self.scene(data), need(data, "inputName"), need(data, "inputKind")
        settings = maybe(data, "inputSettings", dict, {})
        enabled = maybe(data, "sceneItemEnabled", bool, True)
        self._need_free(name)
        theirs = None if kind in self.rooms.source_kinds else from_obs(kind, settings)
        lost: list[tuple[str, Any]] = []
        if theirs is not None:
            lost = _lost(kind, settings)
            kind, settings = theirs
        self._need_kind(kind)
        await self.run(session, "sources.add", name=name, kind=kind, settings=settings)
        try:
            made = await self.run(
                session, "items.add", scene=scene.id, source=name, enabled=enabled, fit="native"
            )
        except RequestError:
            with contextlib.suppress(RequestError):
                await self.run(session, "sources.remove", name=name)
            raise
        return lossy(lost, {"inputUuid": self.ids.input(name), "sceneItemId": made["id"]})

    @request("RemoveInput")
    async def remove(self, session: Session, data: Data) -> None:
        """Takes an input off all scenes and removes it."""
        name = self.input(data).name
        for scene in self.rooms.scenes.state.scenes:
            for item in scene.items:
                if item.source == name:
                    await self.run(session, "items.remove", scene=scene.id, item=item.id)
        await self.run(session, "sources.remove", name=name)

    @request("SetInputName")
    async def rename(self, session: Session, data: Data) -> None:
        """Renames an input everywhere."""
        spec, name = self.input(data), need(data, "newInputName")
        if name != spec.name:
            self._need_free(name)
            await self.run(session, "sources.rename", name=spec.name, new_name=name)

    @request("GetInputDefaultSettings")
    def defaults(self, session: Session, data: Data) -> Data:
        """Settings of a new input of a kind."""
        kind = need(data, "inputKind")
        words = ObsSerializer(self.rooms, self.ids)
        theirs = None if kind in self.rooms.source_kinds else from_obs(kind, {})
        if theirs is not None:
            own = words.input_defaults(theirs[0])
            return {"defaultInputSettings": {**obs_defaults(kind), **own, **theirs[1]}}
        self._need_kind(kind)
        return {"defaultInputSettings": words.input_defaults(kind)}

    @request("GetInputSettings")
    def settings(self, session: Session, data: Data) -> Data:
        """What is set of an input; the rest is as its kind's defaults."""
        spec = self.input(data)
        told = ObsSerializer(self.rooms, self.ids).input_settings(spec)
        return {"inputSettings": told, "inputKind": obs_kind(spec.kind, spec.settings)}

    @request("SetInputSettings")
    async def set_settings(self, session: Session, data: Data) -> Any:
        """Changes settings over those there are, or replaces them.

        What has no counterpart is told in a comment, and refused where nothing else is asked for.
        """
        spec, given = self.input(data), need(data, "inputSettings", dict)
        replace = not maybe(data, "overlay", bool, True)
        lost: list[tuple[str, Any]] = []
        if spec.kind in self.rooms.source_kinds:
            fields = self.rooms.source_kinds.get(spec.kind).Settings.__struct_fields__
            told = ObsSerializer(self.rooms, self.ids).input_settings(spec)
            # Who gives back all that was told means what differs, in whichever words.
            new = {k: v for k, v in given.items() if k not in told or told[k] != v}
            old = {k: v for k, v in given.items() if k not in new} if replace else {}
            names = frozenset(fields)
            ours = {k: v for k, v in new.items() if k in names and not is_theirs(k, v)}
            theirs = {k: v for k, v in new.items() if k not in ours}
            lost = _lost(obs_kind(spec.kind, spec.settings), theirs)
            given = {
                **changes_from_obs(spec.kind, old, names),
                **changes_from_obs(spec.kind, ours, names),
                **changes_from_obs(spec.kind, theirs, names, None if replace else told),
            }
        lossy(lost, None, is_all=not given and not replace)
        await self.run(session, "sources.edit", name=spec.name, settings=given, replace_all=replace)
        return lossy(lost, None)

    @request("GetInputPropertiesListPropertyItems")
    def choices(self, session: Session, data: Data) -> Data:
        """What may be chosen for a setting that is a list."""
        field = self._property(self.input(data), need(data, "propertyName"))
        widget = str(field.get("x-widget", ""))
        if widget.startswith("choice:"):
            values: list[Any] = widget.removeprefix("choice:").split(",")
        elif "enum" in field:
            values = list(field["enum"])
        else:
            raise RequestError(RequestStatus.INVALID_RESOURCE_TYPE, "That property is not a list.")
        items = [
            {"itemName": str(value), "itemEnabled": True, "itemValue": value} for value in values
        ]
        return {"propertyItems": items}

    @request("PressInputPropertiesButton")
    async def press(self, session: Session, data: Data) -> None:
        """A page's one button; no setting of ours is one."""
        spec, name = self.input(data), need(data, "propertyName")
        if spec.kind == "browser" and name == "refreshnocache":
            await self.run(session, "sources.media", name=spec.name, action="restart")
            return
        self._property(spec, name)
        raise RequestError(RequestStatus.INVALID_RESOURCE_TYPE, "That property is not a button.")

    @request("GetInputDeinterlaceMode")
    def deinterlace(self, session: Session, data: Data) -> Data:
        """On, in the one way there is here, or off."""
        is_on = self._deinterlaces(self.input(data)) is True
        return {"inputDeinterlaceMode": f"OBS_DEINTERLACE_MODE_{'YADIF' if is_on else 'DISABLE'}"}

    @request("SetInputDeinterlaceMode")
    async def set_deinterlace(self, session: Session, data: Data) -> None:
        """Off, or on: the ways of OBS are all one here."""
        spec, mode = self.input(data), need(data, "inputDeinterlaceMode")
        if mode.removeprefix("OBS_DEINTERLACE_MODE_") not in DEINTERLACE:
            raise RequestError(RequestStatus.INVALID_FIELD, f"{mode} is not known.")
        is_on = not mode.endswith("_DISABLE")
        was_on = self._deinterlaces(spec)
        if was_on is None and is_on:
            raise cannot("An input of this kind is not deinterlaced.")
        if was_on is not None and was_on != is_on:
            given = {"deinterlace": is_on}
            await self.run(session, "sources.edit", name=spec.name, settings=given)

    @request("GetInputDeinterlaceFieldOrder")
    def field_order(self, session: Session, data: Data) -> Data:
        """Pictures are progressive."""
        self.input(data)
        return {"inputDeinterlaceFieldOrder": "OBS_DEINTERLACE_FIELD_ORDER_TOP"}

    @request("SetInputDeinterlaceFieldOrder")
    def set_field_order(self, session: Session, data: Data) -> None:
        """Pictures are progressive."""
        self.input(data)
        if need(data, "inputDeinterlaceFieldOrder") != "OBS_DEINTERLACE_FIELD_ORDER_TOP":
            raise cannot("Inputs are not deinterlaced here.")

    def _deinterlaces(self, spec: SourceSpec) -> bool | None:
        """Is it switched on? None for a kind that has no such switch."""
        found = self.rooms.source_kinds
        kind = found.get(spec.kind) if spec.kind in found else None
        if kind is None or "deinterlace" not in kind.schema().get("properties", {}):
            return None
        return bool(spec.settings.get("deinterlace", True))

    def _need_free(self, name: str) -> None:
        if self.rooms.scenes.state.scene(name) is not None or name in self.rooms.bank.specs:
            raise RequestError(RequestStatus.ALREADY_EXISTS, f"A source is called {name} already.")

    def _need_kind(self, kind: str) -> None:
        if kind in self.rooms.source_kinds:
            return
        why = why_not(kind, "en")
        known = f"There are: {', '.join(self.rooms.source_kinds.names())}."
        raise RequestError(
            RequestStatus.INVALID_INPUT_KIND, f"There is no input kind {kind}. {why or known}"
        )

    def _property(self, spec: SourceSpec, name: str) -> dict[str, Any]:
        self._need_kind(spec.kind)
        fields = self.rooms.source_kinds.get(spec.kind).schema().get("properties", {})
        if name not in fields:
            raise RequestError(RequestStatus.NOT_FOUND, f"{spec.name} has no property {name}.")
        field: dict[str, Any] = fields[name]
        return field


def _lost(kind: str, settings: Data) -> list[tuple[str, Any]]:
    return [*lost_settings(kind, settings), *bent_settings(kind, settings)]


class InputSound(Requests):
    """Category "inputs", the mixer."""

    @request("GetInputMute")
    def muted(self, session: Session, data: Data) -> Data:
        """Is it muted?"""
        return {"inputMuted": self._strip(data).is_muted}

    @request("SetInputMute")
    async def mute(self, session: Session, data: Data) -> None:
        """Mutes an input, or opens it."""
        strip, on = self._strip(data), need(data, "inputMuted", bool)
        await self.run(session, "sound.mute", source=strip.source, on=on)

    @request("ToggleInputMute")
    async def toggle_mute(self, session: Session, data: Data) -> Data:
        """Mutes what is open, opens what is muted."""
        strip = self._strip(data)
        await self.run(session, "sound.mute", source=strip.source, on=not strip.is_muted)
        return {"inputMuted": not strip.is_muted}

    @request("GetInputVolume")
    def volume(self, session: Session, data: Data) -> Data:
        """The fader, as a factor and in dB."""
        strip = self._strip(data)
        return {"inputVolumeMul": mul_of(strip.gain_db), "inputVolumeDb": strip.gain_db}

    @request("SetInputVolume")
    async def set_volume(self, session: Session, data: Data) -> None:
        """Sets the fader by one of the two."""
        strip = self._strip(data)
        has_mul, has_db = (data.get(n) is not None for n in ("inputVolumeMul", "inputVolumeDb"))
        if has_mul and has_db:
            raise RequestError(RequestStatus.TOO_MANY_FIELDS, "Give one volume field only.")
        if not has_mul and not has_db:
            raise missing("inputVolumeMul")
        db = (
            number(data, "inputVolumeDb", -100, 26)
            if has_db
            else min(26.0, fader_db(number(data, "inputVolumeMul", 0, 20)))
        )
        await self.run(session, "sound.set", source=strip.source, gain_db=db)

    @request("GetInputAudioBalance")
    def balance(self, session: Session, data: Data) -> Data:
        """0 is left, 1 is right."""
        return {"inputAudioBalance": balance_of(self._strip(data).pan)}

    @request("SetInputAudioBalance")
    async def set_balance(self, session: Session, data: Data) -> None:
        """0 is left, 1 is right."""
        strip, balance = self._strip(data), number(data, "inputAudioBalance", 0, 1)
        await self.run(session, "sound.set", source=strip.source, pan=balance * 2 - 1)

    @request("GetInputAudioSyncOffset")
    def sync_offset(self, session: Session, data: Data) -> Data:
        """How much later the sound comes than the picture, ms."""
        return {"inputAudioSyncOffset": self._strip(data).sync_ms}

    @request("SetInputAudioSyncOffset")
    async def set_sync_offset(self, session: Session, data: Data) -> None:
        """-500 to 2000 ms here."""
        strip, ms = self._strip(data), number(data, "inputAudioSyncOffset", -500, 2000)
        await self.run(session, "sound.set", source=strip.source, sync_ms=round(ms))

    @request("GetInputAudioMonitorType")
    def monitor(self, session: Session, data: Data) -> Data:
        """Is it in the headphones: never by itself, there alone, or there too?"""
        strip = self._strip(data)
        kind = "NONE"
        if strip.is_monitored:
            kind = "MONITOR_ONLY" if strip.is_muted else "MONITOR_AND_OUTPUT"
        return {"monitorType": f"OBS_MONITORING_TYPE_{kind}"}

    @request("SetInputAudioMonitorType")
    async def set_monitor(self, session: Session, data: Data) -> None:
        """Into the headphones, or out of them; "monitor only" is monitored and muted."""
        strip = self._strip(data)
        kind = need(data, "monitorType")
        if kind not in {f"OBS_MONITORING_TYPE_{monitor}" for monitor in MONITORS}:
            raise RequestError(RequestStatus.INVALID_FIELD, f"There is no monitor type {kind}.")
        is_on = kind != "OBS_MONITORING_TYPE_NONE"
        await self.run(session, "sound.set", source=strip.source, monitored=is_on)
        if kind == "OBS_MONITORING_TYPE_MONITOR_ONLY" and not strip.is_muted:
            await self.run(session, "sound.mute", source=strip.source, on=True)

    @request("GetInputAudioTracks")
    def tracks(self, session: Session, data: Data) -> Data:
        """There is one mix: track 1."""
        self._strip(data)
        return {"inputAudioTracks": {str(n): n == 1 for n in range(1, TRACKS + 1)}}

    @request("SetInputAudioTracks")
    def set_tracks(self, session: Session, data: Data) -> None:
        """There is one mix: track 1."""
        self._strip(data)
        for name, on in need(data, "inputAudioTracks", dict).items():
            if not isinstance(on, bool):
                raise RequestError(RequestStatus.INVALID_FIELD_TYPE, f"Track {name} is on or off.")
            if name not in {str(n) for n in range(1, TRACKS + 1)}:
                raise RequestError(RequestStatus.INVALID_FIELD, f"There is no track {name}.")
            if on != (name == "1"):
                raise cannot("There is one mix here: track 1.")

    def _strip(self, data: Data) -> Strip:
        spec = self.input(data)
        try:
            return self.rooms.sound.get(spec.name)
        except StudioError:
            caps = ObsSerializer(self.rooms, self.ids).caps(spec.kind)
            why = "is not open" if caps & CAP_AUDIO else "has no sound"
            raise RequestError(RequestStatus.INVALID_STATE, f"{spec.name} {why}.") from None
