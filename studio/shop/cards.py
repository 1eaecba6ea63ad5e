"""Puts product cards on the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from studio.core.clock import now_ns
from studio.graphics.deck import SLIDE_NS, OverlayStack
from studio.graphics.model import CardSpec
from studio.media.yuv import Layer
from studio.scenes.model import Canvas
from studio.shop.model import (
    FROM_PRICE,
    NUMBER,
    SOLD_OUT,
    STOCK_LEFT,
    Product,
    ShopState,
    price_text,
)

NAME = "card"


class CardOffers(Protocol):
    """What of offers a card shows (`studio.shop.offers.book.OfferBook`)."""

    def card(self, product: Product, sku: str, language: str) -> tuple[int, int, str] | None:
        """Price, struck price and badge; None: no offer concerns it."""
        ...


def card_spec(
    product: Product,
    state: ShopState,
    folder: Path,
    language: str,
    offers: CardOffers | None = None,
) -> CardSpec:
    """What the card of ``product`` says now."""
    variant = product.variant(state.variant.get(product.id, ""))
    photo = (variant.photo if variant else "") or product.photo
    stock = ""
    if product.stock is not None and product.stock <= product.low_stock:
        text = STOCK_LEFT if product.stock else SOLD_OUT
        stock = text.in_language(language).format(count=product.stock)
    cents, was_cents = product.price_of(variant.sku if variant else "")
    price = price_text(cents, product.currency)
    if variant is None and product.has_several_prices:
        price = FROM_PRICE.in_language(language).format(price=price)
        was_cents = 0
    badge = ""
    offer = offers.card(product, variant.sku if variant else "", language) if offers else None
    if offer is not None:
        cents, was_cents, badge = offer
        price = price_text(cents, product.currency)
    return CardSpec(
        badge=badge,
        number=NUMBER.in_language(language).format(number=product.number),
        name=product.name,
        variant=variant.name if variant else "",
        photo=str(folder / photo) if photo else "",
        price=price,
        was=price_text(was_cents, product.currency) if was_cents else "",
        stock=stock,
    )


def card_unit(canvas: Canvas) -> float:
    """The card's height on a canvas, in pixels."""
    return canvas.width * (0.195 if canvas.height > canvas.width else 0.099)


class Cards:
    """Draws the card for all canvases and keeps it true while it is up.

    Args:
        deck: the downstream graphics.
        draw: draws a card at a height in pixels (`studio.graphics.card.draw_card`).
    """

    def __init__(self, deck: OverlayStack, draw: Callable[[CardSpec, float], Layer]) -> None:
        self._deck = deck
        self._draw = draw
        self._shown: tuple[CardSpec, tuple[Canvas, ...]] | None = None

    def show(self, spec: CardSpec, canvases: tuple[Canvas, ...], *, is_there: bool = False) -> None:
        """Slides the card in, or changes it in place; the same card is not drawn again.

        Args:
            is_there: it stands there at once (a show that opens with it).
        """
        if self._shown == (spec, canvases):
            return
        self._shown = (spec, canvases)
        layers: dict[str, Layer] = {
            canvas.name: self._draw(spec, card_unit(canvas)) for canvas in canvases
        }
        since_ns = now_ns() - (SLIDE_NS if is_there else 0)
        self._deck.show(NAME, layers, since_ns, ("bottom-left", "bottom-right", "top-left"))

    def forget(self) -> None:
        """The next `show` draws anew, whatever it shows."""
        self._shown = None

    def hide(self) -> None:
        """Slides the card out."""
        self._shown = None
        self._deck.hide(NAME, now_ns())
