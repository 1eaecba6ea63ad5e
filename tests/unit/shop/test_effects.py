"""Effects on the picture: capped, one at a time, in free places, gone by themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import studio.shop.effects.service as effects_module
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import ShowContext
from studio.core.state import State
from studio.graphics.hearts import (
    APART_NS,
    MOST_RISING,
    MOST_WAITING,
    RISE_NS,
    HeartShower,
    draw_hearts,
)
from studio.media.yuv import Rect
from studio.shop.catalogue import Catalogue
from studio.shop.effects.model import EffectsPart
from studio.shop.effects.service import EffectService, ThanksListener
from studio.shop.model import Product, ShopState

NS = 1_000_000_000
GOODS = (Product("hat", 1, "Hat", 9900, stock=2), Product("bag", 2, "Bag", 9900, stock=0))


class Scene:
    """Room, picture and a clock in the hand."""

    language = "en"

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **on: bool) -> None:
        self.now = 100 * NS
        monkeypatch.setattr(effects_module, "now_ns", lambda: self.now)
        self.liked, self.hidden = 7, set[str]()
        self.hearts: list[int] = []
        self.said: list[str] = []
        self.give: ThanksListener
        events = Events()
        self.state = State(events, lambda work: work())
        self.catalogue = Catalogue()
        self.catalogue.load(ShopState(GOODS, explaining="hat"))
        self.effects = EffectService(self, self.catalogue, self, self.state)
        self.bus = Bus(events, self.state)
        for commands in self.effects.commands():
            self.bus.add(commands)
        asyncio.run(self.effects.load(EffectsPart(**on), ShowContext(Path())))

    def on_gift(self, listener: ThanksListener) -> None:
        self.give = listener

    def likes(self) -> int:
        return self.liked

    def may_show(self, comment: str) -> bool:
        return comment not in self.hidden

    def send_hearts(self, count: int) -> None:
        self.hearts.append(count)

    def show_stamp(self, text: str) -> None:
        self.said.append(text)

    def drop_effects(self) -> None:
        self.said.append("dropped")

    def later(self, seconds: float) -> None:
        """Time goes on, looked at five times a second."""
        for _ in range(round(5 * seconds)):
            self.now += NS // 5
            self.effects.every[0].job()

    def stock(self, product: Product, left: int | None) -> None:
        self.catalogue.put(replace(product, stock=left))
        self.state.touch("shop")

    def do(self, name: str, **args: Any) -> Any:
        return asyncio.run(self.bus.run(f"effects.{name}", args, origin="desk"))


def test_all_are_off_until_somebody_switches_them_on(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    scene.liked += 50
    scene.give("c1", "Li")
    scene.stock(GOODS[0], 0)
    scene.later(10)
    assert scene.hearts == []
    assert scene.said == []


def test_likes_are_hearts_and_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, likes=True)
    scene.later(1)
    assert scene.hearts == [], "likes of before are no news"
    scene.liked += 3
    scene.later(1)
    scene.liked += 5_000
    scene.later(1)
    assert scene.hearts == [3, effects_module.MOST_HEARTS]


def test_the_last_piece_is_stamped_once_and_again_when_it_goes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch, sold_out=True)
    scene.later(1)
    assert scene.said == [], "the bag was sold out before"
    scene.stock(GOODS[0], 0)
    scene.stock(GOODS[0], 0)
    scene.later(8)
    assert scene.said == ["Hat sold out", ""]
    scene.stock(GOODS[0], 4)
    scene.later(1)
    scene.stock(GOODS[0], 0)
    scene.later(8)
    assert scene.said == ["Hat sold out", ""] * 2


def test_what_was_sold_out_before_the_ledger_was_away_is_no_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch, sold_out=True)
    for left in (None, 0):
        scene.stock(GOODS[1], left)
        scene.later(1)
    scene.stock(GOODS[0], None)
    scene.later(1)
    scene.stock(GOODS[0], 0)
    scene.later(8)
    assert scene.said == ["Hat sold out", ""], "two were left when it was seen last"


def test_nothing_that_is_there_again_is_called_sold_out(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, sold_out=True)
    scene.stock(GOODS[1], 1)
    scene.later(1)
    scene.stock(GOODS[0], 0)
    scene.stock(GOODS[1], 0)
    scene.later(1)
    assert scene.said == ["Hat sold out"]
    scene.stock(GOODS[1], 5)  # while its stamp waits
    scene.stock(GOODS[0], 5)  # while its stamp is up
    scene.later(0.4)
    assert scene.said == ["Hat sold out", ""]
    scene.later(20)
    assert scene.said == ["Hat sold out", ""]


def test_who_gives_is_thanked_after_a_moment_unless_blocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch, gifts=True)
    scene.give("c1", "Li")
    scene.later(1)
    assert scene.said == []
    scene.later(2)
    assert scene.said == ["Thank you, Li"]
    scene.give("c2", "Rude")
    scene.later(1)
    scene.hidden.add("c2")
    scene.later(10)
    assert scene.said == ["Thank you, Li", ""], "blocked before it went up"
    scene.give("c3", "Wu")
    scene.later(3)
    scene.hidden.add("c3")
    scene.later(0.2)
    assert scene.said[-2:] == ["Thank you, Wu", ""], "muted while it was up: gone at once"


def test_they_come_one_after_the_other_and_a_flood_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch, gifts=True, sold_out=True)
    for number in range(40):
        scene.give(f"c{number}", f"Giver {number}")
    scene.stock(GOODS[0], 0)
    scene.later(1)
    assert scene.said == ["Hat sold out"], "stock is never pushed out by thanks"
    scene.later(60)
    shown = [words for words in scene.said if words]
    view = scene.effects.view()
    assert len(shown) <= 1 + effects_module.MOST_WAITING
    assert view.shown == len(shown)
    assert view.shown + view.left_out == 41


def test_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    scene.do("play", kind="likes")
    assert scene.hearts == [effects_module.MOST_HEARTS]
    scene.do("play", kind="sold_out")
    scene.do("play", kind="sold_out", product="2")
    scene.later(12)
    assert scene.said == ["Hat sold out", "", "Bag sold out", ""]
    scene.catalogue.explain("")
    with pytest.raises(StudioError) as refused:
        scene.do("play", kind="sold_out")
    assert refused.value.key == "effects.no_product"
    assert scene.do("set", gifts=True).undo is not None
    assert scene.do("set", gifts=True).undo is None
    assert scene.said[-1] == "dropped"


def test_a_stamp_by_hand_is_one_however_often_it_is_pressed_and_goes_with_its_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch)
    for _ in range(3):
        scene.do("play", kind="sold_out")
    scene.later(1)
    scene.do("play", kind="sold_out")
    scene.later(11)
    assert scene.said == ["Hat sold out", ""]
    scene.do("play", kind="sold_out")
    scene.do("play", kind="sold_out", product="bag")
    scene.later(1)
    scene.catalogue.remove(GOODS[1])
    scene.catalogue.remove(GOODS[0])
    scene.later(9)
    assert scene.said == ["Hat sold out", "", "Hat sold out", ""]


def test_taking_back_leaves_what_another_desk_set_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch)
    undo = scene.do("set", likes=True).undo
    scene.do("set", gifts=True)
    assert undo == ("effects.set", {"likes": False})
    scene.do("set", **undo[1])
    assert scene.effects.part == EffectsPart(gifts=True)


AREA, SIZE = Rect(20, 20, 1240, 680), (1280, 720)


def test_hearts_rise_apart_few_at_a_time_and_end() -> None:
    shower = HeartShower()
    assert shower.is_idle
    shower.layers = {"landscape": draw_hearts(28)}
    shower.send(500)
    seen, most, highest, at = 0, 0, 720, 0
    while not shower.is_idle:
        placed = shower.at("landscape", SIZE, AREA, (), at)
        for heart in placed:
            assert heart.x % 2 == heart.y % 2 == 0
            assert 0 <= heart.x <= SIZE[0] - heart.layer.width
            assert 0 <= heart.y <= SIZE[1] - heart.layer.height
            highest = min(highest, heart.y)
        seen, most = seen + bool(placed), max(most, len(placed))
        at += NS // 30
        assert at < 60 * NS
    assert 0 < most <= MOST_RISING
    assert at <= (MOST_WAITING + 2) * max(APART_NS, RISE_NS // MOST_RISING) + RISE_NS
    assert seen > 60
    assert highest > SIZE[1] * 0.4, "they stay in their corner"


def test_no_heart_touches_a_face_or_a_card_and_no_canvas_is_asked_twice() -> None:
    shower = HeartShower()
    shower.layers = {"landscape": draw_hearts(28), "portrait": draw_hearts(28)}
    avoid = [Rect(1100, 380, 180, 120), Rect(1000, 600, 280, 60)]
    shower.send(20)
    drawn = 0
    for tick in range(200):
        at = tick * NS // 30
        placed = shower.at("landscape", SIZE, AREA, avoid, at)
        other = shower.at("portrait", (720, 1280), Rect(10, 10, 700, 1260), (), at)
        drawn += len(placed)
        assert len(other) >= len(placed), "the same hearts on both"
        for heart in placed:
            box = Rect(heart.x, heart.y, heart.layer.width, heart.layer.height)
            assert not any(box.meets(thing) for thing in avoid)
    assert drawn > 20
    assert shower.at("unknown", SIZE, AREA, (), 201 * NS // 30) == []
    shower.send(3)
    shower.clear()
    assert shower.at("landscape", SIZE, AREA, (), 202 * NS // 30) == []


def test_hearts_that_are_cleared_while_a_picture_is_made_stay_away() -> None:
    shower = HeartShower()
    shower.layers = {"landscape": draw_hearts(28)}
    shower.send(5)
    assert shower.at("landscape", SIZE, AREA, (), 0)
    rising = shower._rising
    shower.clear()
    shower._rising = rising  # the picture thread, which had looked a moment before
    assert shower.at("landscape", SIZE, AREA, (), 1) == []
    assert shower.is_idle
    shower.send(1)
    assert shower.at("landscape", SIZE, AREA, (), 2)
