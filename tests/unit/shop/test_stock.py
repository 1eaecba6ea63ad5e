"""The ledger: never below zero, every key once, whoever asks and whatever dies."""

from __future__ import annotations

import asyncio
import collections
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bench.redis_server import RedisServer
from studio.core.errors import StudioError
from studio.governance.database import ConstraintError, open_database
from studio.shop.stock import books
from studio.shop.stock.answers import answered
from studio.shop.stock.model import Line
from studio.shop.stock.place import Place
from studio.shop.stock.redis import RedisStock
from studio.shop.stock.sqlite import SqliteStock
from tests.waiting import until

HAT = (Line("hat"),)
pytestmark = pytest.mark.usefixtures("server")  # before a test begins, so that it is no leak


@pytest.fixture
def file_ledger(tmp_path):
    made = SqliteStock(tmp_path / "shop.db")
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as started:
        yield started


@pytest.fixture(params=["file", "store"])
def ledger(request, tmp_path):
    """Each test is tried on both stores."""
    if request.param == "file":
        made = SqliteStock(tmp_path / "shop.db")
    else:
        server = request.getfixturevalue("server")
        made = RedisStock(tmp_path.name, Place({"url": server.url}))
    yield made
    made.close()


def level(ledger, sku="hat", channel="shop"):
    return next(
        (one.free, one.held, one.sold)
        for one in ledger.levels()
        if (one.sku, one.channel) == (sku, channel)
    )


def test_what_is_held_is_not_free_and_what_is_confirmed_is_sold(ledger):
    assert ledger.receive("in", "hat", 10, why="delivery").result().is_good
    assert ledger.hold("a", [Line("hat", 5)], "Li").result().outcome == "held"
    assert level(ledger) == (5, 5, 0)
    assert ledger.confirm("a").result().outcome == "confirmed"
    assert level(ledger) == (5, 0, 5)
    assert ledger.release("a").result().outcome == "confirmed"  # too late, nothing comes back
    assert level(ledger) == (5, 0, 5)
    assert ledger.refund("r", "a", restocks=True).result().is_good
    assert level(ledger) == (10, 0, 0)
    assert ledger.faults() == []


def test_a_key_counts_once(ledger):
    for _ in range(3):
        assert ledger.receive("in", "hat", 4).result().free == 4
        assert ledger.hold("a", [Line("hat", 3)], "Li").result().outcome == "held"
    assert level(ledger) == (1, 3, 0)
    for _ in range(3):
        assert ledger.confirm("a").result().outcome == "confirmed"
    for _ in range(3):
        ledger.refund("r", "a", restocks=False).result()
    assert level(ledger) == (1, 0, 0)


def test_the_last_piece_is_sold_once(ledger):
    ledger.receive("in", "hat", 1).result()
    futures = [ledger.hold(f"k{n}", HAT, f"b{n}") for n in range(64)]
    outcomes = collections.Counter(future.result().outcome for future in futures)
    assert outcomes == {"held": 1, "short": 63}


def test_a_bundle_is_held_whole_or_not_at_all(ledger):
    ledger.receive("in1", "hat", 3).result()
    ledger.receive("in2", "scarf", 1).result()
    both = (Line("hat"), Line("scarf"))
    assert ledger.hold("a", both, "Li").result().outcome == "held"
    refused = ledger.hold("b", both, "Wu").result()
    assert (refused.outcome, refused.sku, refused.free) == ("short", "scarf", 0)
    assert (level(ledger), level(ledger, "scarf")) == ((2, 1, 0), (0, 1, 0))
    twice = ledger.hold("c", (Line("hat"), Line("hat", 2)), "Wu").result()
    assert (twice.outcome, twice.free) == ("short", 2)


@pytest.mark.parametrize("lines", [(), [Line("hat", 0)], [Line(f"s{n}") for n in range(51)]])
def test_lines_that_are_none_are_refused(ledger, lines):
    with pytest.raises(StudioError, match="cannot be booked"):
        ledger.hold("a", lines, "Li")


def test_a_buyer_has_a_limit(ledger):
    ledger.receive("in", "hat", 10).result()
    assert ledger.hold("a", [Line("hat", 2)], "Li", most_a_buyer=2).result().is_good
    ledger.confirm("a").result()
    assert ledger.hold("b", HAT, "Li", most_a_buyer=2).result().outcome == "limit"
    assert ledger.hold("c", HAT, "Wu", most_a_buyer=2).result().is_good


