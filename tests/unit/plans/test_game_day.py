"""A game day comes at a moment that nobody is told; scores add up by person and team."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.plans.drill_log import all_drills, drill_scores, log_path, note_drill
from studio.plans.drills import armed, service
from studio.plans.drills.armed import AGAIN_MS, ArmedFile, later, with_moment
from studio.plans.drills.model import ArmedGame, DrillRecord, PersonScore
from studio.plans.drills.service import DrillService
from studio.plans.model import Plan, PlanText

NOW_MS = 1_796_000_000_000  # 2026-11-30 00:53 UTC
GAME = ArmedGame(from_day="2026-12-01", to_day="2026-12-05", from_hour=10, to_hour=18, faults=3,
                 seed=7, team="A", has_hints=False, operator="li")  # fmt: skip
DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(armed, "zone_s", lambda at_s: 8 * 3600)


def local_hour(at_ms: int) -> float:
    return ((at_ms + 8 * 3_600_000) % DAY_MS) / 3_600_000


def test_the_moment_lies_in_the_window_and_is_the_seeds() -> None:
    moments = [with_moment(replace(GAME, seed=seed), NOW_MS).at_ms for seed in range(200)]
    assert all(10 <= local_hour(at_ms) < 18 for at_ms in moments)
    days = {(at_ms + 8 * 3_600_000) // DAY_MS for at_ms in moments}
    assert len(days) == 5
    assert len(set(moments)) > 190
    assert with_moment(GAME, NOW_MS) == with_moment(GAME, NOW_MS)
    for wrong in (
        replace(GAME, to_day="2026-11-30"), replace(GAME, from_hour=18),
        replace(GAME, to_day="2027-12-05"), replace(GAME, from_day="2026-13-01"),
        replace(GAME, from_day="2026-11-01", to_day="2026-11-02"),
    ):  # fmt: skip
        with pytest.raises(StudioError):
            with_moment(wrong, NOW_MS)


def test_a_show_on_air_puts_it_off_inside_the_window() -> None:
    game = with_moment(GAME, NOW_MS)
    again = later(game, game.at_ms)
    assert again is not None
    assert again.at_ms >= game.at_ms + AGAIN_MS
    assert 10 <= local_hour(again.at_ms) < 18
    count, last = 0, game
    while (fresh := later(last, last.at_ms)) is not None:
        last, count = fresh, count + 1
        assert count < 400
    assert local_hour(last.at_ms) < 18


def test_it_begins_at_its_moment_and_never_on_air(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    now = [NOW_MS]
    monkeypatch.setattr(service, "utc_ms", lambda: now[0])
    begun: list[tuple[Any, ...]] = []

    async def body() -> None:
        events = Events()
        bus = Bus(events, State(events, lambda work: None))
        room = DrillService(events, bus.state)
        for commands in room.commands():
            bus.add(commands)
        monkeypatch.setattr(room, "begin", lambda *args, **more: begun.append((*args, more)))
        is_on_air = [True]
        monkeypatch.setattr(room, "_is_on_air", lambda: is_on_air[0])
        args = {"from_day": "2026-12-01", "to_day": "2026-12-02", "faults": 2, "seed": 5}
        await bus.run("drills.arm", args)
        kept = ArmedFile().read()
        assert kept is not None
        shown = room.view().armed
        assert shown is not None
        assert (shown.at_ms, shown.seed) == (0, 0)  # nobody is told

        async def look() -> None:
            room._look()
            if room._task is not None:
                await room._task

        await look()
        assert not begun
        now[0] = kept.at_ms
        await look()
        assert not begun
        put_off = ArmedFile().read()
        assert put_off is not None
        assert put_off.at_ms > kept.at_ms
        is_on_air[0], now[0] = False, put_off.at_ms
        await look()
        assert begun == [((), 2, 5, "", {"has_hints": False})]
        assert ArmedFile().read() is None
        await look()
        assert len(begun) == 1
        await bus.run("drills.arm", args)
        await bus.run("drills.disarm", {})
        assert room.view().armed is None

    asyncio.run(body())


def test_a_studio_that_was_off_at_the_moment_begins_none_outside_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    now = [NOW_MS]
    monkeypatch.setattr(service, "utc_ms", lambda: now[0])
    begun: list[int] = []

    async def body() -> None:
        events = Events()
        room = DrillService(events, State(events, lambda work: None))
        monkeypatch.setattr(room, "begin", lambda *args, **more: begun.append(now[0]))

        async def look(at_ms: int) -> ArmedGame | None:
            now[0] = at_ms
            room._look()
            assert room._task is not None
            await room._task
            return ArmedFile().read()

        first_ms = NOW_MS // DAY_MS * DAY_MS + DAY_MS - 8 * 3_600_000  # of its days, midnight here
        room._armed = replace(GAME, at_ms=first_ms + 11 * 3_600_000)
        put_off = await look(first_ms + 23 * 3_600_000)
        assert put_off is not None
        assert local_hour(put_off.at_ms) == pytest.approx(10, abs=0.4)
        assert not begun
        assert await look(NOW_MS + 30 * DAY_MS) is None  # started again a month later
        assert not begun
        assert room.view().armed is None
        room._armed = replace(GAME, to_day="2026-13-45")  # written by somebody
        assert await look(first_ms) is None
        assert room.view().armed is None

    asyncio.run(body())


def test_what_was_disarmed_in_the_last_moment_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    now = [NOW_MS]
    monkeypatch.setattr(service, "utc_ms", lambda: now[0])
    begun: list[int] = []

    async def body() -> None:
        events = Events()
        room = DrillService(events, State(events, lambda work: None))
        monkeypatch.setattr(room, "begin", lambda *args, **more: begun.append(now[0]))
        await room.arm(GAME)
        kept = ArmedFile().read()
        assert kept is not None
        now[0] = kept.at_ms
        disarming = asyncio.get_running_loop().create_task(room.arm(None))
        await asyncio.sleep(0)  # it is at the file
        room._look()
        await disarming
        assert room._task is not None
        await room._task
        assert not begun
        assert ArmedFile().read() is None

    asyncio.run(body())


def test_scores_by_person_and_team() -> None:
    def drill(day: int, team: str, recovered_s: float | None, *people: PersonScore) -> DrillRecord:
        at_utc = f"2026-11-{day:02d}T04:00:00.000Z"
        return DrillRecord(
            "p", "d", at_utc, recovered_s is not None, recovered_s=recovered_s, team=team,
            people=people, tasks=2, asks=1,
        )  # fmt: skip

    li, zhang = (PersonScore(who=who, accepted=1, answered=1, first_s=s)
                 for who, s in (("li", 9.0), ("zhang", 4.0)))  # fmt: skip
    scores = drill_scores([
        drill(1, "A", 12.0, li), drill(1, "A", None, li, zhang),
        drill(8, "A", 6.0, replace(li, first_s=3.0, wrong=1)), drill(9, "", 5.0),
    ])  # fmt: skip
    assert [(row.who, row.drills, row.wrong) for row in scores.people] == [
        ("zhang", 1, 0), ("li", 3, 1)
    ]  # fmt: skip
    assert scores.people[1].first_s == 9.0
    assert (scores.people[1].accepted, scores.people[1].tasks, scores.people[1].asks) == (3, 6, 3)
    (team,) = scores.teams
    assert [(day.drills, day.passed, day.recovered_s) for day in team.days] == [
        (2, 1, 12.0), (1, 1, 6.0)
    ]  # fmt: skip
    assert scores.last[0].team == ""


def test_a_drill_is_noted_beside_lines_that_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    plan = Plan("p", PlanText("", ""), PlanText("", ""))
    note_drill(plan, True, people=(PersonScore(who="li"),))
    assert sys.platform == "win32" or not log_path().stat().st_mode & 0o077
    whole = log_path().read_text(encoding="utf-8")
    strange = whole.replace('"at_utc":"20', '"at_utc":"?20')
    log_path().write_text(whole + strange + whole[:30], encoding="utf-8")  # the power went
    note_drill(plan, False)
    records = all_drills()
    assert [record.passed for record in records] == [True, False]
    assert drill_scores(records).people[0].who == "li"
