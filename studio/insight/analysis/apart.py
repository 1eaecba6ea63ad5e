"""Has the analysis asked and made anew by a process of low priority: the picture never waits."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.core.child_process import ask_process
from studio.core.errors import PackedError, StudioError, unpacked
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


class AnalysisReply(msgspec.Struct):
    """What came of it, or an error."""

    answer: Answer | None = None
    rebuilt: Rebuilt | None = None
    baseline: BaselineReply | None = None
    files: tuple[str, ...] = ()
    error: PackedError | None = None


async def analyse_apart(request: AnalysisRequest) -> AnalysisReply:
    """Has it done by a process of low priority; that ends with whoever waits for it.

    Raises:
        StudioError: as `studio.insight.analysis.child.analyse`; failed, when the process ended or
            took too long.
    """
    try:
        out = await ask_process(
            "studio.insight.analysis.child", msgspec.msgpack.encode(request), LIMIT_S
        )
        reply = msgspec.msgpack.decode(out, type=AnalysisReply)
    except (TimeoutError, msgspec.DecodeError, OSError) as error:
        raise StudioError("failed", "insight.worker", why=type(error).__name__) from None
    if reply.error is not None:
        raise unpacked(reply.error)
    return reply
