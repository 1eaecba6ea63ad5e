"""Our inputs as the OBS Studio of this system names them: what its controllers look for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from studio.core.clean import write_json
from studio.core.foreign import is_near, obs_number, split_version
from studio.sources.obs import from_obs, known_kinds
from studio.sources.obs_kinds import KINDS
from studio.sources.obs_reading import BEHAVIOURS, Settings

SYSTEMS = ("win32", "darwin", "linux")
"""In the order of the kinds below; what is none of them counts as Linux."""
OUT: dict[str, tuple[str, str, str]] = {
    "image": ("image_source",) * 3,
    "colour": ("color_source_v3",) * 3,
    "text": ("text_gdiplus_v3", "text_ft2_source_v2", "text_ft2_source_v2"),
    "browser": ("browser_source",) * 3,
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
STYLES = {
    100: "Thin", 200: "ExtraLight", 300: "Light", 400: "Regular", 500: "Medium",
    600: "SemiBold", 700: "Bold", 800: "ExtraBold", 900: "Black",
}  # fmt: skip
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

    Names that both have (font, outline, align) are in OBS's form.
    """
    made: Settings = {}
    for name, value in settings.items():
        write = WRITE.get((ours, name))
        if write is not None:
            made |= write(value)
    if ours == "colour" and "color" in made and _is_number(settings.get("opacity")):
        made["color"] &= 0xFFFFFF
        made["color"] |= round(settings["opacity"] * 255) << 24
    if ours == "text":
        made |= _words(settings)
    if ours == "camera":
        made |= _mode(settings, system)
    if ours == "slide_show":
        made |= _slides(settings)
    if ours in ("clip", "stream") and made:
        made["is_local_file"] = ours == "clip"
    return {**settings, **made}


def bent_settings(kind: str, settings: Settings) -> list[tuple[str, Any]]:
    """Names and values of an OBS input's settings that lie beyond what ours can."""
    found = from_obs(kind, settings)
    if found is None:
        return []
    told, bent = obs_settings(*found), []
    for name, value in settings.items():
        if name == "font" and isinstance(value, dict):
            size = told.get("font", {}).get("size")
            bent += [] if is_near(value.get("size"), size) else [(name, value)]
        elif name in told and "color" not in name and not is_near(value, told[name]):
            bent.append((name, value))
    return bent


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def obs_defaults(kind: str) -> Settings:
    """What OBS sets of a new input of one of its own kinds; {} for other kinds."""
    base, version = split_version(kind)
    found = KINDS.get(base)
    return found[0].usual(version) if found and kind in {base, *known_kinds()} else {}


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


def _mode(settings: Settings, system: str) -> Settings:
    """Size and rate of a camera, as each system's own kind writes them."""
    made: Settings = {}
    wide, high, fps = (settings.get(name) for name in ("width", "height", "fps"))
    if isinstance(wide, int) and isinstance(high, int) and wide > 0 < high:
        packed, words = wide << 16 | high, f"{wide}x{high}"
        made["resolution"] = (
            words if system == "win32" else packed if system != "darwin"
            else write_json({"width": wide, "height": high})
        )  # fmt: skip
        if system == "win32":
            made["res_type"] = 1
        elif system == "darwin":
            made["use_preset"] = False
    if isinstance(fps, int) and fps > 0:
        if system == "win32":
            made["frame_interval"] = round(1e7 / fps)
        elif system == "darwin":
            made["frame_rate"] = {"numerator": fps, "denominator": 1}
        else:
            made["framerate"] = 1 << 16 | fps
    return made


def _slides(settings: Settings) -> Settings:
    made: Settings = {}
    paths = settings.get("files") or ([settings["folder"]] if settings.get("folder") else [])
    if isinstance(paths, list) and paths:
        made["files"] = [_entry(path) for path in paths]
    if settings.get("width") and settings.get("height"):
        made["use_custom_size"] = f"{settings['width']}x{settings['height']}"
    if {"loop", "shuffle"} & settings.keys():
        is_loop = settings.get("loop", True)
        made["playback_mode"] = (
            "random" if settings.get("shuffle") else "loop" if is_loop else "once"
        )
    return made


