"""The inputs of OBS Studio and all their settings, in our words.

Names, units and defaults are those of obs-studio 30 (``plugins/image-source``, ``obs-ffmpeg``,
``text-freetype2``, ``obs-text``, ``win-capture``, ``linux-capture``, ``mac-capture`` and others).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.clean import read_json
from studio.core.foreign import number, obs_colour

Settings = dict[str, Any]


class Word(NamedTuple):
    """One of our settings: from which of OBS's it comes, and how; None leaves it out."""

    ours: str
    theirs: str
    read: Callable[[Settings], Any]


def _all_kept(settings: Settings) -> tuple[str, ...]:
    return ()


class InputKind(NamedTuple):
    """One of our kinds as OBS writes it.

    Attributes:
        defaults: every setting that OBS knows, with the value it has where nothing is said.
        since: the defaults that another version has, by its number.
        bent: names of settings that are read, but whose values here mean nothing.
    """

    ours: str
    words: tuple[Word, ...] = ()
    defaults: Mapping[str, Any] = {}
    since: Mapping[int, Mapping[str, Any]] = {}
    bent: Callable[[Settings], tuple[str, ...]] = _all_kept

    @property
    def kept(self) -> frozenset[str]:
        """The names of OBS's settings that are read."""
        return frozenset(name for word in self.words for name in word.theirs.split())

    def usual(self, version: int) -> Settings:
        """The defaults of a version, 1 for a kind without a mark."""
        found = dict(self.defaults)
        for since in sorted(self.since):
            if since <= version:
                found |= self.since[since]
        return found


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


def _pixels(name: str) -> Word:
    return Word(name, name, lambda s: round(_number(s, name, 0, 0, 7680)) if s.get(name) else None)


def _path(name: str, *more: str) -> Word:
    return Word("path", " ".join((name, *more)), lambda s: _text(s, name, *more))


def _entries(s: Settings, name: str) -> list[str]:
    found = s.get(name)
    entries = found if isinstance(found, list) else []
    return [text for one in entries if isinstance(one, dict) and (text := _text(one, "value"))]


def is_address(path: str) -> bool:
    """Is it the address of a stream rather than a file's path?"""
    scheme, mark, _ = path.partition("://")
    return bool(mark) and scheme.isalnum() and len(scheme) > 1 and scheme.lower() != "file"


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # too long, or no path at all
        return False


def _folder(name: str) -> Word:
    """The first folder of a list; ours has one."""
    return Word("folder", name, lambda s: next(filter(_is_folder, _entries(s, name)), None))


def _files(name: str) -> Word:
    return Word(
        "files",
        name,
        lambda s: [one for one in _entries(s, name) if not (_is_folder(one) or is_address(one))],
    )


def _lost_entries(name: str) -> Callable[[Settings], tuple[str, ...]]:
    """Streams in a list of files, and folders beyond the first."""

    def read(s: Settings) -> tuple[str, ...]:
        found = _entries(s, name)
        folders = [one for one in found if _is_folder(one)]
        is_lost = len(folders) > 1 or any(is_address(one) for one in found)
        return (name,) if is_lost else ()

    return read


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


def _on_show(s: Settings) -> str:
    return "restart" if _flag(s, "restart_on_activate", True) else "follow"


def _device(s: Settings) -> str:
    """Of Windows' "Name:\\\\path": the name."""
    device = _text(s, "device_name", "video_device_id", "device_id", "device")
    return device.split(":")[0] if ":" in device and "\\" in device else device


def _resolution(s: Settings) -> tuple[int, int] | None:
    """Width and height out of "1280x720", of V4L2's width << 16 | height, or of a Mac's JSON."""
    given = s.get("resolution")
    if isinstance(given, int) and not isinstance(given, bool):
        return _size(given >> 16, given & 0xFFFF) if given > 0 else None
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = read_json(given)
        except (ValueError, RecursionError):
            return None
    if isinstance(given, dict):
        return _size(given.get("width"), given.get("height"))
    found = _sides(given) or (
        _sides(_text(s, "preset").removeprefix("AVCaptureSessionPreset"))
        if _flag(s, "use_preset", False)
        else None
    )
    return _size(*found) if found else None


