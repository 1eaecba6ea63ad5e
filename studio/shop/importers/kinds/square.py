"""Square's catalogue export: a row a variation, stock in a column for each place."""

from __future__ import annotations

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    barcode,
    code,
    money,
    pieces,
    slug,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood

USUAL = ("regular", "default", "")


class SquareGoods(GoodsImporter):
    """Stock is the sum over the places."""

    kind = "square"
    label = Text("Square 商品", "Square catalogue")
    needs = ("name", "variation", "price")
    columns = {
        "token": ("token", "reference handle"),
        "name": ("item name", "customer facing name"),
        "variation": ("variation name",),
        "sku": ("sku",),
        "price": ("price",),
        "barcode": ("gtin",),
        "stock": ("current quantity…",),
        "option": ("option value 1", "option value 2"),
        "category": ("categories", "category", "reporting category"),
        "detail": ("description", "option name 1", "option name 2", "new quantity…",
                   "stock alert enabled…", "stock alert count…", "tax…", "enabled…"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        name = record.get("name")
        if not name:
            raise record.refuse("name", "no_name")
        price, currency = money(record, "price", options, out)
        stock: int | None = None
        places = record.table.fields.get("stock", [])
        for at in places:
            record.table.fields["place"] = [at]
            count = pieces(record, "place", out)
            if count is not None:
                stock = (stock or 0) + count
        values = " · ".join(record.all("option")) or record.get("variation")
        text = "" if values.casefold() in USUAL else values
        sku = code(record, "sku")
        product = groups.setdefault(
            name, GoodsProduct(slug(name), name, record.row, category=record.get("category"))
        )
        made = slug(name, text)
        product.variants.append(
            GoodsVariant(sku or made, record.row, text, price, None, currency, stock,
                         barcode(record, out), bool(sku))
        )  # fmt: skip
