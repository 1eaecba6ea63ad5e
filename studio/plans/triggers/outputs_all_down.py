"""Every stream is down at once: the line or the machine, not a platform."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger
from studio.plans.triggers.output_state import DOWN, OVER, UP

ALL = "all"


class AllDownSettings(Settings):
    """From how many streams on."""

    least: Annotated[int, setting("至少几路", "At least so many", ge=1, le=20)] = 2
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 1000


class OutputsAllDown(Trigger):
    """All that were on air are down."""

    kind: ClassVar[str] = "outputs_all_down"
    label: ClassVar[Text] = Text("全部断流", "All outputs down")
    help: ClassVar[Text] = Text("所有推流同时断开。", "Every stream is down at the same time.")
    Settings: ClassVar[type[Settings]] = AllDownSettings

    settings: AllDownSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """Always meant."""
        return None

    def judge(self, now: Situation) -> Cause | None:
        """None of those that were started stands."""
        streams = [s for s in now.outputs.values() if s.kind == "rtmp" and s.state.value != OVER]
        down = [s.name for s in streams if s.state.value in DOWN]
        if len(down) < self.settings.least or any(s.state.value in UP for s in streams):
            return None
        params = {"subject": ALL, "name": ", ".join(down), "count": str(len(down))}
        words = PlanText("全部 {count} 路断开：{name}", "All {count} are down: {name}")
        return Cause(ALL, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """One of them takes media again, or a person ended all of them."""
        streams = [s for s in now.outputs.values() if s.kind == "rtmp" and s.state.value != OVER]
        return not streams or any(s.state.value in UP and s.taken_kbps > 0 for s in streams)
