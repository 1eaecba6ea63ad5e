"""Offers: the one price never falls below floor or 0, and what may not go on air is refused."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from studio.core.errors import StudioError
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState, Variant, typed_price
from studio.shop.offers.book import OfferBook
from studio.shop.offers.model import Limit, Offer, OfferPart, PaidPrice, Run
from studio.shop.offers.pricing import offer_price, price_of

HAT = Product("hat", 1, "Hat", 9900, was_cents=12900, stock=10)
COAT = Product(
    "coat", 2, "Coat", 50000,
    variants=(Variant("coat-s", "S"), Variant("coat-m", "M", price_cents=52000, was_cents=60000)),
)  # fmt: skip


def book(*offers: Offer, **part: object) -> OfferBook:
    catalogue = Catalogue()
    catalogue.load(ShopState(products=(HAT, COAT)))
    made = OfferBook(catalogue)
    made.part = OfferPart(**part)  # type: ignore[arg-type]
    for offer in offers:
        made.put(offer)
    return made


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat().replace("+00:00", "Z")


def keys(made: OfferBook, offer: Offer, free: int | None = None) -> list[str]:
    return [fault.key for fault in made.faults(offer, free)]


def test_ten_thousand_random_sets_of_offers() -> None:
    """Never below cost, floor or 0, never above the list price, whatever the order of entry."""
    chance = random.Random(7)
    for _ in range(10_000):
        list_cents = chance.choice((0, 1, 2, 3, 99, 100, 9900, 1_000_000))
        product = Product("hat", 1, "Hat", list_cents)
        offers = [
            Offer(
                f"o{number}",
                chance.choice(("hat", "hat", "other")),
                price_cents=price,
                percent=0 if price else chance.randint(1, 99),
                was_cents=chance.choice((0, 1, 20_000)),
            )
            for number in range(chance.randint(0, 6))
            for price in (chance.choice((0, 1, 50, 9899, 9900, 2_000_000)),)
        ]
        limit = Limit(chance.choice((0, 40, 5000)), chance.choice((0, 1, 6000, 3_000_000)))
        first = price_of(product, "hat", offers, {"hat": limit})
        chance.shuffle(offers)
        assert price_of(product, "hat", offers, {"hat": limit}) == first
        assert 0 <= first.cents <= list_cents
        assert first.cents >= min(limit.least, list_cents)
        assert first.was_cents == 0 or first.was_cents > first.cents
        lowest = min((offer_price(o, list_cents) for o in offers if o.sku == "hat"), default=9**9)
        wanted = max(min(lowest, list_cents), min(limit.least, list_cents))
        assert first.cents == wanted, (offers, limit)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("199", "CNY", 19900), ("¥1,299.50", "CNY", 129950), ("１９９", "CNY", 19900),
     ("19.990", "CNY", 1999), ("1999", "JPY", 1999), ("19.5", "JPY", None), ("28.2", "OMR", 28200),
     ("28.2001", "OMR", None), ("-5", "CNY", None), ("", "CNY", None), ("0.07", "CNY", 7),
     ("1.005", "CNY", None), ("1e3", "CNY", None)],
)  # fmt: skip
def test_a_typed_price(text: str, currency: str, minor: int | None) -> None:
    assert typed_price(text, currency) == minor


@pytest.mark.parametrize(
    ("list_cents", "percent", "cents"),
    [(100, 1, 99), (1, 50, 0), (3, 50, 1), (999, 33, 669), (9900, 99, 99), (1, 99, 0)],
)
def test_percent_is_whole_cents(list_cents: int, percent: int, cents: int) -> None:
    assert offer_price(Offer("a", "hat", percent=percent), list_cents) == cents


def test_every_rule_is_named() -> None:
    quote = price_of(HAT, "hat", [Offer("a", "hat", price_cents=5900)], {"hat": Limit(0, 6000)})
    assert quote.rules == ("list 9900", "offer a 5900", "floor 6000")


def test_what_may_not_go_on_air() -> None:
    made = book(limits={"hat": Limit(4000, 5000)})
    for offer, free, key in (
        (Offer("a", "hat", price_cents=9900), None, "offers.no_gain"),
        (Offer("a", "hat", price_cents=4999), None, "offers.below_floor"),
        (Offer("a", "hat", price_cents=5900, pieces=11), 10, "offers.too_many_pieces"),
        (Offer("a", "hat", price_cents=5900, was_cents=12900), None, "offers.struck"),
    ):
        assert keys(made, offer, free) == [key]
    assert keys(made, Offer("a", "hat", price_cents=5900, pieces=10), 10) == []
    made = book(limits={"hat": Limit(4000)})
    assert keys(made, Offer("a", "hat", price_cents=3999)) == ["offers.below_cost"]


def test_two_on_one_sku() -> None:
    made = book(Offer("a", "hat", price_cents=5900), Offer("b", "hat", price_cents=4900))
    made.runs["a"] = Run("countdown")
    assert keys(made, made.get("b")) == ["offers.two"]
    for call in (lambda: made.put(made.get("a")), lambda: made.remove("a")):
        with pytest.raises(StudioError) as told:
            call()
        assert told.value.key == "offers.runs"


@pytest.mark.parametrize(
    ("market", "days", "lowest"),
    [("cn", 6, 5900), ("cn", 8, 9900), ("eu", 8, 5900), ("eu", 31, 9900)],
)
def test_a_struck_price_was_paid(market: str, days: float, lowest: int) -> None:
    """An offer of days ago counts while it is in the window, also when it began before."""
    paid = {"hat": (PaidPrice(ago(90), 9900), PaidPrice(ago(days + 0.1), 5900),
                    PaidPrice(ago(days), 9900))}  # fmt: skip
    made = book(paid=paid, market=market)
    offer = Offer("a", "hat", price_cents=4900)
    assert made.struck(offer) == lowest
    assert keys(made, Offer("a", "hat", price_cents=4900, was_cents=lowest)) == []
    assert keys(made, Offer("a", "hat", price_cents=4900, was_cents=lowest + 1)) == [
        "offers.struck"
    ]


def test_a_price_that_held_when_the_window_began_counts() -> None:
    made = book(paid={"hat": (PaidPrice(ago(20), 5900), PaidPrice(ago(3), 9900))})
    assert made.lowest("hat", 9900) == (7, 5900)


def test_prices_are_written_down_once() -> None:
    made = book()
    assert made.note_prices()
    assert not made.note_prices()
    assert {sku: paid[-1].cents for sku, paid in made.part.paid.items()} == {
        "hat": 9900, "coat-s": 50000, "coat-m": 52000,
    }  # fmt: skip


def test_nothing_is_reckoned_again_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked every other second, with thousands of goods too."""
    made = book(Offer("a", "hat", price_cents=5900))
    made.note_prices()
    asked: list[str] = []
    real = price_of

    def counted(product: Product, sku: str, *given: object) -> object:
        asked.append(sku)
        return real(product, sku, *given)  # type: ignore[arg-type]

    monkeypatch.setattr("studio.shop.offers.book.price_of", counted)
    assert not made.note_prices()
    assert asked == []
    made.runs["a"] = Run("live")
    assert made.note_prices()
    assert sorted(asked) == ["coat-m", "coat-s", "hat"], "each once"


def test_card_of_an_offer() -> None:
    made = book(Offer("a", "coat-m", price_cents=40000), Offer("b", "hat", percent=10))
    made.runs["a"] = Run("live", was_cents=52000)
    made.left["a"] = 3
    assert made.card(COAT, "coat-m", "zh") == (40000, 52000, "秒杀 剩3件")
    assert made.card(COAT, "coat-s", "zh") is None
    assert made.card(COAT, "", "zh") is None, "not all of them cost that"
    made.runs["b"] = Run("countdown")
    assert made.card(HAT, "", "en") == (9900, 12900, "Starts in")


@pytest.mark.parametrize(
    ("offer", "key"),
    [
        (Offer("a", "nothing", price_cents=1), "offers.no_sku"),
        (Offer("a", "coat", price_cents=1), "offers.no_sku"),
        (Offer("a", "hat"), "offers.one_price"),
        (Offer("a", "hat", price_cents=1, percent=1), "offers.one_price"),
    ],
)
def test_an_offer_that_is_none(offer: Offer, key: str) -> None:
    with pytest.raises(StudioError) as told:
        book(offer)
    assert told.value.key == key
