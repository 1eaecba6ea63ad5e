"""抖店 orders and settlement, 罗盘 live trend, 天猫 orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from studio.core.text import Text
from studio.insight.imports.base import ExportKind, ReadExport, money_total, total
from studio.insight.imports.dates import DateReader
from studio.insight.imports.model import Export, ExportRow
from studio.shop.importers.base import Record


class DouyinOrders(ExportKind):
    """抖店 → 订单 → 导出: a line a sub-order; amounts are the line's own."""

    kind = "douyin_orders"
    label = Text("抖店订单", "Douyin shop orders")
    needs = ("order", "suborder", "amount")
    is_orders = True
    row_key = ("suborder",)
    currency = "CNY"
    times = ("at", "paid_at", "sent_at", "finished_at")
    numbers = ("units",)
    columns = {
        "order": ("主订单编号", "主订单号"),
        "suborder": ("子订单编号", "子订单号"),
        "name": ("选购商品", "商品名称"),
        "variant": ("商品规格",),
        "units": ("商品数量",),
        "product": ("商品id",),
        "sku": ("商家编码",),
        "amount": ("订单应付金额",),
        "postage": ("运费",),
        "at": ("订单提交时间",),
        "paid_at": ("支付完成时间", "支付时间"),
        "sent_at": ("发货时间",),
        "finished_at": ("订单完成时间",),
        "status": ("订单状态",),
        "after": ("售后状态",),
        "why": ("取消原因",),
        "discount_platform": ("平台实际承担优惠金额",),
        "discount_shop": ("商家实际承担优惠金额",),
        "discount_host": ("达人实际承担优惠金额",),
        "host_id": ("达人id",),
        "content": ("流量体裁",),
        "traffic": ("流量渠道", "流量来源"),
        "known": ("收件人", "收件人手机号", "详细地址", "商家备注", "达人昵称"),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "units": int(total(rows, "units")),
            "payable": _plain(out.sum_cents),
            "finished": sum(row.data.get("status") == "已完成" for row in rows),
            "refunded": sum(row.data.get("after") == "退款成功" for row in rows),
            "live_lines": sum(row.data.get("content") == "直播" for row in rows),
        }


class DouyinSettlement(ExportKind):
    """抖店 → 动账明细: refunds are negative."""

    kind = "douyin_settlement"
    label = Text("抖店动账明细", "Douyin shop settlement")
    needs = ("entry", "amount", "at")
    row_key = ("entry",)
    currency = "CNY"
    columns = {
        "at": ("动账时间", "动帐时间"),
        "entry": ("动帐流水号", "动账流水号"),
        "direction": ("动账方向", "动帐方向"),
        "amount": ("动账金额", "动帐金额"),
        "scene": ("动账场景", "动帐场景"),
        "billing": ("计费类型",),
        "suborder": ("子订单号", "子订单编号"),
        "order": ("订单号", "主订单编号"),
        "paid": ("订单实付应结",),
        "fee": ("平台服务费",),
        "commission": ("佣金",),
        "refund": ("订单退款",),
        "known": ("动账账户", "动帐账户", "运费实付", "实际平台补贴", "招商服务费", "站外推广费",
                  "备注"),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "net": _plain(out.sum_cents),
            "fee": f"{money_total(rows, 'fee', 'CNY'):.2f}",
            "commission": f"{money_total(rows, 'commission', 'CNY'):.2f}",
        }


class DouyinTrend(ExportKind):
    """罗盘直播大屏: one figure of one five minutes a row; money is in cents."""

    kind = "douyin_trend"
    label = Text("罗盘直播趋势", "Douyin live trend")
    needs = ("at", "point", "value")
    row_key = ("at", "point")
    currency = "CNY"
    numbers = ("value",)
    columns = {"at": ("horizontal",), "point": ("point name",), "value": ("vertical",)}

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        def of(point: str) -> int:
            return int(total(rows, "value", lambda row: row.data.get("point") == point))

        money = of("pay_amt")
        out.orders, out.currency, out.sum_cents = of("pay_cnt"), "CNY", money
        out.sums = {"CNY": money}
        out.figures = {
            "points": len(rows),
            "moments": len({row.at for row in rows}),
            "orders": out.orders,
            "gmv_cents": money,
            "entered": of("watch_ucnt"),
        }


class TmallOrders(ExportKind):
    """天猫订单报表: what was not paid has no time of payment and 0 paid."""

    kind = "tmall_orders"
    label = Text("天猫订单报表", "Tmall orders")
    needs = ("order", "amount", "at")
    is_orders = True
    row_key = ("order",)
    money_on = "order"
    currency = "CNY"
    times = ("at", "paid_at")
    columns = {
        "order": ("订单编号",),
        "whole": ("总金额", "买家应付货款"),
        "amount": ("买家实际支付金额", "买家实付金额"),
        "province": ("收货地址",),
        "at": ("订单创建时间",),
        "paid_at": ("订单付款时间",),
        "refund": ("退款金额",),
        "status": ("订单状态",),
        "known": ("买家会员名", "收货人姓名", "联系电话", "联系手机", "宝贝标题", "宝贝总数量"),
    }

    def _row(
        self, record: Record, order: str, dates: DateReader, options: ReadExport, out: Export
    ) -> ExportRow | None:
        row = super()._row(record, order, dates, options, out)
        if row is not None:  # of an address only the province is kept
            row.data["province"] = row.data.get("province", "").split(" ")[0][:12]
        return row

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "paid": sum("paid_at" in row.data for row in rows),
            "paid_amount": _plain(out.sum_cents),
            "refunds": f"{money_total(rows, 'refund', 'CNY'):.2f}",
        }


def _plain(value: int | None) -> str:
    return f"{Decimal(value or 0).scaleb(-2):.2f}"
