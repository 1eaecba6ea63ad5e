"""An OBS scene collection, written as OBS 30 writes it, comes in as far as the kinds match."""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import time
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.core.names import check_name
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
            source("Web", "game_capture", {"window": "a:b:c"}),
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
    found = read(collection).unmatched
    missing = {(one.what, one.name) for one in found}
    assert ("item", "Web") in missing
    assert all(one.reason("zh") and one.reason("en")[0] != "s" for one in found)  # no bare key
    assert ("source", "Web") in missing
    assert ("filter", "Camera · Shader") in missing
    assert ("file", "Gone") in missing
    assert ("size", "Title") not in missing  # its own size is taken up when it is there


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
    from studio.app.check import read as open_show

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


def written(tmp_path, text, **more):
    path = tmp_path / "x.json"
    path.write_text(text if isinstance(text, str) else json.dumps({**text, **more}))
    return path


def lines(found):
    return {(one.what, one.name, one.why) for one in found.unmatched}


def test_nonsense_entries_are_listed_each(tmp_path):
    logo = source("Logo", "color_source")
    data = {
        "sources": [
            7, None, {"id": "image_source"}, {"name": "Kindless"},
            {**source("Bad", "image_source", filters=[3, {"id": "gain_filter"}]), "settings": 4},
            logo, logo,
            source("Keys", "color_source", hotkeys={"libobs.mute": [{"key": "OBS_KEY_M"}]}),
            source("Page", "game_capture"),
            scene("A", 5, item("Nobody", 1), item("Page", 2), item("Logo", 3), {"id": 4},
                  item("Mic", 5)),
            scene("A") | {"filters": [{"id": "color_filter", "name": "warm"}]},
        ],
        "AuxAudioDevice1": source("Mic", "pulse_input_capture", {"device_id": "alsa_x"}),
        "groups": [source("Lonely", "group", {"items": []})],
        "transitions": [{"name": "Sting", "id": "obs_stinger_transition"}],
        "modules": {"scripts-tool": [{"path": "/x/clock.lua"}]},
    }  # fmt: skip
    found = read(written(tmp_path, data))
    assert [item.source for item in found.scenes[0].items] == ["Logo", "Mic"]
    assert lines(found) >= {
        ("entry", "sources[0]", "unreadable"),
        ("entry", "sources[1]", "unreadable"),
        ("entry", "sources[2]", "no_name"),
        ("entry", "Kindless", "no_kind"),
        ("setting", "Bad", "unreadable"),
        ("filter", "?", "unreadable"),
        ("source", "Logo", "double"),
        ("name", "A", "double"),
        ("hotkey", "libobs.mute", "hotkey"),
        ("source", "Page", "game_capture"),
        ("item", "items[0]", "unreadable"),
        ("item", "Nobody", "no_source"),
        ("item", "Page", "no_source"),
        ("item", "?", "no_name"),
        ("sound", "Mic", "sound_item"),
        ("filter", "warm", "scene_filter"),
        ("device", "Mic", "device"),
        ("group", "Lonely", "unplaced_group"),
        ("transition", "Sting", "transition"),
        ("script", "/x/clock.lua", "script"),
    }
    for one in found.unmatched:
        assert not one.reason("en").startswith("show.obs"), one
        assert "{" not in one.reason("zh"), one


def test_microphones_are_heard_where_obs_has_them(tmp_path):
    """OBS's own devices on every scene, those that stand on scenes on these."""
    desk = source("Desk mic", "pulse_input_capture", {"device_id": "default"})
    own = source("Her mic", "wasapi_input_capture", {"device_id": "default"}, monitoring_type=2)
    scenes = [
        scene("Host", item("Her mic", 1), item("Ground", 2)),
        scene("Goods", item("Ground", 1)),
    ]
    ground = source("Ground", "color_source")
    data = {"sources": [own, ground, *scenes], "AuxAudioDevice1": desk, "DesktopAudioDevice1": desk}
    found = read(written(tmp_path, data))
    assert not found.strips["Desk mic"].follows_scene
    assert found.strips["Her mic"].follows_scene
    assert found.strips["Her mic"].is_monitored
    heard = {one.name: [item.source for item in one.items] for one in found.scenes}
    assert heard == {"Host": ["Her mic", "Ground"], "Goods": ["Ground"]}
    told = {(one.what, one.name, one.why) for one in found.unmatched}
    assert {
        ("sound", "Desk mic", "heard_everywhere"),
        ("sound", "Her mic", "sound_item"),
    } <= told


