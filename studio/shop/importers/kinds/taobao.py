"""Taobao assistant's export (淘宝助理): English keys in line 2, SKUs packed in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    code,
    money,
    pieces,
    slug,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood
from studio.shop.money import read_amount

NONE_YET = ("", "0")


class TaobaoGoods(GoodsImporter):
    """skuProps is "price:quantity:outer_id:property;property;price:…", and ends with ";"."""

    kind = "taobao"
    label = Text("淘宝助理", "Taobao assistant")
    needs = ("name", "price", "packed")
    columns = {
        "name": ("title", "宝贝名称"),
        "price": ("price", "宝贝价格"),
        "stock": ("num", "宝贝数量"),
        "packed": ("skuprops", "销售属性组合"),
        "sku": ("outer id", "商家编码"),
        "number": ("num id", "数字id"),
        "alias": ("propalias", "销售属性别名"),
        "own_alias": ("input custom cpv", "自定义属性值"),
        "barcode": ("barcode", "商品条形码"),
        "barcodes": ("sku barcode", "sku条形码"),
        "category": ("cid", "宝贝类目"),
        "picture": ("picture", "新图片"),
        "detail": ("seller cids", "stuff status", "location state", "location city", "item type",
                   "description", "freight payer", "post fee", "ems fee", "express fee",
                   "has invoice", "approve status", "cateprops", "inputvalues", "subtitle",
                   "modified", "宝贝描述", "新旧程度", "省", "城市", "运费承担", "平邮", "快递"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        if not groups and not any(sign.isdigit() for sign in record.get("price")):
            out.rows -= 1  # the heads once more, for people; often in a damaged encoding
            return
        name, outer, number = record.get("name"), code(record, "sku"), record.get("number")
        if not name:
            raise record.refuse("name", "no_name")
        id = outer or (number if number not in NONE_YET else "") or slug(name)
        if id in groups:
            raise record.refuse("name", "double_product", name=name, row=str(groups[id].row))
        packed = record.get("packed")
        product = GoodsProduct(id, name, record.row)
        price, currency = money(record, "price", options, out)
        if not packed.strip("; "):
            product.variants.append(
                GoodsVariant(id, record.row, "", price, None, currency,
                             pieces(record, "stock", out), record.get("barcode"), bool(outer))
            )  # fmt: skip
            groups[id] = product
            return
        names = _aliases(record.get("alias")) | _aliases(record.get("own_alias"))
        bars = record.get("barcodes").split(";")
        for at, (text, count, own, properties) in enumerate(unpack(packed)):
            try:
                amount = read_amount(text, options.currency)
            except ValueError as error:
                raise record.refuse("packed", str(error)) from None
            words = " · ".join(names.get(prop, prop) for prop in properties)
            product.variants.append(
                GoodsVariant(
                    own or slug(id, words), record.row, words, amount.minor, None, amount.currency,
                    int(count), bars[at].strip() if at < len(bars) else "", bool(own),
                )
            )  # fmt: skip
        if not product.variants:
            raise record.refuse("packed", "bad_packed")
        whole = pieces(record, "stock", out)
        parts = sum(variant.stock or 0 for variant in product.variants)
        if whole is not None and whole != parts:
            out.notes.append(record.fault("stock", "stock_sum", whole=str(whole), parts=str(parts)))
        groups[id] = product


def unpack(packed: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Price, quantity, outer id and properties ("1627207:-1001") of each SKU in the cell."""
    present: tuple[str, str, str, list[str]] | None = None
    for part in packed.split(";"):
        first = re.match(r"\s*(\d+(?:\.\d+)?):(\d+):(.*)$", part)
        pieces_ = first[3].split(":") if first else []
        if first and len(pieces_) >= 3:
            if present is not None:
                yield present
            outer, prop = ":".join(pieces_[:-2]), ":".join(pieces_[-2:])
            present = (first[1], first[2], outer.strip(), [prop])
        elif present is not None and part.strip():
            present[3].append(part.strip())
    if present is not None:
        yield present


def _aliases(text: str) -> dict[str, str]:
    """ "20509:28381:size1;…" → names by property."""
    found = {}
    for part in text.split(";"):
        key, colon, value = part.rpartition(":")
        if colon and ":" in key and value.strip():
            found[key.strip()] = value.strip()
    return found
