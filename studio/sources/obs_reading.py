"""Values out of an OBS input's settings, whatever stands there, in our words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.core.clean import read_json
from studio.core.foreign import number, obs_colour

Settings = dict[str, Any]


def text_of(settings: Settings, *names: str) -> str:
    """The first of these that is a text and not empty."""
    for name in names:
        value = settings.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def number_of(settings: Settings, name: str, default: float, low: float, high: float) -> float:
    return number(settings.get(name, default), default, low, high)


def colour_of(settings: Settings, default: str, *names: str) -> str:
    """OBS writes colours as 0xAABBGGRR."""
    for name in names:
        value = settings.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return obs_colour(value)
    return default


def alpha_of(settings: Settings) -> float:
    """How much of a colour is seen, of the highest byte of its number."""
    value = settings.get("color")
    if not isinstance(value, int) or isinstance(value, bool):
        return 1.0
    return round((value >> 24 & 255) / 255, 4)


def flag_of(settings: Settings, name: str, default: bool) -> bool:
    value = settings.get(name)
    return value if isinstance(value, bool) else default


def entries_of(s: Settings, name: str) -> list[str]:
    found = s.get(name)
    entries = found if isinstance(found, list) else []
    return [
        text for entry in entries if isinstance(entry, dict) and (text := text_of(entry, "value"))
    ]


def is_address(path: str) -> bool:
    """Is it the address of a stream rather than a file's path?"""
    scheme, mark, _ = path.partition("://")
    return bool(mark) and scheme.isalnum() and len(scheme) > 1 and scheme.lower() != "file"


def is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # too long, or no path at all
        return False


def lost_entries(name: str) -> Callable[[Settings], tuple[str, ...]]:
    """Streams in a list of files, and folders beyond the first."""

    def read(s: Settings) -> tuple[str, ...]:
        found = entries_of(s, name)
        folders = [entry for entry in found if is_folder(entry)]
        is_lost = len(folders) > 1 or any(is_address(entry) for entry in found)
        return (name,) if is_lost else ()

    return read


def font_of(s: Settings) -> Settings:
    found = s.get("font")
    return found if isinstance(found, dict) else {}


WEIGHTS = {
    "thin": 100, "hairline": 100, "extralight": 200, "ultralight": 200, "light": 300,
    "medium": 500, "semibold": 600, "demibold": 600, "demi": 600, "bold": 700,
    "extrabold": 800, "ultrabold": 800, "black": 900, "heavy": 900,
}  # fmt: skip
"""Of the names of a font's styles, as they are written in fonts."""
NAMED_BOLD = 1


def font_flags(s: Settings) -> int:
    return int(number_of(font_of(s), "flags", 0, 0, 99))


def style_words(s: Settings) -> list[str]:
    """The style of a font that is looked for by it ("SemiBold Italic"), word by word."""
    found = text_of(font_of(s), "style").lower().replace("-", " ")
    for part in ("extra", "ultra", "semi", "demi"):
        found = found.replace(f"{part} ", part)
    return found.split()


def weight_of(s: Settings) -> int:
    """Of the style where a kind looks for its font by it, as FreeType's does; of the flags."""
    is_by_style = "color1" in s  # the other kind has flags alone
    found = [WEIGHTS[word] for word in style_words(s) if word in WEIGHTS] if is_by_style else []
    return found[0] if found else 700 if font_flags(s) & NAMED_BOLD else 400


def outline_of(s: Settings) -> int:
    if not flag_of(s, "outline", False):
        return 0
    return round(number_of(s, "outline_size", 2, 0, 40))


def ground_of(s: Settings) -> str:
    return colour_of(s, "", "bk_color") if number_of(s, "bk_opacity", 0, 0, 100) >= 50 else ""


def words_file(s: Settings) -> str:
    is_from_file = flag_of(s, "read_from_file", False) or flag_of(s, "from_file", False)
    return text_of(s, "file", "text_file") if is_from_file else ""


def wrap_of(s: Settings) -> int:
    if flag_of(s, "extents", False) and flag_of(s, "extents_wrap", True):
        return round(number_of(s, "extents_cx", 0, 0, 3840))
    return round(number_of(s, "custom_width", 0, 0, 3840)) if flag_of(s, "word_wrap", False) else 0


def speed_of(s: Settings) -> float | None:
    return number_of(s, "speed_percent", 100, 50, 200) / 100 if "speed_percent" in s else None


def on_show(s: Settings) -> str:
    return "on_air" if flag_of(s, "restart_on_activate", True) else "follow"


def device_name(s: Settings) -> str:
    """Of Windows' "Name:\\\\path": the name."""
    device = text_of(s, "device_name", "video_device_id", "device_id", "device")
    return device.split(":")[0] if ":" in device and "\\" in device else device


def resolution(s: Settings) -> tuple[int, int] | None:
    """Width and height out of "1280x720", of V4L2's width << 16 | height, or of a Mac's JSON."""
    if is_preset(s):
        found = sides(text_of(s, "preset").removeprefix(PRESET))
        return size_within(*found) if found else None
    if is_left_to_device(s):
        return None
    given = s.get("resolution")
    if isinstance(given, int) and not isinstance(given, bool):
        return size_within(given >> 16, given & 0xFFFF) if given > 0 else None
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = read_json(given)
        except (ValueError, RecursionError):
            return None
    if isinstance(given, dict):
        return size_within(given.get("width"), given.get("height"))
    found = sides(given)
    return size_within(*found) if found else None


PRESET = "AVCaptureSessionPreset"


