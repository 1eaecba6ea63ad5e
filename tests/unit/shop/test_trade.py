"""Bundles, steps, slots, editions and coupons on a ledger that is really there."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.shop.coupons.model import CHANNEL, Coupon
from studio.shop.events import OfferChanged
from studio.shop.model import Product
from studio.shop.offers.model import Limit, Offer, PriceStep, Slot
from studio.shop.offers.pricing import bill_of, bundle_price, price_of
from studio.shop.offers.slots import slot_times
from studio.shop.stock.model import Line
from tests.unit.shop.trade import HAT, SCARF, Trade, trading

PAIR = (Line("hat"), Line("scarf"))
BOTH = Offer("both", "hat", price_cents=12000, pieces=3, parts=PAIR)


def refused(key: str) -> Any:
    return pytest.raises(StudioError, check=lambda error: error.key == key)


async def hold(trade: Trade, key: str, buyer: str = "", **more: Any) -> str:
    given = {"lines": (), "offer_id": "", "count": 1, "coupon_id": "", "hold_s": None, **more}
    return str((await trade.services["coupons"].hold(key, buyer=buyer, **given)).outcome)


def test_a_bundle_is_held_whole_or_not_at_all() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=5, scarf=3)
        offers, book = trade.services["offers"], trade.book
        book.put(BOTH)
        with refused("offers.not_live"):
            trade.services["coupons"].bill((), "both", 1, "")
        await offers.begin(BOTH)
        assert (trade.level("hat"), trade.level("scarf")) == ((2, 0, 0), (0, 0, 0))
        assert book.left["both"] == 3
        assert book.quote("hat").cents == 9900, "one alone costs what it costs"
        assert book.card(HAT, "", "en") == (
            9900, 12900, "Bundle Hat + Scarf ¥120 3 left",
        )  # fmt: skip
        assert trade.services["coupons"].bill((Line("scarf"),), "both", 2, "").total_cents == 29000
        assert await hold(trade, "o1", offer_id="both", count=2) == "held"
        assert await hold(trade, "o2", offer_id="both", count=2) == "short"
        await asyncio.wrap_future(trade.stock.need().confirm("o1"))
        await offers.end(BOTH, "stopped")
        await trade.stock.look()
        assert (trade.level("hat"), trade.level("scarf")) == ((3, 0, 0), (1, 0, 0))
        assert trade.level("scarf", BOTH.channel) == (0, 0, 2)
        with refused("offers.too_many_pieces"):
            await offers.begin(BOTH)
        assert trade.stock.need().faults() == []

    trading("bundle", body)


@pytest.mark.parametrize(("countdown_s", "told"), [(0, ["live"]), (60, ["countdown"])])
def test_each_stage_of_an_offer_is_announced_once(countdown_s: int, told: list[str]) -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=5)
        sale = Offer("sale", "hat", price_cents=5900, countdown_s=countdown_s)
        trade.book.put(sale)
        await trade.services["offers"].begin(sale)
        heard = [event.stage for event in trade.heard if isinstance(event, OfferChanged)]
        assert heard == told
        await trade.services["offers"].end(sale, "stopped")

    trading("once", body)


def test_a_price_that_was_live_counts_although_the_engine_was_killed() -> None:
    """The show of a second before knows nothing of it; a struck price is judged by it too."""

    async def body(trade: Trade) -> None:
        await trade.open(hat=5)
        offers = trade.services["offers"]
        sale = Offer("sale", "hat", price_cents=5900)
        trade.book.put(sale)
        saved = offers.save()
        await offers.begin(sale)
        kept = offers.checkpoint()
        trade.book.part, trade.book.runs = saved, {}
        await offers.restore(kept)
        await offers.end(sale, "stopped")
        assert 5900 in [entry.cents for entry in trade.book.part.paid["hat"]]

    trading("killed", body)


def test_the_price_of_a_step_is_fixed_with_the_piece() -> None:
    steps = (PriceStep(2, 7000), PriceStep(5, 8000))
    early = Offer("early", "hat", price_cents=6000, pieces=8, steps=steps, most_a_buyer=3)

    async def body(trade: Trade) -> None:
        await trade.open(hat=9)
        trade.book.put(early)
        await trade.services["offers"].begin(early)
        room = trade.services["coupons"]
        with refused("coupons.who"):
            await hold(trade, "nobody", offer_id="early")
        asked = [
            room.hold(f"o{n}", (), "early", 1, f"b{n}", "", None) for n in range(7)
        ]  # fmt: skip
        booked = await asyncio.gather(*asked)
        totals = sorted(
            int(one.note.partition('"total_cents":')[2].split(",")[0]) for one in booked
        )
        assert totals == [6000, 6000, 7000, 7000, 7000, 8000, 8000]
        again = await room.hold("o0", (), "early", 1, "b0", "", None)
        assert again.note == booked[0].note, "asked again it costs the same"
        await trade.until(lambda: trade.book.quote("hat").cents == 8000, "the price follows")
        assert await hold(trade, "more", "b0", offer_id="early", count=3) == "limit"

    trading("steps", body)


def test_an_edition_ends_with_its_last_piece() -> None:
    few = Offer("few", "hat", price_cents=6000, pieces=2, edition=3)

    async def body(trade: Trade) -> None:
        await trade.open(hat=9)
        offers = trade.services["offers"]
        trade.book.put(few)
        await offers.begin(few)
        for number in range(2):
            assert await hold(trade, f"o{number}", offer_id="few") == "held"
            await asyncio.wrap_future(trade.stock.need().confirm(f"o{number}"))
        await trade.until(lambda: trade.book.run("few").why == "sold_out", "it sells out")
        await offers.stop()
        with refused("offers.edition_over"):
            await offers.begin(few)
        trade.book.put(replace(few, pieces=1))
        await offers.begin(trade.book.get("few"))
        assert trade.level("hat", few.channel) == (1, 0, 2)

    trading("edition", body)


def test_a_slot_begins_and_ends_by_itself() -> None:
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    over = Offer("over", "scarf", price_cents=4000, seconds=60, slot=Slot(hour_ago))

    async def body(trade: Trade) -> None:
        offers = trade.services["offers"]
        soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat()
        late = Offer("late", "hat", price_cents=6000, slot=Slot(soon), seconds=2)
        for offer in (late, over):
            trade.book.put(offer)
        with refused("offers.slot_over"):
            offers.arm(over)
        offers.arm(late)
        await offers.restore(offers.checkpoint())
        with refused("offers.runs"):
            trade.book.put(late)
        await trade.until(lambda: trade.book.run("late").why == "time", "its time comes and goes")
        await offers.stop()
        told = [event for event in trade.heard if event.name == "offers.changed"]
        stages = [event.stage for event in told]  # type: ignore[attr-defined]
        assert stages[:2] == ["armed", "live"]
        assert stages[-1] == "ended"

    trading("slot", body)


def test_what_stands_in_the_way_of_a_slot_is_told() -> None:
    slot = Slot((datetime.now(UTC) - timedelta(seconds=1)).isoformat())

    async def body(trade: Trade) -> None:
        offers = trade.services["offers"]
        trade.book.put(Offer("now", "hat", price_cents=5900))
        trade.book.put(Offer("slot", "hat", price_cents=6000, slot=slot))
        offers.arm(trade.book.get("slot"))
        await offers.begin(trade.book.get("now"))
        await trade.until(lambda: trade.book.run("slot").why, "it says why")
        assert trade.book.run("slot").why == "offers.two"
        assert trade.book.quote("hat").cents == 5900

    trading("blocked", body)


def test_a_day_goes_on_till_its_end() -> None:
    starts, ends = slot_times(Slot("2027-03-15", "2027-03-15", "Asia/Shanghai"))
    assert (starts.isoformat(), ends and ends.isoformat()) == (
        "2027-03-14T16:00:00+00:00", "2027-03-15T16:00:00+00:00",
    )  # fmt: skip
    starts, ends = slot_times(Slot("2027-03-28", "2027-03-28", "Europe/Berlin"))
    assert ends is not None
    assert (ends - starts).total_seconds() == 23 * 3600


TEN = Coupon("ten", off_cents=1000, from_cents=5000, uses=10)


def test_a_coupon_is_never_used_once_too_often() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=64)
        room = trade.services["coupons"]
        room.put(TEN)
        with refused("coupons.not_released"):
            await hold(trade, "early", "b0", coupon_id="ten", lines=(Line("hat"),))
        with refused("coupons.not_open"):
            await room.claim("ten", "b0")
        await asyncio.gather(*(room.turn("ten", "booking") for _ in range(4)))
        assert trade.level(TEN.sku, CHANNEL) == (10, 0, 0), "counted out once"
        for _ in range(2):
            assert (await room.claim("ten", "b0")).outcome == "held"
        await room.turn("ten", "released")

        async def use(buyer: int) -> str:
            try:
                key = f"o{buyer}"
                return await hold(trade, key, f"b{buyer}", coupon_id="ten", lines=(Line("hat"),))
            except StudioError as error:
                return error.key

        told = await asyncio.gather(*(use(buyer) for buyer in range(63, -1, -1)))
        assert told.count("held") == 10
        assert told.count("coupons.short") == 54
        assert told[-1] == "held", "who booked ahead has it, though the last to ask"
        assert trade.level("hat") == (54, 10, 0), "goods of a refused order are not held"
        await asyncio.wrap_future(trade.stock.need().release("o0"))
        await trade.stock.look()
        assert trade.level(TEN.sku, CHANNEL) == (1, 9, 0), "the payment failed: free again"
        assert await use(0) == "released", "one key is one order"
        second = await hold(trade, "p0", "b0", coupon_id="ten", lines=(Line("hat"),))
        assert second == "held"
        with refused("coupons.limit"):
            await hold(trade, "p1", "b0", coupon_id="ten", lines=(Line("hat"),))
        with refused("coupons.no_use"):
            room.part = replace(room.part, coupons=(replace(TEN, from_cents=99_999_00),))
            await hold(trade, "p2", "b9", coupon_id="ten", lines=(Line("hat"),))
        assert trade.stock.need().faults() == []

    trading("coupon", body)


def test_a_coupon_that_was_released_survives_a_kill() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=1)
        room = trade.services["coupons"]
        room.put(TEN)
        await room.turn("ten", "released")
        kept, part = room.checkpoint(), room.save()
        await room.reset()
        await room.load(part, None)
        assert room.stage("ten") == "ready"
        await room.restore(kept)
        assert room.stage("ten") == "released"
        with refused("coupons.is_open"):
            room.put(TEN)
        with refused("coupons.is_open"):
            room.remove("ten")

    trading("kept", body)


def test_thousands_of_random_orders() -> None:
    """Never below the floors of all pieces or 0; the order in which offers came is nothing."""
    chance = random.Random(13)
    for _ in range(3000):
        hat = replace(HAT, price_cents=chance.choice((1, 99, 9900)))
        scarf = replace(SCARF, price_cents=chance.choice((2, 5000, 70_000)))
        goods: dict[str, Product] = {"hat": hat, "scarf": scarf}
        limits = {sku: Limit(chance.choice((0, 1, 60)), chance.choice((0, 4000))) for sku in goods}
        offers = [
            Offer(f"o{n}", chance.choice(("hat", "scarf")), price_cents=price,
                  percent=0 if price else chance.randint(1, 99))
            for n in range(chance.randint(0, 4)) for price in (chance.choice((0, 1, 4500)),)
        ]  # fmt: skip
        whole = Offer("whole", "hat", price_cents=chance.choice((1, 500, 9000)), parts=(
            Line("hat", chance.randint(1, 3)), Line("scarf", chance.randint(1, 2))))  # fmt: skip
        off = chance.choice((0, 1, 5000, 90_000))
        coupon = Coupon("c", off_cents=off, percent=0 if off else chance.randint(1, 99))
        bills = []
        for _again in range(2):
            chance.shuffle(offers)
            quotes = [price_of(goods[sku], sku, offers, limits) for sku in goods]
            quotes.append(bundle_price(whole, goods, limits))
            bills.append(bill_of([priced(quote, goods, limits, whole) for quote in quotes], coupon))
        assert bills[0] == bills[1]
        floors = sum(
            count * min(limits[sku].least, goods[sku].price_cents)
            for sku, count in (
                *((s, 2) for s in goods),
                *((p.sku, p.count * 2) for p in whole.parts),
            )
        )
        assert floors <= bills[0].total_cents <= bills[0].sum_cents
        assert bills[0].total_cents == bills[0].sum_cents - bills[0].off_cents


def priced(quote: Any, goods: Any, limits: Any, whole: Offer) -> Any:
    from msgspec.structs import asdict

    from studio.shop.offers.pricing import PricedLine, least_of

    parts = whole.parts if quote.offer == "whole" else (Line(quote.sku),)
    least = sum(p.count * least_of(p.sku, goods[p.sku].price_cents, limits) for p in parts)
    return PricedLine(**asdict(quote), count=2, least_cents=least, skus=tuple(parts))


def test_a_live_offer_has_another_price_at_once_and_keeps_its_pieces_and_its_clock() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=20)
        offers = trade.services["offers"]
        trade.book.limit("hat", Limit(3000, 4000))
        sale = Offer("sale", "hat", price_cents=6900, pieces=5, seconds=600)
        trade.book.put(sale)
        with pytest.raises(StudioError, check=lambda error: error.key == "offers.no_other_price"):
            offers.reprice(sale, 5900)
        await offers.begin(sale)
        run, left = trade.book.run("sale"), trade.book.left["sale"]
        assert offers.reprice(trade.book.get("sale"), 5900) == 6900
        assert trade.book.quote("hat").cents == 5900
        assert trade.book.run("sale").ends_ns == run.ends_ns
        assert trade.book.run("sale").key == run.key
        assert trade.book.left["sale"] == left == 5
        for cents in (3900, 2000, trade.book.listed(sale)):
            with pytest.raises(StudioError):
                offers.reprice(trade.book.get("sale"), cents)
            assert trade.book.quote("hat").cents == 5900, "refused: nothing has changed"
        await offers.end(trade.book.get("sale"), "stopped")
        assert trade.level("hat") == (20, 0, 0)

    trading("reprice", body)


@pytest.mark.parametrize("deed", ["changed", "removed", "floor"])
def test_what_is_changed_while_its_pieces_are_taken_does_not_begin(deed: str) -> None:
    """No price goes on air that was not judged, whoever is at the other desk."""

    async def body(trade: Trade) -> None:
        await trade.open(hat=10)
        sale = Offer("sale", "hat", price_cents=5900, pieces=4)
        trade.book.put(sale)
        offers, book = trade.services["offers"], trade.book
        beginning = asyncio.get_running_loop().create_task(offers.begin(sale))
        while not offers._turn.locked():
            await asyncio.sleep(0)
        if deed == "changed":
            book.put(replace(sale, price_cents=1))
        elif deed == "removed":
            book.remove("sale")
        else:
            book.limit("hat", Limit(0, 8000))
        with pytest.raises(StudioError):
            await beginning
        assert not list(book.running())
        assert book.quote("hat").cents == 9900
        await trade.stock.look()
        assert trade.level("hat") == (10, 0, 0)

    trading(f"late-{deed}", body)


def test_of_two_who_turn_a_coupon_the_later_one_has_the_last_word() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=64)
        room = trade.services["coupons"]
        room.put(TEN)
        tries = (room.turn("ten", "released"), room.turn("ten", "booking"))
        told = await asyncio.gather(*tries, return_exceptions=True)
        assert told[0] is None
        assert isinstance(told[1], StudioError)
        assert told[1].key == "coupons.is_open", "what may be used is not shut by a second hand"
        await asyncio.gather(room.turn("ten", "released"), room.turn("ten", "ended"))
        assert room.stage("ten") == "ended"
        opening = asyncio.get_running_loop().create_task(room.turn("ten", "booking"))
        await asyncio.sleep(0)
        room.remove("ten")
        with refused("coupons.moved_on"):
            await opening
        room.put(TEN)
        assert room.stage("ten") == "ready", "another coupon of its name is not open"

    trading("turned", body)
