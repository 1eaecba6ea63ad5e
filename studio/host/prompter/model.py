"""The prompter as plain data: lines, a place in them, and what moves it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

PrompterMode = Literal["still", "roll", "follow", "hand"]
"""Still; rolling at a set speed; following the voice; held by a hand until it is released."""
SignsPerSecond = Annotated[float, msgspec.Meta(ge=0.5, le=15.0)]
TextSize = Annotated[int, msgspec.Meta(ge=24, le=240)]
USUAL_SIGNS_S = 4.0


class PrompterPart(msgspec.Struct, frozen=True):
    """What the show keeps: speed in signs a second, size of the text on a screen 1080 high."""

    speed: SignsPerSecond = USUAL_SIGNS_S
    size: TextSize = 72


class PrompterRun(msgspec.Struct, frozen=True):
    """Where it is; this survives a kill.

    Attributes:
        source: of the text: "item:ID", "product:ID", "" for none.
        line: id of the line.
        offset: signs of it that have been said.
    """

    source: str = ""
    line: str = ""
    offset: float = 0.0
    mode: PrompterMode = "still"


class PrompterLine(msgspec.Struct, frozen=True):
    """A line as it is read: with ★, and whether it must not be said as it stands."""

    id: str
    text: str
    star: str = ""
    state: str = "ready"
    cue: str = ""


class PrompterView(msgspec.Struct, frozen=True):
    """The prompter as its windows see it; they go on by themselves while it rolls.

    Attributes:
        line, offset: the place when this was told; it moves ``speed`` signs a second in "roll".
        is_voice: words were heard lately. Without them "follow" rolls, and says so.
        turn: counts what was done by hand: windows then go there at once.
    """

    title: str = ""
    source: str = ""
    lines: tuple[PrompterLine, ...] = ()
    line: int = 0
    offset: float = 0.0
    mode: PrompterMode = "still"
    speed: float = USUAL_SIGNS_S
    size: int = 72
    is_voice: bool = False
    turn: int = 0
