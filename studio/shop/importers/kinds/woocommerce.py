"""WooCommerce's product export: parents and their variations in rows of their own."""

from __future__ import annotations

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    RowRefused,
    Table,
    barcode,
    code,
    money,
    pieces,
    slug,
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, RowFault, Understood

NO = ("0", "no", "false", "n")


class WooCommerceGoods(GoodsImporter):
    """Variations point to their parent by SKU or "id:741", and may stand before it."""

    kind = "woocommerce"
    label = Text("WooCommerce 商品", "WooCommerce products")
    needs = ("type", "name", "price")
    columns = {
        "id": ("id",),
        "type": ("type",),
        "sku": ("sku",),
        "name": ("name",),
        "barcode": ("gtin, upc, ean, or isbn",),
        "price": ("regular price",),
        "sale": ("sale price",),
        "from": ("date sale price starts",),
        "until": ("date sale price ends",),
        "is_there": ("in stock?",),
        "stock": ("stock",),
        "category": ("categories",),
        "picture": ("images",),
        "parent": ("parent",),
        "parts": ("grouped products",),
        "link": ("external url",),
        "option": ("attribute 1 value(s)", "attribute 2 value(s)", "attribute 3 value(s)"),
        "option_name": ("attribute 1 name", "attribute 2 name", "attribute 3 name"),
        "detail": ("published", "is featured?", "visibility in catalog", "short description",
                   "description", "tax status", "backorders allowed?", "sold individually?"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        kinds = {word.strip() for word in record.get("type").casefold().split(",")}
        sku, number = code(record, "sku"), record.get("id")
        key = sku or f"id:{number}"
        if not record.get("name"):
            raise record.refuse("name", "no_name")
        if "variation" in kinds:
            return  # when all parents are known
        if "external" in kinds:
            out.notes.append(record.fault("type", "link_only", name=record.get("name")))
            out.skus.append(key)
            return
        if "grouped" in kinds:
            parts = record.get("parts")
            out.notes.append(record.fault("type", "bundle", name=record.get("name"), parts=parts))
            out.skus.append(key)
            return
        product = GoodsProduct(key, record.get("name"), record.row,
                               category=record.get("category").split(",")[0].strip())  # fmt: skip
        product.pictures = len(record.get("picture").split(",")) if record.get("picture") else 0
        if key in groups:
            first = str(groups[key].row)
            raise record.refuse("sku", "double_sku", sku=key, row=first)
        groups[key] = product
        if "variable" not in kinds:
            product.variants.append(self._variant(record, options, out, key, bool(sku), ""))

    def finish(
        self,
        table: Table,
        options: ReadOptions,
        out: Understood,
        groups: dict[str, GoodsProduct],
    ) -> None:
        parents: dict[str, str] = {}
        rows = list(table.records())
        for record in rows:
            if (key := record.get("sku") or f"id:{record.get('id')}") in groups:
                parents[key] = parents[f"id:{record.get('id')}"] = key
        for record in rows:
            if "variation" not in record.get("type").casefold() or not record.get("name"):
                continue
            try:
                parent = parents.get(record.get("parent"))
                if parent is None:
                    why = "no_such_parent" if record.get("parent") else "no_parent"
                    raise record.refuse("parent", why)
                values = " · ".join(record.all("option"))
                sku = code(record, "sku")
                made = sku or slug(parent, values or record.get("id"))
                groups[parent].variants.append(
                    self._variant(record, options, out, made, bool(sku), values or made)
                )
            except RowRefused as refused:
                out.errors.append(refused.fault)
                out.skus.append(record.get("sku"))
        out.products = [product for product in groups.values() if product.variants]
        for product in groups.values():
            if not product.variants:
                head = table.head("type")
                params = {"name": product.name}
                out.notes.append(
                    RowFault(product.row, head, "", "imports.row.no_variations", params)
                )

    def _variant(
        self, record: Record, options: ReadOptions, out: Understood, sku: str, own: bool, text: str
    ) -> GoodsVariant:
        price, currency = money(record, "price", options, out)
        was: int | None = None
        if record.get("sale"):
            sale, _ = money(record, "sale", options, out)
            if record.get("from") or record.get("until"):
                out.notes.append(record.fault("sale", "dated_sale"))
            elif sale < price:
                price, was = sale, price
        stock = pieces(record, "stock", out)
        if stock is None and record.get("is_there").casefold() in NO:
            stock = 0
        return GoodsVariant(
            sku, record.row, text, price, was_price(price, was), currency, stock,
            barcode(record, out), own,
        )  # fmt: skip
