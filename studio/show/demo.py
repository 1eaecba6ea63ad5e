"""The demo show speaks the person's language: one show, and a word list for the other one."""

from __future__ import annotations

import functools
import os
from typing import Any

from studio.core import settings
from studio.core.clean import read_json
from studio.core.i18n import system_language
from studio.core.paths import assets_dir

WANTED = "SHOPCAST_DEMO"
"""Environment: "desk" follows the desk's language (the supervisor says so), "en" is English."""


def follows_desk() -> bool:
    """Whether it changes with the desk's language."""
    return os.environ.get(WANTED) == "desk"


def demo_language() -> str:
    """ "zh" or "en". Without a desk it is Chinese: scripts name its scenes."""
    wanted = os.environ.get(WANTED, "zh")
    return settings.load().language or system_language() if wanted == "desk" else wanted


@functools.cache
def _words() -> dict[str, str]:
    text = (assets_dir() / "demo" / "en.json").read_bytes()
    return {str(own): str(other) for own, other in read_json(text).items()}


def in_language(raw: dict[str, Any], code: str) -> dict[str, Any]:
    """The demo's show.json with all its names and texts in a language; Chinese is its own."""
    if code == "zh":
        return raw
    found: dict[str, Any] = _in_english(raw)
    for own, scene in zip(raw["scenes"]["scenes"], found["scenes"]["scenes"], strict=True):
        scene.setdefault("id", own["name"])  # by which scripts find it in every language
    return {**found, "language": "en"}


def _in_english(value: Any) -> Any:
    if isinstance(value, str):
        return _words().get(value, value)
    if isinstance(value, list):
        return [_in_english(inner) for inner in value]
    if isinstance(value, dict):
        return {_words().get(name, name): _in_english(inner) for name, inner in value.items()}
    return value
