"""Experiments that a person started: turns, results at any look, what is left out."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.state import State
from studio.insight.analysis.base import TABLES, open_analysis
from studio.insight.board import Board
from studio.insight.events import ExperimentSwitched
from studio.insight.experiments import coin, ideas
from studio.insight.trial_commands import TrialCommands
from studio.insight.trials.book import TrialBook
from studio.insight.trials.model import ArmCounts, Trial
from studio.insight.trials.result import find_results
from studio.insight.trials.service import TrialService
from studio.insight.trials.slots import SLOT_MS, slot, slot_at, whole_pairs

BEGAN_MS = 1_790_000_000_000
SECRET = bytes(range(32))
IN_TIME = next(idea for idea in ideas() if idea.unit == "time")
BY_VIEWER = next(idea for idea in ideas() if idea.unit == "viewer")
Rate = Callable[[str, int], float]


def trial(metric: str = "click_rate", **more: Any) -> Trial:
    idea = IN_TIME
    made = Trial(
        id="t1", idea=idea.id, label=idea.label, a=idea.a, b=idea.b, unit="time", metric=metric,
        guards=("return_rate",), secret=SECRET.hex(), began_ms=BEGAN_MS,
    )  # fmt: skip
    return replace(made, **more)


def analysed(folder: Path, clicked: Rate, pairs: int, hours: float = 8.0) -> Path:
    """An analysis with a minute's figures each minute of a time on air."""
    path = folder / "analysis.duckdb"
    base = open_analysis(path)
    base.execute(TABLES)
    began = 1000 * BEGAN_MS
    base.execute(
        "INSERT INTO airings SELECT 1, 'show', ?, ?, 0, 0, 0, 0",
        [began - 60_000_000, began + round(hours * 3600e6)],
    )
    for minute in range(pairs * 6):
        turn, at = slot_at(SECRET, minute * 60_000), began + minute * 60_000_000
        for name, number in (("product_seen", 1000.0), ("clicked", clicked(turn.arm, minute))):
            base.execute("INSERT INTO figures VALUES (1, ?, 'x', ?, ?, 'journal')",
                         [at, name, number])  # fmt: skip
    base.execute("CHECKPOINT")
    base.close()
    return path


def test_turns_are_the_coin_s() -> None:
    first = coin(SECRET, 50)
    for pair in range(50):
        arms = [slot(SECRET, 2 * pair + half).arm for half in (0, 1)]
        assert sorted(arms) == ["a", "b"]
        assert (arms[0] == "b") == first[pair]
    assert slot_at(SECRET, 7 * SLOT_MS + 5).number == 7
    assert len(whole_pairs(SECRET, 6 * SLOT_MS - 1)) == 2, "a pair counts when it is over"
    assert all((a.arm, b.arm) == ("a", "b") for a, b in whole_pairs(SECRET, 20 * SLOT_MS))


def test_a_better_way_is_found_and_the_first_minute_is_not_counted(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)

    def clicked(arm: str, minute: int) -> float:
        is_first = minute % 3 == 0  # of its slot: what came before is still seen
        return 500.0 if is_first else (60 if arm == "b" else 50) * float(rng.lognormal(0, 0.1))

    path = analysed(tmp_path, clicked, 40)
    (found,) = find_results(path, [trial()], BEGAN_MS + 80 * SLOT_MS)
    assert (found.verdict, found.pairs, found.left_out) == ("b", 40, 0)
    assert found.change is not None
    assert 0.1 < found.change < 0.3
    (early,) = find_results(path, [trial()], BEGAN_MS + 4 * SLOT_MS)
    assert (early.verdict, early.pairs) == ("open", 2)


def test_what_was_off_air_or_not_told_is_left_out(tmp_path: Path) -> None:
    path = analysed(tmp_path, lambda arm, minute: 50.0, 10, hours=0.5)
    (found,) = find_results(path, [trial()], BEGAN_MS + 20 * SLOT_MS)
    assert (found.pairs, found.left_out, found.verdict) == (5, 5, "open")
    (found,) = find_results(path, [trial("pay_rate")], BEGAN_MS + 20 * SLOT_MS)
    assert (found.pairs, found.left_out, found.change) == (0, 10, None)


def test_split_by_viewer(tmp_path: Path) -> None:
    def of(*counts: int) -> Any:
        names = ("a_did", "a_of", "b_did", "b_of")
        given = replace(ArmCounts(**dict(zip(names, counts, strict=True))), both=3)
        return find_results(tmp_path / "none", [trial(unit="viewer", counts=given)], 0)[0]

    assert of(50, 400, 90, 400).verdict == "open", "too few say nothing"
    found = of(500, 5000, 700, 5000)
    assert (found.verdict, found.both) == ("b", 3)
    assert found.low > 0
    assert of(510, 5000, 500, 5000).verdict == "open"
    assert of(470, 4700, 700, 5300 * 2).verdict == "mismatch"


