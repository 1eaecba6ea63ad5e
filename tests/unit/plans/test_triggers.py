"""Triggers fire on evidence alone, hold between two limits, and say what they rest on."""

from __future__ import annotations

import random
from dataclasses import replace as with_values
from typing import Any

import pytest

import studio.plans.triggers as folder
from studio.audio.events import LoudnessChanged
from studio.core.clean import read_json
from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.core.paths import assets_dir
from studio.core.registry import discover
from studio.host.events import HostPresence
from studio.insight.stats import Stats
from studio.plans.files import read_plans
from studio.plans.probe import STALE_NS, EventLog, Figure, Probe
from studio.plans.triggers.base import Situation, Trigger
from studio.scenes.model import Item, Scene, ScenesState
from studio.scenes.visibility import PictureFacts
from studio.sender.model import OutputState, OutputStatus
from studio.shop.events import ProductChanged, ShortfallChanged, StockChanged
from studio.show.file import demo_show
from studio.sources.health import Health

KINDS = discover(folder, Trigger)
AT = 1000 * NS


def trigger(kind: str, **settings: Any) -> Trigger:
    made = KINDS.get(kind)
    return made(made.decode(settings))


def situation(**other: Any) -> Situation:
    scenes = ScenesState(
        scenes=(Scene(name="s", items=(Item(1, "cam"),)),), programme={"landscape": "s"}
    )
    facts = {"cam": PictureFacts((16, 9)), "second": PictureFacts((16, 9)),
             "mic": PictureFacts(None, False, False, False)}  # fmt: skip
    base = Situation(AT, scenes, {}, {}, pictures=facts, heard=EventLog())
    return with_values(base, **other)


def figures(**values: float) -> dict[str, Figure]:
    return {name.replace("__", "."): Figure(value, AT) for name, value in values.items()}


def out(name: str, state: str, **more: Any) -> OutputStatus:
    return OutputStatus(name=name, state=OutputState(state), **more)


def heard(*events: Any) -> EventLog:
    log = EventLog()
    for age_s, event in events:
        log.add(event, AT - int(age_s * NS))
    return log


def stock(sku: str, free: int) -> StockChanged:
    return StockChanged(sku=sku, channel="desk", free=free, held=0, sold=0)


def short(sku: str, owed: int) -> ShortfallChanged:
    return ShortfallChanged(sku=sku, owed=owed)


LIVE = out("a", "live", taken_kbps=2000)
# kind, settings, wrong, subject, between (neither fires nor is well), well
CASES: list[tuple[str, dict[str, Any], Situation, str, Situation | None, Situation]] = [
    ("source_health", {"states": ["black"]}, situation(health={"cam": Health("black")}), "cam",
     None, situation(health={"cam": Health("ok")})),
    ("output_state", {}, situation(outputs={"a": out("a", "reconnecting")}), "a",
     situation(outputs={"a": out("a", "live")}), situation(outputs={"a": LIVE})),
    ("overload", {"late_percent": 20.0}, situation(late_percent=30.0), "machine",
     situation(late_percent=10.0), situation(late_percent=1.0)),
    ("outputs_all_down", {},
     situation(outputs={"a": out("a", "failed"), "b": out("b", "reconnecting")}), "all",
     situation(outputs={"a": out("a", "live"), "b": out("b", "failed")}),
     situation(outputs={"a": LIVE, "b": out("b", "failed")})),
    ("output_slow", {}, situation(outputs={"a": out("a", "congested", queue_ms=1600)}), "a",
     situation(outputs={"a": out("a", "live", queue_ms=800, taken_kbps=9)}),
     situation(outputs={"a": LIVE})),
    ("output_refused", {}, situation(outputs={"a": out("a", "refused", server_words="ban")}), "a",
     situation(outputs={"a": out("a", "live")}), situation(outputs={"a": LIVE})),
    ("cameras_all_down", {},
     situation(health={"cam": Health("lost"), "second": Health("frozen")}), "cameras", None,
     situation(health={"cam": Health("ok"), "second": Health("frozen")})),
    ("sound_silent", {}, situation(health={"mic": Health("silent")}), "mic",
     situation(health={"mic": Health("lost")}), situation(health={"mic": Health("sound")})),
    ("engine_restarted", {}, situation(figures=figures(engine__since_resume_s=1.0)), "engine",
     situation(figures=figures(engine__since_resume_s=6.0)),
     situation(figures=figures(engine__since_resume_s=9.0))),
    ("metric", {"figure": "engine.disk_free_gb", "name": "disk"},
     situation(figures=figures(engine__disk_free_gb=2.0)), "disk",
     situation(figures=figures(engine__disk_free_gb=6.0)),
     situation(figures=figures(engine__disk_free_gb=9.0))),
    ("probe_silent", {}, situation(figures={"engine.fps": Figure(30, AT - STALE_NS - 1)}),
     "engine.fps", None, situation(figures=figures(engine__fps=30.0))),
    ("shortfall", {"pieces": 2}, situation(heard=heard((1, short("hat", 3)), (1, short("a", 1)))),
     "hat", None, situation(heard=heard((2, short("hat", 3)), (1, short("hat", 1))))),
    ("event", {"name": "stock.changed", "field": "free", "values": ["0"], "subject": "sku"},
     situation(heard=heard((1, stock("hat", 0)), (1, stock("shoe", 4)))), "hat", None,
     situation(heard=heard((2, stock("hat", 0)), (1, stock("hat", 3))))),
]  # fmt: skip


