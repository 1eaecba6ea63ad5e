"""Effects as plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

EffectKind = Literal["likes", "gifts", "sold_out"]


class EffectsPart(msgspec.Struct, frozen=True):
    """Which effects the show has.

    Attributes:
        likes: hearts rise while the room likes.
        gifts: who gives something is thanked by name.
        sold_out: a stamp when the last piece of a product is gone.
    """

    likes: bool = False
    gifts: bool = False
    sold_out: bool = False


class EffectsView(msgspec.Struct, frozen=True):
    """What desks see.

    Attributes:
        shown: stamps and thanks that were on the picture.
        left_out: that found no room in time.
    """

    settings: EffectsPart = EffectsPart()
    shown: int = 0
    left_out: int = 0