def test_what_was_monitored_alone_is_not_heard_by_viewers(tmp_path):
    """OBS's "Monitor Only (mute output)": a cue, a colleague; in the headphones as there."""
    entries = [
        source(f"Cue {kind}", "ffmpeg_source", {"local_file": "/x.mp4"}, monitoring_type=kind)
        for kind in (0, 1, 2)
    ]
    shown = scene("A", *(item(row["name"], at) for at, row in enumerate(entries, 1)))
    found = read(written(tmp_path, {"sources": [*entries, shown]}))
    heard = {name: (strip.is_muted, strip.is_monitored) for name, strip in found.strips.items()}
    assert heard == {"Cue 0": (False, False), "Cue 1": (True, True), "Cue 2": (False, True)}
    assert [row.name for row in found.unmatched if row.why == "ears_alone"] == ["Cue 1"]


def test_sound_that_should_come_earlier_is_told(tmp_path):
    mic = source("Mic", "wasapi_input_capture", {"device_id": "default"}, sync=-200_000_000)
    found = read(written(tmp_path, {"sources": [mic], "AuxAudioDevice1": mic}))
    assert found.strips["Mic"].sync_ms == 0
    assert [one.why for one in found.unmatched if one.what == "setting"] == ["early"]


def test_words_and_slides_come_in_as_large_as_they_are(tmp_path):
    """A box as large as the canvas would stretch a title over all of the picture."""
    picture = tmp_path / "a.png"
    cv2.imwrite(str(picture), np.zeros((300, 400, 3), np.uint8))
    font = {"face": "微软雅黑", "size": 72}
    data = {"sources": [
        source("标题", "text_gdiplus_v3", {"text": "今晚八点 新品首发", "font": font}),
        source("轮播", "slideshow", {"files": [{"value": str(picture)}]}),
        source("新轮播", "slideshow_v2", {"files": [{"value": str(picture)}]}),
        source("镜头", "dshow_input", {"video_device_id": "BRIO:x", "resolution": "1280x720"}),
        source("钟", "text_gdiplus_v3", {"read_from_file": True, "file": "D:/直播/钟.txt"}),
        source("片", "ffmpeg_source", {"local_file": "D:/片.mp4"},
               filters=[{"name": "LUT", "id": "clut_filter",
                         "settings": {"image_path": "C:/暖.cube"}}]),
        source("网页", "browser_source", {"url": "https://a.example/"}),
        scene("主播", *(item(n, i) for i, n in enumerate(
            ("标题", "轮播", "新轮播", "镜头", "钟", "片", "网页")))),
    ]}  # fmt: skip
    house = House()
    made = asyncio.run(house.imports.import_obs(str(written(tmp_path, data))))
    house.bank.stop()
    items = house.scenes.get("主播").items
    boxes = {one.source: one.boxes["landscape"] for one in items}
    px = {name: (round(b.w * 1920), round(b.h * 1080)) for name, b in boxes.items()}
    assert 400 < px["标题"][0] < 900
    assert 70 < px["标题"][1] < 160
    assert px["轮播"] == (400, 300)
    assert px["新轮播"] == (1920, 1080)  # what OBS's second version has where nothing is said
    assert px["镜头"] == (1280, 720)
    assert px["网页"] == (800, 600)  # as OBS has it where nothing is said
    fits = {one.source: one.fit for one in items}
    assert set(fits.values()) == {"native"}  # drawn at its own size, whatever that becomes
    told = {one["kind"] for one in made.result["unmatched"] if one["what"] == "file"}
    assert told == {"D:/直播/钟.txt", "D:/片.mp4", "C:/暖.cube"}


