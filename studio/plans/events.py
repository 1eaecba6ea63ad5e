"""What the plans announce."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text
from studio.plans.model import PlanText


class PlanStarted(Event, frozen=True, kw_only=True):
    """A plan began."""

    name: ClassVar[str] = "plans.started"
    label: ClassVar[Text] = Text("预案启动", "Plan started")
    help: ClassVar[Text] = Text("预案开始执行，附原因。", "A plan began; says why.")

    plan: str
    incident: str
    cause: PlanText
    origin: str


class PlanStep(Event, frozen=True, kw_only=True):
    """A step of a plan was done."""

    name: ClassVar[str] = "plans.step"
    label: ClassVar[Text] = Text("预案步骤", "Plan step")
    help: ClassVar[Text] = Text("预案的一步已执行。", "A step of a plan was done, or failed.")

    plan: str
    incident: str
    text: PlanText
    is_ok: bool
    at_ms: int


class PlanAsked(Event, frozen=True, kw_only=True):
    """A plan asks a role something."""

    name: ClassVar[str] = "plans.asked"
    label: ClassVar[Text] = Text("预案询问", "Plan asks")
    help: ClassVar[Text] = Text("预案向某角色提问。", "A plan asks a role something.")

    incident: str
    role: str
    text: PlanText
    options: tuple[str, ...]
    within_s: float


class PlanEnded(Event, frozen=True, kw_only=True):
    """A plan is over."""

    name: ClassVar[str] = "plans.ended"
    label: ClassVar[Text] = Text("预案结束", "Plan ended")
    help: ClassVar[Text] = Text(
        "预案结束：saved、failed 或 aborted。", "A plan is over: saved, failed or aborted."
    )

    plan: str
    incident: str
    state: str
    saved_ms: int | None
    over_ms: int | None


class RoleTold(Event, frozen=True, kw_only=True):
    """A role was told something."""

    name: ClassVar[str] = "roles.told"
    label: ClassVar[Text] = Text("通知角色", "Role told")
    help: ClassVar[Text] = Text("通知主播、场控、技术或负责人。", "A role was told something.")

    role: str
    text: PlanText
    level: str
    incident: str = ""


class ActionDue(Event, frozen=True, kw_only=True):
    """An action's day has come, or is over; said once a day until it is done."""

    name: ClassVar[str] = "actions.due"
    label: ClassVar[Text] = Text("整改到期", "Action due")
    help: ClassVar[Text] = Text(
        "整改到期或逾期，每天提醒一次，直到完成；保密事件的不写内容。",
        "An action is due or late, once a day until it is done; of a confidential incident "
        "without its words.",
    )

    action: str
    incident: str
    owner: str
    until: str
    what: str = ""
    chased: int = 1