def test_visitors_are_counted_by_their_link(tmp_path: Path) -> None:
    path = analysed(tmp_path, lambda arm, minute: 50.0, 1)
    base = open_analysis(path)
    at = 1000 * BEGAN_MS + 1_000_000

    def visit(visitor: str, source: str, order: str = "", at_us: int = at) -> None:
        base.execute("INSERT INTO touches VALUES (?, ?, ?, ?, 0, 'CNY', 1)",
                     [visitor, at_us, source, order])  # fmt: skip

    for number in range(300):
        visit(f"a{number}", "five", "o" if number < 30 else "")
        visit(f"b{number}", "fifteen", "o" if number < 90 else "")
    visit("a1", "five", "o2")  # the same person twice
    for number in range(4):
        visit(f"a{200 + number}", "fifteen", "o")  # came by both
    visit("early", "five", "o", at - 2_000_000)
    visit("other", "elsewhere", "o")
    for viewer, name in ((7, "comments.received"), (7, "insight.sold"), (8, "comments.received")):
        base.execute(
            "INSERT INTO events (entry, airing, at_us, viewer, name, traffic) "
            "VALUES (1, 1, ?, ?, ?, 'five')", [at, viewer, name],
        )  # fmt: skip
    base.close()
    made = trial(unit="viewer", a_source="five", b_source="fifteen")
    (found,) = find_results(path, [made], BEGAN_MS + SLOT_MS)
    counts = found.counts
    assert (counts.a_did, counts.a_of) == (31, 300 - 4 + 2)
    assert (counts.b_did, counts.b_of, counts.both, found.both) == (90, 300, 4, 4)
    assert found.change == pytest.approx(90 / 300 / (31 / 298) - 1)


def test_a_person_starts_and_ends(tmp_path: Path) -> None:
    book = TrialBook(tmp_path / "trials.json")
    made = book.start(IN_TIME.id, "")
    assert made.metric == IN_TIME.step
    assert hashlib.sha256(bytes.fromhex(made.secret)).hexdigest() == made.commitment
    for wrong, code in ((IN_TIME.id, "conflict"), ("nothing", "not_found")):
        with pytest.raises(StudioError) as caught:
            book.start(wrong, "")
        assert caught.value.code == code
    other = book.start(BY_VIEWER.id, "")
    with pytest.raises(StudioError, match="counted from the journal"):
        book.count(made.id, ArmCounts())
    with pytest.raises(StudioError, match="More did it"):
        book.count(other.id, ArmCounts(a_did=2, a_of=1))
    book.count(other.id, ArmCounts(a_did=1, a_of=2, b_did=1, b_of=2))
    for idea, sources in ((IN_TIME.id, ("x", "y")), (BY_VIEWER.id, ("x", "")),
                          (BY_VIEWER.id, ("x", "x"))):  # fmt: skip
        with pytest.raises(StudioError, match="two different sources"):
            book.start(idea, "", sources=sources)
    book.end(made.id)
    with pytest.raises(StudioError, match="is over"):
        book.end(made.id)
    again = TrialBook(tmp_path / "trials.json")
    assert [bool(kept.ended_utc) for kept in again.all] == [True, False]
    assert again.all[1].counts.a_of == 2


def made_service(file: Path, events: Events) -> TrialService:
    state = State(events, lambda call: None)
    return TrialService(file, Bus(events, state), Board(), events, state)


def test_turns_are_told_and_the_coin_only_at_the_end(tmp_path: Path) -> None:
    heard: list[Event] = []

    async def work() -> None:
        events = Events()
        events.on_all(heard.append)
        service = made_service(tmp_path / "t.json", events)
        await service.start()
        commands = service.commands()[0]
        assert isinstance(commands, TrialCommands)
        made = (await commands.start(IN_TIME.id)).result
        service.every[0].job()
        turns = [event for event in heard if isinstance(event, ExperimentSwitched)]
        assert [(turn.experiment, turn.pair) for turn in turns] == [(made["id"], 1)]
        (seen,) = service.view().running
        assert (seen.arm, seen.coin, seen.commitment) == (turns[0].arm, "", made["commitment"])
        listed = (await commands.list_all()).result["experiments"]
        assert "secret" not in listed[0]
        told = (await commands.end(made["id"])).result
        (over,) = service.view().ended
        assert (over.coin, over.arm) == (told["coin"], "")
        assert not service.view().running

    asyncio.run(work())
