"""Commands of the analysis: made anew, asked, the picture of a moment, a platform's figure."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from studio.core.clock import seconds_of
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.places import names_place
from studio.insight.analysis.child import AnalysisRequest, analyse_apart
from studio.insight.entries import EntryFacts
from studio.insight.journal import Journal
from studio.insight.moment import picture_of

Metric = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Figure = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
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
        reply = await asyncio.to_thread(analyse_apart, AnalysisRequest())
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
        reply = await asyncio.to_thread(analyse_apart, AnalysisRequest(name, show))
        return changed(result=msgspec.to_builtins(reply.answer))

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
        "insight.figure",
        role=Role.CONTROLLER,
        label=("记入平台数据", "Note a platform's figure"),
        help=(
            "把平台的一个数字（在线、曝光、成交……）记入日志；同一 id 只算一次。",
            "Notes a platform's figure (online, exposed, paid, …); the same id counts once.",
        ),
    )
    def figure(
        self, metric: Metric, value: Figure, platform: Short = "", room: Short = "",
        at_utc: Short = "", id: Short = "",
    ) -> Changed:  # fmt: skip
        """Late figures keep both times: when it happened and when it came."""
        if at_utc:
            try:
                seconds_of(at_utc)
            except ValueError:
                raise StudioError("invalid", "insight.no_time", text=at_utc) from None
        own = EntryFacts(platform=platform, room=room, happened_utc=at_utc, uid=_uid(id))
        self._journal.write("insight.figure", {"metric": metric, "value": value}, own)
        return changed()


def _uid(id: str) -> bytes:
    if not id:
        return b""
    try:
        return uuid.UUID(id).bytes
    except ValueError:
        raise StudioError("invalid", "insight.no_uuid", text=id) from None
