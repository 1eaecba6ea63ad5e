"""BigCommerce's product export: product rows, and below each the SKUs and rules of its options."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    barcode,
    code,
    money,
    pieces,
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood

_OPTION = re.compile(r"\[[A-Z]+\]([^=,]+)=([^,]*)")


class BigCommerceExport(GoodsImporter):
    """A product that has SKU rows is sold by them; a blank price of theirs is the product's."""

    kind = "bigcommerce"
    label = Text("BigCommerce 商品导出", "BigCommerce export")
    needs = ("item_type", "name", "sku", "price")
    columns = {
        "item_type": ("item type",),
        "product_id": ("product id",),
        "name": ("product name", "name"),
        "sku": ("product code/sku", "product sku", "code", "sku"),
        "price": ("price",),
        "was": ("retail price", "msrp"),
        "sale": ("sale price",),
        "cost": ("cost price",),
        "stock": ("current stock level", "current stock", "stock level"),
        "tracking": ("track inventory", "inventory tracking"),
        "barcode": ("product upc/ean", "upc/ean", "gtin", "global trade number"),
        "category": ("category", "categories"),
        "detail": ("product type", "brand name", "product description", "option set",
                   "product weight", "allow purchases?", "product visible?", "free shipping"),
    }  # fmt: skip
    _current: GoodsProduct | None = None
    _whole: GoodsVariant

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        kind = record.get("item_type").casefold()
        if kind in ("rule", "image", "video"):
            return
        if kind not in ("sku", "variant"):
            self._product(record, options, out, groups)
            return
        product = self._current
        if product is None:
            raise record.refuse("item_type", "no_parent", sku=record.get("sku"))
        whole = product.variants[0]
        if whole.row == product.row:  # the product itself; its price counts for them
            product.variants.clear()
            self._whole = whole
        sku = code(record, "sku")
        if not sku:
            raise record.refuse("sku", "no_sku")
        price, was, currency = self._whole.price, self._whole.was, self._whole.currency
        if record.get("price"):
            (price, currency), was = money(record, "price", options, out), None
        values = [value.strip() for _, value in _OPTION.findall(record.get("name"))]
        product.variants.append(
            GoodsVariant(sku, record.row, " · ".join(values) or record.get("name"), price, was,
                         currency, pieces(record, "stock", out), barcode(record, out))
        )  # fmt: skip

    def _product(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        self._current = None
        name, sku = record.get("name"), code(record, "sku")
        if not name:
            raise record.refuse("name", "no_name")
        if not sku:
            raise record.refuse("sku", "no_sku")
        price, currency = money(record, "price", options, out)
        was = money(record, "was", options, out)[0] if record.get("was") else None
        sale = money(record, "sale", options, out)[0] if record.get("sale") else 0
        if 0 < sale < price:
            price, was = sale, max(price, was or 0)
        stock = pieces(record, "stock", out)
        if record.get("tracking").casefold() in ("none", "n", "no"):
            stock = None
        product = GoodsProduct(
            record.get("product_id") or sku, name, record.row, category=record.get("category")
        )
        product.variants.append(
            GoodsVariant(sku, record.row, "", price, was_price(price, was or None), currency, stock,
                         barcode(record, out))
        )  # fmt: skip
        groups[f"row:{record.row}"] = self._current = product
