"""Every request of the protocol (obs-websocket 5.7.3) with its fields, and whether data fits."""

from __future__ import annotations

from typing import Any

from studio.protocols.obs_ws import Data, RequestError, RequestStatus

# NAME: FIELD[?][=TYPE] …; "?" may be left out; without a type it is text.
_TABLE = """
    BroadcastCustomEvent: eventData=object
    CallVendorRequest: vendorName requestType requestData?=object
    CreateInput: canvasUuid? sceneName? sceneUuid? inputName inputKind inputSettings?=object
        sceneItemEnabled?=boolean
    CreateProfile: profileName
    CreateRecordChapter: chapterName?
    CreateScene: canvasUuid? sceneName
    CreateSceneCollection: sceneCollectionName
    CreateSceneItem: canvasUuid? sceneName? sceneUuid? sourceName? sourceUuid?
        sceneItemEnabled?=boolean
    CreateSourceFilter: canvasUuid? sourceName? sourceUuid? filterName filterKind
        filterSettings?=object
    DuplicateSceneItem: canvasUuid? sceneName? sceneUuid? sceneItemId=number destinationSceneName?
        destinationSceneUuid?
    GetCanvasList:
    GetCurrentPreviewScene:
    GetCurrentProgramScene:
    GetCurrentSceneTransition:
    GetCurrentSceneTransitionCursor:
    GetGroupList:
    GetGroupSceneItemList: canvasUuid? sceneName? sceneUuid?
    GetHotkeyList:
    GetInputAudioBalance: inputName? inputUuid?
    GetInputAudioMonitorType: inputName? inputUuid?
    GetInputAudioSyncOffset: inputName? inputUuid?
    GetInputAudioTracks: inputName? inputUuid?
    GetInputDefaultSettings: inputKind
    GetInputDeinterlaceFieldOrder: inputName? inputUuid?
    GetInputDeinterlaceMode: inputName? inputUuid?
    GetInputKindList: unversioned?=boolean
    GetInputList: inputKind?
    GetInputMute: inputName? inputUuid?
    GetInputPropertiesListPropertyItems: inputName? inputUuid? propertyName
    GetInputSettings: inputName? inputUuid?
    GetInputVolume: inputName? inputUuid?
    GetLastReplayBufferReplay:
    GetMediaInputStatus: inputName? inputUuid?
    GetMonitorList:
    GetOutputList:
    GetOutputSettings: outputName
    GetOutputStatus: outputName
    GetPersistentData: realm slotName
    GetProfileList:
    GetProfileParameter: parameterCategory parameterName
    GetRecordDirectory:
    GetRecordStatus:
    GetReplayBufferStatus:
    GetSceneCollectionList:
    GetSceneItemBlendMode: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    GetSceneItemEnabled: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    GetSceneItemId: canvasUuid? sceneName? sceneUuid? sourceName searchOffset?=number
    GetSceneItemIndex: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    GetSceneItemList: canvasUuid? sceneName? sceneUuid?
    GetSceneItemLocked: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    GetSceneItemSource: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    GetSceneItemTransform: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    GetSceneList: canvasUuid?
    GetSceneSceneTransitionOverride: canvasUuid? sceneName? sceneUuid?
    GetSceneTransitionList:
    GetSourceActive: canvasUuid? sourceName? sourceUuid?
    GetSourceFilter: canvasUuid? sourceName? sourceUuid? filterName
    GetSourceFilterDefaultSettings: filterKind
    GetSourceFilterKindList:
    GetSourceFilterList: canvasUuid? sourceName? sourceUuid?
    GetSourceScreenshot: canvasUuid? sourceName? sourceUuid? imageFormat imageWidth?=number
        imageHeight?=number imageCompressionQuality?=number
    GetSpecialInputs:
    GetStats:
    GetStreamServiceSettings:
    GetStreamStatus:
    GetStudioModeEnabled:
    GetTransitionKindList:
    GetVersion:
    GetVideoSettings:
    GetVirtualCamStatus:
    OffsetMediaInputCursor: inputName? inputUuid? mediaCursorOffset=number
    OpenInputFiltersDialog: inputName? inputUuid?
    OpenInputInteractDialog: inputName? inputUuid?
    OpenInputPropertiesDialog: inputName? inputUuid?
    OpenSourceProjector: canvasUuid? sourceName? sourceUuid? monitorIndex?=number
        projectorGeometry?
    OpenVideoMixProjector: videoMixType monitorIndex?=number projectorGeometry?
    PauseRecord:
    PressInputPropertiesButton: inputName? inputUuid? propertyName
    RemoveInput: inputName? inputUuid?
    RemoveProfile: profileName
    RemoveScene: canvasUuid? sceneName? sceneUuid?
    RemoveSceneItem: canvasUuid? sceneName? sceneUuid? sceneItemId=number
    RemoveSourceFilter: canvasUuid? sourceName? sourceUuid? filterName
    ResumeRecord:
    SaveReplayBuffer:
    SaveSourceScreenshot: canvasUuid? sourceName? sourceUuid? imageFormat imageFilePath
        imageWidth?=number imageHeight?=number imageCompressionQuality?=number
    SendStreamCaption: captionText
    SetCurrentPreviewScene: sceneName? sceneUuid?
    SetCurrentProfile: profileName
    SetCurrentProgramScene: sceneName? sceneUuid?
    SetCurrentSceneCollection: sceneCollectionName
    SetCurrentSceneTransition: transitionName
    SetCurrentSceneTransitionDuration: transitionDuration=number
    SetCurrentSceneTransitionSettings: transitionSettings=object overlay?=boolean
    SetInputAudioBalance: inputName? inputUuid? inputAudioBalance=number
    SetInputAudioMonitorType: inputName? inputUuid? monitorType
    SetInputAudioSyncOffset: inputName? inputUuid? inputAudioSyncOffset=number
    SetInputAudioTracks: inputName? inputUuid? inputAudioTracks=object
    SetInputDeinterlaceFieldOrder: inputName? inputUuid? inputDeinterlaceFieldOrder
    SetInputDeinterlaceMode: inputName? inputUuid? inputDeinterlaceMode
    SetInputMute: inputName? inputUuid? inputMuted=boolean
    SetInputName: inputName? inputUuid? newInputName
    SetInputSettings: inputName? inputUuid? inputSettings=object overlay?=boolean
    SetInputVolume: inputName? inputUuid? inputVolumeMul?=number inputVolumeDb?=number
    SetMediaInputCursor: inputName? inputUuid? mediaCursor=number
    SetOutputSettings: outputName outputSettings=object
    SetPersistentData: realm slotName slotValue=any
    SetProfileParameter: parameterCategory parameterName parameterValue
    SetRecordDirectory: recordDirectory
    SetSceneItemBlendMode: canvasUuid? sceneName? sceneUuid? sceneItemId=number sceneItemBlendMode
    SetSceneItemEnabled: canvasUuid? sceneName? sceneUuid? sceneItemId=number
        sceneItemEnabled=boolean
    SetSceneItemIndex: canvasUuid? sceneName? sceneUuid? sceneItemId=number sceneItemIndex=number
    SetSceneItemLocked: canvasUuid? sceneName? sceneUuid? sceneItemId=number
        sceneItemLocked=boolean
    SetSceneItemTransform: canvasUuid? sceneName? sceneUuid? sceneItemId=number
        sceneItemTransform=object
    SetSceneName: canvasUuid? sceneName? sceneUuid? newSceneName
    SetSceneSceneTransitionOverride: canvasUuid? sceneName? sceneUuid? transitionName?
        transitionDuration?=number
    SetSourceFilterEnabled: canvasUuid? sourceName? sourceUuid? filterName filterEnabled=boolean
    SetSourceFilterIndex: canvasUuid? sourceName? sourceUuid? filterName filterIndex=number
    SetSourceFilterName: canvasUuid? sourceName? sourceUuid? filterName newFilterName
    SetSourceFilterSettings: canvasUuid? sourceName? sourceUuid? filterName filterSettings=object
        overlay?=boolean
    SetStreamServiceSettings: streamServiceType streamServiceSettings=object
    SetStudioModeEnabled: studioModeEnabled=boolean
    SetTBarPosition: position=number release?=boolean
    SetVideoSettings: fpsNumerator?=number fpsDenominator?=number baseWidth?=number
        baseHeight?=number outputWidth?=number outputHeight?=number
    Sleep: sleepMillis?=number sleepFrames?=number
    SplitRecordFile:
    StartOutput: outputName
    StartRecord:
    StartReplayBuffer:
    StartStream:
    StartVirtualCam:
    StopOutput: outputName
    StopRecord:
    StopReplayBuffer:
    StopStream:
    StopVirtualCam:
    ToggleInputMute: inputName? inputUuid?
    ToggleOutput: outputName
    ToggleRecord:
    ToggleRecordPause:
    ToggleReplayBuffer:
    ToggleStream:
    ToggleVirtualCam:
    TriggerHotkeyByKeySequence: keyId? keyModifiers?=object
    TriggerHotkeyByName: hotkeyName contextName?
    TriggerMediaInputAction: inputName? inputUuid? mediaAction
    TriggerStudioModeTransition:
"""

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "": ((str,), "text"),
    "number": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
    "object": ((dict,), "an object"),
    "any": ((object,), "anything"),
}


