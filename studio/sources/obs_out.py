"""Our inputs as the OBS Studio of this system names them: what its controllers look for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from studio.core.foreign import split_version
from studio.sources.obs import known_kinds
from studio.sources.obs_kinds import KINDS
from studio.sources.obs_reading import Settings

SYSTEMS = ("win32", "darwin", "linux")
"""In the order of the kinds below; what is none of them counts as Linux."""
OUT: dict[str, tuple[str, str, str]] = {
    "image": ("image_source",) * 3,
    "colour": ("color_source_v3",) * 3,
    "text": ("text_gdiplus_v3", "text_ft2_source_v2", "text_ft2_source_v2"),
    "clip": ("ffmpeg_source",) * 3,
    "stream": ("ffmpeg_source",) * 3,
    "playlist": ("vlc_source",) * 3,
    "slide_show": ("slideshow_v2",) * 3,
    "camera": ("dshow_input", "macos-avcapture", "v4l2_input"),
    "microphone": (
        "wasapi_input_capture",
        "coreaudio_input_capture",
        "pulse_input_capture",
    ),
    "desktop_sound": (
        "wasapi_output_capture",
        "coreaudio_output_capture",
        "pulse_output_capture",
    ),
    "screen": ("monitor_capture", "screen_capture", "xshm_input_v2"),
}
WINDOWS = ("window_capture", "window_capture", "xcomposite_input")


def obs_kind(ours: str, settings: Settings, system: str = sys.platform) -> str:
    """OBS's id of one of our inputs; our own where OBS has nothing like it."""
    kinds = OUT.get(ours)
    if kinds is None:
        return ours
    if ours == "screen" and settings.get("what") == "window":
        kinds = WINDOWS
    return kinds[SYSTEMS.index(system) if system in SYSTEMS else -1]


def is_of_kind(ours: str, settings: Settings, wanted: str) -> bool:
    """Is one of our inputs of a kind that a client names: ours, or any of OBS's like it?"""
    kinds = {known_kind.ours for known_kind in KINDS.get(split_version(wanted)[0], ())}
    return wanted in (ours, obs_kind(ours, settings)) or ours in kinds


def obs_settings(ours: str, settings: Settings, system: str = sys.platform) -> Settings:
    """What is set of one of our inputs, as OBS writes it, and as we do: both may be set again.

    A font, a name that both have, is in OBS's form.
    """
    base = split_version(obs_kind(ours, settings, system))[0]
    made: Settings = {}
    for name, value in settings.items():
        write = WRITE.get((ours, name))
        if write is not None:
            made |= write(value)
    if ours == "text":
        made |= _words(settings, is_gdi=base == "text_gdiplus")
    if ours in ("clip", "stream") and made:
        made["is_local_file"] = ours == "clip"
    return {**settings, **made}


def obs_defaults(kind: str) -> Settings:
    """What OBS sets of a new input of one of its own kinds; {} for other kinds."""
    base, version = split_version(kind)
    found = KINDS.get(base)
    return found[0].usual(version) if found and kind in {base, *known_kinds()} else {}


def obs_number(colour: Any) -> int | None:
    """0xAABBGGRR, opaque, of "#rrggbb"."""
    if not isinstance(colour, str) or len(colour) != 7:
        return None
    try:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    except ValueError:
        return None
    return 0xFF000000 | blue << 16 | green << 8 | red


def _as(name: str, scale: float = 1) -> Callable[[Any], Settings]:
    def write(value: Any) -> Settings:
        if scale != 1 and isinstance(value, int | float):
            value = round(value * scale)
        return {name: value}

    return write


def _entry(path: Any) -> Settings:
    return {"value": path, "hidden": False, "selected": False}


def _list(name: str) -> Callable[[Any], Settings]:
    def write(value: Any) -> Settings:
        return {name: [_entry(path) for path in value]} if isinstance(value, list) else {}

    return write


def _folder(name: str) -> Callable[[Any], Settings]:
    return lambda value: {name: [_entry(value)]} if value else {}


def _colour(value: Any) -> Settings:
    number = obs_number(value)
    return {} if number is None else {"color": number}


def _words(settings: Settings, *, is_gdi: bool) -> Settings:
    made: Settings = {}
    bold = (
        int(settings.get("weight", 700) >= 600)
        if isinstance(settings.get("weight", 700), int)
        else 0
    )
    if {"font", "size", "weight"} & settings.keys():
        made["font"] = {
            "face": settings.get("font", ""),
            "size": settings.get("size", 64),
            "flags": bold,
            "style": "Bold" if bold else "Regular",
        }
    colour = obs_number(settings.get("colour"))
    if colour is not None:
        made |= {"color": colour} if is_gdi else {"color1": colour, "color2": colour}
    if "file" in settings:
        is_read = bool(settings["file"])
        made |= (
            {"read_from_file": is_read}
            if is_gdi
            else {"from_file": is_read, "text_file": settings["file"]}
        )
    if "outline" in settings:
        width = settings["outline"]
        made |= {"outline_size": width} if is_gdi else {}
    if "shadow" in settings and not is_gdi:
        made["drop_shadow"] = settings["shadow"]
    if "is_vertical" in settings and is_gdi:
        made["vertical"] = settings["is_vertical"]
    if "wrap" in settings and not is_gdi:
        made |= {"custom_width": settings["wrap"], "word_wrap": bool(settings["wrap"])}
    return made


WRITE: dict[tuple[str, str], Callable[[Any], Settings]] = {
    ("image", "path"): _as("file"),
    ("colour", "top"): _colour,
    ("clip", "path"): _as("local_file"),
    ("clip", "loop"): _as("looping"),
    ("clip", "speed"): _as("speed_percent", 100),
    ("clip", "on_show"): lambda value: {"restart_on_activate": value == "restart"},
    ("clip", "clear_at_end"): _as("clear_on_media_end"),
    ("stream", "url"): _as("input"),
    ("playlist", "files"): _list("playlist"),
    ("playlist", "folder"): _folder("playlist"),
    ("slide_show", "seconds"): _as("slide_time", 1000),
    ("slide_show", "fade_ms"): _as("transition_speed"),
    ("slide_show", "shuffle"): _as("randomize"),
    ("camera", "device"): _as("device_id"),
    ("microphone", "device"): _as("device_id"),
    ("desktop_sound", "device"): _as("device_id"),
    ("screen", "cursor"): _as("show_cursor"),
    ("screen", "display"): _as("server"),
}
"""How a setting of ours is written, by kind; `_words` has those of texts."""
