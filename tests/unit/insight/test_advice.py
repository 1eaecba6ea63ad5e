"""Advice: what belongs together, an order with reasons, never what is sold out or below margin."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from studio.core.clean import encode_json
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.insight.advice import ease
from studio.insight.advice.cli import of_show
from studio.insight.advice.ease import fit_ease, leave_last_out
from studio.insight.advice.facts import find_facts
from studio.insight.advice.goods import goods_table
from studio.insight.advice.model import AdviceFacts, GoodsFacts, OrderProposal, RelatedPair
from studio.insight.advice.ranking import LiveGoods, learned_of, rank
from studio.insight.advice.service import AdviceService
from studio.insight.advice.simulation import ITEMS, made_baskets, simulated_recall
from studio.insight.analysis.load import rebuild
from studio.insight.imports.model import Export, ExportRow
from studio.insight.imports.store import ExportStore
from studio.shop.catalogue import Catalogue
from studio.shop.events import ProductExplained
from studio.shop.model import Product, ShopState, Variant
from studio.shop.offers.book import OfferBook
from studio.shop.offers.model import Limit
from studio.shop.run_order.service import RunOrderService
from tests.unit.insight.made_shows import made_journal

GOODS = (
    Product("hat", 1, "Hat", 9900),
    Product("bag", 2, "Bag", 20000, stock=0),
    Product("cap", 3, "Cap", 5000, stock=3),
    Product("coat", 4, "Coat", 30000, variants=(Variant("coat-s", "S"), Variant("coat-m", "M"))),
    Product("sock", 5, "Sock", 1000),
)
NOTHING, QUIET = AdviceFacts(), LiveGoods()


class Ledger:
    """A ledger that counts what it is told."""

    def __init__(self, **pieces: int) -> None:
        self.pieces = pieces

    def free(self, sku: str) -> int | None:
        """Its pieces."""
        return self.pieces.get(sku.replace("-", "_"))


def a_book(**limits: Limit) -> tuple[Catalogue, OfferBook]:
    catalogue = Catalogue()
    catalogue.load(ShopState(products=GOODS))
    book = OfferBook(catalogue)
    book.part = msgspec.structs.replace(
        book.part, limits={sku.replace("_", "-"): limit for sku, limit in limits.items()}
    )
    return catalogue, book


def ids(book: OfferBook, ledger: Ledger, facts: AdviceFacts = NOTHING,
        live: LiveGoods = QUIET, margin: int = 0) -> list[str]:  # fmt: skip
    table = goods_table(GOODS, book, ledger.free, margin)
    return [table.products[row].id for row in rank(table, learned_of(table, facts), live).rows]


# -- the model -------------------------------------------------------------------------------------


def test_recall_on_buyers_it_has_not_seen_beside_what_sells_most() -> None:
    found = [simulated_recall(seed) for seed in (101, 102)]
    assert np.mean([each.model for each in found]) >= 0.45
    assert np.mean([each.popular for each in found]) <= 0.30


def test_goods_do_not_propose_themselves_and_pairs_are_found() -> None:
    baskets = [[0, 1], [0, 1], [0, 1], [2, 3], [2, 3], [2, 0]] * 10
    weights = fit_ease(baskets, 4, 3.0)
    assert np.all(np.diag(weights) == 0)
    assert weights[0].argmax() == 1
    assert weights[3].argmax() == 2
    assert leave_last_out(baskets, 4, first=1).model >= leave_last_out(baskets, 4, first=1).popular


def test_baskets_tried_in_strips_say_what_all_at_once_say(monkeypatch: pytest.MonkeyPatch) -> None:
    baskets = made_baskets(101, 300)
    monkeypatch.setattr(ease, "STRIP", 1_000)
    whole = leave_last_out(baskets, ITEMS)
    monkeypatch.setattr(ease, "STRIP", 7)
    assert leave_last_out(baskets, ITEMS) == pytest.approx(whole)
    assert leave_last_out([], 4)[:2] == (0.0, 0.0)


def test_a_model_that_knows_nothing_has_proposed_nothing() -> None:
    """Each pair was bought once: nothing says which product belongs to the one that is left."""
    found = leave_last_out([[2 * at, 2 * at + 1] for at in range(60)], 120)
    assert found.model < 0.05
    assert found.popular < 0.05


# -- never sold out, never below margin ------------------------------------------------------------


def test_what_is_sold_out_or_below_margin_is_never_proposed() -> None:
    for seed in range(200):
        never_below(seed)


def never_below(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pieces = {name: int(rng.integers(0, 3)) for name in ("hat", "bag", "cap", "coat_s", "coat_m")}
    limits = {
        name: Limit(int(rng.integers(0, 12_000)), int(rng.integers(0, 12_000)))
        for name in ("hat", "cap", "coat_s", "coat_m", "sock") if rng.random() < 0.6
    }  # fmt: skip
    margin = int(rng.integers(0, 60))
    _, book = a_book(**limits)
    facts = AdviceFacts(tuple(
        GoodsFacts(product.id, float(rng.integers(0, 90)), float(rng.integers(0, 60)))
        for product in GOODS
    ), (RelatedPair("hat", "bag", 1.0, 9),), airings=3)  # fmt: skip
    live = LiveGoods({"hat": 3}, {"hat": 4}, {}, str(rng.choice(["", "hat", "bag"])))
    for id in ids(book, Ledger(**pieces), facts, live, margin):
        product = next(product for product in GOODS if product.id == id)
        there = [sku for sku in product.skus if pieces.get(sku.replace("-", "_"), 1) > 0]
        assert there
        assert product.stock != 0
        for sku in there:
            limit = limits.get(sku.replace("-", "_"), Limit())
            assert product.price_cents >= limit.least
            if limit.cost_cents:
                assert (product.price_cents - limit.cost_cents) * 100 >= (
                    product.price_cents * margin
                )


def test_profit_a_minute_decides_capped_by_stock_and_each_fourth_place_tries() -> None:
    _, book = a_book(hat=Limit(9000), sock=Limit(100))
    facts = AdviceFacts((
        GoodsFacts("hat", 100, 100), GoodsFacts("cap", 500, 100), GoodsFacts("sock", 300, 100),
    ), airings=5)  # fmt: skip
    found = ids(book, Ledger(), facts)
    assert found[0] == "sock"  # 3 a minute × 9.00; caps sell faster, but three are left
    assert found[3] == "coat"  # hardly ever shown
    with_hat = AdviceFacts(facts.goods, (RelatedPair("cap", "hat", 1.0, 9),), airings=5)
    tonight = LiveGoods({"cap": 1.0}, {"cap": 2.0}, {"cap": 1.0}, "cap")
    assert ids(book, Ledger(), with_hat, tonight)[0] == "cap"  # it is on air


def test_without_history_the_order_stays() -> None:
    _, book = a_book()
    assert ids(book, Ledger()) == ["hat", "cap", "coat", "sock"]


# -- from the own shows ----------------------------------------------------------------------------


def order_rows(count: int) -> list[ExportRow]:
    rows = []
    for number in range(count):
        goods = ("hat", "cap") if number % 3 else ("coat-s", "sock")
        rows += [
            ExportRow(f"{number}|{sku}", str(number), "2026-11-02T12:00:00Z", data={"sku": sku})
            for sku in goods
        ]
    return rows


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("SHOPCAST_DATA", str(folder))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    folder.mkdir()
    made_journal(folder / "journal.db", 2, minutes=5)
    store = ExportStore()
    store.merge(Export("shopify_orders", rows=order_rows(90)), "orders.csv")
    store.close()
    return folder


def test_facts_come_from_orders_and_the_ledger(data: Path) -> None:
    path = data / "analysis.duckdb"
    rebuild(data / "journal.db", data / "imports" / "exports.db", path)
    groups = {"hat": "hat", "cap": "cap", "coat-s": "coat", "sock": "sock"}
    facts = find_facts(path, groups)
    assert (facts.orders, facts.airings) == (90, 2)
    assert {goods.product for goods in facts.goods} == {"hat", "cap", "coat", "sock"}
    assert facts.recall is not None
    best = {pair.product: pair.other for pair in reversed(facts.related)}
    assert (best["hat"], best["coat"]) == ("cap", "sock")


def engine(body: Any) -> None:
    async def run() -> None:
        catalogue, book = a_book(hat=Limit(2000))
        events = Events()
        state = State(events, asyncio.get_running_loop().call_soon)
        bus = Bus(events, state)
        today = RunOrderService(catalogue, events, state)
        service = AdviceService(catalogue, book, Ledger(), today, events, state)
        bus.add(*service.commands())
        await body(service, bus, catalogue, events)

    asyncio.run(run())


def test_a_difference_is_taken_over_and_back(data: Path) -> None:
    async def body(service: AdviceService, bus: Bus, catalogue: Catalogue, events: Events) -> None:
        proposal = msgspec.convert((await bus.run("advice.propose")).result, OrderProposal)
        assert [goods.product for goods in proposal.left_out] == ["bag"]
        before = catalogue.state
        for_today = await bus.run("advice.accept", {"id": proposal.id, "today": True})
        assert for_today.undo is not None
        assert (for_today.undo[0], for_today.undo[1]["goods"]) == ("run_order.put", [])
        assert catalogue.state == before, "link numbers stay"
        events.publish(ProductExplained(product="sock"))
        service.every[0].job()  # viewers did something: another order, the one before still counts
        assert service.view().proposal != proposal
        done = await bus.run("advice.accept", {"id": proposal.id})
        order = sorted(catalogue.state.products, key=lambda product: product.number)
        assert [product.id for product in order] == [
            *(goods.product for goods in proposal.order), "bag",
        ]  # fmt: skip
        assert done.undo is not None
        id, args = done.undo
        assert id == "shop.order"
        catalogue.sort(args["products"])
        assert catalogue.state == before
        related = (await bus.run("advice.related", {"product": "hat"})).result["related"]
        assert [goods["product"] for goods in related] == ["cap"]
        catalogue.remove(GOODS[4])
        with pytest.raises(StudioError, match=r"stale|out of date|过时"):
            await bus.run("advice.accept", {"id": proposal.id})

    engine(body)


def test_the_command_line_says_the_same_of_a_folder(data: Path) -> None:
    raw: dict[str, Any] = msgspec.json.decode(encode_json({"shop": ShopState(products=GOODS)}))
    proposal = of_show(raw, "x.show")
    assert proposal.total == 4
    assert proposal.recall is not None
    with pytest.raises(StudioError):
        of_show({"shop": {"products": 3}}, "x.show")
