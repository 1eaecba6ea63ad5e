"""The engine was killed and goes on: people are told, and somebody looks why."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Situation, Trigger

FIGURE = "engine.since_resume_s"
NEW_S, WELL_S = 5.0, 8.0
SUBJECT = "engine"


class EngineRestartedSettings(Settings):
    """Nothing to choose but the time."""

    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 0


class EngineRestarted(Trigger):
    """It goes on where another one was killed."""

    kind: ClassVar[str] = "engine_restarted"
    label: ClassVar[Text] = Text("引擎重启", "Engine restarted")
    help: ClassVar[Text] = Text("引擎异常结束后恢复。", "The engine goes on after it was killed.")
    Settings: ClassVar[type[Settings]] = EngineRestartedSettings

    settings: EngineRestartedSettings

    def judge(self, now: Situation) -> Cause | None:
        """A moment ago?"""
        since = now.figures.get(FIGURE)
        if since is None or since.value > NEW_S:
            return None
        params = {"subject": SUBJECT}
        words = PlanText("引擎异常重启，已恢复播出", "The engine was restarted and is on air again")
        return Cause(SUBJECT, words, params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """It has stayed."""
        since = now.figures.get(FIGURE)
        return since is None or since.value >= WELL_S
