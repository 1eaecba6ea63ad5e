"""A run for each subject, undone with one key, held and skipped, gone on with after a kill."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import replace as with_values

import msgspec
import pytest
from msgspec.structs import replace

import studio.plans.steps as steps_module
from studio.core.clock import now_ns
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.plans.air import PlanAir
from studio.plans.files import read_plans
from studio.plans.incident_store import KEPT_DAYS, IncidentStore
from studio.plans.missed import MissedCauses
from studio.plans.model import (
    Ask,
    Incident,
    Plan,
    RunCommand,
    StartPlan,
    TakeBack,
    Tell,
    TriggerSpec,
    UndoCommand,
    UndoSteps,
    WaitWell,
)
from studio.plans.probe import EventLog
from studio.plans.resume import joined
from studio.plans.run_file import RunFile
from studio.plans.runs import KeptRuns
from studio.plans.triggers.base import Cause
from studio.shop.events import ProductChanged
from studio.show.file import demo_show
from studio.sources.health import Health
from tests.unit.plans.test_plans import SAVE, House, W, within

DIM = RunCommand("lamp.set", {"on": True, "name": "desk"})


class Lamp:
    """Something of the studio that a plan changes and a person too."""

    def __init__(self) -> None:
        self.is_on = False

    @command("lamp.set", role=Role.CONTROLLER, label=("灯", "Lamp"), help=("灯", "Lamp"))
    def set(self, on: bool, name: str = "") -> Changed:
        was, self.is_on = self.is_on, on
        return changed(undo=("lamp.set", {"on": was, "name": name}))

    @command("lamp.break", role=Role.CONTROLLER, label=("灯", "Lamp"), help=("灯", "Lamp"))
    def break_(self) -> Changed:
        raise StudioError("failed", "plans.no_plan", plan="lamp", known="")


class Kept(RunFile):
    """Remembers everything that was written, in the order of the steps."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    async def write(self, runs: KeptRuns) -> bool:
        self.written.append(msgspec.json.encode(runs))
        return True

    def remove(self) -> None:
        pass


def with_lamp(house: House) -> Lamp:
    lamp = Lamp()
    house.bus.add(lamp)
    return lamp


def lines(house: House, number: int = 0) -> str:
    return " | ".join(m.text.en for m in house.plans.incidents[number].timeline)


# -- one run a subject -----------------------------------------------------------------------


def test_a_second_camera_is_seen_while_the_first_ones_plan_runs():
    async def body(house):
        house.scenes.take("双机")
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        house.health["second"] = Health("frozen")
        await house.until(lambda: len(house.plans.runs) == 2)
        house.health["cam"] = Health("ok")
        await house.until(lambda: len(house.plans.runs) == 1)
        # The scene from before would show a frozen camera: standby stays.
        assert house.on_air == "垫片"
        house.health["second"] = Health("ok")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "双机"
        assert {incident.subject for incident in house.plans.incidents} == {"cam", "second"}
        assert all(incident.state == "saved" for incident in house.plans.incidents)

    within(body, SAVE)


def test_return_never_takes_a_camera_that_is_lost():
    """The second one is lost in the moment between the evidence and the way back."""
    plan = replace(SAVE, recover=(WaitWell(), TakeBack()), cooldown_s=0.0)

    async def body(house):
        house.scenes.take("双机")
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        house.plans.enabled.clear()  # nobody starts a second run
        house.health["second"] = Health("lost")
        house.health["cam"] = Health("ok")
        await house.until(lambda: "Not back yet" in lines(house))
        assert house.on_air == "垫片"
        house.health["second"] = Health("ok")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "双机"

    within(body, plan)


def test_of_two_plans_the_graver_has_the_picture_and_the_other_waits():
    calm = Plan(
        "calm", W, W, level="green", trigger=TriggerSpec("source_health", {"states": ["frozen"]}),
        steps=(RunCommand("scenes.take", {"scene": "特写"}),), recover=(TakeBack(),), well_ms=0,
    )  # fmt: skip
    grave = replace(
        calm, id="grave", level="red", steps=(RunCommand("scenes.standby"),),
        trigger=TriggerSpec("source_health", {"states": ["lost"]}),
    )  # fmt: skip

    async def body(house):
        house.scenes.take("双机")
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        house.health["second"] = Health("frozen")
        await house.until(lambda: "goes first" in lines(house))
        assert house.on_air == "垫片"
        house.health["second"] = Health("ok")
        await house.until(lambda: len(house.plans.runs) == 1)
        assert "no take is needed" in lines(house)
        house.health["cam"] = Health("ok")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "双机"

    within(body, calm, grave)


