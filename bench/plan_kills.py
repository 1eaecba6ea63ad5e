"""Whole engines under SIGKILL while a plan runs: the run goes on, and one key undoes all of it.

The small drawn sample beside ``shopcast bench plans``, of the plans that ask something: others are
over before a signal comes. They are run by hand on a shadow of the demo show.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from bench.base import BenchReport, Row
from studio.app.drill.crew import answer_all
from studio.app.drill.shadow import ShadowShow
from studio.core.errors import StudioError
from studio.plans.files import read_plans
from studio.plans.model import Ask, Plan
from studio.show.file import demo_show

KILLS = int(os.environ.get("SHOPCAST_KILLS", "10"))
SEED = 11
MOST_S, BACK_S, SETTLE_S = 0.3, 10.0, 60.0
LEFT_OUT = "host_silent"
"""It wants a stand-in."""


def run() -> BenchReport:
    """Counts of runs that were left half; a kept limit is none."""
    said: Counter[str] = Counter()
    rng = random.Random(SEED)
    plans = [
        plan for plan in read_plans(demo_show())[0]
        if plan.id != LEFT_OUT and any(isinstance(step, Ask) for step in plan.steps)
    ]  # fmt: skip
    with ShadowShow(demo_show()) as shadow:
        shadow.run("shop.card", product="sunglasses")
        for _ in range(KILLS):
            plan, before = rng.choice(plans), seen(shadow)
            came = kill_in(shadow, plan, rng.uniform(0.0, MOST_S), before)
            print(f"  {plan.id}: {came}")
            said[came] += 1
            set_back(shadow, before)
    rows = [Row("whole engines killed while a plan ran", sum(said.values()), None, ""),
            Row("  of them the run was over before", said["over before"], None, ""),
            Row("  of them left half", said["HALF"], None, "", 0)]  # fmt: skip
    return BenchReport("plan_kills", "none: SIGKILL, restart, one key undoes the run", rows)


def kill_in(shadow: ShadowShow, plan: Plan, after_s: float, before: dict[str, Any]) -> str:
    """One kill; "goes on", "over before" or "HALF"."""
    is_red = plan.level == "red"
    confirm = {"confirm": True} if is_red else {}
    command = "plans.run_red" if is_red else "plans.run"
    incident = shadow.run(command, plan=plan.id, **confirm)["result"]["incident"]
    time.sleep(after_s)
    shadow.kill_engine()
    if not shadow.until(lambda: is_over(shadow, incident), SETTLE_S):
        return "HALF"
    rows = shadow.run("plans.incidents", limit=20)["result"]
    row = next(row for row in rows if row["id"] == incident)
    if "restarted" not in str(row["timeline"]):
        return "over before"
    with suppress(StudioError):  # it may have changed nothing
        shadow.run("plans.undo", incident=incident)
    is_back = shadow.until(lambda: seen(shadow) == before, BACK_S)
    if not is_back:
        print(f"  {seen(shadow)}, before {before}")
    return "goes on" if is_back and row["state"] != "running" else "HALF"


def seen(shadow: ShadowShow) -> dict[str, Any]:
    """What plans change."""
    return {
        "programme": shadow.part("scenes")["programme"],
        "slow": shadow.part("comments")["is_slow"],
        "card": shadow.part("shop")["card"],
        "bypassed": [row["is_bypassed"] for row in shadow.part("tryon").values()],
    }


def is_over(shadow: ShadowShow, incident: str) -> bool:
    """The run is over; what is asked is answered as by a person who lets it go on."""
    answer_all(shadow)
    return all(run["incident"] != incident for run in shadow.part("plans")["runs"])


def set_back(shadow: ShadowShow, before: dict[str, Any]) -> None:
    """As it was before the plan."""
    shadow.run("scenes.take", scene=before["programme"]["landscape"], transition="cut")
    shadow.run("comments.slow", on=before["slow"])
    shadow.run("shop.card", product=before["card"])
    shadow.run("tryon.bypass", is_on=any(before["bypassed"]))
