"""``shopcast experiment``: tomorrow's plan from the last show, and A/A shows simulated."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from studio.core.clean import encode_json
from studio.core.clock import utc_ms
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.insight.analysis.base import analysis_path
from studio.insight.cli import fresh_analysis, said
from studio.insight.experiments import PlannedExperiment
from studio.insight.metrics import metrics
from studio.insight.sequential import ALPHA
from studio.insight.simulation import power_switched, switched_winners
from studio.insight.trials.book import TrialBook, trials_file
from studio.insight.trials.model import TrialsView, TrialView
from studio.insight.trials.plan import find_plan
from studio.insight.trials.result import find_results

Write = Callable[[str], None]


def show_plan(show: str, write: Write, *, as_json: bool) -> bool:
    """Writes the plan; False when the rates of the show are not known.

    Raises:
        StudioError: not_found.
    """
    known = metrics()
    plan = find_plan(fresh_analysis(), show)
    rates, normal = plan.rates, plan.normal
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


def _book() -> TrialBook:
    return TrialBook(trials_file())


def list_trials(write: Write, *, as_json: bool) -> None:
    """Writes the experiments that were started, the newest first; a coin is told at the end.

    Raises:
        StudioError: failed.
    """
    for trial in reversed(_book().all):
        if as_json:
            is_over = bool(trial.ended_utc)
            write(encode_json(trial if is_over else replace(trial, secret="")))
            continue
        state = trial.ended_utc or translate("experiment.running")
        write(f"{trial.id}  {said(trial.label)}  {trial.began_utc}  {state}")


def show_result(id: str, write: Write, *, as_json: bool) -> None:
    """Writes what is known of an experiment now; "" is the newest.

    Raises:
        StudioError: not_found, failed.
    """
    trials = _book().all
    chosen = next((trial for trial in reversed(trials) if id in ("", trial.id)), None)
    if chosen is None:
        raise StudioError("not_found", "experiment.none", id=id or "-")
    path = fresh_analysis() if chosen.unit == "time" else analysis_path()
    (found,) = find_results(path, [chosen], utc_ms())
    if as_json:
        write(encode_json(found))
        return
    a, b = said(chosen.a), said(chosen.b)
    write(f"{said(chosen.label)}: " + translate(f"ui.trials.verdict_{found.verdict}", a=a, b=b))
    change = "-" if found.change is None else f"{found.change:+.1%}"
    if found.low is not None:
        write(translate("ui.trials.between", low=f"{found.low:+.2f}", high=f"{found.high:+.2f}",
                        change=change))  # fmt: skip
        write(translate("ui.trials.split", e=f"{found.split_e:.3g}", stop=f"{found.split_stop:g}",
                        both=found.both))  # fmt: skip
        return
    write(translate("ui.trials.e_value", e=f"{found.e_value:.3g}", stop=f"{found.stop:g}",
                    pairs=found.pairs, out=found.left_out, change=change))  # fmt: skip


def status_lines(view: TrialsView) -> list[str]:
    """What runs now, for a terminal."""
    if not view.running:
        return [translate("experiment.none_runs")]
    return [f"{trial.id}  {said(trial.label)}  {_now(trial)}" for trial in view.running]


def _now(trial: TrialView) -> str:
    if trial.unit != "time":
        counts = trial.counts
        return translate("experiment.split_now", a=counts.a_of, b=counts.b_of, both=counts.both)
    key = "experiment.held_now" if trial.is_held else "experiment.turn_now"
    return translate(key, arm=trial.arm.upper(), until=trial.until_utc, pair=trial.pair,
                     pairs=trial.pairs, clean=trial.clean, spoiled=trial.spoiled,
                     why=trial.held_why)  # fmt: skip
