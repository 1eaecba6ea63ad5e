"""What desks and remotes see of a show's readiness: plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

Tone = Literal["good", "attention", "off"]
Group = Literal["picture", "sound", "line", ""]
HEADS: tuple[Group, ...] = ("picture", "sound", "line")
"""What nobody goes on air without, in the order one looks at it."""


class ReadyLine(msgspec.Struct, kw_only=True, frozen=True):
    """One line of the check before air.

    Attributes:
        id: unique; "NAME/ID" of what the last trial of a destination found.
        group: the head it belongs to; "" is asked of no show before it goes on air.
        tone: good on evidence, attention when somebody must act, off while it is not known.
        label, text: what it is about, and what is known, by language.
        fix: where it is put right, "PANEL" or "PANEL/THING/FIELD"; "" for nowhere.
    """

    id: str
    group: Group = ""
    tone: Tone = "off"
    label: dict[str, str] = {}
    text: dict[str, str] = {}
    fix: str = ""


class ReadinessView(msgspec.Struct, frozen=True):
    """The part "ready" of the state.

    Attributes:
        is_ready: there is somewhere to send, and nothing of the heads wants a person.
        heads: a line each for picture, sound and line: the worst of its group.
        lines: all, in the order one goes through them.
    """

    is_ready: bool = False
    heads: tuple[ReadyLine, ...] = ()
    lines: tuple[ReadyLine, ...] = ()
