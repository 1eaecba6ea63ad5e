"""Google's and Meta's product feeds, as XML or as a table."""

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
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood

GONE = ("out of stock", "out_of_stock", "discontinued")


class ProductFeed(GoodsImporter):
    """One entry a SKU; those of one item_group_id are one product."""

    kind = "product_feed"
    label = Text("Google / Meta 商品源", "Google or Meta feed")
    needs = ("sku", "name", "price", "is_there|condition",
             "link|picture|condition|group|sale")  # fmt: skip
    columns = {
        "sku": ("id",),
        "name": ("title",),
        "price": ("price",),
        "sale": ("sale price",),
        "sale_date": ("sale price effective date",),
        "is_there": ("availability",),
        "condition": ("condition",),
        "link": ("link",),
        "picture": ("image link",),
        "group": ("item group id",),
        "barcode": ("gtin",),
        "option": ("color", "size", "material", "pattern"),
        "stock": ("quantity to sell on facebook", "inventory", "quantity"),
        "category": ("product type", "google product category"),
        "detail": ("description", "additional image link", "brand", "mpn", "age group", "gender",
                   "shipping", "identifier exists"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        sku, name, group = code(record, "sku"), record.get("name"), record.get("group")
        if not sku:
            raise record.refuse("sku", "no_sku")
        if not name:
            raise record.refuse("name", "no_name")
        price, currency = money(record, "price", options, out)
        was: int | None = None
        if record.get("sale"):
            sale, sale_currency = money(record, "sale", options, out)
            if sale_currency != currency:
                raise record.refuse("sale", "two_currencies", a=currency, b=sale_currency)
            if record.get("sale_date"):
                out.notes.append(record.fault("sale", "dated_sale"))
            elif sale < price:
                price, was = sale, price
        stock = pieces(record, "stock", out)
        if record.get("is_there").casefold() in GONE:
            stock = 0
        key = f"group:{group}" if group else f"row:{record.row}"
        product = groups.setdefault(
            key, GoodsProduct(group or sku, name, record.row, category=record.get("category"))
        )
        product.pictures += len(record.all("picture"))
        values = " · ".join(record.all("option")) if group else ""
        if group and not values:
            values = sku
        product.variants.append(
            GoodsVariant(sku, record.row, values, price, was_price(price, was), currency, stock,
                         barcode(record, out))
        )  # fmt: skip
