"""What comes from outside and means harm: calls without number, crowds, sick machines.

``python -m bench.hostile fuzz|siege|sick`` (see ``--help``); ``shopcast bench hostile`` runs each
of them for a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.base import BenchReport


def run() -> BenchReport:
    """A minute of each."""
    from bench.base import BenchReport
    from bench.hostile.fuzz import fuzz
    from bench.hostile.sick import sick
    from bench.hostile.siege import siege

    report = BenchReport("hostile", "the promise: limits in brackets")
    report.rows = [
        *fuzz(calls=1_000_000, seed=1, minutes=1),
        *siege(seconds=60),
        *sick(draws=500, seed=1, minutes=1),
    ]
    return report
