"""``shopcast drill``: plans against their real faults, beside tonight's show and never in it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from studio.app.drill.pairs import PairScore, chosen_pairs, run_pairs
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
from studio.core.i18n import translate
from studio.plans.faults.base import DrillFault
from studio.show.file import demo_show

Write = Callable[[str], None]


class DrillOrder(NamedTuple):
    """What is to be drilled.

    Attributes:
        plans: plans or faults by name.
        pairs: so many pairs of faults at once instead.
        game: so many faults by surprise instead.
        seed: of pairs and surprises.
        report: a signed report is written there, HTML or JSON by its ending.
    """

    plans: tuple[str, ...] = ()
    is_all: bool = False
    pairs: int = 0
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
        if order.pairs:
            return _drill_pairs(folder, faults, order, write, as_json=as_json)
        if order.game:
            faults = surprise(faults, order.game, order.seed)

        def tell(score: DrillScore) -> None:
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


def _drill_pairs(
    show: Path, faults: list[type[DrillFault]], order: DrillOrder, write: Write, *, as_json: bool
) -> bool:
    def tell(score: PairScore) -> None:
        if not as_json:
            mark = "✓" if score.passed else "✗"
            settled = "-" if score.settled_s is None else f"{score.settled_s:.1f} s"
            write(translate("drill.pair", mark=mark, first=score.first, second=score.second,
                            settled=settled, why=score.why))  # fmt: skip

    with shadow_beside(show) as shadow:
        scores = run_pairs(shadow, chosen_pairs(faults, order.pairs, order.seed), tell)
    found = {"seed": order.seed, "pairs": msgspec.to_builtins(scores)}
    _report(order, {"show": show.name, "ended_utc": utc_iso(), **found})
    if as_json:
        write(encode_json(found))
    return all(score.passed for score in scores)


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
