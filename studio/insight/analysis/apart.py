"""Has the analysis asked and made anew by a process of low priority: the picture never waits."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.core.child_process import ProcessReply, ask_process
from studio.core.usual_sales import UsualSales
from studio.insight.advice.model import AdviceFacts
from studio.insight.effects.model import DoneAction
from studio.insight.experiments import DayPlan
from studio.insight.model import Answer, BaselineReply, Rebuilt
from studio.insight.outlook.model import Outlook
from studio.insight.pricing.model import PriceHistory
from studio.insight.shape.model import ShowShape
from studio.insight.strip.model import ShowStrip, StripShot
from studio.insight.trials.model import Trial, TrialResult

LIMIT_S = 300.0


class AnalysisRequest(msgspec.Struct):
    """What is to be done: "ask" a question, "rebuild" the file, say what is normal ("baseline"),
    write a "report" of a show into a folder, say what "advice" is made of, or at which "prices" a
    SKU (``question``) was sold, what is to be expected ("outlook"), the
    "shape" of a show (funnel, paths, heat), its "strip", with another one ``beside``, a "plan" of
    experiments, what is known of ``trials``, what is "usual" to be sold in a stretch, or in which
    segments "viewers" of these ``numbers`` are, or what ``actions`` did to the figure they
    named ("effects"; a report of a week has it too), or ``count`` pictures along a show
    ("shots", from recordings in ``folder``).

    Attributes:
        groups: of advice and outlook: the product of each SKU.
        free, names, days: of the outlook: pieces and name by product, how far ahead.
    """

    what: Literal[
        "ask",
        "rebuild",
        "baseline",
        "report",
        "advice",
        "prices",
        "outlook",
        "shape",
        "strip",
        "plan",
        "trials",
        "usual",
        "viewers",
        "effects",
        "shots",
    ] = "ask"
    question: str = ""
    show: str = ""
    at: Literal["2h", "24h", "48h", "7d"] = "7d"
    folder: str = ""
    with_pdf: bool = False
    beside: str = ""
    groups: dict[str, str] = {}
    free: dict[str, int] = {}
    names: dict[str, str] = {}
    days: int = 14
    trials: tuple[Trial, ...] = ()
    began_utc: str = ""
    took_s: float = 0.0
    numbers: tuple[str, ...] = ()
    actions: tuple[DoneAction, ...] = ()
    language: str = ""
    count: int = 0


class AnalysisReply(ProcessReply):
    """What came of it."""

    answer: Answer | None = None
    rebuilt: Rebuilt | None = None
    baseline: BaselineReply | None = None
    files: tuple[str, ...] = ()
    advice: AdviceFacts | None = None
    prices: PriceHistory | None = None
    outlook: Outlook | None = None
    shape: ShowShape | None = None
    strip: ShowStrip | None = None
    plan: DayPlan | None = None
    trials: tuple[TrialResult, ...] = ()
    usual: UsualSales | None = None
    viewers: dict[str, str] = {}
    shots: tuple[StripShot, ...] = ()


async def analyse_apart(request: AnalysisRequest) -> AnalysisReply:
    """Has it done by a process of low priority; that ends with whoever waits for it.

    Raises:
        StudioError: as `studio.insight.analysis.child.analyse`; failed, when the process ended or
            took too long.
    """
    return await ask_process("studio.insight.analysis.child", request, AnalysisReply, LIMIT_S)
