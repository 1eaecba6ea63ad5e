"""``shopcast drill``: plans against their real faults, beside tonight's show and never in it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from studio.app.drill.runner import DrillScore, chosen_faults, run_drills
from studio.core.clean import encode_json
from studio.core.i18n import translate
from studio.show.file import demo_show

Write = Callable[[str], None]


def drill(
    show: Path | None, plans: Sequence[str], write: Write, *, is_all: bool, as_json: bool
) -> bool:
    """Runs drills and writes how they went.

    Returns:
        Whether all passed.

    Raises:
        StudioError: not_found, failed.
    """
    faults = chosen_faults(plans, is_all)

    def tell(score: DrillScore) -> None:
        if not as_json:
            write(_line(score))

    before = signal.signal(signal.SIGTERM, _end)
    try:
        scores = run_drills((show or demo_show()).resolve(), faults, tell)
    finally:
        signal.signal(signal.SIGTERM, before)
    if as_json:
        write(encode_json({"drills": msgspec.to_builtins(scores)}))
    return all(score.passed for score in scores)


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
