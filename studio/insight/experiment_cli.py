"""``shopcast experiment``: tomorrow's plan from the last show, and A/A shows simulated."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from contextlib import closing

from studio.core.clean import encode_json
from studio.core.i18n import translate
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import airings, find_airing, sums_of
from studio.insight.cli import fresh_analysis, said
from studio.insight.detector import MOST_SHOWS
from studio.insight.experiments import RATES, PlannedExperiment, plan_day
from studio.insight.metrics import metrics, value_of
from studio.insight.sequential import ALPHA
from studio.insight.simulation import power_switched, switched_winners

Write = Callable[[str], None]


def show_plan(show: str, write: Write, *, as_json: bool) -> bool:
    """Writes the plan; False when the rates of the show are not known.

    Raises:
        StudioError: not_found.
    """
    known = metrics()
    with closing(open_analysis(fresh_analysis(), is_read_only=True)) as base:
        airing = find_airing(base, show)
        past = [other for other in airings(base) if other.id < airing.id][-MOST_SHOWS:]
        sums = sums_of(base, airing.id)
        before = [sums_of(base, other.id) for other in past]
    rates = {step: value_of(known[step], sums) for step in RATES}
    normal: dict[str, float | None] = {}
    for step in RATES:
        values = [value for each in before if (value := value_of(known[step], each)) is not None]
        normal[step] = statistics.median(values) if values else None
    plan = plan_day(rates, normal)
    if as_json:
        write(encode_json(plan))
        return bool(plan.step)
    if not plan.step:
        write(translate("experiment.no_rates"))
        return False
    name, rate = said(known[plan.step].label), _percent(rates[plan.step])
    usual = _percent(normal[plan.step])
    write(translate("experiment.weakest", step=name, rate=rate, usual=usual))
    for test in plan.tests:
        write(_line(test))
    return True


def _line(test: PlannedExperiment) -> str:
    idea, known = test.idea, metrics()
    key = "experiment.in_time" if idea.unit == "time" else "experiment.by_viewer"
    guards = ", ".join(said(known[guard].label) for guard in idea.guards)
    return translate(
        key, label=said(idea.label), a=said(idea.a), b=said(idea.b), pairs=test.pairs,
        viewers=test.viewers, shows=test.shows, effect=f"{test.effect:+.0%}", guards=guards,
        stop=f"{test.stop:g}",
    )  # fmt: skip


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f} %"


def simulate(shows: int, write: Write, *, as_json: bool) -> bool:
    """Simulates A/A shows; True while false winners stay within what is promised."""
    shows = max(10, min(100_000, shows))
    found = switched_winners(1, shows)
    power = power_switched(2, min(shows, 1000), 0.2)
    if as_json:
        write(encode_json({
            "shows": shows, "false_winners": found.e_value, "z_test": found.naive,
            "found_plus_20": power, "alpha": ALPHA,
        }))  # fmt: skip
    else:
        write(translate("experiment.simulated", shows=shows, ours=f"{100 * found.e_value:.1f}",
                        naive=f"{100 * found.naive:.1f}", power=f"{100 * power:.0f}"))  # fmt: skip
    return found.e_value <= ALPHA
