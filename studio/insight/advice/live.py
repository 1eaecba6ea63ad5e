"""What this show has seen of each product so far: minutes explained, pieces sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.insight.advice.ranking import LiveGoods
from studio.insight.sold import SoldPieces
from studio.shop.events import ProductExplained, StockChanged

MINUTE_NS = 60 * NS


class LiveGoodsCounter:
    """Counts from events. Lives on the engine loop.

    Args:
        events: heard.
        product_of: the product of a SKU; "" where the show has none.
    """

    def __init__(self, events: Events, product_of: Callable[[str], str]) -> None:
        self._product_of = product_of
        self._pieces = SoldPieces()
        self.reset()
        events.on(ProductExplained, self._explained)
        events.on(StockChanged, self._stock_changed)

    def reset(self) -> None:
        """Another show: nothing was seen."""
        self._units: dict[str, float] = defaultdict(float)
        self._spent_ns: dict[str, int] = defaultdict(int)
        self._last_ns: dict[str, int] = {}
        self._pieces.reset()
        self._now, self._since_ns = "", 0

    def seen(self) -> LiveGoods:
        """As it stands."""
        now = now_ns()
        spent = dict(self._spent_ns)
        if self._now:
            spent[self._now] = spent.get(self._now, 0) + now - self._since_ns
        return LiveGoods(
            {product: units for product, units in self._units.items() if units > 0},
            {product: ns / MINUTE_NS for product, ns in spent.items()},
            {product: (now - at) / MINUTE_NS for product, at in self._last_ns.items()},
            self._now,
        )

    def _explained(self, explained: ProductExplained) -> None:
        now = now_ns()
        if self._now:
            self._spent_ns[self._now] += now - self._since_ns
            self._last_ns[self._now] = now
        self._now, self._since_ns = explained.product, now

    def _stock_changed(self, changed: StockChanged) -> None:
        units, product = self._pieces.since(changed), self._product_of(changed.sku)
        if units and product:
            self._units[product] += units
