"""Inputs of OBS Studio in our words: for its controllers and its scene collections.

Names and units are those of obs-studio 30 (``plugins/image-source``, ``obs-ffmpeg``,
``text-freetype2``, ``obs-text``, ``win-capture``, ``linux-capture``, ``mac-capture`` and others).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from studio.core.foreign import number, obs_colour

Settings = dict[str, Any]


class _Word(NamedTuple):
    """One of our settings: from which of OBS's it comes, and how; None leaves it out."""

    ours: str
    theirs: str
    read: Callable[[Settings], Any]


class _Kind(NamedTuple):
    """One of our kinds as OBS writes it.

    Attributes:
        unused: settings of OBS that mean nothing here.
    """

    ours: str
    words: tuple[_Word, ...] = ()
    unused: str = ""


def from_obs(kind: str, settings: Settings) -> tuple[str, Settings] | None:
    """An OBS input as one of ours.

    Args:
        kind: OBS's id, with or without its ``_v2``.
        settings: OBS's settings; what is left out has OBS's default.

    Returns:
        Our kind and settings, or None when there is nothing like it here.
    """
    found = _KINDS.get(_unversioned(kind))
    if found is None:
        return None
    one = found[-1] if settings.get("is_local_file") is False else found[0]
    made = {word.ours: word.read(settings) for word in one.words}
    return one.ours, {name: value for name, value in made.items() if value is not None}


def ours_of(kind: str) -> frozenset[str]:
    """Which of our kinds an OBS kind may become; none when there is nothing like it."""
    return frozenset(one.ours for one in _KINDS.get(_unversioned(kind), ()))


def changes_from_obs(ours: str, given: Settings, fields: frozenset[str]) -> Settings:
    """New settings of one of our inputs, as a client of OBS may write them.

    Only what is given is changed. A name that is one of ours is taken as ours, unless its value
    is an object or a list of objects, as OBS writes fonts and lists of files.

    Args:
        ours: our kind.
        fields: names of the settings of this kind.

    Returns:
        The settings in our words; names neither side knows are left in, to be refused.
    """
    theirs = {name for name in given if name not in fields or _is_theirs(given[name])}
    made = {name: value for name, value in given.items() if name not in theirs}
    known: set[str] = set()
    for one in {one for kinds in _KINDS.values() for one in kinds if one.ours == ours}:
        known |= set(one.unused.split()) | {n for w in one.words for n in w.theirs.split()}
        for word in one.words:
            if theirs & set(word.theirs.split()):
                value = word.read(given)
                if value is not None:
                    made.setdefault(word.ours, value)
    return made | {name: given[name] for name in theirs if name not in known}


def known_kinds(unversioned: bool = False) -> list[str]:
    """OBS's kinds that have a counterpart, as OBS lists them."""
    if unversioned:
        return sorted(_KINDS)
    return sorted(name + _VERSIONS.get(name, "") for name in _KINDS)


# OBS's own marks: what it writes for a new input of today.
_VERSIONS = {
    "color_source": "_v3",
    "text_gdiplus": "_v3",
    "text_ft2_source": "_v2",
    "slideshow": "_v2",
}


def _unversioned(kind: str) -> str:
    base, mark, number = kind.rpartition("_v")
    return base if mark and number.isdigit() else kind


def _is_theirs(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) for one in value)
    return isinstance(value, dict)


def _text(settings: Settings, *names: str) -> str:
    """The first of these that is a text and not empty."""
    for name in names:
        value = settings.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _number(settings: Settings, name: str, default: float, low: float, high: float) -> float:
    return number(settings.get(name, default), default, low, high)


def _colour(settings: Settings, default: str, *names: str) -> str:
    """OBS writes colours as 0xAABBGGRR."""
    for name in names:
        value = settings.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return obs_colour(value)
    return default


def _flag(settings: Settings, name: str, default: bool) -> bool:
    value = settings.get(name)
    return value if isinstance(value, bool) else default


def _pixels(s: Settings, name: str) -> int | None:
    return round(_number(s, name, 0, 0, 7680)) if name in s else None


def _path(name: str, *more: str) -> _Word:
    return _Word("path", " ".join((name, *more)), lambda s: _text(s, name, *more))


def _files(name: str) -> _Word:
    def read(s: Settings) -> list[str]:
        found = s.get(name)
        entries = found if isinstance(found, list) else []
        return [text for one in entries if isinstance(one, dict) and (text := _text(one, "value"))]

    return _Word("files", name, read)


