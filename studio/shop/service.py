"""Goods and try-on as services of the engine."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.media.frame import Frame
from studio.scenes.keeper import SceneRepository
from studio.shop.catalogue import Catalogue
from studio.shop.commands import ShopCommands
from studio.shop.import_commands import ImportCommands
from studio.shop.model import Product, ShopState, ShownGoods, TryOn, TryOnKept, WornView
from studio.shop.stock_commands import Stockroom
from studio.shop.tryon_commands import TryOnCommands
from studio.shop.wearing import TryOnController

_log = logger(__name__)
WATCH_S = 0.1


class CardOverlay(Protocol):
    """Where the card is drawn."""

    def refresh_card(self) -> None:
        """Draws it anew from the catalogue."""
        ...


class TryOnMark(Protocol):
    """Draws 虚拟试戴 on what is kept of a try-on."""

    def marked(self, frame: Frame) -> Frame:
        """A copy of the picture that bears the mark."""
        ...


class OwnFolders(Protocol):
    """Where files of this show and of this person go."""

    def assets(self) -> Path:
        """Where the show's own assets may be written."""
        ...

    def recordings(self) -> Path:
        """Where captures go."""
        ...


class ShopService(Service):
    """The catalogue, and what is shown of it.

    Args:
        catalogue: owns the products.
        wearer: puts them on.
        card: draws the card.
        events: where changes are told.
        room: the shop's ledger.
    """

    name: ClassVar[str] = "shop"
    Part: ClassVar[Any] = ShopState
    View: ClassVar[Any] = ShopState
    Checkpoint: ClassVar[Any] = ShownGoods

    def __init__(
        self,
        catalogue: Catalogue,
        wearer: TryOnController,
        card: CardOverlay,
        events: Events,
        room: Stockroom,
    ) -> None:
        self.catalogue, self._card = catalogue, card
        self._commands = (
            ShopCommands(
                catalogue,
                events.publish,
                card.refresh_card,
                wearer.wear,
                lambda: wearer.is_bypassed,
                room,
            ),
            ImportCommands(catalogue, events.publish, card.refresh_card, room),
        )

    def commands(self) -> Sequence[object]:
        """Products on the picture."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Ids and numbers twice, pictures that are not there, nothing left to sell."""
        ids = Counter(product.id for product in part.products)
        twice = sorted(id for id, count in ids.items() if count > 1)
        if twice:
            error = StudioError("invalid", "shop.double_id", id=", ".join(twice))
            yield Finding("shop.products", error, "broken")
        numbers: set[int] = set()
        for product in part.products:
            place = f"shop.products[{product.id}]"
            if product.number in numbers:
                error = StudioError("conflict", "check.double_number", number=product.number)
                yield Finding(place, error, "warning")
            numbers.add(product.number)
            for path in pictures_of(product):
                if not (context.folder / path).is_file():
                    error = StudioError("not_found", "sources.file_missing", path=path)
                    yield Finding(place, error)
            if product.stock == 0:
                yield Finding(place, StudioError("conflict", "check.sold_out"), "warning")

    async def reset(self) -> None:
        """No products, nothing shown."""
        self.catalogue.load(ShopState())

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's products and what it shows of them."""
        self.catalogue.load(part)

    def save(self) -> ShopState:
        """As it is now."""
        return self.catalogue.state

    def view(self) -> ShopState:
        """As it is now."""
        return self.catalogue.state

    def checkpoint(self) -> ShownGoods:
        """What is shown and chosen."""
        state = self.catalogue.state
        return ShownGoods(**{name: getattr(state, name) for name in ShownGoods.__struct_fields__})

    async def restore(self, kept: Any) -> None:
        """Shows what was shown."""
        self.catalogue.load(replace(self.catalogue.state, **msgspec.structs.asdict(kept)))
        self._card.refresh_card()


class TryOnService(Service):
    """What is worn, on whom, and the fitting room.

    Args:
        wearer: puts try-on on sources.
        catalogue, scenes: the goods and where sources are seen.
        mark: for pictures that are kept.
        folders: where they go.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "tryon"
    View: ClassVar[Any] = dict[str, WornView]
    Checkpoint: ClassVar[Any] = TryOnKept

    def __init__(
        self,
        wearer: TryOnController,
        catalogue: Catalogue,
        scenes: SceneRepository,
        mark: TryOnMark,
        folders: OwnFolders,
        events: Events,
        state: State,
    ) -> None:
        self.wearer, self._catalogue, self._state = wearer, catalogue, state
        self._told: object = None
        self._is_safe = False
        self._room = TryOnCommands(
            catalogue,
            wearer,
            scenes,
            events.publish,
            folders.assets,
            folders.recordings,
            mark.marked,
        )
        self._commands = (self._room,)
        self._warming: asyncio.Task[None] | None = None
        self.every = (Every("watch", WATCH_S, self._watch),)

    def commands(self) -> Sequence[object]:
        """The fitting room."""
        return self._commands

    async def reset(self) -> None:
        """Nothing is worn, compared or bypassed."""
        await self._end_warming()
        self.wearer.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Assets are found from the show's folder."""
        self.wearer.folder, self._is_safe = context.folder, context.is_safe

    async def ready(self, context: ShowContext) -> None:
        """Puts on what the show wears, and reads the other goods' pictures ahead."""
        self._wear_chosen()
        if not context.is_safe:
            products = self._catalogue.state.products
            self._warming = asyncio.create_task(
                asyncio.to_thread(self.wearer.warm, products), name="tryon.warm"
            )

    def view(self) -> dict[str, WornView]:
        """Each source with a try-on."""
        return self.wearer.view()

    def checkpoint(self) -> TryOnKept:
        """Comparison, split, bypass."""
        return self.wearer.kept()

    async def restore(self, kept: Any) -> None:
        """Wears it again as it was worn."""
        self._wear_chosen()
        self._room.recall(kept)

    async def stop(self) -> None:
        """Ends clips that are being written; what is there of them is kept."""
        await self._end_warming()
        await self._room.stop()

    def _wear_chosen(self) -> None:
        state = self._catalogue.state
        product = state.product(state.trying) if state.trying else None
        if product is None or self._is_safe:
            return
        variant = product.variant(state.variant.get(product.id, ""))
        try:
            self.wearer.wear(product, (variant.try_on if variant else None) or product.try_on, "")
        except StudioError as error:
            _log.warning("try-on of the show: %s", error)

    def _watch(self) -> None:
        told = self.wearer.told()
        if told != self._told:
            self._told = told
            self._state.touch("tryon")

    async def _end_warming(self) -> None:
        if self._warming is not None:
            self.wearer.is_leaving = True
            await asyncio.gather(self._warming, return_exceptions=True)
            self._warming = None
            self.wearer.is_leaving = False


def pictures_of(product: Product) -> list[str]:
    """Every picture a product needs, each once."""

    def asset(try_on: TryOn | None) -> str:
        return try_on.asset if try_on else ""

    paths = [product.photo, asset(product.try_on)]
    for variant in product.variants:
        paths += [variant.photo, asset(variant.try_on)]
    return [path for path in dict.fromkeys(paths) if path]