def _words(settings: Settings) -> Settings:
    """A text in the words of both of OBS's kinds; names that ours has too are in OBS's form."""
    made: Settings = {}
    if {"font", "size", "weight"} & settings.keys():
        weight = settings.get("weight", 700)
        bold = int(_is_number(weight) and weight >= 600)
        made["font"] = {
            "face": settings.get("font", ""),
            "size": settings.get("size", 64),
            "flags": bold,
            "style": STYLES.get(
                weight if _is_number(weight) else 700, "Bold" if bold else "Regular"
            ),
        }
    colour = obs_number(settings.get("colour"))
    if colour is not None:
        made |= {"color": colour, "color1": colour, "color2": colour}
    if "file" in settings:
        is_read = bool(settings["file"])
        made |= {"read_from_file": is_read, "from_file": is_read, "text_file": settings["file"]}
    if "outline" in settings:
        made["outline"] = bool(settings["outline"])
        made |= {"outline_size": settings["outline"]} if settings["outline"] else {}
    edge = obs_number(settings.get("outline_colour"))
    if edge is not None:
        made["outline_color"] = edge
    ground = obs_number(settings.get("background"))
    if "background" in settings:
        made |= {"bk_opacity": 100 if ground is not None else 0}
        made |= {} if ground is None else {"bk_color": ground}
    if "align" in settings:
        made["align"] = "center" if settings["align"] == "centre" else settings["align"]
    if "shadow" in settings:
        made["drop_shadow"] = settings["shadow"]
    if "is_vertical" in settings:
        made["vertical"] = settings["is_vertical"]
    if "wrap" in settings:
        wide, is_on = settings["wrap"], bool(settings["wrap"])
        made |= {"custom_width": wide, "word_wrap": is_on, "extents": is_on, "extents_wrap": True}
        made |= {"extents_cx": wide} if is_on else {}
    return made


def _behaviour(value: Any) -> Settings:
    value = {"restart": "on_air", "pause": "on_air_pause"}.get(value, value)  # theirs: on air alone
    found = next((theirs for theirs, ours in BEHAVIOURS.items() if ours == value), None)
    return {"playback_behavior": found} if found else {}


WRITE: dict[tuple[str, str], Callable[[Any], Settings]] = {
    ("image", "path"): _as("file"),
    ("colour", "top"): _colour,
    ("clip", "path"): _as("local_file"),
    ("clip", "loop"): _as("looping"),
    ("clip", "speed"): _as("speed_percent", 100),
    ("clip", "on_show"): lambda value: {"restart_on_activate": value in ("restart", "on_air")},
    ("clip", "clear_at_end"): _as("clear_on_media_end"),
    ("browser", "file"): lambda value: {"local_file": value, "is_local_file": bool(value)},
    ("browser", "closes_unseen"): _as("shutdown"),
    ("browser", "reloads_shown"): _as("restart_when_active"),
    ("browser", "fps"): lambda value: {"fps_custom": value != 30},
    ("stream", "url"): _as("input"),
    ("playlist", "files"): _list("playlist"),
    ("playlist", "folder"): _folder("playlist"),
    ("playlist", "on_show"): _behaviour,
    ("slide_show", "on_show"): _behaviour,
    ("slide_show", "seconds"): _as("slide_time", 1000),
    ("slide_show", "fade_ms"): _as("transition_speed"),
    ("slide_show", "shuffle"): _as("randomize"),
    ("camera", "device"): lambda value: {"device_id": value, "video_device_id": value},
    ("microphone", "device"): lambda value: {"device_id": value or "default"},
    ("desktop_sound", "device"): lambda value: {"device_id": value or "default"},
    ("screen", "cursor"): lambda value: {"show_cursor": value, "capture_cursor": value},
    ("screen", "window"): _as("capture_window"),
    ("screen", "display"): _as("server"),
}
"""How a setting of ours is written, by kind; `_words` has those of texts."""
