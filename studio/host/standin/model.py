"""The stand-in as plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec


class StandInPart(msgspec.Struct, frozen=True):
    """What the show keeps: the scene it comes in with; "" is the first that has it."""

    scene: Annotated[str, msgspec.Meta(max_length=200)] = ""


class StandInView(msgspec.Struct, frozen=True):
    """The stand-in as desks and its source see it.

    Attributes:
        scenes: that have it; none: there is nobody who could come in.
        is_in: it is on programme.
        is_speaking: it says ``text`` now.
        has_voice: it is heard; without a voice it moves its mouth, and its words stand under it.
        run: counts what it began or stopped to say: its source goes by that.
        mouths: mouth shapes of ``text``, one sign each 25 ms.
        said: ids of the lines of this product that it said.
    """

    scenes: tuple[str, ...] = ()
    is_in: bool = False
    is_speaking: bool = False
    has_voice: bool = False
    run: int = 0
    text: str = ""
    mouths: str = ""
    product: str = ""
    said: tuple[str, ...] = ()