def _sides(text: Any) -> tuple[int, int] | None:
    parts = text.split("x") if isinstance(text, str) else []
    if len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
        return int(parts[0]), int(parts[1])
    return None


def _size(width: Any, height: Any) -> tuple[int, int] | None:
    wide, high = number(width, 0), number(height, 0)
    return (
        (round(min(7680, max(16, wide))), round(min(4320, max(16, high))))
        if wide > 0 < high
        else None
    )


def _side(at: int) -> Callable[[Settings], int | None]:
    def read(s: Settings) -> int | None:
        found = _resolution(s)
        return found[at] if found else None

    return read


def _fps(s: Settings) -> int | None:
    """Of V4L2's interval, a << 16 | b for a/b s; DirectShow's, in 100 ns; a Mac's fraction."""
    packed, interval, rate = s.get("framerate"), s.get("frame_interval"), s.get("frame_rate")
    found = 0.0
    if isinstance(packed, int) and not isinstance(packed, bool) and packed > 0:
        found = (packed & 0xFFFF) / max(1, packed >> 16)
    elif isinstance(interval, int) and not isinstance(interval, bool) and interval > 0:
        found = 1e7 / interval
    elif isinstance(rate, dict):
        found = number(rate.get("numerator"), 0) / max(1.0, number(rate.get("denominator"), 1))
    else:
        found = number(rate, 0)
    return round(min(240.0, max(1.0, found))) if found > 0 else None


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


def _display(s: Settings) -> str | None:
    """An X server, or the number of a Mac's display."""
    number = s.get("display")
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 64:
        return str(number)
    return _text(s, "server") or None


def _bent_text(s: Settings) -> tuple[str, ...]:
    lost = []
    if 0 < _number(s, "bk_opacity", 0, 0, 100) < 100:
        lost.append("bk_opacity")  # ours is there or not
    colour = s.get("color1")
    if isinstance(colour, int) and not isinstance(colour, bool) and colour >> 24 & 255 < 255:
        lost.append("color1")  # half transparent
    flags = int(_number(_font(s), "flags", 0, 0, 99))
    if flags & ~1:
        lost.append("font")  # italic, underlined, struck out
    return tuple(lost)


def _bent_slides(s: Settings) -> tuple[str, ...]:
    lost = list(_lost_entries("files")(s))
    if _text(s, "transition") in ("swipe", "slide"):
        lost.append("transition")
    if _text(s, "slide_mode") == "mode_manual":
        lost.append("slide_mode")
    if _text(s, "use_custom_size") not in ("", "Automatic") and not _custom(s):
        lost.append("use_custom_size")  # a shape, no size
    return tuple(lost)


def _custom(s: Settings) -> tuple[int, int] | None:
    return _sides(_text(s, "use_custom_size"))


def _custom_side(at: int) -> Callable[[Settings], int | None]:
    def read(s: Settings) -> int | None:
        found = _custom(s)
        return min(3840, found[at]) if found else None

    return read


def _slide_seconds(s: Settings) -> float:
    if _text(s, "slide_mode") == "mode_manual":
        return 3600.0  # by hand alone; told
    return _number(s, "slide_time", 8000, 200, 3_600_000) / 1000


def _play_mode(s: Settings, mode: str, old: str, default: bool) -> bool:
    told = _text(s, "playback_mode")
    return told == mode if told else _flag(s, old, default)


def _bent_screen(s: Settings) -> tuple[str, ...]:
    """Which of several screens; one window or program instead of a screen."""
    lost = [name for name in ("monitor", "screen") if _number(s, name, 0, 0, 99) > 0]
    if _text(s, "monitor_id") not in ("", "DUMMY"):
        lost.append("monitor_id")
    if _number(s, "type", 0, 0, 9) > 0:
        lost.append("type")
    return tuple(lost)


