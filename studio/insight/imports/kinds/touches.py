"""Touchpoints: what brought a visitor before an order, one a row, as a web shop keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.text import Text
from studio.governance.people import pseudonym
from studio.insight.imports.base import ExportKind, ReadExport, known
from studio.insight.imports.dates import DateReader
from studio.insight.imports.model import Export, ExportRow
from studio.shop.importers.base import Record


class Touchpoints(ExportKind):
    """A visit with its source, or an order; visitors become numbers that mean nothing elsewhere."""

    kind = "touches"
    label = Text("触点明细", "Touchpoints")
    needs = ("visitor", "at", "source")
    row_key = ("visitor", "at", "source", "order")
    times = ("at",)
    columns = {
        "visitor": ("visitor id", "visitor", "client id", "user pseudo id", "访客id", "访客编号"),
        "at": ("time", "at", "timestamp", "visited at", "时间", "访问时间"),
        "source": ("source", "utm source", "touch source", "来源", "触点来源"),
        "campaign": ("campaign", "utm campaign", "计划"),
        "order": ("order id", "transaction id", "订单编号", "订单号"),
        "amount": ("revenue", "order amount", "成交金额", "订单金额"),
        "currency": ("currency", "币种"),
        "known": ("medium", "utm medium", "page", "referrer", "落地页"),
    }

    def _row(
        self, record: Record, order: str, dates: DateReader, options: ReadExport, out: Export
    ) -> ExportRow | None:
        from studio.insight.context import viewers_salt

        own = known(record.get("order"))  # a visit without an order belongs to none
        row = super()._row(record, own, dates, options, out)
        if row is None:
            return None
        visitor = pseudonym(row.data.get("visitor", ""), viewers_salt())
        row.data["visitor"] = visitor
        row.key = "|".join((visitor, row.at, row.data.get("source", ""), own))
        return row

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "visitors": len({row.data.get("visitor") for row in rows}),
            "sources": len({row.data.get("source") for row in rows} - {None}),
        }
