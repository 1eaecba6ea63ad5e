"""A client that is told changes alone has what one has that is told the whole."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from studio.comments.model import CommentsView, EntryView
from studio.core.event import Event, Events
from studio.core.state import PartsTold, State, StateChanged
from studio.governance.masking import Sight, shown_event
from studio.remote.following import ChangesWritten, Follower
from studio.shop.model import Product, ShopState
from studio.shop.stock.model import Level, StockView
from ui.parts import RowsChange, prepare

MANY = 300
SIGHTS = tuple(Sight)


def as_sent(data: Any) -> Any:
    """What comes out at the other end of the wire."""
    return msgspec.json.decode(msgspec.json.encode(data))


class Engine:
    """Parts of a state that others change."""

    def __init__(self) -> None:
        self.events, self.turn = Events(), []
        self.state = State(self.events, self.turn.append)
        self.parts: dict[str, Any] = {
            "shop": ShopState(tuple(product(n) for n in range(MANY))),
            "stock": StockView(levels=tuple(Level(f"s{n}", "own") for n in range(MANY))),
            "comments": CommentsView(held=tuple(entry(n) for n in range(MANY))),
            "offers": (),
        }
        for name in self.parts:
            self.state.add_struct(name, self.view(name), msgspec.to_builtins)

    def view(self, name: str) -> Callable[[], Any]:
        return lambda: self.parts[name]

    def tell(self, *parts: str) -> None:
        """As at the end of a turn of the loop."""
        self.state.touch(*parts)
        while self.turn:
            self.turn.pop()()


class Client:
    """Hears everything, in one way or the other, as the desk reads it."""

    def __init__(self, engine: Engine, sight: Sight, *, is_following: bool) -> None:
        self.sight, self.engine, self.missed, self.asked = sight, engine, False, 0
        self.follower = Follower() if is_following else None
        self.parts: dict[str, Any] = {}
        self.numbers: dict[str, int] = {}
        self.bytes = 0
        engine.events.on_all(self.hear)
        self.ask(None)

    def ask(self, parts: list[str] | None) -> None:
        """Asks for the whole."""
        self.asked += 1
        if self.follower is None:
            whole = StateChanged(parts=PartsTold(self.engine.state.snapshots(parts)))
            told = shown_event(whole, self.sight)
        else:
            told = self.follower.follow(self.engine.state, parts, self.sight)
        self.take(told)

    def hear(self, event: Event) -> None:
        assert isinstance(event, StateChanged)
        assert isinstance(event.parts, PartsTold)
        if self.follower is None:
            self.take(shown_event(event, self.sight))
            return
        told = self.follower.changed(event.parts.snapshots, self.sight, ChangesWritten())
        if not self.missed:
            self.take(told)

    def take(self, told: dict[str, Any]) -> None:
        self.bytes = len(msgspec.json.encode(told))
        read: Any = prepare("state.changed", as_sent(told))
        for name, part in read["parts"].items():
            self.parts[name] = part
            self.numbers[name] = read["numbers"].get(name)
        for name, change in read["changes"].items():
            if isinstance(change, RowsChange) and self.numbers[name] == change.base:
                self.parts[name] = change.after(self.parts[name])
                self.numbers[name] = change.number
            else:
                self.ask([name])


def product(number: int, cents: int = 900) -> Product:
    return Product(f"p{number}", number, f"Coat {number}", cents, tags=("a", "b"))


def entry(number: int) -> EntryView:
    who = f"demo/user{number}"
    return EntryView(f"c{number}", "demo", f"Anna {number}", f"call me at 1380013{number:04d}",
                     who=who)  # fmt: skip


def change(engine: Engine, chance: random.Random) -> list[str]:
    """Somebody does something to some parts."""
    touched = []
    for name, field, make in (
        ("shop", "products", lambda n: product(n, chance.randrange(10**4))),
        ("stock", "levels", lambda n: Level(f"s{n}", "own", held=chance.randrange(9))),
        ("comments", "held", entry),
    ):
        if chance.random() < 0.6:
            touched.append(name)
            part = engine.parts[name]
            rows = list(getattr(part, field))
            for _ in range(chance.randint(0, 6)):
                at = chance.randrange(len(rows))
                if chance.random() < 0.3:
                    rows.insert(at, make(chance.randrange(10**4)))
                elif chance.random() < 0.4:
                    del rows[at]
                elif chance.random() < 0.6:
                    rows[at] = make(chance.randrange(MANY))
                else:
                    rows.insert(at, rows.pop(chance.randrange(len(rows))))
            engine.parts[name] = msgspec.structs.replace(part, **{field: tuple(rows)})
    if chance.random() < 0.3:
        touched.append("shop")
        card = f"p{chance.randrange(MANY)}"
        engine.parts["shop"] = msgspec.structs.replace(engine.parts["shop"], card=card)
    return touched


@pytest.mark.parametrize("seed", range(12))
def test_random_changes_leave_both_clients_with_the_same(seed: int) -> None:
    chance, engine = random.Random(seed), Engine()
    pairs = [
        (Client(engine, sight, is_following=True), Client(engine, sight, is_following=False))
        for sight in SIGHTS
    ]
    for _ in range(40):
        touched = change(engine, chance)
        for follower, _ in pairs:
            follower.missed = chance.random() < 0.1
        if chance.random() < 0.1:  # somebody asks in between
            chance.choice(pairs)[0].ask(chance.choice([["shop"], ["stock"], None]))
        engine.tell(*touched)
    for follower, _ in pairs:
        follower.missed = False
    engine.parts["shop"] = msgspec.structs.replace(engine.parts["shop"], card="last")
    for name in ("shop", "stock", "comments"):
        part = engine.parts[name]
        field = {"shop": "products", "stock": "levels", "comments": "held"}[name]
        rows = getattr(part, field)
        engine.parts[name] = msgspec.structs.replace(part, **{field: rows[:-1]})
    engine.tell("shop", "stock", "comments", "offers")
    for follower, whole in pairs:
        assert follower.parts == whole.parts
        assert follower.asked > 1, "it missed some and asked again"


def test_a_price_of_many_is_some_bytes() -> None:
    engine = Engine()
    follower = Client(engine, Sight.NAMES, is_following=True)
    whole = Client(engine, Sight.NAMES, is_following=False)
    products = engine.parts["shop"].products
    changed = (*products[:9], product(9, 5), *products[10:])
    engine.parts["shop"] = msgspec.structs.replace(engine.parts["shop"], products=changed)
    engine.tell("shop")
    assert follower.parts["shop"].products == changed
    assert follower.bytes < 1000 < 50_000 < whole.bytes


def test_another_sight_is_told_the_whole_anew() -> None:
    """Rows that were shown in clear do not stay so."""
    engine = Engine()
    client = Client(engine, Sight.ALL, is_following=True)
    assert "1380013" in client.parts["comments"].held[0].text
    client.sight = Sight.NOBODY
    part = engine.parts["comments"]
    engine.parts["comments"] = msgspec.structs.replace(part, held=part.held[:-1])
    engine.tell("comments")
    assert not any("1380013" in entry.text for entry in client.parts["comments"].held)
    assert len(client.parts["comments"].held) == MANY - 1


def test_who_only_looks_on_gets_no_audit_log() -> None:
    engine = Engine()
    engine.state.add("audit", lambda: {"anchor": "x"})
    told = Follower().follow(engine.state, None, Sight.WATCHER)
    assert "audit" not in told["parts"]
    follower = Follower()
    follower.follow(engine.state, ["shop"], Sight.WATCHER)
    snapshots = engine.state.snapshots(["audit", "shop"])
    told = follower.changed(snapshots, Sight.WATCHER, ChangesWritten())
    assert "audit" not in told["parts"]