def _what(s: Settings) -> str | None:
    """A Mac's capture of a window (1) or program (2) is never the whole screen."""
    return "window" if _number(s, "type", 0, 0, 9) > 0 else None


_CURSOR = Word(
    "cursor",
    "capture_cursor show_cursor cursor",
    lambda s: all(_flag(s, n, True) for n in ("capture_cursor", "show_cursor", "cursor")),
)
_WORDS = (
    Word("text", "text", lambda s: _text(s, "text")),
    Word("size", "font", lambda s: round(_number(_font(s), "size", 64, 8, 400))),
    Word("font", "font", lambda s: _text(_font(s), "face") or None),
    Word("weight", "font", lambda s: 700 if int(_number(_font(s), "flags", 0, 0, 99)) & 1 else 400),
    Word("colour", "color color1", lambda s: _colour(s, "#ffffff", "color", "color1")),
    Word("outline", "outline outline_size", _outline),
    Word("outline_colour", "outline_color", lambda s: _colour(s, "#000000", "outline_color")),
    Word("shadow", "drop_shadow", lambda s: _flag(s, "drop_shadow", False)),
    Word("background", "bk_color bk_opacity", _ground),
    Word(
        "align",
        "align",
        lambda s: {"center": "centre", "right": "right"}.get(_text(s, "align"), "left"),
    ),
    Word("file", "read_from_file from_file file text_file", _words_file),
    Word("wrap", "extents extents_cx extents_wrap custom_width word_wrap", _wrap),
    Word("is_vertical", "vertical", lambda s: _flag(s, "vertical", False)),
)
_GDI = InputKind(
    "text",
    _WORDS,
    {
        "text": "", "file": "", "read_from_file": False, "font": {"face": "Arial", "size": 36},
        "color": 0xFFFFFF, "opacity": 100, "gradient": False, "gradient_color": 0xFFFFFF,
        "gradient_opacity": 100, "gradient_dir": 90.0, "bk_color": 0, "bk_opacity": 0,
        "align": "left", "valign": "top", "outline": False, "outline_color": 0xFFFFFF,
        "outline_opacity": 100, "outline_size": 2, "chatlog": False, "chatlog_lines": 6,
        "extents": False, "extents_wrap": True, "extents_cx": 100, "extents_cy": 100,
        "transform": 0, "antialiasing": True, "vertical": False,
    },
    {2: {"font": {"face": "Arial", "size": 256}}},
    _bent_text,
)  # fmt: skip
_FREETYPE = InputKind(
    "text",
    _WORDS,
    {
        "text": "", "text_file": "", "from_file": False, "log_mode": False, "log_lines": 6,
        "font": {"size": 32}, "color1": 0xFFFFFFFF, "color2": 0xFFFFFFFF, "outline": False,
        "drop_shadow": False, "custom_width": 0, "word_wrap": False, "antialiasing": True,
    },
    {2: {"font": {"size": 256}}},
    _bent_text,
)  # fmt: skip
_MEDIA = {
    "local_file": "", "is_local_file": True, "looping": False, "restart_on_activate": True,
    "close_when_inactive": False, "clear_on_media_end": True, "hw_decode": False,
    "buffering_mb": 2, "speed_percent": 100, "color_range": 0, "linear_alpha": False,
    "seekable": False, "input": "", "input_format": "", "reconnect_delay_sec": 10,
    "ffmpeg_options": "", "is_stinger": False, "is_track_matte": False, "log_changes": True,
    "full_decode": False,
}  # fmt: skip
_CLIP = InputKind(
    "clip",
    (
        _path("local_file"),
        Word("loop", "looping", lambda s: _flag(s, "looping", False)),
        Word("speed", "speed_percent", _speed),
        Word("on_show", "restart_on_activate", _on_show),
        Word("clear_at_end", "clear_on_media_end", lambda s: _flag(s, "clear_on_media_end", True)),
        Word("", "is_local_file", lambda s: None),
    ),
    _MEDIA,
)
_STREAM = InputKind(
    "stream",
    (
        Word("url", "input", lambda s: _text(s, "input")),
        Word("", "is_local_file", lambda s: None),
    ),
    _MEDIA,
)
_LIST = {
    "playlist": [], "loop": True, "shuffle": False, "playback_behavior": "stop_restart",
    "network_caching": 400, "track": 1, "subtitle_enable": False, "subtitle": 1,
}  # fmt: skip
_PLAYLIST = InputKind(
    "playlist",
    (
        _files("playlist"),
        _folder("playlist"),
        Word("loop", "loop", lambda s: _flag(s, "loop", True)),
        Word("shuffle", "shuffle", lambda s: _flag(s, "shuffle", False)),
    ),
    _LIST,
    bent=_lost_entries("playlist"),
)
_LISTED_STREAM = InputKind(
    "stream",
    (Word("url", "playlist", lambda s: next(filter(is_address, _entries(s, "playlist")), "")),),
    _LIST,
    bent=lambda s: ("playlist",) if len(_entries(s, "playlist")) > 1 else (),
)
_SLIDES = InputKind(
    "slide_show",
    (
        _files("files"),
        _folder("files"),
        Word("seconds", "slide_time slide_mode", _slide_seconds),
        Word(
            "fade_ms",
            "transition transition_speed",
            lambda s: (
                0
                if _text(s, "transition") == "cut"
                else round(_number(s, "transition_speed", 700, 0, 5000))
            ),
        ),
        Word("loop", "loop playback_mode", lambda s: _play_mode(s, "loop", "loop", True)),
        Word(
            "shuffle",
            "randomize playback_mode",
            lambda s: _play_mode(s, "random", "randomize", False),
        ),
        Word("width", "use_custom_size", _custom_side(0)),
        Word("height", "use_custom_size", _custom_side(1)),
    ),
    {
        "files": [], "slide_time": 8000, "transition": "fade", "transition_speed": 700,
        "loop": True, "randomize": False, "hide": False, "playback_behavior": "always_play",
        "slide_mode": "mode_auto", "use_custom_size": "",
    },
    {2: {"slide_time": 2000, "playback_behavior": "stop_restart"}},
    _bent_slides,
)  # fmt: skip
_CAMERA_WORDS = (
    Word("device", "device_name video_device_id device_id device", _device),
    Word("width", "resolution preset use_preset", _side(0)),
    Word("height", "resolution preset use_preset", _side(1)),
    Word("fps", "framerate frame_interval frame_rate", _fps),
    Word("", "res_type", lambda s: None),
)
_DSHOW = InputKind(
    "camera",
    _CAMERA_WORDS,
    {
        "video_device_id": "", "res_type": 0, "resolution": "", "frame_interval": -1,
        "video_format": 0, "color_space": "default", "color_range": "default", "buffering": 0,
        "flip_vertically": False, "autorotation": True, "hw_decode": False,
        "use_custom_audio_device": False, "audio_device_id": "", "audio_output_mode": 0,
        "active": True, "deactivate_when_not_showing": False,
    },
)  # fmt: skip
_V4L2 = InputKind(
    "camera",
    _CAMERA_WORDS,
    {
        "device_id": "", "input": -1, "pixelformat": -1, "standard": -1, "dv_timing": -1,
        "resolution": -1, "framerate": -1, "color_range": 0, "buffering": True,
        "auto_reset": False, "timeout_frames": 5,
    },
)  # fmt: skip
_MAC_CAMERA = InputKind(
    "camera",
    _CAMERA_WORDS,
    {
        "device": "", "device_name": "", "use_preset": True, "resolution": "",
        "preset": "AVCaptureSessionPresetHigh", "input_format": -1,
        "color_space": -1, "video_range": -1, "buffering": False, "enable_audio": True,
    },
)  # fmt: skip
_CUTS = {"cut_left": 0, "cut_top": 0, "cut_right": 0, "cut_bot": 0}
_SCREEN = InputKind(
    "screen",
    (
        _CURSOR,
        Word("what", "type", _what),
        Word("display", "server display", _display),
        Word("", "monitor screen monitor_id", lambda s: None),
    ),
    {
        "monitor": 0, "monitor_id": "", "monitor_wgc": 0, "method": 0, "capture_cursor": True,
        "compatibility": False, "force_sdr": False, "screen": 0, "show_cursor": True,
        "advanced": False, "server": "", **_CUTS, "display_uuid": "", "type": 0,
        "window": 0, "application": "", "hide_obs": False, "crop_mode": 0, "owner_name": "",
        "window_name": "", "show_empty_names": False, "show_hidden_windows": False,
        "capture_audio": False,
    },
    bent=_bent_screen,
)  # fmt: skip
_WINDOW = InputKind(
    "screen",
    (
        Word("what", "window capture_window window_name", lambda s: "window"),
        Word("window", "window capture_window window_name", _title),
        _CURSOR,
    ),
    {
        "window": "", "capture_window": "", "window_name": "", "owner_name": "",
        "window_owner": "", "method": 0, "priority": 2, "cursor": True, "show_cursor": True,
        "client_area": True, "compatibility": False, "capture_audio": False, "force_sdr": False,
        **_CUTS, "include_border": False, "exclude_alpha": False, "swap_redblue": False,
        "show_shadow": False, "show_empty_names": False,
    },
)  # fmt: skip


