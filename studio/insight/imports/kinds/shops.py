"""Orders and sales of Shopify, WooCommerce, Amazon and TikTok Shop, payments of Stripe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.core.text import Text
from studio.insight.imports.base import ExportKind, ReadExport, total
from studio.insight.imports.model import Export, ExportRow
from studio.shop.importers.base import Table, head_name
from studio.shop.money import plain_amount, read_amount


class ShopifyOrders(ExportKind):
    """Orders → Export: what belongs to the order stands on its first line only."""

    kind = "shopify_orders"
    label = Text("Shopify 订单", "Shopify orders")
    needs = ("order", "amount", "units", "line")
    is_orders = True
    money_on = "order"
    row_key = ("order", "sku", "line")
    times = ("at", "paid_at", "sent_at", "cancelled_at")
    numbers = ("units",)
    columns = {
        "order": ("name",),
        "status": ("financial status",),
        "fulfilment": ("fulfillment status",),
        "paid_at": ("paid at",),
        "sent_at": ("fulfilled at",),
        "currency": ("currency",),
        "subtotal": ("subtotal",),
        "amount": ("total",),
        "discount": ("discount amount",),
        "coupon": ("discount code",),
        "at": ("created at",),
        "cancelled_at": ("cancelled at",),
        "units": ("lineitem quantity",),
        "line": ("lineitem name",),
        "price": ("lineitem price",),
        "sku": ("lineitem sku",),
        "refund": ("refunded amount",),
        "source": ("source",),
        "known": ("email", "accepts marketing", "billing name", "shipping name", "payment method",
                  "shipping", "taxes", "vendor", "risk level"),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        code = next((row.currency for row in rows if row.amount is not None), "USD")
        out.figures = {
            "units": int(total(rows, "units")),
            "total": plain_amount(out.sums.get(code, 0), code),
        }


class ShopifySales(ExportKind):
    """Sales by product variant SKU and channel."""

    kind = "shopify_sales"
    label = Text("Shopify 销售", "Shopify sales")
    needs = ("sku", "amount", "units")
    row_key = ("sku", "channel")
    times = ()
    numbers = ("units",)
    columns = {
        "sku": ("product variant sku", "variant sku"),
        "channel": ("sales channel",),
        "amount": ("net sales",),
        "units": ("quantity ordered", "net items sold"),
        "name": ("product title",),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"units": int(total(rows, "units"))}


class WooCommerceOrders(ExportKind):
    """Orders as WooCommerce and its export plugins write them."""

    kind = "woocommerce_orders"
    label = Text("WooCommerce 订单", "WooCommerce orders")
    needs = ("order", "amount", "at", "status")
    is_orders = True
    money_on = "order"
    row_key = ("order", "sku", "line")
    times = ("at", "paid_at")
    numbers = ("units",)
    columns = {
        "order": ("order number", "order id", "order #"),
        "status": ("order status", "status"),
        "at": ("order date", "date", "date created"),
        "paid_at": ("paid date", "date paid"),
        "amount": ("order total amount", "order total", "total", "net sales"),
        "currency": ("order currency", "currency"),
        "units": ("quantity", "item quantity", "quantity (- refund)", "items sold"),
        "line": ("item name", "product name", "product(s)"),
        "sku": ("sku", "item sku", "product sku"),
        "coupon": ("coupon(s)", "coupon code"),
        "known": ("customer", "customer type", "first name (billing)", "last name (billing)",
                  "email (billing)", "phone (billing)", "attribution", "payment method title"),
    }  # fmt: skip


class AmazonOrders(ExportKind):
    """All orders report: prices are the line's own."""

    kind = "amazon_orders"
    label = Text("Amazon 订单", "Amazon orders")
    needs = ("order", "sku", "amount")
    is_orders = True
    row_key = ("order", "sku")
    times = ("at",)
    numbers = ("units",)
    columns = {
        "order": ("amazon order id",),
        "at": ("purchase date",),
        "channel": ("sales channel",),
        "status": ("order status",),
        "sku": ("sku",),
        "units": ("quantity",),
        "amount": ("item price",),
        "currency": ("currency",),
        "known": ("merchant order id", "last updated date", "fulfillment channel", "product name",
                  "asin", "item status", "item tax", "ship city", "ship state", "ship country"),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"units": int(total(rows, "units"))}


