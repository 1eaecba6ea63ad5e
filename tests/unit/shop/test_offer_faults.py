"""`shopcast check` finds what is wrong with offers and coupons before they go on air."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.core.service import ShowContext
from studio.shop.coupons.model import CouponPart
from studio.shop.coupons.service import CouponService
from studio.shop.model import ShopState
from studio.shop.offers.model import OfferPart
from studio.shop.offers.service import OfferService
from tests.unit.shop.trade import GOODS

PAIR = [{"sku": "hat"}, {"sku": "scarf"}]
SLOT = {"starts": "2027-03-01 20:00", "ends": "2027-03-01 21:00", "zone": "Europe/Berlin"}
BASE = {"sku": "hat", "price_cents": 5900}


def offer(id: str = "a", **more: Any) -> dict[str, Any]:
    return {"id": id, **BASE, **more}


def bundle(**more: Any) -> dict[str, Any]:
    return offer(**{"parts": PAIR, "price_cents": 12000, **more})


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat().replace("+00:00", "Z")


LIMITS = {"hat": {"cost_cents": 4000, "floor_cents": 5000}, "scarf": {"cost_cents": 3000}}
PLANTED: dict[str, tuple[str, dict[str, Any]]] = {
    "no such SKU": ("offers.no_sku", offer(sku="cap")),
    "price and percent": ("offers.one_price", offer(percent=10)),
    "neither": ("offers.one_price", offer(price_cents=0)),
    "not below the list price": ("offers.no_gain", offer(price_cents=9900)),
    "below the floor": ("offers.below_floor", offer(price_cents=4999)),
    "below cost": ("offers.below_cost", offer(sku="scarf", price_cents=2999)),
    "more pieces than there are": ("offers.too_many_pieces", offer(pieces=11)),
    "struck above what was paid": ("offers.struck", offer(was_cents=12900)),
    "struck below the price": ("offers.struck_low", offer(was_cents=5000)),
    "end before start": ("offers.ends_before", offer(slot={**SLOT, "ends": "2027-03-01 19:00"})),
    "start in a clock gap": (
        "rundown.skipped_time", offer(slot={**SLOT, "starts": "2027-03-28 02:30", "ends": ""})),
    "a time there is twice": (
        "rundown.double_time", offer(slot={**SLOT, "starts": "2027-10-31 02:30", "ends": ""})),
    "no time": ("rundown.no_time", offer(slot={**SLOT, "starts": "tonight"})),
    "no zone": ("rundown.no_zone", offer(slot={**SLOT, "zone": "Mars/Olympus"})),
    "two ends": ("offers.two_ends", offer(slot=SLOT, seconds=60)),
    "a slot of days": ("offers.slot_long", offer(slot={**SLOT, "ends": "2027-03-05 20:00"})),
    "steps that fall": ("offers.steps_rise", offer(pieces=9, steps=[
        {"sold": 5, "price_cents": 6900}, {"sold": 3, "price_cents": 7900}])),
    "a step never reached": (
        "offers.step_beyond", offer(pieces=5, steps=[{"sold": 5, "price_cents": 6900}])),
    "a step below the floor": (
        "offers.below_floor", offer(pieces=5, steps=[{"sold": 2, "price_cents": 4500}])),
    "a step that is no gain": (
        "offers.no_gain", offer(pieces=5, steps=[{"sold": 2, "price_cents": 9900}])),
    "steps without pieces": (
        "offers.counts_pieces", offer(steps=[{"sold": 2, "price_cents": 6900}])),
    "beyond the edition": ("offers.beyond_edition", offer(pieces=9, edition=5)),
    "more a buyer than pieces": ("offers.buyer_beyond", offer(pieces=2, most_a_buyer=3)),
    "a bundle of one": ("offers.one_part", bundle(parts=[{"sku": "hat"}], price_cents=6000)),
    "a part twice": ("offers.part_twice", bundle(parts=[*PAIR, {"sku": "hat"}])),
    "not its own part": (
        "offers.not_a_part", bundle(sku="coat-s", price_cents=9000)),
    "an unknown part": ("offers.no_sku", bundle(parts=[{"sku": "hat"}, {"sku": "gone"}])),
    "a bundle that is dearer": ("offers.bundle_gain", bundle(price_cents=14900)),
    "a bundle below its floors": ("offers.below_floor", bundle(price_cents=4999)),
    "a bundle below its costs": ("offers.below_cost", bundle(price_cents=7999)),
    "two currencies": ("offers.currencies", bundle(
        parts=[{"sku": "hat"}, {"sku": "abroad"}], price_cents=6000)),
    "more bundles than parts": ("offers.too_many_pieces", bundle(
        parts=[{"sku": "hat"}, {"sku": "scarf", "count": 4}], price_cents=26000, pieces=3)),
}  # fmt: skip
COUPONS: dict[str, tuple[str, dict[str, Any]]] = {
    "off and percent": ("coupons.one_worth", {"off_cents": 100, "percent": 5}),
    "no worth": ("coupons.one_worth", {}),
    "free goods": ("coupons.free_goods", {"off_cents": 5000, "from_cents": 5000}),
    "an unknown SKU": ("offers.no_sku", {"off_cents": 100, "skus": ["cap"]}),
    "more a buyer than there are": ("coupons.each", {"off_cents": 100, "uses": 2, "each": 3}),
    "below the floor": ("coupons.below", {"off_cents": 5000, "skus": ["hat"]}),
    "below the floor from a sum on": (
        "coupons.below", {"off_cents": 9900, "from_cents": 12000, "skus": ["hat"]}),
}  # fmt: skip


def findings(offers: list[dict[str, Any]], coupons: list[dict[str, Any]]) -> list[tuple[str, str]]:
    paid = {"hat": [{"utc": ago(2), "cents": 9900}]}
    raw = {"offers": offers, "limits": LIMITS, "paid": paid, "market": "cn"}
    parts: dict[str, Any] = {
        "shop": ShopState(products=GOODS),
        "offers": msgspec.convert(raw, OfferPart),
        "coupons": msgspec.convert({"coupons": coupons}, CouponPart),
    }
    context = ShowContext(Path(), parts=parts)
    found = [*OfferService.validate(parts["offers"], context)]
    found += CouponService.validate(parts["coupons"], context)
    assert all("{" not in f.error.in_language("en") + f.error.in_language("zh") for f in found)
    return [(finding.place, finding.error.key) for finding in found]


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_at_its_place(name: str) -> None:
    key, planted = PLANTED[name]
    good = offer("good", sku="scarf", price_cents=4000)
    assert findings([good], []) == []
    found = findings([good, {**planted, "id": "bad"}], [])
    assert ("offers[1]", key) in found
    assert {place for place, _ in found} == {"offers[1]"}


@pytest.mark.parametrize("name", COUPONS)
def test_a_planted_fault_of_a_coupon_is_found(name: str) -> None:
    key, planted = COUPONS[name]
    good = {"id": "good", "off_cents": 500, "from_cents": 5000, "skus": ["hat"]}
    assert findings([], [good]) == []
    found = findings([], [good, {"id": "bad", **planted}])
    assert ("coupons[1]", key) in found
    assert {place for place, _ in found} == {"coupons[1]"}


def test_faults_of_several_beside_each_other() -> None:
    first, second = offer(slot=SLOT), offer("b", slot={**SLOT, "starts": "2027-03-01 20:59"})
    second["slot"]["ends"] = "2027-03-01 22:00"
    assert findings([first, second], []) == [("offers[1]", "offers.slots_meet")]
    second["slot"]["starts"] = "2027-03-01 21:00"
    assert findings([first, second], []) == []
    assert ("offers[1]", "show.twice") in findings([first, first], [])
    slip = {"id": "a", "off_cents": 100, "from_cents": 5000, "skus": ["hat"]}
    assert findings([], [slip, slip]) == [("coupons[1]", "show.twice")]
    sale = offer(price_cents=5400)
    assert findings([sale], [{**slip, "off_cents": 500}]) == [("coupons[0]", "coupons.below")]


def test_every_offer_that_is_well_is_well() -> None:
    good = [
        offer(pieces=10, edition=30, most_a_buyer=2, seconds=300, countdown_s=10),
        offer("b", sku="scarf", price_cents=0, percent=20, slot={"starts": "2027-03-01"}),
        offer("c", slot={**SLOT, "starts": "2027-03-28", "ends": "2027-03-28"}),
        offer("d", sku="coat-m", price_cents=40000, was_cents=52000),
        offer("e", pieces=9, price_cents=5000, steps=[{"sold": 3, "price_cents": 6000}]),
        bundle(id="f", pieces=5, price_cents=0, percent=10),
    ]
    assert findings(good, []) == []
