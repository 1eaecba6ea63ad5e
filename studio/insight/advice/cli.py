"""``shopcast advice``: the order of goods from now on, of a show's folder or the running studio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from studio.core.clean import encode_json
from studio.core.i18n import translate
from studio.insight.advice.model import OrderProposal
from studio.insight.cli import said

if TYPE_CHECKING:
    from studio.shop.model import ShopState
    from studio.shop.offers.model import OfferPart

Write = Callable[[str], None]


def show_proposal(proposal: OrderProposal, write: Write, *, as_json: bool) -> None:
    """Writes a proposal."""
    if as_json:
        write(encode_json(proposal))
        return
    write(said(proposal.source))
    for goods in proposal.order:
        reasons = "; ".join(said(reason) for reason in goods.reasons)
        write(translate("advice.cli.line", place=goods.place, name=goods.name,
                        number=goods.number, reasons=reasons).rstrip())  # fmt: skip
    for out in proposal.left_out:
        write(translate("advice.cli.left_out", name=out.name, number=out.number,
                        why=said(out.why)))  # fmt: skip


def propose_for(shop: ShopState, offers: OfferPart, margin_percent: int = 0) -> OrderProposal:
    """For a show that is not open: its parts as read.

    Raises:
        StudioError: not_found, failed.
    """
    from studio.insight.advice.goods import goods_table, groups_of
    from studio.insight.advice.proposal import proposal_of
    from studio.insight.advice.ranking import LiveGoods, learned_of, rank
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.child import analyse
    from studio.shop.catalogue import Catalogue
    from studio.shop.offers.book import OfferBook

    catalogue = Catalogue()
    catalogue.load(shop)
    book = OfferBook(catalogue)
    book.part = offers
    groups = groups_of(shop.products, book)
    facts = analyse(AnalysisRequest("advice", groups=groups)).advice
    assert facts is not None
    table = goods_table(shop.products, book, lambda sku: None, margin_percent)
    learned = learned_of(table, facts)
    return proposal_of("", table, learned, rank(table, learned, LiveGoods()), LiveGoods())


def of_show(raw: Mapping[str, Any], path: str) -> OrderProposal:
    """Of a show as it was read from its folder.

    Raises:
        StudioError: not_found, invalid, failed.
    """
    from studio.core.errors import StudioError
    from studio.insight.advice.model import AdvicePart
    from studio.shop.model import ShopState
    from studio.shop.offers.model import OfferPart

    try:
        shop = msgspec.convert(raw.get("shop", {}), ShopState)
        offers = msgspec.convert(raw.get("offers", {}), OfferPart)
        part = msgspec.convert(raw.get("advice", {}), AdvicePart)
    except msgspec.ValidationError as error:
        raise StudioError("invalid", "show.broken", path=path, why=str(error)) from None
    return propose_for(shop, offers, part.margin_percent)
