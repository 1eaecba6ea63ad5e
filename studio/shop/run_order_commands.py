"""The run order from outside: put, add, move, remove, tick, and the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.taking_back import order_taken_back, way_back
from studio.shop.catalogue import Catalogue
from studio.shop.events import ProductExplained
from studio.shop.model import Product
from studio.shop.run_order.model import (
    GoodsId,
    GoodsList,
    GoodsSeconds,
    Place,
    RunOrderPart,
)


class TodaysGoods(Protocol):
    """The run order of this show."""

    part: RunOrderPart

    def goods(self) -> tuple[Product, ...]:
        """In their order."""
        ...

    def next(self) -> str:
        """What comes after the one that is explained; "" for nothing."""
        ...

    def go_on(self) -> tuple[str, str]:
        """Explains the next one; it, and what was explained before."""
        ...

    def put(self, goods: Sequence[str]) -> tuple[str, ...]:
        """Another order; the one before."""
        ...

    def is_done(self, product: str) -> bool:
        """Was it explained?"""
        ...

    def mark(self, product: str, *, done: bool) -> None:
        """Ticks it, or not."""
        ...

    def begin(
        self, done: Sequence[str], seconds: Mapping[str, float]
    ) -> tuple[tuple[str, ...], dict[str, float]]:
        """Exactly these are done, so long each was explained; how both were before."""
        ...


class RunOrderCommands:
    """Today's goods. Numbers (1号链接) stay: a list of its own says what comes when."""

    def __init__(self, room: TodaysGoods, catalogue: Catalogue, events: Events) -> None:
        self._room, self._catalogue, self._events = room, catalogue, events

    @command(
        "run_order.put",
        role=Role.CONTROLLER,
        label=("设定今日商品", "Set the run order"),
        help=(
            "今天讲哪些商品、按什么顺序；空列表恢复为全部商品按编号。链接编号不变。"
            "撤销时 instead_of 是那一步留下的顺序，别人此后的改动不动。",
            "Which goods today and in which order; an empty list is all of them by number again. "
            "Link numbers stay. In an undo instead_of is the order that the step had left: what "
            "others did to it since stays.",
        ),
    )
    def put(self, goods: GoodsList, instead_of: GoodsList | None = None) -> Changed:
        now = self._room.part.goods
        if instead_of is not None and list(now) != instead_of:
            goods = order_taken_back(self._whole(now), self._whole(instead_of), self._whole(goods))
        return self._done(self._room.put(goods))

    @command(
        "run_order.add",
        role=Role.CONTROLLER,
        label=("加入今日商品", "Add to the run order"),
        help=(
            "把商品排进今天的顺序：第几位，或排在最后；已在其中的移到那里。",
            "Puts a product into today's order: at a place, else last; one that is in it moves.",
        ),
    )
    def add(self, product: GoodsId, place: Place | None = None) -> Changed:
        return self._insert(self._catalogue.get(product).id, place)

    @command(
        "run_order.move",
        role=Role.CONTROLLER,
        label=("移动今日商品", "Move in the run order"),
        help=("把商品移到今天顺序的第几位。", "Moves a product to a place of today's order."),
    )
    def move(self, product: GoodsId, place: Place) -> Changed:
        return self._insert(self._need(product), place)

    @command(
        "run_order.remove",
        role=Role.CONTROLLER,
        label=("移出今日商品", "Leave out of the run order"),
        help=(
            "今天不讲这件商品；商品本身不变。",
            "This product is not for today; the product itself stays.",
        ),
    )
    def remove(self, product: GoodsId) -> Changed:
        id = self._need(product)
        rest = [other.id for other in self._room.goods() if other.id != id]
        if not rest:
            raise StudioError("conflict", "run_order.last", product=id)
        return self._done(self._room.put(rest))

    @command(
        "run_order.mark",
        role=Role.STREAMER,
        label=("标记已讲", "Tick in the run order"),
        help=(
            "标记商品已讲过，或（done=false）还要再讲。讲解满 20 秒再换下一件会自动标记。",
            "Ticks a product as featured, or (done=false) wants it once more. What was featured "
            "for 20 s is ticked by itself when the next one begins.",
        ),
    )
    def mark(self, product: GoodsId, done: bool = True) -> Changed:
        id = self._need(product)
        before = self._room.is_done(id)
        self._room.mark(id, done=done)
        return changed("run_order", undo=("run_order.mark", {"product": id, "done": before}))

    @command(
        "run_order.begin",
        role=Role.CONTROLLER,
        label=("今日商品重新开始", "Begin the run order anew"),
        help=(
            "全部算没讲过；顺序不变。给出 done 则恰好这些算讲过，seconds 是各讲了几秒。",
            "Nothing counts as featured; the order stays. With done exactly these do, each for "
            "its seconds.",
        ),
    )
    def begin(self, done: GoodsList | None = None, seconds: GoodsSeconds | None = None) -> Changed:
        before, spent = self._room.begin(done or [], seconds or {})
        undo = ("run_order.begin", {"done": list(before), "seconds": spent})
        return changed("run_order", undo=undo)

    @command(
        "run_order.next",
        role=Role.STREAMER,
        label=("讲下一件", "Feature the next product"),
        help=(
            "开始讲今天顺序里的下一件：跳过已讲和售罄的。product 为按钮上写的那件：已由别人开始讲则"
            "不再往下，已不是下一件则拒绝。",
            "The next product of today's order is featured; done and sold-out ones are left out. "
            "product is the one that was promised: where somebody was first nothing is passed "
            "over, and one that is not next any more is refused.",
        ),
    )
    def next(self, product: GoodsId | None = None) -> Changed:
        if product is not None:
            wanted = self._catalogue.get(product)
            if wanted.id == self._catalogue.state.explaining:
                return changed(result={"product": wanted.id})
            if wanted.id != self._room.next():
                raise StudioError("conflict", "run_order.moved_on", product=wanted.name)
        id, before = self._room.go_on()
        self._events.publish(ProductExplained(product=id))
        undo = ("shop.explain", {"product": before})
        return changed("shop", "run_order", undo=undo, result={"product": id})

    def _need(self, product: str) -> str:
        id = self._catalogue.get(product).id
        if id not in {other.id for other in self._room.goods()}:
            raise StudioError("not_found", "run_order.not_today", product=id)
        return id

    def _insert(self, id: str, place: int | None) -> Changed:
        rest = [other.id for other in self._room.goods() if other.id != id]
        at = len(rest) if place is None else min(place - 1, len(rest))
        return self._done(self._room.put([*rest[:at], id, *rest[at:]]))

    def _whole(self, goods: Sequence[str]) -> list[str]:
        """Those of it that are in the show; no order is all of them by number."""
        part = RunOrderPart(tuple(goods))
        return [product.id for product in part.of(self._catalogue.state.products)]

    def _done(self, before: Sequence[str]) -> Changed:
        undo = way_back("run_order.put", "goods", before, self._room.part.goods)
        return changed("run_order", undo=undo)
