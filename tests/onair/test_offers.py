"""A flash sale on a running engine: price, pieces, countdown, kill, end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(tmp_path, password=None) as running:
        yield running


def peer(studio: Studio) -> Peer:
    return Peer(studio.address, studio.key(), events=0)


def sale(here: Peer) -> dict[str, Any]:
    (found,) = here.run("state.get", parts=["offers"])["offers"]
    return dict(found)


def stage(here: Peer) -> str:
    return str(sale(here).get("stage", "ready"))


def free(here: Peer) -> dict[str, int]:
    levels = here.run("state.get", parts=["stock"])["stock"]["levels"]
    return {level["channel"]: level.get("free", 0) for level in levels}


def cents(here: Peer) -> int:
    return int(here.run("offers.price", sku="hat")["result"]["cents"])


def test_a_flash_sale_from_begin_to_end(studio: Studio) -> None:
    offer = {"id": "sale", "sku": "hat", "price_cents": 5900, "pieces": 4, "seconds": 600}
    with peer(studio) as here:
        here.run("offers.put", offer=offer)
        assert here.run_code("offers.start", id="sale") == "stock.not_open"
        here.run("shop.stock", product="hat", count=10)
        here.run("stock.open", shop="coats")
        here.run("offers.limit", sku="hat", floor_cents=6000)
        assert here.run_code("offers.start", id="sale") == "offers.below_floor"
        here.run("offers.limit", sku="hat", floor_cents=5000)
        assert "5000" not in str(here.run("state.get")["offers"])
        here.run("offers.put", offer={**offer, "pieces": 11})
        assert here.run_code("offers.start", id="sale") == "offers.too_many_pieces"
        here.run("offers.put", offer={**offer, "countdown_s": 1})
        here.run("offers.start", id="sale")
        assert (stage(here), cents(here)) == ("countdown", 9900)
        until(lambda: stage(here) == "live", "the offer follows", 20)
        assert (cents(here), sale(here)["left"]) == (5900, 4)
        assert here.run_code("offers.put", offer=offer) == "offers.runs"
        assert sorted(free(here).values()) == [4, 6]
        lines = [{"sku": "hat", "count": 1}]
        for number in range(3):
            here.run("orders.book", key=f"o-{number}", lines=lines, channel="offer-sale")
        until(lambda: sale(here)["left"] == 1, "the offer follows", 20)
    studio.kill()
    studio.process.wait()
    studio.options["restarts"] = 1
    studio.start()
    with peer(studio) as here:
        assert (stage(here), cents(here), sale(here)["left"]) == ("live", 5900, 1)
        assert here.run_code(
            "orders.book", key="o-8", lines=[{"sku": "hat", "count": 2}], channel="offer-sale"
        ) == "stock.short"  # fmt: skip
        here.run("orders.book", key="o-9", lines=[{"sku": "hat"}], channel="offer-sale")
        until(lambda: stage(here) == "ended", "the offer follows", 20)
        assert sale(here)["why"] == "sold_out"
        assert cents(here) == 9900
        # A refund goes to the offer's share, and from there back to the shop.
        here.run("orders.refund", key="o-9")
        until(
            lambda: 7 in free(here).values() and free(here)["offer-sale"] == 0,
            "the offer follows",
            20,
        )
        # What was paid tonight is the highest that may be struck through now.
        assert here.run_code("offers.put", offer={**offer, "was_cents": 9900}) == ""
        assert here.run_code("offers.start", id="sale") == "offers.struck"
        here.run("offers.put", offer={**offer, "seconds": 1, "price_cents": 5500})
        here.run("offers.start", id="sale")
        until(lambda: stage(here) == "ended", "the offer follows", 20)
        assert (sale(here)["why"], cents(here)) == ("time", 9900)
        until(lambda: 7 in free(here).values(), "the offer follows", 20)


def test_two_desks_start_it_at_once(studio: Studio) -> None:
    """One of them does, and its pieces are set aside once."""
    offer = {"id": "sale", "sku": "hat", "price_cents": 5900, "pieces": 4}
    with peer(studio) as here:
        here.run("shop.stock", product="hat", count=10)
        here.run("stock.open", shop="coats")
        for _ in range(10):
            here.run("offers.put", offer=offer)
            with ThreadPoolExecutor(4) as desks:
                said = list(desks.map(lambda _: start(studio), range(4)))
            assert sorted(said) == ["", "offers.runs", "offers.runs", "offers.runs"]
            assert sorted(free(here).values()) == [4, 6]
            here.run("offers.stop", id="sale")
            until(lambda: sorted(free(here).values()) == [0, 10], "pieces are back", 20)


def start(studio: Studio) -> str:
    with peer(studio) as desk:
        return desk.run_code("offers.start", id="sale")
