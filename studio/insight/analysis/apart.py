"""Has the analysis asked and made anew by a process of low priority: the picture never waits."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import create_subprocess_exec
from typing import Literal

import msgspec

from studio.core.errors import PackedError, StudioError, unpacked
from studio.core.paths import project_dir
from studio.core.streams import child_environment
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
    process = await create_subprocess_exec(
        sys.executable, "-m", "studio.insight.analysis.child", stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=project_dir(),
        env=child_environment(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(LIMIT_S):
            out, _ = await process.communicate(msgspec.msgpack.encode(request))
        reply = msgspec.msgpack.decode(out, type=AnalysisReply)
    except (TimeoutError, msgspec.DecodeError, OSError) as error:
        raise StudioError("failed", "insight.worker", why=type(error).__name__) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if reply.error is not None:
        raise unpacked(reply.error)
    return reply