def test_a_share_moves_in_one_piece(ledger):
    ledger.receive("in", "hat", 10).result()
    assert ledger.share("s", "hat", 4, "shop", "douyin").result().is_good
    assert (level(ledger), level(ledger, channel="douyin")) == ((6, 0, 0), (4, 0, 0))
    assert ledger.share("t", "hat", 7, "shop", "douyin").result().outcome == "short"
    assert ledger.hold("a", [Line("hat", 5)], "Li", "douyin").result().outcome == "short"


def test_what_runs_out_goes_to_the_next_in_turn(ledger):
    ledger.receive("in", "hat", 1).result()
    ledger.hold("a", HAT, "Li", hold_s=0.05).result()
    assert ledger.hold("b", HAT, "Wu", may_wait=True).result().outcome == "waiting"
    assert ledger.hold("c", HAT, "He", may_wait=True).result().outcome == "waiting"
    until(lambda: ledger.expire().result().free == 1, "the hold runs out")
    states = {one.buyer: one.state for one in ledger.reservations()}
    assert states == {"Li": "expired", "Wu": "held", "He": "waiting"}
    assert ledger.confirm("a").result().outcome == "expired"
    ledger.release("b").result()
    assert {one.buyer: one.state for one in ledger.reservations()}["He"] == "held"
    assert ledger.receive("more", "hat", 1).result().free == 1
    assert ledger.faults() == []


@pytest.mark.parametrize("step_s", [-3600, 3600])
def test_a_step_of_the_wall_clock_ends_no_hold(file_ledger, monkeypatch, step_s):
    ledger = file_ledger
    ledger.receive("in", "hat", 1).result()
    ledger.hold("a", HAT, "Li", hold_s=600).result()
    now_ms = books.utc_ms
    monkeypatch.setattr(books, "utc_ms", lambda: now_ms() + 1000 * step_s)
    assert ledger.expire().result().free == 0
    booted = books.now_ns() + 10**18  # the machine was started again, long ago
    ledger.expire().result()
    with closing(open_database(ledger.path)) as base:
        base.execute("UPDATE reservations SET until_ns = ?, until_ms = 0", (booted,))
    assert ledger.expire().result().free == 1


@pytest.mark.parametrize("seed", range(6))
def test_random_lives_keep_the_sums(ledger, seed):
    """Beside a model in plain Python, which books one after the other."""
    chance = random.Random(seed)
    skus, keys = ("hat", "scarf", "bag"), [f"k{n}" for n in range(40)]
    on_hand, state, lines = collections.Counter(), {}, {}
    free = collections.Counter()
    for step in range(400):
        sku, key, act = chance.choice(skus), chance.choice(keys), chance.random()
        if act < 0.2:
            count = chance.choice((-3, -1, 1, 2, 5))
            booked = ledger.receive(f"m{step}", sku, count).result()
            assert booked.is_good == (free[sku] + count >= 0)
            if booked.is_good:
                free[sku] += count
                on_hand[sku] += count
        elif act < 0.6:
            wanted = {s: chance.randint(1, 2) for s in chance.sample(skus, chance.randint(1, 3))}
            booked = ledger.hold(key, [Line(s, c) for s, c in wanted.items()], key).result()
            if key in state:
                assert booked.outcome == state[key]
            elif all(free[s] >= c for s, c in wanted.items()):
                assert booked.outcome == "held"
                state[key], lines[key] = "held", wanted
                free.subtract(wanted)
            else:
                assert booked.outcome == "short"
        else:
            word = "confirmed" if act < 0.8 else "released"
            booked = (ledger.confirm if act < 0.8 else ledger.release)(key).result()
            if key not in state:
                assert booked.outcome == "unknown"
            elif state[key] != "held":
                assert booked.outcome == state[key]
            else:
                assert booked.outcome == word
                state[key] = word
                if word == "released":
                    free.update(lines[key])
    for one in ledger.levels():
        assert one.free == free[one.sku]
        assert one.free + one.held + one.sold == on_hand[one.sku]
    assert ledger.faults() == []


def test_who_asks_and_goes_ends_no_ledger(ledger):
    """A client that is cut off cancels its future, before or after it was booked."""
    ledger.receive("in", "hat", 400).result()
    for number in range(300):
        future = ledger.hold(f"k{number}", HAT, "Li")
        if number % 3:
            future.cancel()
    assert ledger.receive("after", "hat", 1).result(timeout=10).is_good
    free, held, _ = level(ledger)
    assert free + held == 401
    assert held == len(ledger.reservations("held", 1000))


