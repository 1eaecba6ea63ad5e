"""Asks and rebuilds in a process of its own, at low priority: the picture never waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import create_subprocess_exec
from pathlib import Path
from typing import Literal

import msgspec

from studio.core.errors import StudioError
from studio.core.paths import data_dir, project_dir
from studio.core.priority import background_thread
from studio.core.streams import child_environment
from studio.insight.analysis.base import analysis_path
from studio.insight.analysis.baseline import find_baseline
from studio.insight.analysis.load import is_fresh, rebuild
from studio.insight.analysis.questions import ask
from studio.insight.imports.store import store_path
from studio.insight.model import Answer, BaselineReply, Rebuilt
from studio.insight.report import write_report

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
    """What came of it, or an error's code, key and values."""

    answer: Answer | None = None
    rebuilt: Rebuilt | None = None
    baseline: BaselineReply | None = None
    files: tuple[str, ...] = ()
    error: tuple[str, str, dict[str, str]] | None = None


def analyse(request: AnalysisRequest) -> AnalysisReply:
    """Does it here and now.

    Raises:
        StudioError: not_found, unavailable, failed.
    """
    path = analysis_path()
    if request.what == "ask" and is_fresh(path, data_dir() / "journal.db"):
        return AnalysisReply(answer=ask(path, request.question, request.show))
    rebuilt = rebuild(data_dir() / "journal.db", store_path(), path)
    if request.what == "rebuild":
        return AnalysisReply(rebuilt=rebuilt)
    if request.what == "ask":
        return AnalysisReply(answer=ask(path, request.question, request.show))
    if request.what == "report":
        written = write_report(path, request.show, request.at, Path(request.folder))
        return AnalysisReply(files=(str(written.html), *map(str, written.tables)))
    return AnalysisReply(baseline=find_baseline(path))


async def analyse_apart(request: AnalysisRequest) -> AnalysisReply:
    """Has it done by a process of low priority; that ends with whoever waits for it.

    Raises:
        StudioError: as `analyse`; failed, when the process ended or took too long.
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
        code, key, params = reply.error
        raise StudioError(code, key, **params)  # type: ignore[arg-type]
    return reply


def main() -> None:
    """One request on stdin, its reply on stdout."""
    background_thread()
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=AnalysisRequest)
    try:
        reply = analyse(request)
    except StudioError as error:
        params = {name: str(value) for name, value in error.params.items()}
        reply = AnalysisReply(error=(error.code, error.key, params))
    sys.stdout.buffer.write(msgspec.msgpack.encode(reply))


if __name__ == "__main__":
    main()
