"""Templates of cards as plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec

TemplateId = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z0-9_-]*$")]
PLAIN, AUTO = "plain", "auto"
"""The card as it always was, and the template that fits a product's kind."""


class CardPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        template: of all products; "" is the plain card, "auto" the one that fits the goods.
        own: of single products, by id.
    """

    template: TemplateId = ""
    own: Annotated[dict[str, TemplateId], msgspec.Meta(max_length=10_000)] = {}


class TemplateInfo(msgspec.Struct, frozen=True):
    """A template as lists show it; ``is_own`` stands in the show's folder."""

    id: str
    zh: str
    en: str
    kinds: tuple[str, ...] = ()
    is_own: bool = False


class CardsView(CardPart, frozen=True):
    """The part "cards" of the state.

    Attributes:
        templates: to choose from.
        faults: files of the show's folder that are no templates, in both languages (zh, en).
    """

    templates: tuple[TemplateInfo, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
