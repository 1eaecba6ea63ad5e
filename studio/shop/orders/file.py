"""Orders from a file: what did not come by the door, each once all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import lines_of, read_json, write_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.shop.orders.booking import book_message
from studio.shop.orders.messages import read_message
from studio.shop.orders.model import Sender, SenderKind
from studio.shop.stock.ledger import StockLedger, has_ledger, known_shops, open_ledger

LARGEST = 64 * 1024 * 1024
TOPICS = {
    "shopify": {"x-shopify-topic": "orders/file"},
    "woocommerce": {"x-wc-webhook-topic": "order.file"},
    "standard": {},
}


def import_orders(
    path: Path, shop: str, sender: str, kind: SenderKind, write: Callable[[str], None], *,
    as_json: bool,
) -> bool:  # fmt: skip
    """Books the orders of a file in a shop's ledger.

    Args:
        sender: whose they are: the same name as at the door counts none twice.

    Returns:
        False where a row could not be read; the others are booked.

    Raises:
        StudioError: invalid, not_found (the ledger, the file), failed.
    """
    if not shop:
        raise StudioError("invalid", "cli.orders.import_what")
    if not has_ledger(shop):
        known = ", ".join(known_shops())
        raise StudioError("not_found", "stock.no_shop", shop=shop, known=known or "-")
    try:
        whose = msgspec.convert({"name": sender, "kind": kind}, Sender)
    except msgspec.ValidationError:
        raise StudioError("not_found", "orders.no_sender", id=sender, known="-") from None
    rows = _rows(path)
    ledger = open_ledger(shop)
    try:
        counts, faults = asyncio.run(_book_all(ledger, whose, rows))
        counts["short"] = sum(short.count for short in ledger.shortfalls())
    finally:
        ledger.close()
    for fault in faults:
        write(write_json({"error": fault}) if as_json else fault)
    write(write_json(counts) if as_json else translate("orders.read", None, **counts))
    return not faults


async def _book_all(
    ledger: StockLedger, sender: Sender, rows: list[bytes]
) -> tuple[dict[str, int], list[str]]:
    counts, faults = {"rows": 0, "booked": 0, "again": 0, "refused": 0}, []
    for number, row in enumerate(rows, 1):
        counts["rows"] += 1
        try:
            message = read_message(sender.kind, TOPICS[sender.kind], row)
            if message.what == "nothing":
                raise StudioError("invalid", "orders.shape", what="type")
            _, _, is_new = await book_message(ledger, sender, message)
        except StudioError as error:
            counts["refused"] += 1
            faults.append(translate("orders.not_read", row=number, why=error.in_language()))
            continue
        counts["booked" if is_new else "again"] += 1
    return counts, faults


def _rows(path: Path) -> list[bytes]:
    """Each order as JSON.

    Raises:
        StudioError: not_found, invalid.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise StudioError("invalid", "orders.no_file", path=str(path), why="> 64 MB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("not_found", "orders.no_file", path=str(path), why=why) from None
    except UnicodeDecodeError as error:
        raise StudioError("invalid", "orders.no_file", path=str(path), why=str(error)) from None
    return list(_split(text))


def _split(text: str) -> Iterator[bytes]:
    if text.lstrip().startswith("["):
        try:
            whole: Any = read_json(text)
        except (ValueError, RecursionError) as error:
            raise StudioError("invalid", "orders.no_json", why=str(error)[:100]) from None
        for row in whole:
            yield write_json(row).encode()
        return
    for line in lines_of(text):
        if line.strip():
            yield line.encode()