def test_every_kind_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(KINDS.names())


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{n}-{case[0]}") for n, case in enumerate(CASES)]
)
def test_a_trigger_fires_holds_and_is_well(case: Any) -> None:
    kind, settings, wrong, subject, between, well = case
    judged = trigger(kind, **settings)
    cause = judged.judge(wrong)
    assert cause is not None
    assert cause.subject == subject
    assert [c.subject for c in judged.causes(wrong)][0] == subject
    assert cause.words.zh
    assert cause.words.en
    assert "{" not in cause.words.en
    assert not judged.is_well(wrong, subject)
    if between is not None:
        assert judged.judge(between) is None
        assert not judged.is_well(between, subject)
    assert judged.judge(well) is None
    assert judged.is_well(well, subject)


@pytest.mark.parametrize("kind", KINDS.names())
def test_nothing_known_starts_nothing(kind: str) -> None:
    judged = trigger(kind)
    assert judged.judge(situation()) is None
    assert judged.judge(with_values(situation(), heard=None)) is None


def test_an_old_figure_is_no_evidence_either_way() -> None:
    judged = trigger("metric", figure="engine.disk_free_gb", limit=5.0, well=8.0)
    for value in (0.0, 99.0):
        old = situation(figures={"engine.disk_free_gb": Figure(value, AT - STALE_NS - 1)})
        assert judged.judge(old) is None
        assert not judged.is_well(old, "engine.disk_free_gb")


def test_a_figure_that_swings_about_its_limit_starts_once() -> None:
    """Five minutes of it, ten looks a second, as the runner judges."""
    judged = trigger("metric", figure="engine.disk_free_gb", limit=5.0, well=8.0)
    rng, starts, is_running = random.Random(1), 0, False
    for _ in range(3000):
        now = situation(figures=figures(engine__disk_free_gb=5 + rng.uniform(-2, 2)))
        cause = judged.judge(now)
        if cause and not is_running:
            starts, is_running = starts + 1, True
        elif is_running and judged.is_well(now, "engine.disk_free_gb"):
            is_running = False
    assert starts == 1


def test_what_is_usual_raises_the_limit() -> None:
    judged = trigger(
        "metric", figure="comments.rate", side="above", limit=100, well=20,
        usual="comments.usual", times=5,
    )  # fmt: skip
    busy = situation(figures=figures(comments__rate=300.0, comments__usual=80.0))
    flood = situation(figures=figures(comments__rate=500.0, comments__usual=80.0))
    assert judged.judge(busy) is None
    assert judged.judge(flood) is not None
    assert judged.is_well(
        situation(figures=figures(comments__rate=200.0, comments__usual=80.0)), ""
    )


