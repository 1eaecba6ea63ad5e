"""A shop that sells, without an engine: catalogue, ledger, offers, coupons on one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from studio.core.event import Event, Events
from studio.core.service import Service
from studio.core.state import State
from studio.graphics.model import CardTemplate
from studio.outputs.recording_folder import RecordingFolder
from studio.remote.certificate import own_context
from studio.shop.card.book import CardBook
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState, Variant
from studio.shop.offers.book import OfferBook
from studio.shop.rooms import trade_services
from studio.shop.stock.service import StockService

HAT = Product("hat", 1, "Hat", 9900, was_cents=12900, stock=10)
SCARF = Product("scarf", 2, "Scarf", 5000, stock=10)
COAT = Product(
    "coat", 3, "Coat", 50000,
    variants=(Variant("coat-s", "S"), Variant("coat-m", "M", price_cents=52000, was_cents=60000)),
)  # fmt: skip
ABROAD = Product("abroad", 4, "Abroad", 900, currency="EUR", stock=5)
GOODS = (HAT, SCARF, COAT, ABROAD)


class NoCard:
    """A card that nobody looks at."""

    def refresh_card(self) -> None:
        """Nothing is drawn."""

    def card_picture(
        self, product: Product, template: CardTemplate | None, *, is_portrait: bool
    ) -> bytes:
        """An empty picture."""
        return b""


class OwnSecrets:
    """Secrets in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str:
        """The secret."""
        return self.kept.get(name, "")

    def set(self, name: str, value: str) -> None:
        """Keeps it."""
        self.kept[name] = value


class Trade:
    """The services, by their names, and what they announced."""

    def __init__(self, shop: str) -> None:
        self.events, self.heard = Events(), list[Event]()
        self.events.on_all(self.heard.append)
        self.state = State(self.events, asyncio.get_running_loop().call_soon)
        self.catalogue = Catalogue()
        self.catalogue.load(ShopState(products=GOODS))
        self.book = OfferBook(self.catalogue)
        self.stock = StockService(self.catalogue, NoCard(), self.events, self.state)
        self.shop, self.secrets = shop, OwnSecrets()
        self.coupons, _today, trade = trade_services(
            self.catalogue, self.book, CardBook(), self.stock, NoCard(), RecordingFolder(),
            self.secrets, own_context, self.events, self.state,
        )  # fmt: skip
        self.services: dict[str, Any] = {service.name: service for service in trade}

    async def open(self, **pieces: int) -> None:
        """Opens the ledger with so many pieces of each."""
        await self.stock.open(self.shop)
        for sku, count in pieces.items():
            await asyncio.wrap_future(self.stock.need().receive(f"in-{sku}", sku, count))
        await self.stock.look()

    def tick(self, *names: str) -> None:
        """What is done again and again."""
        for service in (self.stock, *self.services.values()):
            for every in service.every:
                if not names or every.name in names:
                    every.job()

    async def until(self, check: Callable[[], object], what: str, seconds: float = 20) -> None:
        """Waits for an event, while the jobs go on."""
        end = asyncio.get_running_loop().time() + seconds
        while not check():
            assert asyncio.get_running_loop().time() < end, what
            self.tick()
            await asyncio.sleep(0.005)

    def level(self, sku: str, channel: str = "shop") -> tuple[int, int, int]:
        """(free, held, sold)"""
        found = self.stock.levels.get((sku, channel))
        return (found.free, found.held, found.sold) if found else (0, 0, 0)

    async def close(self) -> None:
        """Ends everything."""
        everyone: list[Service] = [*self.services.values(), self.stock]
        for service in everyone:
            await service.stop()


def trading(shop: str, body: Callable[[Trade], Coroutine[Any, Any, None]]) -> None:
    """Runs a body on a shop that is closed afterwards."""

    async def run() -> None:
        trade = Trade(shop)
        try:
            await body(trade)
        finally:
            await trade.close()

    asyncio.run(run())
