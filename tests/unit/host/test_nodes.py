"""The seven nodes: due by the show's start, ticked by the state, or by hand with a name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.host.node_commands import NodeCommands
from studio.host.nodes.checks import calendar, due_of, nodes_view
from studio.host.nodes.model import NODE_IDS, NodeMark
from studio.host.nodes.service import NodeService
from studio.host.rundown.model import ItemTimes, RundownItem, RundownPart, RundownPhase, RundownRun
from studio.host.script.model import ProductScriptView
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState

START = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
PART = RundownPart(
    "2026-12-03T12:00:00.000Z", "Asia/Shanghai",
    (RundownPhase("p", items=(RundownItem("a", "Hat", seconds=3600),)),),
)  # fmt: skip
HAT = Product("hat", 1, "Hat", 9900, stock=4, photo="hat.png", points=("warm",), category="hats")
SCRIPT = ProductScriptView("hat", "Hat", "young", "", "", stars=3)


def states(now: datetime, **more: object) -> dict[str, str]:
    given = {"products": (HAT,), "scripts": {"hat": SCRIPT}, "run": RundownRun(), "marks": ()}
    given |= more
    view = nodes_view(PART, given["run"], given["products"], given["scripts"], given["marks"], now)  # type: ignore[arg-type]
    return {node.id: node.state for node in view.nodes}


def test_due_times_go_by_start_and_end() -> None:
    hours = {
        node: (due - START) / timedelta(hours=1)
        for node in NODE_IDS
        if (due := due_of(node, PART, RundownRun())) is not None
    }
    assert hours == {
        "goods": -72, "script": -24, "pace": 1, "figures": 3, "clips": 25, "groups": 49,
        "review": 169,
    }  # fmt: skip
    late = RundownRun(
        "ended", times={"a": ItemTimes("2026-12-03T12:00:00Z", "2026-12-03T15:00:00Z")}
    )
    assert due_of("figures", PART, late) == START + timedelta(hours=5)
    assert due_of("goods", RundownPart(), RundownRun()) is None


def test_the_state_ticks_goods_script_and_pace() -> None:
    before = START - timedelta(days=5)
    assert states(before)["goods"] == states(before)["script"] == "done"
    bare = Product("cap", 2, "Cap", 0)
    assert states(before, products=(HAT, bare))["goods"] == "open"
    assert states(START - timedelta(days=3, hours=2), products=(bare,))["goods"] == "due"
    assert states(START, products=(bare,))["goods"] == "late"
    assert states(START, products=())["goods"] == "late"
    few = ProductScriptView("hat", "Hat", "young", "", "", stars=2)
    stale = ProductScriptView("hat", "Hat", "young", "", "", stars=4, stale=1)
    for missing in ({}, {"hat": few}, {"hat": stale}):
        assert states(before, scripts=missing)["script"] == "open"
    assert states(START, run=RundownRun("ended"))["pace"] == "done"
    assert states(START, run=RundownRun("running"))["pace"] == "due"


def test_what_is_missing_is_named_in_both_languages() -> None:
    bare = Product("cap", 2, "Cap", 0)
    view = nodes_view(PART, RundownRun(), (HAT, bare), {}, (), START)
    zh, en = view.nodes[0].proof
    assert "Cap" in zh
    assert "photo" in en
    assert all(all(node.label) and all(node.proof) for node in view.nodes)


def room() -> NodeService:
    class Rundown:
        part, run = PART, RundownRun()

    class Scripts:
        def script_views(self) -> dict[str, ProductScriptView]:
            return {HAT.id: SCRIPT}

    events = Events()
    catalogue = Catalogue()
    catalogue.load(ShopState(products=(HAT,)))
    return NodeService(Rundown(), catalogue, Scripts(), State(events, lambda call: None))


def test_by_hand_only_with_a_name_and_taken_back() -> None:
    service = room()
    commands = NodeCommands(service)
    done = commands.tick("figures", " Li ")
    assert done.undo == ("nodes.untick", {"node": "figures"})
    assert service.mark("figures").ticked_by == "Li"
    assert service.mark("figures").ticked_utc
    assert commands.untick("figures").undo == ("nodes.tick", {"node": "figures", "by": "Li"})
    assert commands.untick("figures").undo is None
    commands.owner("figures", "Wang")
    assert next(node for node in service.view().nodes if node.id == "figures").owner == "Wang"
    events = Events()
    bus = Bus(events, State(events, lambda call: None))
    bus.add(commands)
    with pytest.raises(StudioError):
        asyncio.run(bus.run("nodes.tick", {"node": "figures", "by": "  "}))


def test_scripts_are_asked_for_once_however_many_goods_there_are() -> None:
    """A sale changes the shop, and each time all goods are looked at on the engine's loop."""

    class Rundown:
        part, run = PART, RundownRun()

    class Scripts:
        asked = 0

        def script_views(self) -> dict[str, ProductScriptView]:
            self.asked += 1
            return {}

    catalogue, scripts = Catalogue(), Scripts()
    goods = tuple(Product(f"p{number}", number, f"P {number}", 100) for number in range(1, 51))
    catalogue.load(ShopState(products=goods))
    service = NodeService(Rundown(), catalogue, scripts, State(Events(), lambda call: None))
    service._look()
    assert scripts.asked == 1
    assert service.view().nodes


def test_a_calendar_has_what_is_not_done() -> None:
    marks = (NodeMark("review", owner="李; 雷"),)
    view = nodes_view(PART, RundownRun(), (HAT,), {"hat": SCRIPT}, marks, START - timedelta(days=5))
    text = calendar(view, "zh", "双十二")
    assert text.count("BEGIN:VEVENT") == 5
    assert "DTSTART:20261203T150000Z" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "李\\; 雷" in text.replace("\r\n ", "")
    with pytest.raises(StudioError) as refused:
        calendar(nodes_view(RundownPart(), RundownRun(), (), {}, (), START), "zh", "x")
    assert refused.value.key == "nodes.no_start"
