"""Packs from outside: which hold, what they say about a text, whose word lets one stand."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.host.packs.matcher import by_rule
from studio.host.packs.model import (
    Alarm,
    Dismissal,
    PackId,
    PacksPart,
    PacksView,
    Place,
    RulePack,
)

LintedText = Annotated[str, msgspec.Meta(max_length=200_000)]
RuleName = Annotated[str, msgspec.Meta(max_length=100)]
PersonName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
MOST_DISMISSED = 500


class PackRoom(Protocol):
    """The packs of this show."""

    part: PacksPart
    packs: tuple[RulePack, ...]

    def put(self, part: PacksPart) -> None: ...

    def view(self) -> PacksView: ...

    def alarms(self, text: str, product: str = "", *, is_heard: bool = False) -> list[Alarm]: ...

    def dismissal(self, rule: str, text: str, by: str) -> Dismissal: ...


class PackCommands:
    """Rules about what may be said."""

    def __init__(self, room: PackRoom) -> None:
        self._room = room

    @command(
        "packs.list",
        role=Role.VIEWER,
        label=("规则包清单", "List packs"),
        help=(
            "列出规则包：适用地、版本、是否生效、是否过期。",
            "The packs there are: place, version, whether they hold and are out of date.",
        ),
    )
    def list_all(self) -> Changed:
        return changed(result=msgspec.to_builtins(self._room.view().packs))

    @command(
        "packs.arm",
        role=Role.TECHNICIAN,
        label=("启用规则包", "Arm a pack"),
        help=("启用或停用一个规则包。", "Arms a pack, or takes it out of force for this show."),
    )
    def arm(self, pack: PackId, on: bool = True) -> Changed:
        before = self._room.part
        if not any(known.id == pack for known in self._room.packs):
            raise StudioError("not_found", "packs.unknown", pack=pack)
        rest = tuple(id for id in before.off if id != pack)
        self._room.put(replace(before, off=rest if on else (*rest, pack)))
        return changed("packs", undo=("packs.arm", {"pack": pack, "on": pack not in before.off}))

    @command(
        "packs.places",
        role=Role.TECHNICIAN,
        label=("观众所在地", "Places of viewers"),
        help=(
            "本场观众在哪里，就用哪里的规则：cn、eu、uk、us。",
            "Whose laws hold for the viewers of this show: cn, eu, uk, us.",
        ),
    )
    def places(self, places: Annotated[list[Place], msgspec.Meta(max_length=8)]) -> Changed:
        before = self._room.part
        self._room.put(replace(before, places=tuple(dict.fromkeys(places))))
        return changed("packs", undo=("packs.places", {"places": list(before.places)}))

    @command(
        "packs.lint",
        role=Role.VIEWER,
        label=("检查说法", "Check a text"),
        help=(
            "检查一段话：碰到哪条规则、法条、可以怎么说。仅供参考，不是法律意见。",
            "What of a text breaks a rule, which article, what to say instead. A help, no legal "
            "advice.",
        ),
    )
    def lint(self, text: LintedText, product: RuleName = "", heard: bool = False) -> Changed:
        alarms = self._room.alarms(text, product, is_heard=heard)
        return changed(result=msgspec.to_builtins(alarms))

    @command(
        "packs.explain",
        role=Role.VIEWER,
        label=("规则说明", "Explain a rule"),
        help=(
            "一条规则的法条、理由、例子（写成 规则包/规则）。",
            "A rule's article, reason and examples; named as pack/rule.",
        ),
    )
    def explain(self, rule: RuleName) -> Changed:
        found = by_rule(self._room.packs).get(rule)
        if found is None:
            raise StudioError("not_found", "packs.no_rule", rule=rule)
        pack, entry = found
        sources = msgspec.to_builtins(pack.sources)
        return changed(result={**msgspec.to_builtins(entry), "pack": pack.id, "sources": sources})

    @command(
        "packs.dismiss",
        role=Role.CONTROLLER,
        label=("放行说法", "Let words stand"),
        help=(
            "由一个人署名放行某处的说法；文字一改就重新检查。",
            "A person, by name, lets words of a text stand; another text is looked at anew.",
        ),
    )
    def dismiss(self, rule: RuleName, text: LintedText, by: PersonName) -> Changed:
        before = self._room.part
        if rule not in by_rule(self._room.packs):
            raise StudioError("not_found", "packs.no_rule", rule=rule)
        if len(before.dismissed) >= MOST_DISMISSED:
            raise StudioError("conflict", "packs.too_many_dismissed", most=MOST_DISMISSED)
        rest = tuple(d for d in before.dismissed if (d.rule, d.text) != (rule, text))
        entry = self._room.dismissal(rule, text, by)
        self._room.put(replace(before, dismissed=(*rest, entry)))
        return changed("packs", undo=("packs.look_again", {"rule": rule, "text": text}))

    @command(
        "packs.look_again",
        role=Role.CONTROLLER,
        label=("重新检查说法", "Look at words again"),
        help=("撤销放行。", "Takes back that words may stand."),
    )
    def look_again(self, rule: RuleName, text: LintedText) -> Changed:
        before = self._room.part
        gone = next((d for d in before.dismissed if (d.rule, d.text) == (rule, text)), None)
        if gone is None:
            raise StudioError("not_found", "packs.not_dismissed", rule=rule)
        rest = tuple(entry for entry in before.dismissed if entry is not gone)
        self._room.put(replace(before, dismissed=rest))
        undo = ("packs.dismiss", {"rule": rule, "text": text, "by": gone.by})
        return changed("packs", undo=undo)
