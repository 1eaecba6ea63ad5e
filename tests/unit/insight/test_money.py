"""Attribution by four ways equals what is added up by hand; profit of each source by itself."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from studio.app.imports import ImportCall, import_files
from studio.core.clock import utc_of
from studio.insight.analysis.load import rebuild
from studio.insight.analysis.questions import ask
from studio.insight.imports.store import store_path
from studio.insight.journal import Journal
from tests.unit.insight.made_shows import BEGAN_S, made_journal

WINDOW_S = 7 * 86_400


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    return tmp_path


def take(folder: Path, text: str, name: str) -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    import_files([str(file)], ImportCall(as_json=True), lambda line: None)


def answered(folder: Path, question: str, show: str = "") -> list[dict[str, Any]]:
    journal, analysis = folder / "data" / "journal.db", folder / "analysis.duckdb"
    if not journal.exists():
        Journal(journal, "show").close()
    rebuild(journal, store_path(), analysis)
    found = ask(analysis, question, show)
    names = [column.id for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def weights(model: str, count: int) -> list[float]:
    if model == "last":
        return [0.0] * (count - 1) + [1.0]
    if model == "first":
        return [1.0] + [0.0] * (count - 1)
    if model == "linear" or count < 2:
        return [1 / count] * count
    if count == 2:
        return [0.5, 0.5]
    return [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4]


def test_four_ways_equal_what_is_added_up_by_hand(data: Path) -> None:
    rng = random.Random(4)
    visits = [
        (f"visitor-{rng.randint(0, 40):04}", BEGAN_S + number * 977 + rng.randint(0, 14) * 86_400,
         rng.choice(("ads", "live", "mail", "search")))
        for number in range(250)
    ]  # fmt: skip
    buys = [
        (f"visitor-{rng.randint(0, 45):04}", BEGAN_S + 5 * 86_400 + number * 7_331, f"o{number}",
         rng.randint(1, 90) * 100)
        for number in range(80)
    ]  # fmt: skip
    lines = ["visitor id,time,source,order id,revenue,currency"]
    lines += [f"{who},{utc_of(at)},{source},,," for who, at, source in visits]
    lines += [f"{who},{utc_of(at)},,{id},{cents / 100},CNY" for who, at, id, cents in buys]
    take(data, "\n".join(lines) + "\n", "touches.csv")
    wanted: dict[tuple[str, str], float] = defaultdict(float)
    for who, at, _, cents in buys:
        path = sorted(
            (when, source) for person, when, source in visits
            if person == who and at - WINDOW_S < when <= at
        )  # fmt: skip
        for model in ("last", "first", "linear", "position"):
            sources = [source for _, source in path] or ["?"]
            for source, part in zip(sources, weights(model, len(sources)), strict=True):
                wanted[source, model] += part * cents / 100
    rows = answered(data, "attribution")
    assert {row["source"] for row in rows} == {source for source, _ in wanted}
    for row in rows:
        assert row["window"] == 7
        for model in ("last", "first", "linear", "position"):
            assert row[model] == pytest.approx(wanted[row["source"], model], abs=0.02)
    whole = sum(cents for *_, cents in buys) / 100
    for model in ("last", "first", "linear", "position"):
        assert sum(row[model] for row in rows) == pytest.approx(whole, abs=0.1)
    for part in store_path().parent.iterdir():  # nobody is named
        assert b"visitor-00" not in part.read_bytes()


SETTLED = (
    "动账时间,动帐流水号,动账方向,动账金额,动账账户,动账场景,计费类型,子订单号,订单号,订单实付应结,"
    "运费实付,实际平台补贴,订单退款,平台服务费,佣金,招商服务费,站外推广费,备注\n"
    "2026-10-01 07:54:00,'T0,入账,133.50,聚合,货款,千川,'61,'61,178,0,0,0.00,-8.90,-35.60,0,0,\n"
    "2026-10-02 07:54:01,'T1,入账,149.25,聚合,货款,联盟,'62,'62,199,0,0,-19,-9.95,-39.80,0,0,\n"
)
SHOPIFY = (
    "Name,Financial Status,Paid at,Currency,Subtotal,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Refunded Amount,Source\n"
    "#1,paid,,JPY,1000,1000,100,2026-10-05 09:00:00 +0900,1,Tea,500,T,200,web\n"
    "#1,,,,,,,2026-10-05 09:00:00 +0900,1,Cup,500,C,,\n"
    "#2,voided,,JPY,700,700,0,2026-10-05 09:00:00 +0900,1,Tea,700,T,0,web\n"
)


def test_profit_is_of_each_source_and_of_its_currency(data: Path) -> None:
    take(data, SETTLED, "settled.csv")
    take(data, SHOPIFY, "shopify.csv")
    rows = {row["source"]: row for row in answered(data, "profit")}
    douyin, shopify = rows["douyin_settlement"], rows["shopify_orders"]
    assert (douyin["gross"], douyin["refund"], douyin["fee"], douyin["commission"]) == (
        377.0, 19.0, 18.85, 75.4,
    )  # fmt: skip
    assert douyin["left"] == pytest.approx(377 - 19 - 18.85 - 75.4)
    assert (shopify["currency"], shopify["orders"], shopify["gross"], shopify["refund"]) == (
        "JPY", 1, 1000.0, 200.0,
    )  # fmt: skip
    assert (shopify["discount"], shopify["left"], shopify["goods"]) == (100.0, 800.0, None)
    known = {row["source"]: row for row in answered(data, "attribution")}
    assert known["web"]["last"] == 1000.0


def test_what_platforms_claim_stands_beside_the_own_ledger(data: Path) -> None:
    made_journal(data / "data" / "journal.db", 1, minutes=5)
    rows = answered(data, "claims", "last")
    claimed = [row for row in rows if row["metric"] == "gmv_cents"]
    assert claimed
    assert all(row["own"] is None or row["own"] > 0 for row in claimed)
