"""Goods come into a running show: by the door, with the ledger, all or nothing, and back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]
GOODS = "sku,name,price,stock\nhat,Hat,77.00,9\ncap,Cap,12.50,3\n"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(tmp_path, password=None) as running:
        yield running


def products(here: Peer) -> dict[str, dict[str, Any]]:
    found = here.run("state.get", parts=["shop"])["shop"]["products"]
    return {product["id"]: product for product in found}


def levels(here: Peer) -> dict[str, int]:
    found = here.run("state.get", parts=["stock"])["stock"]["levels"]
    return {level["sku"]: level.get("free", 0) for level in found}


def test_stock_is_booked_as_a_difference_and_undo_is_the_counter_move(studio: Studio) -> None:
    with Peer(studio.address, studio.key(), events=0) as here:
        here.run("shop.stock", product="hat", count=10)
        here.run("stock.open", shop="coats")
        here.run("stock.hold", key="o-1", lines=[{"sku": "hat", "count": 4}])
        found = here.run("shop.import", text=GOODS)["result"]
        assert found["counts"]["new"] == 1
        assert levels(here) == {"hat": 6}, "nothing changes before it is accepted"
        # A viewer buys while the controller looks: stock goes on, and the file's count holds.
        here.run("orders.book", key="o-2", lines=[{"sku": "hat"}])
        done = here.run("shop.accept", id=found["id"])
        assert levels(here) == {"hat": 9, "cap": 3}
        assert (products(here)["hat"]["stock"], products(here)["cap"]["price_cents"]) == (9, 1250)
        here.run(done["undo"][0], **done["undo"][1])
        assert levels(here) == {"hat": 5, "cap": 0}
        assert "cap" not in products(here)
        assert here.run_code("shop.accept", id=found["id"]) == "imports.accepted"


def test_a_price_that_moved_meanwhile_refuses_the_whole(studio: Studio) -> None:
    with Peer(studio.address, studio.key(), events=0) as here:
        found = here.run("shop.import", text=GOODS)["result"]
        here.run("shop.price", product="hat", cents=100)
        before = products(here)
        assert here.run_code("shop.accept", id=found["id"]) == "imports.moved_on"
        assert products(here) == before
        assert here.run_code("shop.accept", id=found["id"], lines=["new:x"]) == "imports.no_line"


def test_goods_on_the_picture_are_not_taken_out(studio: Studio) -> None:
    with Peer(studio.address, studio.key(), events=0) as here:
        here.run("shop.card", product="hat")
        found = here.run("shop.import", text="sku,name,price\ncap,Cap,5.00\n")["result"]
        lines = ["gone:hat", "new:cap"]
        assert here.run_code("shop.accept", id=found["id"], lines=lines) == "shop.in_use"
        assert "cap" not in products(here)


def test_the_command_line_brings_goods_into_the_open_show(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "goods.csv"
    file.write_text(GOODS, encoding="utf-8")
    call = [sys.executable, "-m", "studio.app.cli", "import", str(file), "--accept", "--json"]
    done = subprocess.run(
        call, capture_output=True, cwd=ROOT, text=True, encoding="utf-8", env=studio.environment
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accepted"] >= 1
    with Peer(studio.address, studio.key(), events=0) as here:
        assert products(here)["cap"]["price_cents"] == 1250