# -- undo ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["abort", "undo", "ended"])
def test_one_key_takes_back_all_that_a_plan_did(how):
    ask = () if how == "ended" else (Ask("controller", W, ("yes",), within_s=30),)
    plan = Plan("dim", W, W, steps=(DIM, RunCommand("scenes.standby"), *ask))

    async def body(house):
        lamp = with_lamp(house)
        house.commands.run("dim")
        if how == "ended":
            await house.until(lambda: not house.plans.runs)
        else:
            await house.until(lambda: house.plans.questions)
        assert (lamp.is_on, house.on_air) == (True, "垫片")
        (house.commands.abort if how == "abort" else house.commands.undo)()
        await house.until(lambda: house.plans.incidents[0].is_undone)
        assert (lamp.is_on, house.on_air) == (False, "主播")
        with pytest.raises(StudioError, match="nothing"):
            house.commands.undo()

    within(body, plan)


def test_stop_leaves_it_where_it_is():
    plan = Plan("dim", W, W, steps=(RunCommand("scenes.standby"), WaitWell(), Ask("owner", W, ())))

    async def body(house):
        house.commands.run("dim")
        await house.until(lambda: house.plans.questions)
        house.commands.stop("dim")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "垫片"
        house.commands.undo("dim")
        await house.until(lambda: house.on_air == "主播")

    within(body, plan)


def test_what_a_person_has_done_since_is_not_undone():
    plan = Plan("dim", W, W, steps=(DIM, Ask("controller", W, ("yes",), within_s=30)))

    async def body(house):
        lamp = with_lamp(house)
        house.commands.run("dim")
        await house.until(lambda: house.plans.questions)
        await house.bus.run("lamp.set", {"on": True, "name": "desk"}, origin="desk")
        house.commands.abort("dim")
        await house.until(lambda: not house.plans.runs)
        assert lamp.is_on

    within(body, plan)


def test_a_step_that_cannot_be_undone_is_told_and_the_rest_is():
    broken = RunCommand("lamp.set", {"on": True}, undo=UndoCommand("lamp.gone"))
    plan = Plan("dim", W, W, steps=(RunCommand("scenes.standby"), broken, Ask("owner", W, ())))

    async def body(house):
        with_lamp(house)
        house.commands.run("dim")
        await house.until(lambda: house.plans.questions)
        [run] = house.plans.runs
        run.undo[:] = [replace(run.undo[0], command="lamp.gone")]
        house.commands.abort()
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "主播"
        assert not house.plans.incidents[0].is_undone
        assert "Not all" in lines(house)

    within(body, plan)


def test_five_hundred_aborts_at_random_leave_everything_as_it_was():
    plan = replace(
        SAVE, steps=(DIM, RunCommand("scenes.standby"), Tell("streamer", W), WaitWell()),
        recover=(TakeBack(), Tell("streamer", W)), well_ms=0,
    )  # fmt: skip
    rng = random.Random(7)

    async def body(house):
        lamp = with_lamp(house)
        house.watch.cancel()
        for _ in range(500):
            house.health["cam"] = Health("lost")
            house.plans.watch()
            for _ in range(rng.randrange(12)):
                await asyncio.sleep(0)
            if rng.random() < 0.3:
                house.health["cam"] = Health("ok")
            with suppress(StudioError):
                house.commands.abort()
            await house.until(lambda: not house.plans.runs)
            house.health["cam"] = Health("ok")
            assert (lamp.is_on, house.on_air) == (False, "主播")
            assert not house.plans.worker.air.holds

    within(body, plan)


# -- hold, skip, a take by hand -----------------------------------------------------------------