class TikTokOrders(ExportKind):
    """Seller Center → Orders: an order's amount stands on each of its lines, and counts once."""

    kind = "tiktok_orders"
    label = Text("TikTok Shop 订单", "TikTok Shop orders")
    needs = ("order", "status", "sku_id", "amount|subtotal")
    is_orders = True
    row_key = ("order", "sku_id")
    times = ("at", "paid_at", "sent_at", "finished_at", "cancelled_at")
    numbers = ("units",)
    columns = {
        "order": ("order id",),
        "status": ("order status",),
        "after": ("order substatus", "cancelation/return type", "cancellation/return type"),
        "sku_id": ("sku id",),
        "sku": ("seller sku",),
        "units": ("quantity",),
        "amount": ("order amount", "sku subtotal after discount"),
        "subtotal": ("sku subtotal after discount",),
        "refund": ("order refund amount",),
        "currency": ("currency",),
        "at": ("created time",),
        "paid_at": ("paid time",),
        "sent_at": ("shipped time",),
        "finished_at": ("delivered time",),
        "cancelled_at": ("cancelled time", "canceled time"),
        "known": ("fulfillment type", "warehouse name", "product name", "variation",
                  "buyer username", "recipient", "phone #", "country", "state", "city", "zipcode"),
    }  # fmt: skip

    def read(self, table: Table, options: ReadExport) -> Export:
        """An order's whole amount counts once; a line's own is added up."""
        heads = {head_name(head) for head in table.heads}
        self.money_on = "order" if "order amount" in heads else "line"
        return super().read(table, options)

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"units": int(total(rows, "units"))}


class TikTokProducts(ExportKind):
    """TikTok Shop → Product performance, below the line that names its period."""

    kind = "tiktok_products"
    label = Text("TikTok Shop 商品表现", "TikTok Shop product performance")
    needs = ("product", "amount", "orders|units")
    row_key = ("sku_id", "product")
    times = ()
    numbers = ("orders", "units")
    columns = {
        "sku_id": ("sku id",),
        "product": ("product id",),
        "name": ("product", "product name"),
        "status": ("status",),
        "amount": ("gmv",),
        "orders": ("sku orders", "orders"),
        "units": ("items sold", "units sold"),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"units": int(total(rows, "units"))}


class StripePayments(ExportKind):
    """Dashboard → Payments: many currencies beside one they are converted to."""

    kind = "stripe_payments"
    label = Text("Stripe 收款", "Stripe payments")
    needs = ("amount", "currency", "at", "converted|fee")
    row_key = ("id", "at", "invoice", "customer")
    times = ("at", "refunded_at")
    columns = {
        "id": ("id",),
        "at": ("created date (utc)", "created (utc)", "created date"),
        "amount": ("amount",),
        "refund": ("amount refunded",),
        "currency": ("currency",),
        "converted": ("converted amount",),
        "converted_currency": ("converted currency",),
        "fee": ("fee",),
        "status": ("status",),
        "refunded_at": ("refunded date (utc)",),
        "invoice": ("invoice number", "invoice id"),
        "customer": ("customer id",),
        "campaign": ("utm campaign",),
        "source": ("utm source",),
        "known": ("captured", "payment source type", "taxes on fee", "card address country",
                  "card funding", "card issue country", "card name", "customer email",
                  "customer description", "description", "mode", "seller message"),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        converted: Counter[str] = Counter()
        for row in rows:
            code = row.data.get("converted_currency", "").upper()
            if code and row.data.get("converted"):
                converted[code] += read_amount(row.data["converted"], code, is_number=True).minor
        out.orders = len(rows)
        out.figures = {"payments": len(rows)}
        for code, minor in sorted(out.sums.items()):
            out.figures[f"amount_{code.lower()}"] = plain_amount(minor, code)
        for code, minor in converted.items():
            out.figures[f"converted_{code.lower()}"] = plain_amount(minor, code)
        if len(out.sums) > 1 and len(converted) == 1:
            out.currency, out.sum_cents = next(iter(converted.items()))
