"""Commands of the analysis: made anew, asked, the picture of a moment, a platform's figure."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec

from studio.core.command import Bus, Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.places import names_place
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.analysis.questions import questions
from studio.insight.effects.model import DoneAction
from studio.insight.journal import Journal
from studio.insight.moment import picture_of

_log = logger(__name__)
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
        bus: asked for the actions after shows.
    """

    def __init__(self, journal: Journal, recordings: RecordingsPlace, bus: Bus) -> None:
        self._journal, self._recordings, self._bus = journal, recordings, bus

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
            "一场的五维四率漏斗、最宽的路径、分钟×商品与星期×小时热力、自家网页点击、买家分群；"
            "show 为场次编号、节目名或 last。",
            "A show's funnel, widest paths, heat by minute and product and by weekday and hour, "
            "clicks on own pages, and segments of buyers; show: a time on air, a show's name, or "
            "last.",
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
        "insight.shots",
        role=Role.CONTROLLER,
        label=("一场的缩略图", "Pictures along a show"),
        help=(
            "从录像里沿时间轴取若干张小图（JPEG 文件）；没有录像的地方没有图。",
            "Small pictures along a show's axis from its recordings, as JPEG files; none where "
            "nothing was recorded.",
        ),
    )
    async def shots(
        self, show: Short = "last", count: Annotated[int, msgspec.Meta(ge=1, le=24)] = 12
    ) -> Changed:
        """Answers with their times and files."""
        request = AnalysisRequest(
            "shots", show=show, count=count, folder=str(self._recordings.path)
        )
        reply = await analyse_apart(request)
        return changed(result={"shots": msgspec.to_builtins(reply.shots)})

    @command(
        "insight.effects",
        role=Role.CONTROLLER,
        label=("上次整改的效果", "What the last actions did"),
        help=(
            "一场之前登记的整改：指标在完成之前和之后各场的平均、没有变化时的范围、是否超出；"
            "场次太少会写明。language 为 zh 或 en。",
            "Actions put before a show: the figure they named in the shows before and since, the "
            "band where nothing changes, whether it was left; says where there are too few shows.",
        ),
    )
    async def effects(
        self, show: Short = "last", language: Literal["", "zh", "en"] = ""
    ) -> Changed:
        """Answers with columns and rows, as `insight.ask`."""
        request = AnalysisRequest(
            "effects", show=show, actions=await self._actions(), language=language
        )
        reply = await analyse_apart(request)
        return changed(result=msgspec.to_builtins(reply.answer))

    async def _actions(self) -> tuple[DoneAction, ...]:
        """Those that everybody may see: a report is handed on."""
        try:
            ran = await self._bus.run("actions.list", {"all": True}, role=Role.CONTROLLER)
        except StudioError as error:
            _log.warning("actions are not known: %s", error)
            return ()
        rows = ran.result["actions"] if isinstance(ran.result, dict) else []
        return tuple(msgspec.convert(row, DoneAction) for row in rows)

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
        actions = await self._actions() if at == "7d" else ()
        reply = await analyse_apart(
            AnalysisRequest("report", "", show, at, place, with_pdf=pdf, actions=actions)
        )
        return changed(result={"files": list(reply.files)})
