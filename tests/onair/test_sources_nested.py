"""Scenes in scenes, mirrors, copies and what is seen on loss: in a real engine, from outside."""

from __future__ import annotations

import base64
import json
import time

import numpy as np
import pytest

from studio.media.cv import cv2
from tests.onair.door import Door
from tests.onair.studio import Studio

pytestmark = pytest.mark.onair


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with Studio(tmp_path_factory.mktemp("nested")) as studio, Door(studio.address) as client:
        yield client


def picture(door: Door, name: str, size=(320, 180)):
    """What a source or scene looks like, (h, w, 3) BGR; None while it has none."""
    answer = door.request(
        "GetSourceScreenshot",
        {"sourceName": name, "imageFormat": "png", "imageWidth": size[0], "imageHeight": size[1]},
    )
    if not answer["requestStatus"]["result"]:
        return None
    data = base64.b64decode(answer["responseData"]["imageData"].split(",", 1)[1])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def until(check, seconds=15.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found is not None and found is not False:
            return found
        time.sleep(0.1)
    return None


def scene(door: Door, name: str):
    found = door.run("state.get", parts=["scenes"])["scenes"]["scenes"]
    return next(entry for entry in found if entry["name"] == name)


def health(door: Door, name: str):
    answer = door.run("state.get", parts=["sources"])
    return next(source["health"] for source in answer["sources"] if source["name"] == name) or {}


def test_a_scene_is_a_source_and_follows_its_new_name(door):
    door.run("sources.add", name="inner", kind="scene", settings={"scene": "Two"})
    assert until(lambda: picture(door, "inner")) is not None
    door.run("scenes.rename", name="Two", new_name="Second")
    spec = door.request("GetInputSettings", {"inputName": "inner"})["responseData"]
    assert spec["inputSettings"]["scene"] == "Second"
    assert until(lambda: picture(door, "inner")) is not None
    door.run("scenes.rename", name="Second", new_name="Two")


def test_what_is_on_a_scene_within_a_scene_is_on_air(door):
    """Its light is red, and it is heard."""
    door.run("sources.add", name="within", kind="scene", settings={"scene": "Two"})
    door.run("scenes.add", name="Outer")
    door.run("items.add", scene="Outer", source="within")
    on_two = {item["source"] for item in scene(door, "Two")["items"] if item["is_enabled"]}
    before = door.run("state.get", parts=["scenes"])["scenes"]["programme"]["landscape"]
    door.run("scenes.take", scene="Outer", transition="cut")
    tally = door.run("state.get", parts=["scenes"])["scenes"]["tally"]
    assert {tally[name]["state"] for name in (*on_two, "within")} == {"programme"}, tally
    data = {
        "vendorName": "shopcast",
        "requestType": "scenes.remove",
        "requestData": {"name": "Two"},
    }
    answer = door.request("CallVendorRequest", data)["responseData"]["responseData"]
    assert answer["error"]["key"] == "scenes.on_air", "a hole on air"
    door.run("scenes.take", scene=before, transition="cut")


def test_a_scene_that_shows_itself_is_refused_and_the_engine_goes_on(door):
    door.run("sources.add", name="round", kind="scene", settings={"scene": "One"})
    data = {"vendorName": "shopcast", "requestType": "items.add",
            "requestData": {"scene": "One", "source": "round"}}  # fmt: skip
    answer = door.request("CallVendorRequest", data)["responseData"]["responseData"]
    assert answer["error"]["key"] == "scenes.round"
    assert "round → One → round" in answer["error"]["text"]["en"]
    data = {"sceneName": "One", "sourceName": "round"}  # any controller of OBS
    status = door.request("CreateSceneItem", data)["requestStatus"]
    assert not status["result"]
    assert "show itself" in status["comment"]
    assert until(lambda: health(door, "round").get("state") == "ok"), health(door, "round")


def test_a_mirror_shows_the_same_and_follows_a_rename(door):
    door.run("sources.add", name="again", kind="mirror", settings={"source": "backdrop"})
    seen = until(lambda: picture(door, "again"))
    assert np.abs(seen.astype(int) - picture(door, "backdrop")).max() <= 2
    door.run("sources.rename", name="backdrop", new_name="ground")
    settings = door.request("GetInputSettings", {"inputName": "again"})["responseData"]
    assert settings["inputSettings"]["source"] == "ground"
    door.run("sources.rename", name="ground", new_name="backdrop")


def test_a_copy_has_all_and_its_own_name(door):
    made = door.run("sources.copy", name="title")
    assert made["result"] == {"name": "title 2"}
    assert until(lambda: picture(door, "title 2")) is not None
    door.run("sources.remove", name="title 2")


def test_what_is_seen_on_loss_is_chosen(door):
    door.run(
        "sources.add",
        name="film",
        kind="clip",
        settings=dict(
            door.request("GetInputSettings", {"inputName": "clip"})["responseData"]["inputSettings"]
        ),
    )
    before = until(lambda: picture(door, "film"))
    door.run("sources.on_loss", name="film", policy="slate")
    door.run("sources.fault", name="film", fault="lost")
    assert until(lambda: health(door, "film").get("state") == "lost")
    slate = until(lambda: (p := picture(door, "film")) is not None
                  and p.mean() < 0.7 * before.mean() and p)  # fmt: skip
    assert slate is not None
    door.run("sources.on_loss", name="film", policy="hide")
    assert until(lambda: picture(door, "film") is None)
    door.run("sources.fault", name="film", fault="none")
    assert until(lambda: picture(door, "film")) is not None
    door.run("sources.remove", name="film")


@pytest.mark.parametrize(
    ("kind", "settings", "word"),
    [("text", {"txt": "a"}, "txt"), ("colour", {"top": "red"}, "red"),
     ("tone", {"hz": 5}, "hz")],
)  # fmt: skip
def test_wrong_settings_are_refused_with_the_reason(door, kind, settings, word):
    data = {"vendorName": "shopcast", "requestType": "sources.add",
            "requestData": {"name": "x", "kind": kind, "settings": settings}}  # fmt: skip
    answer = door.request("CallVendorRequest", data)["responseData"]["responseData"]
    assert not answer["ok"]
    assert word in json.dumps(answer)


def test_a_scene_put_on_a_scene_from_outside_becomes_a_source_of_its_name(door):
    made = door.request("CreateSceneItem", {"sceneName": "One", "sourceName": "Two"})
    assert made["requestStatus"]["result"], made
    items = door.request("GetSceneItemList", {"sceneName": "One"})["responseData"]["sceneItems"]
    last = items[-1]
    assert (last["sourceName"], last["sourceType"]) == ("inner", "OBS_SOURCE_TYPE_SCENE")
    refused = door.request("CreateSceneItem", {"sceneName": "One", "sourceName": "One"})
    assert not refused["requestStatus"]["result"]


def test_every_kind_is_made_asked_and_removed_by_any_controller(door):
    kinds = door.request("GetInputKindList")["responseData"]["inputKinds"]
    assert {"camera", "clip", "playlist", "slide_show", "image", "text", "colour", "countdown",
            "screen", "ingest", "scene", "mirror", "desktop_sound", "microphone", "tone",
            "turntable", "stream"} <= set(kinds)  # fmt: skip
    for kind in kinds:
        name = f"any {kind}"
        answer = door.request("GetInputDefaultSettings", {"inputKind": kind})
        settings = answer["responseData"]["defaultInputSettings"]
        made = door.request(
            "CreateInput",
            {"sceneName": "One", "inputName": name, "inputKind": kind, "inputSettings": settings},
        )
        assert made["requestStatus"]["result"], (kind, made)
        for asked in ("GetInputSettings", "GetMediaInputStatus", "GetSourceFilterList"):
            field = "sourceName" if asked == "GetSourceFilterList" else "inputName"
            status = door.request(asked, {field: name})["requestStatus"]
            assert status["result"], (kind, asked, status)
    for kind in kinds:
        removed = door.request("RemoveInput", {"inputName": f"any {kind}"})
        assert removed["requestStatus"]["result"], (kind, removed)


def test_media_actions_reach_a_playlist(door):
    spec = door.request("GetInputSettings", {"inputName": "clip"})["responseData"]["inputSettings"]
    files = [spec["path"], spec["path"]]
    door.run("sources.add", name="films", kind="playlist", settings={"files": files})
    prefix = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_"
    assert until(lambda: health(door, "films").get("state") == "ok")
    for action in ("NEXT", "PREVIOUS", "PAUSE", "PLAY", "RESTART", "STOP"):
        answer = door.request(
            "TriggerMediaInputAction", {"inputName": "films", "mediaAction": prefix + action}
        )
        assert answer["requestStatus"]["result"], (action, answer)
    found = door.request("GetMediaInputStatus", {"inputName": "films"})["responseData"]
    assert found["mediaState"] == "OBS_MEDIA_STATE_STOPPED"
    door.run("sources.remove", name="films")


def test_a_clip_that_cannot_be_played_is_told_as_error(door, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no film at all" * 100)
    door.run("sources.add", name="broken", kind="clip",
             settings={"path": str(tmp_path / "broken.mp4")})  # fmt: skip
    assert until(lambda: health(door, "broken").get("state") == "missing")
    found = door.request("GetMediaInputStatus", {"inputName": "broken"})["responseData"]
    assert found["mediaState"] == "OBS_MEDIA_STATE_ERROR"
    door.run("sources.remove", name="broken")
