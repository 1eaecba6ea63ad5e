"""People, their devices, the second person and the broken glass, on a bus without an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.core.asking import Asker, Scope, asked_by, asking
from studio.core.clock import utc_iso, utc_ms
from studio.core.command import Bus, Changed, CommandRan, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.governance import roles
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.glass import GlassBroken
from studio.governance.rights.model import Operator, RedRule
from studio.governance.rights.names import check_person
from studio.governance.rights.service import RightsService
from studio.governance.secrets import Secrets
from studio.plans.reach import right_of
from studio.remote.commands import RemoteCommands


class Deeds:
    """Commands that cannot be undone."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str, int]] = []

    @command("deeds.end", needs_confirm=True, label=("止", "End"), help=("止。", "Ends."))
    async def end(self, what: str = "") -> Changed:
        self.done.append((what, asking().origin, asking().role))
        return changed(result=what)

    @command("shop.price", label=("价", "Price"), help=("价。", "Price."))
    def price(self) -> Changed:
        return changed()


class House:
    """The rights on a bus of their own."""

    def __init__(self, folder: Path) -> None:
        self.store = Secrets(folder, use_keyring=False)
        self.events = Events()
        self.ran: list[CommandRan] = []
        self.glass: list[GlassBroken] = []
        self.events.on(CommandRan, self.ran.append)
        self.events.on(GlassBroken, self.glass.append)
        state = State(self.events, lambda work: None)
        self.bus = Bus(self.events, state, "A")
        self.book = OperatorBook(self.store)
        self.rights = RightsService(self.book, self.bus, self.events, state)
        self.deeds = Deeds()
        self.bus.add(self.deeds, *self.rights.commands())

    async def ask(self, who: str, id: str, /, **args: Any) -> Any:
        """Runs a command as the door does for a device of an operator."""
        if who == "here":
            asker = Asker(4, True, "desk", person="here")
        else:
            token = self.book.standing(roles.Token(who, "s", "owner", operator=who))
            assert token.left_s > 0, "the door would not let it in"
            asker = Asker(token.right, False, who, token.without, token.scopes, token.person)
        with asked_by(asker):
            done = await self.bus.run(
                id, args, role=Role(asker.role), origin=who, is_here=asker.is_here
            )
        return done.result

    async def code(self, who: str, id: str, /, **args: Any) -> str:
        """What it is refused with; "" when it is done."""
        try:
            await self.ask(who, id, **args)
        except StudioError as error:
            return error.key
        return ""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def test_a_device_never_has_more_than_its_owner(house: House) -> None:
    async def work() -> None:
        given = {"without": ["shop.*"], "shows": ["A"], "personal": False, "hours": 3}
        await house.ask("here", "rights.put", name="小李", role="controller", **given)
        assert await house.code("小李", "shop.price") == "command.not_lent"
        assert await house.code("小李", "deeds.end", confirm=True) == ""
        assert await house.code("小李", "rights.put", name="x") == "command.denied"
        theirs = await house.ask("小李", "rights.mine")
        assert not {"shop.price", "rights.put"} & set(theirs["commands"])
        assert "deeds.end" in theirs["commands"]
        house.bus.show = "B"
        assert await house.code("小李", "deeds.end", confirm=True) == "command.other_show"
        mine = await house.ask("here", "rights.mine")
        assert (mine["role"], mine["personal"]) == ("owner", True)
        token = house.book.standing(roles.Token("p", "s", "viewer", operator="小李"))
        assert (token.right, bool(token.until)) == (Role.VIEWER, True)

    run(work)


def test_a_device_whose_time_is_over_is_listed_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.book.put(Operator(name="小李"))
    roles.add(house.store, "平板", "controller", hours=1, operator="小李")
    roles.add(house.store, "手机", "controller", operator="小李")
    roles.add(house.store, "x", "viewer")
    house.book.touch()
    (person,) = house.rights.view().operators
    assert (person.devices, house.rights.view().devices) == (("平板", "手机"), ("x",))
    later = utc_ms() + 2 * 3600 * 1000
    monkeypatch.setattr("studio.governance.rights.model.utc_ms", lambda: later)
    (person,) = house.rights.view().operators
    assert person.devices == ("手机",)


def test_secrets_that_cannot_be_read_just_now_lose_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Secrets, name: str) -> str:
        raise StudioError("failed", "security.secrets_broken", path="secrets.bin", why="gone")

    house.book.put(Operator(name="小李"))
    with monkeypatch.context() as patch:
        patch.setattr(Secrets, "get", refuse)
        book = OperatorBook(house.store)
        rights = RightsService(book, Bus(house.events, State(house.events, lambda work: None)),
                               house.events, State(house.events, lambda work: None))  # fmt: skip
        assert rights.view().operators == ()  # the studio starts all the same
        assert book.standing(roles.Token("p", "s", operator="小李")).left_s <= 0
        with pytest.raises(StudioError):
            book.put(Operator(name="小王"))
    book.put(Operator(name="小王"))
    assert [entry.name for entry in OperatorBook(house.store).operators] == ["小李", "小王"]