def _sound(ours: str) -> InputKind:
    """OBS names sound devices by the system's ids, which are not names: the default is taken."""
    known = {
        "device_id": "default",
        "use_device_timing": ours == "desktop_sound",
        "enable_downmix": False,
    }
    return InputKind(ours, (Word("", "device_id", lambda s: None),), known)


_COLOUR = InputKind(
    "colour",
    (
        Word("top", "color", lambda s: _colour(s, "#d1d1d1", "color")),
        Word("bottom", "", lambda s: ""),
        _pixels("width"),
        _pixels("height"),
    ),
    {"color": 0xFFFFFFFF, "width": 400, "height": 400},
    {
        2: {"color": 0xFFD1D1D1, "width": 1920, "height": 1080},
        3: {"width": 0, "height": 0},  # that of OBS's canvas
    },
)
KINDS: dict[str, tuple[InputKind, ...]] = {
    "image_source": (
        InputKind("image", (_path("file"),), {"file": "", "unload": False, "linear_alpha": False}),
    ),
    "color_source": (_COLOUR,),
    "text_gdiplus": (_GDI,),
    "text_ft2_source": (_FREETYPE,),
    "ffmpeg_source": (_CLIP, _STREAM),
    "vlc_source": (_PLAYLIST, _LISTED_STREAM),
    "slideshow": (_SLIDES,),
    "dshow_input": (_DSHOW,),
    "v4l2_input": (_V4L2,),
    "av_capture_input": (_MAC_CAMERA,),
    "macos-avcapture": (_MAC_CAMERA,),
    "macos-avcapture-fast": (_MAC_CAMERA,),
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


def chosen(kind: str, settings: Settings) -> InputKind | None:
    """Which of ours an input of an unversioned OBS kind with these settings becomes."""
    found = KINDS.get(kind)
    if found is None:
        return None
    if kind == "vlc_source":  # a list that is one stream and no file
        listed = _entries(settings, "playlist")
        return found[-1] if listed and all(is_address(one) for one in listed) else found[0]
    return found[-1] if settings.get("is_local_file") is False else found[0]
