"""Amazon's inventory flat file: parents that are not for sale, children that are."""

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
    was_price,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, Understood


class AmazonFlatFile(GoodsImporter):
    """The template's first rows are passed over: the heads are the row of keys."""

    kind = "amazon"
    label = Text("Amazon 批量表", "Amazon flat file")
    needs = ("sku", "price", "parentage|product_type|theme")
    columns = {
        "sku": ("item sku", "sku", "seller sku"),
        "name": ("item name",),
        "parentage": ("parent child", "parentage", "parentage level"),
        "parent": ("parent sku", "child parent sku relationship"),
        "product_type": ("feed product type", "product type"),
        "theme": ("variation theme",),
        "relation": ("relationship type",),
        "colour": ("color name", "color"),
        "size": ("size name", "size", "apparel size"),
        "price": ("standard price", "your price", "price"),
        "was": ("list price",),
        "stock": ("quantity", "fulfillment availability#1.quantity"),
        "barcode": ("external product id",),
        "picture": ("main image url",),
        "category": ("item type",),
        "detail": ("brand name", "external product id type", "update delete", "style name",
                   "material type", "item package quantity", "product description"),
    }  # fmt: skip

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        """Children are taken when all parents are known."""
        sku = code(record, "sku")
        if not sku:
            raise record.refuse("sku", "no_sku")
        parentage = record.get("parentage").casefold()
        if parentage == "parent":
            if sku in groups:
                raise record.refuse("sku", "double_sku", sku=sku, row=str(groups[sku].row))
            groups[sku] = GoodsProduct(sku, record.get("name") or sku, record.row)
            out.skus.append(sku)
            if record.get("price"):
                out.errors.append(record.fault("price", "parent_price", sku=sku))
        elif parentage != "child" and not record.get("parent"):
            groups[f"alone:{record.row}"] = product = GoodsProduct(
                sku, record.get("name") or sku, record.row, category=record.get("category")
            )
            product.variants.append(self._variant(record, options, out, ""))

    def finish(
        self,
        table: Table,
        options: ReadOptions,
        out: Understood,
        groups: dict[str, GoodsProduct],
    ) -> None:
        for record in table.records():
            is_child = record.get("parentage").casefold() == "child" or record.get("parent")
            if not is_child or record.get("parentage").casefold() == "parent":
                continue
            if not record.get("sku"):
                continue
            try:
                self._child(record, options, out, groups)
            except RowRefused as refused:
                out.errors.append(refused.fault)
                out.skus.append(record.get("sku"))
        out.products = [product for product in groups.values() if product.variants]
        out.errors.sort(key=lambda fault: fault.row)

    def _child(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        parent = groups.get(record.get("parent"))
        if not record.get("parent"):
            raise record.refuse("parent", "no_parent")
        if parent is None:
            raise record.refuse("parent", "no_such_parent")
        theme = record.get("theme").casefold()
        values = [text for text in (record.get("colour"), record.get("size")) if text]
        if not theme and "theme" in record.table.fields:
            out.notes.append(record.fault("theme", "no_theme", "SizeColor" if values else ""))
        if not record.get("size") and (not theme or "size" in theme) and values:
            out.notes.append(record.fault("size", "no_size"))
        if not values:
            raise record.refuse("theme", "no_options")
        parent.variants.append(self._variant(record, options, out, " · ".join(values)))

    def _variant(
        self, record: Record, options: ReadOptions, out: Understood, text: str
    ) -> GoodsVariant:
        price, currency = money(record, "price", options, out)
        was = money(record, "was", options, out)[0] if record.get("was") else None
        return GoodsVariant(
            code(record, "sku"), record.row, text, price, was_price(price, was), currency,
            pieces(record, "stock", out), barcode(record, out),
        )  # fmt: skip
