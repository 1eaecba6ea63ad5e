"""The shop's ledger beside a running engine: card, kill, an older show, another program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock
from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(tmp_path, password=None) as running:
        yield running


def peer(studio: Studio) -> Peer:
    return Peer(studio.address, studio.key(), events=0)


def hat(here: Peer) -> dict[str, Any]:
    (product,) = here.run("state.get", parts=["shop"])["shop"]["products"]
    return dict(product)


def level(here: Peer) -> dict[str, Any]:
    (found,) = here.run("state.get", parts=["stock"])["stock"]["levels"]
    return {name: found.get(name, 0) for name in ("free", "held", "sold")}


def test_one_rack_is_sold_once_whatever_happens(studio: Studio) -> None:
    """A card, two programs, a kill, an hour-old show: the pieces are where the ledger says."""
    show = studio.root / "small.show"
    with peer(studio) as here:
        assert here.run_code("stock.hold", key="x", lines=[{"sku": "hat"}]) == "stock.not_open"
        here.run("shop.stock", product="hat", count=10)
        opened = here.run("stock.open", shop="coats")["result"]
        assert opened == {"shop": "coats", "taken_over": ["hat"], "not_counted": []}
        here.run("show.save")
        shutil.copytree(show, studio.root / "hour-ago.show")
        here.run("stock.hold", key="o-1", lines=[{"sku": "hat", "count": 4}], buyer="Li")
        assert (hat(here)["stock"], level(here)) == (6, {"free": 6, "held": 4, "sold": 0})
        here.run("stock.confirm", key="o-1")
        assert here.run_code("orders.book", key="o-2", lines=[{"sku": "hat", "count": 7}]) == (
            "stock.short"
        )
        for _ in range(2):  # delivered twice
            here.run("orders.book", key="o-3", lines=[{"sku": "hat"}], buyer="Wu")
        assert here.run_code("stock.release", key="o-3") == "stock.confirmed"
        assert here.run_code("stock.confirm", key="nobody") == "stock.unknown"
        booked = here.run("shop.stock", product="hat", count=3)
        assert level(here) == {"free": 3, "held": 0, "sold": 5}
        here.run(booked["undo"][0], **booked["undo"][1])
        assert hat(here)["stock"] == 5
        # Another program sells from the same file: the card follows by itself.
        other = SqliteStock(studio.root / "data" / "stock" / "coats.db")
        other.hold("far", [Line("hat", 2)], "He").result()
        until(lambda: hat(here)["stock"] == 3, "the sale of another program")
        other.close()
    studio.kill()
    studio.start()
    with peer(studio) as here:
        until(lambda: hat(here)["stock"] == 3, "the ledger after a kill")
        here.run("show.open", folder=str(studio.root / "hour-ago.show"))
        until(lambda: hat(here)["stock"] == 3, "an older copy of the show")
        assert level(here) == {"free": 3, "held": 2, "sold": 5}
        assert here.run("stock.list", what="faults")["result"] == []
    saved = json.loads((show / "show.json").read_text(encoding="utf-8"))
    assert saved["stock"]["shop"] == "coats"
    said = subprocess.run(
        [sys.executable, "-m", "studio.app.cli", "stock", "coats", "check"],
        env=studio.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "sound" in said.stdout


def test_a_ledger_that_goes_away_shows_no_old_figure_and_comes_back(studio: Studio) -> None:
    with peer(studio) as here:
        here.run("shop.stock", product="hat", count=10)
        here.run("stock.open", shop="coats")
        path = studio.root / "data" / "stock" / "coats.db"
        kept = path.read_bytes()
        with path.open("r+b") as file:  # the disk gives something else back
            file.write(os.urandom(len(kept)))
        for more in path.parent.glob("coats.db-*"):
            more.unlink()
        code = here.run_code("orders.book", key="o", lines=[{"sku": "hat"}])
        assert code in ("stock.no_ledger", "")
        until(lambda: hat(here).get("stock") is None or code == "", "no figure on guesses")


def test_holds_run_out_and_the_next_one_has_it(studio: Studio) -> None:
    with peer(studio) as here:
        here.run("shop.stock", product="hat", count=1)
        here.run("stock.open", shop="coats")
        here.run("stock.hold", key="a", lines=[{"sku": "hat"}], buyer="Li", hold_s=0.3)
        waits = here.run("stock.hold", key="b", lines=[{"sku": "hat"}], buyer="Wu", wait=True)
        assert waits["result"]["outcome"] == "waiting"

        def states() -> dict[str, str]:
            found = here.run("stock.list", what="reservations")["result"]
            return {one["key"]: one["state"] for one in found}

        until(lambda: states() == {"a": "expired", "b": "held"}, "the next one in turn", 3)


def test_a_draw_from_comments_to_a_proof(studio: Studio) -> None:
    """Equal comments fold in the desk; in a draw each person counts."""
    with peer(studio) as here:
        rules = {"title": "Scarf", "prizes": [{"name": "Scarf", "count": 2}], "keyword": "scarf"}
        put = here.run("games.put", id="d-1", rules=rules)["result"]
        here.run("games.open", id="d-1")
        for number in range(12):
            here.run("comments.say", text="Scarf", author=f"viewer{number % 10}")
        assert here.run("games.list")["result"][0]["entries"] == 10
        here.run("games.close", id="d-1")
        assert here.run_code("games.draw", id="d-1") == "games.beacon"
        for number in range(20):
            here.run("comments.say", text=f"later {number}", author=f"v{number}")
        drawn = here.run("games.draw", id="d-1")["result"]
        assert len(drawn["winners"]) == 2
        proof = json.loads(Path(drawn["proof"]).read_text(encoding="utf-8"))
        assert proof["commitment"] == put["commitment"]
        (view,) = here.run("state.get", parts=["games"])["games"]
        assert view["stage"] == "drawn"
    said = subprocess.run(
        [sys.executable, "-m", "studio.app.cli", "verify-draw", drawn["proof"]],
        env=studio.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
