"""Packs of comment rules from outside: which there are, what one would change, arming."""

from __future__ import annotations

import asyncio
from typing import Annotated, Protocol

import msgspec

from studio.comments.keeper import CommentQueue
from studio.comments.moderation.packs import (
    PackTrial,
    find_pack,
    own_packs_folder,
    sound_pack,
)
from studio.comments.moderation.rule_files import Rule, RuleFile
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError

PackName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
MOST_OLD = 100_000
"""Comments of the past that a pack is tried on."""


class TrialRunner(Protocol):
    """Tries a pack on the comments of the last shows, away from the engine."""

    async def try_pack(
        self, pack: RuleFile, armed: tuple[Rule, ...], words: tuple[Rule, ...], most: int
    ) -> PackTrial:
        """What would be decided otherwise.

        Args:
            pack: what is tried.
            armed: rules of the packs that count now, but those of this pack.
            words: the show's own words.
            most: newest comments that are looked at.

        Raises:
            StudioError: failed.
        """
        ...


class PackCommands:
    """Comment packs of this person's folder (``comment-packs`` in the data folder)."""

    def __init__(self, audience: CommentQueue, trials: TrialRunner) -> None:
        self._audience, self._trials = audience, trials

    @command(
        "comments.packs",
        role=Role.VIEWER,
        label=("评论规则包", "Comment packs"),
        help=("列出评论规则包以及是否启用。", "Lists the comment packs and which are armed."),
    )
    def packs(self) -> Changed:
        names = {path.stem for path in own_packs_folder().glob("*.json")}
        armed = set(self._audience.packs)
        listed = [{"name": n, "is_armed": n in armed} for n in sorted(names | armed)]
        return changed(result=listed)

    @command(
        "comments.try_pack",
        label=("试用规则包", "Try a comment pack"),
        help=(
            "用前几场的评论试一个规则包：按规则列出结论会变的评论，不改变任何设置。",
            "Tries a pack on the chat of the last shows: by rule what would change.",
        ),
    )
    async def try_pack(
        self, name: PackName, most: Annotated[int, msgspec.Meta(ge=1, le=MOST_OLD)] = MOST_OLD
    ) -> Changed:
        pack = await asyncio.to_thread(_checked, name)
        others = [kept for armed, kept in self._audience.packs.items() if armed != name]
        armed = tuple(rule for other in others for rule in other.rules)
        trial = await self._trials.try_pack(pack, armed, self._audience.own_rules(), most)
        return changed(result=msgspec.to_builtins(trial))

    @command(
        "comments.arm_pack",
        label=("启用规则包", "Arm a comment pack"),
        help=(
            "检查规则包并从下一条评论起启用；有问题的不启用。",
            "Checks a pack and counts it from the next comment on; one with a fault is refused.",
        ),
    )
    async def arm_pack(self, name: PackName) -> Changed:
        if name in self._audience.packs:
            raise StudioError("conflict", "audience.pack_armed", name=name)
        pack = await asyncio.to_thread(_checked, name)
        await self._audience.change_packs({**self._audience.packs, name: pack})
        return changed("comments", undo=("comments.disarm_pack", {"name": name}))

    @command(
        "comments.disarm_pack",
        label=("停用规则包", "Disarm a comment pack"),
        help=("停用一个评论规则包。", "Takes a comment pack back."),
    )
    async def disarm_pack(self, name: PackName) -> Changed:
        known = self._audience.packs
        if name not in known:
            said = ", ".join(known) or "-"
            raise StudioError("not_found", "audience.pack_not_armed", name=name, known=said)
        await self._audience.change_packs({n: kept for n, kept in known.items() if n != name})
        return changed("comments", undo=("comments.arm_pack", {"name": name}))


def _checked(name: str) -> RuleFile:
    return sound_pack(find_pack(name))
