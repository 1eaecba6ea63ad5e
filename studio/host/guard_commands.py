"""The guard from outside: armed or not, words to hear, alarms explained and dismissed."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command
from studio.host.guard.model import ClaimAlarm, GuardPart

HeardText = Annotated[str, msgspec.Meta(max_length=4_000)]
AlarmNumber = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
StripName = Annotated[str, msgspec.Meta(max_length=200)]
DismissedBy = Annotated[str, msgspec.Meta(max_length=80)]


class GuardRoom(Protocol):
    """The guard of this show."""

    part: GuardPart

    async def put(self, part: GuardPart) -> None: ...

    def hear(self, text: str, *, is_final: bool, at_s: float | None = None) -> list[ClaimAlarm]: ...

    def alarm(self, number: int) -> ClaimAlarm: ...

    def dismiss(self, number: int, by: str) -> str: ...


class GuardCommands:
    """What the host says, held against packs and facts."""

    def __init__(self, room: GuardRoom) -> None:
        self._room = room

    @command(
        "guard.arm",
        role=Role.CONTROLLER,
        label=("口播监测", "Watch what is said"),
        help=(
            "开启或关闭口播监测：听到的话与规则包、商品资料比对。",
            "Holds what is heard against packs and facts, or stops that.",
        ),
    )
    async def arm(self, on: bool = True) -> Changed:
        before = self._room.part
        await self._room.put(replace(before, armed=on))
        return changed("guard", undo=("guard.arm", {"on": before.armed}))

    @command(
        "guard.listen",
        role=Role.CONTROLLER,
        label=("监听口播", "Listen to the host"),
        help=(
            "开启或关闭语音识别；source 为要听的音源，空为直播混音。"
            "识别模型先用 shopcast voice fetch 取得。",
            "Recognises speech, or stops that; source is a strip, empty is the programme's mix. "
            "The model comes with shopcast voice fetch.",
        ),
    )
    async def listen(self, on: bool = True, source: StripName = "") -> Changed:
        before = self._room.part
        await self._room.put(replace(before, listens=on, source=source))
        undo = {"on": before.listens, "source": before.source}
        return changed("guard", undo=("guard.listen", undo))

    @command(
        "guard.hear",
        role=Role.STREAMER,
        label=("听到的话", "Words that were heard"),
        help=(
            "把识别到的话交给口播监测和提词器；final 为假时只用于提词跟随。",
            "Hands recognised words to the guard and the prompter; those that are not final are "
            "only followed.",
        ),
    )
    def hear(self, text: HeardText, final: bool = True) -> Changed:
        alarms = self._room.hear(text, is_final=final)
        return changed("guard", "prompter", result=msgspec.to_builtins(alarms))

    @command(
        "guard.dismiss",
        role=Role.STREAMER,
        label=("解除口播提醒", "Dismiss an alarm"),
        help=(
            "由一个人署名：这次提醒不成立或已更正；by 为空则写下是谁发的命令。",
            "A person says that an alarm was nothing or was put right; by is a name, or else "
            "whoever gave the command.",
        ),
    )
    def dismiss(self, alarm: AlarmNumber, by: DismissedBy = "") -> Changed:
        self._room.dismiss(alarm, by.strip() or asking().origin or "?")
        return changed("guard", undo=("guard.reopen", {"alarm": alarm}))

    @command(
        "guard.reopen",
        role=Role.STREAMER,
        label=("恢复口播提醒", "Take an alarm up again"),
        help=("撤销解除。", "Takes back that an alarm was dismissed."),
    )
    def reopen(self, alarm: AlarmNumber) -> Changed:
        before = self._room.dismiss(alarm, "")
        return changed("guard", undo=("guard.dismiss", {"alarm": alarm, "by": before}))

    @command(
        "guard.explain",
        role=Role.VIEWER,
        label=("口播提醒说明", "Explain an alarm"),
        help=(
            "一次提醒的原话、法条、资料与建议说法。仅供参考，不是法律意见。",
            "The words of an alarm, the article, what the facts say, what to say instead. A help, "
            "no legal advice.",
        ),
    )
    def explain(self, alarm: AlarmNumber) -> Changed:
        return changed(result=msgspec.to_builtins(self._room.alarm(alarm)))
