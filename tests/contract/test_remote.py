"""Every request of the protocol is answered: what it gives, what it says to wrong data."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import studio.filters.kinds as filters
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.obs import known_kinds as obs_filters
from studio.remote import listing
from studio.remote.requests.known import FIELDS, REQUESTS
from studio.remote.vendor import QUESTIONS
from studio.sources.obs import known_kinds as obs_inputs
from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]

PROTOCOL = json.loads(
    (Path(__file__).parents[1] / "data" / "obs_protocol.json").read_text(encoding="utf-8")
)
TYPES: dict[str, Any] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "object[]": list,
    "string[]": list,
    "any": object,
}
WRONG: dict[str, Any] = {
    "string": 7,
    "number": "seven",
    "boolean": "yes",
    "object": [1],
    "any": None,
}
SCENE, ITEM = {"sceneName": "Two"}, {"sceneName": "Two", "sceneItemId": 2}
CLIP, TONE = {"inputName": "clip"}, {"inputName": "tone"}
FILTER = {"sourceName": "clip", "filterName": "worn"}

# What each request is given, in this order, and the status it must be answered with.
CALLS: list[tuple[str, dict[str, Any], int]] = [
    ("GetVersion", {}, 100),
    ("GetStats", {}, 100),
    ("BroadcastCustomEvent", {"eventData": {"a": 1}}, 100),
    ("CallVendorRequest", {"vendorName": "shopcast", "requestType": "stats.get"}, 100),
    ("CallVendorRequest", {"vendorName": "nobody", "requestType": "x"}, 600),
    ("GetHotkeyList", {}, 100),
    ("TriggerHotkeyByName", {"hotkeyName": "scenes.preview scene=Two"}, 100),
    ("TriggerHotkeyByName", {"hotkeyName": "outputs.stop"}, 600),
    ("TriggerHotkeyByKeySequence", {"keyId": "OBS_KEY_2"}, 100),
    ("TriggerHotkeyByKeySequence", {"keyId": "OBS_KEY_RETURN"}, 100),
    ("TriggerHotkeyByKeySequence", {"keyId": "OBS_KEY_F24"}, 600),
    (
        "CallVendorRequest",
        {
            "vendorName": "shopcast",
            "requestType": "hotkeys.set",
            "requestData": {"name": "scenes.preview scene=Two", "keys": "Ctrl+F24"},
        },
        100,
    ),
    (
        "TriggerHotkeyByKeySequence",
        {"keyId": "OBS_KEY_F24", "keyModifiers": {"control": True}},
        100,
    ),
    ("Sleep", {"sleepMillis": 1}, 206),
    ("GetPersistentData", {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": "s"}, 100),
    (
        "SetPersistentData",
        {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": "s", "slotValue": [1, {"a": 2}]},
        100,
    ),
    ("SetPersistentData", {"realm": "ELSEWHERE", "slotName": "s", "slotValue": 1}, 600),
    ("GetSceneCollectionList", {}, 100),
    ("SetCurrentSceneCollection", {"sceneCollectionName": "Small"}, 100),
    ("SetCurrentSceneCollection", {"sceneCollectionName": "Other"}, 600),
    ("CreateSceneCollection", {"sceneCollectionName": "Other"}, 703),
    ("GetProfileList", {}, 100),
    ("SetCurrentProfile", {"profileName": "Shopcast"}, 100),
    ("CreateProfile", {"profileName": "Shopcast"}, 601),
    ("RemoveProfile", {"profileName": "Shopcast"}, 603),
    ("GetProfileParameter", {"parameterCategory": "Output", "parameterName": "Mode"}, 100),
    (
        "SetProfileParameter",
        {"parameterCategory": "Output", "parameterName": "Mode", "parameterValue": "Simple"},
        703,
    ),
    ("GetVideoSettings", {}, 100),
    ("SetVideoSettings", {"baseWidth": 320, "baseHeight": 180}, 100),
    ("SetVideoSettings", {"baseWidth": 640, "baseHeight": 360}, 703),
    ("SetVideoSettings", {"baseWidth": 640}, 300),
    ("GetStreamServiceSettings", {}, 100),
    (
        "SetStreamServiceSettings",
        {
            "streamServiceType": "rtmp_custom",
            "streamServiceSettings": {"server": "rtmp://127.0.0.1:9/live", "key": "hidden-key"},
        },
        100,
    ),
    (
        "SetStreamServiceSettings",
        {"streamServiceType": "rtmp_common", "streamServiceSettings": {"service": "x"}},
        703,
    ),
    ("GetRecordDirectory", {}, 100),
    ("SetRecordDirectory", {"recordDirectory": "/nowhere"}, 400),
    ("GetSourceActive", {"sourceName": "clip"}, 100),
    ("GetSourceActive", {"sourceName": "nobody"}, 600),
    ("GetSourceScreenshot", {"sourceName": "Two", "imageFormat": "png", "imageWidth": 64}, 100),
    ("GetSourceScreenshot", {"sourceName": "clip", "imageFormat": "jpg"}, 100),
    ("GetSourceScreenshot", {"sourceName": "tone", "imageFormat": "png"}, 604),
    ("GetSourceScreenshot", {"sourceName": "Two", "imageFormat": "tiff"}, 400),
    ("GetSourceScreenshot", {"sourceName": "Two", "imageFormat": "png", "imageWidth": 4}, 402),
    (
        "SaveSourceScreenshot",
        {"sourceName": "Two", "imageFormat": "png", "imageFilePath": "relative.png"},
        400,
    ),
    (
        "SaveSourceScreenshot",
        {"sourceName": "Two", "imageFormat": "png", "imageFilePath": "/nowhere/at/all.png"},
        400,
    ),
    ("GetSceneList", {}, 100),
    ("GetGroupList", {}, 100),
    ("GetCurrentProgramScene", {}, 100),
    ("SetCurrentProgramScene", {"sceneName": "Two"}, 100),
    ("SetCurrentProgramScene", {"sceneName": "clip"}, 602),
    ("SetCurrentProgramScene", {"sceneName": ""}, 403),
    ("GetCurrentPreviewScene", {}, 100),
    ("SetCurrentPreviewScene", {"sceneName": "One"}, 100),
    ("CreateScene", {"sceneName": "Three"}, 100),
    ("CreateScene", {"sceneName": "Three"}, 601),
    ("SetSceneName", {"sceneName": "Three", "newSceneName": "Four"}, 100),
    ("SetSceneName", {"sceneName": "Four", "newSceneName": "clip"}, 601),
    ("GetSceneSceneTransitionOverride", {"sceneName": "Four"}, 100),
    (
        "SetSceneSceneTransitionOverride",
        {"sceneName": "Four", "transitionName": "Fade", "transitionDuration": 500},
        100,
    ),
    ("RemoveScene", {"sceneName": "Two"}, 604),
    ("RemoveScene", {"sceneName": "Four"}, 100),
    ("GetSceneItemList", SCENE, 100),
    ("GetGroupSceneItemList", SCENE, 602),
    ("GetSceneItemId", {**SCENE, "sourceName": "clip"}, 100),
    ("GetSceneItemId", {**SCENE, "sourceName": "tone"}, 600),
    ("GetSceneItemSource", ITEM, 100),
    ("CreateSceneItem", {"sceneName": "One", "sourceName": "title"}, 100),
    ("CreateSceneItem", {"sceneName": "One", "sourceName": "Two"}, 100),
    ("DuplicateSceneItem", {**ITEM, "destinationSceneName": "One"}, 100),
    ("RemoveSceneItem", {"sceneName": "One", "sceneItemId": 2}, 100),
    ("RemoveSceneItem", {"sceneName": "One", "sceneItemId": 99}, 600),
    ("GetSceneItemTransform", ITEM, 100),
    ("SetSceneItemTransform", {**ITEM, "sceneItemTransform": {"positionX": 10}}, 100),
    ("SetSceneItemTransform", {**ITEM, "sceneItemTransform": {}}, 703),
    ("SetSceneItemTransform", {**ITEM, "sceneItemTransform": {"scaleX": "big"}}, 401),
    ("SetSceneItemTransform", {**ITEM, "sceneItemTransform": {"boundsWidth": 0}}, 402),
    ("SetSceneItemTransform", {**ITEM, "sceneItemTransform": {"rotation": 45}}, 100),
    ("GetSceneItemEnabled", ITEM, 100),
    ("SetSceneItemEnabled", {**ITEM, "sceneItemEnabled": False}, 100),
    ("GetSceneItemLocked", ITEM, 100),
    ("SetSceneItemLocked", {**ITEM, "sceneItemLocked": True}, 100),
    ("GetSceneItemIndex", ITEM, 100),
    ("SetSceneItemIndex", {**ITEM, "sceneItemIndex": 0}, 100),
    ("GetSceneItemBlendMode", ITEM, 100),
    ("SetSceneItemBlendMode", {**ITEM, "sceneItemBlendMode": "OBS_BLEND_NORMAL"}, 100),
    ("SetSceneItemBlendMode", {**ITEM, "sceneItemBlendMode": "OBS_BLEND_SCREEN"}, 100),
    ("SetSceneItemBlendMode", {**ITEM, "sceneItemBlendMode": "MELT"}, 400),
    ("GetInputList", {}, 100),
    ("GetInputKindList", {}, 100),
    ("GetSpecialInputs", {}, 100),
    ("CreateInput", {"sceneName": "One", "inputName": "new", "inputKind": "colour"}, 100),
    ("CreateInput", {"sceneName": "One", "inputName": "new", "inputKind": "colour"}, 601),
    ("CreateInput", {"sceneName": "One", "inputName": "odd", "inputKind": "teapot"}, 605),
    ("CreateInput", {"sceneName": "One", "inputName": "web", "inputKind": "game_capture"}, 605),
    *(
        (request, {"inputName": f"obs {kind}", **more}, 100)
        for kind in obs_inputs()
        for request, more in (
            ("CreateInput", {"sceneName": "One", "inputKind": kind, "sceneItemEnabled": False}),
            ("GetInputSettings", {}),
            ("RemoveInput", {}),
        )
    ),
    *(("GetInputDefaultSettings", {"inputKind": kind}, 100) for kind in obs_inputs(True)),
    (
        "CreateInput",
        {
            "sceneName": "One",
            "inputName": "words",
            "inputKind": "text_gdiplus_v3",
            "inputSettings": {"text": "Hi", "color": 0xFF0000FF, "antialiasing": True},
        },
        100,
    ),
    ("GetInputList", {"inputKind": "text_ft2_source_v2"}, 100),
    ("SetInputSettings", {"inputName": "words", "inputSettings": {"color": 0xFF00FF00}}, 100),
    ("SetInputSettings", {"inputName": "words", "inputSettings": {"teapot": 1}}, 400),
    ("RemoveInput", {"inputName": "words"}, 100),
    ("SetInputName", {"inputName": "new", "newInputName": "newer"}, 100),
    ("RemoveInput", {"inputName": "newer"}, 100),
    ("RemoveInput", {"inputName": "newer"}, 600),
    ("GetInputDefaultSettings", {"inputKind": "colour"}, 100),
    ("GetInputDefaultSettings", {"inputKind": "teapot"}, 605),
    ("GetInputSettings", CLIP, 100),
    ("SetInputSettings", {"inputName": "title", "inputSettings": {"text": "Bye"}}, 100),
    ("SetInputSettings", {"inputName": "title", "inputSettings": {"size": "huge"}}, 400),
    ("GetInputMute", TONE, 100),
    ("GetInputMute", {"inputName": "title"}, 604),
    ("SetInputMute", {**TONE, "inputMuted": True}, 100),
    ("ToggleInputMute", TONE, 100),
    ("GetInputVolume", TONE, 100),
    ("SetInputVolume", {**TONE, "inputVolumeDb": -6}, 100),
    ("SetInputVolume", {**TONE, "inputVolumeMul": 0.5}, 100),
    ("SetInputVolume", {**TONE, "inputVolumeMul": 0.5, "inputVolumeDb": -6}, 404),
    ("SetInputVolume", {**TONE, "inputVolumeDb": 99}, 402),
    ("GetInputAudioBalance", TONE, 100),
    ("SetInputAudioBalance", {**TONE, "inputAudioBalance": 0.25}, 100),
    ("GetInputAudioSyncOffset", TONE, 100),
    ("SetInputAudioSyncOffset", {**TONE, "inputAudioSyncOffset": 100}, 100),
    ("GetInputAudioMonitorType", TONE, 100),
    ("SetInputAudioMonitorType", {**TONE, "monitorType": "OBS_MONITORING_TYPE_NONE"}, 100),
    ("GetInputAudioTracks", TONE, 100),
    ("SetInputAudioTracks", {**TONE, "inputAudioTracks": {"1": True, "2": False}}, 100),
    ("SetInputAudioTracks", {**TONE, "inputAudioTracks": {"2": True}}, 703),
    ("GetInputDeinterlaceMode", CLIP, 100),
    (
        "SetInputDeinterlaceMode",
        {**CLIP, "inputDeinterlaceMode": "OBS_DEINTERLACE_MODE_DISABLE"},
        100,
    ),
    (
        "SetInputDeinterlaceMode",
        {**CLIP, "inputDeinterlaceMode": "OBS_DEINTERLACE_MODE_YADIF_2X"},
        100,
    ),
    ("SetInputDeinterlaceMode", {**CLIP, "inputDeinterlaceMode": "teapot"}, 400),
    (
        "SetInputDeinterlaceMode",
        {**TONE, "inputDeinterlaceMode": "OBS_DEINTERLACE_MODE_BLEND"},
        703,
    ),
    ("GetInputDeinterlaceFieldOrder", CLIP, 100),
    (
        "SetInputDeinterlaceFieldOrder",
        {**CLIP, "inputDeinterlaceFieldOrder": "OBS_DEINTERLACE_FIELD_ORDER_TOP"},
        100,
    ),
    ("GetInputPropertiesListPropertyItems", {**CLIP, "propertyName": "loop"}, 602),
    ("GetInputPropertiesListPropertyItems", {**CLIP, "propertyName": "teapot"}, 600),
    ("PressInputPropertiesButton", {**CLIP, "propertyName": "loop"}, 602),
    ("GetTransitionKindList", {}, 100),
    ("GetSceneTransitionList", {}, 100),
    ("GetCurrentSceneTransition", {}, 100),
    ("SetCurrentSceneTransition", {"transitionName": "Fade"}, 100),
    ("SetCurrentSceneTransition", {"transitionName": "Teapot"}, 600),
    ("SetCurrentSceneTransitionDuration", {"transitionDuration": 200}, 100),
    ("SetCurrentSceneTransitionDuration", {"transitionDuration": 5}, 402),
    ("SetCurrentSceneTransitionSettings", {"transitionSettings": {}}, 606),
    ("GetCurrentSceneTransitionCursor", {}, 100),
    ("TriggerStudioModeTransition", {}, 100),
    ("SetTBarPosition", {"position": 0.5}, 100),
    ("SetCurrentPreviewScene", {"sceneName": "Standby"}, 100),
    ("SetTBarPosition", {"position": 1.0}, 100),
    ("SetCurrentPreviewScene", {"sceneName": "Two"}, 100),
    ("SetTBarPosition", {"position": 0.7, "release": False}, 100),
    ("SetTBarPosition", {"position": 1.0}, 100),
    ("GetSourceFilterKindList", {}, 100),
    ("GetSourceFilterDefaultSettings", {"filterKind": "tryon"}, 100),
    ("GetSourceFilterDefaultSettings", {"filterKind": "teapot"}, 607),
    ("CreateSourceFilter", {**FILTER, "filterKind": "tryon"}, 100),
    ("CreateSourceFilter", {**FILTER, "filterKind": "tryon"}, 601),
    ("GetSourceFilterList", {"sourceName": "clip"}, 100),
    ("GetSourceFilter", FILTER, 100),
    ("SetSourceFilterSettings", {**FILTER, "filterSettings": {"most_faces": 2}}, 100),
    ("SetSourceFilterEnabled", {**FILTER, "filterEnabled": False}, 100),
    ("SetSourceFilterIndex", {**FILTER, "filterIndex": 0}, 100),
    ("SetSourceFilterName", {**FILTER, "newFilterName": "worn2"}, 100),
    ("RemoveSourceFilter", {"sourceName": "clip", "filterName": "worn2"}, 100),
    ("RemoveSourceFilter", FILTER, 600),
    *(
        (request, {"sourceName": "clip", "filterName": kind, **more}, 100)
        for kind in discover(filters, Filter).names()
        for request, more in (
            ("CreateSourceFilter", {"filterKind": kind}),
            ("GetSourceFilter", {}),
            ("SetSourceFilterEnabled", {"filterEnabled": False}),
            ("SetSourceFilterSettings", {"filterSettings": {}, "overlay": True}),
            ("RemoveSourceFilter", {}),
        )
    ),
    *(
        (request, {"sourceName": "clip", "filterName": kind, **more}, 100)
        for kind in obs_filters(is_versioned=True)
        for request, more in (
            ("GetSourceFilterDefaultSettings", {"filterKind": kind}),
            ("CreateSourceFilter", {"filterKind": kind}),
            ("RemoveSourceFilter", {}),
        )
    ),
    (
        "CreateSourceFilter",
        {**FILTER, "filterKind": "chroma_key_filter_v2", "filterSettings": {"similarity": 300}},
        100,
    ),
    ("SetSourceFilterSettings", {**FILTER, "filterSettings": {"similarity": 0.5}}, 100),
    ("SetSourceFilterSettings", {**FILTER, "filterSettings": {"key_color_type": "blue"}}, 100),
    ("SetSourceFilterSettings", {**FILTER, "filterSettings": {"teapot": 1}}, 400),
    ("SetSourceFilterSettings", {**FILTER, "filterSettings": {"colour": "green"}}, 400),
    ("RemoveSourceFilter", FILTER, 100),
    ("GetMediaInputStatus", CLIP, 100),
    ("SetMediaInputCursor", {**CLIP, "mediaCursor": 100}, 100),
    ("OffsetMediaInputCursor", {**CLIP, "mediaCursorOffset": -50}, 100),
    (
        "TriggerMediaInputAction",
        {**CLIP, "mediaAction": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE"},
        100,
    ),
    (
        "TriggerMediaInputAction",
        {**CLIP, "mediaAction": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PLAY"},
        100,
    ),
    (
        "TriggerMediaInputAction",
        {"inputName": "title", "mediaAction": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PLAY"},
        604,
    ),
    ("GetStreamStatus", {}, 100),
    ("StopStream", {}, 501),
    ("SendStreamCaption", {"captionText": "hello"}, 501),
    ("GetRecordStatus", {}, 100),
    ("StopRecord", {}, 501),
    ("PauseRecord", {}, 501),
    ("StartRecord", {}, 100),
    ("StartRecord", {}, 500),
    ("ResumeRecord", {}, 503),
    ("PauseRecord", {}, 703),
    ("ToggleRecordPause", {}, 703),
    ("SplitRecordFile", {}, 100),
    ("CreateRecordChapter", {"chapterName": "one"}, 100),
    ("StopRecord", {}, 100),
    ("ToggleRecord", {}, 100),
    ("ToggleRecord", {}, 100),
    ("GetOutputList", {}, 100),
    ("GetOutputStatus", {"outputName": "record"}, 100),
    ("GetOutputStatus", {"outputName": "virtualcam_output"}, 100),
    ("GetOutputSettings", {"outputName": "stream"}, 100),
    (
        "SetOutputSettings",
        {"outputName": "stream", "outputSettings": {"server": "rtmp://127.0.0.1:9/app"}},
        100,
    ),
    ("StartOutput", {"outputName": "teapot"}, 600),
    ("StopOutput", {"outputName": "stream"}, 501),
    ("ToggleOutput", {"outputName": "virtualcam_output"}, 604),
    ("StartStream", {}, 100),
    ("StartStream", {}, 500),
    ("ToggleStream", {}, 100),
    ("GetVirtualCamStatus", {}, 100),
    ("StartVirtualCam", {}, 604),
    ("StopVirtualCam", {}, 501),
    ("ToggleVirtualCam", {}, 604),
    ("GetReplayBufferStatus", {}, 100),
    ("StartReplayBuffer", {}, 100),
    ("StartReplayBuffer", {}, 500),
    ("GetLastReplayBufferReplay", {}, 100),
    ("StopReplayBuffer", {}, 100),
    ("StopReplayBuffer", {}, 501),
    ("ToggleReplayBuffer", {}, 100),
    ("ToggleReplayBuffer", {}, 100),
    ("SaveReplayBuffer", {}, 501),
    ("GetLastReplayBufferReplay", {}, 501),
    ("GetStudioModeEnabled", {}, 100),
    ("SetStudioModeEnabled", {"studioModeEnabled": False}, 100),
    ("GetCurrentPreviewScene", {}, 506),
    ("TriggerStudioModeTransition", {}, 506),
    ("SetStudioModeEnabled", {"studioModeEnabled": True}, 100),
    ("GetMonitorList", {}, 100),
    ("OpenInputPropertiesDialog", CLIP, 703),
    ("OpenInputFiltersDialog", CLIP, 703),
    ("OpenInputInteractDialog", {"inputName": "teapot"}, 600),
    ("OpenVideoMixProjector", {"videoMixType": "OBS_WEBSOCKET_VIDEO_MIX_TYPE_PROGRAM"}, 703),
    ("OpenVideoMixProjector", {"videoMixType": "TEAPOT"}, 400),
    ("OpenSourceProjector", {"sourceName": "clip"}, 703),
    ("OpenSourceProjector", {"sourceName": "teapot"}, 600),
    ("GetCanvasList", {}, 100),
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("studio")) as running:
        with Peer(running.address) as peer:
            peer.until_pictured("clip", "title")
        yield running
    assert "Traceback" not in running.log()


@pytest.fixture(scope="module")
def peer(studio: Studio) -> Iterator[Peer]:
    with Peer(studio.address, events=0) as one:
        yield one


def test_the_table_is_the_protocol() -> None:
    assert set(PROTOCOL["requests"]) == REQUESTS
    for name, one in PROTOCOL["requests"].items():
        told = {f"{f.name}{'' if f.is_needed else '?'}": f.kind or "string" for f in FIELDS[name]}
        assert told == one["takes"], name
    assert {name for name, _, _ in CALLS} == REQUESTS
    assert len(REQUESTS) == 147


def test_every_name_is_announced(peer: Peer) -> None:
    assert set(peer.ask("GetVersion")["availableRequests"]) == REQUESTS


def test_the_page_of_commands_is_what_the_engine_has(peer: Peer) -> None:
    running = {entry["id"] for entry in peer.run("commands.list")}
    assert {"goal.set", "goal.add"} <= running, "a plugin's commands are there like all others"
    running -= {"goal.set", "goal.add"}  # the page is that of the studio alone
    assert {spec.id for spec in listing.specs()} == running
    page = Path(__file__).parents[2] / "docs" / "commands.md"
    renew = "renew it: shopcast commands --markdown > docs/commands.md"
    assert page.read_text(encoding="utf-8") == listing.markdown(), renew


def test_the_page_of_the_door_knows_every_question() -> None:
    page = (Path(__file__).parents[2] / "docs" / "remote.md").read_text(encoding="utf-8")
    for question in (*QUESTIONS, "picture.get", "command.text"):
        assert f"`{question}`" in page, question


def test_answers(peer: Peer) -> None:
    """In one go: each call finds the studio as the one before left it."""
    for name, data, code in CALLS:
        answer = peer.request(name, data)
        assert answer["requestStatus"]["code"] == code, (name, data, answer)
        assert answer["requestType"] == name
        if code == 100:
            _check_shape(name, answer.get("responseData") or {})
        else:
            assert answer["requestStatus"]["comment"]


# Where OBS itself answers null.
NULLABLE = {
    "mediaDuration", "mediaCursor", "currentPreviewSceneName", "currentPreviewSceneUuid",
    "transitionName", "transitionDuration", "transitionSettings", "slotValue", "parameterValue",
    "defaultParameterValue", "desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4",
}  # fmt: skip
NUMBER = (int, float)
# What stands in the lists and objects of answers, by the page of the protocol; None: null too.
INSIDE: dict[str, dict[str, Any]] = {
    "scenes": {"sceneIndex": int, "sceneName": str, "sceneUuid": str},
    "sceneItems": {
        "sceneItemId": int, "sceneItemIndex": int, "sceneItemEnabled": bool,
        "sceneItemLocked": bool, "sceneItemTransform": dict, "sceneItemBlendMode": str,
        "sourceName": str, "sourceUuid": str, "sourceType": str, "inputKind": (str, type(None)),
        "isGroup": (bool, type(None)),
    },
    "inputs": {
        "inputName": str, "inputUuid": str, "inputKind": str, "unversionedInputKind": str,
        "inputKindCaps": int,
    },
    "filters": {
        "filterName": str, "filterKind": str, "filterIndex": int, "filterEnabled": bool,
        "filterSettings": dict,
    },
    "transitions": {
        "transitionName": str, "transitionUuid": str, "transitionKind": str,
        "transitionFixed": bool, "transitionConfigurable": bool,
    },
    "outputs": {
        "outputName": str, "outputKind": str, "outputWidth": int, "outputHeight": int,
        "outputActive": bool, "outputFlags": dict,
    },
    "canvases": {
        "canvasName": str, "canvasUuid": str, "canvasFlags": dict, "canvasVideoSettings": dict,
    },
    "monitors": {
        "monitorName": str, "monitorIndex": int, "monitorWidth": int, "monitorHeight": int,
        "monitorPositionX": int, "monitorPositionY": int,
    },
    "propertyItems": {"itemName": str, "itemEnabled": bool, "itemValue": object},
    "sceneItemTransform": {
        **dict.fromkeys(
            ("sourceWidth", "sourceHeight", "positionX", "positionY", "rotation", "scaleX",
             "scaleY", "width", "height", "boundsWidth", "boundsHeight"), NUMBER,
        ),
        **dict.fromkeys(
            ("alignment", "boundsAlignment", "cropLeft", "cropTop", "cropRight", "cropBottom"), int,
        ),
        "boundsType": str, "cropToBounds": bool,
    },
    "canvasVideoSettings": dict.fromkeys(
        ("fpsNumerator", "fpsDenominator", "baseWidth", "baseHeight", "outputWidth",
         "outputHeight"), int,
    ),
    "outputFlags": dict.fromkeys(
        ("OBS_OUTPUT_VIDEO", "OBS_OUTPUT_AUDIO", "OBS_OUTPUT_ENCODED", "OBS_OUTPUT_MULTI_TRACK",
         "OBS_OUTPUT_SERVICE"), bool,
    ),
}  # fmt: skip


def _check_shape(name: str, found: dict[str, Any]) -> None:
    """What the protocol promises is there, with its type (or null where OBS has null too)."""
    for field, kind in PROTOCOL["requests"][name]["gives"].items():
        assert field in found, (name, field, found)
        value = found[field]
        is_null = value is None and field in NULLABLE
        assert is_null or isinstance(value, TYPES[kind]), (name, field, value)
        if kind == "number":
            assert not isinstance(value, bool), (name, field, value)
    _check_inside(name, found)


def _check_inside(name: str, found: dict[str, Any]) -> None:
    for field, value in found.items():
        for entry in value if isinstance(value, list) else [value]:
            if field in INSIDE and isinstance(entry, dict):
                for inner, kind in INSIDE[field].items():
                    assert inner in entry, (name, field, inner, entry)
                    assert isinstance(entry[inner], kind), (name, field, inner, entry)
                _check_inside(name, entry)


UNKNOWN: dict[str, tuple[Any, int]] = {
    **dict.fromkeys(
        ("canvasUuid", "sceneName", "sceneUuid", "destinationSceneName", "destinationSceneUuid",
         "sourceName", "sourceUuid", "inputName", "inputUuid", "filterName", "outputName",
         "transitionName", "propertyName", "profileName", "sceneCollectionName", "hotkeyName",
         "realm"), ("nobody", 600),
    ),
    "sceneItemId": (999, 600),
    "inputKind": ("teapot", 605),
    "filterKind": ("teapot", 607),
}  # fmt: skip
MAKES = {
    ("CreateScene", "sceneName"), ("CreateInput", "inputName"), ("CreateProfile", "profileName"),
    ("CreateSourceFilter", "filterName"), ("CreateSceneCollection", "sceneCollectionName"),
    ("GetInputList", "inputKind"),  # an empty list
}  # fmt: skip
OTHER_TYPE = {"sceneName": "clip", "inputName": "Standby", "destinationSceneName": "clip"}


@pytest.mark.parametrize("name", sorted(REQUESTS - {"Sleep"}))
def test_what_is_not_there_is_told(peer: Peer, name: str) -> None:
    """Unknown resources, those of another type, empty names: each with the status for it."""
    right = next(data for known, data, _ in CALLS if known == name)
    for word in PROTOCOL["requests"][name]["takes"]:
        field = word.rstrip("?")
        if field in UNKNOWN and (name, field) not in MAKES:
            # A name beside a UUID counts for nothing: the UUID alone is asked.
            base = {k: v for k, v in right.items() if k != field.replace("Uuid", "Name")}
            value, code = UNKNOWN[field]
            assert peer.code(name, {**base, field: value}) == code, (name, field)
        if field in OTHER_TYPE and (name, field) not in MAKES:
            assert peer.code(name, {**right, field: OTHER_TYPE[field]}) == 602, (name, field)
        if word in right and isinstance(right[word], str) and not word.endswith("?"):
            assert peer.code(name, {**right, field: ""}) in (403, 600, 703), (name, field)


@pytest.mark.parametrize("number", [1e308, -1e308, 2**63, -(2**63), 10**400, 0.5, -1])
def test_numbers_out_of_range_are_told(studio: Studio, peer: Peer, number: float) -> None:
    for name, data, code in CALLS:
        for field, value in data.items() if code == 100 else ():
            if isinstance(value, int | float) and not isinstance(value, bool) and name != "Sleep":
                found = peer.code(name, {**data, field: number})
                assert found in (100, 300, 400, 402, 404, 500, 600, 601, 604, 703), (name, field)
    for field in INSIDE["sceneItemTransform"]:
        data = {**ITEM, "sceneItemTransform": {field: number}}
        assert peer.code("SetSceneItemTransform", data) in (100, 401, 402, 604, 703), field
    _check_shape("GetSceneItemTransform", peer.ask("GetSceneItemTransform", **ITEM))
    assert "Traceback" not in studio.log()


def test_windows_open_on_the_desk_whose_screen_it_is(studio: Studio, peer: Peer) -> None:
    screens = [{"name": f"S{n}", "width": 1920, "height": 1080, "x": n * 1920} for n in range(2)]
    with (
        Peer(studio.address, events=1 << 9) as one,
        Peer(studio.address, events=1 << 9) as two,
    ):
        assert one.run("desk.screens", screens=screens) == 0
        assert two.run("desk.screens", screens=screens[:1]) == 2
        found = peer.ask("GetMonitorList")["monitors"]
        assert [entry["monitorName"] for entry in found] == ["S0(0)", "S1(1)", "S0(2)"]
        assert found[1] == {
            "monitorName": "S1(1)", "monitorIndex": 1, "monitorWidth": 1920,
            "monitorHeight": 1080, "monitorPositionX": 1920, "monitorPositionY": 0,
        }  # fmt: skip
        mix = {"videoMixType": "OBS_WEBSOCKET_VIDEO_MIX_TYPE_MULTIVIEW"}
        peer.ask("OpenVideoMixProjector", **mix, monitorIndex=1)
        told = one.event("VendorEvent", eventType="projector.wanted")["eventData"]
        assert (told["what"], told["screen"]) == ("multiview", 1)
        peer.ask("OpenSourceProjector", sourceName="clip", projectorGeometry="AAAA")
        told = two.event("VendorEvent", eventType="projector.wanted")["eventData"]
        assert (told["what"], told["shows"], told["screen"]) == ("source", "clip", -1)
        assert told["geometry"] == "AAAA"
        for more, code in (
            ({"monitorIndex": 3}, 600),
            ({"monitorIndex": 99}, 402),
            ({"monitorIndex": 0, "projectorGeometry": "AAAA"}, 404),
            ({"projectorGeometry": "no base 64"}, 400),
        ):
            assert peer.code("OpenVideoMixProjector", {**mix, **more}) == code, more
        assert peer.code("OpenSourceProjector", {"sourceName": "tone"}) == 604
        assert peer.code("OpenSourceProjector", {"sourceName": "nobody"}) == 600
    assert peer.code("OpenVideoMixProjector", mix) == 703


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_wrong_data_is_told(peer: Peer, name: str) -> None:
    """No data, null, wrong types, and far too much: answered with a code for it, and it goes on."""
    takes = PROTOCOL["requests"][name]["takes"]
    required = [field for field in takes if not field.endswith("?")]
    if required:
        assert 300 <= peer.code(name) < 500 or peer.code(name) in (206,), name
        assert 300 <= peer.code(name, {}) < 500 or peer.code(name) in (206,), name
    right = next(data for known, data, _ in CALLS if known == name)
    for field, kind in takes.items():
        if kind == "any" or name == "Sleep":
            continue
        for wrong in (*WRONG.values(), "x" * 70_000, {"a": {"b": []}}, [], -1, True):
            if wrong is None or isinstance(wrong, TYPES[kind]):
                continue
            data = {**right, field.rstrip("?"): wrong}
            assert peer.code(name, data) == 401, (name, field, wrong)
    assert peer.code(name, [1, 2]) == 401
    assert peer.code(name, "text") == 401


def test_random_garbage_is_answered(peer: Peer, studio: Studio) -> None:
    chance = random.Random(5)
    names = sorted(REQUESTS - {"Sleep"})
    words = [*WRONG.values(), "Two", "clip", -1, 2**60, 1.5, {}, {"sceneName": None}, "\u0000", "𝔘"]
    fields = sorted(
        {f.rstrip("?") for request in PROTOCOL["requests"].values() for f in request["takes"]}
    )
    for _ in range(600):
        data = {chance.choice(fields): chance.choice(words) for _ in range(chance.randrange(6))}
        assert peer.code(chance.choice(names), data) != 702, data
    assert peer.ask("GetVersion")
    assert "Traceback" not in studio.log()
