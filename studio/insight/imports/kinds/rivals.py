"""Competitor watch: what somebody saw on a page they opened, or a file that was bought."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.text import Text
from studio.insight.imports.base import ExportKind
from studio.insight.imports.model import Export, ExportRow


class RivalGoods(ExportKind):
    """Goods of another shop at a time: price, hours on air, offers."""

    kind = "rivals"
    label = Text("竞品观察", "Competitor watch")
    needs = ("rival", "goods", "amount", "at")
    row_key = ("rival", "goods", "at")
    currency = "CNY"
    times = ("at",)
    columns = {
        "rival": ("rival", "competitor", "竞品店铺", "竞争对手"),
        "goods": ("rival goods", "goods", "竞品商品", "竞品"),
        "amount": ("rival price", "price seen", "price", "竞品价格", "看到的价格"),
        "currency": ("currency", "币种"),
        "at": ("seen at", "seen", "观察时间", "看到的时间"),
        "hours": ("hours on air", "hours", "开播时段"),
        "offer": ("offer seen", "offer", "优惠", "活动"),
        "known": ("page", "link", "note", "备注"),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"rivals": len({row.data.get("rival") for row in rows})}
