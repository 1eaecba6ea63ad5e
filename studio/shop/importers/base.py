"""What a kind of goods file is: the heads by which it is known, and how its rows become goods."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from studio.core.extension import Extension
from studio.shop.importers.model import GoodsProduct, GoodsVariant, RowFault, Understood
from studio.shop.importers.tables import NumberText
from studio.shop.model import LONGEST_ID, LONGEST_NAME
from studio.shop.money import plain_amount, read_amount

Columns = Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=4096)
def head_name(head: str) -> str:
    """A head as it is compared: without case, marks, spaces between Chinese signs."""
    plain = unicodedata.normalize("NFKC", head).casefold().strip(" \t\n\"'*:")
    plain = re.sub(r"[\s_\-]+", " ", plain).strip()
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", plain)


@lru_cache(maxsize=4096)
def short_name(head: str) -> str:
    """`head_name` without what stands in brackets: 售价(元), Price (local currency)."""
    return re.sub(r"\s*[(\[【<].*?[)\]】>]", "", head_name(head)).strip(" *")


class RowRefused(Exception):
    """This row is not taken."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.why)
        self.fault = fault


@dataclass(slots=True)
class ReadOptions:
    """How a file is to be read.

    Attributes:
        currency: of amounts that name none.
        is_currency_said: a person said it; else the one that the file names goes before.
        mapping: field → head, where a person said so.
        mends: row number → cells by head that a person put right.
    """

    currency: str = "CNY"
    is_currency_said: bool = False
    mapping: dict[str, str] = field(default_factory=dict)
    mends: dict[int, dict[str, str]] = field(default_factory=dict)


class Record:
    """One row with its fields by name.

    Attributes:
        row: as a spreadsheet numbers it.
    """

    __slots__ = ("cells", "row", "table")

    def __init__(self, table: Table, row: int, cells: Sequence[str]) -> None:
        self.table, self.row, self.cells = table, row, cells

    def get(self, name: str) -> str:
        """The first cell of a field that is not blank, tidied; "" where there is none."""
        cells = self.cells
        for at in self.table.fields.get(name, ()):
            if at < len(cells) and (text := cells[at].strip()):
                return _unquoted(text) if text[0] in "='\t" else text
        return ""

    def is_number(self, name: str) -> bool:
        """Is it a number of a workbook?"""
        columns = self.table.fields.get(name, ())
        first = next((at for at in columns if at < len(self.cells) and self.cells[at].strip()), -1)
        return first >= 0 and isinstance(self.cells[first], NumberText)

    def all(self, name: str) -> list[str]:
        """Every cell of a field that is not blank."""
        return [
            text for at in self.table.fields.get(name, ())
            if at < len(self.cells) and (text := _unquoted(self.cells[at].strip()))
        ]  # fmt: skip

    def fault(self, place: str, why: str, mend: str = "", /, **params: str) -> RowFault:
        """A fault of this row at a field."""
        head, value = self.table.head(place), self.get(place)
        return RowFault(self.row, head, value[:200], f"imports.row.{why}", params,
                        {head: mend} if mend and head else {})  # fmt: skip

    def refuse(self, place: str, why: str, mend: str = "", /, **params: str) -> RowRefused:
        """To be raised."""
        return RowRefused(self.fault(place, why, mend, **params))


@dataclass(slots=True)
class Table:
    """A grid whose heads are known.

    Attributes:
        heads: as they stand.
        first: number of the row below them.
        fields: field → its columns, the one to be read first in front.
    """

    heads: list[str]
    rows: Sequence[Sequence[str]]
    first: int
    fields: dict[str, list[int]]
    mends: Mapping[int, Mapping[str, str]]

    def records(self) -> Iterator[Record]:
        """The rows below the heads that are not blank."""
        for number, cells in enumerate(self.rows, self.first):
            mend = self.mends.get(number)
            if mend:
                cells = [
                    mend.get(head, cells[at] if at < len(cells) else "")
                    for at, head in enumerate(self.heads)
                ]
            if any(cell and not cell.isspace() for cell in cells):
                yield Record(self, number, cells)

    def head(self, name: str) -> str:
        """The head of a field; "" where the table has none."""
        columns = self.fields.get(name)
        return self.heads[columns[0]] if columns else ""


