"""Advice as plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.insight.model import LabelPair

MarginPercent = Annotated[int, msgspec.Meta(ge=0, le=90)]


class GoodsFacts(msgspec.Struct, frozen=True):
    """What the own shows say of a product.

    Attributes:
        units: sold, less what came back.
        minutes: it was explained.
        in_baskets: orders (or viewers) that had it.
    """

    product: str
    units: float = 0.0
    minutes: float = 0.0
    in_baskets: int = 0


class RelatedPair(msgspec.Struct, frozen=True):
    """Two products that belong together.

    Attributes:
        score: of the model, of ``other`` for who has ``product``.
        together: baskets that had both.
    """

    product: str
    other: str
    score: float
    together: int


class AdviceFacts(msgspec.Struct, frozen=True):
    """What advice is made of, as the analysis process says it.

    Attributes:
        baskets: orders of several products, and viewers who wrote during several.
        orders: of them orders.
        recall, recall_popular: share of baskets whose last product was among five proposed, by
            this model and by what sells most; None where there are too few baskets to say.
        is_model: the model is better than what sells most, on the own baskets.
    """

    goods: tuple[GoodsFacts, ...] = ()
    related: tuple[RelatedPair, ...] = ()
    baskets: int = 0
    orders: int = 0
    airings: int = 0
    recall: float | None = None
    recall_popular: float | None = None
    is_model: bool = False


class PlacedGoods(msgspec.Struct, frozen=True):
    """A product in the proposed order.

    Attributes:
        number, place: what it is called now, and its place in the proposal; both from 1.
        is_cold: it was hardly ever shown: it stands here to be tried.
    """

    product: str
    name: str
    number: int
    place: int
    reasons: tuple[LabelPair, ...] = ()
    is_cold: bool = False


class GoodsLeftOut(msgspec.Struct, frozen=True):
    """A product that is not proposed, and why."""

    product: str
    name: str
    number: int
    why: LabelPair


class OrderProposal(msgspec.Struct, frozen=True):
    """Another order of the goods, as a difference that a person takes over.

    Attributes:
        moves: products that get another place.
        total: goods in the order; ``order`` shows the first ones.
        source: what it was made of, in words; what is not known is said there.
    """

    id: str
    at_utc: str
    order: tuple[PlacedGoods, ...]
    left_out: tuple[GoodsLeftOut, ...] = ()
    moves: int = 0
    total: int = 0
    source: LabelPair = LabelPair()
    recall: float | None = None
    recall_popular: float | None = None


class RelatedGoods(msgspec.Struct, frozen=True):
    """What goes with a product.

    Attributes:
        reason: why, in words.
    """

    product: str
    name: str
    reason: LabelPair
    score: float


class AdvicePart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        margin_percent: goods that leave less of their price than this are not proposed.
    """

    margin_percent: MarginPercent = 0


class AdviceView(msgspec.Struct, frozen=True):
    """What desks see.

    Attributes:
        proposal: the latest; None until somebody asked for one.
        margin_percent: as in `AdvicePart`.
    """

    proposal: OrderProposal | None = None
    margin_percent: int = 0