def test_who_is_taken_out_has_no_devices_any_more(house: House, tmp_path: Path) -> None:
    ended: list[str] = []
    pictures: Any = None
    door = RemoteCommands(pictures, house.store, ended.append, lambda: tmp_path, house.book)
    house.book.put(Operator(name="小李"))
    door.add_token("平板", operator="小李")
    door.add_token("x")
    assert house.book.devices() == ["平板", "x"]
    house.book.remove("小李")
    assert (house.book.devices(), ended) == (["x"], ["平板"])
    assert [token.name for token in roles.load(house.store)] == ["x"]


def test_what_is_kept_is_there_again_and_undone(house: House, tmp_path: Path) -> None:
    async def work() -> None:
        await house.ask("here", "rights.put", name="小李", role="streamer", only=["scenes.*"])
        again = OperatorBook(Secrets(tmp_path, use_keyring=False))
        assert again.get("小李").only == ("scenes.*",)
        with asked_by(Asker(4, True, "desk", person="here")):
            done = await house.bus.run("rights.put", {"name": "小李", "role": "owner"})
            assert done.undo is not None
            await house.bus.run(*done.undo)
            assert house.book.get("小李") == again.get("小李")
            done = await house.bus.run("rights.remove", {"name": "小李"})
            assert house.book.find("小李") is None
            assert done.undo is not None
            await house.bus.run(*done.undo)
        assert house.book.get("小李") == again.get("小李")

    run(work)


def test_who_is_removed_or_over_has_nothing(house: House) -> None:
    house.book.put(Operator(name="a"))
    told: list[str] = []
    house.book.listen(told.append)
    token = roles.Token("p", "s", operator="a")
    assert house.book.standing(token).left_s > 0
    house.book.put(Operator(name="a", until="2020-01-01T00:00:00Z"))
    assert house.book.standing(token).left_s <= 0
    house.book.remove("a")
    assert house.book.standing(token).left_s <= 0
    assert told == ["", "a"]
    house.store.set("rights/people", "{broken")
    assert OperatorBook(house.store).standing(token).left_s <= 0


@pytest.mark.parametrize(
    "name", ["Ann\u200b", "\u2060Ann", "Аnn", "Αnn", "A\u0301\u0336nn", "", "\u202eA"]
)
def test_names_that_deceive_are_refused(house: House, name: str) -> None:
    house.book.put(Operator(name="Ann"))
    with pytest.raises(StudioError):
        house.book.put(Operator(name=name))


def test_names_that_look_like_one_that_is_there() -> None:
    for name, other in (("ann", "Ann"), ("B0b", "Bob"), ("сосо", "coco"), ("A nn", "Ann"),
                        ("modem", "modern"), ("Ａnn", "Ann")):  # fmt: skip
        with pytest.raises(StudioError):
            check_person(name, [other])
    for name in ("小李", "Ann Lee", "Ольга", "주희", "さくら", "小李 (夜班)"):
        assert check_person(name, ["Ann", "小王"]) == name


def test_a_red_command_waits_for_somebody_else(house: House) -> None:
    async def work() -> None:
        for name in ("a", "b"):
            house.book.put(Operator(name=name, without=("shop.*",)))
        house.book.set_red([RedRule(commands="deeds.*")])
        call = {"what": "w", "confirm": True}
        assert await house.code("a", "deeds.end", **call) == "rights.needs_reason"
        assert await house.code("a", "deeds.end", **call, reason="late") == "rights.needs_second"
        assert await house.code("a", "deeds.end", **call, reason="late") == "rights.needs_second"
        (asked,) = house.rights.view().asked
        assert (asked.command, asked.asked_by, asked.reason) == ("deeds.end", "a", "late")
        assert await house.code("a", "rights.agree", id=asked.id) == "rights.same_person"
        assert not house.deeds.done
        assert await house.ask("b", "rights.agree", id=asked.id) == "w"
        assert house.deeds.done == [("w", "a", Role.CONTROLLER)]  # with the right of who asked
        assert await house.code("b", "rights.agree", id=asked.id) == "rights.not_asked"
        (ran,) = [ran for ran in house.ran if ran.command == "deeds.end" and ran.ok]
        assert (ran.origin, ran.reason) == ("a", "late")
        # It was once: the next one waits again.
        assert await house.code("a", "deeds.end", **call, reason="x") == "rights.needs_second"
        assert await house.code("b", "rights.refuse", id=house.rights.view().asked[0].id) == ""
        assert house.rights.view().asked == ()

    run(work)


