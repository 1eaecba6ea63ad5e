"""Shopify's product export, with its old and its new heads, and what suppliers make of it."""

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
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood

ONE_VARIANT = "default title"


class ShopifyGoods(GoodsImporter):
    """A row a variant or a further picture; the first row of a handle alone has the title."""

    kind = "shopify"
    label = Text("Shopify 商品", "Shopify products")
    needs = ("handle", "price", "name", "sku|option_name|option|tracker")
    columns = {
        "handle": ("handle", "url handle"),
        "name": ("title",),
        "price": ("variant price", "price"),
        "was": ("variant compare at price", "compare at price"),
        "sku": ("variant sku", "sku"),
        "barcode": ("variant barcode", "barcode"),
        "option_name": ("option1 name", "option2 name", "option3 name"),
        "option": ("option1 value", "option2 value", "option3 value"),
        "stock": ("variant inventory qty", "inventory quantity", "variant inventory quantity"),
        "tracker": ("variant inventory tracker", "inventory tracker"),
        "category": ("type", "product type", "category: name", "product category"),
        "picture": ("image src", "product image url"),
        "detail": ("body (html)", "body html", "vendor", "tags", "published", "description",
                   "status", "image position", "variant grams", "variant taxable", "gift card",
                   "variant image", "continue selling when out of stock"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        handle = record.get("handle")
        if not handle:
            raise record.refuse("handle", "no_handle")
        product = groups.get(handle)
        if product is None:
            if not record.get("name"):
                raise record.refuse("name", "no_name", handle.replace("-", " ").title())
            product = GoodsProduct(
                handle, record.get("name"), record.row, category=record.get("category")
            )
            groups[handle] = product
        values = [text for text in record.all("option") if text.casefold() != ONE_VARIANT]
        has_variant = record.get("price") or record.get("sku") or record.all("option")
        if record.get("picture"):
            product.pictures += 1
        if not has_variant:
            if not record.get("picture"):
                raise record.refuse("price", "empty")
            return
        price, currency = money(record, "price", options, out)
        was = money(record, "was", options, out)[0] if record.get("was") else None
        sku = code(record, "sku")
        made = slug(handle, *values)
        product.variants.append(
            GoodsVariant(
                sku or made, record.row, " · ".join(values), price, was_price(price, was), currency,
                pieces(record, "stock", out), barcode(record, out), bool(sku),
            )
        )  # fmt: skip


class ShopifyStock(GoodsImporter):
    """Shopify's inventory export: a row a SKU and place; prices are not in it."""

    kind = "shopify_inventory"
    label = Text("Shopify 库存", "Shopify inventory")
    needs = ("handle", "place", "stock")
    columns = {
        "handle": ("handle", "url handle"),
        "name": ("title",),
        "option": ("option1 value", "option2 value", "option3 value"),
        "sku": ("sku",),
        "place": ("location",),
        "stock": ("on hand (new)", "available (not editable)", "available", "on hand (current)",
                  "on hand"),
        "detail": ("option1 name", "hs code", "coo", "bin name", "incoming (not editable)",
                   "unavailable (not editable)", "committed (not editable)", "incoming",
                   "unavailable", "committed"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        handle = record.get("handle")
        if not handle:
            raise record.refuse("handle", "no_handle")
        values = [text for text in record.all("option") if text.casefold() != ONE_VARIANT]
        sku = code(record, "sku")
        product = groups.setdefault(
            handle, GoodsProduct(handle, record.get("name") or handle, record.row)
        )
        count = pieces(record, "stock", out)
        options_text = " · ".join(values)
        wanted = sku or slug(handle, *values)
        for variant in product.variants:
            if variant.sku == wanted and variant.options == options_text:
                if count is not None:
                    variant.stock = (variant.stock or 0) + count
                return
        product.variants.append(
            GoodsVariant(wanted, record.row, options_text, stock=count, has_own_sku=bool(sku))
        )
