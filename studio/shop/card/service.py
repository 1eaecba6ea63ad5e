"""How product cards look, as a service of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from studio.core.errors import StudioError
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.graphics.model import CardTemplate
from studio.shop.card.book import CardBook
from studio.shop.card.files import own_templates, shipped_templates
from studio.shop.card.model import AUTO, PLAIN, CardPart, CardsView, TemplateInfo
from studio.shop.card_commands import CardCommands
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product

LOOK_S = 1.0


class CardDrawer(Protocol):
    """Draws cards (`studio.app.overlays.OverlayController`)."""

    def refresh_card(self) -> None:
        """Draws the one on the picture anew; the same card costs nothing."""
        ...

    def card_picture(
        self, product: Product, template: CardTemplate | None, *, is_portrait: bool
    ) -> bytes:
        """A card on an empty canvas, as a PNG."""
        ...


class CardService(Service):
    """Templates of cards.

    Args:
        book: which product wears which.
        catalogue: the goods.
        drawer: draws them.
        recordings: where pictures go.
        state: told of changes.
    """

    name: ClassVar[str] = "cards"
    key: ClassVar[str] = "cards"
    Part: ClassVar[Any] = CardPart
    View: ClassVar[Any] = CardsView

    def __init__(
        self,
        book: CardBook,
        catalogue: Catalogue,
        drawer: CardDrawer,
        recordings: Callable[[], Path],
        state: State,
    ) -> None:
        self._book, self._catalogue, self._drawer = book, catalogue, drawer
        self._recordings, self._state = recordings, state
        self._folder = Path()
        self._faults: list[StudioError] = []
        self._commands = (CardCommands(book, catalogue, self),)
        # Facts that run out, or are entered, stand on the card as well.
        self.every = (Every("look", LOOK_S, drawer.refresh_card),)

    def commands(self) -> Sequence[object]:
        """Choose and preview."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Templates that are broken or not there."""
        own, faults = own_templates(context.folder)
        for fault in faults:
            yield Finding("cards", fault, "warning")
        known = [PLAIN, AUTO, *own, *shipped_templates()]
        for place, id in [
            ("cards.template", part.template),
            *((f"cards.own[{product}]", id) for product, id in part.own.items()),
        ]:
            if id and id not in known:
                error = StudioError(
                    "not_found", "cards.no_template", template=id, known=", ".join(known)
                )
                yield Finding(place, error, "warning")

    async def reset(self) -> None:
        """The plain card, no template of a show's own."""
        self._book.part, self._book.own = CardPart(), {}
        self._folder, self._faults = Path(), []

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over what is chosen, and the show's own templates."""
        self._folder = context.folder
        self._book.own, self._faults = await asyncio.to_thread(own_templates, context.folder)
        self._book.part = part

    def save(self) -> CardPart | None:
        """What is chosen, where anything is."""
        return self._book.part if self._book.part != CardPart() else None

    def view(self) -> CardsView:
        """What is chosen and what there is."""
        part = self._book.part
        own = self._book.own
        infos = [
            TemplateInfo(found.id, found.zh, found.en, found.kinds, found.id in own)
            for found in self._book.templates().values()
        ]
        faults = tuple((fault.in_language("zh"), fault.in_language("en")) for fault in self._faults)
        return CardsView(part.template, part.own, tuple(infos), faults)

    # -- what its commands need ----------------------------------------------------------------

    def turn(self, part: CardPart) -> None:
        """Another choice; the card on the picture follows."""
        self._book.part = part
        self._drawer.refresh_card()

    async def read_own(self) -> None:
        """Reads the show's templates anew; the card on the picture follows."""
        own, faults = await asyncio.to_thread(own_templates, self._folder)
        self._faults = faults
        if own != self._book.own:
            self._book.own = own
            self._drawer.refresh_card()
        self._state.touch("cards")

    def preview(self, product: str, template: str, canvas: str, *, is_longest: bool) -> bytes:
        """A card as a PNG; of the first product where none is named.

        Raises:
            StudioError: not_found.
        """
        products = self._catalogue.state.products
        if product:
            shown = self._catalogue.get(product)
        elif products:
            shown = products[0]
        else:
            raise StudioError("not_found", "cards.no_goods")
        if is_longest:
            shown = longest(shown, products)
        found = self._book.named(template, shown) if template else self._book.template_of(shown)
        return self._drawer.card_picture(shown, found, is_portrait=canvas == "portrait")

    def place(self, file: str) -> Path:
        """Where a picture of this name goes."""
        return self._recordings() / file


def longest(product: Product, products: Sequence[Product]) -> Product:
    """A product with the longest words and the widest price of all: what a card must bear."""
    name = max((p.name for p in products), key=len, default="")
    every = [variant for p in products for variant in p.variants]
    variants = product.variants and tuple(
        msgspec.structs.replace(variant, name=max((v.name for v in every), key=len))
        for variant in product.variants
    )
    cents = max((p.price_cents for p in products), default=0)
    points = tuple(max((p.points for p in products), key=lambda found: len("".join(found))))
    return msgspec.structs.replace(
        product, name=max(name, product.name * 2, key=len), variants=variants, points=points,
        price_cents=max(cents, 9_999_900), was_cents=max(cents, 19_999_900), stock=min(
            product.stock if product.stock is not None else 9, product.low_stock
        ),
    )  # fmt: skip
