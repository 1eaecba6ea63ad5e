"""What a kind of export is: heads, the key of a row, where the money stands, what is added up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import ClassVar, Literal

from studio.core.clock import utc_iso
from studio.core.text import natural
from studio.insight.imports.dates import DateReader
from studio.insight.imports.model import Export, ExportFault, ExportRow
from studio.shop.importers.base import Record, Table, TableKind
from studio.shop.money import exponent, read_amount

NOTHING = frozenset({"", "-", "--", "—", "undefined", "null", "none", "n/a", "nan", "/"})
CIPHER = re.compile(r"[#$]{2}\S*")
TOTALS = frozenset({"total", "totals", "grand total", "合计", "总计", "总和", "汇总", "sum"})
RANKS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (4, ("refund", "退款成功", "已退款", "erstattet", "chargeback")),
    (3, ("cancel", "已关闭", "已取消", "交易关闭", "storniert", "failed", "voided")),
    (3, ("complet", "finish", "已完成", "交易成功", "deliver", "abgeschlossen", "已签收")),
    (2, ("ship", "已发货", "in transit", "versendet", "卖家已发货", "fulfilled")),
    (1, ("paid", "已付款", "待发货", "processing", "versandbereit", "awaiting shipment")),
)


class ReadExport:
    """How an export is to be read.

    Args:
        currency: of amounts that name none.
        year, zone: of dates and times that name none.
    """

    def __init__(self, currency: str = "", year: int | None = None, zone: str = "") -> None:
        self.currency, self.year, self.zone = currency, year, zone


class ExportKind(TableKind):
    """One kind of export. A plugin may bring one: a subclass with a ``kind``.

    Attributes:
        row_key: fields that name a row among all of its kind; rows that are equal in them are
            told apart by their order.
        money_on: "line": amounts are added up; "order": it stands on the first line of an order or
            on each of them, and counts once.
        currency: of amounts where neither a column nor the file says one.
        persons: heads that are known and never kept.
    """

    row_key: ClassVar[tuple[str, ...]] = ()
    money_on: Literal["line", "order"] = "line"
    currency: ClassVar[str] = ""
    is_orders: ClassVar[bool] = False
    times: ClassVar[tuple[str, ...]] = ("at",)
    numbers: ClassVar[tuple[str, ...]] = ()
    counted: ClassVar[str] = ""
    persons: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields that a person may map: all but the heads that are known and passed over."""
        return tuple(name for name in cls.columns if name != "known")

    def read(self, table: Table, options: ReadExport) -> Export:
        """Every row, or its fault."""
        out = Export(self.kind, table.first - 1)
        records = [record for record in table.records() if not self._is_total(record, out)]
        if records and self._is_help(records[0]):
            records = records[1:]
        texts = [record.get(name) for name in self.times for record in records[:3000]]
        dates = DateReader(options.year, options.zone, texts)
        seen: Counter[str] = Counter()
        order, days = "", 0
        today = utc_iso()[:10]
        latest = ""
        for record in records:
            order = known(record.get("order")) or order
            row = self._row(record, order, dates, options, out)
            if row is None:
                continue
            seen[row.key] += 1
            if seen[row.key] > 1:
                row.key += f"|{seen[row.key]}"
            if row.at[:1] != "-" and row.at[:10] > today:
                days += 1
                latest = max(latest, row.at[:10])
            out.rows.append(row)
        if days:
            out.hints.append("future_dates")
            out.params |= {"count": str(days), "last": latest}
        if dates.needs_year:
            out.questions.append("year")
        if dates.is_unsure:
            out.questions.append("date_order")
        out.lines = len(out.rows)
        out.orders = len({row.order for row in out.rows if row.order})
        self.add_up(out)
        return out

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        """Adds what this kind counts beside orders and money."""

    def add_up(self, out: Export) -> None:
        """Orders, money by currency, and the figures of the kind."""
        sums: Counter[str] = Counter()
        counted: set[str] = set()
        for row in out.rows:
            if row.amount is None:
                continue
            if self.money_on == "order" and row.order:
                if row.order in counted:
                    continue
                counted.add(row.order)
            sums[row.currency] += row.amount
        out.sums = dict(sums)
        if len(sums) == 1:
            out.currency, out.sum_cents = next(iter(sums.items()))
        if "" in sums:
            out.hints.append("currency")
        self.figures(out, out.rows)

    def _row(
        self, record: Record, order: str, dates: DateReader, options: ReadExport, out: Export
    ) -> ExportRow | None:
        data = {}
        for name in record.table.fields:
            text = known(record.get(name))
            if text and name not in ("known", "order"):
                data[name] = text
        stamps = []
        for name in self.times:
            if name in data:
                try:
                    data[name] = dates.read(data[name])
                except ValueError:
                    out.errors.append(_fault(record, name, "not_a_date"))
                    return None
                stamps.append(data[name])
        for name in self.numbers:
            if name in data:
                try:
                    data[name] = number(data[name])
                except ValueError:
                    out.errors.append(_fault(record, name, "not_a_number"))
                    return None
        code = (data.get("currency") or options.currency or self.currency or "").upper()
        amount: int | None = None
        if "amount" in data:
            try:
                found = read_amount(self.amount_text(data["amount"]), code, is_number=True)
            except ValueError as error:
                out.errors.append(_fault(record, "amount", str(error)))
                return None
            amount, code = found.minor, found.currency
        if self.is_orders and not order:
            out.errors.append(_fault(record, "order", "no_order"))
            return None
        rank = _rank(f"{data.get('status', '')} {data.get('after', '')}")
        key = "|".join(order if name == "order" else data.get(name, "") for name in self.row_key)
        return ExportRow(
            key, order, data.get(self.times[0], "") if self.times else "",
            max(stamps, default=""), rank, amount, code, data,
        )  # fmt: skip

    @staticmethod
    def amount_text(text: str) -> str:
        """An amount as `read_amount` takes it."""
        return text

    def _is_total(self, record: Record, out: Export) -> bool:
        first = record.cells[0].strip().casefold() if record.cells else ""
        if first not in TOTALS:
            return False
        if self.counted:
            out.params["total"] = known(record.get(self.counted))
        return True

    def _is_help(self, record: Record) -> bool:
        """A line of descriptions below the heads."""
        texts = [known(record.get(name)) for name in (*self.numbers, "amount", *self.times)]
        filled = [text for text in texts if text]
        return len(filled) > 0 and not any(sign.isdigit() for text in filled for sign in text)