def _font(s: Settings) -> Settings:
    found = s.get("font")
    return found if isinstance(found, dict) else {}


def _outline(s: Settings) -> int:
    if not _flag(s, "outline", False):
        return 0
    return round(_number(s, "outline_size", 2, 0, 40))


def _ground(s: Settings) -> str:
    return _colour(s, "", "bk_color") if _number(s, "bk_opacity", 0, 0, 100) >= 50 else ""


def _words_file(s: Settings) -> str:
    is_from_file = _flag(s, "read_from_file", False) or _flag(s, "from_file", False)
    return _text(s, "file", "text_file") if is_from_file else ""


def _wrap(s: Settings) -> int:
    if _flag(s, "extents", False) and _flag(s, "extents_wrap", True):
        return round(_number(s, "extents_cx", 0, 0, 3840))
    return round(_number(s, "custom_width", 0, 0, 3840)) if _flag(s, "word_wrap", False) else 0


def _speed(s: Settings) -> float | None:
    return _number(s, "speed_percent", 100, 50, 200) / 100 if "speed_percent" in s else None


def _on_show(s: Settings) -> str | None:
    if "restart_on_activate" not in s:
        return None
    return "restart" if _flag(s, "restart_on_activate", True) else "follow"


def _device(s: Settings) -> str:
    """Of Windows' "Name:\\\\path": the name."""
    device = _text(s, "video_device_id", "device_id", "device")
    return device.split(":")[0] if ":" in device and "\\" in device else device


def _side(at: int, most: int) -> Callable[[Settings], int | None]:
    def read(s: Settings) -> int | None:
        size = _text(s, "resolution").split("x")
        if len(size) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 6 for p in size):
            return None
        return min(most, max(16, int(size[at])))

    return read


def _title(s: Settings) -> str:
    """A window's title out of "Title:Class:program" or "number CR LF title CR LF class"."""
    found = _text(s, "window_name")
    if not found:
        found = _text(s, "capture_window", "window")
        lines = found.splitlines()
        if len(lines) > 1:
            return lines[1]
        parts = found.split(":")
        found = parts[0] if len(parts) >= 3 else found
    return found.replace("#3A", ":").replace("#22", "#")


_CURSOR = _Word(
    "cursor",
    "capture_cursor show_cursor cursor",
    lambda s: all(_flag(s, n, True) for n in ("capture_cursor", "show_cursor", "cursor")),
)
_TEXT = _Kind(
    "text",
    (
        _Word("text", "text", lambda s: _text(s, "text")),
        _Word("size", "font", lambda s: round(_number(_font(s), "size", 64, 8, 400))),
        _Word("font", "font", lambda s: _text(_font(s), "face") or None),
        _Word(
            "weight",
            "font",
            lambda s: 700 if int(_number(_font(s), "flags", 0, 0, 99)) & 1 else 400,
        ),
        _Word("colour", "color color1", lambda s: _colour(s, "#ffffff", "color", "color1")),
        _Word("outline", "outline outline_size", _outline),
        _Word("outline_colour", "outline_color", lambda s: _colour(s, "#000000", "outline_color")),
        _Word("shadow", "drop_shadow", lambda s: _flag(s, "drop_shadow", False)),
        _Word("background", "bk_color bk_opacity", _ground),
        _Word(
            "align",
            "align",
            lambda s: {"center": "centre", "right": "right"}.get(_text(s, "align"), "left"),
        ),
        _Word("file", "read_from_file from_file file text_file", _words_file),
        _Word("wrap", "extents extents_cx extents_wrap custom_width word_wrap", _wrap),
        _Word("is_vertical", "vertical", lambda s: _flag(s, "vertical", False)),
    ),
    "antialiasing chatlog chatlog_lines color2 extents_cy gradient gradient_color gradient_dir "
    "gradient_opacity log_mode log_lines opacity outline_opacity transform valign",
)
_CLIP = _Kind(
    "clip",
    (
        _path("local_file"),
        _Word("loop", "looping", lambda s: _flag(s, "looping", False)),
        _Word("speed", "speed_percent", _speed),
        _Word("on_show", "restart_on_activate", _on_show),
    ),
    "buffering_mb clear_on_media_end close_when_inactive color_range ffmpeg_options full_decode "
    "hw_decode is_local_file is_stinger linear_alpha log_changes seekable",
)
_STREAM = _Kind(
    "stream",
    (_Word("url", "input", lambda s: _text(s, "input")),),
    _CLIP.unused + " input_format looping reconnect_delay_sec restart_on_activate speed_percent",
)
_CAMERA = _Kind(
    "camera",
    (
        _Word("device", "video_device_id device_id device", _device),
        _Word("width", "resolution", _side(0, 7680)),
        _Word("height", "resolution", _side(1, 4320)),
    ),
    "active audio_device_id audio_output_mode auto_reset autorotation buffering color_range "
    "color_space color_standard dv_timing flip_vertically frame_interval framerate hw_decode input "
    "last_resolution last_video_device_id pixelformat preset res_type standard timeout_frames "
    "use_custom_audio_device use_preset video_format",
)
_SCREEN = _Kind(
    "screen",
    (
        _CURSOR,
        _Word("display", "server display", lambda s: _display(s)),
    ),
    "advanced color_space cut_bot cut_left cut_right cut_top display_uuid force_sdr hide_obs "
    "method monitor monitor_id monitor_wgc screen type",
)
_WINDOW = _Kind(
    "screen",
    (
        _Word("what", "window capture_window window_name", lambda s: "window"),
        _Word("window", "window capture_window window_name", _title),
        _CURSOR,
    ),
    "client_area capture_audio compatibility cut_bot cut_left cut_right cut_top exclude_alpha "
    "include_border method owner_name priority show_shadow swap_redblue window_owner",
)