def test_nobody_agrees_to_what_they_may_not_do(house: House) -> None:
    async def work() -> None:
        house.book.put(Operator(name="a"))
        house.book.put(Operator(name="b", without=("deeds.*",)))
        house.book.set_red([RedRule(commands="deeds.end", needs_reason=False)])
        assert await house.code("a", "deeds.end", confirm=True) == "rights.needs_second"
        (asked,) = house.rights.view().asked
        assert await house.code("b", "rights.agree", id=asked.id) == "command.not_lent"
        # Who asked is no more: nothing of theirs runs.
        house.book.remove("a")
        assert await house.code("here", "rights.agree", id=asked.id) == "rights.not_asked"
        assert not house.deeds.done
        # What the engine does by itself waits for nobody.
        await house.bus.run("deeds.end", {"confirm": True}, origin="plan:x")
        assert len(house.deeds.done) == 1

    run(work)


def test_desk_and_password_are_not_two_people(house: House) -> None:
    async def work() -> None:
        house.book.set_red([RedRule(commands="deeds.end", needs_reason=False)])
        assert await house.code("here", "deeds.end", confirm=True) == "rights.needs_second"
        (asked,) = house.rights.view().asked
        with asked_by(Asker(4, False, "remote", person="owner")), pytest.raises(StudioError) as no:
            await house.bus.run("rights.agree", {"id": asked.id}, origin="remote")
        assert no.value.key == "rights.same_person"
        assert not house.deeds.done

    run(work)


def test_full_rights_in_need_are_loud_noted_and_reviewed(house: House) -> None:
    async def work() -> None:
        house.book.put(Operator(name="a", role="viewer", may_break_glass=True))
        house.book.put(Operator(name="b", role="technician"))
        assert await house.code("b", "rights.break_glass", reason="fire") == "rights.no_glass"
        assert await house.code("a", "rights.break_glass", reason=" ") == "rights.needs_reason"
        assert await house.code("a", "deeds.end", confirm=True) == "command.denied"
        glass = await house.ask("a", "rights.break_glass", reason="fire")
        assert [event.operator for event in house.glass] == ["a"]
        assert await house.code("a", "deeds.end", confirm=True) == ""
        assert await house.code("a", "rights.break_glass", reason="fire") == "rights.has_glass"
        own = await house.code("a", "rights.review", id=glass["id"], verdict="fine")
        assert own == "rights.own_glass"
        assert await house.code("a", "rights.give_back") == ""
        assert await house.code("a", "deeds.end", confirm=True) == "command.denied"
        (view,) = house.rights.view().glass
        assert "deeds.end" in view.commands
        assert not view.reviewed_by
        assert await house.code("here", "rights.review", id=glass["id"], verdict="fine") == ""
        assert house.rights.view().glass[0].verdict == "fine"

    run(work)


def test_a_plan_has_the_right_of_whoever_armed_it() -> None:
    armed = right_of(Asker(2, False, "remote:x", ("shop.*",), (Scope(shows=("A",)),), "x"))
    kept = msgspec.json.decode(msgspec.json.encode(armed), type=type(armed))
    with asked_by(kept.asker), asked_by(Asker(3, True)):
        now = asking()
        assert (now.role, now.is_here, now.may_not("shop.price")) == (2, False, True)
        assert now.is_away("B")
        assert not now.person
    assert utc_iso()


def test_what_was_done_with_full_rights_is_written_beside_the_loop(tmp_path: Path) -> None:
    house = House(tmp_path)

    async def work() -> None:
        house.book.put(Operator(name="a", role="viewer", may_break_glass=True))
        await house.ask("a", "rights.break_glass", reason="fire")
        written = house.store.get("rights/people")
        assert await house.code("a", "deeds.end", confirm=True) == ""
        assert "deeds.end" in house.rights.view().glass[0].commands
        assert house.store.get("rights/people") == written, "a command waits for no disk"
        for job in house.rights.every:
            job.job()
        await house.rights.stop()

    asyncio.run(work())
    (kept,) = OperatorBook(house.store).glass
    assert "deeds.end" in kept.commands


def test_what_cannot_be_read_is_kept_aside(tmp_path: Path) -> None:
    store = Secrets(tmp_path, use_keyring=False)
    for name in ("rights/people", roles.TOKENS):
        store.set(name, "{broken")
    assert OperatorBook(store).operators == ()
    assert roles.load(store) == []
    OperatorBook(store).put(Operator(name="a", role="viewer"))
    roles.add(store, "phone", "viewer")
    for name in ("rights/people", roles.TOKENS):
        assert store.get(name) != "{broken"
        assert store.get(f"{name}.unreadable") == "{broken"
