"""Words that a recogniser may expect: names of goods, materials and sizes, in so many signs."""

from __future__ import annotations

from collections.abc import Mapping

from studio.host.guard.claim import Known

MOST = 120
USUAL = {
    "zh": "直播间，价格，原价，到手价，多少元，面料，尺码，发货，包邮，无理由退换，质保，续航。",
    "en": "Live shopping: price, dollars, size, fabric, shipping, returns, warranty.",
}


def hints_of(goods: Mapping[str, Known], language: str = "zh") -> str:
    """A sentence of such words; nothing that was recognised is in it."""
    names = "，".join(known.product.name for known in goods.values())
    usual = USUAL.get(language, USUAL["zh"])
    return f"{usual}{names[: MOST - len(usual)]}"
