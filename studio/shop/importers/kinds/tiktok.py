"""TikTok Shop's batch upload sheet: help rows below the heads, a row a SKU."""

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
    slug,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood

HELP = re.compile(
    r"^(mandatory|optional|required|conditional|must|必填|选填|非必填|条件必填|example|示例|e\.g\.)",
    re.IGNORECASE,
)


class TikTokBatch(GoodsImporter):
    """Product fields are repeated on each row; what stands in rows of help is passed over."""

    kind = "tiktok_batch"
    label = Text("TikTok Shop 批量表", "TikTok Shop batch sheet")
    needs = ("name", "sku", "price", "weight|variation|stock", "category|brand")
    columns = {
        "category": ("category", "类目"),
        "brand": ("brand", "品牌"),
        "name": ("product name", "商品名称"),
        "product_id": ("product id", "商品id"),
        "variation": ("variation 1", "variation 1 value", "property value 1", "variation value 1",
                      "sale property value 1", "规格1", "变种值1"),
        "variation2": ("variation 2", "variation 2 value", "property value 2", "variation value 2",
                       "sale property value 2", "规格2", "变种值2"),
        "price": ("price", "retail price", "价格", "零售价"),
        "stock": ("quantity", "quantity in…", "库存", "数量"),
        "sku": ("seller sku", "商家sku"),
        "barcode": ("identifier code", "gtin", "gtin code", "product identifier code"),
        "weight": ("parcel weight", "package weight", "parcel weight(g)", "包裹重量"),
        "picture": ("main image", "main product image", "商品主图"),
        "detail": ("product description", "variation 1 image", "parcel length", "parcel width",
                   "parcel height", "delivery", "size chart"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        if not groups and self._is_help(record):
            out.rows -= 1
            return
        name = record.get("name")
        if not name:
            raise record.refuse("name", "no_name")
        price, currency = money(record, "price", options, out)
        values = " · ".join(v for v in (record.get("variation"), record.get("variation2")) if v)
        sku = code(record, "sku")
        key = record.get("product_id") or name
        product = groups.setdefault(
            key,
            GoodsProduct(key, name, record.row, category=record.get("category").split("/")[0]),
        )
        product.variants.append(
            GoodsVariant(sku or slug(name, values), record.row, values, price, None, currency,
                         pieces(record, "stock", out), barcode(record, out), bool(sku))
        )  # fmt: skip

    @staticmethod
    def _is_help(record: Record) -> bool:
        if any(HELP.match(cell.strip()) for cell in record.cells):
            return True
        price = record.get("price")
        return not any(sign.isdigit() for sign in price) or len(price) > 40
