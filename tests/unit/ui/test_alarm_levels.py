"""What is heard: each trouble once, by severity, and never where the programme could hear it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from studio.host.guard.model import GuardView
from studio.insight.model import BoardAlarm, InsightView, LabelPair
from studio.plans.model import AskView, IncidentView, PlansView, PlanView, ToldView
from studio.sender.model import OutputState, OutputStatus
from studio.shop.orders.model import OrdersView
from studio.shop.stock.model import Shortfall
from studio.sources.model import Health, SourceView, may_hear
from ui import client as link
from ui.models.air_state import Air, AirState
from ui.models.alarm_levels import gravest, listeners, standing_alarms


class Known:
    """What a store knows, of which a test sets what it needs."""

    def __init__(self) -> None:
        self.outputs: tuple[OutputStatus, ...] = ()
        self.sources: tuple[SourceView, ...] = ()
        self.plans, self.insight, self.orders = PlansView(), InsightView(), OrdersView()
        self.guard = GuardView()
        self.air_state, self.is_busy = AirState(Air.OFF), False


@pytest.fixture
def store() -> Any:
    return Known()


def test_nothing_is_heard_while_all_is_well(store: Any) -> None:
    store.sources = (SourceView("cam", health=Health("ok")),)
    store.outputs = (OutputStatus(name="a", kind="rtmp", state=OutputState.LIVE),)
    assert standing_alarms(store, link.LIVE) == {}


def test_a_lost_line_is_red_and_an_engine_that_is_gone_too_while_something_goes_out(
    store: Any,
) -> None:
    store.air_state = AirState(Air.LOST, 3.0)
    assert standing_alarms(store, link.LIVE) == {"air": "red"}
    assert standing_alarms(store, link.SILENT) == {"link": "amber"}
    store.is_busy = True
    assert standing_alarms(store, link.LOST) == {"link": "red"}


@pytest.mark.parametrize("state", ["lost", "frozen", "missing", "black"])
def test_a_broken_source_is_amber(store: Any, state: str) -> None:
    store.sources = (SourceView("cam", health=Health(state)), SourceView("mic", health=Health()))
    assert standing_alarms(store, link.LIVE) == {"source/cam": "amber"}


@pytest.mark.parametrize("state", [OutputState.REFUSED, OutputState.FAILED])
def test_a_broken_output_is_amber(store: Any, state: OutputState) -> None:
    store.outputs = (OutputStatus(name="a", kind="rtmp", state=state),)
    assert standing_alarms(store, link.LIVE) == {"output/a": "amber"}


def test_plans_are_as_grave_as_they_say_and_their_questions_are_never_a_note(store: Any) -> None:
    plans = tuple(PlanView(level, level=level) for level in ("green", "amber", "red"))
    incidents = tuple(IncidentView(f"i-{p.id}", p.id, state="running") for p in plans)
    over = IncidentView("done", "red", state="saved")
    asks = tuple(AskView(incident.id, until_utc="12") for incident in incidents)
    store.plans = PlansView(plans=plans, incidents=(*incidents, over), asks=asks)
    found = standing_alarms(store, link.LIVE)
    assert found == {
        "incident/i-green": "note", "incident/i-amber": "amber", "incident/i-red": "red",
        "ask/i-green/12": "amber", "ask/i-amber/12": "amber", "ask/i-red/12": "red",
    }  # fmt: skip
    store.plans = PlansView(told=(ToldView("1", "streamer", ("停", "Stop"), "red"),))
    assert standing_alarms(store, link.LIVE) == {"told/1/Stop": "red"}


def test_figures_and_owed_pieces_are_notes(store: Any) -> None:
    alarm = BoardAlarm("v", "viewers", LabelPair(), "", 1.0, 2.0, "", "")
    store.insight = InsightView(alarms=(alarm, replace(alarm, id="w", state="snoozed")))
    store.orders = OrdersView(short=(Shortfall("order 7", "hat", "main", 2),))
    assert standing_alarms(store, link.LIVE) == {"figure/v": "note", "owed/order 7/hat": "note"}


def test_the_gravest_is_heard() -> None:
    assert gravest({"note", "red", "amber"}) == "red"
    assert gravest({"note", "amber"}) == "amber"
    assert gravest(set()) == ""


@pytest.mark.parametrize(
    ("kind", "device", "hears"),
    [
        ("desktop_sound", "", True),  # the first there is: it may be this one
        ("desktop_sound", "Monitor of Speakers", True),
        ("desktop_sound", "alsa_output.pci-0000.monitor", True),  # an inner name says nothing
        ("desktop_sound", "Speakers", True),  # Windows: the output itself
        ("desktop_sound", "Monitor of HDMI", False),
        ("microphone", "Monitor of Speakers", True),
        ("microphone", "USB microphone", False),
        ("microphone", "", False),
        ("clip", "", False),
    ],
)
def test_a_source_that_takes_what_the_output_plays_is_known(
    store: Any, kind: str, device: str, hears: bool
) -> None:
    assert may_hear(kind, {"device": device}, "Speakers") is hears
    store.sources = (SourceView("s", kind, {"device": device}, has_sound=True),)
    assert listeners(store, "Speakers") == (["s"] if hears else [])
