"""Keeping from outside: what is due, how long, what must stay, and away with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.governance.keeping.keeper import Keeper
from studio.governance.keeping.model import Days, Due, RuleId

Words = Annotated[str, msgspec.Meta(min_length=2, max_length=400)]
HeldRule = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^([a-z_]+|\*)$")]
HoldId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class KeepingCommands:
    """The rules of keeping.

    Args:
        keeper: knows them.
        look: counts anew.
        show: takes over what was counted.
    """

    def __init__(
        self,
        keeper: Keeper,
        look: Callable[[], Awaitable[None]],
        show: Callable[[Sequence[Due]], Awaitable[None]],
    ) -> None:
        self._keeper, self._look, self._show = keeper, look, show

    @command(
        "keeping.due",
        role=Role.TECHNICIAN,
        label=("到期清单", "What is due"),
        help=(
            "试算：哪些内容已过保存期、哪些被留存令保住；什么也不删。",
            "A dry run: what is over its time, and what a legal hold keeps; nothing is dropped.",
        ),
    )
    async def due(self) -> Changed:
        found = await asyncio.to_thread(self._keeper.due)
        await self._show(found)
        return changed("keeping", result=msgspec.to_builtins(found))

    @command(
        "keeping.days",
        role=Role.OWNER,
        label=("设保存期", "How long it is kept"),
        help=(
            "一类内容保存多少天，0 为一直保存；不能短于法律要求。",
            "Days a kind of thing is kept, 0 for ever; never less than the law asks for.",
        ),
    )
    async def days(self, rule: RuleId, days: Days) -> Changed:
        before = await asyncio.to_thread(self._keeper.set_days, rule, days)
        await self._look()
        return changed("keeping", undo=("keeping.days", {"rule": rule, "days": before}))

    @command(
        "keeping.hold",
        role=Role.OWNER,
        label=("留存令", "Legal hold"),
        help=(
            "有纠纷或主管部门要求时，一类（或全部 *）内容一律不删，直到解除。",
            "Nothing of a rule (or * for all) is dropped until the hold is released.",
        ),
    )
    async def hold(self, rule: HeldRule, reason: Words) -> Changed:
        made = await asyncio.to_thread(self._keeper.hold, rule, reason)
        await self._look()
        return changed(
            "keeping", result=msgspec.to_builtins(made), undo=("keeping.release", {"id": made.id})
        )

    @command(
        "keeping.release",
        role=Role.OWNER,
        label=("解除留存令", "Release a hold"),
        help=("一条留存令到此为止。", "A legal hold ends."),
    )
    async def release(self, id: HoldId) -> Changed:
        gone = await asyncio.to_thread(self._keeper.release, id)
        await self._look()
        undo = ("keeping.hold", {"rule": gone.rule, "reason": gone.reason})
        return changed("keeping", undo=undo)

    @command(
        "keeping.drop",
        role=Role.OWNER,
        needs_confirm=True,
        label=("删除到期内容", "Drop what is due"),
        help=(
            "删除到期且未被留存的内容，留下删除证明；expect 为试算得出的条数，对不上就不删。",
            "Drops what is due and not held, and leaves a proof; expect: how many the dry run "
            "showed, or nothing is dropped.",
        ),
    )
    async def drop(self, expect: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]) -> Changed:
        proof = await asyncio.to_thread(self._keeper.drop, expect)
        await self._look()
        return changed("keeping", result=msgspec.to_builtins(proof))
