"""An OBS scene collection, written as OBS 30 writes it, comes in as far as the kinds match."""

from __future__ import annotations

import asyncio
import json
import random

import cv2
import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.show.obs_import import read_collection
from tests.unit.show.test_layouts import House


def item(name, number, **more):
    return {
        "name": name,
        "id": number,
        "pos": {"x": 0.0, "y": 0.0},
        "scale": {"x": 1.0, "y": 1.0},
        "rot": 0.0,
        "align": 5,
        "bounds_type": 0,
        "bounds_align": 0,
        "bounds": {"x": 0.0, "y": 0.0},
        "crop_left": 0,
        "crop_top": 0,
        "crop_right": 0,
        "crop_bottom": 0,
        "visible": True,
        "locked": False,
        "blend_type": "normal",
        **more,
    }


def source(name, kind, given=None, **more):
    return {
        "name": name,
        "id": kind,
        "versioned_id": kind,
        "settings": given or {},
        "volume": 1.0,
        "muted": False,
        "balance": 0.5,
        "sync": 0,
        "filters": [],
        **more,
    }


def scene(name, *items):
    return source(name, "scene", {"items": list(items), "id_counter": len(items)})


@pytest.fixture
def collection(tmp_path):
    picture = tmp_path / "logo.png"
    cv2.imwrite(str(picture), np.zeros((100, 200, 3), np.uint8))
    key = {"name": "绿幕", "id": "chroma_key_filter_v2", "settings": {}, "enabled": True}
    odd = {"name": "Shader", "id": "shader_filter", "settings": {}, "enabled": True}
    data = {
        "name": "我的直播间",
        "current_scene": "主播",
        "current_transition": "Fade",
        "transition_duration": 450,
        "scene_order": [{"name": "开场"}, {"name": "主播"}, {"name": "收尾"}],
        "AuxAudioDevice1": source(
            "Mic", "pulse_input_capture", {"device_id": "default"}, volume=0.5, muted=True,
            balance=0.0, sync=120_000_000,
        ),
        "groups": [
            source("促销", "group", {"cx": 400, "cy": 200, "items": [
                item("Logo", 1, pos={"x": 100.0, "y": 50.0}),
            ]}),
        ],
        "sources": [
            scene("主播",
                item("Camera", 1, bounds_type=3, bounds={"x": 1920.0, "y": 1080.0}),
                item("Logo", 2, pos={"x": 1900.0, "y": 20.0}, align=6, rot=90.0, locked=True),
                item("Web", 3),
                item("促销", 4, pos={"x": 200.0, "y": 600.0}, scale={"x": 2.0, "y": 2.0}),
            ),
            scene("开场",
                item("Ground", 1),
                item("Title", 2, blend_type="screen", visible=False, scale={"x": -1.0, "y": 1.0}),
                item("主播", 3, scale={"x": 0.25, "y": 0.25}, crop_left=480),
            ),
            scene("收尾"),
            source("Camera", "v4l2_input",
                {"device_id": "/dev/video0", "resolution": "1280x720"}, filters=[key, odd]),
            source("Logo", "image_source", {"file": str(picture)}),
            source("Gone", "image_source", {"file": "/nowhere/x.png"}),
            source("Ground", "color_source_v3",
                {"color": 0xFF4B3A2B, "width": 1920, "height": 1080}),
            source("Title", "text_gdiplus_v2",
                {"text": "今晚八点", "font": {"face": "Arial", "size": 96, "flags": 1},
                 "color": 0xFF00FF00}),
            source("Film", "ffmpeg_source", {"local_file": "/nowhere/f.mp4", "looping": True}),
            source("Web", "browser_source", {"url": "https://example.org"}),
        ],
    }  # fmt: skip
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def read(path):
    sizes = {"Logo": (200.0, 100.0)}
    return read_collection(path, (1920, 1080), lambda spec: sizes.get(spec.name, (0.0, 0.0)))


def test_scenes_come_in_their_order_with_what_matches(collection):
    found = read(collection)
    assert [one.name for one in found.scenes] == ["开场", "主播", "收尾"]
    kinds = {one.name: one.kind for one in found.sources}
    assert kinds == {
        "Camera": "camera",
        "Logo": "image",
        "Gone": "image",
        "Ground": "colour",
        "Title": "text",
        "Film": "clip",
        "Mic": "microphone",
        "主播": "scene",
    }
    assert (found.transition, found.transition_ms) == ("fade", 450)
    by_name = {one.name: one for one in found.sources}
    assert by_name["Ground"].settings["top"] == "#2b3a4b"
    assert by_name["Title"].settings["colour"] == "#00ff00"
    assert by_name["Camera"].settings["width"] == 1280
    assert [f.kind for f in by_name["Camera"].filters] == ["chroma_key"]


