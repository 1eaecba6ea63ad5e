"""Today's goods: their order, what comes next, what is done, and what is missing of each."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

import studio.shop.run_order.service as room_module
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import ShowContext
from studio.core.state import State
from studio.shop.catalogue import Catalogue
from studio.shop.completeness import ATTRIBUTES, gaps_of, score_of
from studio.shop.model import Product, ShopState
from studio.shop.run_order.model import RunOrderPart
from studio.shop.run_order.service import RunOrderService

NS = 1_000_000_000
GOODS = tuple(
    Product(id, number, id.title(), 9900, stock=9)
    for number, id in enumerate(("hat", "bag", "scarf", "coat"), 1)
)


class Room:
    """A run order over four goods, with a clock in the hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NS
        monkeypatch.setattr(room_module, "now_ns", lambda: self.now)
        self.events = Events()
        self.state = State(self.events, lambda work: work())
        self.catalogue = Catalogue()
        self.catalogue.load(ShopState(GOODS))
        self.order = RunOrderService(self.catalogue, self.events, self.state)
        asyncio.run(self.order.load(RunOrderPart(), ShowContext(Path())))
        self.bus = Bus(self.events, self.state)
        for commands in self.order.commands():
            self.bus.add(commands)

    def do(self, name: str, **args: Any) -> Any:
        return asyncio.run(self.bus.run(f"run_order.{name}", args, origin="desk"))

    def explain(self, product: str, seconds: float = 0) -> None:
        self.catalogue.explain(product)
        self.state.touch("shop")
        self.order.every[0].job()
        self.now += int(seconds * NS)

    def states(self) -> dict[str, str]:
        return {row.product: row.state for row in self.order.view().rows}

    def ids(self) -> list[str]:
        self.order.every[0].job()
        return [row.product for row in self.order.view().rows]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(monkeypatch)


def test_without_an_order_all_goods_come_by_number(room: Room) -> None:
    view = room.order.view()
    assert not view.is_own
    assert room.ids() == ["hat", "bag", "scarf", "coat"]
    assert view.next == "hat"


def test_it_is_put_moved_left_out_and_taken_back(room: Room) -> None:
    moved = room.do("move", product="coat", place=1).undo
    assert (moved[0], moved[1]["goods"]) == ("run_order.put", [])
    assert room.ids() == ["coat", "hat", "bag", "scarf"]
    undo = room.do("remove", product="bag").undo
    assert room.ids() == ["coat", "hat", "scarf"]
    room.do("add", product="2", place=99)
    assert room.ids() == ["coat", "hat", "scarf", "bag"]
    room.do("add", product="bag", place=2)  # one that is in it moves
    assert room.ids() == ["coat", "bag", "hat", "scarf"]
    room.do("put", **undo[1])
    assert room.ids() == ["coat", "hat", "bag", "scarf"]
    assert [product.number for product in room.catalogue.state.products] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "args", "others", "wanted"),
    [
        ("put", {"goods": ["coat", "scarf", "hat"]}, {"product": "bag", "place": 2},
         ["bag", "hat", "scarf", "coat"]),
        ("move", {"product": "coat", "place": 1}, {"product": "bag", "place": 99},
         ["hat", "scarf", "coat", "bag"]),
        ("remove", {"product": "scarf"}, {"product": "bag", "place": 1},
         ["bag", "hat", "scarf", "coat"]),
    ],
)  # fmt: skip
def test_what_another_desk_put_in_meanwhile_stays(
    room: Room, name: str, args: dict[str, Any], others: dict[str, Any], wanted: list[str]
) -> None:
    room.do("put", goods=["hat", "scarf", "coat"])
    undo = room.do(name, **args).undo
    room.do("add", **others)
    both = room.ids()
    redo = room.do("put", **undo[1]).undo
    assert room.ids() == wanted
    room.do("put", **redo[1])
    assert room.ids() == both


