"""Inputs as OBS writes them become ours, whole or a setting at a time."""

from __future__ import annotations

from typing import Any

import pytest

import studio.sources.kinds as source_folder
from studio.core.registry import discover
from studio.sources.base import Source
from studio.sources.obs import changes_from_obs, from_obs, known_kinds, ours_of
from studio.sources.settings_check import check_settings

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
         {"path": "/a.mp4", "loop": True, "speed": 1.0, "on_show": "restart",
          "clear_at_end": True}),
        ("ffmpeg_source", {"is_local_file": False, "input": "srt://x"}, "stream",
         {"url": "srt://x"}),
        ("color_source_v3", {"color": 0xFF0000FF}, "colour", {"top": "#ff0000", "bottom": ""}),
        ("window_capture", {"window": "Shop#3A one:Chrome_Widget:chrome.exe"}, "screen",
         {"what": "window", "window": "Shop: one", "cursor": True}),
        ("xcomposite_input", {"capture_window": "77\r\nShop\r\nfirefox"}, "screen",
         {"what": "window", "window": "Shop", "cursor": True}),
        ("slideshow_v2", {"files": [{"value": "/a.png"}], "slide_time": 3000}, "slide_show",
         {"files": ["/a.png"], "seconds": 3.0, "fade_ms": 700, "loop": True, "shuffle": False}),
        ("pulse_input_capture", {"device_id": "x"}, "microphone", {}),
    ],
)  # fmt: skip
def test_what_obs_writes_is_understood(
    kind: str, given: dict[str, Any], ours: str, wanted: dict[str, Any]
) -> None:
    assert from_obs(kind, given) == (ours, wanted)


@pytest.mark.parametrize("kind", ["browser_source", "teapot", "", "_v2", "image_source_vx"])
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
