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
    # What OBS remembers for its own forms says nothing of the picture.
    return [(name, value) for name, value in lost if name not in REMEMBERED]


REMEMBERED = ("last_video_device_id", "last_resolution", "is_slide")


def ours_of(kind: str) -> frozenset[str]:
    """Which of our kinds an OBS kind may become; none when there is nothing like it."""
    return frozenset(obs_kind.ours for obs_kind in KINDS.get(split_version(kind)[0], ()))


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
    for obs_kind in (kind for kinds in KINDS.values() for kind in kinds if kind.ours == ours):
        known |= {*obs_kind.defaults, *obs_kind.kept}
        for word in obs_kind.words:
            if word.ours and theirs & set(word.theirs.split()):
                value = word.read(given)
                if value is not None:
                    made.setdefault(word.ours, value)
    return made | {name: given[name] for name in theirs if name not in known}


def without_obs(ours: str, given: Settings, fields: frozenset[str]) -> Settings:
    """Settings as `studio.sources.obs_out.obs_settings` tells them, in our words alone.

    What only OBS's words say is left in, to be refused: paths are asked for under our names.
    """
    made = dict(given)
    if isinstance(made.get("font"), dict):
        font = changes_from_obs(ours, {"font": made.pop("font")}, fields)
        made = {**font, **made}
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


def _is_theirs(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(obs_kind, dict) for obs_kind in value)
    return isinstance(value, dict)
