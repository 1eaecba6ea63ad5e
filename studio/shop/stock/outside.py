"""What other shops tell the ledger: they are the truth about what they sold, took back and have.

Messages come twice, late and out of order. Each of these is called inside a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.clock import utc_iso
from studio.shop.stock.books import HoldTerms, StockBooks
from studio.shop.stock.holds import HoldAsk
from studio.shop.stock.model import Booking, Line

DONE_WITH = ("confirmed", "refunded")


def counted(books: StockBooks, lines: Sequence[Line]) -> list[Line]:
    """Lines whose SKU this ledger counts; a shop sells other goods too."""
    known = "SELECT 1 FROM levels WHERE sku = ? LIMIT 1"
    return [line for line in lines if books.base.execute(known, (line.sku,)).fetchone()]


def sell(
    books: StockBooks, key: str, lines: Sequence[Line], buyer: str, channel: str, who: str
) -> Booking:
    """An order that was paid elsewhere: what is not there any more is owed."""
    kept = books.reservation(key)
    if kept is not None:
        if kept[1] in DONE_WITH:
            return Booking(key, kept[1])  # type: ignore[arg-type]
        if kept[1] == "held":
            return books.settle(key, "confirmed", who, "sold outside")
        # It ran out or was let go here, and was paid there.
        books.base.execute("UPDATE reservations SET state = 'confirmed' WHERE key = ?", (key,))
    else:
        ours = counted(books, lines)
        if not ours:
            return Booking(key, "elsewhere")
        books.write_down(key, ours, buyer, channel, "confirmed", 0)
    short = ""
    for sku, where, count in books.lines(key):
        there = min(count, books.free(sku, where))
        if there:
            books.move("confirm", sku, where, (-there, 0, there), who, "sold outside", key)
        if there < count:
            short = short or sku
            books.base.execute(
                "INSERT INTO shortfalls VALUES (?, ?, ?, ?, ?)",
                (key, sku, where, count - there, utc_iso()),
            )
    return Booking(key, "confirmed", short, books.free(short, channel) if short else 0)


def hold(
    books: StockBooks, key: str, lines: Sequence[Line], buyer: str, channel: str, hold_ms: int
) -> Booking:
    """An order that is not paid yet."""
    if books.reservation(key) is None and not counted(books, lines):
        return Booking(key, "elsewhere")
    return HoldAsk(key, counted(books, lines), buyer, channel, HoldTerms(hold_ms))(books)


def cancel(books: StockBooks, key: str, channel: str, who: str) -> Booking:
    """An order that is none any more, whatever of it was heard before or comes later."""
    kept = books.reservation(key)
    if kept is None:
        books.write_down(key, (), "", channel, "refunded", 0)  # the order may come after this
        return Booking(key, "refunded")
    if kept[1] == "confirmed":
        books.take_back(key, who, f"cancel:{key}", restocks=True)
    elif kept[1] != "refunded":
        if kept[1] == "held":
            books.settle(key, "released", who, "cancelled outside")
        books.base.execute("UPDATE reservations SET state = 'refunded' WHERE key = ?", (key,))
    return Booking(key, "refunded")


def take_back_some(
    books: StockBooks, key: str, order: str, lines: Sequence[Line], who: str, *, restocks: bool
) -> Booking:
    """Some pieces of an order come back: never more than it still has, each message once."""
    known = books.known(key)
    if known is not None:
        return known
    kept = books.reservation(order)
    if kept is None:
        return Booking(key, "unknown")
    if kept[1] != "confirmed":
        return Booking(key, kept[1])  # type: ignore[arg-type]
    has = {sku: (where, count) for sku, where, count in books.lines(order)}
    owed = books.owed(order)
    for line in lines:
        where, count = has.get(line.sku, ("", 0))
        back = min(line.count, count)
        if not back:
            continue
        never = min(back, owed.get(line.sku, 0))  # what was never there is no longer owed
        if never:
            _less(books, "shortfalls", order, line.sku, owed[line.sku] - never)
        _less(books, "lines", order, line.sku, count - back)
        there = back - never
        if there:
            by = (there if restocks else 0, 0, -there)
            books.move("refund", line.sku, where, by, who, "", key)
            if restocks:
                books.serve(line.sku, where)
    if not books.lines(order):
        books.base.execute("UPDATE reservations SET state = 'refunded' WHERE key = ?", (order,))
    return books.answer(key, "done")


def _less(books: StockBooks, table: str, key: str, sku: str, count: int) -> None:
    sql = f"UPDATE {table} SET count = ?3 WHERE key = ?1 AND sku = ?2"
    if not count:
        sql = f"DELETE FROM {table} WHERE key = ?1 AND sku = ?2 AND ?3 = 0"
    books.base.execute(sql, (key, sku, count))


def count(
    books: StockBooks, key: str, sku: str, says: int, channel: str, at_utc: str, who: str
) -> Booking:
    """The shop says how many pieces it has to sell.

    What is held here the shop may not know of, so it is taken off. A message from before the last
    sale that is known here brings no piece back, and one from before another of them does nothing.

    Returns:
        "done"; "held", when more is promised here than the shop has: nothing is free then;
        "expired", when the message was overtaken.
    """
    known = books.known(key)
    if known is not None:
        return known
    row = books.base.execute(
        "SELECT free, held FROM levels WHERE sku = ? AND channel = ?", (sku, channel)
    ).fetchone()
    if row is None:
        return Booking(key, "elsewhere")
    free, held = row
    wanted, heard = max(0, says - held), f"said:{channel}:{sku}"
    is_late = at_utc <= books.note(heard)
    if is_late or (wanted > free and at_utc <= _last_sale(books, sku, channel)):
        return Booking(key, "expired", sku, free)
    books.base.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (heard, at_utc))
    if wanted != free:
        kind = "in" if wanted > free else "correct"
        books.move(kind, sku, channel, (wanted - free, 0, 0), who, "the shop says", key)
        if wanted > free:
            books.serve(sku, channel)
    return books.answer(key, "held" if says < held else "done", sku, wanted)


def _last_sale(books: StockBooks, sku: str, channel: str) -> str:
    row = books.base.execute(
        "SELECT coalesce(max(at_utc), '') FROM moves WHERE sku = ? AND channel = ? AND sold > 0",
        (sku, channel),
    ).fetchone()
    return str(row[0])
