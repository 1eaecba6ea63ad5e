"""What OBS's controllers look for: kinds by OBS's ids, places as they were set, groups."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(200)]
PASSWORD = "a password"
WORDS = "Flash sale tonight at eight, everything half price"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("clients"), password=PASSWORD) as running:
        yield running


@pytest.fixture
def peer(studio: Studio) -> Iterator[Peer]:
    with Peer(studio.address, PASSWORD) as found:
        yield found


def until(check: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def place(peer: Peer, item: int, scene: str = "Two") -> dict[str, Any]:
    found = peer.ask("GetSceneItemTransform", sceneName=scene, sceneItemId=item)
    told: dict[str, Any] = found["sceneItemTransform"]
    return told


def make_words(peer: Peer, name: str) -> int:
    made = peer.ask(
        "CreateInput",
        sceneName="Two",
        inputName=name,
        inputKind="text_ft2_source_v2",
        inputSettings={"text": WORDS, "font": {"face": "Sans Serif", "size": 40}},
    )
    id: int = made["sceneItemId"]
    until(lambda: place(peer, id)["sourceWidth"] > 0)
    return id


def test_a_new_input_stands_at_its_own_size_top_left(peer: Peer) -> None:
    id = make_words(peer, "new words")
    told = place(peer, id)
    assert (told["positionX"], told["positionY"], told["alignment"]) == (0, 0, 5)
    assert told["boundsType"] == "OBS_BOUNDS_NONE"
    assert told["width"] == pytest.approx(told["sourceWidth"], abs=1)
    assert told["height"] == pytest.approx(told["sourceHeight"], abs=1)
    # What it says changes: it grows, and is never bent.
    before = told["sourceWidth"]
    peer.ask("SetInputSettings", inputName="new words", inputSettings={"text": WORDS * 2})
    until(lambda: place(peer, id)["sourceWidth"] > 1.5 * before)
    told = place(peer, id)
    assert told["width"] == pytest.approx(told["sourceWidth"], abs=1)
    assert told["scaleX"] == pytest.approx(1, abs=0.01)
    peer.ask("RemoveInput", inputName="new words")


def test_kinds_are_those_of_obs_and_found_by_any_name(peer: Peer) -> None:
    make_words(peer, "kind words")
    entries = {one["inputName"]: one for one in peer.ask("GetInputList")["inputs"]}
    kinds = {name: one["inputKind"] for name, one in entries.items()}
    assert kinds["kind words"].startswith("text_")
    assert kinds["clip"] == "ffmpeg_source"
    assert kinds["backdrop"] == "color_source_v3"
    assert kinds["tone"] == "tone"  # OBS has nothing like it
    assert entries["backdrop"]["unversionedInputKind"] == "color_source"
    for kind in ("text", "text_gdiplus_v3", "text_ft2_source_v2", kinds["kind words"]):
        listed = [one["inputName"] for one in peer.ask("GetInputList", inputKind=kind)["inputs"]]
        assert "kind words" in listed, kind
    items = peer.ask("GetSceneItemList", sceneName="Two")["sceneItems"]
    assert next(one for one in items if one["sourceName"] == "kind words")["inputKind"].startswith(
        "text_"
    )
    peer.ask("RemoveInput", inputName="kind words")


def test_settings_come_back_in_obs_words_and_may_be_sent_whole(peer: Peer) -> None:
    make_words(peer, "told words")
    which = {"inputName": "told words"}
    told = peer.ask("GetInputSettings", **which)
    assert told["inputKind"].startswith("text_")
    assert told["inputSettings"]["font"]["size"] == 40
    whole = {**told["inputSettings"], "font": {"face": "Sans Serif", "size": 52}, "text": "Now"}
    for overlay in (True, False):
        peer.ask("SetInputSettings", **which, inputSettings=whole, overlay=overlay)
        after = peer.ask("GetInputSettings", **which)["inputSettings"]
        assert (after["font"]["size"], after["text"], after["size"]) == (52, "Now", 52)
    peer.ask("RemoveInput", **which)
    clip = peer.ask("GetInputSettings", inputName="clip")["inputSettings"]
    assert Path(clip["local_file"]).name == Path(clip["path"]).name


@pytest.mark.parametrize("bounds", [
    "NONE", "STRETCH", "SCALE_INNER", "SCALE_OUTER", "SCALE_TO_WIDTH", "SCALE_TO_HEIGHT",
    "MAX_ONLY",
])  # fmt: skip
def test_a_place_comes_back_as_it_was_set(peer: Peer, bounds: str) -> None:
    id = make_words(peer, "placed")
    for alignment in (0, 5, 6, 8, 10):
        given = {
            "positionX": 300.0,
            "positionY": 200.0,
            "rotation": 30.0,
            "alignment": alignment,
            "boundsType": f"OBS_BOUNDS_{bounds}",
            "boundsAlignment": 9,
            "boundsWidth": 320.0,
            "boundsHeight": 180.0,
        }
        if bounds in ("NONE", "MAX_ONLY"):
            given |= {"scaleX": 0.5, "scaleY": 0.25}
        peer.ask("SetSceneItemTransform", sceneName="Two", sceneItemId=id, sceneItemTransform=given)
        told = place(peer, id)
        for name, value in given.items():
            if bounds == "NONE" and name in ("boundsWidth", "boundsHeight"):
                continue  # there are none
            right = pytest.approx(value, abs=0.01) if isinstance(value, float) else value
            assert told[name] == right, name
    peer.ask("RemoveInput", inputName="placed")


def test_a_negative_scale_mirrors_about_the_named_point(peer: Peer) -> None:
    """OBS's own Flip: the picture stands on the other side of its position."""
    id = make_words(peer, "flipped")
    which = {"sceneName": "Two", "sceneItemId": id}
    flip = {"positionX": 500.0, "scaleX": -0.5, "scaleY": 0.5}
    peer.ask("SetSceneItemTransform", **which, sceneItemTransform=flip)
    told = place(peer, id)
    assert (told["positionX"], told["scaleX"]) == (500, -0.5)
    item = next(i for i in scene_items(peer, "Two") if i["id"] == id)
    right = (item["boxes"]["landscape"]["x"] + item["boxes"]["landscape"]["w"]) * width(peer)
    assert right == pytest.approx(500, abs=0.5)
    peer.ask("RemoveInput", inputName="flipped")