def test_a_run_is_held_before_its_next_step_and_a_step_can_be_passed_over():
    asks = (Ask("controller", W, ("yes",), within_s=30), RunCommand("scenes.standby"))
    plan = Plan("dim", W, W, steps=(*asks, Tell("owner", W)))

    async def body(house):
        house.commands.run("dim")
        await house.until(lambda: house.plans.questions)
        house.commands.hold("dim")
        house.commands.skip("dim")
        await house.until(lambda: house.commands.view().runs[0].step == 2)
        view = house.commands.view().runs[0]
        assert view.held
        assert view.steps == 3
        assert house.on_air == "主播"
        house.commands.skip("dim")
        await house.until(lambda: house.commands.view().runs[0].step == 3)
        house.commands.hold("dim", on=False)
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "主播"
        assert house.plans.told

    within(body, plan)


def test_a_take_during_any_step_stands(monkeypatch):
    plan = replace(
        SAVE, steps=(Tell("streamer", W), RunCommand("scenes.standby"), Tell("owner", W)),
        recover=(Tell("owner", W), TakeBack(), RunCommand("scenes.take", {"scene": "主播"})),
        well_ms=0,
    )  # fmt: skip
    rng = random.Random(3)
    monkeypatch.setattr(steps_module, "JUDGE_S", 0.005)

    async def body(house):
        house.watch.cancel()
        for _ in range(200):
            house.scenes.take("主播")
            house.health["cam"] = Health("lost")
            house.plans.watch()
            for _ in range(rng.randrange(10)):
                await asyncio.sleep(0)
            if rng.random() < 0.5:
                house.health["cam"] = Health("ok")
            is_in_time = bool(house.plans.runs)
            await house.bus.run("scenes.take", {"scene": "特写"}, origin="desk")
            house.health["cam"] = Health("ok")
            await house.until(lambda: not house.plans.runs)
            assert house.on_air == "特写"
            assert not is_in_time or "A person took" in lines(house)

    within(body, plan)


def test_after_an_answer_the_picture_is_the_plans_again():
    ask = Ask("controller", W, ("yes",), within_s=30)
    plan = Plan("ask", W, W, steps=(ask, RunCommand("scenes.standby")))

    async def body(house):
        incident = house.commands.run("ask").result["incident"]
        await house.until(lambda: house.plans.questions)
        await house.bus.run("scenes.take", {"scene": "特写"}, origin="desk")
        house.commands.answer(incident, "yes")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "垫片"

    within(body, plan)


# -- over a kill ------------------------------------------------------------------------------


def killed_at_each_step(plan: Plan) -> list[tuple[bytes, str, bool]]:
    """What stood on the disk at each write, with the picture and the lamp of that moment."""
    moments: list[tuple[bytes, str, bool]] = []

    async def run():
        file = Kept()
        house = House(plan, file=file)
        lamp = with_lamp(house)
        write = file.write

        async def noted(runs):
            moments.append((msgspec.json.encode(runs), house.on_air, lamp.is_on))
            await asyncio.sleep(0)
            return await write(runs)

        file.write = noted
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.plans.runs and house.plans.runs[0].phase == "watch")
        house.health["cam"] = Health("ok")
        await house.until(lambda: not house.plans.runs)
        house.watch.cancel()
        await house.plans.stop()

    asyncio.run(run())
    return [moment for moment in moments if msgspec.json.decode(moment[0])["runs"]]


FULL = replace(
    SAVE,
    steps=(
        Tell("owner", W),
        RunCommand("lamp.set", {"on": True}, undo=UndoCommand("lamp.set", {"on": False})),
        RunCommand("scenes.standby"),
        Tell("streamer", W),
    ),
    recover=(RunCommand("lamp.set", {"on": False}), TakeBack(), Tell("streamer", W)),
    well_ms=0,
)


@pytest.mark.parametrize("end", ["goes on", "undone"])
@pytest.mark.parametrize("done", [False, True], ids=["before the step", "after it"])
def test_a_run_of_a_killed_engine_goes_on_or_is_undone(end, done):
    """Killed before each step, and after its command but before that was written."""
    moments = killed_at_each_step(FULL)
    assert len(moments) >= 8
    for number, (text, on_air, is_on) in enumerate(moments):
        later = moments[min(number + 1, len(moments) - 1)]

        async def body(house, text=text, now=(later if done else (text, on_air, is_on))):
            house.watch.cancel()
            lamp = with_lamp(house)
            lamp.is_on = now[2]
            house.scenes.take(now[1])
            if end == "undone":
                house.plans.load([replace(FULL, well_ms=1)], None)
            house.plans.recall([], msgspec.json.decode(text, type=KeptRuns))
            house.health["cam"] = Health("ok")
            await house.until(lambda: not house.plans.runs)
            assert (lamp.is_on, house.on_air) == (False, "主播"), text
            assert house.plans.incidents[0].state == ("saved" if end == "goes on" else "aborted")
            assert "restarted" in lines(house)

        within(body, FULL)


