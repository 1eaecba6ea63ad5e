"""Inputs of OBS Studio in our words: for its controllers and its scene collections."""

from __future__ import annotations

from typing import Any

from studio.core.foreign import split_version
from studio.sources.obs_kinds import KINDS, chosen
from studio.sources.obs_reading import Settings


def from_obs(kind: str, settings: Settings) -> tuple[str, Settings] | None:
    """An OBS input as one of ours.

    Args:
        kind: OBS's id, with or without its ``_v2``.
        settings: OBS's settings; what is left out has OBS's default.

    Returns:
        Our kind and settings, or None when there is nothing like it here.
    """
    base, version = split_version(kind)
    obs_kind = chosen(base, settings)
    if obs_kind is None:
        return None
    whole = {**obs_kind.usual(version), **settings}
    if isinstance(settings.get("font"), dict):  # a font that is written has its own defaults
        whole["font"] = {**(obs_kind.usual(version).get("font") or {}), **settings["font"]}
    made = {word.ours: word.read(whole) for word in obs_kind.words if word.ours}
    return obs_kind.ours, {name: value for name, value in made.items() if value is not None}


def lost_settings(kind: str, settings: Settings) -> list[tuple[str, Any]]:
    """Names and values of an OBS input's settings that have no counterpart here.

    A value that is OBS's own default is left out: nobody has set it.
    """
    base, version = split_version(kind)
    obs_kind = chosen(base, settings)
    if obs_kind is None:
        return []
    usual, kept, bent = obs_kind.usual(version), obs_kind.kept, obs_kind.bent(settings)
    lost = []
    for name, value in settings.items():
        if name in bent or (name not in kept and value is not None and value != usual.get(name)):
            lost.append((name, value))
    lost += [(name, usual[name]) for name in bent if name not in settings and name in usual]
    # What OBS remembers for its own forms says nothing of the picture.
    return [(name, value) for name, value in lost if name not in REMEMBERED]


REMEMBERED = ("last_video_device_id", "last_resolution", "is_slide")


def ours_of(kind: str) -> frozenset[str]:
    """Which of our kinds an OBS kind may become; none when there is nothing like it."""
    return frozenset(obs_kind.ours for obs_kind in KINDS.get(split_version(kind)[0], ()))


def changes_from_obs(
    ours: str, given: Settings, fields: frozenset[str], told: Settings | None = None
) -> Settings:
    """New settings of one of our inputs, as a client of OBS may write them.

    Only what is given is changed. A name that is one of ours is taken as ours, unless its value
    is of OBS's form: a font, a list of files, an outline that is on or off.

    Args:
        ours: our kind.
        fields: names of the settings of this kind.
        told: what is set so far, in OBS's words: several of them may say one thing of ours.

    Returns:
        The settings in our words; names neither side knows are left in, to be refused.
    """
    theirs = {name for name in given if name not in fields or is_theirs(name, given[name])}
    whole = {**_beside(told or {}, theirs), **given}
    if isinstance(whole.get("font"), dict) and isinstance((told or {}).get("font"), dict):
        whole["font"] = {**(told or {})["font"], **whole["font"]}
    made = {name: value for name, value in given.items() if name not in theirs}
    known: set[str] = set()
    for obs_kind in (kind for kinds in KINDS.values() for kind in kinds if kind.ours == ours):
        known |= {*obs_kind.defaults, *obs_kind.kept}
        for word in obs_kind.words:
            if word.ours and theirs & set(word.theirs.split()):
                value = word.read(whole)
                if value is not None:
                    made.setdefault(word.ours, value)
    device = given.get("device_id")
    if ours in ("microphone", "desktop_sound") and isinstance(device, str):
        made.setdefault("device", "" if device == "default" else device)
    return made | {name: given[name] for name in theirs if name not in known}


def without_obs(ours: str, given: Settings, fields: frozenset[str]) -> Settings:
    """Settings as `studio.sources.obs_out.obs_settings` tells them, in our words alone.

    What only OBS's words say is left in, to be refused: paths are asked for under our names.
    """
    made = {name: value for name, value in given.items() if not is_theirs(name, value)}
    both = {name: value for name, value in given.items() if name in fields and name not in made}
    if both:
        made = {**changes_from_obs(ours, both, fields, given), **made}
    for obs_kind in (kind for kinds in KINDS.values() for kind in kinds if kind.ours == ours):
        for word in obs_kind.words:
            for name in word.theirs.split():
                if name not in fields and (word.ours in made or not word.ours):
                    made.pop(name, None)
    return made


def known_kinds(unversioned: bool = False) -> list[str]:
    """OBS's kinds that have a counterpart, as OBS lists them."""
    if unversioned:
        return sorted(KINDS)
    return sorted(name + _VERSIONS.get(name, "") for name in KINDS)


# OBS's own marks: what it writes for a new input of today.
_VERSIONS = {
    "color_source": "_v3",
    "text_gdiplus": "_v3",
    "text_ft2_source": "_v2",
    "slideshow": "_v2",
}


ALTERNATIVES = (
    ("color", "color1 color2"),
    ("read_from_file", "from_file"),
    ("file", "text_file"),
    ("extents extents_wrap extents_cx", "custom_width word_wrap"),
    ("capture_cursor", "show_cursor", "cursor"),
    ("device_name", "video_device_id", "device_id", "device"),
    ("resolution", "preset use_preset res_type"),
    ("framerate", "frame_interval", "frame_rate", "use_preset res_type"),
    ("randomize", "playback_mode"),
)
"""Names of different kinds of OBS that say the same: the one that is given counts."""


def _beside(told: Settings, given: set[str]) -> Settings:
    """What was told beside what is given, without other words for the same."""
    gone: set[str] = set()
    for ways in ALTERNATIVES:
        sets = [set(way.split()) for way in ways]
        if any(names & given for names in sets):
            gone |= {name for names in sets if not names & given for name in names}
    return {name: value for name, value in told.items() if name not in gone}


def is_theirs(name: str, value: Any) -> bool:
    if (name, value) == ("align", "center") or (name == "outline" and isinstance(value, bool)):
        return True
    if isinstance(value, list):
        return bool(value) and all(isinstance(obs_kind, dict) for obs_kind in value)
    return isinstance(value, dict)