def scene_items(peer: Peer, name: str) -> list[dict[str, Any]]:
    state = peer.run("state.get", parts=["scenes"])["scenes"]
    scenes: list[dict[str, Any]] = state["scenes"]
    items: list[dict[str, Any]] = next(one for one in scenes if one["name"] == name)["items"]
    return items


def width(peer: Peer) -> float:
    return float(peer.ask("GetVideoSettings")["baseWidth"])


def test_groups_are_seen_shown_hidden_and_moved(peer: Peer) -> None:
    first, second = make_words(peer, "one"), make_words(peer, "two")
    peer.run("items.group", scene="Two", items=[first, second], group="Pair")
    assert peer.ask("GetGroupList")["groups"] == ["Pair"]
    listed = peer.ask("GetSceneItemList", sceneName="Two")["sceneItems"]
    # The group stands in its place among the others; its items are in its own list alone.
    assert [one["sourceName"] for one in listed] == ["backdrop", "clip", "title", "Pair"]
    assert [one["sceneItemIndex"] for one in listed] == [0, 1, 2, 3]
    group = next(one for one in listed if one["isGroup"])
    assert (group["sourceName"], group["inputKind"]) == ("Pair", None)
    inner = peer.ask("GetGroupSceneItemList", sceneName="Pair")["sceneItems"]
    assert [one["sceneItemId"] for one in inner] == [first, second]
    which = {"sceneName": "Two", "sceneItemId": group["sceneItemId"]}
    assert peer.ask("GetSceneItemId", sceneName="Two", sourceName="Pair") == {
        "sceneItemId": group["sceneItemId"]
    }
    assert peer.ask("GetSceneItemSource", **which)["sourceName"] == "Pair"
    created = peer.event("SceneItemCreated", sourceName="Pair")
    assert created["sceneItemId"] == group["sceneItemId"]
    peer.ask("SetSceneItemEnabled", **which, sceneItemEnabled=False)
    peer.event("SceneItemEnableStateChanged", **which, sceneItemEnabled=False)
    assert peer.ask("GetSceneItemEnabled", **which) == {"sceneItemEnabled": False}
    # An item of a group may be asked for under the group's name, as in OBS.
    within = {"sceneName": "Pair", "sceneItemId": first}
    assert peer.ask("GetSceneItemEnabled", **within) == {"sceneItemEnabled": False}
    peer.ask("SetSceneItemEnabled", **which, sceneItemEnabled=True)
    assert peer.code("DuplicateSceneItem", which) == 703  # there is such an item, it cannot
    before = place(peer, second)["positionX"]
    moved = {"positionX": place(peer, group["sceneItemId"])["positionX"] + 40}
    peer.ask("SetSceneItemTransform", **which, sceneItemTransform=moved)
    assert place(peer, second)["positionX"] == pytest.approx(before + 40, abs=0.1)
    members = {"sceneName": "Pair", "sceneItemId": second}
    peer.ask("SetSceneItemIndex", **members, sceneItemIndex=0)
    moved_within = peer.event("SceneItemListReindexed", sceneName="Pair")["sceneItems"]
    assert [one["sceneItemId"] for one in moved_within] == [second, first]
    assert peer.ask("GetSceneItemIndex", **members) == {"sceneItemIndex": 0}
    peer.ask("SetSceneItemIndex", **which, sceneItemIndex=1)
    assert peer.ask("GetSceneItemIndex", **which) == {"sceneItemIndex": 1}
    listed = peer.ask("GetSceneItemList", sceneName="Two")["sceneItems"]
    assert [one["sourceName"] for one in listed] == ["backdrop", "Pair", "clip", "title"]
    inner = peer.ask("GetGroupSceneItemList", sceneName="Pair")["sceneItems"]
    assert [one["sceneItemId"] for one in inner] == [second, first]
    assert peer.ask("GetSourceActive", sourceName="Pair")["videoActive"] is False
    assert peer.ask("GetSourceFilterList", sourceName="Pair") == {"filters": []}
    peer.run("items.group", scene="Two", items=[first, second], group="")
    peer.event("SceneItemRemoved", **which, sourceName="Pair")
    for name in ("one", "two"):
        peer.ask("RemoveInput", inputName=name)
