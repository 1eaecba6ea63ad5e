"""Every setting of every kind of OBS is kept by an import, or told in its list: none is lost.

The tables are written from obs-studio 30 (``*_get_defaults`` and ``*_update`` of each kind): a
setting with a value that is not its default. A kind that is added here without a word on one of
its settings fails.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.filters.obs import known_kinds as known_filters
from studio.show.obs_import import read_collection
from studio.sources.obs import from_obs, known_kinds
from tests.unit.show.test_obs_import import item, scene, source

GDI = {
    "text": "Hi", "file": "/x/words.txt", "read_from_file": True,
    "font": {"face": "Serif", "size": 40, "flags": 2}, "color": 0xFF112233, "opacity": 50,
    "gradient": True, "gradient_color": 0x123456, "gradient_opacity": 50, "gradient_dir": 45.0,
    "bk_color": 0x445566, "bk_opacity": 60, "align": "right", "valign": "bottom", "outline": True,
    "outline_color": 0x112233, "outline_opacity": 40, "outline_size": 9, "chatlog": True,
    "chatlog_lines": 3, "extents": True, "extents_wrap": False, "extents_cx": 300,
    "extents_cy": 200, "transform": 1, "antialiasing": False, "vertical": True,
}  # fmt: skip
FREETYPE = {
    "text": "Hi", "text_file": "/x/words.txt", "from_file": True, "log_mode": True,
    "log_lines": 3, "font": {"face": "Serif", "size": 40, "flags": 1}, "color1": 0xFF112233,
    "color2": 0xFF445566, "outline": True, "drop_shadow": True, "custom_width": 300,
    "word_wrap": True, "antialiasing": False,
}  # fmt: skip
MEDIA = {
    "local_file": "/x/a.mp4", "looping": True, "restart_on_activate": False,
    "close_when_inactive": True, "clear_on_media_end": False, "hw_decode": True,
    "buffering_mb": 9, "speed_percent": 150, "color_range": 1, "linear_alpha": True,
    "seekable": True, "reconnect_delay_sec": 3, "input_format": "flv",
    "ffmpeg_options": "fflags=nobuffer",
}  # fmt: skip
SLIDES = {
    "files": [{"value": "/x/a.png"}], "slide_time": 3000, "transition": "slide",
    "transition_speed": 100, "loop": False, "randomize": True, "hide": True,
    "playback_behavior": "pause_unpause", "slide_mode": "mode_manual",
    "use_custom_size": "800x400",
}  # fmt: skip
DSHOW = {
    "video_device_id": "BRIO:x", "resolution": "640x480", "frame_interval": 166666,
    "video_format": 201, "color_space": "709", "color_range": "full", "buffering": 1,
    "flip_vertically": True, "autorotation": False, "hw_decode": True,
    "use_custom_audio_device": True, "audio_device_id": "x", "audio_output_mode": 1,
    "active": False, "deactivate_when_not_showing": True,
}  # fmt: skip
V4L2 = {
    "device_id": "/dev/video2", "input": 1, "pixelformat": 1448695129, "standard": 1,
    "dv_timing": 1, "resolution": 83886800, "framerate": 65566, "color_range": 2,
    "buffering": False, "auto_reset": True, "timeout_frames": 9,
}  # fmt: skip
MAC = {
    "device": "0x1", "device_name": "FaceTime", "use_preset": False,
    "preset": "AVCaptureSessionPreset1280x720", "resolution": '{"width":640,"height":480}',
    "frame_rate": {"numerator": 60, "denominator": 1}, "input_format": 1, "color_space": 2,
    "video_range": 1, "buffering": True, "enable_audio": False,
}  # fmt: skip
SOUND = {"device_id": "alsa_x", "enable_downmix": True}
CUTS = {"cut_left": 10, "cut_top": 20, "cut_right": 30, "cut_bot": 40}
INPUTS: dict[str, dict[str, Any]] = {
    "image_source": {"file": "/x/a.png", "unload": True, "linear_alpha": True},
    "color_source": {"color": 0xFF112233, "width": 300, "height": 200},
    "color_source_v2": {"color": 0xFF112233, "width": 300, "height": 200},
    "color_source_v3": {"color": 0xFF112233, "width": 300, "height": 200},
    "browser_source": {
        "url": "https://a.example/x", "local_file": "/x/a.html", "is_local_file": True,
        "width": 640, "height": 360, "fps": 20, "fps_custom": True, "css": "b{}",
        "shutdown": True, "restart_when_active": True, "reroute_audio": True,
        "webpage_control_level": 3,
    },
    "text_gdiplus": GDI,
    "text_gdiplus_v2": GDI,
    "text_gdiplus_v3": GDI,
    "text_ft2_source": FREETYPE,
    "text_ft2_source_v2": FREETYPE,
    "ffmpeg_source": MEDIA,
    "vlc_source": {
        "playlist": [{"value": "/x/a.mp4"}], "loop": False, "shuffle": True,
        "playback_behavior": "always_play", "network_caching": 900, "track": 2,
        "subtitle_enable": True, "subtitle": 2,
    },
    "slideshow": SLIDES,
    "slideshow_v2": {
        **SLIDES, "playback_mode": "random", "playback_behavior": "stop_restart",
    },
    "dshow_input": DSHOW,
    "v4l2_input": V4L2,
    "av_capture_input": MAC,
    "av_capture_input_v2": MAC,
    "macos-avcapture": MAC,
    "macos-avcapture-fast": MAC,
    "wasapi_input_capture": {**SOUND, "use_device_timing": True},
    "pulse_input_capture": SOUND,
    "alsa_input_capture": SOUND,
    "coreaudio_input_capture": SOUND,
    "wasapi_output_capture": {**SOUND, "use_device_timing": False},
    "pulse_output_capture": SOUND,
    "coreaudio_output_capture": SOUND,
    "monitor_capture": {
        "monitor": 1, "monitor_id": "\\\\?\\DISPLAY#X", "method": 2, "capture_cursor": False,
        "compatibility": True, "force_sdr": True,
    },
    "xshm_input": {"screen": 1, "show_cursor": False, "advanced": True, "server": ":3", **CUTS},
    "xshm_input_v2": {"screen": 1, "show_cursor": False, "advanced": True, "server": ":3", **CUTS},
    "display_capture": {
        "display": 1, "display_uuid": "X", "show_cursor": False, "crop_mode": 1, "hide_obs": True,
    },
    "screen_capture": {
        "type": 2, "display_uuid": "X", "window": 583, "application": "com.example.chat",
        "show_cursor": False, "hide_obs": True, "show_empty_names": True,
        "show_hidden_windows": True,
    },
    "window_capture": {
        "window": "Chat:Class:chat.exe", "method": 2, "priority": 1, "cursor": False,
        "client_area": False, "compatibility": True, "capture_audio": True, "force_sdr": True,
        "owner_name": "Chat", "window_name": "Room", "show_shadow": True,
    },
    "xcomposite_input": {
        "capture_window": "1\r\nBrowser\r\nNavigator", **CUTS, "show_cursor": False,
        "include_border": True, "exclude_alpha": True, "swap_redblue": True,
    },
}  # fmt: skip
KEY = {"key_color_type": "custom", "key_color": 0x112233, "similarity": 300, "smoothness": 30}
DRAWN = {"opacity": 0.5, "contrast": 0.5, "brightness": 0.5, "gamma": 0.5}
FILTERS: dict[str, dict[str, Any]] = {
    "chroma_key_filter": {**KEY, "spill": 30, **DRAWN, "opacity": 50},
    "chroma_key_filter_v2": {**KEY, "spill": 30, **DRAWN},
    "color_key_filter": {**KEY, **DRAWN, "opacity": 50},
    "color_key_filter_v2": {**KEY, **DRAWN},
    "luma_key_filter": {
        "luma_min": 0.2, "luma_min_smooth": 0.1, "luma_max": 0.8, "luma_max_smooth": 0.1,
    },
    "luma_key_filter_v2": {
        "luma_min": 0.2, "luma_min_smooth": 0.1, "luma_max": 0.8, "luma_max_smooth": 0.1,
    },
    "color_filter": {
        "gamma": 0.5, "contrast": 0.5, "brightness": 0.5, "saturation": 0.5, "hue_shift": 20.0,
        "opacity": 50, "color": 0x112233,
    },
    "color_filter_v2": {
        "gamma": 0.5, "contrast": 0.5, "brightness": 0.5, "saturation": 0.5, "hue_shift": 20.0,
        "opacity": 0.5, "color_multiply": 0x112233, "color_add": 0x112233,
    },
    "crop_filter": {"left": 10, "top": 20, "right": 30, "bottom": 40},
    "clut_filter": {"image_path": "/x/a.cube", "clut_amount": 0.5, "passthrough_alpha": True},
    "mask_filter": {
        "type": "blend_sub_filter.effect", "image_path": "/x/a.png", "color": 0x112233,
        "opacity": 50, "stretch": True,
    },
    "mask_filter_v2": {
        "type": "blend_mul_filter.effect", "image_path": "/x/a.png", "color": 0x112233,
        "opacity": 0.5, "stretch": True,
    },
    "sharpness_filter": {"sharpness": 0.5},
    "sharpness_filter_v2": {"sharpness": 0.5},
    "scroll_filter": {
        "speed_x": 50.0, "speed_y": 20.0, "loop": False, "limit_cx": True, "cx": 300,
        "limit_cy": True, "cy": 300,
    },
    "gpu_delay": {"delay_ms": 90},
    "async_delay_filter": {"delay_ms": 90},
    "gain_filter": {"db": 6.0},
    "noise_gate_filter": {
        "open_threshold": -20.0, "close_threshold": -40.0, "attack_time": 9, "hold_time": 9,
        "release_time": 9,
    },
    "noise_suppress_filter": {"suppress_level": -10, "method": "rnnoise", "intensity": 0.5},
    "noise_suppress_filter_v2": {"suppress_level": -10, "method": "speex", "intensity": 0.5},
    "compressor_filter": {
        "ratio": 4.0, "threshold": -30.0, "attack_time": 9, "release_time": 90,
        "output_gain": 3.0,
    },
    "limiter_filter": {"threshold": -9.0, "release_time": 90},
    "basic_eq_filter": {"low": 3.0, "mid": 2.0, "high": 1.0},
}  # fmt: skip
ON = {
    "file": {"read_from_file": True}, "text_file": {"from_file": True},
    "bk_color": {"bk_opacity": 100}, "outline_size": {"outline": True},
    "extents_wrap": {"extents": True, "extents_cx": 300}, "extents_cx": {"extents": True},
    "custom_width": {"word_wrap": True}, "word_wrap": {"custom_width": 300},
    "extents": {"extents_cx": 300}, "key_color": {"key_color_type": "custom"},
    "read_from_file": {"file": "/x/w.txt"}, "from_file": {"text_file": "/x/w.txt"},
    "fps": {"fps_custom": True}, "fps_custom": {"fps": 20},
    "local_file": {"is_local_file": True}, "is_local_file": {"local_file": "/x/b.html"},
    "use_preset": {"preset": "AVCaptureSessionPreset640x480"},
    "preset": {"use_preset": True}, "key_color_type": {"key_color": 0x112233},
}  # fmt: skip
"""What else must be set for a setting to mean something."""


def imported(tmp_path: Path, kind: str, settings: dict[str, Any], flt: str = "") -> tuple[Any, str]:
    """What comes in of a source (or of its one filter), and all lines that are told of it."""
    its = [{"name": "f", "id": flt, "versioned_id": flt, "settings": settings}] if flt else []
    one = source("it", kind, {} if flt else settings, filters=its)
    data = {"sources": [one, scene("A", item("it", 1))]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    found = read_collection(path, (1920, 1080), lambda spec: (640.0, 480.0))
    spec = found.sources[0]
    told = [f"{one.why} {one.kind}" for one in found.unmatched if one.why != "heard_everywhere"]
    made = [(f.kind, f.settings) for f in spec.filters]
    return (spec.kind, spec.settings, made), "\n".join(sorted(told))


@pytest.mark.parametrize("kind", sorted(INPUTS))
def test_every_setting_of_an_input_is_kept_or_told(tmp_path: Path, kind: str) -> None:
    silent = []
    for name, value in INPUTS[kind].items():
        beside = {k: v for k, v in ON.get(name, {}).items() if k in INPUTS[kind]}
        usual = imported(tmp_path, kind, beside)
        if imported(tmp_path, kind, {**beside, name: value}) == usual:
            silent.append(name)
    assert not silent


@pytest.mark.parametrize("kind", sorted(FILTERS))
def test_every_setting_of_a_filter_is_kept_or_told(tmp_path: Path, kind: str) -> None:
    silent = []
    for name, value in FILTERS[kind].items():
        beside = {k: FILTERS[kind][k] for k in ON.get(name, {}) if k in FILTERS[kind]}
        usual = imported(tmp_path, "image_source", beside, kind)
        if imported(tmp_path, "image_source", {**beside, name: value}, kind) == usual:
            silent.append(name)
    assert not silent


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("push-to-talk", True), ("push-to-mute", True), ("mixers", 2), ("flags", 2),
        ("enabled", False), ("monitoring_type", 1), ("volume", 0.5),
        ("muted", True), ("balance", 0.1), ("sync", 50_000_000), ("sync", -50_000_000),
        ("monitoring_type", 2), ("sync", 9_000_000_000),
        ("hotkeys", {"mute": [{"key": "OBS_KEY_M"}]}), ("filters", [{"id": "x", "name": "y"}]),
    ],
)  # fmt: skip
def test_what_is_set_of_a_source_itself_is_kept_or_told(
    tmp_path: Path, field: str, value: Any
) -> None:
    def read(**more: Any) -> Any:
        mic = source("it", "ffmpeg_source", {"local_file": ""}, **more)
        path = tmp_path / "x.json"
        path.write_text(json.dumps({"sources": [mic, scene("A", item("it", 1))]}))
        found = read_collection(path, (1920, 1080), lambda spec: (640.0, 480.0))
        return found.strips, found.unmatched

    assert read(**{field: value}) != read()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scale_filter", "lanczos"), ("blend_method", "srgb_off"), ("blend_type", "screen"),
        ("visible", False), ("locked", True), ("rot", 20.0), ("align", 10), ("crop_left", 20),
        ("bounds_type", 2), ("show_transition", {"id": "fade_transition"}),
        ("hide_transition", {"id": "fade_transition"}), ("scale", {"x": 2.0, "y": 1.0}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_group", [False, True])
def test_what_is_set_of_an_item_is_kept_or_told(
    tmp_path: Path, field: str, value: Any, is_group: bool
) -> None:
    inner = source("G", "group", {"cx": 400, "cy": 300, "items": [item("it", 1)]})

    def read(**more: Any) -> Any:
        entry = item("G" if is_group else "it", 1, bounds={"x": 300.0, "y": 99.0}, **more)
        data = {"sources": [source("it", "image_source"), scene("A", entry)], "groups": [inner]}
        path = tmp_path / "x.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        found = read_collection(path, (1920, 1080), lambda spec: (640.0, 480.0))
        return found.scenes[0].items, found.unmatched

    assert read(**{field: value}) != read()


def test_a_default_that_obs_wrote_down_is_no_loss(tmp_path: Path) -> None:
    usual = {"unload": False, "linear_alpha": False}
    assert imported(tmp_path, "image_source", usual)[1] == imported(tmp_path, "image_source", {})[1]


def test_the_tables_hold_every_kind_there_is() -> None:
    bases = {kind.partition("_v")[0] if kind[-1].isdigit() else kind for kind in INPUTS}
    assert set(known_kinds(unversioned=True)) <= bases | set(INPUTS)
    assert all(from_obs(kind, {}) for kind in INPUTS)
    assert set(known_filters()) <= set(FILTERS)