def _display(s: Settings) -> str | None:
    """An X server, or the number of a Mac's display."""
    number = s.get("display")
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 64:
        return str(number)
    return _text(s, "server") or None


def _sound(ours: str) -> _Kind:
    """OBS names sound devices by the system's ids, which are not names: the default is taken."""
    return _Kind(ours, (), "device_id enable_downmix use_device_timing")


_KINDS: dict[str, tuple[_Kind, ...]] = {
    "image_source": (_Kind("image", (_path("file"),), "linear_alpha unload"),),
    "color_source": (
        _Kind(
            "colour",
            (
                _Word("top", "color", lambda s: _colour(s, "#d1d1d1", "color")),
                _Word("bottom", "", lambda s: ""),
                _Word("width", "width", lambda s: _pixels(s, "width")),
                _Word("height", "height", lambda s: _pixels(s, "height")),
            ),
        ),
    ),
    "text_gdiplus": (_TEXT,),
    "text_ft2_source": (_TEXT,),
    "ffmpeg_source": (_CLIP, _STREAM),
    "vlc_source": (
        _Kind(
            "playlist",
            (
                _files("playlist"),
                _Word("loop", "loop", lambda s: _flag(s, "loop", True)),
                _Word("shuffle", "shuffle", lambda s: _flag(s, "shuffle", False)),
            ),
            "network_caching playback_behavior subtitle subtitle_enable track",
        ),
    ),
    "slideshow": (
        _Kind(
            "slide_show",
            (
                _files("files"),
                _Word(
                    "seconds",
                    "slide_time",
                    lambda s: _number(s, "slide_time", 8000, 200, 3_600_000) / 1000,
                ),
                _Word(
                    "fade_ms",
                    "transition transition_speed",
                    lambda s: (
                        0
                        if _text(s, "transition") == "cut"
                        else round(_number(s, "transition_speed", 700, 0, 5000))
                    ),
                ),
                _Word("loop", "loop", lambda s: _flag(s, "loop", True)),
                _Word("shuffle", "randomize", lambda s: _flag(s, "randomize", False)),
            ),
            "hide playback_behavior slide_mode use_custom_size",
        ),
    ),
    "dshow_input": (_CAMERA,),
    "v4l2_input": (_CAMERA,),
    "av_capture_input": (_CAMERA,),
    "macos-avcapture": (_CAMERA,),
    "wasapi_input_capture": (_sound("microphone"),),
    "pulse_input_capture": (_sound("microphone"),),
    "alsa_input_capture": (_sound("microphone"),),
    "coreaudio_input_capture": (_sound("microphone"),),
    "wasapi_output_capture": (_sound("desktop_sound"),),
    "pulse_output_capture": (_sound("desktop_sound"),),
    "coreaudio_output_capture": (_sound("desktop_sound"),),
    "monitor_capture": (_SCREEN,),
    "xshm_input": (_SCREEN,),
    "display_capture": (_SCREEN,),
    "screen_capture": (_SCREEN,),
    "window_capture": (_WINDOW,),
    "xcomposite_input": (_WINDOW,),
}
