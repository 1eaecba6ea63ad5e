"""Filters of ours as OBS Studio has them: its ids and settings, for its controllers.

What `studio.filters.obs` reads is written back here, so that who sets a value is told the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.core.foreign import is_near, number, obs_number, split_version
from studio.filters.obs import CHROMA, RGB, Settings, from_obs

OUT = {
    "chroma_key": "chroma_key_filter_v2",
    "luma_key": "luma_key_filter_v2",
    "colour_correction": "color_filter_v2",
    "crop": "crop_filter",
    "lut": "clut_filter",
    "mask": "mask_filter_v2",
    "sharpen": "sharpness_filter_v2",
    "scroll": "scroll_filter",
    "delay": "gpu_delay",
    "gain": "gain_filter",
    "gate": "noise_gate_filter",
    "noise_reduction": "noise_suppress_filter_v2",
    "compressor": "compressor_filter",
    "ducking": "compressor_filter",
    "limiter": "limiter_filter",
    "equaliser": "basic_eq_filter",
}
ONLY = {"mask": ("shape", "image"), "delay": ("what", "picture")}
"""Kinds that OBS has in one of our ways alone: the setting that says so, and its value."""


OTHER_UNITS = ("color_filter",)
"""First versions, whose settings have other units than those of the kind that is told."""
_MOST = {
    "color_filter": {"contrast": 2.0},
    **dict.fromkeys(
        ("color_key_filter", "color_key_filter_v2"),
        {"similarity": 1000 / RGB, "smoothness": 1000 / RGB},
    ),
}
"""Of kinds that are not told again as they came: the most that ours can."""


def obs_kind(ours: str, settings: Settings) -> str:
    """OBS's id of one of our filters; our own where OBS has nothing like it."""
    name, value = ONLY.get(ours, ("", None))
    return ours if name and settings.get(name) != value else OUT.get(ours, ours)


def obs_settings(ours: str, settings: Settings) -> Settings:
    """What is set of one of our filters, in our words and OBS's: both may be set again.

    A name that both have is in OBS's units.
    """
    if obs_kind(ours, settings) == ours:
        return dict(settings)
    made: Settings = {}
    for name, value in settings.items():
        write = WRITE.get((ours, name))
        if write is not None and (isinstance(value, str) or _is_number(value)):
            made |= write(value)
    if ours == "colour_correction":
        made |= _light(settings)
    if ours == "mask":
        made["type"] = _mask_type(settings)
    if ours == "crop" and (settings.get("width") or settings.get("height")):
        made |= {"relative": False}
    return {**settings, **made}


def bent_settings(kind: str, settings: Settings) -> list[tuple[str, Any]]:
    """Names and values of an OBS filter's settings that lie beyond what ours can."""
    found = from_obs(kind, settings)
    if found is None:
        return []
    if kind in OTHER_UNITS or split_version(obs_kind(*found))[0] != split_version(kind)[0]:
        most = _MOST.get(kind, {})
        return [(n, v) for n, v in settings.items() if n in most and number(v, 0) > most[n]]
    told = obs_settings(*found)
    return [
        (n, v)
        for n, v in settings.items()
        if n in told and "color" not in n and not is_near(v, told[n])
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _as(name: str, scale: float = 1) -> Callable[[Any], Settings]:
    def write(value: Any) -> Settings:
        return {name: round(value * scale, 4) if scale != 1 and _is_number(value) else value}

    return write


def _thousandths(name: str, scale: float) -> Callable[[Any], Settings]:
    """A part of ours as OBS's whole number of 1 to 1000."""

    def write(value: Any) -> Settings:
        found = round(min(1000.0, max(0.0, number(value, 0) * scale)))
        return {name: found if found > 1 else 0}  # 1 is all of it, in our words

    return write


def _key(value: Any) -> Settings:
    found = obs_number(value)
    return {} if found is None else {"key_color_type": "custom", "key_color": found}


def _mask_type(s: Settings) -> str:
    part = "color" if s.get("reads") == "brightness" else "alpha"
    return f"mask_{part}{'_sub' if s.get('is_inverted') else ''}_filter.effect"


def _light(s: Settings) -> Settings:
    """OBS's contrast is a gain about black, and ours one about the middle."""
    made: Settings = {}
    brightness, lift = number(s.get("brightness"), 0, -1, 1), 0.0
    if "contrast" in s:
        contrast = number(s["contrast"], 0, -1, 1)
        gain = 1 + (contrast if contrast < 0 else 2 * contrast)
        made["contrast"] = round(gain - 1 if gain >= 1 else max(-4.0, 1 - 1 / max(gain, 0.2)), 4)
        lift = (gain - 1) / 2
    if "brightness" in s or lift:
        made["brightness"] = round(brightness - lift, 4)
    return made


WRITE: dict[tuple[str, str], Callable[[Any], Settings]] = {
    ("chroma_key", "colour"): _key,
    ("chroma_key", "similarity"): _thousandths("similarity", 1000 / CHROMA),
    ("chroma_key", "smoothness"): _thousandths("smoothness", 1000 / CHROMA),
    ("chroma_key", "spill"): _thousandths("spill", 125),
    ("colour_correction", "hue_deg"): _as("hue_shift"),
    ("crop", "width"): _as("cx"),
    ("crop", "height"): _as("cy"),
    ("lut", "path"): _as("image_path"),
    ("lut", "strength"): _as("clut_amount"),
    ("mask", "image"): _as("image_path"),
    ("mask", "fit"): lambda value: {"stretch": value == "stretch"},
    ("sharpen", "strength"): _as("sharpness", 0.5),
    ("scroll", "is_loop"): _as("loop"),
    ("gain", "gain_db"): _as("db"),
    ("gate", "threshold_db"): _as("open_threshold"),
    ("gate", "attack_ms"): _as("attack_time"),
    ("gate", "release_ms"): _as("release_time"),
    ("noise_reduction", "reduction_db"): lambda value: {"suppress_level": -round(value)},
    ("compressor", "threshold_db"): _as("threshold"),
    ("compressor", "attack_ms"): _as("attack_time"),
    ("compressor", "release_ms"): _as("release_time"),
    ("compressor", "output_gain_db"): _as("output_gain"),
    ("ducking", "source"): _as("sidechain_source"),
    ("ducking", "threshold_db"): _as("threshold"),
    ("ducking", "attack_ms"): _as("attack_time"),
    ("ducking", "release_ms"): _as("release_time"),
    ("limiter", "threshold_db"): _as("threshold"),
    ("limiter", "release_ms"): _as("release_time"),
    ("equaliser", "low_db"): _as("low"),
    ("equaliser", "mid_db"): _as("mid"),
    ("equaliser", "high_db"): _as("high"),
}
"""How a setting of ours is written, by kind; `_light` has brightness and contrast."""