def test_a_kill_on_the_way_back_leaves_nobody_on_standby():
    """The scene from before is on air again, which was not written: it is no take of the plan."""
    moments = killed_at_each_step(replace(FULL, recover=(TakeBack(),)))
    [text] = [text for text, _, _ in moments if b'"phase":"recover"' in text][:1]
    for plan in (FULL, replace(FULL, well_ms=1)):

        async def body(house, plan=plan):
            house.watch.cancel()
            with_lamp(house)
            house.plans.load([plan], None)
            house.plans.recall([], msgspec.json.decode(text, type=KeptRuns))
            await house.until(lambda: not house.plans.runs)
            assert house.on_air == "主播"

        within(body, FULL)


def test_what_takes_a_step_back_is_known_as_soon_as_what_it_changed_is_kept():
    """Killed while the checkpoint is written, with what a command changed and no step after it."""
    plan = Plan("dim", W, W, steps=(DIM, RunCommand("scenes.standby"), Tell("owner", W)))

    async def body(house):
        lamp, file = with_lamp(house), Kept()
        house.plans._file = file
        kept = []

        async def checkpoint(done):
            assert "plans" in done.parts
            kept.append(house.plans.kept())

        house.bus.after(checkpoint)
        house.commands.run("dim")
        await house.until(lambda: not house.plans.runs)
        for number, written in enumerate(file.written[:2]):
            before = msgspec.json.decode(written, type=KeptRuns)
            runs = joined(before, kept[number])
            assert [entry.command for entry in runs.runs[0].undo] == ["lamp.set"]
            assert joined(before, KeptRuns()) == before
            assert joined(None, before) == before
        assert lamp.is_on

    within(body, plan)


def slow_to_keep(house: House) -> asyncio.Event:
    """Commands are answered when the disk has them: which is held up until the event."""
    kept = asyncio.Event()

    async def keep(done):
        await kept.wait()

    house.bus.after(keep)
    return kept


def test_an_abort_while_a_take_is_being_kept_takes_it_back():
    async def body(house):
        kept = slow_to_keep(house)
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        house.watch.cancel()
        house.commands.abort()
        kept.set()
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "主播"
        assert house.plans.incidents[0].is_undone

    within(body, SAVE)


def test_a_take_by_hand_that_is_still_being_kept_stands():
    """Everybody sees it already, and the plans are told of it a moment later."""
    plan = replace(SAVE, steps=(Tell("owner", W), RunCommand("scenes.standby")))

    async def body(house):
        house.watch.cancel()
        house.health["cam"] = Health("lost")
        house.plans.watch()
        kept = slow_to_keep(house)
        hand = asyncio.ensure_future(house.bus.run("scenes.take", {"scene": "特写"}, origin="desk"))
        await house.until(lambda: house.plans.told)
        kept.set()
        await hand
        house.health["cam"] = Health("ok")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "特写"
        assert "A person" in lines(house)

    within(body, plan)


def test_what_comes_while_a_plan_rests_is_told_when_it_has_rested():
    """The price changes again right after the plan was over; its event is soon too old to count."""
    plan = Plan(
        "price", W, W, steps=(Tell("streamer", W),), well_ms=0, cooldown_s=0.9,
        trigger=TriggerSpec("event", {
            "name": "shop.product_changed", "field": "fields", "values": ["price_cents"],
            "subject": "product", "within_s": 0.5, "quiet_s": 1.2}),
    )  # fmt: skip

    async def body(house):
        log = EventLog()
        house.look = lambda: with_values(House.look(house), heard=log)
        house.plans._look = house.plans.worker._look = house.look

        def change() -> None:
            log.add(ProductChanged(product="hat", fields=["price_cents"]), now_ns())

        change()
        await house.until(lambda: len(house.plans.incidents) == 1 and not house.plans.runs)
        change()
        await house.until(lambda: len(house.plans.incidents) == 2)

    within(body, plan)


