"""Find somebody, give them what is kept of them, forget them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, ClassVar

import msgspec

from studio.core.asking import PERSONAL, asking
from studio.core.command import Changed, Role, changed, command
from studio.core.event import Event, Events
from studio.core.text import Text
from studio.governance.catalogue import PARTS
from studio.governance.model import RequestKind
from studio.governance.people import PeopleKeys
from studio.governance.persons import Erasure, Persons
from studio.governance.requests import Outcome, RequestBook
from studio.governance.rights.book import OperatorBook
from studio.governance.store_keys import own_store_keys
from studio.governance.stores import store_states

Who = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Note = Annotated[str, msgspec.Meta(max_length=1000)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class PrivacyCommands:
    """The rights of persons; reading personal data is a right of its own, the owner's."""

    def __init__(self, persons: Persons) -> None:
        self._persons = persons

    @command(
        "privacy.find",
        role=Role.OWNER,
        reads=PERSONAL,
        label=("查找个人信息", "Find a person"),
        help=(
            "按昵称、平台/编号或订单号查找本机记着谁。",
            "Finds of whom this machine keeps something: by name, platform/identity or order.",
        ),
    )
    async def find(self, who: str) -> Changed:
        persons = await asyncio.to_thread(self._persons.find, who)
        return changed(result=[person._asdict() for person in persons])

    @command(
        "privacy.export",
        role=Role.OWNER,
        reads=PERSONAL,
        label=("导出个人信息", "Export a person's data"),
        help=(
            "给出本机记着的关于此人的全部内容。",
            "Everything this machine keeps of a person.",
        ),
    )
    async def export(self, who: str) -> Changed:
        return changed(result=await asyncio.to_thread(self._persons.export, who))

    @command(
        "privacy.erase",
        role=Role.OWNER,
        needs_confirm=True,
        label=("删除个人信息", "Erase a person"),
        help=(
            "销毁此人的密钥：昵称和说过的话再也读不出，统计不变。法律要求保留的会说明。",
            "Destroys a person's key: name and words can never be read again, totals stay. What "
            "the law makes one keep is told.",
        ),
    )
    async def erase(self, who: str) -> Changed:
        erasure = await asyncio.to_thread(self._persons.erase, who)
        return changed(result=plain_erasure(erasure))


class RequestCommands:
    """What persons ask of us, and what they agreed to.

    Args:
        book: keeps it.
        told: after a change.
    """

    def __init__(self, book: RequestBook, told: Callable[[], Awaitable[None]]) -> None:
        self._book, self._told = book, told

    @command(
        "privacy.request",
        role=Role.CONTROLLER,
        label=("登记个人请求", "A person's request"),
        help=(
            "登记某人要求查阅、更正、删除、或拒绝画像和广告；15 天内答复。proof 写明如何核实本人。",
            "Somebody asks for access, correction, erasure, or objects to profiling or "
            "advertising: to be answered within 15 days. proof: how it was made sure it is them.",
        ),
    )
    async def request(self, who: Who, kind: RequestKind, proof: Note = "") -> Changed:
        made = await asyncio.to_thread(self._book.ask, who, kind, proof)
        await self._told()
        return changed("privacy", result={"id": made.id, "due_utc": made.due_utc})

    @command(
        "privacy.requests",
        role=Role.OWNER,
        reads=PERSONAL,
        label=("个人请求清单", "Persons' requests"),
        help=("列出所有请求，含是谁提出的。", "Lists all requests with who asked."),
    )
    async def requests(self) -> Changed:
        found = await asyncio.to_thread(self._book.opened)
        return changed(result=msgspec.to_builtins(found))

    @command(
        "privacy.answer",
        role=Role.OWNER,
        label=("答复个人请求", "Answer a request"),
        help=(
            "记下已办理或拒绝；没有核实是本人的不能办理。",
            "Notes that it was done or refused; not done before it was made sure it is them.",
        ),
    )
    async def answer(self, id: Id, outcome: Outcome, note: Note = "", proof: Note = "") -> Changed:
        await asyncio.to_thread(self._book.answer, id, outcome, note, proof)
        await self._told()
        return changed("privacy")

    @command(
        "privacy.consent",
        role=Role.CONTROLLER,
        label=("登记同意", "A consent"),
        help=(
            "记下某人同意或撤回某一用途，以及当时所示文本的版本。",
            "Notes that somebody agreed to a purpose or took it back, and the version of the "
            "words they were shown.",
        ),
    )
    async def consent(self, who: Who, purpose: Id, text_version: Id, given: bool = True) -> Changed:
        await asyncio.to_thread(self._book.consent, who, purpose, text_version, given)
        await self._told()
        return changed("privacy")

    @command(
        "privacy.may",
        role=Role.CONTROLLER,
        label=("可否联系", "May they be addressed"),
        help=(
            "某人是否同意过某一用途，且没有撤回、之后也没有提出反对；联系之前先问。",
            "Did somebody agree to a purpose, and neither take it back nor object since? To be "
            "asked before they are addressed.",
        ),
    )
    async def may(self, who: Who, purpose: Id) -> Changed:
        """Answers with yes or no; who never said anything has not agreed."""
        return changed(result={"may": await asyncio.to_thread(self._book.may, who, purpose)})


