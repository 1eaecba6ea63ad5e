"""A figure goes past a limit, and is well again past another one."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.probe import FIGURES, STALE_NS
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger

USUAL_WELL = 0.6


class MetricSettings(Settings):
    """Which figure, and both limits."""

    figure: Annotated[str, setting("指标", "Figure")] = "engine.disk_free_gb"
    name: Annotated[str, setting("说给人听的名称", "Its name for people")] = ""
    side: Annotated[
        Literal["above", "below"],
        setting("越过方向", "Side", words={"above": ("高于", "above"), "below": ("低于", "below")}),
    ] = "below"
    limit: Annotated[float, setting("触发于", "Fires at", ge=-1e9, le=1e9)] = 5.0
    well: Annotated[float, setting("恢复于", "Well at", ge=-1e9, le=1e9)] = 8.0
    usual: Annotated[str, setting("平时值的指标", "Figure of what is usual")] = ""
    times: Annotated[float, setting("平时的几倍", "Times the usual", ge=1, le=1000)] = 1.0
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 2000


class Metric(Trigger):
    """A missing or old figure starts nothing and ends nothing."""

    kind: ClassVar[str] = "metric"
    label: ClassVar[Text] = Text("指标越线", "Figure past a limit")
    help: ClassVar[Text] = Text(
        "指标越过一个阈值触发，越过另一个才算恢复；可与平时相比。",
        "A figure goes past one limit, and is well past another; or many times the usual.",
    )
    Settings: ClassVar[type[Settings]] = MetricSettings

    settings: MetricSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """The figure is one that is measured, and well lies on the good side of the limit."""
        if settings.figure not in FIGURES or settings.usual not in FIGURES | {""}:
            return "never"
        is_above = settings.side == "above"
        return "reversed" if (settings.well < settings.limit) is not is_above else None

    def _value(self, now: Situation, figure: str) -> float | None:
        measured = now.figures.get(figure)
        if measured is None or now.at_ns - measured.at_ns > STALE_NS:
            return None
        return measured.value

    def _limit(self, now: Situation, limit: float, part: float) -> float:
        """The limit, or many times what is usual where that is more."""
        usual = self._value(now, self.settings.usual) if self.settings.usual else None
        return limit if usual is None else max(limit, usual * self.settings.times * part)

    def judge(self, now: Situation) -> Cause | None:
        """Past the limit?"""
        value = self._value(now, self.settings.figure)
        if value is None:
            return None
        limit = self._limit(now, self.settings.limit, 1.0)
        is_past = value >= limit if self.settings.side == "above" else value <= limit
        if not is_past:
            return None
        name = self.settings.name or self.settings.figure
        params = {"subject": name, "figure": f"{value:g}", "limit": f"{limit:g}"}
        words = PlanText(
            "{subject}：{figure}（界限 {limit}）", "{subject}: {figure} (limit {limit})"
        )
        return Cause(name, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """Past the other one, measured now."""
        value = self._value(now, self.settings.figure)
        if value is None:
            return False
        limit = self._limit(now, self.settings.well, USUAL_WELL)
        return value <= limit if self.settings.side == "above" else value >= limit
