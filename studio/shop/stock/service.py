"""Stock as a service: the shop's ledger beside the show, and the figures on the card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.shop.catalogue import Catalogue
from studio.shop.events import ProductChanged, StockChanged
from studio.shop.model import Product
from studio.shop.stock.answers import answered
from studio.shop.stock.ledger import StockLedger, ledger_path, open_ledger
from studio.shop.stock.model import Level, StockPart, StockView
from studio.shop.stock.moving import move_back, move_ledger
from studio.shop.stock.place import Place
from studio.shop.stock_commands import StockCommands

_log = logger(__name__)
LOOK_S = 0.1
EXPIRE_S = 0.5
MOST_NAMED = 500


class StockCard(Protocol):
    """Where free pieces are shown to viewers."""

    def refresh_card(self) -> None:
        """Draws the card anew from the catalogue."""
        ...


class StockService(Service):
    """Keeps the catalogue's figures equal to the ledger's free pieces.

    A show says which shop's ledger it sells from; the pieces are in the ledger alone. An older
    copy of the show, an undo or a second folder of it brings no piece back.

    Args:
        catalogue: whose products show what is free.
        card: drawn anew when that changes.
        events, state: told.
    """

    name: ClassVar[str] = "stock"
    Part: ClassVar[Any] = StockPart
    View: ClassVar[Any] = StockView

    def __init__(self, catalogue: Catalogue, card: StockCard, events: Events, state: State) -> None:
        self._catalogue, self._card = catalogue, card
        self._events, self._state = events, state
        self.part = StockPart()
        self.ledger: StockLedger | None = None
        self.levels: dict[tuple[str, str], Level] = {}
        self._counts = (0, 0)
        self._version = -1
        self._error: StudioError | None = None
        self._looks: asyncio.Task[None] | None = None
        self._expires_in = 0
        self._commands = (StockCommands(self, catalogue),)
        self.every = (Every("stock", LOOK_S, self._look_soon),)

    @property
    def errors(self) -> Sequence[StudioError]:
        """The ledger that could not be opened."""
        return [self._error] if self._error else []

    def commands(self) -> Sequence[object]:
        """Moves, holds and orders."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """The name of the shop."""
        if part.shop:
            try:
                ledger_path(part.shop)
            except StudioError as error:
                yield Finding("stock.shop", error)

    async def reset(self) -> None:
        """No ledger is open."""
        await self._close()
        self.part, self.levels, self._counts = StockPart(), {}, (0, 0)
        self._error = None

    async def load(self, part: Any, context: ShowContext) -> None:
        """Opens the shop's ledger; one that cannot be read is told, and nothing is sold."""
        self.part = part
        if part.shop:
            try:
                await self.open(part.shop)
            except StudioError as error:
                self._error = error
                _log.error("%s", error)

    def save(self) -> StockPart:
        """Which shop; never the pieces."""
        return self.part

    def view(self) -> StockView:
        """The ledger as it is."""
        cautions = self.ledger.cautions() if self.ledger is not None else ()
        return StockView(
            self.part.shop,
            self.part.channel,
            tuple(self.levels.values()),
            *self._counts,
            self._error.in_language() if self._error else "",
            "; ".join(caution.in_language() for caution in cautions),
        )

    async def stop(self) -> None:
        """Books what waits and closes the file."""
        await self._close()

    # -- the ledger -----------------------------------------------------------------------------

    async def open(self, shop: str) -> None:
        """Sells from this shop's ledger from now on.

        Raises:
            StudioError: invalid, failed.
        """
        ledger = await asyncio.to_thread(open_ledger, shop)
        await self._close()
        self.ledger, self._error = ledger, None
        for caution in ledger.cautions():
            _log.warning("%s", caution)
        self.part = replace(self.part, shop=shop)
        await self.look()

    async def place(self, shop: str, place: Place) -> int:
        """Moves a shop's ledger into a store, or takes the store as it is when it has one.

        Returns:
            Orders that were brought.

        Raises:
            StudioError: conflict: holds run; failed: file or store.
        """
        return await self._closed_meanwhile(shop, lambda: move_ledger(shop, place))

    async def place_back(self, shop: str) -> int:
        """Takes a shop's ledger from its store back into a file of this machine.

        Returns:
            Orders that were brought.

        Raises:
            StudioError: conflict: it is in no store, holds run; failed: file or store.
        """
        return await self._closed_meanwhile(shop, lambda: move_back(shop))

    async def _closed_meanwhile(self, shop: str, work: Callable[[], int]) -> int:
        if self.part.shop == shop:
            await self._close()
        try:
            return await asyncio.to_thread(work)
        finally:
            if self.part.shop == shop:  # the show may be another by now
                await self.open(shop)

    def need(self) -> StockLedger:
        """The ledger.

        Raises:
            StudioError: conflict, when there is none; failed, when it cannot be read.
        """
        if self._error is not None:
            raise self._error
        if self.ledger is None:
            raise StudioError("conflict", "stock.not_open")
        return self.ledger

    def free(self, sku: str) -> int | None:
        """What this desk may sell of a SKU now; None when the ledger does not know it."""
        level = self.levels.get((sku, self.part.channel))
        return None if level is None else level.free

    def knows(self, product: Product) -> bool:
        """Is a SKU of this product in the ledger?"""
        return any(self.free(sku) is not None for sku in product.skus)

    async def look(self) -> None:
        """Takes over what is in the ledger now, and shows it."""
        ledger = self.ledger
        if ledger is None:
            return
        try:
            version, levels, counts = await asyncio.to_thread(_read, ledger)
        except StudioError as error:
            self._lost(error)
            return
        if self.ledger is not ledger:
            return
        was_lost = self._error is not None
        self._error, self._version, self._counts = None, version, counts
        fresh = {(level.sku, level.channel): level for level in levels}
        for key, level in fresh.items():
            if was_lost or self.levels.get(key) != level:
                self._events.publish(
                    StockChanged(
                        sku=level.sku, channel=level.channel, free=level.free, held=level.held,
                        sold=level.sold,
                    )
                )  # fmt: skip
        self.levels = fresh
        self._show()
        self._state.touch("stock")

    def _show(self) -> None:
        others = 0
        for product in self._catalogue.state.products:
            frees = [free for sku in product.skus if (free := self.free(sku)) is not None]
            if not frees or sum(frees) == product.stock:
                continue
            self._catalogue.put(replace(product, stock=sum(frees)))
            others += 1
            if others <= MOST_NAMED:
                self._events.publish(ProductChanged(product=product.id, fields=("stock",)))
        if others:
            self._card.refresh_card()
            self._state.touch("shop")

    def _lost(self, error: StudioError) -> None:
        """The ledger is away: figures that may be old are not shown, nothing is sold on guesses."""
        if self._error is None:
            _log.error("%s", error)
            self._events.publish(StockChanged(sku="", channel="", free=0, held=0, sold=0))
            for product in self._catalogue.state.products:
                if self.knows(product):
                    self._catalogue.put(replace(product, stock=None))
            self._card.refresh_card()
            self._state.touch("shop")
        self._error = error
        self._state.touch("stock")

    def _look_soon(self) -> None:
        if self.ledger is not None and (self._looks is None or self._looks.done()):
            self._looks = asyncio.get_running_loop().create_task(self._work(), name="stock")

    async def _work(self) -> None:
        ledger = self.ledger
        if ledger is None:
            return
        try:
            self._expires_in -= 1
            if self._expires_in <= 0:
                self._expires_in = round(EXPIRE_S / LOOK_S)
                await answered(ledger.expire())
            version = await asyncio.to_thread(ledger.version)
        except StudioError as error:
            self._lost(error)
            return
        if version != self._version or self._error is not None:
            await self.look()

    async def _close(self) -> None:
        ledger, self.ledger = self.ledger, None
        if self._looks is not None:
            self._looks.cancel()
            await asyncio.gather(self._looks, return_exceptions=True)
            self._looks = None
        self._version = -1
        if ledger is not None:
            await asyncio.to_thread(ledger.close)


def _read(ledger: StockLedger) -> tuple[int, list[Level], tuple[int, int]]:
    version = ledger.version()  # before: what is written meanwhile is read once more
    return version, ledger.levels(), ledger.counts()
