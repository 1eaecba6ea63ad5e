"""eBay's active listings (Seller Hub): a row a listing, and rows of its variations below it."""

from __future__ import annotations

from dataclasses import replace

from studio.core.text import Text
from studio.shop.importers.base import (
    GoodsImporter,
    ReadOptions,
    Record,
    Table,
    code,
    money,
    pieces,
    slug,
)
from studio.shop.importers.model import GoodsProduct, GoodsVariant, RowFault, Understood


class EbayListings(GoodsImporter):
    """A listing that has variations is not for sale itself."""

    kind = "ebay"
    label = Text("eBay 在售刊登", "eBay listings")
    needs = ("item", "name", "price|start", "relation|label")
    columns = {
        "item": ("item number", "itemid", "item id"),
        "name": ("title",),
        "label": ("custom label", "custom label (sku)", "customlabel", "sku"),
        "price": ("buy it now price", "current price"),
        "start": ("start price", "startprice"),
        "stock": ("available quantity", "quantity available", "quantity"),
        "relation": ("relationship",),
        "option": ("relationship details", "relationshipdetails", "variation details"),
        "currency": ("currency",),
        "detail": ("action…", "listing site", "site", "condition", "category name", "sold quantity",
                   "format", "watchers", "start date", "end date"),
    }  # fmt: skip
    _current: GoodsProduct | None = None
    _currency: str = ""

    def take(
        self, record: Record, options: ReadOptions, out: Understood, groups: dict[str, GoodsProduct]
    ) -> None:
        if record.get("relation").casefold() == "variation" or not record.get("item"):
            product = self._current
            if product is None:
                raise record.refuse("relation", "no_parent", sku=record.get("label"))
            product.variants = [row for row in product.variants if row.row != product.row]
            pairs = record.get("option").split("|")
            values = " · ".join(pair.partition("=")[2].strip() or pair for pair in pairs)
            product.variants.append(self._variant(record, options, out, values))
            return
        if not record.get("name"):
            raise record.refuse("name", "no_name")
        product = GoodsProduct(record.get("item"), record.get("name"), record.row)
        self._current, self._currency = product, options.currency
        said = record.get("currency").upper()
        if len(said) == 3 and said.isascii() and said.isalpha():
            self._currency = said
        groups[f"row:{record.row}"] = product
        if record.get("price") or record.get("start"):
            product.variants.append(self._variant(record, options, out, ""))

    def finish(
        self,
        table: Table,
        options: ReadOptions,
        out: Understood,
        groups: dict[str, GoodsProduct],
    ) -> None:
        """A listing without a price and without variations cannot be sold."""
        head = table.head("price") or table.head("start")
        for product in groups.values():
            if not product.variants:
                out.errors.append(RowFault(product.row, head, "", "imports.row.empty"))

    def _variant(
        self, record: Record, options: ReadOptions, out: Understood, values: str
    ) -> GoodsVariant:
        place = "price" if record.get("price") else "start"
        price, currency = money(record, place, replace(options, currency=self._currency), out)
        sku, item = code(record, "label"), self._current.id if self._current else ""
        return GoodsVariant(
            sku or slug(item, values), record.row, values, price, None, currency,
            pieces(record, "stock", out), "", bool(sku),
        )  # fmt: skip
