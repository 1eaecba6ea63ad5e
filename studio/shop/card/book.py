"""Which template a product's card has, and the facts that stand on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.graphics.model import CardTemplate
from studio.shop.card.files import shipped_templates
from studio.shop.card.kinds import kinds_of
from studio.shop.card.model import AUTO, PLAIN, CardPart
from studio.shop.model import Product


def _no_facts(product: str) -> Mapping[str, str]:
    return {}


class CardBook:
    """The templates of the show, and who wears which.

    Attributes:
        part: what the show keeps.
        own: templates of the show's folder, by id; they go before the studio's.
        facts_of: what is known of a product by its id, with the names of facts; only what holds
            today.
    """

    def __init__(self) -> None:
        self.part = CardPart()
        self.own: dict[str, CardTemplate] = {}
        self.facts_of: Callable[[str], Mapping[str, str]] = _no_facts

    def templates(self) -> dict[str, CardTemplate]:
        """All of them, by id."""
        return {**shipped_templates(), **self.own}

    def template_of(self, product: Product) -> CardTemplate | None:
        """A product's own, else the show's; None is the plain card."""
        return self.named(self.part.own.get(product.id) or self.part.template, product)

    def named(self, id: str, product: Product) -> CardTemplate | None:
        """The template of this id; "auto" is the one that fits the product."""
        if id in ("", PLAIN):
            return None
        known = self.templates()
        if id != AUTO:
            return known.get(id)
        for kind in kinds_of(product):
            for template in (*self.own.values(), *known.values()):
                if kind in template.kinds:
                    return template
        return None
