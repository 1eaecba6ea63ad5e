"""The catalogue of the show and what is shown of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.shop.model import Product, ShopState


class Catalogue:
    """Owns the products; every change makes a new state."""

    def __init__(self) -> None:
        self._state = ShopState()

    @property
    def state(self) -> ShopState:
        """What is now; immutable."""
        return self._state

    def load(self, state: ShopState) -> None:
        """Takes over a show's products.

        Raises:
            StudioError: invalid, when two products share an id.
        """
        ids = [product.id for product in state.products]
        twice = sorted(id_ for id_, count in Counter(ids).items() if count > 1)
        if twice:
            raise StudioError("invalid", "shop.double_id", id=", ".join(twice))
        self._state = state

    def get(self, product: str) -> Product:
        """A product by id or by its number in the show.

        Raises:
            StudioError: not_found.
        """
        for other_product in self._state.products:
            if product in (other_product.id, str(other_product.number)):
                return other_product
        known = ", ".join(f"{product.number} {product.id}" for product in self._state.products)
        raise StudioError("not_found", "shop.no_product", product=product, known=known)

    def insist_unused(self, leaving: Iterable[Product]) -> None:
        """Products that are to leave the show are neither on the picture nor explained now.

        Raises:
            StudioError: conflict: one is.
        """
        state = self._state
        for product in leaving:
            if product.id in (state.card, state.trying, state.explaining):
                raise StudioError("conflict", "shop.in_use", product=product.name)

    def put(self, product: Product) -> None:
        """Replaces a product (same id), or adds it."""
        kept = [
            product if other_product.id == product.id else other_product
            for other_product in self._state.products
        ]
        if product not in kept:
            kept.append(product)
        self._state = replace(self._state, products=tuple(kept))

    def remove(self, product: Product) -> None:
        """Takes a product out of the show."""
        rest = tuple(
            other_product
            for other_product in self._state.products
            if other_product.id != product.id
        )
        self._state = replace(self._state, products=rest)

    def sort(self, order: Sequence[str]) -> tuple[str, ...]:
        """Deals the numbers there are out anew, in this order of ids; the order before.

        Raises:
            StudioError: invalid, unless each product is in it once.
        """
        by_id = {product.id: product for product in self._state.products}
        if len(order) != len(by_id) or set(order) != set(by_id):
            raise StudioError("invalid", "shop.order_other", count=len(by_id))
        before = sorted(self._state.products, key=lambda product: product.number)
        numbers = [product.number for product in before]
        fresh = {
            id: replace(by_id[id], number=number) for id, number in zip(order, numbers, strict=True)
        }
        products = tuple(fresh[product.id] for product in self._state.products)
        self._state = replace(self._state, products=products)
        return tuple(product.id for product in before)

    def explain(self, product: str) -> None:
        """The product the host talks about now; "" for none."""
        since = utc_iso() if product else ""
        self._state = replace(self._state, explaining=product, explaining_since=since)

    def set_card(self, product: str) -> None:
        """The product whose card is up; "" for none."""
        self._state = replace(self._state, card=product)

    def set_trying(self, product: str) -> None:
        """The product that is worn; "" for none."""
        self._state = replace(self._state, trying=product)

    def choose(self, product: Product, sku: str) -> None:
        """Chooses a variant; "" chooses none.

        Raises:
            StudioError: not_found.
        """
        if not sku:
            rest = {id: chosen for id, chosen in self._state.variant.items() if id != product.id}
            self._state = replace(self._state, variant=rest)
            return
        if product.variant(sku) is None:
            known = ", ".join(variant.sku for variant in product.variants)
            raise StudioError(
                "not_found", "shop.no_variant", sku=sku, product=product.name, known=known
            )
        self._state = replace(self._state, variant={**self._state.variant, product.id: sku})
