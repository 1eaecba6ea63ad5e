"""What the host's room announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class RundownMoved(Event, frozen=True, kw_only=True):
    """The rundown began, paused, ended, or another item is on."""

    name: ClassVar[str] = "rundown.moved"
    label: ClassVar[Text] = Text("流程推进", "Rundown moved")
    help: ClassVar[Text] = Text(
        "流程开始、暂停、结束，或进入下一环节。",
        "The rundown began, paused or ended, or another item is on.",
    )

    stage: str
    item: str
    title: str = ""
    late_s: int = 0


class PrompterWanted(Event, frozen=True, kw_only=True):
    """Desks are asked to open a prompter window."""

    name: ClassVar[str] = "prompter.wanted"
    label: ClassVar[Text] = Text("打开提词器", "Prompter wanted")
    help: ClassVar[Text] = Text(
        "请控制台打开提词窗口；screen 是显示器的序列号或名称。",
        "Desks are asked to open a prompter window; screen is a display's serial number or name.",
    )
    is_journaled: ClassVar[bool] = False

    screen: str = ""
    mirror: str = ""


class ClaimRaised(Event, frozen=True, kw_only=True):
    """The host said something that a rule or a fact speaks against.

    Attributes:
        alarm: its number, by which `guard.dismiss` and the like name it.
    """

    name: ClassVar[str] = "guard.alarm"
    label: ClassVar[Text] = Text("口播提醒", "Claim alarm")
    help: ClassVar[Text] = Text(
        "主播的话碰到规则或与资料不符：原话、规则、法条、资料。",
        "What was said meets a rule or differs from the facts: words, rule, article, fact.",
    )

    alarm: int
    rule: str
    said: str
    fact: str = ""
    article: str = ""
    level: str = "alarm"
    product: str = ""


class HostPresence(Event, frozen=True, kw_only=True):
    """Nobody has spoken for half a minute, or somebody speaks again; told where a scene has a
    stand-in and the ears listen."""

    name: ClassVar[str] = "host.presence"
    label: ClassVar[Text] = Text("主播在不在", "Host there or away")
    help: ClassVar[Text] = Text(
        "半分钟没人说话，或又有人说话。要开着“听口播”，并有数字人的场景。",
        "Nobody has spoken for half a minute, or somebody speaks again. Needs the ears, and a "
        "scene with the stand-in.",
    )

    on: bool


class StandInCame(Event, frozen=True, kw_only=True):
    """The stand-in is on programme, or no longer."""

    name: ClassVar[str] = "standin.changed"
    label: ClassVar[Text] = Text("数字人上下场", "Stand-in comes or goes")
    help: ClassVar[Text] = Text(
        "数字人进入或离开直播画面。", "The stand-in came on programme, or left it."
    )

    on: bool


class HostSaid(Event, frozen=True, kw_only=True):
    """A stretch of what the host said, as it was recognised; words at its edges may be cut off."""

    name: ClassVar[str] = "host.said"
    label: ClassVar[Text] = Text("主播说的话", "The host said")
    help: ClassVar[Text] = Text(
        "识别到的一段口播（约 6 秒），段与段之间可能缺字或重字。要开着“听口播”。",
        "A stretch of recognised speech (about 6 s); at its edges words may be missing or come "
        "twice. Needs the ears.",
    )
    is_journaled: ClassVar[bool] = False  # the analysis writes it while the show is on air

    text: str
