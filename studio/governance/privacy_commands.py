"""Find somebody, give them what is kept of them, forget them."""

from __future__ import annotations

import asyncio

import msgspec

from studio.core.asking import PERSONAL
from studio.core.command import Changed, Role, changed, command
from studio.governance.people import PeopleKeys
from studio.governance.persons import Erasure, Persons


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


class KeyCommands:
    """This machine's own key."""

    def __init__(self, people: PeopleKeys) -> None:
        self._people = people

    @command(
        "keys.rotate",
        role=Role.OWNER,
        label=("更换本机密钥", "Change this machine's key"),
        help=(
            "用一把新的本机密钥重新加密每个人的密钥；恢复码要重新抄写。",
            "Wraps every person's key with a new key of this machine; write the recovery sheet "
            "anew.",
        ),
    )
    async def rotate(self) -> Changed:
        return changed(result={"persons": await asyncio.to_thread(self._people.change_key)})


def plain_erasure(erasure: Erasure) -> dict[str, object]:
    """An erasure as plain data."""
    plain: dict[str, object] = msgspec.to_builtins(erasure)
    return plain
