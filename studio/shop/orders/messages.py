"""What shops write, read into one form; only what is signed counts, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from studio.core.clean import clean_data, read_json
from studio.core.errors import StudioError
from studio.core.instants import from_iso, iso
from studio.shop.orders.model import OrderMessage, SenderKind, What
from studio.shop.stock.model import Line

WOO_STATES: dict[str, What] = {
    "processing": "paid", "completed": "paid", "pending": "ordered", "on-hold": "ordered",
    "cancelled": "cancelled", "refunded": "cancelled", "failed": "cancelled", "trash": "cancelled",
}  # fmt: skip
SHOPIFY_TOPICS: dict[str, What] = {
    "orders": "ordered", "refunds": "returned", "products": "stock",
}  # fmt: skip
"""By the first word. Topics are not signed, so whether an order is paid or cancelled is read from
its body alone: an old message sent again under another topic does nothing new."""
STANDARD: dict[str, What] = {
    "order.created": "ordered", "order.paid": "paid", "order.cancelled": "cancelled",
    "order.refunded": "cancelled", "order.returned": "returned", "stock.updated": "stock",
}  # fmt: skip
NOTHING = OrderMessage("nothing")
LONGEST_ID = 150


def read_message(kind: SenderKind, headers: Mapping[str, str], body: bytes) -> OrderMessage:
    """A message in one form; "nothing" for one about something else.

    Raises:
        StudioError: invalid: no JSON, or not of the shape that this kind has.
    """
    if kind == "woocommerce" and body.startswith(b"webhook_id="):
        return NOTHING  # what WooCommerce sends when the hook is made
    try:
        raw = clean_data(read_json(body))
    except (ValueError, RecursionError) as error:
        raise StudioError("invalid", "orders.no_json", why=str(error)[:100]) from None
    if not isinstance(raw, dict):
        raise StudioError("invalid", "orders.shape", what="object")
    try:
        if kind == "shopify":
            return _shopify(headers.get("x-shopify-topic", ""), raw)
        if kind == "woocommerce":
            return _woo(headers.get("x-wc-webhook-topic", ""), raw)
        return _standard(raw)
    except (
        KeyError, TypeError, ValueError, AttributeError, OverflowError, msgspec.ValidationError,
    ) as error:  # fmt: skip
        raise StudioError("invalid", "orders.shape", what=str(error)[:100]) from None


def _standard(raw: dict[str, Any]) -> OrderMessage:
    what = STANDARD.get(str(raw.get("type", "")), "nothing")
    if what == "nothing":
        return NOTHING
    data, at = raw["data"], _time(raw.get("timestamp"))
    if what == "stock":
        return OrderMessage(what, at_utc=at, counts={str(data["sku"]): _count(data["free"])})
    id = _id(data["id"])
    lines, no_sku = _lines(data.get("lines") or (), "count") if what != "cancelled" else ((), 0)
    order = _id(data["order"]) if what == "returned" else ""
    buyer = str(data.get("buyer") or "")[:LONGEST_ID]
    return OrderMessage(
        what, id, order, lines, buyer, at, bool(data.get("restock", True)), no_sku=no_sku
    )


def _shopify(topic: str, raw: dict[str, Any]) -> OrderMessage:
    what = SHOPIFY_TOPICS.get(topic.partition("/")[0], "nothing")
    if what == "nothing":
        return NOTHING
    at = _time(raw.get("updated_at") or raw.get("created_at"))
    if what == "stock":
        counts = {
            str(variant["sku"]): _count(max(0, int(variant["inventory_quantity"])))
            for variant in raw["variants"]
            if variant.get("sku") and variant.get("inventory_quantity") is not None
        }
        return OrderMessage(what, at_utc=at, counts=counts)
    if what == "returned":
        rows = [
            {"sku": (row.get("line_item") or {}).get("sku"), "quantity": row["quantity"]}
            for row in raw["refund_line_items"]
        ]
        kinds = {row.get("restock_type", "return") for row in raw["refund_line_items"]}
        lines, no_sku = _lines(rows, "quantity")
        return OrderMessage(
            what, _id(raw["id"]), _id(raw["order_id"]), lines, at_utc=at,
            restocks="no_restock" not in kinds, no_sku=no_sku,
        )  # fmt: skip
    if raw.get("cancelled_at"):
        what = "cancelled"
    elif raw.get("financial_status") in ("paid", "partially_refunded"):
        what = "paid"
    elif raw.get("financial_status") in ("refunded", "voided"):
        what = "cancelled"
    lines, no_sku = _lines(raw.get("line_items") or (), "quantity")
    buyer = str((raw.get("customer") or {}).get("id") or "")[:LONGEST_ID]
    return OrderMessage(what, _id(raw["id"]), "", lines, buyer, at, no_sku=no_sku)


def _woo(topic: str, raw: dict[str, Any]) -> OrderMessage:
    at = _time(raw.get("date_modified_gmt") or raw.get("date_created_gmt"))
    if topic.startswith("product."):
        if not raw.get("sku") or raw.get("stock_quantity") is None:
            return NOTHING
        left = _count(max(0, int(raw["stock_quantity"])))
        return OrderMessage("stock", at_utc=at, counts={str(raw["sku"]): left})
    if topic == "order.deleted" and set(raw) == {"id"}:  # the topic is not signed, the body is
        return OrderMessage("cancelled", _id(raw["id"]), at_utc=at)
    if not topic.startswith("order."):
        return NOTHING
    what = WOO_STATES.get(str(raw["status"]), "nothing")
    if what == "nothing":
        return NOTHING
    lines, no_sku = _lines(raw.get("line_items") or (), "quantity")
    buyer = str(raw.get("customer_id") or "")[:LONGEST_ID]
    return OrderMessage(what, _id(raw["id"]), "", lines, buyer, at, no_sku=no_sku)


def _lines(rows: Iterable[Mapping[str, Any]], count: str) -> tuple[tuple[Line, ...], int]:
    found, no_sku = [], 0
    for row in rows:
        if int(row[count]) == 0:
            continue
        if not row.get("sku"):
            no_sku += 1
            continue
        line = {"sku": str(row["sku"]), "count": row[count]}
        found.append(msgspec.convert(line, Line, strict=False))
    return tuple(found), no_sku


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("id")
    text = str(value).strip()
    if not 0 < len(text) <= LONGEST_ID:
        raise ValueError("id")
    return text


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise ValueError("count")
    return value


def _time(value: Any) -> str:
    """In the form in which the ledger writes times, so that they compare."""
    if not value:
        return ""
    text = str(value)
    at = from_iso(text if text[-6:-5] in "+-" or text.endswith(("Z", "z")) else text + "Z")
    return iso(at)