@pytest.mark.parametrize(
    ("name", "args", "why"),
    [
        ("put", {"goods": ["hat", "1"]}, "show.twice"),
        ("put", {"goods": ["shoe"]}, "shop.no_product"),
        ("move", {"product": "scarf", "place": 1}, "run_order.not_today"),
        ("remove", {"product": "hat"}, "run_order.last"),
        ("mark", {"product": "scarf"}, "run_order.not_today"),
        ("begin", {"done": ["shoe"]}, "shop.no_product"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    room: Room, name: str, args: dict[str, Any], why: str
) -> None:
    room.do("put", goods=["hat"])
    before = room.order.view()
    with pytest.raises(StudioError) as refused:
        room.do(name, **args)
    assert refused.value.key == why
    assert room.order.view() == before


def test_what_was_explained_is_done_and_a_slip_is_not(room: Room) -> None:
    room.explain("hat", 45)
    room.explain("bag", 3)  # touched by mistake
    room.explain("scarf")
    assert room.states() == {"hat": "done", "bag": "later", "scarf": "now", "coat": "next"}
    assert room.order.view().rows[0].seconds == 45
    room.do("mark", product="hat", done=False)
    assert room.states()["hat"] != "done"


def test_next_goes_on_in_order_and_comes_back_for_what_was_left(room: Room) -> None:
    told: list[str] = []
    room.events.on_all(lambda event: told.append(getattr(event, "product", "")))
    room.do("put", goods=["scarf", "hat", "coat"])
    assert room.do("next").result == {"product": "scarf"}
    assert "scarf" in told
    room.explain("scarf", 30)
    room.explain("coat", 30)  # by hand, past the hat
    assert room.order.view().next == "hat"
    undo = room.do("next").undo
    assert undo == ("shop.explain", {"product": "coat"})
    room.explain("", 0)
    for product in ("scarf", "hat", "coat"):
        room.do("mark", product=product)
    with pytest.raises(StudioError, match="Nothing of the run order"):
        room.do("next")
    room.do("begin")
    assert room.order.view().next == "scarf"


def test_two_who_press_next_at_once_pass_none_over(room: Room) -> None:
    assert room.do("next", product="hat").result == {"product": "hat"}
    second = room.do("next", product="1")
    assert (second.result, second.undo) == ({"product": "hat"}, None)
    assert room.states()["hat"] == "now"
    with pytest.raises(StudioError) as refused:
        room.do("next", product="scarf")
    assert refused.value.key == "run_order.moved_on"
    assert room.do("next").result == {"product": "bag"}


def test_what_is_sold_out_is_passed_over(room: Room) -> None:
    room.catalogue.put(replace(GOODS[1], stock=0))
    room.explain("hat", 30)
    assert room.order.view().next == "scarf"
    assert room.states()["bag"] == "sold_out"


def test_a_proposed_order_sorts_what_is_to_come(room: Room) -> None:
    room.do("put", goods=["hat", "bag", "coat"])
    room.explain("hat", 30)
    room.explain("bag")
    room.order.sort(["coat", "scarf", "hat", "bag"])
    assert room.ids() == ["hat", "bag", "coat"]
    room.do("mark", product="hat", done=False)
    room.order.sort(["coat", "scarf", "hat", "bag"])
    assert room.ids() == ["bag", "coat", "hat"]


def test_a_product_that_leaves_the_show_is_passed_over_and_comes_back(room: Room) -> None:
    room.do("put", goods=["coat", "hat"])
    room.catalogue.remove(GOODS[3])
    room.state.touch("shop")
    assert room.ids() == ["hat"]
    room.catalogue.put(GOODS[3])
    room.state.touch("shop")
    assert room.ids() == ["coat", "hat"]


def test_an_order_is_undone_though_one_of_it_left_the_show(room: Room) -> None:
    room.do("put", goods=["coat", "hat", "bag"])
    room.do("mark", product="coat")
    room.do("mark", product="hat")
    room.catalogue.remove(GOODS[3])
    room.state.touch("shop")
    moved, begun = room.do("move", product="bag", place=1).undo, room.do("begin").undo
    room.do(moved[0].removeprefix("run_order."), **moved[1])
    assert room.ids() == ["hat", "bag"]
    room.do(begun[0].removeprefix("run_order."), **begun[1])
    assert room.states() == {"hat": "done", "bag": "next"}


def test_when_all_of_an_order_left_it_is_all_goods_again(room: Room) -> None:
    room.do("put", goods=["coat"])
    room.catalogue.remove(GOODS[3])
    room.state.touch("shop")
    assert room.ids() == ["hat", "bag", "scarf"]
    assert not room.order.view().is_own


def test_a_new_beginning_is_undone_with_its_times(room: Room) -> None:
    room.explain("hat", 45)
    room.explain("bag", 12)
    undo = room.do("begin").undo
    assert undo[1] == {"done": ["hat"], "seconds": {"hat": 45.0, "bag": 12.0}}
    assert {row.seconds for row in room.order.view().rows} == {0}
    room.do("begin", **undo[1])
    assert [row.seconds for row in room.order.view().rows] == [45, 12, 0, 0]
    assert room.states()["hat"] == "done"


def test_what_is_wanted_once_more_is_not_ticked_by_a_slip(room: Room) -> None:
    room.explain("hat", 60)
    room.explain("bag", 1)
    room.do("mark", product="hat", done=False)
    room.explain("hat", 2)
    room.explain("scarf", 1)
    assert room.states()["hat"] != "done"
    room.explain("hat", 25)
    room.explain("scarf")
    assert room.states()["hat"] == "done"


@pytest.mark.parametrize("how", ["killed", "begun anew and taken back"])
def test_what_is_wanted_once_more_stays_so(room: Room, how: str) -> None:
    room.explain("hat", 60)
    room.explain("bag", 30)
    room.do("mark", product="hat", done=False)
    if how == "killed":
        kept = room.order.checkpoint()
        asyncio.run(room.order.reset())
        asyncio.run(room.order.restore(kept))
    else:
        room.do("begin", **room.do("begin").undo[1])
    room.explain("hat", 2)
    room.explain("scarf", 1)
    assert room.states()["hat"] != "done"
    assert room.states()["bag"] == "done", "its time counts on"


def test_thousands_of_goods_with_long_names_are_ordered_soon_and_kept(room: Room) -> None:
    many = tuple(Product("x" * 300 + f"{n}", n, "🧥" * 99, 9900, stock=9) for n in range(1, 5_999))
    room.catalogue.load(ShopState(many))
    room.state.touch("shop")
    began = time.thread_time()
    room.do("move", product="3", place=1)
    ids = room.ids()
    assert ids[:2] == [many[2].id, many[0].id]
    room.order.begin(ids, {})
    room.order.sort(ids)
    assert time.thread_time() - began < 1, "it was 6 s while each was looked for among all"
    part = room.order.save()
    assert msgspec.json.decode(msgspec.json.encode(part), type=RunOrderPart) == part


def test_it_survives_a_kill(room: Room) -> None:
    room.explain("hat", 30)
    room.explain("bag", 12)
    kept = room.order.checkpoint()
    assert kept.seconds == {"hat": 30, "bag": 10}
    room.now += 3600 * NS
    asyncio.run(room.order.reset())
    asyncio.run(room.order.restore(kept))
    assert room.states()["hat"] == "done"
    room.now += 10 * NS
    assert room.order.checkpoint().seconds["bag"] == 20  # the fall counts for nobody


def test_many_sales_tell_nobody_while_nothing_of_it_changes(room: Room) -> None:
    touched: list[tuple[str, ...]] = []
    room.state.on_touch(touched.append)
    look = room.order.every[0].job
    room.state.touch("shop")
    look()
    touched.clear()
    for left in range(8, 0, -1):
        room.catalogue.put(replace(GOODS[0], stock=left))
        room.state.touch("shop")
        look()
    assert not any("run_order" in parts for parts in touched)
    room.catalogue.put(replace(GOODS[0], stock=0))
    room.state.touch("shop")
    look()
    assert any("run_order" in parts for parts in touched)


def test_what_is_missing_is_named() -> None:
    bare = Product("x", 1, "", 0)
    assert gaps_of(bare) == ATTRIBUTES
    assert score_of(gaps_of(bare)) == 0
    whole = replace(GOODS[0], category="hats", photo="hat.png", points=("Straw",), price_cents=9900)
    assert gaps_of(whole) == ()
    assert score_of(()) == 100
    assert gaps_of(replace(whole, stock=0)) == (), "none left is a count"


def test_a_show_with_unknown_goods_opens_and_one_with_doubles_does_not(tmp_path: Path) -> None:
    context = ShowContext(tmp_path, parts={"shop": ShopState(GOODS)})
    found = list(RunOrderService.validate(RunOrderPart(("hat", "shoe")), context))
    assert [(entry.place, entry.severity) for entry in found] == [("run_order.goods[1]", "warning")]
    found = list(RunOrderService.validate(RunOrderPart(("hat", "hat")), context))
    assert [entry.severity for entry in found] == ["broken"]
