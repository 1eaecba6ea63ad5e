"""Exports of platforms and shops from outside: read, looked at, taken, taken back.

A file is read by a process of its own; nothing is kept before a person accepts.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from studio.core.child_process import ask_process
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.places import names_place
from studio.insight.imports.model import ImportedFile
from studio.insight.imports.request import TakeReply, TakeRequest

READ_S = 120.0
KEPT = 8
Short = Annotated[str, msgspec.Meta(max_length=60)]
Mapping = Annotated[dict[str, str], msgspec.Meta(max_length=60)]
Year = Annotated[int, msgspec.Meta(ge=2000, le=2100)]
FileNumber = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


class ImportsCommands:
    """Orders and figures from files."""

    def __init__(self) -> None:
        self._read: dict[str, TakeRequest] = {}

    @command(
        "imports.read",
        role=Role.CONTROLLER,
        label=("读取导出文件", "Read an export"),
        help=(
            "读取平台或店铺导出的订单、账单、数据，说明看懂了什么、哪些行有错、要人回答什么；"
            "不保存，由 imports.accept 接受。",
            "Reads orders, settlements or figures that a platform or shop exported: what was "
            "understood, which rows are wrong, what a person must say; imports.accept keeps it.",
        ),
    )
    async def read(
        self,
        path: Annotated[str, names_place("read", max_length=1000)],
        kind: Short = "",
        mapping: Mapping | None = None,
        currency: Short = "",
        year: Year | None = None,
        zone: Short = "",
    ) -> Changed:
        """Answers with what was understood, and the id to accept it by."""
        file = str(Path(path).expanduser())
        request = TakeRequest(file, kind, mapping or {}, currency, year, zone)
        reply = await ask_process("studio.insight.imports.child", request, TakeReply, READ_S)
        id = uuid.uuid4().hex[:12]
        self._read[id] = request
        for old in list(self._read)[:-KEPT]:
            del self._read[old]
        return changed(result={"id": id, "path": file, **reply.found})

    @command(
        "imports.accept",
        role=Role.CONTROLLER,
        label=("接受导出文件", "Accept an export"),
        help=(
            "保存 imports.read 读过的文件：重复的行不会再算，较旧的状态不覆盖；可整份撤回。",
            "Keeps a file that imports.read has read: rows that are known count once, an older "
            "state changes nothing; it can be taken back whole.",
        ),
    )
    async def accept(self, id: Short) -> Changed:
        """Answers with counts and the file's number."""
        request = self._read.get(id)
        if request is None:
            raise StudioError("not_found", "imports.no_import", id=id)
        kept = replace(request, is_kept=True)
        reply = await ask_process("studio.insight.imports.child", kept, TakeReply, READ_S)
        found = reply.found
        if found["asked"]:
            raise StudioError("conflict", "imports.still_asked", what=", ".join(found["asked"]))
        self._read.pop(id, None)
        return changed(result=found, undo=("imports.undo", {"file": found["file"]}))

    @command(
        "imports.undo",
        role=Role.CONTROLLER,
        label=("撤回导入", "Take an import back"),
        help=(
            "撤回一份已导入的文件：它带来的行去掉，它改过的行恢复；之后的文件改过的保留。",
            "Takes an imported file back: rows it brought go, rows it changed come back; what a "
            "later file has changed stays.",
        ),
    )
    async def undo(self, file: FileNumber) -> Changed:
        """Answers with how many rows went, came back and stayed."""
        return changed(result=await asyncio.to_thread(_undo, file))

    @command(
        "imports.list",
        role=Role.CONTROLLER,
        label=("已导入的文件", "Imported files"),
        help=("已导入的文件，新的在前。", "Files that were imported, the newest first."),
    )
    async def list_files(self) -> Changed:
        """Answers with the files."""
        files = await asyncio.to_thread(_files)
        return changed(result={"files": msgspec.to_builtins(files)})


def _undo(file: int) -> dict[str, Any]:
    from studio.insight.imports.store import ExportStore

    with closing(ExportStore()) as store:
        plain: dict[str, Any] = msgspec.to_builtins(store.undo(file))
        return plain


def _files() -> list[ImportedFile]:
    from studio.insight.imports.store import ExportStore

    with closing(ExportStore()) as store:
        return store.files()
