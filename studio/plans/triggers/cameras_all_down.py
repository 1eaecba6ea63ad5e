"""No moving picture is left: every camera is lost, frozen or cannot be opened."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger
from studio.scenes.visibility import PictureFacts

FAULTS = ("lost", "frozen", "missing", "black")
ALL = "cameras"


class CamerasSettings(Settings):
    """From how many on."""

    least: Annotated[int, setting("至少几路", "At least so many", ge=2, le=50)] = 2
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 300


class CamerasAllDown(Trigger):
    """All sources that move; what is still by nature does not count."""

    kind: ClassVar[str] = "cameras_all_down"
    label: ClassVar[Text] = Text("机位全部故障", "All cameras down")
    help: ClassVar[Text] = Text("所有活动画面都有故障。", "Every source that moves has a fault.")
    Settings: ClassVar[type[Settings]] = CamerasSettings

    settings: CamerasSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """Always meant."""
        return None

    def _moving(self, now: Situation) -> dict[str, str]:
        """State by source, of those that move."""
        states = {}
        for name, health in now.health.items():
            facts = now.pictures.get(name, PictureFacts())
            if facts.has_video and not facts.is_still and not health.is_resting:
                states[name] = health.state
        return states

    def judge(self, now: Situation) -> Cause | None:
        """Not one of them delivers."""
        states = self._moving(now)
        down = [name for name, state in states.items() if state in FAULTS]
        if len(down) < self.settings.least or len(down) < len(states):
            return None
        params = {"subject": ALL, "name": ", ".join(down), "count": str(len(down))}
        words = PlanText("全部 {count} 个机位故障：{name}", "All {count} cameras are down: {name}")
        return Cause(ALL, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """One of them delivers."""
        states = self._moving(now)
        return not states or any(state not in FAULTS for state in states.values())