class TableKind(Extension):
    """One kind of table, known by its heads.

    Attributes:
        columns: field → heads it may have, as `head_name` writes them; "…": more follows.
        needs: fields without which a table is not of this kind; "a|b" either.
        is_generic: taken where no other fits.
    """

    columns: ClassVar[Columns] = {}
    needs: ClassVar[tuple[str, ...]] = ()
    is_generic: ClassVar[bool] = False

    @classmethod
    def fields(cls, heads: Sequence[str]) -> dict[str, list[int]]:
        """The columns of each field in a row of heads."""
        full = [head_name(head) for head in heads]
        short = [short_name(head) for head in heads]
        found: dict[str, list[int]] = {}
        for name, known in cls.columns.items():
            places = [
                at
                for wanted in known
                for at in range(len(full))
                if full[at] == wanted
                or short[at] == wanted
                or (wanted.endswith("…") and full[at].startswith(wanted[:-1]))
            ]
            if places:
                found[name] = list(dict.fromkeys(places))
        return found

    @classmethod
    def score(cls, heads: Sequence[str]) -> int:
        """How many heads of this row it knows; 0 when it is not of this kind."""
        if len(heads) < 2:
            return 0
        found = cls.fields(heads)
        if cls.missing(found):
            return 0
        return len({at for places in found.values() for at in places})

    @classmethod
    def missing(cls, fields: Container[str]) -> tuple[str, ...]:
        """Of `needs`, what these fields do not have."""
        return tuple(
            need for need in cls.needs if not any(choice in fields for choice in need.split("|"))
        )


class GoodsImporter(TableKind):
    """One kind of goods file. A plugin may bring one: a subclass with a ``kind``."""

    def read(self, table: Table, options: ReadOptions) -> Understood:
        """Every row as goods, or as a fault with its place."""
        out = Understood(self.kind)
        groups: dict[str, GoodsProduct] = {}
        for record in table.records():
            out.rows += 1
            try:
                if len(record.get("name")) > LONGEST_NAME:
                    raise record.refuse("name", "long_name", record.get("name")[:80])
                self.take(record, options, out, groups)
            except RowRefused as refused:
                out.errors.append(refused.fault)
                out.skus += [text for text in (record.get("sku"), record.get("barcode")) if text]
        out.products = [product for product in groups.values() if product.variants]
        self.finish(table, options, out, groups)
        refuse_doubles(out)
        refuse_mixed(out)
        out.skus += [v.sku for product in out.products for v in product.variants]
        return out

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        """Takes one row.

        Raises:
            RowRefused: it cannot be taken.
        """
        raise NotImplementedError

    def finish(
        self,
        table: Table,
        options: ReadOptions,
        out: Understood,
        groups: dict[str, GoodsProduct],
    ) -> None:
        """After the last row: what stands in other rows is put together."""


# --- cells --------------------------------------------------------------------------------------


def _unquoted(text: str) -> str:
    """Without what keeps a spreadsheet from making a code a number: tab, quote, ="…"."""
    if text[:1] == "=" and text[1:2] == '"' and text[-1:] == '"' and len(text) > 3:
        return text[2:-1].strip()
    return text.lstrip("'\t").strip() if text[:1] in "'\t" else text


_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,300}|!--.{0,300}?--)>")


def plain_text(text: str) -> str:
    """A cell that was a piece of a page, without its tags and entities."""
    if "<" not in text and "&" not in text:
        return text
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def money(record: Record, name: str, options: ReadOptions, out: Understood) -> tuple[int, str]:
    """An amount in minor units and its currency.

    Raises:
        RowRefused: no amount, one below 0, or one with two meanings.
    """
    text = plain_text(record.get(name))
    try:
        amount = read_amount(text, options.currency, is_number=record.is_number(name))
    except ValueError as error:
        raise record.refuse(name, str(error), _mended_amount(text, str(error))) from None
    if amount.minor < 0:
        plain = plain_amount(-amount.minor, amount.currency)
        raise record.refuse(name, "below_zero", plain)
    if amount.is_from:
        out.notes.append(record.fault(name, "from_price"))
    return amount.minor, amount.currency