def is_preset(s: Settings) -> bool:
    """Is a Mac's camera set by a named preset? Then size and rate that also stand there are old.

    Where nothing is said of it, a size counts.
    """
    is_named = bool(text_of(s, "preset")) and not s.get("resolution")
    return flag_of(s, "use_preset", is_named)


def is_left_to_device(s: Settings) -> bool:
    """Does a DirectShow camera choose by itself? Then size and rate that also stand there are old.

    Where nothing is said of it they count.
    """
    value = s.get("res_type")
    return isinstance(value, int) and not isinstance(value, bool) and value == 0


def bent_camera(s: Settings) -> tuple[str, ...]:
    """A preset that names no size, but for the best one."""
    name = text_of(s, "preset").removeprefix(PRESET)
    return ("preset",) if is_preset(s) and name not in ("", "High") and not sides(name) else ()


def sides(text: Any) -> tuple[int, int] | None:
    parts = text.split("x") if isinstance(text, str) else []
    if len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
        return int(parts[0]), int(parts[1])
    return None


def size_within(width: Any, height: Any) -> tuple[int, int] | None:
    wide, high = number(width, 0), number(height, 0)
    return (
        (round(min(7680, max(16, wide))), round(min(4320, max(16, high))))
        if wide > 0 < high
        else None
    )


def resolution_side(at: int) -> Callable[[Settings], int | None]:
    def read(s: Settings) -> int | None:
        found = resolution(s)
        return found[at] if found else None

    return read


def rate_of(s: Settings) -> int | None:
    """Of V4L2's interval, a << 16 | b for a/b s; DirectShow's, in 100 ns; a Mac's fraction."""
    if is_preset(s) or is_left_to_device(s):
        return None
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


def window_title(s: Settings) -> str:
    """A window's title out of "Title:Class:program" or "number CR LF title CR LF class"."""
    found = text_of(s, "window_name")
    if not found:
        found = text_of(s, "capture_window", "window")
        lines = found.splitlines()
        if len(lines) > 1:
            return lines[1]
        parts = found.split(":")
        found = parts[0] if len(parts) >= 3 else found
    return found.replace("#3A", ":").replace("#22", "#")


def display_of(s: Settings) -> str | None:
    """An X server, or the number of a Mac's display."""
    number = s.get("display")
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 64:
        return str(number)
    return text_of(s, "server") or None


WHITE = 0xFFFFFFFF


def _whole_number(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def bent_text(s: Settings) -> tuple[str, ...]:
    lost = []
    if 0 < number_of(s, "bk_opacity", 0, 0, 100) < 100:
        lost.append("bk_opacity")  # ours is there or not
    top, bottom = (_whole_number(s.get(name), WHITE) for name in ("color1", "color2"))
    if top >> 24 & 255 < 255:
        lost.append("color1")  # half transparent
    if top & 0xFFFFFF != bottom & 0xFFFFFF and {"color1", "color2"} & s.keys():
        lost.append("color2")  # from one to the other; ours is the upper one
    if font_flags(s) & ~1 or set(style_words(s)) & {"italic", "oblique"}:
        lost.append("font")  # italic, underlined, struck out
    return tuple(lost)


def bent_slides(s: Settings) -> tuple[str, ...]:
    lost = list(lost_entries("files")(s))
    if text_of(s, "transition") in ("swipe", "slide"):
        lost.append("transition")
    if text_of(s, "slide_mode") == "mode_manual":
        lost.append("slide_mode")
    if text_of(s, "use_custom_size") not in ("", "Automatic") and not custom_size(s):
        lost.append("use_custom_size")  # a shape, no size
    return tuple(lost)


def custom_size(s: Settings) -> tuple[int, int] | None:
    return sides(text_of(s, "use_custom_size"))


def custom_side(at: int) -> Callable[[Settings], int | None]:
    def read(s: Settings) -> int | None:
        found = custom_size(s)
        return min(3840, found[at]) if found else None

    return read


def slide_seconds(s: Settings) -> float:
    if text_of(s, "slide_mode") == "mode_manual":
        return 3600.0  # by hand alone; told
    return number_of(s, "slide_time", 8000, 200, 3_600_000) / 1000


def play_mode(s: Settings, mode: str, old: str, default: bool) -> bool:
    told = text_of(s, "playback_mode")
    return told == mode if told else flag_of(s, old, default)


BEHAVIOURS = {"stop_restart": "on_air", "pause_unpause": "on_air_pause", "always_play": "follow"}
"""What a list of OBS does once it is shown again, in our words."""


def when_shown(s: Settings) -> str:
    return BEHAVIOURS.get(text_of(s, "playback_behavior"), "on_air")


def bent_list(s: Settings) -> tuple[str, ...]:
    """Ours, unseen, goes on within one of its files."""
    goes_on = when_shown(s) == "follow"
    return (*lost_entries("playlist")(s), *(("playback_behavior",) if goes_on else ()))


def bent_screen(s: Settings) -> tuple[str, ...]:
    """Which of several screens; one window or program instead of a screen."""
    lost = [name for name in ("monitor", "screen") if number_of(s, name, 0, 0, 99) > 0]
    if text_of(s, "monitor_id") not in ("", "DUMMY"):
        lost.append("monitor_id")
    if number_of(s, "type", 0, 0, 9) > 0:
        lost.append("type")
    return tuple(lost)


def mac_capture(s: Settings) -> str | None:
    """A Mac's capture of a window (1) or program (2) is never the whole screen."""
    return "window" if number_of(s, "type", 0, 0, 9) > 0 else None
