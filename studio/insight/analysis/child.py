"""Asks and rebuilds: ``python -m studio.insight.analysis.child``, one request on stdin.

What it needs is heavy; an engine imports `studio.insight.analysis.apart` alone.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from studio.core.child_process import serve_one
from studio.core.clock import utc_ms
from studio.core.i18n import system_language
from studio.core.paths import data_dir
from studio.insight.advice.facts import find_facts
from studio.insight.analysis.apart import AnalysisReply, AnalysisRequest
from studio.insight.analysis.base import analysis_path, open_analysis
from studio.insight.analysis.baseline import find_baseline
from studio.insight.analysis.load import is_fresh, rebuild
from studio.insight.analysis.questions import ask
from studio.insight.analysis.sums import airings, find_airing
from studio.insight.analysis.usual import find_usual
from studio.insight.effects.find import find_effects
from studio.insight.effects.told import effect_answer
from studio.insight.imports.store import store_path
from studio.insight.model import Answer
from studio.insight.outlook.find import find_outlook
from studio.insight.pricing.history import find_prices
from studio.insight.reach.viewers import viewer_segments
from studio.insight.report import write_report
from studio.insight.shape.find import find_shape
from studio.insight.strip.find import find_strip
from studio.insight.strip.shots import find_shots
from studio.insight.trials.plan import find_plan
from studio.insight.trials.result import find_results

KEPT = ("ask", "advice", "prices", "outlook", "shape", "strip", "plan", "usual", "viewers",
        "effects", "shots")  # fmt: skip
"""What is answered from a file that is fresh; the rest makes it anew."""


def analyse(request: AnalysisRequest) -> AnalysisReply:
    """Does it here and now.

    Raises:
        StudioError: not_found, unavailable, failed.
    """
    path = analysis_path()
    journal, exports = data_dir() / "journal.db", store_path()
    is_kept = request.what in KEPT and is_fresh(path, journal, exports)
    rebuilt = None if is_kept else rebuild(journal, exports, path)
    if request.what == "rebuild":
        return AnalysisReply(rebuilt=rebuilt)
    if request.what == "advice":
        return AnalysisReply(advice=find_facts(path, request.groups))
    if request.what == "strip":
        return AnalysisReply(strip=find_strip(path, request.show, request.beside, journal))
    if request.what == "shape":
        return AnalysisReply(shape=find_shape(path, request.show))
    if request.what == "outlook":
        found = find_outlook(path, request.groups, request.free, request.names, request.days)
        return AnalysisReply(outlook=found)
    if request.what == "prices":
        is_on_air = request.show == "air"
        return AnalysisReply(prices=find_prices(path, request.question, is_on_air=is_on_air))
    if request.what == "plan":
        return AnalysisReply(plan=find_plan(path, request.show))
    if request.what == "trials":
        return AnalysisReply(trials=find_results(path, request.trials, utc_ms()))
    if request.what == "usual":
        return AnalysisReply(usual=find_usual(path, request.began_utc, request.took_s))
    if request.what == "shots":
        usual = Path(request.folder)
        found_shots = find_shots(path, journal, request.show, request.count, usual)
        return AnalysisReply(shots=found_shots)
    if request.what == "effects":
        return AnalysisReply(answer=_effects(path, request))
    if request.what == "viewers":
        return AnalysisReply(viewers=viewer_segments(path, journal, request.numbers))
    if request.what == "ask":
        return AnalysisReply(answer=ask(path, request.question, request.show))
    if request.what == "report":
        written = write_report(
            path, request.show, request.at, Path(request.folder), request.actions,
            with_pdf=request.with_pdf,
        )  # fmt: skip
        papers = () if written.pdf is None else (str(written.pdf),)
        return AnalysisReply(files=(str(written.html), *map(str, written.tables), *papers))
    return AnalysisReply(baseline=find_baseline(path))


def _effects(path: Path, request: AnalysisRequest) -> Answer:
    with closing(open_analysis(path, is_read_only=True)) as base:
        show = request.show or "last"
        is_first = show == "last" and not airings(base)
        found = () if is_first else find_effects(base, find_airing(base, show), request.actions)
    return effect_answer(found, request.language or system_language())


def main() -> None:
    """One request on stdin, its reply on stdout."""
    serve_one(AnalysisRequest, AnalysisReply, analyse)


if __name__ == "__main__":
    main()
