"""What the analysis announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text
from studio.insight.model import BoardAlarm, LabelPair


class AlarmRaised(Event, frozen=True, kw_only=True):
    """A figure has left what is normal for it, and stays there."""

    name: ClassVar[str] = "insight.alarm"
    label: ClassVar[Text] = Text("数据报警", "Figure alarm")
    help: ClassVar[Text] = Text(
        "某个指标持续偏离自己的正常范围：当前值、正常值、从何时起、之前发生了什么。",
        "A figure stays away from its normal: value, normal, since when, what preceded it.",
    )
    is_journaled: ClassVar[bool] = False  # its service writes it, with the alarm alone

    alarm: BoardAlarm


class PriceStepped(Event, frozen=True, kw_only=True):
    """A SKU has another price for everybody, by a step or back to its list price."""

    name: ClassVar[str] = "pricing.stepped"
    label: ClassVar[Text] = Text("价格已调", "Price stepped")
    help: ClassVar[Text] = Text(
        "一个货号调价（by：person 人工，mandate 授权自动）。",
        "A SKU's price was stepped (by: person, mandate).",
    )

    sku: str
    cents: int
    before_cents: int
    currency: str
    by: str


class ExperimentHeld(Event, frozen=True, kw_only=True):
    """The studio switches the picture for an experiment no more, until it is let go on."""

    name: ClassVar[str] = "experiments.held"
    label: ClassVar[Text] = Text("试验暂停", "Experiment held")
    help: ClassVar[Text] = Text(
        "有人手动切了同一处画面（或命令失败）：试验不再切换，已作废的时段计数，点“继续”才恢复。",
        "A person's hand changed the same thing, or a command failed: it switches no more, spoiled "
        "slots are counted, until it is let go on.",
    )

    experiment: str
    why: str


class ExperimentEnded(Event, frozen=True, kw_only=True):
    """An experiment ended by its result: a winner, a guard metric, or a broken split."""

    name: ClassVar[str] = "experiments.ended"
    label: ClassVar[Text] = Text("试验自动结束", "Experiment ended")
    help: ClassVar[Text] = Text(
        "试验按结果自动结束（why：a、b 胜出，guard 护栏变差，mismatch 分流不符），画面已恢复。",
        "Ended by its result (why: a, b won; guard got worse; mismatch); the picture is as before.",
    )

    experiment: str
    why: str


class ExperimentSwitched(Event, frozen=True, kw_only=True):
    """The other way's turn has come; a plan may switch at it."""

    name: ClassVar[str] = "experiments.switched"
    label: ClassVar[Text] = Text("试验轮换", "Turn of an experiment")
    help: ClassVar[Text] = Text(
        "轮到 A 或 B；预案可用触发 event（name 填 experiments.switched，field 填 arm）切换。",
        "A's or B's turn; a plan may switch by the trigger event with field arm.",
    )

    experiment: str
    idea: str
    arm: str
    pair: int
    way: LabelPair


class ReachWritten(Event, frozen=True, kw_only=True):
    """A list of persons of a segment who agreed to a purpose was written; names nobody."""

    name: ClassVar[str] = "reach.written"
    label: ClassVar[Text] = Text("已导出触达名单", "Reach list written")
    help: ClassVar[Text] = Text(
        "某个分群里同意某一用途的人被写成名单：人数、是否打码、谁、为什么。",
        "Those of a segment who agreed to a purpose were written as a list: how many, masked or "
        "not, by whom and why.",
    )

    id: str
    segment: str
    purpose: str
    count: int
    is_full: bool
    operator: str
    reason: str
