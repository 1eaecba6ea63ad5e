"""Platforms as the desk shows them."""

from __future__ import annotations

import msgspec

from ui.i18n import language


class SafeAreaView(msgspec.Struct, frozen=True):
    """The platform's own chrome at each side, as parts of the picture."""

    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0
    right: float = 0.0


class PlatformChoice(msgspec.Struct, frozen=True):
    """A platform with what it takes."""

    id: str
    label: dict[str, str] = {}
    max_kbps: int = 0
    best_kbps: int = 0
    orientations: tuple[str, ...] = ()
    safe: dict[str, SafeAreaView] = {}


def pick_label(label: dict[str, str]) -> str:
    """A label in the present language."""
    return label.get(language.code) or label.get("en", "")
