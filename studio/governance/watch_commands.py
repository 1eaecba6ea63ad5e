"""The security watch from outside: look, check the chain, breaches and their clocks."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.governance.watch.breach import BreachBook
from studio.governance.watch.model import AlarmKind, ChainState, WatchView

Words = Annotated[str, msgspec.Meta(min_length=2, max_length=1000)]
BreachId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Watch(Protocol):
    """Who looks."""

    def view(self) -> WatchView:
        """As it is now."""
        ...

    async def check_chain(self) -> ChainState:
        """Checks the logs."""
        ...

    def alarm(self, kind: AlarmKind, subject: str) -> None:
        """Notes an alarm and tells it."""
        ...


class WatchCommands:
    """The watch.

    Args:
        watch: knows how it stands.
        breaches: those that are known.
    """

    def __init__(self, watch: Watch, breaches: BreachBook) -> None:
        self._watch, self._breaches = watch, breaches

    @command(
        "watch.show",
        role=Role.TECHNICIAN,
        label=("安全态势", "Security watch"),
        help=(
            "谁在线、来自哪里，拒绝、猜密码、触限，审计链与锚点，到期内容，今天的红色命令。",
            "Who is in from where, refusals, guesses, limits, chain and anchor, what is due, red "
            "commands of the day.",
        ),
    )
    def show(self) -> Changed:
        return changed(result=msgspec.to_builtins(self._watch.view()))

    @command(
        "watch.check",
        role=Role.TECHNICIAN,
        label=("核对审计链", "Check the audit chain"),
        help=("立即核对全部审计日志。", "Checks all audit logs now."),
    )
    async def check(self) -> Changed:
        return changed("watch", result={"chain": await self._watch.check_chain()})

    @command(
        "watch.breach",
        role=Role.OWNER,
        label=("登记数据泄露", "A breach of personal data"),
        help=(
            "登记一次（疑似）泄露并开始计时：立即告知主管部门和本人（个保法 57），"
            "GDPR 下 72 小时内。",
            "Personal data got out, or may have: the clocks run. Tell authority and persons at "
            "once (PIPL 57), within 72 hours under GDPR 33.",
        ),
    )
    async def breach(self, what: Words) -> Changed:
        made = await asyncio.to_thread(self._breaches.open, what)
        self._watch.alarm("breach", made.id)
        return changed("watch", result=msgspec.to_builtins(made))

    @command(
        "watch.told",
        role=Role.OWNER,
        label=("已告知", "Told"),
        help=("记下已告知主管部门或本人。", "Notes that authority or persons were told."),
    )
    async def told(self, id: BreachId, whom: Literal["authority", "persons"]) -> Changed:
        breach = await asyncio.to_thread(self._breaches.told, id, whom)
        return changed("watch", result=msgspec.to_builtins(breach))

    @command(
        "watch.close",
        role=Role.OWNER,
        label=("了结泄露", "Close a breach"),
        help=("告知主管部门之后才能了结。", "Not before the authority was told."),
    )
    async def close(self, id: BreachId) -> Changed:
        breach = await asyncio.to_thread(self._breaches.close, id)
        return changed("watch", result=msgspec.to_builtins(breach))
