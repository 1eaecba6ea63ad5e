"""Magento's (Adobe Commerce) export: simple rows, and configurable ones that name them."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    Table,
    barcode,
    code,
    money,
    pieces,
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood

PARENTS = ("configurable", "grouped", "bundle")
MOST_CHILDREN = 500


class MagentoExport(GoodsImporter):
    """A configurable row is no goods; it says which simple rows are one product."""

    kind = "magento"
    label = Text("Magento 商品导出", "Magento export")
    needs = ("sku", "name", "product_type", "set|children|links")
    columns = {
        "sku": ("sku",),
        "name": ("name",),
        "product_type": ("product type",),
        "set": ("attribute set code", "product websites"),
        "children": ("configurable variations",),
        "links": ("associated skus", "bundle values"),
        "price": ("price",),
        "sale": ("special price",),
        "sale_date": ("special price to date", "special price from date"),
        "stock": ("qty",),
        "barcode": ("gtin", "ean", "upc", "barcode"),
        "category": ("categories",),
        "picture": ("base image",),
        "detail": ("description", "short description", "additional attributes", "visibility",
                   "store view code", "is in stock", "weight", "url key", "tax class name"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        sku, name = code(record, "sku"), record.get("name")
        if not sku:
            raise record.refuse("sku", "no_sku")
        if record.get("product_type").casefold() in PARENTS:
            out.skus.append(sku)
            return
        if not name:
            raise record.refuse("name", "no_name")
        price, currency = money(record, "price", options, out)
        was = None
        if record.get("sale"):
            sale = money(record, "sale", options, out)[0]
            if record.get("sale_date"):
                out.notes.append(record.fault("sale", "dated_sale"))
            elif 0 < sale < price:
                price, was = sale, price
        product = GoodsProduct(sku, name, record.row, category=record.get("category"))
        product.variants.append(
            GoodsVariant(sku, record.row, "", price, was_price(price, was), currency,
                         pieces(record, "stock", out), barcode(record, out))
        )  # fmt: skip
        groups[f"{record.row}:{sku}"] = product

    def finish(
        self,
        table: Table,
        options: ReadOptions,
        out: Understood,
        groups: dict[str, GoodsProduct],
    ) -> None:
        """Puts the simple rows that a configurable one names into one product."""
        alone = {product.id: product for product in out.products}
        for record in table.records():
            if record.get("product_type").casefold() != "configurable":
                continue
            made = GoodsProduct(
                record.get("sku"),
                record.get("name") or record.get("sku"),
                record.row,
                category=record.get("category"),
            )
            for sku, values in children_of(record.get("children")):
                child = alone.pop(sku, None)
                if child is not None:
                    child.variants[0].options = values
                    made.variants += child.variants
            if made.variants:
                alone[f"row:{record.row}"] = made
        out.products = sorted(alone.values(), key=lambda product: product.row)


def children_of(text: str) -> list[tuple[str, str]]:
    """SKU and options of "sku=WC-M,size=M|sku=WC-L,size=L"."""
    found = []
    for part in text.split("|")[:MOST_CHILDREN]:
        pairs = dict(re.findall(r"([^=,|]+)=([^,|]*)", part))
        sku = pairs.pop("sku", "").strip()
        if sku:
            found.append((sku, " · ".join(value.strip() for value in pairs.values())))
    return found
