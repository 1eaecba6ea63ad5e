"""The run order as a service: a list of its own, and what the show says of each of its goods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.shop.catalogue import Catalogue
from studio.shop.completeness import gaps_of, score_of
from studio.shop.model import Product
from studio.shop.run_order.model import (
    DONE_AFTER_S,
    RowState,
    RunOrderKept,
    RunOrderPart,
    RunOrderRow,
    RunOrderView,
    others_after,
)
from studio.shop.run_order_commands import RunOrderCommands

LOOK_S = 0.25
KEPT_STEP_S = 5.0
"""So much of the present product's time a kill costs at most."""


class RunOrderService(Service):
    """Which goods today, in which order, and how far it is.

    Args:
        catalogue: owns the goods and knows which one is explained.
        events, state: told; the state says when the shop changed.
    """

    name: ClassVar[str] = "run_order"
    Part: ClassVar[Any] = RunOrderPart
    View: ClassVar[Any] = RunOrderView
    Checkpoint: ClassVar[Any] = RunOrderKept

    def __init__(self, catalogue: Catalogue, events: Events, state: State) -> None:
        self._catalogue, self._state = catalogue, state
        self.part = RunOrderPart()
        self._done: set[str] = set()
        self._seconds: dict[str, float] = {}
        self._looked: dict[str, tuple[Product, tuple[str, ...], int]] = {}
        self._wanted_at: dict[str, float] = {}
        self._now, self._since_ns = "", 0
        self._commands = (RunOrderCommands(self, catalogue, events),)
        self._is_stale, self._shown = False, RunOrderView()
        self.every = (Every("run_order", LOOK_S, self._look),)
        state.watch(("shop",), self._shop_changed)

    def commands(self) -> Sequence[object]:
        """Put, add, move, remove, tick, begin, next."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Goods that stand twice, or that the show does not have."""
        twice = sorted(id for id, count in Counter(part.goods).items() if count > 1)
        if twice:
            error = StudioError("invalid", "show.twice", what="run_order", names=", ".join(twice))
            yield Finding("run_order.goods", error, "broken")
        shop = context.parts.get("shop")
        known = {product.id for product in shop.products} if shop is not None else set()
        for at, id in enumerate(part.goods):
            if id not in known:
                error = StudioError("not_found", "run_order.no_product", product=id)
                yield Finding(f"run_order.goods[{at}]", error, "warning")

    async def reset(self) -> None:
        """Nothing is ordered, nothing is done."""
        self.part = RunOrderPart()
        self._done, self._seconds = set(), {}
        self._looked, self._wanted_at = {}, {}
        self._now, self._since_ns = "", 0
        self._shown, self._is_stale = RunOrderView(), False

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's order; nothing of it is done."""
        self.part = part
        self._now, self._since_ns = self._catalogue.state.explaining, now_ns()
        self._renew()

    def save(self) -> RunOrderPart:
        """As it is now."""
        return self.part

    def checkpoint(self) -> RunOrderKept:
        """What is done, and for how long each was explained."""
        seconds = dict(self._seconds)
        spent = self._spent(self._now) if self._now else 0.0
        if spent >= KEPT_STEP_S:
            seconds[self._now] = spent - spent % KEPT_STEP_S
        return RunOrderKept(tuple(sorted(self._done)), seconds, dict(self._wanted_at))

    async def restore(self, kept: Any) -> None:
        """What was done still is; the time of the fall counts for nobody."""
        self._done, self._seconds = set(kept.done), dict(kept.seconds)
        self._wanted_at = dict(kept.wanted)
        self._now, self._since_ns = self._catalogue.state.explaining, now_ns()
        self._renew()

    def view(self) -> RunOrderView:
        """The rows with what each is, a quarter of a second old at most."""
        return self._shown

    def _seen(self) -> RunOrderView:
        """Goods that are the same as a moment ago are not looked at again: thousands may be."""
        goods = self.goods()
        after = self._next_of(goods)
        was, self._looked = self._looked, {}
        for product in goods:
            known = was.get(product.id)
            if known is None or known[0] is not product:
                gaps = gaps_of(product)
                known = product, gaps, score_of(gaps)
            self._looked[product.id] = known
        rows = tuple(
            RunOrderRow(
                product.id, product.number, product.name, self._row_state(product, after),
                round(self._seconds.get(product.id, 0)), score, gaps,
            )
            for product, gaps, score in self._looked.values()
        )  # fmt: skip
        done = sum(row.state == "done" for row in rows)
        whole = round(sum(row.score for row in rows) / len(rows)) if rows else None
        return RunOrderView(rows, bool(self._there(self.part.goods)), after, done, whole)

    # -- hands ---------------------------------------------------------------------------------

    def goods(self) -> tuple[Product, ...]:
        """Today's goods in their order; those that left the show are passed over.

        When all of them left, it is all goods by their numbers, as without an order.
        """
        return self.part.of(self._catalogue.state.products)

    def next(self) -> str:
        """What comes after the one that is explained: not done, not sold out; "" for nothing."""
        return self._next_of(self.goods())

    def _next_of(self, goods: Sequence[Product]) -> str:
        now = self._catalogue.state.explaining
        for product in others_after(goods, lambda product: product.id == now):
            if product.id not in self._done and product.stock != 0:
                return product.id
        return ""

    def put(self, goods: Sequence[str]) -> tuple[str, ...]:
        """Another order; of the one before what is still in the show.

        Raises:
            StudioError: invalid (one twice), not_found.
        """
        ids = self._ids(goods)
        twice = sorted(id for id, count in Counter(ids).items() if count > 1)
        if twice:
            raise StudioError("invalid", "show.twice", what="run_order", names=", ".join(twice))
        before = self._there(self.part.goods)
        self.part = RunOrderPart(tuple(ids))
        self._renew()
        return before

    def sort(self, order: Sequence[str]) -> tuple[str, ...]:
        """Today's goods as this order of all goods has them; done ones stay in front."""
        places = {id: place for place, id in enumerate(order)}
        goods = [product.id for product in self.goods()]
        fixed = self._done | {self._catalogue.state.explaining}
        first = [id for id in goods if id in fixed]
        rest = sorted(
            (id for id in goods if id not in fixed), key=lambda id: places.get(id, len(places))
        )
        return self.put([*first, *rest])

    def go_on(self) -> tuple[str, str]:
        """Explains the next one; it, and what was explained before.

        Raises:
            StudioError: conflict: nothing is left.
        """
        id, before = self.next(), self._catalogue.state.explaining
        if not id:
            raise StudioError("conflict", "run_order.at_end")
        self._catalogue.explain(id)
        self._shop_changed()
        self._renew()
        return id, before

    def is_done(self, product: str) -> bool:
        """Was it explained today?"""
        return product in self._done

    def mark(self, product: str, *, done: bool) -> None:
        """Ticked, or wanted once more."""
        (self._done.add if done else self._done.discard)(product)
        if not done:  # what was explained so far does not tick it again
            is_now = product == self._now
            spent = self._spent(product) if is_now else self._seconds.get(product, 0)
            self._wanted_at[product] = spent
        self._renew()

    def begin(
        self, done: Sequence[str], seconds: Mapping[str, float]
    ) -> tuple[tuple[str, ...], dict[str, float]]:
        """Exactly these are done, and so long each was explained; how both were before.

        Raises:
            StudioError: not_found.
        """
        counted = dict(zip(self._ids(seconds), seconds.values(), strict=True))
        fresh = set(self._ids(done))
        before = self._there(sorted(self._done))
        spent_s = {**self._seconds, **({self._now: self._spent(self._now)} if self._now else {})}
        self._done, self._seconds, self._since_ns = fresh, counted, now_ns()
        # Explained for long and not done is one that is wanted once more.
        self._wanted_at = {
            id: spent
            for id, spent in counted.items()
            if spent >= DONE_AFTER_S and id not in fresh and id != self._now
        }
        self._renew()
        return before, {id: round(spent_s[id], 1) for id in self._there(spent_s)}

    def _ids(self, names: Iterable[str]) -> list[str]:
        """Of goods by id or number.

        Raises:
            StudioError: not_found.
        """
        known: dict[str, str] = {}
        for product in self._catalogue.state.products:
            known.setdefault(product.id, product.id)
            known.setdefault(str(product.number), product.id)
        return [known.get(name) or self._catalogue.get(name).id for name in names]

    def _there(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those that are in the show."""
        known = {product.id for product in self._catalogue.state.products}
        return tuple(id for id in ids if id in known)

    # -- the shop ------------------------------------------------------------------------------

    def _shop_changed(self) -> None:
        now = self._catalogue.state.explaining
        if now != self._now:
            if self._now:
                self._seconds[self._now] = self._spent(self._now)
                counted = self._seconds[self._now] - self._wanted_at.get(self._now, 0)
                if counted >= DONE_AFTER_S:
                    self._done.add(self._now)
            self._now, self._since_ns = now, now_ns()
        self._is_stale = True

    def _look(self) -> None:
        """Sales change the shop many times a second, and the order hardly ever."""
        if not self._is_stale:
            return
        if self._renew():
            self._state.touch("run_order")

    def _renew(self) -> bool:
        """Looks at everything anew; is anything another?"""
        was, self._is_stale = self._shown, False
        self._shown = self._seen()
        return self._shown != was

    def _spent(self, now: str) -> float:
        return self._seconds.get(now, 0) + (now_ns() - self._since_ns) / NS

    def _row_state(self, product: Product, after: str) -> RowState:
        if product.id == self._catalogue.state.explaining:
            return "now"
        if product.id in self._done:
            return "done"
        if product.stock == 0:
            return "sold_out"
        return "next" if product.id == after else "later"
