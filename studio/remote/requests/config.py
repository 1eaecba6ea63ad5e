"""Config requests: video, show, stream service, clients' data."""

from __future__ import annotations

from typing import Any

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, maybe, need, request, whole
from studio.remote.session import Session
from studio.remote.words import ObsSerializer, is_active

PROFILE = "Shopcast"
REALMS = {
    "OBS_WEBSOCKET_DATA_REALM_GLOBAL": "global",
    "OBS_WEBSOCKET_DATA_REALM_PROFILE": "profile",
}
STREAM = "stream"
CUSTOM = "rtmp_custom"


class Config(Requests):
    """Category "config". OBS's scene collection is our show; there is one profile."""

    # -- clients' data -----------------------------------------------------------------------

    @request("GetPersistentData")
    def get_data(self, session: Session, data: Data) -> Data:
        """What a client kept here."""
        realm, slot = _slot(data)
        return {"slotValue": self.door.commands.note(realm, slot)}

    @request("SetPersistentData")
    async def set_data(self, session: Session, data: Data) -> None:
        """Keeps a client's data."""
        realm, slot = _slot(data)
        if "slotValue" not in data:
            raise RequestError(
                RequestStatus.MISSING_FIELD, "Your request is missing the `slotValue` field."
            )
        await self.run(session, "remote.keep", realm=realm, slot=slot, value=data["slotValue"])

    # -- show and profile ----------------------------------------------------------------------

    @request("GetSceneCollectionList")
    def collections(self, session: Session, data: Data) -> Data:
        """The open show."""
        name = self._show()
        return {"currentSceneCollectionName": name, "sceneCollections": [name]}

    @request("SetCurrentSceneCollection")
    def set_collection(self, session: Session, data: Data) -> None:
        """Only the show that is open can be current: another is opened with `shopcast SHOW`."""
        _only(need(data, "sceneCollectionName"), self._show(), "scene collection")

    @request("CreateSceneCollection")
    def create_collection(self, session: Session, data: Data) -> None:
        """Shows are made on the desk."""
        _new(need(data, "sceneCollectionName"), self._show(), "Shows are made with show.save_as.")

    @request("GetProfileList")
    def profiles(self, session: Session, data: Data) -> Data:
        """The one profile."""
        return {"currentProfileName": PROFILE, "profiles": [PROFILE]}

    @request("SetCurrentProfile")
    def set_profile(self, session: Session, data: Data) -> None:
        """Only the one there is."""
        _only(need(data, "profileName"), PROFILE, "profile")

    @request("CreateProfile")
    def create_profile(self, session: Session, data: Data) -> None:
        """There is one profile."""
        _new(need(data, "profileName"), PROFILE, "Shopcast has one profile.")

    @request("RemoveProfile")
    def remove_profile(self, session: Session, data: Data) -> None:
        """The last profile stays."""
        _only(need(data, "profileName"), PROFILE, "profile")
        raise RequestError(RequestStatus.NOT_ENOUGH, "The last profile cannot be removed.")

    @request("GetProfileParameter")
    def parameter(self, session: Session, data: Data) -> Data:
        """What OBS's profile would say of our settings; null for what we have not."""
        key = (need(data, "parameterCategory"), need(data, "parameterName"))
        canvas = self.rooms.scenes.state.canvases[0]
        known: dict[tuple[str, str], str] = {
            ("General", "Name"): PROFILE,
            ("Output", "Mode"): "Simple",
            ("SimpleOutput", "FilePath"): str(self.rooms.recordings.path),
            ("SimpleOutput", "RecFormat2"): "mkv",
            ("AdvOut", "RecFilePath"): str(self.rooms.recordings.path),
            ("Video", "BaseCX"): str(canvas.width),
            ("Video", "BaseCY"): str(canvas.height),
            ("Video", "OutputCX"): str(canvas.width),
            ("Video", "OutputCY"): str(canvas.height),
            ("Audio", "SampleRate"): "48000",
        }
        return {"parameterValue": known.get(key), "defaultParameterValue": None}

    @request("SetProfileParameter")
    def set_parameter(self, session: Session, data: Data) -> None:
        """OBS's profile settings have no place here."""
        need(data, "parameterCategory")
        need(data, "parameterName")
        raise cannot("Shopcast has no profile parameters that could be set.")

    # -- picture -------------------------------------------------------------------------------

    @request("GetVideoSettings")
    def video(self, session: Session, data: Data) -> Data:
        """Size and frame rate of the main canvas."""
        return video_settings(self.rooms, self.rooms.scenes.state.canvases[0])

    @request("SetVideoSettings")
    def set_video(self, session: Session, data: Data) -> None:
        """They belong to the show and are chosen before it runs; the same ones are accepted."""
        pairs = (
            ("fpsNumerator", "fpsDenominator"),
            ("baseWidth", "baseHeight"),
            ("outputWidth", "outputHeight"),
        )
        given: dict[str, int] = {}
        for pair in pairs:
            if any(data.get(name) is not None for name in pair):
                given |= {name: whole(data, name, 1, 100_000) for name in pair}
        if not given:
            raise RequestError(RequestStatus.MISSING_FIELD, "Your request has no pair of settings.")
        if any(is_active(status) for status in self.rooms.pipeline.destinations.statuses()):
            raise RequestError(RequestStatus.OUTPUT_RUNNING, "Stop all outputs first.")
        now = self.video(session, data)
        if any(now[name] != value for name, value in given.items()):
            raise cannot("Size and frame rate are chosen when the show starts (--size, --fps).")

    # -- stream service ------------------------------------------------------------------------

    @request("GetStreamServiceSettings")
    def service(self, session: Session, data: Data) -> Data:
        """Where the first stream goes. Keys are never told."""
        streams = ObsSerializer(self.rooms, self.ids).streams()
        settings: Data = {"server": "", "key": "", "use_auth": False}
        if streams:
            found = self.rooms.pipeline.destinations.settings(streams[0].name)
            settings["server"] = found.url
        return {"streamServiceType": CUSTOM, "streamServiceSettings": settings}

    @request("SetStreamServiceSettings")
    async def set_service(self, session: Session, data: Data) -> None:
        """Sets the first stream's address and key, or makes the first stream."""
        kind = need(data, "streamServiceType")
        given: Data = need(data, "streamServiceSettings", dict)
        if kind != CUSTOM:
            raise cannot(f"Only `{CUSTOM}` is known here: a server and a key.")
        streams = ObsSerializer(self.rooms, self.ids).streams()
        if any(is_active(stream) for stream in streams):
            raise RequestError(RequestStatus.OUTPUT_RUNNING, "Stop the stream first.")
        server, key = maybe(given, "server"), given.get("key")
        if key is not None and not isinstance(key, str):
            raise RequestError(RequestStatus.INVALID_FIELD_TYPE, "`key` must be text.")
        args: dict[str, Any] = {"key": key} if key else {}
        if server is not None:
            args["url"] = server
        if streams:
            await self.run(session, "outputs.edit", name=streams[0].name, **args)
        elif server is None:
            raise RequestError(RequestStatus.MISSING_FIELD, "Your settings are missing `server`.")
        else:
            await self.run(session, "outputs.add", name=STREAM, kind="rtmp", **args)

    @request("GetRecordDirectory")
    async def record_directory(self, session: Session, data: Data) -> Data:
        """Where recordings go."""
        told = await self.run(session, "record.folder")
        return {"recordDirectory": told["folder"]}

    @request("SetRecordDirectory")
    async def set_record_directory(self, session: Session, data: Data) -> None:
        """Another folder, from the next recording on."""
        await self.run(session, "record.folder", path=need(data, "recordDirectory"))

    def _show(self) -> str:
        return str(self.rooms.session.show.head.name or "Shopcast")


def video_settings(rooms: Any, canvas: Any) -> Data:
    """A canvas in OBS's words."""
    return {
        "fpsNumerator": rooms.fps.numerator,
        "fpsDenominator": rooms.fps.denominator,
        "baseWidth": canvas.width,
        "baseHeight": canvas.height,
        "outputWidth": canvas.width,
        "outputHeight": canvas.height,
    }


def _slot(data: Data) -> tuple[str, str]:
    realm, slot = need(data, "realm"), need(data, "slotName")
    if realm not in REALMS:
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no realm {realm}.")
    if len(slot) > 80:
        raise RequestError(RequestStatus.OUT_OF_RANGE, "`slotName` has 80 characters at most.")
    return REALMS[realm], slot


def _only(given: str, there_is: str, what: str) -> None:
    if given != there_is:
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no {what} {given}.")


def _new(given: str, there_is: str, why: str) -> None:
    if given == there_is:
        raise RequestError(RequestStatus.ALREADY_EXISTS, f"{given} is there already.")
    raise cannot(why)
