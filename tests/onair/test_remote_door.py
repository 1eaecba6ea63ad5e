"""The door on a real socket: who comes in, what is told, what garbage does, where it opens."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from studio.remote.client import RemoteClient, find
from tests.onair import peers
from tests.onair.peer import Peer
from tests.onair.studio import CLIP, ROOT, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
PASSWORD = "a password"
ALL, METERS, TRANSFORMS = (1 << 12) - 1, 1 << 16, 1 << 19


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("studio"), password=PASSWORD) as running:
        yield running
    assert "Traceback" not in running.log()
    assert PASSWORD not in running.log()


@pytest.fixture
def peer(studio: Studio) -> Iterator[Peer]:
    with Peer(studio.address, PASSWORD) as one:
        yield one


# -- coming in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("binary", [False, True])
def test_the_right_password_opens(studio: Studio, binary: bool) -> None:
    with Peer(studio.address, PASSWORD, binary=binary) as peer:
        assert peer.identified["op"] == 2
        assert peer.identified["d"]["negotiatedRpcVersion"] == 1
        assert peer.ask("GetVersion")["rpcVersion"] == 1
        assert peer.code("GetVersion", None) == 100


def test_a_wrong_password_is_refused_and_slowed_down(studio: Studio) -> None:
    began = time.monotonic()
    with Peer(studio.address, identify=False) as peer:
        peer.send(1, peer.identity("wrong"))
        assert peer.close_code() == 4009
    assert time.monotonic() - began >= 0.25
    with Peer(studio.address, identify=False) as peer:
        peer.send(1, {"rpcVersion": 1})
        assert peer.close_code() == 4009
    with Peer(studio.address, PASSWORD) as peer:
        assert peer.ask("GetVersion")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4002),
        (b"\x00", 4002),
        ("[]", 4002),
        ({"op": 1}, 4003),
        ({"d": {}}, 4003),
        ({"op": "1", "d": {}}, 4004),
        ({"op": 1, "d": []}, 4004),
        ({"op": 1, "d": {}}, 4003),
        ({"op": 1, "d": {"rpcVersion": "1"}}, 4004),
        ({"op": 1, "d": {"rpcVersion": 99}}, 4010),
        ({"op": 6, "d": {"requestType": "GetVersion"}}, 4007),
        ({"op": 42, "d": {}}, 4006),
    ],
)
def test_what_is_no_protocol_is_closed_with_its_code(studio: Studio, frame: Any, code: int) -> None:
    with Peer(studio.address, identify=False) as peer:
        peer.raw(frame)
        assert peer.close_code() == code


def test_twice_identified_is_closed(peer: Peer) -> None:
    peer.send(1, {"rpcVersion": 1})
    assert peer.close_code() == 4008


def test_a_page_of_somebody_else_is_refused(studio: Studio, tmp_path: Path) -> None:
    for origin in ("https://evil.example", "http://evil.example:4455", "http://[", "chrome://x"):
        with pytest.raises(InvalidStatus):
            Peer(studio.address, PASSWORD, origin=origin)
    own = studio.address.replace("ws:", "http:")
    for origin in (own, "http://localhost:3000", "null"):
        Peer(studio.address, PASSWORD, origin=origin).close()
    with Studio(tmp_path) as without:  # without a password only the panel itself is let in
        for origin in ("null", "file://", "http://localhost:3000"):
            with pytest.raises(InvalidStatus):
                Peer(without.address, origin=origin)
        Peer(without.address, origin=without.address.replace("ws:", "http:")).close()


def test_a_token_has_its_role_and_no_more(studio: Studio, peer: Peer) -> None:
    made = peer.run("remote.token_add", name="tablet", role="viewer")["result"]
    assert made["token"] not in str(peer.run("remote.tokens"))
    with Peer(studio.address, made["token"]) as viewer:
        assert viewer.run("session.introduce", name="someone else")["role"] == "viewer"
        assert viewer.ask("GetSceneList")
        refused = viewer.request("SetCurrentProgramScene", {"sceneName": "Two"})
        assert refused["requestStatus"]["code"] == 703
        assert viewer.code("BroadcastCustomEvent", {"eventData": {}}) == 703
        answer = viewer.ask(
            "CallVendorRequest",
            vendorName="shopcast",
            requestType="remote.token_add",
            requestData={"name": "mine", "role": "owner"},
        )
        assert answer["responseData"]["error"]["code"] == "denied"
        peer.run("remote.token_remove", name="tablet")
        assert viewer.close_code()  # events may come before it
    with Peer(studio.address, identify=False) as late:
        late.send(1, late.identity(made["token"]))
        assert late.close_code() == 4009
    assert made["token"] not in studio.log()


def test_programs_of_the_same_user_find_it(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_RUNTIME", studio.environment["SHOPCAST_RUNTIME"])
    note = Path(studio.environment["SHOPCAST_RUNTIME"]) / "remote.json"
    if os.name == "posix":
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
    with RemoteClient(*find()) as client:
        assert client.request("GetVersion")["rpcVersion"] == 1
        assert client.vendor("command.text", command="scenes.transition", args={"kind": "cut"})
        said = [{"text": f"No {number}", "author": f"A{number % 9}"} for number in range(120)]
        client.vendor_all("comments.say", [*said, {"author": "nothing said"}])
        assert len(client.run("comments.list", last=500)) == 120


# -- events ------------------------------------------------------------------------------------


def test_no_event_is_told_to_who_wants_none(studio: Studio, peer: Peer) -> None:
    with Peer(studio.address, PASSWORD, events=0) as deaf:
        for name in ("Two", "One"):
            deaf.ask("SetCurrentProgramScene", sceneName=name)
            peer.event("CurrentProgramSceneChanged", sceneName=name)
        with pytest.raises(TimeoutError):
            deaf.receive(0.3)
        deaf.send(3, {"eventSubscriptions": ALL})
        assert deaf.receive()["op"] == 2
        deaf.ask("SetCurrentProgramScene", sceneName="Two")
        deaf.event("CurrentProgramSceneChanged", sceneName="Two")
        deaf.ask("SetCurrentProgramScene", sceneName="One")


def test_scene_events(peer: Peer) -> None:
    made = peer.ask("CreateScene", sceneName="New")["sceneUuid"]
    assert peer.event("SceneCreated", sceneName="New")["sceneUuid"] == made
    peer.event("SceneListChanged")
    peer.ask("SetSceneName", sceneName="New", newSceneName="Newer")
    renamed = peer.event("SceneNameChanged", sceneUuid=made)
    assert (renamed["oldSceneName"], renamed["sceneName"]) == ("New", "Newer")
    item = peer.ask("CreateSceneItem", sceneName="Newer", sourceName="title")["sceneItemId"]
    created = peer.event("SceneItemCreated", sceneName="Newer")
    assert (created["sceneItemId"], created["sceneItemIndex"]) == (item, 0)
    assert created["sourceName"] == "title"
    where = {"sceneName": "Newer", "sceneItemId": item}
    peer.ask("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    assert peer.event("SceneItemEnableStateChanged", **where)["sceneItemEnabled"] is False
    peer.ask("SetSceneItemLocked", **where, sceneItemLocked=True)
    assert peer.event("SceneItemLockStateChanged", **where)["sceneItemLocked"] is True
    second = peer.ask("DuplicateSceneItem", **where)["sceneItemId"]
    copied = peer.event("SceneItemCreated", sceneItemId=second)
    assert copied["sceneItemIndex"] == 1
    peer.ask("SetSceneItemIndex", sceneName="Newer", sceneItemId=second, sceneItemIndex=0)
    order = peer.event("SceneItemListReindexed")["sceneItems"]
    assert [entry["sceneItemId"] for entry in order] == [second, item]
    peer.ask("RemoveSceneItem", **where)
    assert peer.event("SceneItemRemoved", **where)["sourceName"] == "title"
    peer.ask("RemoveScene", sceneUuid=made)
    assert peer.event("SceneRemoved", sceneUuid=made)["isGroup"] is False


def test_the_order_of_a_fade(peer: Peer) -> None:
    peer.ask("SetCurrentSceneTransition", transitionName="Fade")
    peer.ask("SetCurrentSceneTransitionDuration", transitionDuration=200)
    peer.event("CurrentSceneTransitionDurationChanged", transitionDuration=200)
    peer.events.clear()
    for name in ("Standby", "Two"):
        peer.ask("SetCurrentPreviewScene", sceneName=name)
        peer.event("CurrentPreviewSceneChanged", sceneName=name)
    peer.ask("TriggerStudioModeTransition")
    for name in (
        "SceneTransitionStarted",
        "CurrentProgramSceneChanged",
        "SceneTransitionVideoEnded",
        "SceneTransitionEnded",
    ):
        peer.event(name)
    peer.ask("SetCurrentSceneTransition", transitionName="Cut")
    peer.event("CurrentSceneTransitionChanged", transitionName="Cut")
    peer.ask("SetCurrentProgramScene", sceneName="One")
    peer.event("SceneTransitionEnded", transitionName="Cut")
    peer.ask("SetStudioModeEnabled", studioModeEnabled=False)
    peer.event("StudioModeStateChanged", studioModeEnabled=False)
    peer.ask("SetStudioModeEnabled", studioModeEnabled=True)


def test_input_events_and_a_uuid_that_stays(peer: Peer) -> None:
    made = peer.ask("CreateInput", sceneName="One", inputName="beep", inputKind="tone")
    created = peer.event("InputCreated", inputName="beep")
    assert created["inputUuid"] == made["inputUuid"]
    assert created["inputKindCaps"] == 2
    beep = {"inputUuid": made["inputUuid"]}
    peer.ask("SetInputMute", **beep, inputMuted=True)
    peer.event("InputMuteStateChanged", inputName="beep", inputMuted=True)
    peer.ask("SetInputVolume", **beep, inputVolumeDb=-20)
    assert peer.event("InputVolumeChanged")["inputVolumeMul"] == pytest.approx(0.1)
    peer.ask("SetInputSettings", **beep, inputSettings={"hz": 500.0})
    assert peer.event("InputSettingsChanged", **beep)["inputSettings"] == {"hz": 500.0}
    peer.ask("SetInputName", **beep, newInputName="boop")
    assert peer.event("InputNameChanged", **beep)["oldInputName"] == "beep"
    assert peer.ask("GetInputMute", **beep)["inputMuted"] is True
    peer.ask("RemoveInput", **beep)
    peer.event("SceneItemRemoved", sourceName="boop")
    peer.event("InputRemoved", inputName="boop")


def test_filter_events(peer: Peer) -> None:
    worn = {"sourceName": "clip", "filterName": "worn"}
    peer.ask("CreateSourceFilter", **worn, filterKind="tryon")
    assert peer.event("SourceFilterCreated", **worn)["filterKind"] == "tryon"
    peer.ask("SetSourceFilterEnabled", **worn, filterEnabled=False)
    peer.event("SourceFilterEnableStateChanged", **worn, filterEnabled=False)
    peer.ask("SetSourceFilterSettings", **worn, filterSettings={"most_faces": 2})
    peer.event("SourceFilterSettingsChanged", **worn, filterSettings={"most_faces": 2})
    peer.ask("SetSourceFilterSettings", **worn, filterSettings={}, overlay=False)
    peer.event("SourceFilterSettingsChanged", **worn, filterSettings={})
    peer.ask("SetSourceFilterName", **worn, newFilterName="better")
    peer.event("SourceFilterNameChanged", oldFilterName="worn", filterName="better")
    peer.ask("RemoveSourceFilter", sourceName="clip", filterName="better")
    peer.event("SourceFilterRemoved", filterName="better")


def test_what_our_own_commands_change_is_told_as_well(peer: Peer) -> None:
    done = peer.run("items.enable", scene="Two", item="title", on=False)
    peer.event("SceneItemEnableStateChanged", sceneName="Two", sceneItemEnabled=False)
    command, arguments = done["undo"]
    peer.run(command, **arguments)
    peer.event("SceneItemEnableStateChanged", sceneName="Two", sceneItemEnabled=True)


def test_frequent_events_come_to_those_who_ask(studio: Studio) -> None:
    with Peer(studio.address, PASSWORD, events=METERS | TRANSFORMS) as peer:
        inputs = {
            input_["inputName"]: input_ for input_ in peer.event("InputVolumeMeters")["inputs"]
        }
        channels = inputs["tone"]["inputLevelsMul"]
        assert len(channels) == 2
        assert all(len(channel) == 3 for channel in channels)
        item = {"sceneName": "Two", "sceneItemId": 3}
        peer.ask("SetSceneItemTransform", **item, sceneItemTransform={"positionX": 32})
        told = peer.event("SceneItemTransformChanged", **item)
        assert told["sceneItemTransform"]["positionX"] == 32
        peer.ask("SetSceneItemTransform", **item, sceneItemTransform={"rotation": 90})
        told = peer.event("SceneItemTransformChanged", **item)
        assert told["sceneItemTransform"]["rotation"] == 90
        peer.ask("SetSceneItemTransform", **item, sceneItemTransform={"rotation": 0})
        assert not any(event["eventType"] == "VendorEvent" for event in peer.events)
        peer.ask("SetSceneItemTransform", **item, sceneItemTransform={"positionX": 0})


def test_a_recording_is_told_with_its_file(peer: Peer) -> None:
    peer.ask("StartRecord")
    for word in ("STARTING", "STARTED"):
        state = f"OBS_WEBSOCKET_OUTPUT_{word}"
        told = peer.event("RecordStateChanged", outputState=state)
    assert told["outputActive"] is True
    status = peer.ask("GetRecordStatus")
    assert status["outputActive"] is True
    peer.ask("SplitRecordFile")
    second = peer.event("RecordFileChanged")["newOutputPath"]
    assert second != told["outputPath"]
    path = peer.ask("StopRecord")["outputPath"]
    assert Path(path).stat().st_size > 0
    stopped = peer.event("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STOPPED")
    assert stopped["outputPath"] == path == second


def test_the_last_seconds_are_saved(peer: Peer) -> None:
    peer.ask("StartReplayBuffer")
    peer.event("ReplayBufferStateChanged", outputActive=True)
    deadline = time.monotonic() + 20
    while peer.code("SaveReplayBuffer") != 100:  # until there is something to save
        assert time.monotonic() < deadline
        time.sleep(0.1)
    path = peer.event("ReplayBufferSaved")["savedReplayPath"]
    assert peer.ask("GetLastReplayBufferReplay")["savedReplayPath"] == path
    assert Path(path).stat().st_size > 0
    peer.ask("StopReplayBuffer")
    peer.event("ReplayBufferStateChanged", outputActive=False)


def test_a_clean_end_says_goodbye(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio, Peer(studio.address) as peer:
        studio.stop()
        peer.event("ExitStarted")
        assert not (tmp_path / "run" / "remote.json").exists()


# -- requests ------------------------------------------------------------------------------------


def test_a_request_number_comes_back_as_it_was_sent(peer: Peer) -> None:
    for number in (7, "x", "", 2**53):
        assert peer.request("GetVersion", number=number)["requestId"] == number


def test_batches(peer: Peer) -> None:
    two = [{"requestType": "GetVersion", "requestId": "a"}, {"requestType": "Nonsense"}]
    answer = peer.batch(two)
    assert [result["requestStatus"]["code"] for result in answer["results"]] == [100, 204]
    assert answer["results"][0]["requestId"] == "a"
    halted = peer.batch([{"requestType": "Nonsense"}, two[0]], haltOnFailure=True)
    assert len(halted["results"]) == 1
    parallel = peer.batch([two[0]] * 20, executionType=2)
    assert len(parallel["results"]) == 20
    sleep = {"requestType": "Sleep", "requestData": {"sleepMillis": 300}}
    began = time.monotonic()
    assert peer.batch([sleep, 5, None])["results"][1]["requestStatus"]["code"] == 203
    assert time.monotonic() - began >= 0.3
    frames = {"requestType": "Sleep", "requestData": {"sleepFrames": 2}}
    assert peer.batch([frames], executionType=1)["results"][0]["requestStatus"]["code"] == 100
    assert peer.batch([frames])["results"][0]["requestStatus"]["code"] == 300


def test_a_batch_hands_values_on(peer: Peer) -> None:
    requests = [
        {
            "requestType": "GetSceneItemId",
            "requestData": {"sceneName": "Two", "sourceName": "clip"},
            "outputVariables": {"item": "sceneItemId"},
        },
        {
            "requestType": "GetSceneItemSource",
            "requestData": {"sceneName": "Two"},
            "inputVariables": {"sceneItemId": "item"},
        },
    ]
    found = peer.batch(requests)["results"][1]
    assert found["responseData"]["sourceName"] == "clip"


def test_a_slow_request_holds_no_other_up(studio: Studio, peer: Peer) -> None:
    peer.send(8, {"requestId": "slow", "requests": [
        {"requestType": "Sleep", "requestData": {"sleepMillis": 1500}}
    ]})  # fmt: skip
    began = time.monotonic()
    assert peer.ask("GetVersion")
    assert time.monotonic() - began < 1.0


def test_screenshots(peer: Peer, studio: Studio, tmp_path: Path) -> None:
    peer.until_pictured("clip")
    for format in ("png", "jpg", "webp", "bmp"):
        found = peer.ask(
            "GetSourceScreenshot", sourceName="Two", imageFormat=format, imageWidth=100
        )
        head, _, data = found["imageData"].partition(",")
        assert head == f"data:image/{'jpeg' if format == 'jpg' else format};base64"
        assert len(data) > 200
    elsewhere = tmp_path / "shot.png"  # a password opens from anywhere: only the recordings do
    refused = {
        "sourceName": "clip",
        "imageFormat": "png",
        "imageFilePath": str(elsewhere),
    }
    assert peer.code("SaveSourceScreenshot", refused) == 703
    assert not elsewhere.exists()
    path = studio.root / "data" / "recordings" / "shot.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    peer.ask(
        "SaveSourceScreenshot",
        sourceName="clip",
        imageFormat="png",
        imageFilePath=str(path),
        imageWidth=101,
        imageHeight=51,
    )
    peer.event("ScreenshotSaved", savedScreenshotPath=str(path))
    png = path.read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (101, 51)
    script = path.with_name("evil.py")
    code = peer.code(
        "SaveSourceScreenshot",
        {"sourceName": "clip", "imageFormat": "png", "imageFilePath": str(script)},
    )
    assert code == 400
    assert not script.exists()


def test_each_canvas_has_its_own_place_and_programme(peer: Peer) -> None:
    canvases = peer.ask("GetCanvasList")["canvases"]
    portrait = next(canvas for canvas in canvases if canvas["canvasName"] == "portrait")
    upright = {"canvasUuid": portrait["canvasUuid"]}
    item = {"sceneName": "Two", "sceneItemId": 3}
    before = peer.ask("GetSceneItemTransform", **item)["sceneItemTransform"]
    wanted = {"positionX": 18, "positionY": 32, "boundsWidth": 90, "boundsHeight": 160}
    peer.ask("SetSceneItemTransform", **item, **upright, sceneItemTransform=wanted)
    found = peer.ask("GetSceneItemTransform", **item, **upright)["sceneItemTransform"]
    assert {name: found[name] for name in wanted} == wanted
    assert peer.ask("GetSceneItemTransform", **item)["sceneItemTransform"] == before
    peer.ask("SetCurrentProgramScene", sceneName="Two", **upright)
    assert peer.ask("GetSceneList", **upright)["currentProgramSceneName"] == "Two"
    assert peer.ask("GetSceneList")["currentProgramSceneName"] == "One"


def test_keys_are_never_told(peer: Peer, studio: Studio) -> None:
    secret = "k-9f3a7c"
    settings = {"server": "rtmp://127.0.0.1:9/live", "key": secret}
    peer.ask(
        "SetStreamServiceSettings",
        streamServiceType="rtmp_custom",
        streamServiceSettings=settings,
    )
    told = [
        peer.ask("GetStreamServiceSettings"),
        peer.ask("GetOutputSettings", outputName="stream"),
        peer.run("state.get"),
        peer.events,
    ]
    assert secret not in str(told)
    assert secret not in studio.log()


def test_clients_keep_their_notes(peer: Peer) -> None:
    slot = {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": "layout"}
    peer.ask("SetPersistentData", **slot, slotValue={"rows": [1, 2]})
    assert peer.ask("GetPersistentData", **slot)["slotValue"] == {"rows": [1, 2]}
    assert peer.code("SetPersistentData", {**slot, "slotValue": "x" * 100_000}) == 400
    peer.ask("SetPersistentData", **slot, slotValue=None)
    assert peer.ask("GetPersistentData", **slot)["slotValue"] is None


@pytest.mark.parametrize(
    ("question", "data"),
    [
        ("state.get", {"parts": 5}),
        ("state.get", {"parts": [1]}),
        ("view.open", {"fps": "fast"}),
        ("view.open", {"width": "wide"}),
        ("view.open", {"what": "elsewhere"}),
        ("view.close", {"view": 5}),
        ("events.subscribe", {"names": "all"}),
        ("session.introduce", {"name": []}),
        ("command.text", {"command": 5}),
        ("command.text", {"command": "scenes.take", "args": {"duration_ms": "soon"}}),
        ("picture.get", {"what": "moon"}),
        ("picture.get", {"format": "gif"}),
        ("picture.get", {"what": "scene", "name": "nowhere"}),
        ("scenes.take", {"scene": {}}),
        ("no.such", {}),
    ],
)
def test_questions_with_wrong_data_are_answered(peer: Peer, question: str, data: Any) -> None:
    answer = peer.ask(
        "CallVendorRequest", vendorName="shopcast", requestType=question, requestData=data
    )["responseData"]
    assert answer["ok"] is False
    assert answer["error"]["code"] in ("invalid", "not_found")
    assert answer["error"]["text"]["zh"] != answer["error"]["text"]["en"]


# -- garbage -------------------------------------------------------------------------------------


def test_garbage_on_the_socket_harms_nobody(studio: Studio, peer: Peer) -> None:
    chance = random.Random(3)
    host, port = studio.address.removeprefix("ws://").split(":")
    for _ in range(20):
        with socket.create_connection((host, int(port)), 5) as stranger:
            stranger.sendall(chance.randbytes(chance.randrange(1, 4000)))
    for binary in (False, True):
        for _ in range(30):
            with Peer(studio.address, PASSWORD, binary=binary) as one:
                noise = chance.randbytes(chance.randrange(1, 300))
                one.raw(noise if chance.random() < 0.5 else noise.decode("latin-1"))
                assert one.close_code() == 4002
    assert peer.ask("GetVersion")
    assert "Traceback" not in studio.log()


def test_what_msgpack_can_and_json_cannot(studio: Studio) -> None:
    with Peer(studio.address, PASSWORD, binary=True) as peer:
        assert peer.code("GetVersion", {1: 2, "a": b"bytes"}) == 100
        assert peer.code("CallVendorRequest", {"vendorName": b"x", "requestType": "y"}) == 401
        data = {"vendorName": "shopcast", "requestType": "scenes.take", "requestData": {1: b"x"}}
        assert peer.ask("CallVendorRequest", **data)["responseData"]["ok"] is False
        assert peer.request("GetVersion", number=b"n")["requestId"] == b"n"
        assert peer.ask("BroadcastCustomEvent", eventData={"raw": b"\xff"}) == {}
        assert peer.event("CustomEvent") == {"raw": b"\xff"}
    with Peer(studio.address, PASSWORD) as peer:
        assert peer.request("GetVersion", number=10**30)["requestStatus"]["code"] == 100
        deep: Any = 1
        for _ in range(400):
            deep = [deep]
        assert peer.code("BroadcastCustomEvent", {"eventData": {"deep": deep}}) == 100
    assert "Traceback" not in studio.log()


def test_a_huge_message_ends_its_own_connection_only(studio: Studio, peer: Peer) -> None:
    with Peer(studio.address, PASSWORD) as one:
        assert one.code("GetVersion", {"padding": "x" * 4_000_000}) == 100
        with contextlib.suppress(ConnectionClosed):
            one.raw("x" * 9_000_000)
        assert one.close_code() == 1009
    assert peer.ask("GetVersion")


def test_who_does_not_read_is_cut_off(studio: Studio, peer: Peer) -> None:
    """And nobody waits: the others are answered as quickly as ever."""
    host, port = studio.address.removeprefix("ws://").split(":")
    with socket.create_connection((host, int(port)), 5) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with Peer(studio.address, PASSWORD, sock=raw) as deaf:
            for number in range(4000):
                try:
                    deaf.send(6, {"requestType": "GetVersion", "requestId": number})
                except (ConnectionClosed, OSError):
                    break
            began = time.monotonic()
            assert peer.ask("GetVersion")
            assert time.monotonic() - began < 2.0


# -- the panel and the port ------------------------------------------------------------------------


def test_the_panel_is_served_and_asks_nothing_of_others(studio: Studio) -> None:
    base = studio.address.replace("ws:", "http:")
    for path, kind in (
        ("/", "text/html"),
        ("/panel.js", "text/javascript"),
        ("/post.js", "text/javascript"),
        ("/host.js", "text/javascript"),
        ("/anchors.js", "text/javascript"),
        ("/taps.js", "text/javascript"),
        ("/panel.css", "text/css"),
    ):
        with urllib.request.urlopen(base + path, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith(kind)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            body = answer.read().decode()
        assert len(body) > 200
        outside = [word for word in body.split() if "://" in word and "www.w3.org" not in word]
        assert not outside, outside
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(base + "/../secrets.bin", timeout=10)
    assert refused.value.code == 404


def test_the_panel_plays_pauses_and_winds_what_is_shown(studio: Studio, peer: Peer) -> None:
    peer.ask("SetCurrentPreviewScene", sceneName="Two")
    files = [{"value": str(ROOT / CLIP)}] * 2
    given = {"playlist": files, "playback_behavior": "always_play"}  # it plays in preview, too
    made = {"inputName": "list", "inputKind": "vlc_source", "inputSettings": given}
    peer.ask("CreateInput", sceneName="Two", **made)
    script = Path(__file__).parents[1] / "peers" / "panel_peer.mjs"
    base = studio.address.replace("ws:", "http:")
    done = subprocess.run(
        [peers.node(), str(script), base, PASSWORD], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert "paused" in found["paused"]
    assert found["held"].endswith("0:00")
    assert found["is_same_row"]
    assert not found["has_jumps"]  # a clip without cue points has nowhere to jump
    assert found["list_jumps"]
    assert found["toast"] == ""
    peer.ask("RemoveInput", inputName="list")
    status = peer.ask("GetMediaInputStatus", inputName="clip")
    assert status["mediaState"] == "OBS_MEDIA_STATE_PLAYING"


def test_an_engine_that_died_is_back_at_the_same_door(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio:
        address = studio.address
        studio.kill()
        studio.options["restarts"] = 1
        studio.start()
        assert studio.address == address
        with Peer(address) as peer:
            assert peer.ask("GetVersion")
        studio.kill()
        with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
            studio.start()
            assert studio.address != address
