"""Coupons as plain data. Their uses are pieces of the shop's ledger."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.shop.model import Cents

CouponId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[\w-]+$")]
CouponStage = Literal["ready", "booking", "released", "ended"]
MOST_COUPONS = 200
CHANNEL = "coupons"
"""The share of the ledger that uses are counted in."""
PREFIX = "coupon:"
"""Of a coupon's name among the SKUs of the ledger; no product's, for those are never sold here."""


class Coupon(msgspec.Struct, frozen=True):
    """So much off an order, so many times.

    Attributes:
        id: unique in the show, and in the shop: its uses are counted in the shop's ledger.
        off_cents, percent: what it takes off; one of the two.
        from_cents: the goods it is for must come to this much.
        skus: it is for; empty for all.
        uses: of all buyers together; a number, for it is what cannot be exceeded.
        each: uses of one buyer.
    """

    id: CouponId
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    off_cents: Cents = 0
    percent: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    from_cents: Cents = 0
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=200)] = ()
    uses: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 100
    each: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1

    def is_for(self, sku: str) -> bool:
        """Does it count for this SKU?"""
        return not self.skus or sku in self.skus

    @property
    def sku(self) -> str:
        """Its name in the ledger."""
        return f"{PREFIX}{self.id}"

    def claim(self, buyer: str) -> str:
        """Key of what a buyer has booked ahead."""
        return f"{self.sku}:{buyer}"


class CouponPart(msgspec.Struct, frozen=True):
    """What the show keeps."""

    coupons: tuple[Coupon, ...] = ()


class CouponStages(msgspec.Struct, frozen=True):
    """What must survive a kill: how far each coupon is, by id."""

    stages: dict[str, CouponStage] = {}


class CouponView(msgspec.Struct, frozen=True):
    """A coupon as desks see it.

    Attributes:
        left, taken, used: uses that are free, promised and gone; None where the ledger is away.
    """

    coupon: Coupon
    stage: CouponStage = "ready"
    left: int | None = None
    taken: int | None = None
    used: int | None = None
