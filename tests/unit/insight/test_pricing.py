"""Prices in steps: inside floor, ceiling, stock and law, accepted by a person and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from studio.core.clock import utc_of
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.governance.database import open_database
from studio.insight.analysis.load import rebuild
from studio.insight.events import PriceStepped
from studio.insight.journal import Journal
from studio.insight.pricing.history import find_prices
from studio.insight.pricing.learning import Demand, ladder, next_price
from studio.insight.pricing.model import PriceMandate, PricePeriod, PriceProposal, PricingPart
from studio.insight.pricing.service import PricingService
from studio.insight.pricing.simulation import simulate
from studio.insight.pricing.tonight import MINUTE_NS, TONIGHT, PricesTonight
from studio.shop.catalogue import Catalogue
from studio.shop.events import StockChanged
from studio.shop.model import Product, ShopState
from studio.shop.offers.book import OfferBook
from studio.shop.offers.model import Limit
from tests.unit.insight.made_shows import BEGAN_S
from tests.unit.shop.trade import Trade, trading


def test_simulated_shows_keep_what_is_promised() -> None:
    found = simulate(101, 60)
    assert found.outside == 0
    assert found.third >= 0.80
    assert found.worse <= 0.05  # 60 of the 1,000 that are measured
    assert 0.4 <= found.fixed <= 0.7


def test_a_ladder_stays_between_cost_and_list_price() -> None:
    rng = np.random.default_rng(3)
    for _ in range(500):
        listed, least = int(rng.integers(1, 90_000)), int(rng.integers(0, 90_000))
        prices = ladder(listed, least)
        assert prices[-1] == listed
        assert all(min(least, listed) <= cents <= listed for cents in prices)
        assert list(prices) == sorted(set(prices))
        assert len(prices) <= 7


def test_traffic_is_not_taken_for_demand() -> None:
    """The cheap price was had in a show with ten times the viewers: nothing is learned of that."""
    alone = [PricePeriod(1, 9900, 10.0, 10), PricePeriod(2, 5900, 10.0, 100)]
    assert np.allclose(Demand(9900, alone).weights, Demand(9900).weights)
    split = [PricePeriod(1, 9900, 10.0, 10), PricePeriod(1, 5900, 10.0, 100)]
    prices = ladder(9900, 3000)
    assert Demand(9900, split * 2).best(prices, 2000) < 9900
    flat = [PricePeriod(1, 9900, 10.0, 50), PricePeriod(1, 5900, 10.0, 50)]
    assert Demand(9900, flat * 2).best(prices, 2000) == 9900
    rng = np.random.default_rng(1)
    two = [*flat, PricePeriod(2, 9900, 5.0, 20), PricePeriod(2, 6900, 5.0, 20)]
    assert next_price(Demand(9900, two), two, prices, 2000, rng) == (9900, False)


# -- on the shop's own rules -----------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    Journal(tmp_path / "journal.db", "show").close()
    return tmp_path


class Seen:
    """This show, as it is told."""

    def __init__(self) -> None:
        self.found: list[PricePeriod] = []

    def reset(self) -> None:
        """Nothing was sold."""
        self.found = []

    def watch(self, sku: str) -> None:
        """All are."""

    def tick(self) -> None:
        """No time goes by."""

    def periods(self, sku: str) -> list[PricePeriod]:
        """As told."""
        return self.found


Body = Callable[[PricingService, Bus, Trade, Any], Awaitable[None]]


def priced(body: Body, tonight: Seen | None = None, **pieces: int) -> None:
    async def run(trade: Trade) -> None:
        await trade.open(**(pieces or {"hat": 50}))
        trade.book.limit("hat", Limit(3000, 4000))
        bus = Bus(trade.events, trade.state)
        for service in (*trade.services.values(), trade.stock):
            bus.add(*service.commands())
        air = SimpleNamespace(is_on_air=False)
        pricing = PricingService(
            trade.book, trade.stock.free, bus, air, trade.events, trade.state, tonight
        )
        bus.add(*pricing.commands())
        try:
            await body(pricing, bus, trade, air)
        finally:
            await pricing.stop()

    trading("pricing", run)


def test_a_proposal_is_accepted_becomes_an_offer_and_is_taken_back(data: Path) -> None:
    async def body(pricing: PricingService, bus: Bus, trade: Trade, air: Any) -> None:
        found = msgspec.convert(
            (await bus.run("pricing.propose", {"sku": "hat"})).result, PriceProposal
        )
        assert found.ladder[0] >= 4000
        assert found.ladder[-1] == 9900
        assert trade.book.quote("hat").cents == 9900  # nothing changed yet
        again = (await bus.run("pricing.propose", {"sku": "hat"})).result
        assert again["cents"] == found.cents
        done = await bus.run("pricing.step", {"sku": "hat", "cents": 6900})
        quote = trade.book.quote("hat")
        assert quote.cents == 6900
        assert quote.offer in {offer.id for offer in trade.book.part.offers}
        assert done.undo is not None
        with pytest.raises(StudioError, match="out of date"):
            await bus.run("pricing.accept", {"id": found.id})
        await bus.run(*done.undo)
        assert trade.book.quote("hat").cents == 9900
        told = [event for event in trade.heard if isinstance(event, PriceStepped)]
        assert [(event.before_cents, event.cents) for event in told] == [(9900, 6900), (6900, 9900)]

    priced(body)


def test_no_price_leaves_the_bounds_whoever_asks(data: Path) -> None:
    async def body(pricing: PricingService, bus: Bus, trade: Trade, air: Any) -> None:
        rng = np.random.default_rng(5)
        refused = 0
        for _ in range(60):
            cents = int(rng.choice([0, 1, 3000, 3999, 4000, 5900, 7900, 9899, 9900, 9901, 20000]))
            try:
                done = await bus.run("pricing.step", {"sku": "hat", "cents": cents})
                if done.undo and rng.random() < 0.4:
                    await bus.run(*done.undo)
            except StudioError:
                refused += 1
            quote = trade.book.quote("hat")
            assert 4000 <= quote.cents <= 9900
            assert not quote.offer or quote.was_cents <= 9900
            assert pricing.steps_done("hat") <= 6
        assert refused > 20
        assert pricing.steps_done("hat") == 6
        await bus.run("pricing.withdraw", {"sku": "hat"})
        assert trade.book.quote("hat").cents == 9900
        kept = pricing.checkpoint()
        await pricing.reset()
        await pricing.restore(kept)  # a kill brings no further steps
        with pytest.raises(StudioError, match="6 price steps"):
            await bus.run("pricing.step", {"sku": "hat", "cents": 5900})
        with pytest.raises(StudioError, match="cost"):
            await bus.run("pricing.propose", {"sku": "scarf"})

    priced(body)


def test_from_step_to_step_no_other_price_holds(data: Path) -> None:
    """Sampled at everything that is told and at each turn of the loop."""

    async def body(pricing: PricingService, bus: Bus, trade: Trade, air: Any) -> None:
        listed = trade.book.quote("hat").cents
        await pricing.step("hat", 8900)
        seen: set[int] = set()
        trade.events.on_all(lambda event: seen.add(trade.book.quote("hat").cents))
        is_over = False

        async def watch() -> None:
            while not is_over:
                seen.add(trade.book.quote("hat").cents)
                await asyncio.sleep(0)

        watching = asyncio.create_task(watch())
        for cents in (7900, 6900, 7900):
            await pricing.step("hat", cents)
        is_over = True
        await watching
        assert {7900, 6900} <= seen <= {8900, 7900, 6900}
        assert listed not in seen

    priced(body)


def test_stock_that_runs_out_anyhow_is_not_made_cheaper(data: Path) -> None:
    tonight = Seen()

    async def body(pricing: PricingService, bus: Bus, trade: Trade, air: Any) -> None:
        tonight.found = [PricePeriod(9, 9900, 30.0, 20.0)]
        found = await pricing.propose("hat")
        assert found.cents >= found.now_cents
        assert "12 left" in found.reason.en

    priced(body, tonight, hat=12)


def test_a_mandate_steps_by_itself_within_its_bounds_and_ends(data: Path) -> None:
    tonight = Seen()
    cheap_sells = [PricePeriod(show, cents, 9.0, units) for show in (1, 2)
                   for cents, units in ((9900, 1.0), (4900, 90.0))]  # fmt: skip

    async def body(pricing: PricingService, bus: Bus, trade: Trade, air: Any) -> None:
        mandate = {"sku": "hat", "low_cents": 7000, "steps": 2, "minutes": 5}
        done = await bus.run("pricing.mandate", {"mandate": mandate})
        assert done.undo == ("pricing.end_mandate", {"sku": "hat"})
        assert pricing.save() == PricingPart((PriceMandate("hat", 7000, 2, 5),))
        tonight.found = cheap_sells
        pricing.every[0].job()  # off air nothing happens
        air.is_on_air = True

        def is_stepped() -> bool:
            pricing.every[0].job()
            return pricing.steps_done("hat") > 0

        await trade.until(is_stepped, "the mandate made no step")
        assert 7000 <= trade.book.quote("hat").cents < 9900
        pricing.every[0].job()  # five minutes are not over
        await pricing.stop()
        assert pricing.steps_done("hat") == 1
        told = [event for event in trade.heard if isinstance(event, PriceStepped)]
        assert [event.by for event in told] == ["mandate"]
        await bus.run("pricing.end_mandate", {"sku": "hat"})
        assert pricing.view().prices[0].mandate is None

    priced(body, tonight, hat=5000)


def test_minutes_and_pieces_are_counted_from_the_same_moment(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sold before anybody asked has no minutes beside it, and says nothing."""
    events, catalogue, now = Events(), Catalogue(), [0]
    catalogue.load(ShopState(products=(Product("hat", 1, "Hat", 9900),)))
    monkeypatch.setattr("studio.insight.pricing.tonight.now_ns", lambda: now[0])
    tonight = PricesTonight(events, OfferBook(catalogue), SimpleNamespace(is_on_air=True))

    def goes_on(minutes: int, sold: int) -> None:
        events.publish(StockChanged(sku="hat", channel="own", free=500, held=0, sold=sold))
        now[0] += minutes * MINUTE_NS
        tonight.tick()

    goes_on(0, 0)
    goes_on(60, 100)
    assert tonight.periods("hat") == []
    tonight.watch("hat")
    goes_on(10, 120)
    assert [(each.exposure, each.units) for each in tonight.periods("hat")] == [(10.0, 20.0)]