def test_what_is_over_when_the_plan_has_rested_starts_nothing():
    missed, cause = MissedCauses(), Cause("hat", W)
    key = ("price", "hat")
    seen = {"hat": cause}
    rests = {key: True}

    def judged(causes, is_well=False):
        return missed.with_missed("price", causes, lambda key: rests[key], lambda subject: is_well)

    missed.ended(key, is_seen=True)
    judged(seen)  # a person stopped the plan: what it was about is nothing new
    rests[key] = False
    assert judged({}) == {}
    missed.ended(key, is_seen=False)
    rests[key] = True
    judged(seen)
    rests[key] = False
    assert judged({}, is_well=True) == {}
    rests[key] = True
    judged(seen)
    rests[key] = False
    assert judged({}) == seen
    assert judged({}) == {}


def test_a_question_keeps_its_time_over_a_kill():
    ask = Ask("controller", W, ("yes",), within_s=0.6, otherwise="stop")
    plan = Plan("ask", W, W, steps=(ask,))
    file = Kept()

    async def first():
        house = House(plan, file=file)
        house.commands.run("ask")
        await house.until(lambda: house.plans.questions)
        house.watch.cancel()
        house.plans.runs[0].task.cancel()
        await asyncio.sleep(0.4)

    asyncio.run(first())
    kept = next(text for text in file.written if b'"runs":[{' in text)

    async def body(house):
        loop = asyncio.get_running_loop()
        began = loop.time()
        house.plans.recall([], msgspec.json.decode(kept, type=KeptRuns))
        await house.until(lambda: not house.plans.runs)
        assert loop.time() - began < 0.4
        assert house.plans.incidents[0].state == "aborted"

    within(body, plan)


def test_a_disk_that_will_not_write_holds_up_no_plan(monkeypatch):
    import studio.plans.run_file as module

    monkeypatch.setattr(module, "tell_trouble", lambda *args, **params: None)

    class Stalled(RunFile):
        def _write(self, number, text):
            time.sleep(module.WAIT_S * 2)
            return False

    async def run():
        house = House(SAVE, file=Stalled())
        house.health["cam"] = Health("lost")
        try:
            async with asyncio.timeout(2):
                while house.on_air != "垫片":
                    await asyncio.sleep(0.01)
        finally:
            house.watch.cancel()
            await house.plans.stop()

    asyncio.run(run())


# -- rights -----------------------------------------------------------------------------------


def test_a_plan_gets_no_more_than_the_role_it_states():
    plan = Plan("low", W, W, role="streamer", steps=(RunCommand("scenes.standby"),))

    async def body(house):
        house.commands.run("low")
        await house.until(lambda: not house.plans.runs)
        assert house.plans.incidents[0].state == "failed"
        assert "needs the role" in lines(house)
        assert house.on_air == "主播"

    within(body, plan)


# -- what is kept -------------------------------------------------------------------------------


def test_incidents_are_kept_three_years_in_a_file_of_their_own(tmp_path):
    async def run():
        store = IncidentStore(tmp_path / "deep" / "incidents.db")
        for number in range(120):
            when = f"2999-01-01T00:{number // 60:02}:{number % 60:02}.000Z"
            store.put(Incident(f"i{number}", "save", W, W, when, "trigger", "saved"))
        store.put(Incident("old", "save", W, W, "2001-01-01T00:00:00.000Z", "trigger", "saved"))
        store.put(Incident("drill", "save", W, W, "2999-01-01T00:00:00.000Z", "x", is_drill=True))
        await store.flush()
        assert store.a_month(["save"]) == pytest.approx(40)
        assert store.a_month(["other"]) == 0
        assert len(await store.recent(500)) == 122
        await store.close()
        again = IncidentStore(tmp_path / "deep" / "incidents.db")
        assert len(await again.begin(50)) == 50
        kept = await again.recent(500)
        assert "old" not in {incident.id for incident in kept}
        assert [i.id for i in kept[:2]] == ["i119", "i118"]
        assert (await again.recent(5, kept[1].began_utc))[0].id == "i117"
        assert (await again.find("i7")).plan == "save"
        assert again.a_month(["save"]) == pytest.approx(40)
        await again.close()
        assert KEPT_DAYS >= 3 * 365

    asyncio.run(run())


