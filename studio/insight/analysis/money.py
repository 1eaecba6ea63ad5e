"""What imported exports say of money: paid, taken back, kept by platforms; and what led to orders.

Each source stands for itself: two platforms that count the same order are never added together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from studio.insight.analysis.base import insert_rows
from studio.insight.imports.reading import export_kinds
from studio.shop.money import exponent, read_amount

if TYPE_CHECKING:
    import duckdb

GONE = ("已关闭", "已取消", "交易关闭", "cancel", "void", "failed", "storniert", "requires")
"""A state in which nothing was paid."""
MoneyRow = tuple[str, str, int | None, int | None, str, Mapping[str, str]]
"""A row of an imported export: kind, order, when (µs, UTC), amount, currency, data."""
SETTLEMENT = "douyin_settlement"


def add_money(rows: Sequence[MoneyRow], base: duckdb.DuckDBPyConnection) -> None:
    """Fills the tables; of a kind's rows the first of an order bears its money."""
    once = {kind.kind for kind in export_kinds() if kind.money_on == "order"}
    once.add("tiktok_orders")  # its kind decides by the file
    settled: list[tuple[Any, ...]] = []
    touches: list[tuple[Any, ...]] = []
    seen: set[tuple[str, str]] = set()
    followed = {order for kind, order, *_ in rows if kind == "touches"}
    for number, (kind, order, at_us, amount, currency, data) in enumerate(rows):
        if kind == "touches":
            touches.append((data.get("visitor", ""), at_us, data.get("source", ""), order, amount,
                            currency, _scale(currency)))  # fmt: skip
            continue
        if not order and kind != "stripe_payments":
            continue
        if amount is None and kind in once:  # a line more of an order that stands above
            continue
        is_again = kind in once and (kind, order) in seen
        seen.add((kind, order))
        state = data.get("status", "").casefold()
        if any(word in state for word in GONE):
            continue
        code = data.get("converted_currency", "").upper() or currency
        amounts = _amounts(kind, amount, currency, data, is_again)
        settled.append((kind, order or str(number), at_us, code, *amounts, _scale(code)))
        source = data.get("source") or data.get("traffic") or ""
        if source and not is_again and amount is not None and order not in followed:
            visitor = f"{kind}/{order}/{number}"  # each line may have come by another way
            touches.append((visitor, at_us, source, f"{kind}/{order}", amount, currency,
                            _scale(currency)))  # fmt: skip
    insert_rows(base, "settled", settled)
    insert_rows(base, "touches", touches)


def _scale(currency: str) -> float:
    """Minor units in one of a currency."""
    return float(10 ** exponent(currency))


def _amounts(
    kind: str, amount: int | None, currency: str, data: Mapping[str, str], is_again: bool
) -> tuple[int | None, ...]:
    """Gross, discount, refund, fee, commission; costs are above 0, what is not said is None."""

    def cost(name: str) -> int | None:
        text = data.get(name)
        if not text or is_again:
            return None
        try:
            return abs(read_amount(text, currency, is_number=True).minor)
        except ValueError:
            return None

    gross, refund = None if is_again else amount, cost("refund")
    if kind == SETTLEMENT:  # its amount is what is left; what was paid stands beside it
        gross = cost("paid")
    if data.get("converted_currency") and gross:  # fees are told in that currency alone
        code = data["converted_currency"].upper()
        whole = read_amount(data.get("converted", ""), code, is_number=True).minor
        refund = round(whole * refund / gross) if refund is not None else None
        gross, currency = whole, code
    discounts = [found for name in ("discount", "discount_shop") if (found := cost(name))]
    return (gross, sum(discounts) if discounts else None, refund, cost("fee"),
            cost("commission"))  # fmt: skip
