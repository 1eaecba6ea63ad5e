"""``shopcast stock`` and ``shopcast orders``: a shop's ledger, with or without an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.shop.stock.ledger import has_ledger, known_shops, open_ledger

Write = Callable[[str], None]


def show_stock(shop: str, what: str, sku: str, write: Write, *, as_json: bool) -> bool:
    """Writes levels, moves or orders of a ledger; ``check`` adds the moves up.

    Returns:
        False when the sums are not what they should be.

    Raises:
        StudioError: not_found, invalid, failed.
    """
    if not has_ledger(shop):
        known = ", ".join(known_shops())
        raise StudioError("not_found", "stock.no_shop", shop=shop, known=known or "-")
    ledger = open_ledger(shop)
    try:
        if what == "check":
            faults = ledger.faults()
            for fault in faults:
                write(fault)
            if not faults:
                count = len(ledger.levels())
                write(translate("stock.sound", shop=shop, count=count))
            return not faults
        rows: list[Any]
        if what == "moves":
            rows = ledger.moves(sku, 1_000_000)[::-1]
        elif what == "orders":
            rows = ledger.reservations("confirmed", 1_000_000)[::-1]
        else:
            rows = [level for level in ledger.levels() if sku in ("", level.sku)]
        for row in rows:
            plain = msgspec.to_builtins(row)
            write(write_json(plain) if as_json else _line(plain))
    finally:
        ledger.close()
    return True


def _line(plain: dict[str, Any]) -> str:
    return "  ".join(
        f"{name} {write_json(value) if isinstance(value, list) else value}"
        for name, value in plain.items()
        if value not in ("", [])
    )
