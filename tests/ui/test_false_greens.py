"""No green that nobody has proved: faults of the real engine, and what the desk says of them.

Each fault stands for a second (three with ``SHOPCAST_GREENS``) while the desk is looked at; green
is what it must not say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]
SHARES_WINDOW = True
SOON = 20_000
STANDS_MS = 3_000 if os.environ.get("SHOPCAST_GREENS") else 1_000
GREEN = ("good", "next")


@pytest.fixture(autouse=True)
def _well_again(qtbot: Any, program: Any) -> Iterator[None]:
    program.window.set_layout("technician")
    run, store = program.actions.run, program.store
    run("plans.enable", {"plan": "machine_overloaded", "on": False}, is_quiet=True)
    yield
    for source in store.sources:
        run("sources.fault", {"name": source.name, "fault": "none"}, is_quiet=True)
    run("tryon.bypass", {"is_on": False}, is_quiet=True)
    run("scenes.back", {}, is_quiet=True)
    qtbot.waitUntil(lambda: not runs_of(program, "source_lost"), timeout=SOON)


def runs_of(program: Any, plan: str) -> list[str]:
    """Incidents in which a plan is at work."""
    return [run.incident for run in program.store.plans.runs if run.plan == plan]


def never(qtbot: Any, what: Callable[[], bool]) -> None:
    """It is so at no time while the fault stands."""
    left = STANDS_MS
    while left > 0:
        assert not what()
        qtbot.wait(50)
        left -= 50


def row_of(program: Any, name: str) -> Any:
    return program.window.panels["sources"].rows[name]


def worn_source(program: Any) -> str:
    """The camera of the host."""
    scene = next(s for s in program.store.scenes.scenes if s.purpose == "try_on")
    return str(scene.items[0].source)


@pytest.mark.parametrize("fault", ["frozen", "lost"])
def test_a_source_that_stands_still_or_is_lost_is_not_green(
    qtbot: Any, program: Any, fault: str
) -> None:
    name, store = worn_source(program), program.store
    program.window.reveal("sources")
    rows = program.window.panels["sources"].rows
    qtbot.waitUntil(lambda: name in rows, timeout=SOON)
    program.actions.run("sources.fault", {"name": name, "fault": fault})
    shown = row_of(program, name)
    qtbot.waitUntil(lambda: store.source(name).health.state == fault, timeout=SOON)
    qtbot.waitUntil(lambda: shown.dot.tone not in GREEN, timeout=1_000)
    never(qtbot, lambda: shown.dot.tone in GREEN or shown.state.tone in GREEN)
    assert shown.why.text()


def test_a_plan_is_not_solved_while_its_fault_stands(qtbot: Any, program: Any) -> None:
    store, name = program.store, worn_source(program)
    scene = next(s.name for s in store.scenes.scenes if s.purpose == "host")
    program.actions.run("scenes.take", {"scene": scene})
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == scene, timeout=SOON)
    program.actions.run("sources.fault", {"name": name, "fault": "lost"})
    qtbot.waitUntil(lambda: bool(runs_of(program, "source_lost")), timeout=SOON)
    incident = runs_of(program, "source_lost")[0]

    def state() -> str:
        return next((i.state for i in store.plans.incidents if i.id == incident), "")

    qtbot.waitUntil(lambda: state() != "", timeout=SOON)
    never(qtbot, lambda: state() == "saved")
    program.actions.run("sources.fault", {"name": name, "fault": "none"})
    qtbot.waitUntil(lambda: state() == "saved", timeout=SOON)


def test_a_try_on_that_is_not_worn_says_why_and_has_no_tick(qtbot: Any, program: Any) -> None:
    store, run = program.store, program.actions.run
    product = next(p for p in store.shop.products if p.try_on)
    run("tryon.bypass", {"is_on": True})
    qtbot.waitUntil(lambda: any(worn.is_bypassed for worn in store.tryon.values()), timeout=SOON)
    said: list[tuple[str, bool]] = []
    failed: list[str] = []
    hear = program.actions.said.connect(lambda text, good: said.append((text, good)))
    other = program.actions.failed.connect(lambda _, text: failed.append(text))
    try:
        run("shop.try_on", {"product": product.id})
        qtbot.waitUntil(lambda: bool(failed), timeout=SOON)
        assert not any(good for _, good in said)
        shown = program.window.panels["products"].rows[product.id].try_on
        never(qtbot, lambda: shown.isChecked() or any(w.is_worn for w in store.tryon.values()))
        assert program.window.panels["products"].resume.isVisibleTo(
            program.window.panels["products"]
        )
    finally:
        program.actions.said.disconnect(hear)
        program.actions.failed.disconnect(other)
        run("tryon.bypass", {"is_on": False})


def test_standby_twice_counts_no_time_of_standing(qtbot: Any, program: Any) -> None:
    store, run = program.store, program.actions.run
    bar = program.window.monitors.standby_bar
    run("scenes.standby", {})
    qtbot.waitUntil(bar.isVisible, timeout=SOON)
    qtbot.wait(2_000)
    run("scenes.standby", {})
    cut = program.window.statusbar.figures["cut"]

    def slow() -> bool:
        value = store.stats.get("cut_ms")
        return isinstance(value, (int, float)) and value > 1_500

    never(qtbot, slow)
    assert not cut.value.text().startswith("2") or len(cut.value.text()) < 7
    assert bar.isVisible()
    run("scenes.back", {})
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=SOON)