class Words:
    """A note that keeps the ledger's thread until it may go on, or fails."""

    sku, channel = "hat", "shop"

    def __init__(self, fails=False):
        self.fails, self.begun, self.may_go_on = fails, threading.Event(), threading.Event()

    def text(self, taken):
        self.begun.set()
        assert self.may_go_on.wait(10)
        if self.fails:
            raise RuntimeError("no words")
        return "words"


def test_what_is_booked_together_is_refused_alone(ledger):
    """One that has given its hold back and is refused then is undone; its neighbours stand."""
    ledger.receive("in", "hat", 4).result()
    ledger.hold("claim", HAT, "Li").result()
    words = Words()
    first = ledger.hold("first", HAT, "An", note=words)
    assert words.begun.wait(10)
    before = ledger.hold("before", HAT, "Wu")
    refused = ledger.hold("y", [Line("hat", 3)], "Li", instead_of="claim")
    after = ledger.hold("after", HAT, "Bo")
    none_left = ledger.hold("none left", HAT, "Cy")
    words.may_go_on.set()
    outcomes = [future.result(10).outcome for future in (first, before, refused, after, none_left)]
    assert outcomes == ["held", "held", "short", "held", "short"]
    held = {order.key for order in ledger.reservations("held")}
    assert held == {"claim", "first", "before", "after"}
    assert level(ledger) == (0, 4, 0)
    assert ledger.faults() == []


def test_the_same_key_and_the_same_buyer_twice_at_once(ledger):
    ledger.receive("in", "hat", 3).result()
    asked = [ledger.hold("a", HAT, "An") for _ in range(4)]
    asked += [ledger.hold(f"b{n}", HAT, "Bo", most_a_buyer=1) for n in range(3)]
    asked += [ledger.hold("c", [Line("hat", 2)], "Cy"), ledger.hold("d", HAT, "Di")]
    outcomes = [future.result().outcome for future in asked]
    assert outcomes == ["held"] * 5 + ["limit"] * 2 + ["short", "held"]
    assert level(ledger) == (0, 3, 0)
    assert ledger.faults() == []


@pytest.mark.parametrize("question", ["limit", "queue", "release"])
def test_orders_of_before_make_no_hold_slower(file_ledger, question):
    """Steps of the database for one booking: no more after a thousand orders of the same SKU."""

    def cost(key):
        steps = [0]
        base = file_ledger._books.base

        def count():
            steps[0] += 1
            return False

        base.set_progress_handler(count, 1)
        if question == "release":
            file_ledger.hold(key, HAT, key).result()
            steps[0] = 0
            file_ledger.release(key).result()
        else:
            more = {"most_a_buyer": 2} if question == "limit" else {"may_wait": True}
            file_ledger.hold(key, HAT, key, **more).result()
        base.set_progress_handler(None)
        return steps[0]

    file_ledger.receive("in", "hat", 2000).result()
    before = cost("first")
    for asked in [file_ledger.hold(f"k{n}", HAT, f"b{n}") for n in range(1000)]:
        asked.result()
    assert cost("last") < 2 * before


def test_a_booking_that_fails_ends_no_ledger(ledger):
    ledger.receive("in", "hat", 2).result()
    words = Words(fails=True)
    failed = ledger.hold("failed", HAT, "An", note=words)
    words.may_go_on.set()
    assert failed.exception(10) is not None
    assert ledger.hold("next", HAT, "Wu").result(10).outcome == "held"
    assert level(ledger) == (1, 1, 0)
    assert ledger.state_of("failed") == ""
    assert ledger.faults() == []


def test_answers_that_come_together_each_come_to_who_asked(ledger):
    """Booked, failed, or nothing for who has gone."""
    ledger.receive("in", "hat", 100).result()
    words = Words(fails=True)

    async def ask():
        failed = answered(ledger.hold("failed", HAT, "An", note=words))
        gone = answered(ledger.hold("gone", HAT, "An"))
        waiting = [answered(ledger.hold(f"k{n}", HAT, "An")) for n in range(50)]
        gone.cancel()
        words.may_go_on.set()
        booked = await asyncio.gather(*waiting)
        assert gone.cancelled()
        with pytest.raises((StudioError, RuntimeError)):
            await failed
        return [booking.outcome for booking in booked]

    assert asyncio.run(ask()) == ["held"] * 50
    assert level(ledger)[0] + level(ledger)[1] == 100
    assert ledger.faults() == []


def test_the_table_itself_refuses_less_than_nothing(file_ledger):
    ledger = file_ledger
    ledger.receive("in", "hat", 1).result()
    with closing(open_database(ledger.path)) as base, pytest.raises(ConstraintError):
        base.execute("UPDATE levels SET free = free - 2")


