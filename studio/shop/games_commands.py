"""Draws from outside: put, open, close, draw, the next in rank, the proof."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Protocol

import msgspec

from studio.core.clock import now_ns
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.core.whole_file import write_whole
from studio.shop.games.draw import Draw, DrawRules

DrawId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


class Draws(Protocol):
    """The draws of this show."""

    draws: dict[str, Draw]

    def muted_people(self) -> set[str]:
        """Who is muted now."""
        ...


class GameCommands:
    """Draws that anybody can check."""

    def __init__(self, room: Draws) -> None:
        self._room = room

    @command(
        "games.put",
        role=Role.CONTROLLER,
        label=("准备抽奖", "Prepare a draw"),
        help=(
            "定下规则和随机种子的承诺（哈希）；开始前展示给观众。",
            "Fixes rules and the hash of the seed, to be shown before entries are taken.",
        ),
    )
    def put(self, id: DrawId, rules: DrawRules) -> Changed:
        known = self._room.draws.get(id)
        if known is not None and known.stage != "ready":
            raise StudioError("conflict", "games.stage", id=id, stage=known.stage)
        made = self._room.draws[id] = Draw(id, rules)
        return changed("games", result=msgspec.to_builtins(made.view()))

    @command(
        "games.open",
        role=Role.CONTROLLER,
        label=("开始抽奖报名", "Open a draw"),
        help=("开始收集参与评论；规则从此锁定。", "Takes entries; the rules are locked from here."),
    )
    def open(self, id: DrawId) -> Changed:
        self._get(id).open()
        return changed("games")

    @command(
        "games.close",
        role=Role.CONTROLLER,
        label=("截止报名", "Close a draw"),
        help=(
            "冻结名单；随后的 20 条评论（或一分钟内的）会混入抽签。",
            "Freezes the entries; the next 20 comments (or a minute's) are mixed into the draw.",
        ),
    )
    async def close(self, id: DrawId) -> Changed:
        draw, muted = self._get(id), self._room.muted_people()
        digest = await asyncio.to_thread(draw.close, now_ns(), muted)
        return changed("games", result={"entries_sha256": digest})

    @command(
        "games.draw",
        role=Role.CONTROLLER,
        label=("开奖", "Draw"),
        help=("按可验证的顺序选出中奖者，并写下证明。", "Names the winners and writes the proof."),
    )
    async def draw(self, id: DrawId) -> Changed:
        draw = self._get(id)
        winners = await asyncio.to_thread(draw.draw, now_ns())
        path = await self._write(draw)
        return changed("games", result={"winners": winners, "proof": path})

    @command(
        "games.next",
        role=Role.CONTROLLER,
        label=("顺延中奖", "Next in rank"),
        help=("中奖者没来领，奖品给下一位。", "A prize was not claimed: the next in rank has it."),
    )
    async def next(self, id: DrawId, entry: str) -> Changed:
        draw = self._get(id)
        winners = draw.pass_over(entry)
        path = await self._write(draw)
        return changed("games", result={"winners": winners, "proof": path})

    @command(
        "games.list",
        role=Role.VIEWER,
        label=("抽奖列表", "List draws"),
        help=("列出本场的抽奖。", "Lists the draws of this show."),
    )
    def list_all(self) -> Changed:
        views = [draw.view() for draw in self._room.draws.values()]
        return changed(result=msgspec.to_builtins(views))

    async def _write(self, draw: Draw) -> str:
        """The proof as a file in the data folder; nothing is lost when the disk is full.

        Raises:
            StudioError: failed; the draw stands and can be written again with games.next.
        """
        path = data_dir() / "draws" / f"{draw.id}-{draw.commitment[:12]}.json"
        text = json.dumps(draw.proof(), indent=1)

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "media.cannot_write", path=str(path), why=why) from None
        return str(path)

    def _get(self, id: str) -> Draw:
        draw = self._room.draws.get(id)
        if draw is None:
            known = ", ".join(self._room.draws) or "-"
            raise StudioError("not_found", "games.unknown", id=id, known=known)
        return draw
