"""The inputs of OBS Studio and all their settings, in our words.

Names, units and defaults are those of obs-studio 30 (``plugins/image-source``, ``obs-ffmpeg``,
``text-freetype2``, ``obs-text``, ``win-capture``, ``linux-capture``, ``mac-capture`` and others).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from studio.sources.obs_reading import (
    Settings,
    alpha_of,
    bent_camera,
    bent_list,
    bent_screen,
    bent_slides,
    bent_text,
    colour_of,
    custom_side,
    device_name,
    display_of,
    entries_of,
    flag_of,
    font_of,
    ground_of,
    is_address,
    is_folder,
    mac_capture,
    number_of,
    on_show,
    outline_of,
    play_mode,
    rate_of,
    resolution_side,
    slide_seconds,
    speed_of,
    text_of,
    weight_of,
    when_shown,
    window_title,
    words_file,
    wrap_of,
)


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


def _pixels(name: str) -> Word:
    return Word(
        name, name, lambda s: round(number_of(s, name, 0, 0, 7680)) if s.get(name) else None
    )


def _path(name: str, *more: str) -> Word:
    return Word("path", " ".join((name, *more)), lambda s: text_of(s, name, *more))


def _folder(name: str) -> Word:
    """The first folder of a list; ours has one."""
    return Word("folder", name, lambda s: next(filter(is_folder, entries_of(s, name)), None))


def _files(name: str) -> Word:
    return Word(
        "files",
        name,
        lambda s: [
            entry for entry in entries_of(s, name) if not (is_folder(entry) or is_address(entry))
        ],
    )


_CURSOR = Word(
    "cursor",
    "capture_cursor show_cursor cursor",
    lambda s: all(flag_of(s, n, True) for n in ("capture_cursor", "show_cursor", "cursor")),
)
_WORDS = (
    Word("text", "text", lambda s: text_of(s, "text")),
    Word("size", "font", lambda s: round(number_of(font_of(s), "size", 64, 8, 400))),
    Word("font", "font", lambda s: text_of(font_of(s), "face") or None),
    Word("weight", "font", weight_of),
    Word("colour", "color color1", lambda s: colour_of(s, "#ffffff", "color", "color1")),
    Word("outline", "outline outline_size", outline_of),
    Word("outline_colour", "outline_color", lambda s: colour_of(s, "#000000", "outline_color")),
    Word("shadow", "drop_shadow", lambda s: flag_of(s, "drop_shadow", False)),
    Word("background", "bk_color bk_opacity", ground_of),
    Word(
        "align",
        "align",
        lambda s: {"center": "centre", "right": "right"}.get(text_of(s, "align"), "left"),
    ),
    Word("file", "read_from_file from_file file text_file", words_file),
    Word("wrap", "extents extents_cx extents_wrap custom_width word_wrap", wrap_of),
    Word("is_vertical", "vertical", lambda s: flag_of(s, "vertical", False)),
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
    bent_text,
)  # fmt: skip
_FREETYPE = InputKind(
    "text",
    (*_WORDS, Word("", "color2", lambda s: None)),
    {
        "text": "", "text_file": "", "from_file": False, "log_mode": False, "log_lines": 6,
        "font": {"size": 32}, "color1": 0xFFFFFFFF, "color2": 0xFFFFFFFF, "outline": False,
        "drop_shadow": False, "custom_width": 0, "word_wrap": False, "antialiasing": True,
    },
    {2: {"font": {"size": 256}}},
    bent_text,
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
        Word("loop", "looping", lambda s: flag_of(s, "looping", False)),
        Word("speed", "speed_percent", speed_of),
        Word("on_show", "restart_on_activate", on_show),
        Word(
            "clear_at_end", "clear_on_media_end", lambda s: flag_of(s, "clear_on_media_end", True)
        ),
        Word("", "is_local_file", lambda s: None),
    ),
    _MEDIA,
)
_STREAM = InputKind(
    "stream",
    (
        Word("url", "input", lambda s: text_of(s, "input")),
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
        Word("loop", "loop", lambda s: flag_of(s, "loop", True)),
        Word("shuffle", "shuffle", lambda s: flag_of(s, "shuffle", False)),
        Word("on_show", "playback_behavior", when_shown),
        Word("clear_at_end", "", lambda s: True),  # as VLC's does, where it is not looped
    ),
    _LIST,
    bent=bent_list,
)
_LISTED_STREAM = InputKind(
    "stream",
    (Word("url", "playlist", lambda s: next(filter(is_address, entries_of(s, "playlist")), "")),),
    _LIST,
    bent=lambda s: ("playlist",) if len(entries_of(s, "playlist")) > 1 else (),
)
_SLIDES = InputKind(
    "slide_show",
    (
        _files("files"),
        _folder("files"),
        Word("seconds", "slide_time slide_mode", slide_seconds),
        Word(
            "fade_ms",
            "transition transition_speed",
            lambda s: (
                0
                if text_of(s, "transition") == "cut"
                else round(number_of(s, "transition_speed", 700, 0, 5000))
            ),
        ),
        Word("loop", "loop playback_mode", lambda s: play_mode(s, "loop", "loop", True)),
        Word(
            "shuffle",
            "randomize playback_mode",
            lambda s: play_mode(s, "random", "randomize", False),
        ),
        Word("on_show", "playback_behavior", when_shown),
        Word("width", "use_custom_size", custom_side(0)),
        Word("height", "use_custom_size", custom_side(1)),
    ),
    {
        "files": [], "slide_time": 8000, "transition": "fade", "transition_speed": 700,
        "loop": True, "randomize": False, "hide": False, "playback_behavior": "always_play",
        "slide_mode": "mode_auto", "use_custom_size": "",
    },
    {
        2: {
            "slide_time": 2000, "playback_behavior": "pause_unpause",
            "use_custom_size": "1920x1080",
        },
    },
    bent_slides,
)  # fmt: skip
_CAMERA_WORDS = (
    Word("device", "device_name video_device_id device_id device", device_name),
    Word("width", "resolution preset use_preset", resolution_side(0)),
    Word("height", "resolution preset use_preset", resolution_side(1)),
    Word("fps", "framerate frame_interval frame_rate", rate_of),
    Word("", "res_type", lambda s: None),
)
# What says whether size and rate count, use_preset and res_type, is OBS's default nowhere below:
# a size that is written without it is meant.
_DSHOW = InputKind(
    "camera",
    _CAMERA_WORDS,
    {
        "video_device_id": "", "resolution": "", "frame_interval": -1,
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
        "device": "", "device_name": "", "resolution": "", "input_format": -1,
        "color_space": -1, "video_range": -1, "buffering": False, "enable_audio": True,
    },
    bent=bent_camera,
)  # fmt: skip
OBS_PAGE = "https://obsproject.com/browser-source"
"""What OBS shows where nobody said what to; here that is nothing."""


def _page_url(s: Settings) -> str:
    url = text_of(s, "url")
    return "" if flag_of(s, "is_local_file", False) or url == OBS_PAGE else url


_BROWSER = InputKind(
    "browser",
    (
        Word("url", "url is_local_file", _page_url),
        Word(
            "file",
            "local_file is_local_file",
            lambda s: text_of(s, "local_file") if flag_of(s, "is_local_file", False) else "",
        ),
        Word("width", "width", lambda s: round(number_of(s, "width", 800, 16, 3840))),
        Word("height", "height", lambda s: round(number_of(s, "height", 600, 16, 3840))),
        Word(
            "fps",
            "fps fps_custom",
            lambda s: (
                round(number_of(s, "fps", 30, 1, 60)) if flag_of(s, "fps_custom", False) else 30
            ),
        ),
        Word("css", "css", lambda s: s["css"] if isinstance(s.get("css"), str) else None),
        Word("closes_unseen", "shutdown", lambda s: flag_of(s, "shutdown", False)),
        Word(
            "reloads_shown",
            "restart_when_active",
            lambda s: flag_of(s, "restart_when_active", False),
        ),
    ),
    {
        "url": OBS_PAGE, "local_file": "", "is_local_file": False, "width": 800, "height": 600,
        "fps": 30, "fps_custom": False, "shutdown": False, "restart_when_active": False,
        "reroute_audio": False, "webpage_control_level": 1,
        "css": (
            "body { background-color: rgba(0, 0, 0, 0); margin: 0px auto; overflow: hidden; }"
        ),
    },
)  # fmt: skip
_CUTS = {"cut_left": 0, "cut_top": 0, "cut_right": 0, "cut_bot": 0}
_SCREEN = InputKind(
    "screen",
    (
        _CURSOR,
        Word("what", "type", mac_capture),
        Word("display", "server display", display_of),
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
    bent=bent_screen,
)  # fmt: skip
_WINDOW = InputKind(
    "screen",
    (
        Word("what", "window capture_window window_name", lambda s: "window"),
        Word("window", "window capture_window window_name", window_title),
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
        Word("top", "color", lambda s: colour_of(s, "#d1d1d1", "color")),
        Word("bottom", "", lambda s: ""),
        Word("opacity", "color", alpha_of),
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
    "browser_source": (_BROWSER,),
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
        listed = entries_of(settings, "playlist")
        return found[-1] if listed and all(is_address(entry) for entry in listed) else found[0]
    return found[-1] if settings.get("is_local_file") is False else found[0]