BUYER = """
import sys
import threading
from pathlib import Path
from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock
ledger = SqliteStock(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    booked = ledger.hold(f"{sys.argv[2]}-{number}", [Line("hat")], sys.argv[2]).result()
    if booked.outcome == "held":
        ledger.confirm(booked.key).result()
    print(booked.key, booked.outcome, flush=True)
"""


def test_four_processes_one_of_them_killed_sell_each_piece_once(tmp_path):
    """What a buyer was told is true afterwards; who was killed has nothing half booked."""
    path = tmp_path / "shop.db"
    ledger = SqliteStock(path)
    ledger.receive("in", "hat", 200).result()
    call = [sys.executable, "-c", BUYER, str(path)]
    pipe = subprocess.PIPE
    buyers = [
        subprocess.Popen([*call, f"b{n}", "100"], stdout=pipe, text=True, cwd=Path.cwd())
        for n in range(4)
    ]
    assert buyers[0].stdout is not None
    first = [buyers[0].stdout.readline() for _ in range(10)]
    os.kill(buyers[0].pid, signal.SIGKILL)
    said = "".join(first) + "".join(buyer.communicate(timeout=60)[0] for buyer in buyers)
    told = dict(line.split() for line in said.splitlines() if len(line.split()) == 2)
    states = {one.key: one.state for one in ledger.reservations(last=1000)}
    for key, outcome in told.items():
        assert (states.get(key) in ("confirmed", "held")) == (outcome == "held"), key
    free, held, sold = level(ledger)
    assert free + held + sold == 200
    assert free == 0
    assert ledger.faults() == []
    ledger.close()


def test_a_file_that_is_no_ledger_is_told(tmp_path):
    path = tmp_path / "shop.db"
    path.write_bytes(b"this is no database, but a text that is long enough" * 40)
    with pytest.raises(StudioError, match=r"shop\.db"):
        SqliteStock(path)


PAIR = (Line("hat"), Line("scarf"))


def test_the_last_piece_of_a_part_goes_to_one(ledger):
    """32 want the hat, 32 the bundle of hat and scarf: one of them has it, nothing is half held."""
    ledger.receive("hats", "hat", 1).result()
    ledger.receive("scarves", "scarf", 40).result()
    for turn in range(20):
        asked = [
            ledger.hold(f"{turn}-{buyer}", PAIR if buyer % 2 else HAT, f"b{buyer}")
            for buyer in random.Random(turn).sample(range(64), 64)
        ]
        held = [booked.key for future in asked if (booked := future.result()).outcome == "held"]
        assert len(held) == 1
        is_bundle = int(held[0].partition("-")[2]) % 2
        assert level(ledger) == (0, 1, 0)
        assert level(ledger, "scarf") == (40 - is_bundle, is_bundle, 0)
        ledger.release(held[0]).result()
    assert (level(ledger), level(ledger, "scarf")) == ((1, 0, 0), (40, 0, 0))
    assert ledger.faults() == []


def test_a_hold_may_take_the_place_of_another_of_the_same_buyer(ledger):
    ledger.receive("in", "hat", 1).result()
    ledger.hold("claim", HAT, "Li").result()
    assert ledger.hold("x", HAT, "Wu", instead_of="claim").result().outcome == "short"
    ledger.hold("queue", HAT, "Wu", may_wait=True).result()
    assert ledger.hold("y", PAIR, "Li", instead_of="claim").result().outcome == "short"
    assert {r.key: r.state for r in ledger.reservations()}["claim"] == "held", "it is as it was"
    assert ledger.hold("z", HAT, "Li", instead_of="claim").result().outcome == "held"
    assert {r.key: r.state for r in ledger.reservations()} == {
        "claim": "released", "queue": "waiting", "z": "held",
    }  # fmt: skip
    assert ledger.faults() == []


def test_a_limit_of_one_channel_counts_that_channel_alone(ledger):
    ledger.receive("in", "hat", 9).result()
    ledger.share("share", "hat", 4, "shop", "sale").result()
    ledger.hold("a", HAT, "Li").result()
    assert ledger.hold("b", HAT, "Li", "sale", limits={"hat": 1}).result().outcome == "held"
    assert ledger.hold("c", HAT, "Li", "sale", limits={"hat": 1}).result().outcome == "limit"
    assert ledger.hold("d", HAT, "Wu", "sale", limits={"hat": 1}).result().outcome == "held"
    lines = [Line("hat", 1, "sale"), Line("scarf", 1)]
    ledger.receive("scarves", "scarf", 1).result()
    ledger.hold("e", lines, "He").result()
    assert level(ledger, "hat", "sale") == (1, 3, 0), "a line may name a channel of its own"
    ledger.confirm("e").result()
    ledger.refund("r", "e", restocks=True).result()
    assert level(ledger, "hat", "sale") == (2, 2, 0)
    assert ledger.faults() == []


