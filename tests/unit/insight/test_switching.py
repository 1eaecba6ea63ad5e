"""Experiments that switch the picture: on at their turn, off again, never over a person's hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.core.asking import Asker, asked_by
from studio.core.command import Bus, Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.state import State
from studio.insight.events import ExperimentEnded, ExperimentHeld
from studio.insight.experiments import ideas
from studio.insight.trials.book import TrialBook
from studio.insight.trials.model import ArmCommand, ArmUndo, GuardResult, Trial, TrialResult
from studio.insight.trials.result import find_results
from studio.insight.trials.service import TrialService
from studio.insight.trials.slots import DROPPED_MS, SLOT_MS, slot, slot_at
from tests.unit.insight.test_trials import SECRET, analysed, trial

IN_TIME = next(idea for idea in ideas() if idea.unit == "time").id
BY_VIEWER = next(idea for idea in ideas() if idea.unit == "viewer").id
SOON = 20.0


class Picture:
    """Commands of a picture, with what is on it."""

    def __init__(self) -> None:
        self.card, self.scene, self.title = "plain", "host", "brand"
        self.ran: list[str] = []

    @command("cards.use", label=("卡", "Card"), help=("-", "-"))
    def use(self, template: str) -> Changed:
        before, self.card = self.card, template
        return changed("cards", undo=("cards.use", {"template": before}))

    @command("scenes.take", label=("切", "Take"), help=("-", "-"))
    def take(self, scene: str, canvas: str = "") -> Changed:
        before, self.scene = self.scene, scene
        return changed("scenes", undo=("scenes.put_air", {"programme": before}))

    @command("scenes.put_air", label=("回", "Back"), help=("-", "-"))
    def put_air(self, programme: str) -> Changed:
        self.scene = programme
        return changed("scenes")

    @command("items.set", label=("条", "Item"), help=("-", "-"))
    def set_item(self, item: str, text: str) -> Changed:
        if text == "broken":
            raise StudioError("failed", "command.failed", command="items.set", why="-")
        self.title = text
        return changed("scenes")

    @command("filters.set", role=Role.TECHNICIAN, label=("滤", "Filter"), help=("-", "-"))
    def set_filter(self, filter: str) -> Changed:
        return changed()

    @command("shop.price", label=("价", "Price"), help=("-", "-"))
    def price(self, cents: int) -> Changed:
        return changed()

    @command("scenes.remove", label=("删", "Remove"), help=("-", "-"))
    def remove(self, name: str) -> Changed:
        return changed()

    @command("show.open", label=("开", "Open"), help=("-", "-"))
    def open_show(self) -> Changed:
        self.ran.append(self.card)
        return changed()


class Air:
    """On air or not."""

    is_on_air = True


class Desk:
    """A service of experiments over a bus, whose clock the test moves."""

    def __init__(self, folder: Path) -> None:
        self.events, self.heard = Events(), list[Event]()
        self.events.on_all(self.heard.append)
        self.bus = Bus(self.events, State(self.events, lambda call: None), show="demo")
        self.picture, self.air = Picture(), Air()
        self.bus.add(self.picture)
        self.service = TrialService(
            folder / "trials.json", self.bus, self.air, self.events, self.bus.state
        )
        self.bus.add(*self.service.commands())

    @property
    def book(self) -> TrialBook:
        return self.service.book

    @property
    def trial(self) -> Trial:
        return self.book.known[-1]

    async def start(self, a: tuple[ArmCommand, ...], b: tuple[ArmCommand, ...]) -> str:
        done = await self.run("experiments.start", idea=IN_TIME, a=a, b=b)
        return str(done.result["id"])

    async def run(self, id: str, /, **args: Any) -> Changed:
        import msgspec

        plain = {name: msgspec.to_builtins(value) for name, value in args.items()}
        return await self.bus.run(id, plain, role=Role.OWNER, origin="desk")

    def at(self, number: int, ms: int = 1000) -> str:
        """Moves the clock into a slot; returns whose it is."""
        switcher, made = self.service._switcher, self.trial
        turn = slot(bytes.fromhex(made.secret), number)
        switcher.look(made, turn, turn.begins_ms + ms)
        return turn.arm

    async def settled(self) -> None:
        async with asyncio.timeout(SOON):
            while tasks := self.service._switcher._tasks:
                await asyncio.gather(*tasks, return_exceptions=True)


def with_desk(folder: Path, work: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        desk = Desk(folder)
        await desk.service.start()
        desk.service._is_begun = False  # the test has the clock
        try:
            await work(desk)
        finally:
            await desk.service.stop()

    asyncio.run(run())


TALL = (ArmCommand("cards.use", {"template": "tall"}),)
CLOSE = (ArmCommand("scenes.take", {"scene": "close-up"}),)
TITLE = ArmCommand(
    "items.set", {"item": "t", "text": "offer"},
    undo=ArmUndo("items.set", {"item": "t", "text": "brand"}),
)  # fmt: skip


def test_each_turn_has_its_picture_and_the_end_has_the_one_from_before(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        id = await desk.start((), (*TALL, TITLE))
        for number in range(8):
            arm = desk.at(number)
            await desk.settled()
            wanted = ("tall", "offer") if arm == "b" else ("plain", "brand")
            assert (desk.picture.card, desk.picture.title) == wanted
        assert desk.trial.clean == tuple(range(7))  # the eighth is not over
        desk.at(8 if desk.at(8) == "b" else 9)
        await desk.settled()
        await desk.run("experiments.end", id=id)
        assert (desk.picture.card, desk.picture.title) == ("plain", "brand")
        assert desk.trial.back == ()

    with_desk(tmp_path, work)


def b_slot(desk: Desk) -> int:
    secret = bytes.fromhex(desk.trial.secret)
    return next(number for number in range(4) if slot(secret, number).arm == "b")


def test_a_take_by_hand_wins_and_spoils_until_it_is_let_go_on(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        id = await desk.start((), (*CLOSE, *TALL))
        number = b_slot(desk)
        desk.at(number)
        await desk.settled()
        assert (desk.picture.scene, desk.picture.card) == ("close-up", "tall")
        await desk.run("scenes.take", scene="panorama")
        await desk.settled()
        # The hand's scene stands; the card, which nobody touched, is as before.
        assert (desk.picture.scene, desk.picture.card) == ("panorama", "plain")
        held = [event for event in desk.heard if isinstance(event, ExperimentHeld)]
        assert [event.experiment for event in held] == [id]
        assert "scenes.take" in held[0].why
        for later in range(number + 1, number + 5):
            desk.at(later)
            await desk.settled()
            assert (desk.picture.scene, desk.picture.card) == ("panorama", "plain")
        assert number not in desk.trial.clean
        await desk.run("experiments.go_on", id=id)
        spoiled = number + 4
        desk.at(spoiled, DROPPED_MS + 1)  # the slot is under way: it waits for the next
        await desk.settled()
        assert desk.picture.scene == "panorama"
        for later in range(spoiled + 1, spoiled + 3):
            arm = desk.at(later)
            await desk.settled()
            assert desk.picture.scene == ("close-up" if arm == "b" else "panorama")
        await desk.run("experiments.end", id=id)
        assert (desk.picture.scene, desk.picture.card) == ("panorama", "plain")
        view = desk.service.view().ended[0]
        assert view.clean == len(desk.trial.clean)

    with_desk(tmp_path, work)


def test_what_has_nothing_to_do_with_the_arm_spoils_nothing(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        await desk.start((), (*TALL, TITLE))
        desk.at(b_slot(desk))
        await desk.settled()
        await desk.run("scenes.take", scene="panorama")
        await desk.run("items.set", item="other", text="x")
        await desk.settled()
        assert not desk.trial.is_held
        await desk.run("items.set", item="t", text="mine")
        await desk.settled()
        assert desk.trial.is_held
        assert (desk.picture.title, desk.picture.card) == ("mine", "plain")

    with_desk(tmp_path, work)


@pytest.mark.parametrize("how", ["killed", "killed within a command"])
def test_the_next_engine_takes_back_what_the_last_one_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    async def first(desk: Desk) -> None:
        await desk.start((TITLE,), (TITLE,))
        desk.at(0)
        await desk.settled()
        assert desk.trial.back
        if how == "killed within a command":  # its declared way back is on the disk before it
            desk.book.put_back(desk.trial.id, ())
            desk.picture.title = "brand"
            ran = Bus.run

            async def dies(*args: Any, **more: Any) -> Changed:
                await ran(*args, **more)
                raise asyncio.CancelledError

            monkeypatch.setattr(Bus, "run", dies)
            desk.at(1)
            await desk.settled()
            monkeypatch.setattr(Bus, "run", ran)

    with_desk(tmp_path, first)

    async def second() -> None:
        desk = Desk(tmp_path)
        desk.picture.title = "offer"  # as its checkpoint had it
        await desk.service.start()
        assert desk.picture.title == "brand"
        assert desk.trial.back == ()
        assert not desk.trial.ended_utc
        await desk.service.stop()

    asyncio.run(second())


def test_off_air_in_another_show_and_late_it_switches_nothing(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        await desk.start(TALL, TALL)
        desk.at(0)
        await desk.settled()
        assert desk.picture.card == "tall"
        await desk.run("show.open")
        assert desk.picture.ran == ["plain"]  # it was taken back before
        desk.bus.show = "other"
        desk.at(1)
        await desk.settled()
        assert desk.picture.card == "plain"
        desk.bus.show = "demo"
        desk.air.is_on_air = False
        desk.at(2)
        await desk.settled()
        assert desk.picture.card == "plain"
        desk.air.is_on_air = True
        desk.at(3, DROPPED_MS + 1)
        await desk.settled()
        assert desk.picture.card == "plain"
        desk.at(4)
        await desk.settled()
        assert desk.picture.card == "tall"
        assert desk.trial.clean == ()

    with_desk(tmp_path, work)


def test_while_a_plan_is_at_work_the_picture_is_its_own(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        runs = ["a run"]
        desk.bus.state.add("plans", lambda: SimpleNamespace(runs=tuple(runs)))
        await desk.start(TALL, TALL)
        desk.at(0)
        await desk.settled()
        assert desk.picture.card == "plain"
        runs.clear()
        for number in (1, 2):
            desk.at(number)
            await desk.settled()
            assert desk.picture.card == "tall"
        assert desk.trial.clean == (1,)

    with_desk(tmp_path, work)


def test_a_command_that_fails_or_has_no_way_back_holds_it(tmp_path: Path) -> None:
    broken = ArmCommand("items.set", {"item": "t", "text": "broken"})
    for arm in ((*TALL, broken), (*TALL, ArmCommand("items.set", {"item": "t", "text": "x"}))):

        async def work(desk: Desk, arm: tuple[ArmCommand, ...] = arm) -> None:
            id = await desk.start(arm, arm)
            desk.at(0)
            await desk.settled()
            assert desk.picture.card == "plain"
            assert desk.trial.is_held
            await desk.run("experiments.end", id=id)

        with_desk(tmp_path, work)


def test_an_arm_has_no_more_right_than_whoever_started_it(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        for wrong in ("shop.price", "scenes.remove", "show.open", "experiments.end", "no.such"):
            with pytest.raises(StudioError):
                await desk.start((), (ArmCommand(wrong, {}),))
        with pytest.raises(StudioError):
            await desk.start((), (ArmCommand("cards.use", {"tempo": 1}),))
        for beside in ("shop.price", "show.open", "experiments.end"):  # nor in its way back
            way = ArmCommand("cards.use", {"template": "tall"}, undo=ArmUndo(beside, {}))
            with pytest.raises(StudioError):
                await desk.start((), (way,))
        look = (ArmCommand("filters.set", {"filter": "f"}),)
        li = Asker(Role.CONTROLLER, origin="phone", person="Li")
        with asked_by(li), pytest.raises(StudioError) as told:
            await desk.start((), look)
        assert told.value.code == "denied"
        with pytest.raises(StudioError):
            await desk.run("experiments.start", idea=BY_VIEWER, b=TALL)
        with asked_by(li):
            await desk.start(TALL, TALL)
        assert (desk.trial.right.role, desk.trial.right.person) == (Role.CONTROLLER, "Li")
        desk.at(0)
        await desk.settled()
        ran = [e for e in desk.heard if getattr(e, "origin", "").startswith("experiment:")]
        assert len(ran) == 1
        # Who is taken out leaves nothing behind that acts with their right.
        from studio.core.command import CommandRan

        desk.events.publish(
            CommandRan(command="rights.remove", args={"name": "Li"}, origin="desk", ok=True)
        )
        await desk.settled()
        assert desk.picture.card == "plain"
        assert desk.trial.is_held

    with_desk(tmp_path, work)


@pytest.mark.parametrize("verdict", ["a", "b", "guard", "mismatch"])
def test_a_result_ends_it_and_the_picture_is_as_before(tmp_path: Path, verdict: Any) -> None:
    async def work(desk: Desk) -> None:
        id = await desk.start(TALL, TALL)
        desk.at(0)
        await desk.settled()
        await desk.service._switcher.judged(TrialResult(id=id))
        assert not desk.trial.ended_utc  # open: it goes on
        await desk.service._switcher.judged(TrialResult(id=id, verdict=verdict))
        assert (desk.trial.ended_why, desk.picture.card) == (verdict, "plain")
        ended = [event for event in desk.heard if isinstance(event, ExperimentEnded)]
        assert [(event.experiment, event.why) for event in ended] == [(id, verdict)]

    with_desk(tmp_path, work)


def test_only_pairs_that_were_as_the_coin_said_count(tmp_path: Path) -> None:
    path = analysed(tmp_path, lambda arm, minute: 60.0 if arm == "b" else 50.0, 10)
    began = trial().began_ms
    does = {"a_does": (), "b_does": TALL}
    (person,) = find_results(path, [trial()], began + 20 * SLOT_MS)
    assert (person.pairs, person.spoiled) == (10, 0)
    spoilt = tuple(number for number in range(20) if number not in (3, 8))
    (found,) = find_results(path, [trial(clean=spoilt, **does)], began + 20 * SLOT_MS)
    assert (found.pairs, found.spoiled, found.left_out) == (8, 2, 2)
    (none,) = find_results(path, [trial(**does)], began + 20 * SLOT_MS)
    assert (none.pairs, none.spoiled, none.change) == (0, 10, None)


def test_a_guard_that_gets_worse_is_a_verdict(tmp_path: Path) -> None:
    """What `_judge` acts on: returns rise with B, whatever the clicks do."""
    path = analysed(tmp_path, lambda arm, minute: 55.0, 40)
    import duckdb

    base = duckdb.connect(str(path))
    for minute in range(240):
        turn = slot_at(SECRET, minute * 60_000)
        at = 1000 * trial().began_ms + minute * 60_000_000
        for name, number in (("negative", 30.0 if turn.arm == "b" else 10.0),):
            base.execute("INSERT INTO figures VALUES (1, ?, 'x', ?, ?, 'journal')",
                         [at, name, number])  # fmt: skip
    base.close()
    made = trial(guards=("negative",), clean=tuple(range(80)), b_does=TALL)
    (found,) = find_results(path, [made], trial().began_ms + 80 * SLOT_MS)
    assert found.verdict == "guard"
    assert isinstance(found.guards[0], GuardResult)