# -- from the own shows ----------------------------------------------------------------------------


def test_a_show_that_just_ended_is_not_learned_from_twice(data: Path) -> None:
    a_show(data / "journal.db")

    async def body(pricing: PricingService, bus: Bus, trade: Trade, air: Any) -> None:
        assert (await pricing.propose("hat")).periods == len(tonight.found)

    tonight = Seen()
    tonight.found = [PricePeriod(TONIGHT, 9900, 30.0, 3.0), PricePeriod(TONIGHT, 6900, 30.0, 16.0)]
    priced(body, tonight)


def test_times_at_one_price_are_found_in_the_journal(data: Path) -> None:
    path = data / "journal.db"
    a_show(path)
    analysis = data / "analysis.duckdb"
    rebuild(path, data / "none.db", analysis)
    found = find_prices(analysis, "hat").periods
    assert [(period.cents, period.units) for period in found] == [(9900, 3.0), (6900, 16.0)]
    assert [round(period.exposure) for period in found] == [30, 30]
    assert find_prices(analysis, "hat", is_on_air=True).periods == ()


def a_show(path: Path) -> None:
    """Half an hour at the list price, half an hour at another."""
    rows: list[tuple[Any, ...]] = []

    def add(minute: float, name: str, data: str = "{}", cents: int | None = None) -> None:
        at = BEGAN_S + minute * 60
        rows.append((1, round(at * 1e9), utc_of(at), name, data, "show", "hat", cents, "CNY",
                     round(minute * 60_000)))  # fmt: skip

    for minute in range(0, 30, 10):
        add(minute, "insight.sold", '{"units": 1}', 9900)
    add(30, "pricing.stepped", cents=6900)
    for minute in range(31, 60, 4):
        add(minute, "insight.sold", '{"units": 2}', 13800)
    add(60, "comments.received")
    with closing(open_database(path)) as base, base.transaction():
        base.executemany(
            "INSERT INTO entries (run, at_ns, at_utc, name, data, show, sku, value_cents, "
            "currency, programme_ms, schema) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 2)", rows,
        )  # fmt: skip
