"""``shopcast drill``: plans against their real faults, beside tonight's show and never in it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from studio.app.drill.pairs import PairScore, chosen_sets, run_sets
from studio.app.drill.report import write_drill_report
from studio.app.drill.runner import (
    DrillScore,
    chosen_faults,
    run_drills,
    shadow_beside,
    surprise,
)
from studio.core.clean import encode_json
from studio.core.clock import utc_iso
from studio.core.i18n import system_language, translate
from studio.core.text import Text
from studio.plans.drill_log import all_drills, drill_scores
from studio.plans.drills.model import DrillRecord
from studio.plans.faults.base import DrillFault
from studio.plans.files import read_plans
from studio.show.file import demo_show

Write = Callable[[str], None]


class DrillOrder(NamedTuple):
    """What is to be drilled.

    Attributes:
        plans: plans or faults by name.
        pairs, triples: so many pairs, or triples, of faults at once instead.
        game: so many faults by surprise instead.
        seed: of pairs, triples and surprises.
        report: a signed report is written there, HTML or JSON by its ending.
    """

    plans: tuple[str, ...] = ()
    is_all: bool = False
    pairs: int = 0
    triples: int = 0
    game: int = 0
    seed: int = 0
    report: Path | None = None


def drill(show: Path | None, order: DrillOrder, write: Write, *, as_json: bool) -> bool:
    """Runs drills and writes how they went.

    Returns:
        Whether all passed.

    Raises:
        StudioError: not_found, failed; unavailable: the real show needed the machine.
    """
    faults = chosen_faults(order.plans, order.is_all)
    folder = (show or demo_show()).resolve()
    before = signal.signal(signal.SIGTERM, _end)
    began_utc = utc_iso()
    try:
        if order.pairs or order.triples:
            return _drill_sets(folder, faults, order, write, as_json=as_json)
        if order.game:
            faults = surprise(faults, order.game, order.seed)

        def tell(score: DrillScore, record: DrillRecord) -> None:
            if not as_json:
                write(_line(score))

        scores = run_drills(folder, faults, tell)
    finally:
        signal.signal(signal.SIGTERM, before)
    found = {"drills": msgspec.to_builtins(scores)}
    _report(order, {"show": folder.name, "began_utc": began_utc, "ended_utc": utc_iso(), **found})
    if as_json:
        write(encode_json(found))
    return all(score.passed for score in scores)


def _drill_sets(
    show: Path, faults: list[type[DrillFault]], order: DrillOrder, write: Write, *, as_json: bool
) -> bool:
    def tell(score: PairScore) -> None:
        if not as_json:
            write(_set_line(score))

    sets = chosen_sets(faults, order.pairs, order.seed)
    sets += chosen_sets(faults, order.triples, order.seed, 3)
    plans = {plan.id: plan for plan in read_plans(show)[0]}
    began_utc = utc_iso()
    with shadow_beside(show) as shadow:
        scores = run_sets(shadow, plans, sets, tell)
    found = {
        "seed": order.seed,
        "pairs": msgspec.to_builtins([score for score in scores if not score.third]),
        "triples": msgspec.to_builtins([score for score in scores if score.third]),
    }
    _report(order, {"show": show.name, "began_utc": began_utc, "ended_utc": utc_iso(), **found})
    if as_json:
        write(encode_json(found))
    return all(score.passed for score in scores)


def _set_line(score: PairScore) -> str:
    settled = "-" if score.settled_s is None else f"{score.settled_s:.1f} s"
    words = [score.why] if score.why else []
    for row in score.hidden:
        why = Text(*row.why).in_language(system_language())
        seen = "" if row.noticed_s is None else translate("drill.seen", s=f"{row.noticed_s:.1f}")
        words.append(translate("drill.hidden", fault=row.fault, by=row.by, why=why, seen=seen))
    return translate("drill.set", mark="✓" if score.passed else "✗",
                     faults=" + ".join(filter(None, (score.first, score.second, score.third))),
                     settled=settled, why="; ".join(words))  # fmt: skip


def _report(order: DrillOrder, content: dict[str, Any]) -> None:
    if order.report is not None:
        write_drill_report(order.report, content)


def _end(number: int, frame: object) -> None:
    """Ends as Ctrl-C does: the fault is cleared and the shadow ended."""
    raise KeyboardInterrupt


def _line(score: DrillScore) -> str:
    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:.1f} s"

    return translate(
        "drill.line", mark="✓" if score.passed else "✗", plan=score.plan, fault=score.fault,
        noticed=shown(score.noticed_s), safe=shown(score.safe_picture_s),
        recovered=shown(score.recovered_s), right=score.steps_right, steps=score.steps,
        why=score.why,
    )  # fmt: skip


def show_scores(write: Write, *, as_json: bool) -> None:
    """Writes how people and teams did in drills, over time."""
    scores = drill_scores(all_drills())
    if as_json:
        write(encode_json(scores))
        return
    if not scores.people and not scores.teams:
        write(translate("drill.no_people"))
    for row in scores.people:
        write(translate("drill.person", who=row.who, drills=row.drills, accepted=row.accepted,
                        tasks=row.tasks, answered=row.answered, asks=row.asks, wrong=row.wrong,
                        first=f"{row.first_s:.1f}"))  # fmt: skip
    for team in scores.teams:
        for day in team.days:
            first = "-" if day.first_s is None else f"{day.first_s:.1f}"
            back = "-" if day.recovered_s is None else f"{day.recovered_s:.1f}"
            write(translate("drill.team_day", team=team.team, day=day.day, passed=day.passed,
                            drills=day.drills, first=first, back=back))  # fmt: skip
