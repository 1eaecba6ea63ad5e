"""What was seen at competitors, as plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.shop.model import Cents

RivalText = Annotated[str, msgspec.Meta(max_length=120)]
RivalName = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
CurrencyCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]


class RivalGoodsSeen(msgspec.Struct, frozen=True):
    """A competitor's product as somebody saw it.

    Attributes:
        seen_utc: when; "" is now.
        hours: on air, as people say it ("20:00–24:00").
        offer: what was promised beside the price.
    """

    rival: RivalName
    goods: RivalName
    cents: Cents
    currency: CurrencyCode = "CNY"
    seen_utc: RivalText = ""
    hours: RivalText = ""
    offer: RivalText = ""


class RivalRow(msgspec.Struct, frozen=True):
    """The latest of a competitor's product.

    Attributes:
        key: names it, for removing.
        before_cents: the price seen before this one; None: seen once.
        times: it was seen.
    """

    key: str
    seen: RivalGoodsSeen
    before_cents: int | None
    times: int