def test_a_scene_keeps_its_transition_where_there_is_one_like_it(tmp_path):
    own = [
        {"name": "Quick", "id": "wipe_transition"},
        {"name": "Sting", "id": "obs_stinger_transition"},
        {"name": "片花", "id": "obs_stinger_transition", "settings": {"path": str(tmp_path)}},
    ]
    scenes = [
        {**scene(name, item("c", 1, blend_type="burn", show_transition={"id": "fade_transition"})),
         "private_settings": {"transition": name, "transition_duration": ms}}
        for name, ms in (("Fade", 700), ("Quick", 5), ("Sting", 100), ("Teapot", None),
                         ("淡出", 500), ("直接切换", 300), ("片花", 900))
    ]  # fmt: skip
    talk = source("c", "color_source", **{"push-to-talk": True, "monitoring_type": 2})
    found = read(written(tmp_path, {"sources": [talk, *scenes], "transitions": own}))
    kept = [(one.transition, one.transition_ms) for one in found.scenes]
    assert kept == [("fade", 700), ("wipe", 50), ("", 0), ("", 0),
                    ("fade", 500), ("cut", 300), ("stinger", 900)]  # fmt: skip
    assert found.scenes[-1].transition_settings == {"path": str(tmp_path)}
    told = {(one.what, one.name, one.kind) for one in found.unmatched}
    assert {
        ("transition", "Sting", "obs_stinger_transition"),
        ("transition", "Teapot", ""),
        ("transition", "c", "show_transition fade_transition"),
        ("setting", "c", "burn"),
        ("setting", "c", "push-to-talk"),
    } <= told
    assert found.strips["c"].is_monitored


def test_scenes_that_show_each_other_come_in_without_the_round(tmp_path):
    chain = [scene(f"S{n}", item(f"S{(n + 1) % 5}", 1)) for n in range(5)]
    found = read(written(tmp_path, {"sources": [*chain, scene("Self", item("Self", 1))]}))
    shown = {one.name: [i.source for i in one.items] for one in found.scenes}
    assert shown["Self"] == []
    assert sum(len(one) for one in shown.values()) == 4
    rounds = [one for one in found.unmatched if one.why == "round"]
    assert len(rounds) == 2
    assert rounds[0].where


def test_a_huge_collection_is_bounded_and_told(tmp_path):
    many = [source(f"c{n}", "color_source") for n in range(2000)]
    data = {"sources": [*many, scene("A", *[item(f"c{n % 400}", n) for n in range(10_000)])]}
    began = time.monotonic()
    found = read(written(tmp_path, data))
    assert time.monotonic() - began < 10
    assert (len(found.sources), len(found.scenes[0].items)) == (500, 1000)
    told = [one for one in found.unmatched if one.why == "too_many"]
    assert sum(int(one.kind) for one in told if one.what == "item") == 9000
    assert sum(1 for one in told if one.what == "source") == 1500
    data = {"sources": [{"id": "x"}] * 5000}
    last = read(written(tmp_path, data)).unmatched[-1]
    assert (last.what, last.name) == ("more", "3000")


def test_names_are_tidied_and_still_find_each_other(tmp_path):
    names = ["a\nb\x00", "\u202eliame", "\ud800half", "x" * 5000, "  "]
    entries = [source(name, "color_source") for name in names]
    data = {"sources": [*entries, scene("\x07S", *[item(name, 1) for name in names])]}
    found = read(written(tmp_path, data))
    assert len(found.scenes[0].items) == 4
    for name in (*(one.name for one in found.sources), found.scenes[0].name):
        assert check_name(name)
    assert sum(1 for one in found.unmatched if one.why == "name") == 5


