"""Commands of the analysis: made anew, asked, the picture of a moment, a platform's figure."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.core.places import names_place
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.analysis.questions import questions
from studio.insight.journal import Journal
from studio.insight.moment import picture_of

Short = Annotated[str, msgspec.Meta(max_length=60)]


class RecordingsPlace(Protocol):
    """A folder whose disk fills."""

    @property
    def path(self) -> Path:
        """The folder."""
        ...


class InsightCommands:
    """What others may ask of the analysis.

    Args:
        journal: written to, and asked for moments.
        recordings: where recordings go.
    """

    def __init__(self, journal: Journal, recordings: RecordingsPlace) -> None:
        self._journal, self._recordings = journal, recordings

    @command(
        "insight.rebuild",
        role=Role.CONTROLLER,
        label=("重建分析", "Rebuild analysis"),
        help=(
            "由日志和导入的订单重建分析文件，在低优先级进程里进行。",
            "Makes the analysis anew from the journal and imported orders, at low priority.",
        ),
    )
    async def rebuild(self) -> Changed:
        """Answers with counts, and with entries that are not as they were written."""
        reply = await analyse_apart(AnalysisRequest("rebuild"))
        return changed(result=msgspec.to_builtins(reply.rebuilt))

    @command(
        "insight.ask",
        role=Role.CONTROLLER,
        label=("提问", "Ask"),
        help=(
            "回答一个保存的问题；show 为场次编号、节目名或 last，不写为全部。",
            "Answers a saved question; show: a time on air, a show's name, last, or all.",
        ),
    )
    async def ask(self, name: Short, show: Short = "") -> Changed:
        """Answers with columns and rows."""
        reply = await analyse_apart(AnalysisRequest("ask", name, show))
        return changed(result=msgspec.to_builtins(reply.answer))

    @command(
        "insight.shape",
        role=Role.CONTROLLER,
        label=("漏斗与热力", "Funnel and heat"),
        help=(
            "一场的五维四率漏斗、最宽的路径、分钟×商品与星期×小时热力、买家分群；show 为场次编号、"
            "节目名或 last。",
            "A show's funnel, widest paths, heat by minute and product and by weekday and hour, "
            "and segments of buyers; show: a time on air, a show's name, or last.",
        ),
    )
    async def shape(self, show: Short = "last") -> Changed:
        """Answers with all of it; what nobody told is null."""
        reply = await analyse_apart(AnalysisRequest("shape", show=show))
        return changed(result=msgspec.to_builtins(reply.shape))

    @command(
        "insight.strip",
        role=Role.CONTROLLER,
        label=("一场的时间轴", "A show on one axis"),
        help=(
            "一场每分钟的在线、成交、评论，以及弹卡、切换、报警；beside 为另一场，按阶段叠加。",
            "A show's online, sales and comments by minute, its cards, cuts and alarms; beside: "
            "another show, laid over it by phase.",
        ),
    )
    async def strip(self, show: Short = "last", beside: Short = "") -> Changed:
        """Answers with lanes and marks."""
        reply = await analyse_apart(AnalysisRequest("strip", show=show, beside=beside))
        return changed(result=msgspec.to_builtins(reply.strip))

    @command(
        "insight.moment",
        role=Role.CONTROLLER,
        label=("某一刻的画面", "Picture of a moment"),
        help=(
            "把某一刻（UTC 或日志记录编号）的直播画面从录像里取出，写成图片。",
            "Writes the programme's picture of a time in UTC, or of a journal entry.",
        ),
    )
    async def moment(
        self, when: Short, file: Annotated[str, names_place("write", max_length=1000)]
    ) -> Changed:
        """Answers with the recording and where in it the picture stands."""
        folder = self._recordings.path
        found = await asyncio.to_thread(picture_of, self._journal.path, when, folder, folder / file)
        return changed(
            result={
                "file": str(folder / file),
                "recording": str(found.recording),
                "at_s": found.file_us / 1e6,
                "at_utc": found.instant.at_utc,
            }
        )

    @command(
        "insight.questions",
        role=Role.VIEWER,
        label=("有哪些问题", "Which questions there are"),
        help=("保存的问题及其名称。", "The saved questions with their names."),
    )
    def list_questions(self) -> Changed:
        """Shipped ones and this person's own."""
        found = {id: msgspec.to_builtins(each.label) for id, each in questions().items()}
        return changed(result={"questions": found})

    @command(
        "reports.write",
        role=Role.CONTROLLER,
        label=("写复盘报告", "Write the report"),
        help=(
            "把一场直播的复盘写成一个不联网的 HTML 文件和 CSV；"
            "不写文件夹则放在录像文件夹的 reports 里。",
            "Writes a show's review as one HTML file without network, and CSV; into reports in the "
            "folder of recordings unless told otherwise.",
        ),
    )
    async def write_report(
        self, show: Short = "last", at: Literal["2h", "24h", "48h", "7d"] = "7d",
        folder: Annotated[str, names_place("folder", max_length=1000)] = "", pdf: bool = False,
    ) -> Changed:  # fmt: skip
        """Answers with the files, the page first, the PDF last."""
        place = str(Path(folder).expanduser() if folder else self._recordings.path / "reports")
        reply = await analyse_apart(AnalysisRequest("report", "", show, at, place, with_pdf=pdf))
        return changed(result={"files": list(reply.files)})
