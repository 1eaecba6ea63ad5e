"""Pieces that left the ledger as sold, from the sums it tells."""

from __future__ import annotations

from studio.shop.events import StockChanged


class SoldPieces:
    """What was sold since the last word, by SKU and channel."""

    def __init__(self) -> None:
        self._sold: dict[tuple[str, str], int] = {}

    def reset(self) -> None:
        """Another show: the next word of each is its first."""
        self._sold.clear()

    def since(self, changed: StockChanged) -> int:
        """Pieces; below 0 they came back, 0 for the first word of a SKU."""
        place = (changed.sku, changed.channel)
        before = self._sold.get(place, changed.sold)
        self._sold[place] = changed.sold
        return changed.sold - before if changed.sku else 0
