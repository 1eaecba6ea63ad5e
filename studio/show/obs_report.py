"""What an OBS scene collection held that did not come in: what, where and why."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.core.i18n import translate

MOST_LINES = 2000
ADVISED = ("game_capture", "ndi_source", "wasapi_process_output_capture")
"""OBS's kinds of which the catalogue says what to use instead."""


class Unmatched(msgspec.Struct, frozen=True):
    """Something that has no counterpart here, or had to be guessed.

    Attributes:
        what: "source", "scene", "item", "filter", "transition", "hotkey", "script", "entry" for
            what stayed out; "file", "size", "device", "name", "setting" for what came in and wants
            a look; "sound" for where a source is heard; "more" for lines beyond the longest list.
        name: what it is called, or where it stands in the file ("sources[3]").
        kind: OBS's word for it, a path, a key.
        where: the scene, source or list it stands in.
        why: the reason's name in the catalogue, behind ``show.obs.``.
    """

    what: str
    name: str
    kind: str = ""
    where: str = ""
    why: str = ""

    def line(self) -> dict[str, Any]:
        """As the command answers it: with the reason in words."""
        text = {code: self.reason(code) for code in ("zh", "en")}
        return {**msgspec.to_builtins(self), "text": text}

    def reason(self, language: str) -> str:
        """Why, in words."""
        return translate(f"show.obs.{self.why}", language, kind=self.kind, where=self.where)


class ImportReport:
    """The list, of a length that can be read and sent."""

    def __init__(self) -> None:
        self._lines: list[Unmatched] = []
        self._more = 0

    def add(self, what: str, name: str, why: str, kind: str = "", where: str = "") -> None:
        """Notes one thing."""
        if len(self._lines) >= MOST_LINES:
            self._more += 1
            return
        self._lines.append(Unmatched(what, name[:200], kind[:200], where[:200], why))

    def lines(self) -> tuple[Unmatched, ...]:
        """Everything noted, in the order of the file."""
        rest = (Unmatched("more", str(self._more), why="more"),) if self._more else ()
        return (*self._lines, *rest)


def why_kind(kind: str) -> str:
    """The reason's name for an input kind that has no counterpart."""
    base = kind.rpartition("_v")[0] if kind[-1:].isdigit() and "_v" in kind else kind
    return base if base in ADVISED else "kind"


def why_not(kind: str, language: str) -> str:
    """What to do instead of one of OBS's kinds; "" when nothing particular is known."""
    why = why_kind(kind)
    return "" if why == "kind" else translate(f"show.obs.{why}", language, kind=kind)
