"""Draws and games from outside: put, open, close, draw, claim, the next in rank."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.shop.games.draw import Draw
from studio.shop.games.model import DrawRules

Answer = Annotated[str, msgspec.Meta(max_length=40)]
EntryId = Annotated[str, msgspec.Meta(max_length=20)]
DrawId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


class Draws(Protocol):
    """The games of this show."""

    draws: dict[str, Draw]

    def put(self, draw: Draw) -> None:
        """A new one."""
        ...

    def remove(self, draw: Draw) -> None:
        """Forgets one that does not run."""
        ...

    def open(self, draw: Draw) -> None:
        """Takes entries."""
        ...

    async def close(self, draw: Draw) -> str:
        """Freezes them."""
        ...

    async def finish(self, draw: Draw) -> list[dict[str, str]]:
        """Names the winners."""
        ...

    async def pass_over(self, draw: Draw, entry: str) -> list[dict[str, str]]:
        """The next in rank."""
        ...

    on_air: str

    def show(self, id: str) -> None:
        """Puts its board on the picture; "" takes the one that is up off."""
        ...

    def claim(self, draw: Draw, entry: str) -> None:
        """A winner has claimed."""
        ...


class GameCommands:
    """Draws that anybody can check."""

    def __init__(self, room: Draws) -> None:
        self._room = room

    @command(
        "games.put",
        role=Role.CONTROLLER,
        label=("准备抽奖或游戏", "Prepare a draw or game"),
        help=(
            "定下规则和随机种子的承诺（哈希），开始前展示给观众；kind 为 draw 抽奖、words 口令、"
            "quiz 问答、price 猜价、vote 投票选款；问答和猜价带答案，开奖前保密；"
            "open_s 到时自动截止，奖品可以是优惠券（coupon）。",
            "Fixes rules and the hash of the seed, to be shown before entries are taken. kind: "
            "draw, words, quiz, price, vote (which outfit next). A quiz or guess the price has its "
            "answer, which is secret until it is drawn; open_s closes entries by itself; a prize "
            "may be a coupon.",
        ),
        secret=("answer",),
    )
    def put(self, id: DrawId, rules: DrawRules, answer: Answer = "") -> Changed:
        made = Draw(id, rules, answer=answer)
        self._room.put(made)
        return changed("games", result=msgspec.to_builtins(made.view()))

    @command(
        "games.remove",
        role=Role.CONTROLLER,
        label=("删除游戏", "Remove a game"),
        help=(
            "删除没有在进行的抽奖或游戏；证明文件还在。",
            "Forgets one that does not run; its proof stays.",
        ),
        needs_confirm=True,
    )
    def remove(self, id: DrawId) -> Changed:
        self._room.remove(self._get(id))
        return changed("games")

    @command(
        "games.open",
        role=Role.CONTROLLER,
        label=("开始抽奖报名", "Open a draw"),
        help=("开始收集参与评论；规则从此锁定。", "Takes entries; the rules are locked from here."),
    )
    def open(self, id: DrawId) -> Changed:
        self._room.open(self._get(id))
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
        digest = await self._room.close(self._get(id))
        return changed("games", result={"entries_sha256": digest})

    @command(
        "games.draw",
        role=Role.CONTROLLER,
        label=("开奖", "Draw"),
        help=("按可验证的顺序选出中奖者，并写下证明。", "Names the winners and writes the proof."),
    )
    async def draw(self, id: DrawId) -> Changed:
        draw = self._get(id)
        winners = await self._room.finish(draw)
        return changed("games", result={"winners": winners, "proof": draw.proof_path})

    @command(
        "games.next",
        role=Role.CONTROLLER,
        label=("顺延中奖", "Next in rank"),
        help=("中奖者没来领，奖品给下一位。", "A prize was not claimed: the next in rank has it."),
    )
    async def next(self, id: DrawId, entry: str) -> Changed:
        draw = self._get(id)
        winners = await self._room.pass_over(draw, entry)
        return changed("games", result={"winners": winners, "proof": draw.proof_path})

    @command(
        "games.claim",
        role=Role.CONTROLLER,
        label=("已领奖", "Prize claimed"),
        help=(
            "中奖者已领奖，不再顺延。",
            "A winner has claimed the prize: it goes to nobody else.",
        ),
    )
    def claim(self, id: DrawId, entry: EntryId) -> Changed:
        self._room.claim(self._get(id), entry)
        return changed("games")

    @command(
        "games.show",
        role=Role.CONTROLLER,
        label=("游戏上屏", "Show a game"),
        help=(
            "把游戏面板放到画面上：题目、票数、倒计时、中奖者；同时只有一个，id 为空则下屏。",
            "Puts a game's board on the picture: question, votes, time left, winners; one at a "
            "time, and an empty id takes it off.",
        ),
    )
    def show(self, id: Annotated[str, msgspec.Meta(max_length=40)] = "") -> Changed:
        before = self._room.on_air
        if id:
            self._get(id)
        self._room.show(id)
        return changed("games", undo=("games.show", {"id": before}))

    @command(
        "games.list",
        role=Role.VIEWER,
        label=("抽奖列表", "List draws"),
        help=("列出本场的抽奖。", "Lists the draws of this show."),
    )
    def list_all(self) -> Changed:
        views = [draw.view() for draw in self._room.draws.values()]
        return changed(result=msgspec.to_builtins(views))

    def _get(self, id: str) -> Draw:
        draw = self._room.draws.get(id)
        if draw is None:
            known = ", ".join(self._room.draws) or "-"
            raise StudioError("not_found", "games.unknown", id=id, known=known)
        return draw