class KnownField:
    """One field of a request's data."""

    __slots__ = ("is_needed", "kind", "name")

    def __init__(self, word: str) -> None:
        name, _, self.kind = word.partition("=")
        self.name = name.removesuffix("?")
        self.is_needed = name == self.name

    def check(self, data: Data) -> None:
        """Raises status 300 when it is missing, 401 when it has the wrong type."""
        value: Any = data.get(self.name)
        if value is None:
            if self.is_needed and not (self.kind == "any" and self.name in data):
                comment = f"Your request is missing the `{self.name}` field."
                raise RequestError(RequestStatus.MISSING_FIELD, comment)
            return
        types, words = _KINDS[self.kind]
        is_flag = isinstance(value, bool) and self.kind == "number"
        if is_flag or not isinstance(value, types):
            raise RequestError(RequestStatus.INVALID_FIELD_TYPE, f"`{self.name}` must be {words}.")


def _read() -> dict[str, tuple[KnownField, ...]]:
    found: dict[str, tuple[KnownField, ...]] = {}
    for line in _TABLE.replace("\n        ", " ").split("\n"):
        name, _, fields = line.strip().partition(":")
        if name:
            found[name] = tuple(KnownField(word) for word in fields.split())
    return found


FIELDS = _read()
REQUESTS = frozenset(FIELDS)


def check(kind: str, data: Data) -> None:
    """Are the fields of a request there, and of the right types?

    Raises:
        RequestError: 300, 401.
    """
    for field in FIELDS.get(kind, ()):
        field.check(data)
