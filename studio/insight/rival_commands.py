"""Competitor watch from outside: noted by hand, taken from a file, listed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec

from studio.core.child_process import ProcessReply, ask_process
from studio.core.command import Changed, Role, changed, command
from studio.core.places import names_place
from studio.insight.rivals.book import forget, note, seen_lately
from studio.insight.rivals.model import RivalGoodsSeen

RowKey = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
READ_S = 60.0


class RivalFile(msgspec.Struct):
    """A file that is to be read."""

    path: str


class RivalFileReply(ProcessReply):
    """What it held: rows, new ones, refused ones."""

    rows: int = 0
    new: int = 0
    refused: int = 0


class RivalCommands:
    """What somebody saw at other shops. Nothing is fetched: people look, or have a file."""

    @command(
        "rivals.put",
        role=Role.CONTROLLER,
        label=("记一条竞品", "Note a competitor's product"),
        help=(
            "记下在别家看到的商品、价格、开播时段和优惠；程序自己从不抓取。",
            "Notes goods, price, hours and offer seen at another shop; nothing is ever fetched.",
        ),
    )
    async def put(self, seen: RivalGoodsSeen) -> Changed:
        """Answers with its key."""
        key, before = await asyncio.to_thread(note, seen)
        undo = ("rivals.remove", {"row": key})
        if before is not None:
            undo = ("rivals.put", {"seen": msgspec.to_builtins(before)})
        return changed(result={"key": key}, undo=undo)

    @command(
        "rivals.remove",
        role=Role.CONTROLLER,
        label=("删除一条竞品", "Remove a note of a competitor"),
        help=("删除一条竞品记录。", "Takes one note away."),
    )
    async def remove(self, row: RowKey) -> Changed:
        gone = await asyncio.to_thread(forget, row)
        return changed(undo=("rivals.put", {"seen": msgspec.to_builtins(gone)}))

    @command(
        "rivals.list",
        role=Role.CONTROLLER,
        label=("竞品列表", "List competitors"),
        help=(
            "每家每件商品最近看到的价格、上一次价格、时段和优惠。",
            "The latest price of each competitor's product, the one before, hours and offer.",
        ),
    )
    async def list_all(self) -> Changed:
        """Answers with the rows, the newest first."""
        rows = await asyncio.to_thread(seen_lately)
        return changed(result={"rivals": msgspec.to_builtins(rows)})

    @command(
        "rivals.import",
        role=Role.CONTROLLER,
        label=("导入竞品文件", "Import competitors"),
        help=(
            "从 CSV 或 XLSX 导入：店铺、商品、价格、看到的时间、时段、优惠。",
            "From CSV or XLSX: rival, goods, price, seen at, hours, offer.",
        ),
    )
    async def take(self, path: Annotated[str, names_place("read", max_length=1000)]) -> Changed:
        """Answers with counts; read by a process of its own."""
        request = RivalFile(str(Path(path).expanduser()))
        reply = await ask_process("studio.insight.rivals.child", request, RivalFileReply, READ_S)
        found = {"rows": reply.rows, "new": reply.new, "refused": reply.refused}
        return changed(result=found)