@pytest.mark.parametrize(
    "number", ["1e308", "-1e308", "NaN", "Infinity", "1" + "0" * 400, '"x"', "[[]]", "null"]
)
def test_any_number_gives_a_place_that_can_be_drawn(tmp_path, number):
    text = json.dumps(
        {
            "resolution": {"x": "?", "y": "?"},
            "transition_duration": "?",
            "sources": [
                source("c", "color_source", {"color": "?", "width": "?", "height": "?"},
                       volume="?", balance="?", sync="?"),
                source("t", "text_gdiplus", {"font": {"size": "?", "flags": "?"}}),
                scene("S", *[
                    item(name, 1, rot="?", align="?", bounds_type=kind, crop_left="?",
                         pos={"x": "?", "y": "?"}, scale={"x": "?", "y": "?"},
                         bounds={"x": "?", "y": "?"})
                    for name in "ct" for kind in ("?", 0, 2)
                ]),
            ],
        }
    ).replace('"?"', number)  # fmt: skip
    found = read(written(tmp_path, text))
    for one in found.scenes[0].items:
        box = one.boxes["landscape"]
        assert all(math.isfinite(v) and abs(v) <= 2e8 for v in (box.x, box.y, box.w, box.h))
        assert 0 <= one.rotation < 360
    assert json.loads(json.dumps(msgspec.to_builtins(found), allow_nan=False))


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices are files there by name alone")
def test_what_is_no_plain_file_is_refused_at_once(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    for path in (pipe, tmp_path, Path("/dev/zero"), large, Path("a\0b"), Path("x" * 5000)):
        with pytest.raises(StudioError) as caught:
            read(path)
        assert caught.value.key == "show.not_obs"
    house = House()
    with pytest.raises(StudioError):
        asyncio.run(house.imports.import_obs("~nobody-of-this-name/x.json"))


def test_a_truncated_file_is_refused_at_every_place(tmp_path, collection):
    whole = collection.read_text(encoding="utf-8")
    for part in range(0, len(whole), max(1, len(whole) // 60)):
        with pytest.raises(StudioError):
            read(written(tmp_path, whole[:part]))


def test_what_came_in_twice_over_speaks_of_its_own(tmp_path):
    music = source("Music", "color_source", filters=[
        {"id": "compressor_filter", "name": "duck", "settings": {"sidechain_source": "Voice"}},
    ])  # fmt: skip
    data = {"sources": [music, source("Voice", "color_source"), scene("A", item("B 2", 1)),
                        scene("B 2", item("Voice", 1)), scene("B", item("Music", 1))]}  # fmt: skip
    house = House()
    try:
        for _ in range(2):
            done = asyncio.run(house.imports.import_obs(str(written(tmp_path, data))))
        specs = house.bank.specs
        assert specs["Music 2"].filters[0].settings["source"] == "Voice 2"
        nested = next(specs[i.source] for i in house.scenes.get("A 2").items)
        assert house.scenes.get(nested.settings["scene"]).items[0].source == "Voice 2"
        assert done.result["unmatched"] == []
        assert len(set(done.result["scenes"])) == 3
    finally:
        house.bank.stop()


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


def test_a_box_that_only_shrinks_does_not_bend_its_picture(tmp_path):
    """OBS's "maximum size only" (6) keeps the shape of the picture."""
    entry = item("Ground", 1, bounds_type=6, bounds={"x": 400.0, "y": 400.0})
    ground = source("Ground", "color_source_v3", {"width": 1920, "height": 1080})
    path = tmp_path / "max.json"
    path.write_text(json.dumps({"sources": [scene("One", entry), ground]}), encoding="utf-8")
    assert read(path).scenes[0].items[0].fit == "shrink"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Forløpning", "fade"), ("Áttűnés", "fade"), ("淡入淡出", "fade"), ("เฟด", "fade"),
        ("Desvanecimiento", "fade"), ("Kutt", "cut"), ("Kivágás", "cut"), ("直接轉場", "cut"),
    ],
)  # fmt: skip
def test_cut_and_fade_are_known_in_the_languages_of_obs(
    tmp_path: Path, name: str, kind: str
) -> None:
    data = {"sources": [scene("A")], "current_transition": name}
    found = read(written(tmp_path, json.dumps(data)))
    assert (found.transition, found.unmatched) == (kind, ())


@pytest.mark.parametrize(
    ("kind", "settings", "lost"),
    [
        ("text_gdiplus_v2", {"font": {"face": "Serif", "size": 900}}, "font"),
        ("ffmpeg_source", {"speed_percent": 900}, "speed_percent = 900"),
        ("slideshow", {"slide_time": 20}, "slide_time = 20"),
        ("color_source_v3", {"width": 20_000}, "width = 20000"),
    ],
)
def test_a_value_beyond_ours_is_told(
    tmp_path: Path, kind: str, settings: dict[str, Any], lost: str
) -> None:
    data = {"sources": [source("it", kind, settings), scene("A", item("it", 1))]}
    told = [line.kind for line in read(written(tmp_path, json.dumps(data))).unmatched]
    assert any(line.startswith(lost) for line in told), told


def test_a_colour_that_is_seen_through_stays_so(tmp_path: Path) -> None:
    made = source("it", "color_source_v3", {"color": 0x80332211, "width": 40, "height": 40})
    found = read(written(tmp_path, json.dumps({"sources": [made, scene("A", item("it", 1))]})))
    assert found.sources[0].settings["opacity"] == pytest.approx(0.502, abs=0.001)


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [("slide_transition", {"direction": "up"}, {"direction": "up"}),
     ("slide_transition", {"direction": 7}, {}),
     ("swipe_transition", {"direction": "right"}, {"direction": "right", "push": False}),
     ("wipe_transition", {"luma_image": "linear-v.png"}, {"shape": "down"}),
     ("wipe_transition", {"luma_image": "barndoor-h.png"}, {}), ("fade_transition", None, {})],
)  # fmt: skip
def test_a_transition_goes_the_way_it_went(
    tmp_path: Path, kind: str, given: Any, wanted: dict[str, Any]
) -> None:
    own = [{"name": "T", "id": kind, "settings": given}]
    row = {**scene("A"), "private_settings": {"transition": "T", "transition_duration": 700}}
    found = read(written(tmp_path, {"sources": [row], "transitions": own}))
    assert found.scenes[0].transition_settings == wanted


