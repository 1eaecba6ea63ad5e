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
