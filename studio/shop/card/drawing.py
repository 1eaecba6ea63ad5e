"""Puts product cards on the picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from studio.core.clock import now_ns
from studio.graphics.deck import SLIDE_NS, OverlayStack
from studio.graphics.model import CardSpec, CardTemplate, Shade
from studio.media.yuv import Layer
from studio.scenes.model import Canvas
from studio.shop.model import (
    FROM_PRICE,
    NUMBER,
    SOLD_OUT,
    SOLD_SHARE,
    STOCK_LEFT,
    Product,
    ShopState,
    Variant,
    price_text,
)

NAME = "card"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MOST_SHADES = 60


class CardOffers(Protocol):
    """What of offers a card shows (`studio.shop.offers.book.OfferBook`)."""

    def card(self, product: Product, sku: str, language: str) -> tuple[int, int, str] | None:
        """Price, struck price and badge; None: no offer concerns it."""
        ...

    def sold_share(self, sku: str) -> tuple[int, int] | None:
        """Pieces sold of a live offer, and all it has; None where that is not known."""
        ...


class CardBookOf(Protocol):
    """What stands on a card beside goods and offers (`studio.shop.card.book.CardBook`)."""

    @property
    def facts_of(self) -> Callable[[str], Mapping[str, str]]:
        """Facts of a product by its id."""
        ...

    def template_of(self, product: Product) -> CardTemplate | None:
        """How its card looks; None is the plain card."""
        ...


def card_spec(
    product: Product,
    state: ShopState,
    folder: Path,
    language: str,
    offers: CardOffers | None = None,
    template: CardTemplate | None = None,
    facts: Mapping[str, str] | None = None,
) -> CardSpec:
    """What the card of ``product`` says now.

    Args:
        template: it is drawn by; the plain card shows no facts, shades or shares.
    """
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
    more: dict[str, object] = {}
    if template is not None:
        share = offers.sold_share(variant.sku if variant else product.skus[0]) if offers else None
        more = {
            "template": template, "points": product.points, "language": language,
            "facts": dict(facts or {}), "shades": _shades(product, variant),
        }  # fmt: skip
        if share is not None:
            sold, pieces = share
            more["sold"] = sold / pieces
            more["sold_text"] = SOLD_SHARE.in_language(language).format(
                percent=100 * sold // pieces
            )
    return CardSpec(
        **more,  # type: ignore[arg-type]
        badge=badge,
        number=NUMBER.in_language(language).format(number=product.number),
        name=product.name,
        variant=variant.name if variant else "",
        photo=str(folder / photo) if photo else "",
        price=price,
        was=price_text(was_cents, product.currency) if was_cents else "",
        stock=stock,
    )


def _shades(product: Product, chosen: Variant | None) -> tuple[Shade, ...]:
    found = []
    for variant in product.variants[:MOST_SHADES]:
        colour = str(variant.try_on.fit.get("colour", "")) if variant.try_on else ""
        is_colour = COLOUR.fullmatch(colour) is not None
        found.append(Shade(variant.name, colour if is_colour else "", variant is chosen))
    return tuple(found) if len(found) > 1 else ()


def card_unit(canvas: Canvas) -> float:
    """The card's height on a canvas, in pixels."""
    return canvas.width * (0.195 if canvas.height > canvas.width else 0.099)


class Cards:
    """Draws the card for all canvases and keeps it true while it is up.

    Args:
        deck: the downstream graphics.
        draw: draws a card for a canvas (`studio.graphics.card.draw_card` at `card_unit`).
    """

    def __init__(self, deck: OverlayStack, draw: Callable[[CardSpec, Canvas], Layer]) -> None:
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
        layers: dict[str, Layer] = {canvas.name: self._draw(spec, canvas) for canvas in canvases}
        since_ns = now_ns() - (SLIDE_NS if is_there else 0)
        self._deck.show(NAME, layers, since_ns, ("bottom-left", "bottom-right", "top-left"))

    def forget(self) -> None:
        """The next `show` draws anew, whatever it shows."""
        self._shown = None

    def hide(self) -> None:
        """Slides the card out."""
        self._shown = None
        self._deck.hide(NAME, now_ns())