def test_what_is_set_of_a_scene_or_group_itself_is_told(tmp_path: Path) -> None:
    """Its own place in the mixer, and the canvas it stands on, of which no size is written."""
    filters = [{"id": "x", "name": "y", "hotkeys": {"wink": [{"key": "OBS_KEY_W"}]}}]
    keys = {"libobs.show_scene_item.1": [{"key": "OBS_KEY_1"}]}
    group = source("G", "group", {"items": []}, volume=0.2, muted=True, sync=50_000_000,
                   enabled=False, hotkeys=keys, filters=filters)  # fmt: skip
    small = scene("C")
    small["settings"] |= {"custom_size": True, "cx": 400, "cy": 300}
    upright = {**scene("B"), "canvas_uuid": "v", "balance": 0.2, "monitoring_type": 1}
    main = {**scene("A", item("G", 1)), "canvas_uuid": "6c69626f-6273-4c00-9d88-c5136d61696e"}
    data = {"sources": [main, upright, small], "groups": [group],
            "virtual-camera": {"type2": 1, "scene": "B"},
            "canvases": [{"name": "Vertical", "uuid": "v"}]}  # fmt: skip
    found = read(written(tmp_path, data))
    told = {(row.name, row.kind) for row in found.unmatched if row.what == "setting"}
    assert {
        ("G", "volume = 0.2"), ("G", "muted"), ("G", "sync = 50000000"), ("B", "balance = 0.2"),
        ("B", "monitoring_type = 1"), ("B", 'canvas = "Vertical"'), ("G", "enabled = false"),
        ("C", 'custom_size = "400x300"'), ("B", "virtual-camera = B"),
    } <= told  # fmt: skip
    assert not any(name == "A" for name, _ in told)
    keys_told = {row.kind for row in found.unmatched if row.what == "hotkey"}
    assert keys_told == {"OBS_KEY_1", "OBS_KEY_W"}
