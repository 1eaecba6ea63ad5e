"""The ledger in a Redis: the same answers as the file, whatever happens to the server."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bench.redis_server import RedisServer
from studio.core.credentials import use_vault
from studio.core.errors import StudioError
from studio.governance.people import PeopleKeys
from studio.governance.secrets import Secrets
from studio.governance.vault import SecretVault
from studio.shop.stock import moving, store_link
from studio.shop.stock.ledger import ledger_path, open_ledger, place_path
from studio.shop.stock.model import Line
from studio.shop.stock.moving import move_back, move_ledger
from studio.shop.stock.persons import LedgerPersons
from studio.shop.stock.place import Place, checked_place, read_place, write_place
from studio.shop.stock.redis import RedisStock
from studio.shop.stock.sqlite import SqliteStock
from tests.authority import write_authority
from tests.waiting import until

HAT = (Line("hat"),)
SKUS = ("hat", "scarf", "bag ü")
CHANNELS = ("shop", "抖音")


@pytest.fixture
def server(tmp_path):
    with RedisServer(tmp_path / "redis") as started:
        yield started


@pytest.fixture
def store(server):
    made = RedisStock("coats", Place({"url": server.url}))
    yield made
    made.close()


class Steps:
    """The price of an order: a tenth less for every tenth piece taken."""

    sku, channel = "hat", "shop"

    def text(self, taken):
        return f"{100 - taken // 10}"


def _random_call(chance, step):
    """(method, arguments, options) that any ledger understands."""
    lines = [
        Line(sku, chance.randint(1, 3), chance.choice(("", *CHANNELS)))
        for sku in chance.sample(SKUS, chance.randint(1, 3))
    ]
    key, buyer = f"k{chance.randrange(40)}", chance.choice("ABC")
    channel, other = chance.sample(CHANNELS, 2)
    calls = [
        ("receive", (f"m{step % 90}", chance.choice(SKUS), chance.choice((-2, 1, 3)), channel), {}),
        ("receive", (f"m{step % 90}", chance.choice(SKUS), 4, channel), {}),
        ("share", (f"s{step % 70}", chance.choice(SKUS), chance.randint(1, 3), channel, other), {}),
        ("share_lines", (f"s{step % 70}", lines, channel, other), {"most": {"hat": 6}}),
        ("hold", (key, lines, buyer, channel, 3600.0, chance.choice((0, 6))), {}),
        ("hold", (key, lines, buyer, channel), {"may_wait": True}),
        ("hold", (key, lines, buyer, channel), {"limits": {"hat": 3}}),
        ("hold", (key, lines, buyer, channel), {"instead_of": f"k{chance.randrange(40)}"}),
        ("hold", (key, lines, buyer, channel), {"note": Steps()}),
        ("confirm", (key,), {}),
        ("confirm", (key,), {}),
        ("release", (key,), {}),
        ("refund", (f"r{step % 60}", key), {"restocks": chance.random() < 0.5}),
        ("sell_outside", (key, lines, buyer, channel), {}),
        ("hold_outside", (key, lines, buyer, channel), {}),
        ("cancel_outside", (key, channel), {}),
        ("take_back_some", (f"t{step % 60}", key, lines), {"restocks": chance.random() < 0.7}),
        ("count_to", (f"c{step}", chance.choice(SKUS), chance.randrange(20), channel), {}),
        ("count_outside", (f"o{step % 80}", chance.choice(SKUS), chance.randrange(9),
                           chance.choice(("2020", "2040", "2041")), channel), {}),
    ]  # fmt: skip
    return chance.choice(calls)


@pytest.mark.parametrize("seed", range(5))
def test_the_store_answers_what_the_file_answers(store, tmp_path, seed):
    file, chance = SqliteStock(tmp_path / "file.db"), random.Random(seed)
    for step in range(700):
        name, given, options = _random_call(chance, step)
        told = [getattr(ledger, name)(*given, **options).result() for ledger in (file, store)]
        here, there = ((b.outcome, b.sku, b.free, bool(b.until_ms), b.note) for b in told)
        assert here == there, f"{step}: {name}{given} {options}"
        if step % 50 == 0:
            assert file.levels() == store.levels(), f"{step}: {name}{given} {options}"
    assert file.counts() == store.counts()
    for what in ("levels", "faults"):
        assert getattr(file, what)() == getattr(store, what)()
    orders = [
        {
            order.key: (order.state, order.buyer, order.channel, set(order.lines))
            for order in ledger.reservations("", 999)
        }
        for ledger in (file, store)
    ]
    assert orders[0] == orders[1]
    moves = [[(m.kind, m.sku, m.channel, m.free, m.held, m.sold, m.who, m.why, m.key)
              for m in ledger.moves(last=9999)] for ledger in (file, store)]  # fmt: skip
    assert sorted(moves[0]) == sorted(moves[1])
    owed = [sorted((s.key, s.sku, s.channel, s.count, s.buyer) for s in ledger.shortfalls())
            for ledger in (file, store)]  # fmt: skip
    assert owed[0] == owed[1]
    file.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_booked_together_is_answered_as_one_by_one(store, tmp_path, seed):
    """Bursts of up to forty bookings at once, beside the same in turn."""
    alone, chance = SqliteStock(tmp_path / "alone.db"), random.Random(100 + seed)
    together = SqliteStock(tmp_path / "together.db")
    calls = [_random_call(chance, step) for step in range(600)]
    while calls:
        burst = [calls.pop(0) for _ in range(min(len(calls), chance.randint(1, 40)))]
        in_turn = [getattr(alone, name)(*given, **more).result() for name, given, more in burst]
        # With prices in steps a store may book those later whose price has changed meanwhile.
        ledgers = [together] if any("note" in more for *_, more in burst) else [together, store]
        if len(ledgers) == 1:
            for name, given, more in burst:
                getattr(store, name)(*given, **more).result()
        for ledger in ledgers:
            asked = [getattr(ledger, name)(*given, **more) for name, given, more in burst]
            for call, here, there in zip(burst, in_turn, asked, strict=True):
                told = there.result()
                assert (told.outcome, told.sku, told.free, bool(told.until_ms), told.note) == (
                    here.outcome, here.sku, here.free, bool(here.until_ms), here.note
                ), call  # fmt: skip
            assert ledger.levels() == alone.levels()
    for ledger in (together, store):
        assert ledger.counts() == alone.counts()
        assert ledger.faults() == []
    moves = [[(m.kind, m.sku, m.channel, m.free, m.held, m.sold, m.who, m.why, m.key)
              for m in ledger.moves(last=9999)] for ledger in (alone, together)]  # fmt: skip
    assert moves[0] == moves[1]
    alone.close()
    together.close()


def test_a_price_in_steps_is_that_of_the_piece(store, server):
    """Two desks sell at once; each piece has the price that its turn gives it."""
    other = RedisStock("coats", Place({"url": server.url}))
    store.receive("in", "hat", 300).result()
    futures = [(store, other)[n % 2].hold(f"k{n}", HAT, f"b{n}", note=Steps()) for n in range(200)]
    prices = sorted((future.result().note for future in futures), key=int, reverse=True)
    assert prices == sorted((f"{100 - n // 10}" for n in range(200)), key=int, reverse=True)
    again = store.hold("k7", HAT, "b7", note=Steps()).result()
    assert again.note == futures[7].result().note, "asked again: the price it had"
    other.close()


def test_a_server_that_is_killed_loses_and_doubles_nothing(server, store):
    store.receive("in", "hat", 300).result()
    told, end = {}, threading.Event()

    def buy(buyer):
        number = 0
        while not end.is_set():
            key = f"{buyer}-{number}"
            try:
                booked = store.hold(key, HAT, buyer).result()
                if booked.outcome == "held":
                    booked = store.confirm(key).result()
            except StudioError:
                continue  # the same key again
            told[key] = booked.outcome
            number += 1

    buyers = [threading.Thread(target=buy, args=(f"b{n}",)) for n in range(8)]
    for buyer in buyers:
        buyer.start()
    for kill in range(4):
        until(lambda kill=kill: len(told) > 40 * (kill + 1), "some were answered")
        server.kill()
        server.start()
    until(lambda: len(told) > 400, "all were answered")
    end.set()
    for buyer in buyers:
        buyer.join(20)
    sold = {order.key for order in store.reservations("confirmed", 1000)}
    assert {key for key, word in told.items() if word == "confirmed"} == sold
    assert len(sold) == 300
    assert store.faults() == []


def test_a_server_that_hangs_is_away_and_comes_back(server, store, monkeypatch):
    monkeypatch.setattr(store_link, "ANSWER_S", 0.2)
    quick = RedisStock("coats", Place({"url": server.url}))
    quick.receive("in", "hat", 5).result()
    server.send(signal.SIGSTOP)
    with pytest.raises(StudioError, match="store_away|away|连不上"):
        quick.hold("a", HAT, "Li").result()
    with pytest.raises(StudioError):
        quick.version()
    server.send(signal.SIGCONT)
    assert quick.hold("a", HAT, "Li").result().outcome == "held"
    assert [(level.free, level.held) for level in quick.levels()] == [(4, 1)], "once"
    quick.close()


def test_a_store_that_went_back_is_not_sold_from(server, store, tmp_path):
    path = tmp_path / "coats.place.json"
    write_place(path, Place({"url": server.url}))
    desk = RedisStock("coats", read_place(path), path)
    desk.receive("in", "hat", 5).result()
    server.kill()
    shutil.copytree(server.root / "appendonlydir", tmp_path / "yesterday")
    server.start()
    desk.hold("a", HAT, "Li").result()
    desk.version()
    server.kill()
    shutil.rmtree(server.root / "appendonlydir")
    shutil.copytree(tmp_path / "yesterday", server.root / "appendonlydir")
    server.start()
    with pytest.raises(StudioError, match=r"had|之前"):
        desk.hold("b", HAT, "Wu").result()
    desk.close()
    with pytest.raises(StudioError, match=r"had|之前"):
        RedisStock("coats", read_place(path), path)


@pytest.mark.parametrize("by_ms", [-3_600_000, 3_600_000])
def test_a_step_of_the_servers_clock_ends_no_hold(store, server, by_ms):
    store.receive("in", "hat", 1).result()
    store.hold("a", HAT, "Li", hold_s=600).result()
    store.expire().result()
    other = RedisStock("coats", Place({"url": server.url}))
    other.expire().result()
    store._link.reads.set(store._link.of("set_by"), -by_ms)  # as if the server's clock were set
    for ledger in (store, other, store):
        assert ledger.expire().result().free == 0
    assert abs(int(store._link.reads.get(store._link.of("set_by")))) < 1000, (
        "taken off once, not by each"
    )
    other.close()


def test_what_runs_out_is_seen_by_another_desk(store, server):
    other = RedisStock("coats", Place({"url": server.url}))
    store.receive("in", "hat", 1).result()
    store.hold("a", HAT, "Li", hold_s=0.05).result()
    assert other.hold("b", HAT, "Wu", may_wait=True).result().outcome == "waiting"
    until(lambda: other.expire().result().free == 1, "it runs out")
    assert other.state_of("b") == store.state_of("b") == "held"
    other.close()


def test_settings_that_could_lose_pieces_are_told(tmp_path):
    options = ("--appendfsync", "everysec", "--maxmemory", "100mb",
               "--maxmemory-policy", "allkeys-lru")  # fmt: skip
    with RedisServer(tmp_path / "r", *options) as server:
        store = RedisStock("coats", Place({"url": server.url}))
        assert [caution.key for caution in store.cautions()] == [
            "stock.store_late", "stock.store_evicts",
        ]  # fmt: skip
        store.close()


def test_a_replica_and_a_stranger_are_refused(server, store, tmp_path):
    port = str(server.port)
    with (
        RedisServer(tmp_path / "copy", "--replicaof", f"127.0.0.1 {port}") as copy,
        pytest.raises(StudioError, match=r"replica|副本"),
    ):
        RedisStock("coats", Place({"url": copy.url}))
    store._link.reads.set(store._link.of("schema"), "9")
    with pytest.raises(StudioError, match=r"version|版本"):
        RedisStock("coats", Place({"url": server.url}))


@pytest.mark.parametrize("settings", [
    {}, {"url": ""}, {"url": "http://x"}, {"url": "redis://"}, {"url": "redis://h:0"},
    {"url": "redis://h:99999999"}, {"url": 5}, {"url": "redis://h", "more": 1}, {"url": "unix://"},
])  # fmt: skip
def test_a_place_that_is_none_is_refused(settings):
    with pytest.raises(StudioError, match=r"address|地址"):
        checked_place(settings)


def _sell(ledger):
    ledger.receive("in", "hat", 10, why="delivery").result()
    ledger.share("give", "hat", 3, "shop", "抖音").result()
    ledger.hold("a", [Line("hat", 2)], "Li").result()
    ledger.confirm("a").result()
    ledger.hold("b", [Line("hat", 1, "抖音")], "Wu").result()
    ledger.confirm("b").result()
    ledger.refund("r-b", "b", restocks=False).result()
    ledger.sell_outside("web-1", HAT, "He", "抖音").result()
    ledger.cancel_outside("web-2").result()


def test_a_ledger_moves_with_its_orders_and_keys(server):
    path = ledger_path("coats")
    file = open_ledger("coats")
    _sell(file)
    levels = file.levels()
    other_desk = SqliteStock(path)
    assert move_ledger("coats", Place({"url": server.url})) == 2
    with pytest.raises(StudioError, match="moved into a store"):
        other_desk.hold("z", HAT, "Li").result()
    other_desk.close()
    file.close()
    assert not path.exists()
    store = open_ledger("coats")
    assert isinstance(store, RedisStock)
    assert store.levels() == levels
    assert store.receive("in", "hat", 10).result().free == 10, "this key counted already"
    assert store.refund("r-b", "b", restocks=False).result().outcome == "done"
    assert store.sell_outside("web-2", HAT).result().outcome == "refunded", "cancelled before"
    assert store.refund("r-a", "a", restocks=True).result().is_good
    assert store.faults() == []
    store.close()
    move_ledger("coats", Place({"url": server.url}))  # nothing is left to bring
    assert read_place(place_path("coats")).seen > 0


@pytest.mark.parametrize("what", ["hold", "owed", "own"])
def test_a_ledger_that_is_busy_stays_where_it_is(server, store, what):
    file = open_ledger("coats")
    file.receive("in", "hat", 1).result()
    if what == "hold":
        file.hold("a", HAT, "Li").result()
    elif what == "owed":
        file.sell_outside("a", [Line("hat", 4)], "Li").result()
    else:
        store.receive("theirs", "hat", 5).result()
    with pytest.raises(StudioError, match=r"under way|elsewhere|没结束|别处"):
        move_ledger("coats", Place({"url": server.url}))
    assert file.receive("more", "hat", 1).result().is_good, "it goes on"
    file.close()
    assert not place_path("coats").exists()


MOVE = """
import sys
from studio.shop.stock.moving import move_back, move_ledger
from studio.shop.stock.place import Place
print("go", flush=True)
move_ledger("coats", Place({"url": sys.argv[1]}))
"""


def test_a_move_that_is_killed_is_run_again(server):
    file = open_ledger("coats")
    file.receive("in", "hat", 500).result()
    for number in range(400):
        file.hold(f"k{number}", HAT, "Li")
        last = file.confirm(f"k{number}")
    last.result()
    levels = file.levels()
    file.close()
    server.send(signal.SIGSTOP)
    mover = subprocess.Popen(
        [sys.executable, "-c", MOVE, server.url], stdout=subprocess.PIPE, env=dict(os.environ),
        cwd=Path.cwd(),
    )  # fmt: skip
    assert mover.stdout is not None
    mover.stdout.readline()
    server.send(signal.SIGCONT)
    probe = RedisStock("coats", Place({"url": server.url}))
    until(lambda: probe.version() > 100 or mover.poll() is not None, "it is in the middle")
    mover.kill()
    mover.wait()
    mover.stdout.close()
    probe.close()
    move_ledger("coats", Place({"url": server.url}))
    store = open_ledger("coats")
    assert store.levels() == levels
    assert store.faults() == []
    store.close()


def test_it_goes_back_into_a_file_and_comes_again(server):
    file = open_ledger("coats")
    _sell(file)
    file.close()
    move_ledger("coats", Place({"url": server.url}))
    store = open_ledger("coats")
    assert isinstance(store, RedisStock)
    store.receive("more", "hat", 3).result()
    store.hold("c", HAT, "Zhao").result()
    with pytest.raises(StudioError, match=r"under way|没结束"):
        move_back("coats")
    assert store.release("c").result().is_good, "it goes on"
    levels, orders = store.levels(), {o.key: o for o in store.reservations("confirmed")}
    other_desk = RedisStock("coats", Place({"url": server.url}))
    store.close()
    assert move_back("coats") == len(orders)
    file = open_ledger("coats")
    assert isinstance(file, SqliteStock)
    assert file.levels() == levels
    assert file.faults() == []
    assert {o.key: (o.lines, o.buyer) for o in file.reservations("confirmed")} == {
        key: (o.lines, o.buyer) for key, o in orders.items()
    }
    assert file.receive("more", "hat", 3).result().is_good
    assert file.levels() == levels, "this key counted there already"
    assert file.sell_outside("web-2", HAT).result().outcome == "refunded", "cancelled before"
    for call in (other_desk.levels, lambda: other_desk.hold("z", HAT, "Li").result()):
        with pytest.raises(StudioError, match=r"taken back|搬回"):
            call()
    other_desk.close()
    with pytest.raises(StudioError, match=r"in no store|不在 Redis"):
        move_back("coats")
    file.receive("later", "hat", 2).result()
    levels = file.levels()
    file.close()
    move_ledger("coats", Place({"url": server.url}))  # and once more
    store = open_ledger("coats")
    assert store.levels() == levels
    assert store.faults() == []
    assert store.hold("d", HAT, "Li").result().is_good
    store.close()


def test_nobody_else_takes_it_back_and_a_file_that_is_there_is_kept(server, tmp_path):
    file = open_ledger("coats")
    file.receive("in", "hat", 2).result()
    file.close()
    move_ledger("coats", Place({"url": server.url}))
    store = open_ledger("coats")
    store.leave("somebody")
    with pytest.raises(StudioError, match=r"taken back|搬回"):
        move_back("coats")
    store.stay("somebody")
    store.close()
    ledger_path("coats").write_bytes(b"mine")
    with pytest.raises(StudioError, match=r"already|已经有"):
        move_back("coats")
    assert ledger_path("coats").read_bytes() == b"mine"
    ledger_path("coats").unlink()
    assert move_back("coats") == 0


BACK = MOVE.replace('move_ledger("coats", Place({"url": sys.argv[1]}))', 'move_back("coats")')
BACK = BACK.replace("import move_ledger", "import move_back")


@pytest.mark.parametrize("chance", range(3))
def test_a_way_back_that_is_killed_is_run_again(server, chance):
    file = open_ledger("coats")
    file.receive("in", "hat", 500).result()
    for number in range(300):
        file.hold(f"k{number}", HAT, "Li")
        last = file.confirm(f"k{number}")
    last.result()
    levels = file.levels()
    file.close()
    move_ledger("coats", Place({"url": server.url}))
    coming = ledger_path("coats").with_name("coats.db.coming")
    mover = subprocess.Popen(
        [sys.executable, "-c", BACK], stdout=subprocess.PIPE, env=dict(os.environ), cwd=Path.cwd(),
    )  # fmt: skip
    assert mover.stdout is not None
    mover.stdout.readline()
    whole = ledger_path("coats")
    until(lambda: coming.exists() or whole.exists() or mover.poll() is not None, "it has begun")
    if chance:
        until(lambda: whole.exists() or mover.poll() is not None, "it is nearly done")
    mover.kill()
    mover.wait()
    mover.stdout.close()
    if place_path("coats").exists():
        move_back("coats")
    file = open_ledger("coats")
    assert isinstance(file, SqliteStock)
    assert file.levels() == levels
    assert file.faults() == []
    file.close()


def _in_the_store(server, count=3):
    file = open_ledger("coats")
    file.receive("in", "hat", count).result()
    file.close()
    move_ledger("coats", Place({"url": server.url}))


def test_a_desk_that_is_open_meanwhile_writes_nothing_into_the_note(server):
    """Neither is the word lost by which it is run again, nor does a note that went come back."""
    _in_the_store(server)
    desk = open_ledger("coats")
    note = place_path("coats")
    write_place(note, Place({"url": server.url}, read_place(note).seen, leaving="word"))
    desk.receive("more", "hat", 1).result()
    desk.version()
    seen = read_place(note).seen
    assert seen > 0
    assert read_place(note).leaving == "word"
    assert move_back("coats") == 0
    desk.version()
    desk.close()
    assert not note.exists()
    assert isinstance(file := open_ledger("coats"), SqliteStock)
    file.close()


def test_two_who_take_it_back_at_once_make_one_file(server):
    _in_the_store(server)
    told = []

    def take():
        try:
            told.append(move_back("coats"))
        except StudioError as error:
            told.append(error.key)

    takers = [threading.Thread(target=take) for _ in range(3)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sorted(told, key=str) == [0, "stock.in_no_store", "stock.in_no_store"]
    store = RedisStock("coats", Place({"url": server.url}))
    assert store.left_by, "not given free again by one who came late"
    store.close()
    file = open_ledger("coats")
    assert [level.free for level in file.levels()] == [3]
    file.close()


def test_what_is_in_no_file_yet_is_not_cleared_by_another_file(server):
    _in_the_store(server)
    note, place = place_path("coats"), read_place(place_path("coats"))
    store = RedisStock("coats", place)
    store.leave("word")  # and killed here, before there is a file
    note.rename(note.with_suffix(".kept"))
    other = open_ledger("coats")  # of a machine that had one of its own
    other.receive("in", "scarf", 1).result()
    other.close()
    with pytest.raises(StudioError) as refused:
        move_ledger("coats", place)
    assert refused.value.key == "stock.store_has_own"
    store.stay("word")
    assert [(level.sku, level.free) for level in store.levels()] == [("hat", 3)]
    store.close()


def test_nobody_books_beside_a_ledger_that_comes_again(server, monkeypatch):
    _in_the_store(server)
    place = Place({"url": server.url})
    other = RedisStock("coats", place)
    move_back("coats")
    book, met = moving._book, []

    def slowly(*given):
        with pytest.raises(StudioError) as refused:
            other.sell_outside("web-1", HAT).result()  # "elsewhere" would lose it
        met.append(refused.value.key)
        book(*given)

    monkeypatch.setattr(moving, "_book", slowly)
    move_ledger("coats", place)
    assert met == ["stock.store_gone"]
    assert other.sell_outside("web-1", HAT).result().outcome == "confirmed"
    assert [(level.free, level.sold) for level in other.levels()] == [(2, 1)]
    other.close()


def test_a_way_back_that_fails_leaves_no_copy_and_the_store_sells_on(server, monkeypatch, tmp_path):
    _in_the_store(server)

    def fails(*given):
        raise StudioError("failed", "stock.no_ledger", path="", why="full")

    monkeypatch.setattr(moving, "_book", fails)
    with pytest.raises(StudioError, match="full"):
        move_back("coats")
    folder = ledger_path("coats").parent
    assert not list(folder.glob("*.coming*"))
    store = open_ledger("coats")
    assert store.hold("a", HAT, "Li").result().is_good
    store.close()
    (folder / "coats.db.coming").write_bytes(b"Li")  # of one that was killed
    secrets = Secrets(tmp_path / "config", use_keyring=False)
    people = PeopleKeys(tmp_path / "people.db", secrets, lambda: b"salt")
    LedgerPersons(folder, people).erase([])
    assert not list(folder.glob("*.coming*"))


@pytest.fixture
def vault(tmp_path):
    made = SecretVault(Secrets(tmp_path / "config", use_keyring=False))
    use_vault(lambda: made)
    yield made
    use_vault(None)


def test_it_speaks_tls_and_gives_a_password(tmp_path, vault):
    cert, _ = write_authority(tmp_path / "tls")
    words = ("--requirepass", "geheim-7")
    with RedisServer(tmp_path / "redis", *words, secure=tmp_path / "tls") as server:
        secret = server.url.replace("://", "://:geheim-7@")
        place = checked_place({"url": f"{secret}?ssl_ca_certs={cert}"})
        assert "geheim" not in str(place.settings)
        assert "geheim" not in place.shown
        store = RedisStock("coats", place)
        assert store.receive("in", "hat", 4).result().free == 4
        assert store.hold("a", HAT, "Li").result().is_good
        store.close()
        for url, why in (
            (secret, "certificate"),  # nobody vouches for it
            (f"{server.url}?ssl_ca_certs={cert}", "(?i)auth"),
            (f"{secret.replace('geheim', 'falsch')}?ssl_ca_certs={cert}", "(?i)password|WRONGPASS"),
        ):
            with pytest.raises(StudioError, match=why) as refused:
                RedisStock("coats", checked_place({"url": url}))
            assert "geheim" not in str(refused.value)
            assert "falsch" not in str(refused.value)


def test_a_buyer_is_found_and_forgotten_in_the_store(server, tmp_path):
    write_place(tmp_path / "coats.place.json", Place({"url": server.url}))
    store = RedisStock("coats", Place({"url": server.url}))
    store.receive("in", "hat", 9).result()
    for key, buyer in (("a", "Li Lei"), ("b", "Li Lei"), ("c", "Han")):
        store.hold(key, HAT, buyer, "shop").result()
    store.confirm("a").result()
    store.confirm("c").result()
    secrets = Secrets(tmp_path / "config", use_keyring=False)
    people = PeopleKeys(tmp_path / "people.db", secrets, lambda: b"salt")
    persons = LedgerPersons(tmp_path, people)
    found = persons.called("Li Lei")
    assert [person.who for person in found] == ["shop/Li Lei"]
    assert [row["order"] for row in persons.about(found)] == ["b", "a"]
    answer = persons.erase(found)
    assert answer.erased == 1
    assert {kept.what for kept in answer.kept} == {"open_orders", "trade_records"}
    names = {order.key: order.buyer for order in store.reservations()}
    assert names["a"].startswith("erased:")
    assert (names["b"], names["c"]) == ("Li Lei", "Han")
    assert not any(move.who == "Li Lei" and move.key == "a" for move in store.moves())
    assert store.faults() == []
    store.close()


def test_who_reads_while_others_book_sees_no_store_go_back(store, server):
    """Answers overtake each other on two lines; only what was asked after it counts as later."""
    other = RedisStock("coats", Place({"url": server.url}))
    end = threading.Event()
    faults = []

    def read():
        while not end.is_set():
            try:
                store.version()
                store.levels()
            except StudioError as error:
                faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    futures = [(store, other)[n % 2].receive(f"in{n}", "hat", 1) for n in range(1500)]
    for future in futures:
        assert future.result().is_good
    end.set()
    for reader in readers:
        reader.join(20)
    assert faults == []
    assert store.faults() == []
    other.close()