def test_events_by_value_count_and_quiet() -> None:
    loud = LoudnessChanged(verdict="loud", short_term=-5, target=-16)
    fine = LoudnessChanged(verdict="ok", short_term=-16, target=-16)
    judged = trigger("event", name="sound.loudness_changed", field="verdict", values=["loud"])
    assert judged.judge(situation(heard=heard((3, fine), (1, loud)))) is not None
    assert judged.judge(situation(heard=heard((3, loud), (1, fine)))) is None
    assert judged.is_well(situation(heard=heard((3, loud), (1, fine))), "-")
    priced = ProductChanged(product="hat", fields=("stock", "price_cents"))
    often = trigger(
        "event", name="shop.product_changed", field="fields", values=["price_cents"],
        subject="product", count=2, within_s=5, quiet_s=10,
    )  # fmt: skip
    assert often.judge(situation(heard=heard((1, priced)))) is None
    assert often.judge(situation(heard=heard((9, priced), (1, priced)))) is None
    assert often.judge(situation(heard=heard((2, priced), (1, priced)))).subject == "hat"
    assert not often.is_well(situation(heard=heard((4, priced))), "hat")
    assert often.is_well(situation(heard=heard((11, priced))), "hat")


def test_an_event_about_nothing_starts_no_plan_for_it() -> None:
    """A ledger that is away is told as a change of no SKU: that is no product sold out."""
    lost = situation(heard=heard((1, stock("", 0))))
    sold = {"name": "stock.changed", "field": "free", "values": ["0"], "subject": "sku"}
    assert trigger("event", **sold).judge(lost) is None
    away = trigger("event", name="stock.changed", field="sku", values=[""])
    assert away.judge(lost).subject == "-"
    assert away.is_well(situation(heard=heard((2, stock("", 0)), (1, stock("hat", 3)))), "-")


def test_the_probe_hears_figures_rates_and_jumps() -> None:
    events, wall = Events(), [1000.0]
    probe = Probe(events, lambda: wall[0] + now_ns() / NS)
    events.publish(Stats(figures={"fps": 30.0, "late": 5, "dropped": 0, "disk_free_gb": 7.5}))
    events.publish(Stats(figures={"fps": 30.0, "late": 9, "dropped": 3, "disk_free_gb": None}))
    told = probe.sample()
    assert told["engine.disk_free_gb"].value == 7.5
    assert told["engine.dropped_per_s"].value == 3
    assert told["engine.late_per_s"].value == 4
    assert told["clock.jump_s"].value == 0
    assert "engine.since_resume_s" not in told
    wall[0] -= 3600
    assert probe.sample()["clock.jump_s"].value == pytest.approx(3600, abs=1)
    probe.resumed()
    assert probe.sample()["engine.since_resume_s"].value < 1
    assert probe.sample()["comments.rate"].value == 0


def test_there_are_twenty_shipped_plans_and_fifteen_start_by_themselves() -> None:
    plans, errors = read_plans(demo_show())
    assert errors == []
    assert len(plans) >= 20
    auto = [plan for plan in plans if plan.trigger is not None and plan.is_auto]
    assert len(auto) >= 15
    for plan in plans:
        told = {step.role for step in plan.steps if hasattr(step, "role")}
        assert told, plan.id
        assert plan.role, plan.id
        if plan.trigger:
            kind = KINDS.get(plan.trigger.kind)
            assert kind.sanity(kind.decode(plan.trigger.settings)) is None, plan.id


def test_a_host_who_is_away_starts_a_plan_and_his_words_end_it() -> None:
    """The settings of the shipped plan, read from its file."""
    raw: Any = read_json((assets_dir() / "plans" / "host_silent.json").read_bytes())
    away = trigger("event", **raw["trigger"]["settings"])
    log = EventLog()
    log.add(HostPresence(on=False), AT - NS)
    there = situation(heard=log)
    cause = away.judge(there)
    assert cause is not None
    assert not away.is_well(there, cause.subject)
    log.add(HostPresence(on=True), AT)
    assert away.judge(there) is None
    assert away.is_well(there, cause.subject)
