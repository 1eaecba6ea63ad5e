"""Pack the record of a show that the law asks for, and look whether one is whole."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.core.paths import data_dir
from studio.core.places import names_place
from studio.governance.audit import Signer
from studio.governance.secrets import Secrets
from studio.insight.commands import RecordingsPlace, Short
from studio.insight.record import LAST, RecordPacker, check_folder
from studio.insight.record_reading import own_shelf, read_again


class RecordCommands:
    """The three-year record.

    Args:
        recordings: where recordings go; records stand beside them.
    """

    def __init__(self, recordings: RecordingsPlace) -> None:
        self._recordings = recordings
        self._shelf = own_shelf(lambda: recordings.path)

    @command(
        "record.pack",
        role=Role.OWNER,
        label=("打包直播档案", "Pack the show's record"),
        help=(
            "把一场直播的日志、价格与弹卡、审计记录和录像打包成带签名的文件夹，"
            "放在录像文件夹的 records 里。",
            "Packs journal, prices and cards, audit log and recordings of a show into a "
            "signed folder, in records beside the recordings.",
        ),
    )
    async def pack(self, show: Short = LAST, media: bool = True) -> Changed:
        """Answers with the folder and what is in it."""
        usual = self._recordings.path
        packer = RecordPacker(data_dir(), usual, lambda: Signer(Secrets()))
        packed = await asyncio.to_thread(packer.pack, show, usual / "records", with_media=media)
        return changed(result=msgspec.to_builtins(packed))

    @command(
        "record.verify",
        role=Role.OWNER,
        label=("核对直播档案", "Verify a record"),
        help=(
            "核对一个直播档案文件夹：少了、改了、多了哪个文件，签名对不对。",
            "Looks whether a record is whole: which file is missing, changed or not its own, and "
            "whether it was signed so.",
        ),
    )
    async def verify(
        self, folder: Annotated[str, names_place("folder", max_length=1000)]
    ) -> Changed:
        """Answers with every fault by file."""
        report = await asyncio.to_thread(check_folder, self._recordings.path / "records" / folder)
        return changed(result=msgspec.to_builtins(report))

    @command(
        "record.due",
        role=Role.TECHNICIAN,
        label=("直播档案何时读过", "When records were last read"),
        help=(
            "列出直播档案上次通读的时间和结果；超过半年没读的到期。",
            "Lists when each record was last read through and what that said; due again after "
            "half a year.",
        ),
    )
    async def due(self) -> Changed:
        """Answers with all of them, those that were read longest ago first."""
        records = await asyncio.to_thread(self._shelf.records)
        return changed(result={"records": msgspec.to_builtins(records)})

    @command(
        "record.read",
        role=Role.OWNER,
        label=("通读到期的直播档案", "Read records again"),
        help=(
            "通读到期的直播档案并记下结果（everything=true 全部）；每次最多 most 份，可随时再来。",
            "Reads the records that are due again and notes what was found (everything=true: all); "
            "so many at most in one go.",
        ),
    )
    async def read(
        self, everything: bool = False, most: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    ) -> Changed:
        """Answers with those that were read."""
        folder = self._recordings.path / "records"
        read = await asyncio.to_thread(
            lambda: list(read_again(self._shelf, folder, most, everything=everything))
        )
        return changed("watch", result={"records": msgspec.to_builtins(read)})
