"""What an import understood, as plain data: goods, refused rows, notes, differences."""

from __future__ import annotations

from typing import Literal

import msgspec

What = Literal["new", "price", "stock", "name", "gone"]


class RowFault(msgspec.Struct, frozen=True):
    """A row that is not taken, or (in the notes) one that is, with something to know.

    Attributes:
        row: as a spreadsheet numbers it, heads included; 0 for the whole file.
        column: the head as it stands in the file.
        why: key of the reason, "imports.row.…".
        params: its values.
        mend: cells by head that would make it right; empty where nobody can know.
    """

    row: int
    column: str
    value: str
    why: str
    params: dict[str, str] = {}
    mend: dict[str, str] = {}


class GoodsVariant(msgspec.Struct):
    """One SKU as the file has it. None: the file does not say, so it is left alone.

    Attributes:
        options: "Red · S"; "" where the product has no variants.
        has_own_sku: False when it was made from the product's id and the options.
        parts: of a bundle, the SKUs in it.
    """

    sku: str
    row: int
    options: str = ""
    price: int | None = None
    was: int | None = None
    currency: str = ""
    stock: int | None = None
    barcode: str = ""
    has_own_sku: bool = True


class GoodsProduct(msgspec.Struct):
    """One product of the file."""

    id: str
    name: str
    row: int
    variants: list[GoodsVariant] = []
    category: str = ""
    pictures: int = 0


class Understood(msgspec.Struct):
    """A goods file as it was read.

    Attributes:
        kind, label: the importer's, and its name in Chinese and English.
        rows: data rows that are not blank.
        mapping: field → head, as the table was understood.
        links: rows that only link elsewhere, bundles: told, not taken.
        skus: every SKU that stands in the file, refused ones too: they are not gone.
    """

    kind: str
    label: tuple[str, str] = ("", "")
    rows: int = 0
    heads: list[str] = []
    head_row: int = 0
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    mapping: dict[str, str] = {}
    products: list[GoodsProduct] = []
    errors: list[RowFault] = []
    notes: list[RowFault] = []
    questions: list[str] = []
    skus: list[str] = []


class DifferenceLine(msgspec.Struct, frozen=True):
    """One line of the difference between a file and the catalogue.

    Attributes:
        id: names it when lines are accepted.
        before, after: as a person reads them; "" for nothing.
        is_chosen: whether it is accepted when nobody says otherwise; goods that are gone are not.
    """

    id: str
    what: What
    product: str
    sku: str
    name: str
    before: str = ""
    after: str = ""
    is_chosen: bool = True
