"""Has the analysis asked and made anew by a process of low priority: the picture never waits."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.core.child_process import ProcessReply, ask_process
from studio.insight.model import Answer, BaselineReply, Rebuilt

LIMIT_S = 300.0


class AnalysisRequest(msgspec.Struct):
    """What is to be done: "ask" a question, "rebuild" the file, say what is normal ("baseline"), or
    write a "report" of a show into a folder."""

    what: Literal["ask", "rebuild", "baseline", "report"] = "ask"
    question: str = ""
    show: str = ""
    at: Literal["2h", "24h", "48h", "7d"] = "7d"
    folder: str = ""


class AnalysisReply(ProcessReply):
    """What came of it."""

    answer: Answer | None = None
    rebuilt: Rebuilt | None = None
    baseline: BaselineReply | None = None
    files: tuple[str, ...] = ()


async def analyse_apart(request: AnalysisRequest) -> AnalysisReply:
    """Has it done by a process of low priority; that ends with whoever waits for it.

    Raises:
        StudioError: as `studio.insight.analysis.child.analyse`; failed, when the process ended or
            took too long.
    """
    return await ask_process("studio.insight.analysis.child", request, AnalysisReply, LIMIT_S)
