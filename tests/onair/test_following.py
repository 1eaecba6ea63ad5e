"""Two desks at a real engine with many goods: what is told by its changes equals the whole."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio, small_show
from ui.parts import PARTS, RowsChange, prepare

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]

GOODS, VENDOR_EVENTS = 300, 512


def many_goods(folder: Path) -> Path:
    show = json.loads((small_show(folder) / "show.json").read_text(encoding="utf-8"))
    show["shop"]["products"] = [
        {"id": f"p{n}", "number": n + 1, "name": f"Coat {n}", "price_cents": 9900, "stock": 5}
        for n in range(GOODS)
    ]
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = tmp_path_factory.mktemp("following")
    with Studio(root / "studio", show=str(many_goods(root / "many.show"))) as running:
        yield running


class Desk:
    """A client that keeps the state as the window's store does."""

    def __init__(self, address: str) -> None:
        self.peer = Peer(address, events=VENDOR_EVENTS)
        self.parts: dict[str, Any] = {}
        self.numbers: dict[str, int] = {}
        self.changes = self.longest = 0
        self.take(self.peer.run("state.follow"))

    def take(self, told: dict[str, Any]) -> None:
        read: Any = prepare("state.changed", told)
        for name, part in read["parts"].items():
            self.parts[name], self.numbers[name] = part, read["numbers"].get(name)
        for name, change in read["changes"].items():
            assert isinstance(change, RowsChange), change
            assert self.numbers[name] == change.base
            self.parts[name] = change.after(self.parts[name])
            self.numbers[name] = change.number
            self.changes += 1
            self.longest = max(self.longest, len(json.dumps(told["changes"])))

    def catch_up(self) -> None:
        """All that was told by now; an answer comes after it."""
        self.peer.run("stats.get")
        for event in self.peer.events:
            inner = event.get("eventData", {})
            if inner.get("eventType") == "state.changed":
                self.take(inner["eventData"])
        self.peer.events.clear()


def any_step(chance: random.Random, ids: list[str]) -> tuple[str, dict[str, Any]]:
    id = chance.choice(ids)
    return chance.choice(
        [
            ("shop.price", {"product": id, "cents": chance.randrange(1, 9999)}),
            ("shop.stock", {"product": id, "count": chance.randrange(99)}),
            ("shop.card", {"product": id}),
            ("shop.explain", {"product": id}),
            ("shop.put", {"product": {"id": f"n{chance.randrange(10**6)}", "name": "New",
                                      "number": chance.randrange(1000, 9999),
                                      "price_cents": 100}}),
            ("shop.put", {"product": {"id": id, "name": "Other", "number": chance.randrange(999),
                                      "price_cents": 200}}),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_random_changes_of_two_desks_equal_the_whole(studio: Studio, seed: int) -> None:
    chance = random.Random(seed)
    desks = [Desk(studio.address), Desk(studio.address)]
    undos: list[Any] = []
    try:
        for _ in range(40):
            ids = [product.id for product in desks[0].parts["shop"].products]
            peer = chance.choice(desks).peer
            if undos and chance.random() < 0.2:
                back = undos.pop(chance.randrange(len(undos)))
                peer.run_code(back[0], **back[1])
            else:
                command, args = any_step(chance, ids)
                done = peer.run(command, **args)
                undos += [done["undo"]] if done["undo"] else []
            if chance.random() < 0.3:
                chance.choice(desks).catch_up()
        with Peer(studio.address, events=0) as plain:
            whole = plain.run("state.get", parts=["shop", "stock", "scenes"])
        for desk in desks:
            desk.catch_up()
            for name in whole:
                assert desk.parts[name] == msgspec.convert(whole[name], PARTS[name], strict=False)
            assert desk.changes > 20
            assert desk.longest < 4000, "one product, not three hundred"
    finally:
        for desk in desks:
            desk.peer.close()


def test_who_did_not_ask_for_it_is_told_the_whole(studio: Studio) -> None:
    with Peer(studio.address, events=VENDOR_EVENTS) as plain, Peer(studio.address) as other:
        other.run("shop.price", product="p9", cents=123)
        while True:
            event = plain.event("VendorEvent", eventType="state.changed")["eventData"]
            assert set(event) == {"parts"}
            if "shop" in event["parts"]:
                break
        prices = {row["id"]: row["price_cents"] for row in event["parts"]["shop"]["products"]}
        assert prices["p9"] == 123
        assert len(prices) >= GOODS


def test_a_part_that_was_missed_is_asked_for_again(studio: Studio) -> None:
    """Its number is another then, and what comes builds on that."""
    desk = Desk(studio.address)
    try:
        desk.peer.run("shop.price", product="p3", cents=77)
        told = desk.peer.run("state.follow", parts=["shop"])
        desk.peer.events.clear()  # the change is lost
        assert told["numbers"]["shop"] != desk.numbers["shop"]
        desk.take(told)
        desk.peer.run("shop.price", product="p4", cents=78)
        desk.catch_up()
        prices = {product.id: product.price_cents for product in desk.parts["shop"].products}
        assert (prices["p3"], prices["p4"]) == (77, 78)
    finally:
        desk.peer.close()