def test_a_store_that_cannot_be_written_fails_nothing(tmp_path):
    async def run():
        (tmp_path / "file").write_text("", encoding="utf-8")
        store = IncidentStore(tmp_path / "file" / "incidents.db")
        store.put(Incident("a", "save", W, W, "2999-01-01T00:00:00.000Z", "trigger"))
        await store.flush()
        assert await store.begin(5) == []
        await store.close()

    asyncio.run(run())


def test_whoever_is_on_top_of_the_picture_goes_back_to_the_one_below():
    air = PlanAir()
    air.took("a", {"l": "host"}, {"l": "standby"}, aimed=True)
    air.took("b", {"l": "standby"}, {"l": "close"}, aimed=True)
    assert air.home({"l": "close"}) == {"l": "host"}
    assert air.way_back("a", {"l": "close"}) == []
    assert air.way_back("b", {"l": "close"}) == [("l", "standby")]
    air.release("a")
    assert air.way_back("b", {"l": "close"}) == [("l", "host")]
    # Somebody took another scene past the bus: it is theirs.
    assert air.way_back("b", {"l": "other"}) == []
    air.forget()
    assert air.home({"l": "close"}) is None


def test_the_shipped_plans_say_how_each_change_is_undone():
    """What cannot be known before a step is said by the plan: a kill in it loses nothing."""
    for plan in read_plans(demo_show())[0]:
        for step in plan.steps:
            if isinstance(step, RunCommand) and not step.command.startswith("scenes."):
                # Moments; and which card stood is known to the command alone.
                is_moment = step.command in ("outputs.retry", "comments.unpin", "shop.card_off")
                assert step.undo is not None or is_moment, (plan.id, step.command)


def test_a_plan_starts_another_and_can_take_its_own_steps_back():
    first = replace(SAVE, steps=(DIM, StartPlan("second"), UndoSteps(), StartPlan("gone")))
    second = Plan("second", W, W, steps=(Tell("owner", W), RunCommand("scenes.standby")))

    async def body(house):
        lamp = with_lamp(house)
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        assert not lamp.is_on
        assert house.plans.told[0].text.en == "en cam"
        await house.until(lambda: "no plan" in lines(house, 1))
        assert house.plans.incidents[0].subject == "cam"

    within(body, first, second)


@pytest.mark.parametrize("keys", [1, 2])
def test_a_stream_is_ended_by_two_people_or_not_at_all(keys):
    class Outputs:
        def __init__(self) -> None:
            self.ended: list[str] = []

        @command("outputs.stop", label=("停", "Stop"), help=("停", "Stop"), needs_confirm=True)
        def stop(self, name: str) -> None:
            self.ended.append(name)

    ask = Ask("controller", W, ("yes", "stop"), 30, "stop", keys)
    plan = Plan("end", W, W, steps=(ask, RunCommand("outputs.stop", {"name": "far"})))

    async def body(house):
        outputs = Outputs()
        house.bus.add(outputs, house.commands)
        incident = house.commands.run("end").result["incident"]
        await house.until(lambda: house.plans.questions)
        args = {"incident": incident, "option": "yes"}
        await house.bus.run("plans.answer", args, origin="desk 1")
        if keys == 2:
            await house.bus.run("plans.answer", args, origin="desk 1")  # the same one again
            assert house.plans.questions
            await house.bus.run("plans.answer", args, origin="phone")
        await house.until(lambda: not house.plans.runs)
        assert outputs.ended == (["far"] if keys == 2 else [])
        assert house.plans.incidents[0].state == ("saved" if keys == 2 else "failed")

    within(body, plan)


def test_an_answer_counts_once_from_wherever_it_comes():
    """In the first moment, twice, from two desks, and when the time is just over."""
    ask = Ask("controller", W, ("yes", "no"), within_s=0.15, otherwise="no")
    plan = Plan("ask", W, W, steps=(ask, RunCommand("scenes.standby")))

    async def body(house):
        for late in (0.0, 0.0, 0.14, 0.2):
            incident = house.commands.run("ask").result["incident"]
            await house.until(lambda: house.plans.questions)
            await asyncio.sleep(late)
            counted = 0
            for _ in range(2):
                with suppress(StudioError):
                    house.commands.answer(incident, "yes")
                    counted += 1
            await house.until(lambda: not house.plans.runs)
            said = [m.text.en for m in house.plans.incidents[0].timeline if "→" in m.text.en]
            assert counted <= 1
            assert said == [f"en  → {'yes' if counted else 'no'}"]

    within(body, plan)
