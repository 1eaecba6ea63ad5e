"""People and their rights from outside: who there is, the second person, full rights in need."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.core.asking import PERSONAL, asking
from studio.core.command import Bus, Changed, Role, changed, command
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.glass import GlassCase
from studio.governance.rights.model import Operator, Patterns, RedRule, ShowName, ends_in
from studio.governance.rights.second import SecondPerson

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
RoleName = Literal["viewer", "streamer", "controller", "technician", "owner"]
Shows = Annotated[tuple[ShowName, ...], msgspec.Meta(max_length=50)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Hours = Annotated[float, msgspec.Meta(ge=0, le=24 * 366)]
Rules = Annotated[list[RedRule], msgspec.Meta(max_length=50)]


class RightsCommands:
    """Operators: put, taken back, listed.

    Args:
        book: of operators.
        bus: judges rights.
    """

    def __init__(self, book: OperatorBook, bus: Bus) -> None:
        self._book, self._bus = book, bus

    @command(
        "rights.list",
        role=Role.OWNER,
        label=("人员名单", "List people"),
        help=(
            "列出人员：角色、范围、期限和各自的设备。",
            "Lists people: role, scope, end and the devices of each.",
        ),
    )
    def list_all(self) -> Changed:
        return changed(result=[
            {**msgspec.to_builtins(operator), "has_ended": operator.left_s <= 0,
             "devices": self._book.devices(operator.name)}
            for operator in self._book.operators
        ])  # fmt: skip

    @command(
        "rights.put",
        role=Role.OWNER,
        label=("登记人员 / 借出权限", "Put a person, lend rights"),
        help=(
            "登记一个人或替换同名的人：角色、只许与不许的命令、节目、能否看个人信息，"
            "hours 后自动收回。设备用 phone.pair 或 remote.token_add 的 operator 归到此人名下。",
            "Adds a person or takes the place of one: role, commands with and without, shows, "
            "whether personal data are shown; it ends by itself after some hours. Devices come "
            "to them by phone.pair or remote.token_add with operator.",
        ),
    )
    def put(
        self,
        name: Name,
        role: RoleName = "controller",
        only: Patterns = (),
        without: Patterns = (),
        shows: Shows = (),
        personal: bool = True,
        hours: Hours = 0.0,
        until: Annotated[str, msgspec.Meta(max_length=40)] = "",
        glass: bool = False,
    ) -> Changed:
        operator = Operator(
            name=name, role=role, only=only, without=without, shows=shows,
            data=(PERSONAL,) if personal else (), until=until or ends_in(hours),
            may_break_glass=glass,
        )  # fmt: skip
        before = self._book.put(operator)
        undo: tuple[str, dict[str, object]] = ("rights.remove", {"name": operator.name.strip()})
        if before is not None:
            undo = ("rights.put", _args(before))
        return changed("rights", result=msgspec.to_builtins(operator), undo=undo)

    @command(
        "rights.remove",
        role=Role.OWNER,
        label=("收回此人的权限", "Take a person's rights back"),
        help=(
            "此人的全部设备立即断开，令牌作废。",
            "All devices of theirs are out at once, and their tokens open nothing any more.",
        ),
    )
    def remove(self, name: Name) -> Changed:
        gone = self._book.remove(name)
        return changed("rights", undo=("rights.put", _args(gone)))

    @command(
        "rights.mine",
        role=Role.VIEWER,
        label=("我的权限", "My rights"),
        help=("我是谁，能做什么，到何时。", "Who I am, what I may do, until when."),
    )
    def mine(self) -> Changed:
        asker = asking()
        operator = self._book.find(asker.person)
        return changed(result={
            "operator": asker.person, "role": Role(asker.role).name.lower(),
            "until": operator.until if operator else "",
            "personal": asker.sees(PERSONAL), "commands": self._commands_of(),
        })  # fmt: skip

    def _commands_of(self) -> list[str]:
        asker = asking()
        return [spec.id for spec in self._bus.specs() if self._bus.may(spec, asker)]


class SecondCommands:
    """Red commands: which, and the second person.

    Args:
        book: keeps the rules.
        second: what waits.
    """

    def __init__(self, book: OperatorBook, second: SecondPerson) -> None:
        self._book, self._second = book, second

    @command(
        "rights.red",
        role=Role.OWNER,
        label=("红色命令规则", "Rules for red commands"),
        help=(
            "哪些命令要写明理由、要第二个人在限时内同意；整体替换。",
            "Which commands need a reason, and somebody else's yes in time; replaces all rules.",
        ),
    )
    def red(self, rules: Rules) -> Changed:
        before = self._book.set_red(rules)
        return changed("rights", undo=("rights.red", {"rules": msgspec.to_builtins(list(before))}))

    @command(
        "rights.agree",
        role=Role.STREAMER,
        label=("同意执行", "Agree"),
        help=(
            "作为第二个人同意一条红色命令；它以请求者的权限立即执行。",
            "The second person's yes to a red command; it runs with the right of whoever asked.",
        ),
    )
    async def agree(self, id: Id) -> Changed:
        done = await self._second.agree(id)
        return changed("rights", *done.parts, result=done.result)

    @command(
        "rights.refuse",
        role=Role.STREAMER,
        label=("不同意", "Refuse"),
        help=("拒绝一条等待同意的命令。", "The second person's no to a red command."),
    )
    def refuse(self, id: Id) -> Changed:
        self._second.refuse(id)
        return changed("rights")


class GlassCommands:
    """Full rights in need.

    Args:
        case: gives them.
    """

    def __init__(self, case: GlassCase) -> None:
        self._case = case

    @command(
        "rights.break_glass",
        role=Role.VIEWER,
        label=("紧急全权", "Emergency rights"),
        help=(
            "事先获准的人在紧急时取得全部权限 15 分钟：写明理由，所有人都会看到，事后复核。",
            "Whoever was allowed beforehand takes all rights for 15 minutes: with a reason, told "
            "to everybody, looked at afterwards.",
        ),
    )
    def break_glass(self, reason: Reason) -> Changed:
        glass = self._case.smash(reason)
        return changed("rights", result=msgspec.to_builtins(glass))

    @command(
        "rights.give_back",
        role=Role.VIEWER,
        label=("交还紧急全权", "Give emergency rights back"),
        help=("提前结束自己的紧急全权。", "One's own emergency rights end before their time."),
    )
    def give_back(self) -> Changed:
        glass = self._case.give_back(asking().person)
        return changed("rights", result=msgspec.to_builtins(glass))

    @command(
        "rights.review",
        role=Role.OWNER,
        label=("复核紧急全权", "Review emergency rights"),
        help=(
            "另一位负责人看过当时做了什么，写下结论。",
            "Somebody else has looked at what was done with them, and says so.",
        ),
    )
    def review(self, id: Id, verdict: Reason) -> Changed:
        return changed("rights", result=msgspec.to_builtins(self._case.review(id, verdict)))


def _args(operator: Operator) -> dict[str, object]:
    """The arguments of `rights.put` that make this operator."""
    return {
        "name": operator.name, "role": operator.role, "only": list(operator.only),
        "without": list(operator.without), "shows": list(operator.shows),
        "personal": PERSONAL in operator.data, "until": operator.until,
        "glass": operator.may_break_glass,
    }  # fmt: skip