@lru_cache(maxsize=1024)
def _rank(words: str) -> int:
    """How far an order has come, by the words of its state."""
    words = words.casefold()
    return next((rank for rank, known_ in RANKS if any(word in words for word in known_)), 0)


def _fault(record: Record, name: str, why: str) -> ExportFault:
    return ExportFault(record.row, record.table.head(name), why, record.get(name)[:100])


def known(text: str) -> str:
    """A cell's value; "" where it is a mark for nothing or a cipher."""
    if text[:1].isalnum() and text[0] not in "uUnN":  # the most of them by far
        return text.rstrip()
    text = text.strip().lstrip("'\t").strip()
    if text.casefold() in NOTHING or CIPHER.fullmatch(text):
        return ""
    return text


def number(text: str) -> str:
    """A figure as digits: "1,234", "12.5%", "1.2万".

    Raises:
        ValueError: it is none.
    """
    if natural(text) is not None:
        return text
    plain = text.replace(",", "").replace("%", "").strip()
    factor = 1
    if plain.endswith(("万", "w", "W")):
        plain, factor = plain[:-1], 10_000
    elif plain[-1:] in ("K", "k"):
        plain, factor = plain[:-1], 1_000
    elif plain[-1:] == "M":
        plain, factor = plain[:-1], 1_000_000
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) > Decimal(10) ** 18:
        raise ValueError(text)
    return plain if factor == 1 else format((value * factor).normalize(), "f")


def total(rows: Sequence[ExportRow], name: str, where: Callable[[ExportRow], bool] | None = None
          ) -> Decimal:  # fmt: skip
    """Sum of a field over rows; exact."""
    return sum(
        (Decimal(row.data[name]) for row in rows
         if name in row.data and (where is None or where(row))), Decimal(0),
    )  # fmt: skip


def money_total(rows: Sequence[ExportRow], name: str, currency: str) -> Decimal:
    """Sum of an amount that is not the row's own (a fee, a refund), in major units."""
    whole = Decimal(0)
    for row in rows:
        if row.data.get(name):
            minor = read_amount(row.data[name], currency, is_number=True).minor
            whole += Decimal(minor).scaleb(-exponent(currency))
    return whole


def cents(value: Decimal, currency: str) -> int:
    """Whole minor units, half up."""
    scaled = value.scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))
