"""Filters of OBS Studio in our words: for its controllers and its scene collections.

Names and units are those of obs-studio 30, ``plugins/obs-filters``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.core.foreign import number, obs_colour, split_version

Settings = dict[str, Any]


def from_obs(kind: str, settings: Settings) -> tuple[str, Settings] | None:
    """An OBS filter as one of ours.

    Args:
        kind: OBS's id, with or without its ``_v2``.
        settings: OBS's settings; what is left out has OBS's default.

    Returns:
        Our kind and settings, or None when there is nothing like it here.
    """
    found = _KINDS.get(split_version(kind)[0])
    if found is None:
        return None
    ours, translate = found
    given = settings if isinstance(settings, dict) else {}
    if kind == "color_filter":
        translate = _colour_correction_1
    side = given.get("sidechain_source")
    if ours == "compressor" and isinstance(side, str) and side not in ("", "none"):
        return "ducking", _ducking(given, side)  # a compressor that listens to another source
    return ours, translate(given)


def changes_from_obs(
    ours: str, given: Settings, fields: frozenset[str], told: Settings | None = None
) -> Settings:
    """New settings of one of our filters, as a client of OBS may write them.

    Only what is given is changed; a name that is one of ours is taken as ours, unless OBS has it
    too and counts in other units.

    Args:
        ours: our kind.
        fields: names of the settings of this kind.
        told: what is set so far, in OBS's words: some of them make a setting of ours together.

    Returns:
        The settings in our words; names neither side knows are left in, to be refused.
    """
    theirs = {n: v for n, v in given.items() if n not in fields or is_theirs(ours, n, v)}
    made = {name: value for name, value in given.items() if name not in theirs}
    found = _read(ours, {**(told or {}), **theirs}) if theirs else {}
    for name, value in theirs.items():
        own = _OWN_WORDS.get((ours, name)) or _WORDS.get(name, name)
        words = [word for word in own.split() if word in found]
        for word in words:
            made.setdefault(word, found[word])
        if not words and name not in _UNUSED:
            made[name] = value
    return made


def _read(ours: str, theirs: Settings) -> Settings:
    if ours == "ducking":
        return _ducking(theirs, _text(theirs, "sidechain_source"))
    read = next((read for kind, read in _KINDS.values() if kind == ours), None)
    return read(theirs) if read else {}


def is_theirs(ours: str, name: str, value: Any) -> bool:
    """Is a value of a name that both have in OBS's units?"""
    if ours == "colour_correction":
        return name in ("brightness", "contrast")
    if ours == "chroma_key" and name in ("similarity", "smoothness", "spill"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and value > 1  # of 1 to 1000; ours are parts of 1
    return False


def lost_settings(kind: str, settings: Settings) -> list[tuple[str, Any]]:
    """Names and values of an OBS filter's settings that have no counterpart here.

    A value that is OBS's own default is left out: nobody has set it.
    """
    base, version = split_version(kind)
    known = SETTINGS.get(base)
    if known is None:
        return []
    kept, usual = known
    usual = {**usual, **(_VERSION_1.get(base, {}) if version == 1 else {})}
    if _text(settings, "sidechain_source") not in ("", "none"):
        kept = _DUCKING
    lost = []
    for name, value in settings.items():
        if name in kept.split():
            if name == "type" and _text(settings, "type").startswith("blend"):
                lost.append((name, value))  # ours cuts out, it does not blend
        elif value is not None and value != usual.get(name):
            lost.append((name, value))
    return lost


def known_kinds(is_versioned: bool = False) -> list[str]:
    """OBS's kinds that have a counterpart; with their ``_v2``, as OBS lists them."""
    return sorted(n + "_v2" if is_versioned and n in _VERSION_2 else n for n in _KINDS)


def _number(settings: Settings, name: str, default: float, low: float, high: float) -> float:
    return number(settings.get(name, default), default, low, high)


def _colour(settings: Settings, name: str, default: int) -> str:
    """OBS writes colours as 0xAABBGGRR."""
    value = settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        value = default
    return obs_colour(value)


def _text(settings: Settings, name: str) -> str:
    value = settings.get(name, "")
    return value if isinstance(value, str) else ""


_KEYS = {"green": "#00ff00", "blue": "#0099ff", "magenta": "#ff00ff"}
_PLAIN_KEYS = {"green": "#00ff00", "blue": "#0000ff", "red": "#ff0000", "magenta": "#ff00ff"}
CHROMA = 255 / 112
"""OBS measures chroma in parts of 255 levels, our key in parts of 112 (grey to the strongest)."""
RGB = 1.3
"""A distance in RGB as one in our chroma, on the mean over all directions."""


def _key(s: Settings, keys: dict[str, str]) -> str:
    key = s.get("key_color_type", "green")
    found = keys.get(key) if isinstance(key, str) else None
    return found or _colour(s, "key_color", 0x00FF00)


def _parts(s: Settings, name: str, default: float, scale: float) -> float:
    """A thousandth of OBS's as a part of ours."""
    return round(min(1.0, _number(s, name, default, 1, 1000) / 1000 * scale), 4)


def _chroma_key(s: Settings) -> Settings:
    # OBS: similarity 400, smoothness 80, spill 100 of 1000 by default.
    return {
        "colour": _key(s, _KEYS),
        "similarity": _parts(s, "similarity", 400, CHROMA),
        "smoothness": _parts(s, "smoothness", 80, CHROMA),
        "spill": min(1.0, _number(s, "spill", 100, 1, 1000) / 125),
    }


def _colour_key(s: Settings) -> Settings:
    # It compares all of the colour, and knows of no spill.
    return {
        "colour": _key(s, _PLAIN_KEYS),
        "similarity": _parts(s, "similarity", 80, RGB),
        "smoothness": _parts(s, "smoothness", 50, RGB),
        "spill": 0.0,
    }


def _luma_key(s: Settings) -> Settings:
    return {
        "luma_min": _number(s, "luma_min", 0, 0, 1),
        "luma_min_smooth": _number(s, "luma_min_smooth", 0, 0, 1),
        "luma_max": _number(s, "luma_max", 1, 0, 1),
        "luma_max_smooth": _number(s, "luma_max_smooth", 0, 0, 1),
    }


def _colour_correction(s: Settings) -> Settings:
    """Version 2: contrast is a gain about black; ours is one about the middle."""
    contrast = _number(s, "contrast", 0, -4, 4)
    gain = 1 + contrast if contrast >= 0 else 1 / (1 - contrast)
    lift = (gain - 1) / 2 if "contrast" in s else 0.0
    brightness = min(1.0, max(-1.0, _number(s, "brightness", 0, -1, 1) + lift))
    return _corrected(s, gain, brightness)


def _colour_correction_1(s: Settings) -> Settings:
    """Version 1: contrast about the middle, as ours."""
    gain = max(0.0, 1 + _number(s, "contrast", 0, -4, 4))
    return _corrected(s, gain, _number(s, "brightness", 0, -1, 1))


def _corrected(s: Settings, gain: float, brightness: float) -> Settings:
    opacity = _number(s, "opacity", 1.0, 0, 100)  # version 1 had 0..100
    return {
        "brightness": brightness,
        "contrast": gain - 1 if gain < 1 else min(1.0, (gain - 1) / 2),
        "gamma": _number(s, "gamma", 0, -3, 3),
        "saturation": _number(s, "saturation", 0, -1, 5),
        "hue_deg": _number(s, "hue_shift", 0, -180, 180),
        "opacity": opacity / 100 if opacity > 1 else opacity,
    }


def _crop(s: Settings) -> Settings:
    sides = ("left", "top", "right", "bottom")
    made = {side: round(_number(s, side, 0, -8192, 8192)) for side in sides}
    if s.get("relative", True) is not False:
        return made
    size = {
        "width": round(_number(s, "cx", 0, 0, 8192)),
        "height": round(_number(s, "cy", 0, 0, 8192)),
    }
    return {**made, "right": 0, "bottom": 0, **size}


def _lut(s: Settings) -> Settings:
    amount = _number(s, "clut_amount", 1.0, 0, 100)
    return {
        "path": _text(s, "image_path"),
        "strength": amount / 100 if amount > 1 else amount,
    }


def _mask(s: Settings) -> Settings:
    kind = s.get("type", "")
    return {
        "shape": "image",
        "image": _text(s, "image_path"),
        "fit": "stretch" if s.get("stretch") is True else "contain",
        "reads": "alpha" if isinstance(kind, str) and "alpha" in kind else "brightness",
        "is_inverted": isinstance(kind, str) and "sub" in kind,
    }


def _sharpen(s: Settings) -> Settings:
    return {"strength": _number(s, "sharpness", 0.08, 0, 1) * 2}


def _scroll(s: Settings) -> Settings:
    return {
        "speed_x": _number(s, "speed_x", 0, -500, 500),
        "speed_y": _number(s, "speed_y", 0, -500, 500),
        "is_loop": s.get("loop", True) is not False,
    }


def _delay(s: Settings) -> Settings:
    return {"delay_ms": round(_number(s, "delay_ms", 0, 0, 10_000)), "what": "picture"}


def _gain(s: Settings) -> Settings:
    return {"gain_db": _number(s, "db", 0, -30, 30)}


def _gate(s: Settings) -> Settings:
    return {
        "threshold_db": _number(s, "open_threshold", -26, -80, 0),
        "attack_ms": _number(s, "attack_time", 25, 0.1, 500),
        "release_ms": _number(s, "release_time", 150, 1, 2000),
    }


def _noise(s: Settings) -> Settings:
    return {"reduction_db": min(40.0, -_number(s, "suppress_level", -30, -60, -1))}


def _compressor(s: Settings) -> Settings:
    return {
        "threshold_db": _number(s, "threshold", -18, -60, 0),
        "ratio": _number(s, "ratio", 10, 1, 20),
        "attack_ms": _number(s, "attack_time", 6, 0.1, 500),
        "release_ms": _number(s, "release_time", 60, 1, 2000),
        "output_gain_db": _number(s, "output_gain", 0, 0, 32),
    }


def _ducking(s: Settings, source: str) -> Settings:
    return {
        "source": source,
        "threshold_db": _number(s, "threshold", -18, -60, 0),
        "attack_ms": _number(s, "attack_time", 6, 1, 2000),
        "release_ms": _number(s, "release_time", 60, 1, 5000),
    }


def _limiter(s: Settings) -> Settings:
    return {
        "threshold_db": _number(s, "threshold", -6, -24, 0),
        "release_ms": _number(s, "release_time", 60, 1, 1000),
    }


def _equaliser(s: Settings) -> Settings:
    # OBS's three bands part at 800 and 5000 Hz.
    low, mid, high = (_number(s, band, 0, -20, 20) for band in ("low", "mid", "high"))
    return {
        "low_db": low,
        "low_mid_db": low,
        "mid_db": mid,
        "high_mid_db": mid,
        "high_db": high,
    }


_KINDS: dict[str, tuple[str, Callable[[Settings], Settings]]] = {
    "chroma_key_filter": ("chroma_key", _chroma_key),
    "color_key_filter": ("chroma_key", _colour_key),
    "luma_key_filter": ("luma_key", _luma_key),
    "color_filter": ("colour_correction", _colour_correction),
    "crop_filter": ("crop", _crop),
    "clut_filter": ("lut", _lut),
    "mask_filter": ("mask", _mask),
    "sharpness_filter": ("sharpen", _sharpen),
    "scroll_filter": ("scroll", _scroll),
    "gpu_delay": ("delay", _delay),
    "async_delay_filter": ("delay", _delay),
    "gain_filter": ("gain", _gain),
    "noise_gate_filter": ("gate", _gate),
    "noise_suppress_filter": ("noise_reduction", _noise),
    "compressor_filter": ("compressor", _compressor),
    "limiter_filter": ("limiter", _limiter),
    "basic_eq_filter": ("equaliser", _equaliser),
}

_VERSION_2 = {
    "chroma_key_filter",
    "color_filter",
    "color_key_filter",
    "luma_key_filter",
    "mask_filter",
    "noise_suppress_filter",
    "sharpness_filter",
}

_VERSION_1: dict[str, Settings] = {
    "chroma_key_filter": {"opacity": 100},
    "color_key_filter": {"opacity": 100},
    "mask_filter": {"opacity": 100},
    "noise_suppress_filter": {"method": "speex"},
}
"""Defaults that the first versions have in another unit or way."""
_DUCKING = "sidechain_source threshold attack_time release_time"
SETTINGS: dict[str, tuple[str, Settings]] = {
    "chroma_key_filter": (
        "key_color_type key_color similarity smoothness spill",
        {"opacity": 1.0, "contrast": 0.0, "brightness": 0.0, "gamma": 0.0},
    ),
    "color_key_filter": (
        "key_color_type key_color similarity smoothness",
        {"opacity": 1.0, "contrast": 0.0, "brightness": 0.0, "gamma": 0.0},
    ),
    "luma_key_filter": ("luma_min luma_min_smooth luma_max luma_max_smooth", {}),
    "color_filter": (
        "gamma contrast brightness saturation hue_shift opacity",
        {"color": 0xFFFFFF, "color_multiply": 0xFFFFFF, "color_add": 0},
    ),
    "crop_filter": ("relative left top right bottom cx cy", {}),
    "clut_filter": ("image_path clut_amount", {"passthrough_alpha": False}),
    "mask_filter": ("type image_path stretch", {"color": 0xFFFFFF, "opacity": 1.0}),
    "sharpness_filter": ("sharpness", {}),
    "scroll_filter": (
        "speed_x speed_y loop",
        {"limit_cx": False, "limit_cy": False, "limit_size": False, "cx": 100, "cy": 100},
    ),
    "gpu_delay": ("delay_ms", {}),
    "async_delay_filter": ("delay_ms", {}),
    "gain_filter": ("db", {}),
    "noise_gate_filter": (
        "open_threshold attack_time release_time",
        {"close_threshold": -32.0, "hold_time": 200},
    ),
    "noise_suppress_filter": ("suppress_level", {"method": "rnnoise", "intensity": 1.0}),
    "compressor_filter": (
        "threshold ratio attack_time release_time output_gain",
        {"sidechain_source": "none"},
    ),
    "limiter_filter": ("threshold release_time", {}),
    "basic_eq_filter": ("low mid high", {}),
}
"""By kind of OBS: which settings are read, and the others with OBS's defaults."""

# Settings of OBS whose names are none of ours: what they are called here, by kind.
_WORDS = {
    "key_color_type": "colour",
    "key_color": "colour",
    "hue_shift": "hue_deg",
    "clut_amount": "strength",
    "image_path": "path image",
    "sharpness": "strength",
    "loop": "is_loop",
    "type": "is_inverted reads",
    "stretch": "fit",
    "db": "gain_db",
    "open_threshold": "threshold_db",
    "threshold": "threshold_db",
    "attack_time": "attack_ms",
    "release_time": "release_ms",
    "suppress_level": "reduction_db",
    "output_gain": "output_gain_db",
    "low": "low_db low_mid_db",
    "mid": "mid_db high_mid_db",
    "high": "high_db",
    "relative": "width height right bottom",
    "cx": "width",
    "cy": "height",
}
_OWN_WORDS = {
    ("colour_correction", "contrast"): "contrast brightness",
    ("ducking", "sidechain_source"): "source",
}
_UNUSED = {
    "close_threshold",
    "color_add",
    "color_multiply",
    "cx",
    "cy",
    "hold_time",
    "intensity",
    "limit_cx",
    "limit_cy",
    "limit_size",
    "method",
    "relative",
    "sidechain_source",
}
