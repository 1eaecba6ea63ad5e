"""``shopcast risks``: the risk register of a file, of a show, or the shipped one, evaluated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate
from studio.core.paths import assets_dir
from studio.plans.drill_log import last_drills
from studio.plans.files import read_plans
from studio.plans.model import Pair
from studio.plans.risks.coverage import covered
from studio.plans.risks.files import evaluate_file, gravest_first, read_risks
from studio.plans.risks.model import RiskFault, RisksView, RiskView

SHIPPED = assets_dir() / "risks" / "shipped.json"
Write = Callable[[str], None]


def show_risks(path: Path | None, write: Write, complain: Write, *, as_json: bool) -> bool:
    """Writes the evaluation of every risk.

    Args:
        path: a file of risks, a show, or None for the shipped ones.
        write, complain: take one line, for stdout and stderr.

    Returns:
        False when a risk cannot be evaluated; it is told and the others go on.

    Raises:
        StudioError: invalid, not_found.
    """
    show = path if path is not None and path.is_dir() else None
    file = show / "show.json" if show else path or SHIPPED
    if not file.is_file():
        raise StudioError("not_found", "risks.no_file", path=str(path))
    read = read_risks(file)
    views, faults = evaluate_file(read)
    if show:
        own = {risk.id for risk in read.risks} | {fault.risk for fault in faults}
        shipped, more = evaluate_file(read_risks(SHIPPED))
        views = gravest_first([*views, *(view for view in shipped if view.id not in own)])
        faults += more
    plans = {plan.id: plan for plan in read_plans(show or file.parent)[0]}
    drills = last_drills()
    views = [covered(view, plans, drills) for view in views]
    for fault in faults:
        complain(_complaint(read.file, fault))
    if as_json:
        write(encode_json(RisksView(tuple(views), tuple(faults))))
    else:
        for view in views:
            for line in _lines(view):
                write(line)
    return not faults


def _complaint(file: str, fault: RiskFault) -> str:
    why = _said(fault.text)
    return translate("risks.at", file=file, line=fault.line, risk=fault.risk, why=why)


def _said(pair: Pair) -> str:
    return pair[0] if system_language() == "zh" else pair[1]


def _lines(view: RiskView) -> list[str]:
    """One risk for a person at a terminal."""
    grade, largest = _said(view.by_score), _said(view.by_largest)
    lines = [
        translate(
            "risks.line", score=f"{view.score:.2f}", grade=grade,
            tier=translate(f"risks.tier.{view.tier}"), label=_said(view.label) or view.id,
            kind=translate(f"risks.kind.{view.kind}"),
        )
    ]  # fmt: skip
    if view.differ:
        lines.append("  " + translate("risks.differ", score_grade=grade, largest_grade=largest))
    low, high = f"{view.score_low:.2f}", f"{view.score_high:.2f}"
    if view.firm:
        lines.append("  " + translate("risks.firm", low=low, high=high))
    else:
        grades = ", ".join(_said(grade) for grade in view.may_become)
        lines.append("  " + translate("risks.not_firm", low=low, high=high, grades=grades))
    return lines + [f"  ! {_said(words)}" for words in view.uncovered]
