"""Orders of a shop that has no kind of its own: a person says which column is which."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.text import Text
from studio.insight.imports.base import ExportKind, total
from studio.insight.imports.model import Export, ExportRow


class OtherOrders(ExportKind):
    """Never taken by itself: it knows no heads, its columns come by a mapping alone."""

    kind = "other_orders"
    label = Text("其他订单", "Other orders")
    help = Text(
        "任何一行一单或一行一件商品的表：指出订单号和金额在哪一列，其余可选。",
        "Any table with an order, or goods of one, a row: say where order and amount stand; the "
        "rest may be left out.",
    )
    needs = ("order", "amount")
    is_generic = True
    is_orders = True
    row_key = ("order", "sku", "line")
    numbers = ("units",)
    columns = {
        "order": (),
        "amount": (),
        "at": (),
        "sku": (),
        "line": (),
        "units": (),
        "currency": (),
        "status": (),
        "refund": (),
        "source": (),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"units": int(total(rows, "units"))}