class Unmasked(Event, frozen=True, kw_only=True):
    """Personal data are shown to somebody in full."""

    name: ClassVar[str] = "privacy.unmasked"
    label: ClassVar[Text] = Text("有人查看完整个人信息", "Personal data are shown in full")
    help: ClassVar[Text] = Text(
        "某人以某个理由临时查看未打码的个人信息。",
        "Somebody sees telephone numbers and addresses in full for a while, with a reason.",
    )

    operator: str
    reason: str
    minutes: float


class MaskCommands:
    """Showing personal data in full, and masked again.

    Args:
        operators: to whom they are shown.
        events: where it is told.
    """

    def __init__(self, operators: OperatorBook, events: Events) -> None:
        self._operators, self._events = operators, events

    @command(
        "privacy.unmask",
        role=Role.OWNER,
        reads=PERSONAL,
        label=("查看完整个人信息", "Show personal data in full"),
        help=(
            "电话、邮箱、住址、证件号平时打码；写明理由后只对自己显示完整内容，到点自动恢复。",
            "Telephone numbers, mail and postal addresses and identity numbers are masked; with a "
            "reason they are shown in full to whoever asks, and masked again by themselves.",
        ),
    )
    def unmask(
        self,
        reason: Annotated[str, msgspec.Meta(min_length=2, max_length=400)],
        minutes: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0,
    ) -> Changed:
        person = asking().person
        self._operators.unmask(person, minutes)
        self._events.publish(Unmasked(operator=person, reason=reason, minutes=minutes))
        return changed(*sorted(PARTS), result={"minutes": minutes})

    @command(
        "privacy.mask",
        role=Role.OWNER,
        label=("恢复打码", "Mask personal data again"),
        help=("提前结束查看完整个人信息。", "Ends showing personal data in full."),
    )
    def mask(self) -> Changed:
        self._operators.unmask(asking().person, 0)
        return changed(*sorted(PARTS))


class KeyCommands:
    """This machine's own keys."""

    def __init__(self, people: PeopleKeys) -> None:
        self._people = people

    @command(
        "keys.rotate",
        role=Role.OWNER,
        label=("更换本机密钥", "Change this machine's key"),
        help=(
            "用一把新的本机密钥重新加密每个人的密钥，并给各数据库换一把新密钥"
            "（下次写入时整库重新加密）；恢复码要重新抄写。",
            "Wraps every person's key with a new key of this machine and gives the databases a new "
            "one (each is encrypted anew when it is next written); write the recovery sheet anew.",
        ),
    )
    async def rotate(self) -> Changed:
        return changed("watch", result={"persons": await asyncio.to_thread(self._change)})

    def _change(self) -> int:
        persons = self._people.change_key()
        own_store_keys().change()
        return persons

    @command(
        "keys.stores",
        role=Role.TECHNICIAN,
        label=("数据库加密情况", "Which databases are encrypted"),
        help=(
            "每个数据库是否已加密、用的是不是现在的密钥。",
            "Whether each database is encrypted, and with the key that counts.",
        ),
    )
    async def stores(self) -> Changed:
        states = await asyncio.to_thread(store_states)
        return changed(result={"stores": msgspec.to_builtins(states)})


def plain_erasure(erasure: Erasure) -> dict[str, object]:
    """An erasure as plain data."""
    plain: dict[str, object] = msgspec.to_builtins(erasure)
    return plain