def _mended_amount(text: str, why: str) -> str:
    """A proposal; "" where there is none."""
    digits = re.findall(r"\d+", unicodedata.normalize("NFKC", text))
    if why == "two_ways" and digits:
        return "".join(digits) + ".00"
    if why == "two_amounts":
        first = re.search(r"\d+(\.\d+)?", unicodedata.normalize("NFKC", text))
        return first[0] if first else ""
    if why == "too_precise":
        plain = re.search(r"\d+\.\d{2}", unicodedata.normalize("NFKC", text))
        return plain[0] if plain else ""
    return ""


UNKNOWN_STOCK = frozenset({"有货", "充足", "现货", "in stock", "instock", "unlimited", "不限", "-",
                           "n/a", "not stocked", "available"})  # fmt: skip
NO_STOCK = frozenset({"无货", "缺货", "售罄", "售完", "out of stock", "sold out"})


def pieces(record: Record, name: str, out: Understood) -> int | None:
    """How many; None where it is not said.

    Raises:
        RowRefused: no whole number.
    """
    text = unicodedata.normalize("NFKC", plain_text(record.get(name))).strip()
    if not text or text.casefold() in UNKNOWN_STOCK:
        return None
    if text.casefold() in NO_STOCK:
        return 0
    found = re.fullmatch(
        r"([-−]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*[件个只双套台支瓶盒pcs]*", text
    )
    if not found:
        digits = re.search(r"\d+", text)
        raise record.refuse(name, "not_pieces", digits[0] if digits else "")
    count = int(found[2].replace(",", ""))
    if found[1]:
        out.notes.append(record.fault(name, "stock_below_zero", "0"))
        return 0
    if count > 10_000_000:
        raise record.refuse(name, "too_many_pieces")
    return count


def is_damaged(text: str) -> bool:
    """A long code that a spreadsheet made a rounded number: 1.23E+11."""
    return bool(re.fullmatch(r"\d([.,]\d+)?E\+?\d{1,2}", text, re.IGNORECASE))


def code(record: Record, name: str) -> str:
    """A SKU as it stands.

    Raises:
        RowRefused: a spreadsheet damaged it, or it is too long.
    """
    text = record.get(name)
    if is_damaged(text):
        raise record.refuse(name, "damaged_code")
    if len(text) > LONGEST_ID:
        raise record.refuse(name, "too_long")
    return text


def barcode(record: Record, out: Understood, name: str = "barcode") -> str:
    """A barcode; one that a spreadsheet damaged is told and left out."""
    text = record.get(name)
    if is_damaged(text):
        out.notes.append(record.fault(name, "damaged_code"))
        return ""
    return text[:60]


def was_price(now: int | None, was: int | None) -> int | None:
    """A struck price says something only where it is higher."""
    return was if was is not None and now is not None and was > now else 0 if was == 0 else None


def slug(*words: str) -> str:
    """A SKU out of words: "classic-varsity-top-small"."""
    joined = "-".join(word.strip() for word in words if word.strip())
    return re.sub(r"[\s/·]+", "-", joined.casefold()).strip("-")[:LONGEST_ID]


def refuse_doubles(out: Understood) -> None:
    """A SKU that stands in two rows: neither is taken, for nobody knows which one counts."""
    seen: dict[str, GoodsVariant] = {}
    twice: set[str] = set()
    for product in out.products:
        for variant in product.variants:
            first = seen.setdefault(variant.sku, variant)
            if first is not variant:
                twice.add(variant.sku)
                params = {"sku": variant.sku, "row": str(first.row)}
                out.errors.append(
                    RowFault(variant.row, "SKU", variant.sku, "imports.row.double_sku", params)
                )
                out.skus.append(variant.sku)
    if not twice:
        return
    for product in out.products:
        product.variants = [v for v in product.variants if v.sku not in twice]
    out.products = [product for product in out.products if product.variants]
    out.errors.sort(key=lambda fault: fault.row)


def refuse_mixed(out: Understood) -> None:
    """A product costs one currency."""
    for product in list(out.products):
        currencies = sorted({v.currency for v in product.variants if v.price is not None})
        if len(currencies) > 1:
            params = {"a": currencies[0], "b": currencies[1]}
            out.errors.append(
                RowFault(product.row, "", product.name, "imports.row.two_currencies", params)
            )
            out.skus += [variant.sku for variant in product.variants]
            out.products.remove(product)
