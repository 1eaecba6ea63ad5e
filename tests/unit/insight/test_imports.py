"""Exports of shops and platforms: counted as they are, kept once, never older over newer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.app.imports import ImportCall, import_files
from studio.core.errors import StudioError
from studio.insight.imports.dates import DateReader
from studio.insight.imports.reading import export_kinds
from studio.insight.imports.store import ExportStore, store_path


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    return tmp_path


def take(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8",
         **call: Any) -> dict[str, Any]:  # fmt: skip
    file = folder / name
    file.write_bytes(text.encode(encoding))
    said: list[str] = []
    import_files([str(file)], ImportCall(as_json=True, **call), said.append)
    answer: dict[str, Any] = json.loads(said[0])
    return answer


SHOPIFY = """Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,\
Lineitem name,Lineitem price,Lineitem sku
#2,b@example.com,paid,2025-12-06 10:40:00 -0500,INR,300.00,2025-12-06 10:37:33 -0500,1,Tea,100,T
#2,b@example.com,,,,,2025-12-06 10:37:33 -0500,2,Cup,100,C
#1,a@example.com,paid,,INR,"1,050.00",2025-12-05 09:00:00 -0500,1,Tea,100,T
"""


def test_an_order_over_several_lines_counts_once(data: Path) -> None:
    found = take(data, SHOPIFY)
    assert (found["kind"], found["rows"], found["orders"], found["lines"]) == (
        "shopify_orders", 3, 2, 3,
    )  # fmt: skip
    assert (found["sum_cents"], found["currency"], found["new"]) == (135000, "INR", 3)
    assert found["figures"]["units"] == 4
    again = take(data, SHOPIFY)
    assert (again["new"], again["same"], again["changed"], again["older"]) == (0, 3, 0, 0)


def test_nothing_of_persons_is_kept(data: Path) -> None:
    take(data, SHOPIFY)
    for part in store_path().parent.iterdir():
        assert b"example.com" not in part.read_bytes()


DOUYIN = (
    "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,收件人,订单提交时间,订单完成时间,订单状态,售后状态\n"
    '"\t6917926768823643006","\t6917926768823643006",口红,2,178.00,##密文,2026-09-20 20:00:52,'
    '{done}\n"\t6917926768823643006","\t6917926768823643007",墨镜,1,199.00,$$密文,'
    "2026-09-20 20:00:52,{done}\n"
)
LATER, EARLIER = "2026-09-28 10:00:00,已完成,-", "-,已发货,-"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_long_ids_stay_whole_and_an_older_export_changes_nothing(data: Path, encoding: str) -> None:
    found = take(data, DOUYIN.format(done=LATER), encoding=encoding)
    assert (found["orders"], found["lines"], found["sum_cents"]) == (1, 2, 37700)
    older = take(data, DOUYIN.format(done=EARLIER), encoding=encoding)
    assert (older["new"], older["changed"], older["older"]) == (0, 0, 2)
    again = take(data, DOUYIN.format(done=LATER), encoding=encoding)
    assert (again["new"], again["same"]) == (0, 2)
    store = ExportStore()
    assert [row[0] for row in store.rows("douyin_orders")] == [
        "6917926768823643006", "6917926768823643007",
    ]  # fmt: skip
    store.close()


def test_a_later_export_brings_orders_on(data: Path) -> None:
    take(data, DOUYIN.format(done=EARLIER))
    later = take(data, DOUYIN.format(done=LATER))
    assert (later["new"], later["changed"], later["older"]) == (0, 2, 0)


TIKTOK = """
Order ID,Order Status,SKU ID,Seller SKU,Quantity,Order Amount,Created Time
Platform unique order ID,Order status,,,SKU sold quantity,Amount,Time
57001,Completed,17294999987801,A,2,50.00,2026-01-02 10:00:00
57001,Completed,17294999987802,B,1,50.00,2026-01-02 10:00:00
57002,Canceled,17294999987801,A,1,25.00,2026-01-03 10:00:00
"""


def test_an_amount_repeated_on_each_line_counts_once(data: Path) -> None:
    found = take(data, TIKTOK, currency="USD")
    assert (found["heading_line"], found["rows"], found["orders"]) == (2, 3, 2)
    assert (found["sum_cents"], found["currency"]) == (7500, "USD")


def test_dates_without_a_year_are_asked_for(data: Path) -> None:
    text = (
        '\ufeff"Date","Video Views","Profile Views"\n"December 31","10","1"\n"January 1","20","2"\n'
    )
    asked = take(data, text)
    assert "--year" in asked["questions"][0]
    assert (asked["new"], asked["figures"]["views"]) == (0, 30)
    kept = take(data, text, year=2025)
    assert (kept["new"], kept["questions"]) == (2, [])
    store = ExportStore()
    assert [row[1] for row in store.rows("tiktok_overview")] == ["2025-12-31", "2026-01-01"]
    store.close()


def test_what_was_not_known_is_not_zero(data: Path) -> None:
    text = (
        "Date,Total Viewers,New Viewers,Returning Viewers\nMarch 1,undefined,0,0\nMarch 2,7,5,2\n"
    )
    found = take(data, text, year=2026)
    assert found["figures"] == {"days": 2, "unknown": 1, "viewers": 7}


def test_a_total_row_is_no_group(data: Path) -> None:
    text = ("Subscription status,Views,Average view duration\nTotal,100,0:11:34\n"
            "Subscribed,40,0:14:05\nNot subscribed,59,0:11:18\n")  # fmt: skip
    found = take(data, text)
    assert (found["rows"], found["figures"]["views"]) == (2, 99)
    assert "100" in found["questions"][0]


def test_dates_in_the_future_are_told(data: Path) -> None:
    text = ("Session primary channel group (Default channel group),Date,Hour,Sessions\n"
            "Direct,16-04-2024,23,300\nDirect,17-04-2099,23,200\n")  # fmt: skip
    found = take(data, text)
    assert found["figures"] == {"sessions": 500, "channels": 1, "first": "2024-04-16",
                                "last": "2099-04-17"}  # fmt: skip
    assert "1 row has" in found["questions"][0]


def test_several_currencies_are_never_added(data: Path) -> None:
    text = ("Created date (UTC);Amount;Currency;Converted Amount;Converted Currency;Fee;Status\n"
            "2024-06-07 02:38:54;15.00;usd;534.80;thb;35.40;Paid\n"
            "2024-06-07 03:38:54;1440.00;jpy;350.06;thb;26.63;Paid\n")  # fmt: skip
    found = take(data, text)
    assert found["sums"] == {"USD": 1500, "JPY": 1440}
    assert (found["sum_cents"], found["currency"]) == (88486, "THB")


def test_a_trend_in_json(data: Path) -> None:
    points = [("watch_ucnt", 312), ("pay_cnt", 5), ("pay_amt", 99500)]
    trends = [{"horizontal": "1790251200", "point_name": n, "vertical": v} for n, v in points]
    found = take(data, json.dumps({"data": {"names": {}, "trends": trends}}), "trend.json")
    assert (found["orders"], found["sum_cents"], found["figures"]["entered"]) == (5, 99500, 312)


def test_a_bad_row_is_told_with_its_place(data: Path) -> None:
    text = ("订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"
            "1,21,21,上海,2020/2/20 23:59,2020/2/21 0:00,0\n2,21,=1+1,上海,2020/2/20 23:59,,0\n"
            "3,21,0,上海,昨天,,0\n")  # fmt: skip
    found = take(data, text)
    assert [(e["row"], e["column"]) for e in found["errors"]] == [
        (3, "买家实际支付金额"), (4, "订单创建时间"),
    ]  # fmt: skip
    assert (found["new"], found["figures"]["paid_amount"]) == (1, "21.00")


def test_a_dry_run_keeps_nothing(data: Path) -> None:
    assert take(data, SHOPIFY, is_dry=True)["new"] == 3
    assert take(data, SHOPIFY)["new"] == 3


def test_goods_and_exports_are_told_apart(data: Path) -> None:
    found = take(data, "sku,name,price,stock\nA,Hat,9.90,3\n")
    assert (found["kind"], found["products"]) == ("generic", 1)
    with pytest.raises(StudioError, match="Known"):
        take(data, SHOPIFY, kind="nothing")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2025-12-06 10:37:33 -0500", "2025-12-06T15:37:33Z"),
        ("2020/2/21 0:00", "2020-02-21T00:00:00"),
        ("16-04-2024", "2024-04-16"),
        ("31.12.2024 23:59", "2024-12-31T23:59:00"),
        ("Jun 7, 2020", "2020-06-07"),
        ("7 June 2020", "2020-06-07"),
        ("2024年4月12日", "2024-04-12"),
        ("01/31/2024 11:05:00 PM", "2024-01-31T23:05:00"),
        ("20240412", "2024-04-12"),
        ("1790251200", "2026-09-24T12:00:00Z"),
        ("2024-06-07T02:38:54.123Z", "2024-06-07T02:38:54Z"),
    ],
)
def test_dates(text: str, iso: str) -> None:
    assert DateReader(texts=[text]).read(text) == iso


def test_a_zone_is_that_of_the_place(data: Path) -> None:
    reader = DateReader(zone="Asia/Shanghai")
    assert reader.read("2026-09-20 07:00:00") == "2026-09-19T23:00:00Z"
    unsure = DateReader(texts=["03/04/2024"])
    assert unsure.is_unsure


@pytest.mark.parametrize("kind", list(export_kinds()), ids=lambda kind: kind.kind)
def test_every_kind_of_export_knows_its_own_heads(kind: Any) -> None:
    assert all(kind.label)
    if kind.kind == "other_orders":  # a person says which column is which
        return
    heads = [known[0].removesuffix("…") for known in kind.columns.values()]
    assert kind.score(heads) >= len(kind.needs)
    assert set(kind.times) | set(kind.numbers) <= set(kind.columns) | {"posted_at"}


def test_a_zone_nobody_knows_is_told(data: Path) -> None:
    with pytest.raises(StudioError, match="Mars"):
        take(data, SHOPIFY, zone="Mars/Olympus")
