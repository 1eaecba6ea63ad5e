"""Inputs as OBS writes them become ours, whole or a setting at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import studio.sources.kinds as source_folder
from studio.core.foreign import split_version
from studio.core.registry import discover
from studio.sources.base import Source
from studio.sources.obs import changes_from_obs, from_obs, known_kinds, lost_settings, ours_of
from studio.sources.obs_kinds import chosen
from studio.sources.obs_out import bent_settings, obs_settings
from studio.sources.settings_check import check_settings
from tests.contract.test_obs_settings import INPUTS, ON

OBS_CSS = "body { background-color: rgba(0, 0, 0, 0); margin: 0px auto; overflow: hidden; }"
KINDS = discover(source_folder, Source)
NAMES = """
    file local_file looping is_local_file input color color1 text font outline outline_size align
    bk_color bk_opacity read_from_file extents extents_cx word_wrap custom_width device_id
    video_device_id resolution files playlist slide_time transition_speed loop randomize window
    capture_window window_name display server show_cursor speed_percent restart_on_activate
"""
JUNK = [None, 1e308, -5, 10**400, float("nan"), "x", "9x9", True, False, [], [{}], {"size": {}}]


@pytest.mark.parametrize("kind", known_kinds() + known_kinds(unversioned=True))
@pytest.mark.parametrize(
    "junk",
    [None, 1e308, -5, 10**400, float("nan"), "x", "9x9", True, False, [], [{}], {"size": {}}],
)
def test_each_becomes_an_input_that_can_be_made(kind: str, junk: Any) -> None:
    found = from_obs(kind, {} if junk is None else dict.fromkeys(NAMES.split(), junk))
    assert found is not None
    ours, settings = found
    assert ours in ours_of(kind)
    cls = KINDS.get(ours)
    check_settings(cls, settings, settings)
    cls.decode(settings)


@pytest.mark.parametrize(
    ("kind", "given", "ours", "wanted"),
    [
        ("image_source", {"file": "/a.png"}, "image", {"path": "/a.png"}),
        ("ffmpeg_source", {"local_file": "/a.mp4", "looping": True}, "clip",
         {"path": "/a.mp4", "loop": True, "speed": 1.0, "on_show": "on_air",
          "clear_at_end": True}),
        ("ffmpeg_source", {"is_local_file": False, "input": "srt://x"}, "stream",
         {"url": "srt://x"}),
        ("color_source_v3", {"color": 0xFF0000FF}, "colour",
         {"top": "#ff0000", "bottom": "", "opacity": 1.0}),
        ("window_capture", {"window": "Shop#3A one:Chrome_Widget:chrome.exe"}, "screen",
         {"what": "window", "window": "Shop: one", "cursor": True}),
        ("xcomposite_input", {"capture_window": "77\r\nShop\r\nfirefox"}, "screen",
         {"what": "window", "window": "Shop", "cursor": True}),
        ("slideshow_v2", {"files": [{"value": "/a.png"}], "slide_time": 3000}, "slide_show",
         {"files": ["/a.png"], "seconds": 3.0, "fade_ms": 700, "loop": True, "shuffle": False,
          "on_show": "on_air_pause", "width": 1920, "height": 1080}),
        ("slideshow", {"files": [{"value": "/a.png"}]}, "slide_show",
         {"files": ["/a.png"], "seconds": 8.0, "fade_ms": 700, "loop": True, "shuffle": False,
          "on_show": "follow"}),
        ("vlc_source", {"playlist": [{"value": "/a.mp4"}]}, "playlist",
         {"files": ["/a.mp4"], "loop": True, "shuffle": False, "on_show": "on_air",
          "clear_at_end": True}),
        ("pulse_input_capture", {"device_id": "x"}, "microphone", {}),
        ("browser_source", {"url": "https://a.example/x", "width": 400, "height": 300,
                            "fps_custom": True, "fps": 15, "css": "b{}", "shutdown": True},
         "browser",
         {"url": "https://a.example/x", "file": "", "width": 400, "height": 300, "fps": 15,
          "css": "b{}", "closes_unseen": True, "reloads_shown": False}),
        ("browser_source", {"is_local_file": True, "local_file": "/a.html", "url": "https://b"},
         "browser",
         {"url": "", "file": "/a.html", "width": 800, "height": 600, "fps": 30, "css": OBS_CSS,
          "closes_unseen": False, "reloads_shown": False}),
    ],
)  # fmt: skip
def test_what_obs_writes_is_understood(
    kind: str, given: dict[str, Any], ours: str, wanted: dict[str, Any]
) -> None:
    assert from_obs(kind, given) == (ours, wanted)


@pytest.mark.parametrize("kind", ["game_capture", "teapot", "", "_v2", "image_source_vx"])
def test_what_has_no_counterpart_is_none(kind: str) -> None:
    assert from_obs(kind, {}) is None
    assert not ours_of(kind)


@pytest.mark.parametrize(
    ("ours", "given", "wanted"),
    [
        ("image", {"file": "/b.png", "unload": True}, {"path": "/b.png"}),
        ("image", {"path": "/b.png"}, {"path": "/b.png"}),
        ("clip", {"looping": False}, {"loop": False}),
        ("text", {"text": "x", "color": 255}, {"text": "x", "colour": "#ff0000"}),
        ("text", {"font": {"size": 40, "flags": 1}}, {"size": 40, "weight": 700}),
        ("slide_show", {"files": [{"value": "a"}]}, {"files": ["a"]}),
        ("slide_show", {"files": ["a"], "slide_time": 1000}, {"files": ["a"], "seconds": 1.0}),
        ("camera", {"resolution": "640x480"}, {"width": 640, "height": 480}),
        ("image", {"teapot": 1}, {"teapot": 1}),
        ("tone", {"hz": 3}, {"hz": 3}),
    ],
)
def test_a_change_touches_what_is_given_alone(
    ours: str, given: dict[str, Any], wanted: dict[str, Any]
) -> None:
    fields = frozenset(KINDS.get(ours).Settings.__struct_fields__)
    assert changes_from_obs(ours, given, fields) == wanted


@pytest.mark.parametrize("kind", sorted(INPUTS))
def test_what_a_client_changes_is_told_to_it_again(kind: str) -> None:
    """Each setting of each kind, changed on an input that is there: told so, or known as lost."""
    first = from_obs(kind, {})
    assert first is not None
    ours, settings = first
    fields = frozenset(KINDS.get(ours).Settings.__struct_fields__)
    for name, value in INPUTS[kind].items():
        beside = {k: v for k, v in ON.get(name, {}).items() if k in INPUTS[kind]}
        given = {**beside, name: value}
        if (name, value) in [*lost_settings(kind, given), *bent_settings(kind, given)]:
            continue
        if name in NAMES_OF_A_SYSTEM or chosen(split_version(kind)[0], given).ours != ours:
            continue
        told = obs_settings(ours, settings)
        made = changes_from_obs(ours, given, fields, told)
        again = obs_settings(ours, {**settings, **made})
        if name in ("playlist", "files", "font"):  # the same with more beside it
            assert str(first_of(value)) in str(again[name]), name
        else:
            assert again[name] in (value, with_alpha(value)), name


NAMES_OF_A_SYSTEM = (
    "frame_interval", "frame_rate", "resolution", "preset", "use_preset", "device_name", "window",
    "window_name", "capture_window", "display", "extents_wrap", "framerate",
)  # fmt: skip
"""Told as the system that we run on has them; `test_modes_of_cameras_are_told` has those."""


def first_of(value: Any) -> Any:
    return value["face"] if isinstance(value, dict) else value[0]["value"]


def with_alpha(value: Any) -> Any:
    return value | 0xFF000000 if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("linux", {"resolution": 1280 << 16 | 720, "framerate": 65566}),
        ("win32", {"resolution": "1280x720", "frame_interval": 333333}),
        ("darwin", {"frame_rate": {"numerator": 30, "denominator": 1}}),
    ],
)
def test_modes_of_cameras_are_told_as_the_system_writes_them(
    system: str, told: dict[str, Any]
) -> None:
    ours = {"device": "Cam", "width": 1280, "height": 720, "fps": 30}
    made = obs_settings("camera", ours, system)
    assert told.items() <= made.items()
    assert {**ours, **from_obs("v4l2_input", {"device_id": "Cam", **made})[1]} == ours


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"color1": 0xFF0000FF, "color2": 0xFF0000FF}, {"colour": "#ff0000"}),
        ({"color": 0xFF00FF00}, {"colour": "#00ff00"}),
        ({"outline": True}, {"outline": 5}),
        ({"outline": False}, {"outline": 0}),
        ({"outline_size": 9}, {"outline": 9}),
        ({"align": "center"}, {"align": "centre"}),
        ({"word_wrap": False}, {"wrap": 0}),
        ({"custom_width": 200}, {"wrap": 200}),
        ({"extents": False}, {"wrap": 0}),
        ({"font": {"size": 52}}, {"size": 52, "font": "Arial", "weight": 700}),
        ({"bk_color": 0xFF0000}, {"background": "#0000ff"}),
        ({"bk_opacity": 0}, {"background": ""}),
    ],
)
def test_a_change_of_one_word_leaves_what_it_does_not_say(
    given: dict[str, Any], wanted: dict[str, Any]
) -> None:
    ours = {
        "text": "A", "size": 40, "font": "Arial", "weight": 700, "colour": "#ffffff", "outline": 5,
        "align": "left", "wrap": 300, "background": "#112233", "file": "",
    }  # fmt: skip
    fields = frozenset(KINDS.get("text").Settings.__struct_fields__)
    made = changes_from_obs("text", given, fields, obs_settings("text", ours))
    assert {**ours, **made} == {**ours, **wanted}


@pytest.mark.parametrize(
    ("kind", "style", "flags", "weight", "is_told"),
    [
        ("text_ft2_source_v2", "Light", 0, 300, False),
        ("text_ft2_source_v2", "Semi Bold", 0, 600, False),
        ("text_ft2_source_v2", "Extra-Light Italic", 0, 200, True),
        ("text_ft2_source_v2", "Black", 1, 900, False),
        ("text_ft2_source_v2", "Book", 0, 400, False),
        ("text_gdiplus_v3", "Light", 0, 400, False),
        ("text_gdiplus_v3", "Regular", 1, 700, False),
        ("text_gdiplus_v3", "Regular", 2, 400, True),
    ],
)
def test_a_font_is_as_heavy_as_its_style_says(
    kind: str, style: str, flags: int, weight: int, is_told: bool
) -> None:
    """FreeType's kind looks for its font by the style; GDI's by flags alone."""
    settings: dict[str, Any] = {"font": {"face": "Arial", "style": style, "flags": flags}}
    if "ft2" in kind:
        settings["color1"] = 0xFFFFFFFF
    found = from_obs(kind, settings)
    assert found is not None
    assert found[1]["weight"] == weight
    assert [name for name, _ in lost_settings(kind, settings)] == ["font"] * is_told
    told = obs_settings("text", {"weight": weight, "font": "Arial", "size": 40})
    assert from_obs("text_ft2_source_v2", {**told, "color1": 1})[1]["weight"] == weight


@pytest.mark.parametrize(
    ("kind", "settings", "mode", "told"),
    [
        ("macos-avcapture", {"preset": "AVCaptureSessionPreset1280x720"}, (1280, 720, None), []),
        ("macos-avcapture", {"use_preset": True, "preset": "AVCaptureSessionPreset640x480",
         "resolution": '{"width":1920,"height":1080}', "frame_rate": {"numerator": 60,
         "denominator": 1}}, (640, 480, None), []),
        ("macos-avcapture", {"use_preset": False, "preset": "AVCaptureSessionPreset640x480",
         "resolution": '{"width":1920,"height":1080}', "frame_rate": {"numerator": 60,
         "denominator": 1}}, (1920, 1080, 60), []),
        ("macos-avcapture", {"resolution": '{"width":1920,"height":1080}'},
         (1920, 1080, None), []),
        ("av_capture_input_v2", {"use_preset": True, "preset": "AVCaptureSessionPresetMedium"},
         (None, None, None), ["preset"]),
        ("av_capture_input_v2", {"use_preset": True, "preset": "AVCaptureSessionPresetHigh"},
         (None, None, None), []),
        ("dshow_input", {"res_type": 1, "resolution": "1280x720", "frame_interval": 333333},
         (1280, 720, 30), []),
        ("dshow_input", {"res_type": 0, "resolution": "1280x720", "frame_interval": 333333},
         (None, None, None), []),
        ("dshow_input", {"resolution": "1280x720"}, (1280, 720, None), []),
        ("v4l2_input", {"resolution": 125830200, "framerate": 65596}, (1920, 1080, 60), []),
        ("v4l2_input", {"resolution": -1, "framerate": 0}, (None, None, None), []),
    ],
)  # fmt: skip
def test_a_camera_has_the_mode_that_is_in_force(
    kind: str, settings: dict[str, Any], mode: tuple[int | None, ...], told: list[str]
) -> None:
    """What stands in a file from another choice, but is not in force, says nothing."""
    found = from_obs(kind, settings)
    assert found is not None
    assert tuple(found[1].get(name) for name in ("width", "height", "fps")) == mode
    assert [name for name, _ in lost_settings(kind, settings)] == told


HERE = str(Path(__file__).parent)


@pytest.mark.parametrize(
    ("settings", "listed"),
    [({"files": ["/a.png", "/b.png"]}, ["/a.png", "/b.png"]), ({"folder": HERE}, [HERE]),
     ({"files": [], "folder": ""}, [])],
)  # fmt: skip
def test_slides_are_listed_as_obs_lists_them(settings: dict[str, Any], listed: list[str]) -> None:
    told = obs_settings("slide_show", settings)
    assert [entry["value"] for entry in told.get("files", [])] == listed
    fields = frozenset(KINDS.get("slide_show").Settings.__struct_fields__)
    made = changes_from_obs("slide_show", {"files": told.get("files", [])}, fields, told)
    assert made.get("files", []) == settings.get("files", [])


@pytest.mark.parametrize("ours", ["microphone", "desktop_sound"])
def test_the_usual_device_is_called_default(ours: str) -> None:
    assert obs_settings(ours, {"device": ""})["device_id"] == "default"
    fields = frozenset(KINDS.get(ours).Settings.__struct_fields__)
    assert changes_from_obs(ours, {"device_id": "default"}, fields)["device"] == ""


WHITE = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("kind", "settings", "lost"),
    [
        ("text_ft2_source_v2", {"color1": 0xFF0000FF}, [("color2", WHITE)]),
        ("text_ft2_source_v2", {"color1": 0xFF0000FF, "color2": 0xFF0000FF}, []),
        ("text_ft2_source_v2", {"color2": 0xFF0000FF}, [("color2", 0xFF0000FF)]),
        ("text_ft2_source_v2", {"text": "Sale"}, []),
        ("vlc_source", {"playback_behavior": "pause_unpause"}, []),
        (
            "vlc_source",
            {"playback_behavior": "always_play"},
            [("playback_behavior", "always_play")],
        ),
        ("slideshow", {"playback_behavior": "pause_unpause"}, []),
        ("slideshow_v2", {"playback_behavior": "stop_restart"}, []),
    ],
)
def test_what_is_lost_is_told_and_nothing_else(
    kind: str, settings: dict[str, Any], lost: list[tuple[str, Any]]
) -> None:
    """FreeType's words go from one colour to another, also where only one of them is written."""
    assert lost_settings(kind, settings) == lost