def test_a_limited_edition_has_no_piece_more(ledger):
    for sku in ("hat", "scarf"):
        ledger.receive(f"in-{sku}", sku, 20).result()
    assert ledger.share_lines("1", PAIR, "shop", "sale", most={"hat": 1}).result().is_good
    assert (
        ledger.share_lines("2", PAIR, "shop", "sale", most={"hat": 1}).result().outcome == "limit"
    )
    both = (Line("hat", 3), Line("scarf", 30))
    assert ledger.share_lines("3", both, "shop", "sale").result().outcome == "short"
    assert level(ledger) == (19, 0, 0), "all parts or none"
    assert ledger.faults() == []


def test_a_count_is_brought_to_a_number_once(ledger):
    asked = [ledger.count_to(f"c{n}", "ticket", 100) for n in range(8)]
    assert {future.result().free for future in asked} == {100}
    ledger.hold("a", [Line("ticket", 10)], "Li").result()
    assert ledger.count_to("less", "ticket", 5).result().outcome == "short", "ten are promised"
    assert ledger.count_to("more", "ticket", 12).result().free == 2
    assert ledger.faults() == []


def test_what_was_sold_elsewhere_is_owed_and_made_good_first(ledger):
    ledger.receive("in", "hat", 2).result()
    booked = ledger.sell_outside("web-1", [Line("hat", 5)], "Li", who="shopify").result()
    assert (booked.outcome, booked.sku) == ("confirmed", "hat")
    assert level(ledger) == (0, 0, 2)
    ledger.sell_outside("web-2", HAT, "Wu").result()
    assert ledger.sell_outside("web-2", HAT, "Wu").result().outcome == "confirmed", "once"
    owed = [(s.key, s.sku, s.count, s.buyer) for s in ledger.shortfalls()]
    assert owed == [("web-1", "hat", 3, "Li"), ("web-2", "hat", 1, "Wu")]
    ledger.hold("queue", HAT, "He", may_wait=True).result()
    ledger.receive("more", "hat", 2).result()
    assert [(s.key, s.count) for s in ledger.shortfalls()] == [("web-1", 1), ("web-2", 1)]
    assert {r.key: r.state for r in ledger.reservations()}["queue"] == "waiting"
    ledger.refund("r", "web-1", restocks=True).result()  # four were there, one never was
    assert ledger.shortfalls() == []
    assert {r.key: r.state for r in ledger.reservations()}["queue"] == "held"
    assert level(ledger) == (2, 1, 1)
    assert ledger.faults() == []


def test_a_hold_that_an_outside_order_names_is_that_order(ledger):
    ledger.receive("in", "hat", 1).result()
    ledger.hold("o-1", HAT, "Li").result()
    assert ledger.sell_outside("o-1", HAT, "Li").result().outcome == "confirmed"
    assert level(ledger) == (0, 0, 1)
    assert ledger.shortfalls() == []
    ledger.receive("more", "hat", 1).result()
    ledger.hold("o-2", HAT, "Li").result()
    ledger.release("o-2").result()
    assert ledger.sell_outside("o-2", HAT, "Li").result().outcome == "confirmed", (
        "paid all the same"
    )
    assert level(ledger) == (0, 0, 2)
    assert ledger.faults() == []


def test_a_ledger_of_before_is_brought_up(tmp_path):
    path = tmp_path / "old.db"
    made = SqliteStock(path)
    made.receive("in", "hat", 2).result()
    made.hold("a", HAT, "Li").result()
    made.close()
    with closing(open_database(path)) as base:
        base.execute(
            "CREATE TABLE o AS SELECT key, sku, count FROM lines; DROP TABLE lines;"
            "CREATE TABLE lines (key TEXT NOT NULL, sku TEXT NOT NULL, count INTEGER NOT NULL,"
            " PRIMARY KEY (key, sku)) WITHOUT ROWID; INSERT INTO lines SELECT * FROM o;"
            "DROP TABLE o; DROP TABLE shortfalls"
        )
    made = SqliteStock(path)
    assert made.reservations()[0].lines == HAT
    assert made.confirm("a").result().outcome == "confirmed"
    assert made.sell_outside("b", [Line("hat", 2)]).result().outcome == "confirmed"
    assert [s.count for s in made.shortfalls()] == [1]
    assert made.faults() == []
    made.close()
