"""A made-up room: the same from a seed, and what its shop says comes to its own truth."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from studio.app.cli import main
from studio.comments.platforms.lines import parse
from studio.core.errors import StudioError
from studio.core.instants import utc_now
from studio.shop.orders.model import Sender
from studio.shop.simulator.model import SimulatedGoods, Simulation, SimulationPlan
from studio.shop.simulator.room import WEIGHTS, said, simulate
from studio.shop.simulator.sending import ShopAtTheDoor, comment_lines, write_files
from studio.shop.stock.service import ledger_path
from studio.shop.stock.sqlite import SqliteStock
from tests.unit.shop.test_orders import SECRETS
from tests.unit.shop.trade import Trade, trading

GOODS = (
    SimulatedGoods("Hat", 1, ("hat",)),
    SimulatedGoods("Scarf", 2, ("scarf",)),
    SimulatedGoods("Coat", 3, ("coat-s", "coat-l")),
)
LARGE = SimulationPlan(seed=3, viewers=900, minutes=30)


def test_the_same_seed_makes_the_same_room_and_another_another() -> None:
    first, again = simulate(LARGE, GOODS), simulate(LARGE, GOODS)
    assert first == again
    assert simulate(SimulationPlan(seed=4, viewers=900, minutes=30), GOODS).acts != first.acts


def test_the_room_is_as_it_says() -> None:
    made = simulate(LARGE, GOODS)
    did = Counter(act.did for act in made.acts)
    assert did["enter"] == did["leave"] == 900
    assert did["click"] > did["cart"] > did["order"] > did["paid"] > did["returned"] > 0
    assert did["order"] == did["paid"] + did["cancelled"] + len_open(made)
    assert {act.kind for act in made.acts if act.did == "comment"} == set(WEIGHTS)
    assert [act.at_s for act in made.acts] == sorted(act.at_s for act in made.acts)
    ids = Counter(delivery.id for delivery in made.deliveries)
    assert max(ids.values()) > 1, "nothing came twice"
    arrivals = [(d.at_s, d.happened_s) for d in made.deliveries]
    assert all(arrives >= happened for arrives, happened in arrivals)
    assert any(arrives - happened > 60 for arrives, happened in arrivals), "nothing was late"
    assert set(said("zh")) == set(said("en")) == set(WEIGHTS)


def len_open(made: Simulation) -> int:
    ended = {act.order for act in made.acts if act.did in ("paid", "cancelled")}
    return sum(act.did == "order" and act.order not in ended for act in made.acts)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_comes_to_the_truth_from_its_files(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Repeats, late messages, payments that overtake their orders, returns."""
    made = simulate(SimulationPlan(seed=seed, viewers=400, minutes=20), GOODS)
    write_files(made, tmp_path, utc_now())
    file = ledger_path("sim")
    file.parent.mkdir(parents=True, exist_ok=True)
    ledger = SqliteStock(file)
    for goods in GOODS:
        for sku in goods.skus:
            ledger.receive(f"in-{sku}", sku, 10_000).result()
    ledger.close()
    assert main(["orders", "import", str(tmp_path / "orders.jsonl"), "--shop", "sim"]) == 0
    capsys.readouterr()
    ledger = SqliteStock(file)
    levels = {level.sku: level for level in ledger.levels()}
    ledger.close()
    for sku, level in levels.items():
        assert (level.sold, level.held) == (
            made.truth.sold.get(sku, 0), made.truth.open.get(sku, 0)
        ), sku  # fmt: skip
        assert level.free + level.held + level.sold == 10_000


def test_its_comments_are_a_feed_and_begin_with_the_show(tmp_path: Path) -> None:
    made = simulate(LARGE, GOODS)
    lines = [json.dumps(line, ensure_ascii=False) for line in comment_lines(made)]
    parsed = [parse(line, number) for number, line in enumerate(lines, 1)]
    assert len({comment.id for comment, _ in parsed}) == len(parsed)
    assert all(comment.platform == "simulator" and comment.author_id for comment, _ in parsed)
    times = [at_ms or 0.0 for _, at_ms in parsed]
    assert 0 <= times[0] <= times[-1] <= 30 * 60 * 1000
    assert not any("{" in comment.text for comment, _ in parsed)


def test_a_real_door_takes_all_of_it() -> None:
    async def body(trade: Trade) -> None:
        await trade.open(hat=500, scarf=500, coat=500)
        orders = trade.services["orders"]
        orders.part = replace(orders.part, port=0)
        await orders.put_sender(Sender("web"), SECRETS["standard"])
        await orders.open_door()
        goods = (SimulatedGoods("Hat", 1, ("hat",)), SimulatedGoods("Scarf", 2, ("scarf",)))
        made = simulate(SimulationPlan(viewers=60, minutes=10), goods)
        shop = ShopAtTheDoor(f"http://127.0.0.1:{orders.door.port}/orders/web", SECRETS["standard"])
        answers = await asyncio.to_thread(shop.send_all, made.deliveries, utc_now(), 10_000.0)
        assert set(answers) == {200}
        assert answers.total() == made.truth.messages
        await trade.stock.look()
        for sku in ("hat", "scarf"):
            _, held, sold = trade.level(sku)
            assert (sold, held) == (made.truth.sold.get(sku, 0), made.truth.open.get(sku, 0))

    trading("simulated", body)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--viewers", "0"], "1 to"),
        (["--minutes", "-3"], "minutes"),
        (["--speed", "0"], "10000"),
        (["--speed", "nan"], "10000"),
        (["--orders", "http://example.com:8460/orders/web"], "no orders' door"),
        (["--orders", "https://127.0.0.1/orders/web"], "no orders' door"),
        (["nowhere.show"], "nowhere.show"),
        (["--out", "/proc/1/nothing"], "/proc/1/nothing"),
    ],
)
def test_a_wrong_call_says_why(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setenv("SHOPCAST_SIMULATED_SECRET", SECRETS["standard"])
    try:
        code = main(["simulate", *words])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code in (1, 2)
    assert said in capsys.readouterr().err


def test_no_secret_no_orders(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--orders", "http://127.0.0.1:9/orders/web"]) == 2
    assert "SHOPCAST_SIMULATED_SECRET" in capsys.readouterr().err
    with pytest.raises(StudioError):
        simulate(LARGE, ())