def test_what_has_no_counterpart_is_listed(collection):
    missing = {(one.what, one.name) for one in read(collection).unmatched}
    assert ("source", "Web") in missing
    assert ("filter", "Camera · Shader") in missing
    assert ("file", "Gone") in missing
    assert ("size", "Title") in missing  # its place had to be guessed


def test_places_are_those_of_obs(collection):
    host = read(collection).scenes[1]
    camera, logo = host.items[0], host.items[1]
    assert camera.fit == "cover"
    assert camera.boxes["landscape"].w == 1.0
    # 200×100 turned a quarter about its top right corner at (1900, 20): it hangs down from there.
    box = logo.boxes["landscape"]
    middle = ((box.x + box.w / 2) * 1920, (box.y + box.h / 2) * 1080)
    assert middle == pytest.approx((1900 - 50, 20 - 100), abs=0.01)
    assert (logo.rotation, logo.is_locked) == (90, True)
    grouped = host.items[-1]
    assert (grouped.group, grouped.source) == ("促销", "Logo")
    assert grouped.boxes["landscape"].x * 1920 == pytest.approx(200 + 2 * 100)
    assert grouped.boxes["landscape"].w * 1920 == pytest.approx(400)


def test_flips_blends_crops_and_the_mixer(collection):
    found = read(collection)
    title, nested = found.scenes[0].items[1], found.scenes[0].items[2]
    assert (title.is_mirrored, title.blend, title.is_enabled) == (True, "screen", False)
    assert nested.crop.left == 0.25
    assert nested.boxes["landscape"].w == pytest.approx(0.25 * 0.75)
    mic = found.strips["Mic"]
    assert (mic.gain_db, mic.is_muted, mic.pan, mic.sync_ms) == (-6.02, True, -1.0, 120)


def test_the_command_adds_beside_what_is_there_and_takes_it_back(collection):
    from studio.show.keeper import open_show

    house = House(open_show(None))
    try:
        before = (house.scenes.state.scenes, set(house.bank.specs))
        done = asyncio.run(house.imports.import_obs(str(collection)))
        assert done.result["scenes"] == ["开场 2", "主播 2", "收尾"]
        assert house.bank.get("主播").settings["scene"] == "主播 2"
        assert house.strips["Mic"].is_muted
        again = asyncio.run(house.imports.import_obs(str(collection)))
        assert again.result["scenes"] == ["开场 3", "主播 3", "收尾 2"]
        house.imports.take_back(**again.undo[1])
        house.imports.take_back(**done.undo[1])
        assert (house.scenes.state.scenes, set(house.bank.specs)) == before
    finally:
        house.bank.stop()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"sources": 3}', "\x00\x01", "[" * 100_000, "nonsense"]
)
def test_what_is_no_collection_is_refused(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(StudioError) as caught:
        read(path)
    assert caught.value.key == "show.not_obs"
    with pytest.raises(StudioError):
        read(tmp_path / "gone.json")


def anything(chance, depth=0):
    simple = [None, True, -1, 2**70, 1e308, 0.5, "", "x", "绿", -0.0]
    kind = chance.randrange(4 if depth < 3 else 1)
    if kind < 2:
        return chance.choice(simple)
    if kind == 2:
        return [anything(chance, depth + 1) for _ in range(chance.randrange(4))]
    names = ["x", "y", "name", "id", "items", "settings", "value", "filters"]
    return {chance.choice(names): anything(chance, depth + 1) for _ in range(chance.randrange(4))}


@pytest.mark.parametrize("seed", range(40))
def test_garbage_inside_never_breaks_it(tmp_path, seed):
    chance = random.Random(seed)
    entries, value = [anything(chance) for _ in range(4)], anything(chance)
    path = tmp_path / "x.json"
    bad = scene("s", *[e for e in entries if isinstance(e, dict)])
    bad["settings"]["items"] += [item("image_source", 1, pos=value, scale=value, bounds=value)]
    kinds = ("image_source", "color_source", "text_gdiplus", "slideshow", "ffmpeg_source")
    sources = [bad, *entries, *(source(k, k, {"file": value, "color": value}) for k in kinds)]
    path.write_text(json.dumps({"sources": sources, "groups": value, "scene_order": value}))
    read(path)
