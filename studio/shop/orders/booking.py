"""Books a shop's message in the ledger: the same for the door, a file and the simulator."""

from __future__ import annotations

import asyncio

from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.shop.orders.model import Conflict, OrderMessage, Sender
from studio.shop.stock.answers import answered
from studio.shop.stock.ledger import StockLedger
from studio.shop.stock.model import Booking


async def book_message(
    ledger: StockLedger, sender: Sender, message: OrderMessage
) -> tuple[Booking, list[Conflict], bool]:
    """Books it.

    Returns:
        The booking, where shop and ledger do not agree, and whether it was heard first.

    Raises:
        StudioError: failed (the ledger), invalid (its lines), not_found (a return of an order
            that has not come yet).
    """
    if message.what == "stock":
        return await _count(ledger, sender, message)
    key, who, channel = f"{sender.name}:{message.id}", sender.name, sender.channel
    if not message.lines and message.what in ("paid", "ordered", "returned"):
        return Booking(key, "elsewhere"), [], True  # no line that has a SKU
    before = await asyncio.to_thread(ledger.state_of, key)
    if message.what == "paid":
        future = ledger.sell_outside(key, message.lines, message.buyer, channel, who)
    elif message.what == "ordered":
        future = ledger.hold_outside(key, message.lines, message.buyer, channel)
    elif message.what == "cancelled":
        future = ledger.cancel_outside(key, channel, who)
    else:
        order = f"{sender.name}:{message.order}"
        future = ledger.take_back_some(
            f"return:{key}", order, message.lines, restocks=message.restocks, who=who
        )
    booked = await answered(future)
    if message.what == "returned":
        if booked.outcome == "unknown":
            raise StudioError("not_found", "orders.no_order", id=message.order)
        return booked, [], booked.outcome == "done"
    return booked, [], before != booked.outcome


async def _count(
    ledger: StockLedger, sender: Sender, message: OrderMessage
) -> tuple[Booking, list[Conflict], bool]:
    at_utc = message.at_utc or utc_iso()
    conflicts, booked, is_new = [], Booking("", "elsewhere"), False
    for sku, says in message.counts.items():
        key = f"count:{sender.name}:{sku}:{at_utc}"
        booked = await answered(
            ledger.count_outside(key, sku, says, at_utc, sender.channel, sender.name)
        )
        is_new = is_new or booked.outcome == "done"
        if booked.outcome in ("held", "expired"):
            why = "promised" if booked.outcome == "held" else "late"
            conflicts.append(
                Conflict(sender.name, sku, says, booked.free, why, utc_iso())  # type: ignore[arg-type]
            )
    return booked, conflicts, is_new
