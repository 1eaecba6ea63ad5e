"""The machine cannot keep up."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger


class OverloadSettings(Settings):
    """From when on it is too much."""

    late_percent: Annotated[float, setting("迟到帧 %", "Late ticks %", ge=0, le=100)] = 10.0
    well_percent: Annotated[
        float, setting("恢复于 %（−1：四分之一）", "Well below % (−1: a quarter)", ge=-1, le=100)
    ] = -1.0
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 3000

    @property
    def well_at(self) -> float:
        """Below this it is well."""
        return self.late_percent / 4 if self.well_percent < 0 else self.well_percent


class Overload(Trigger):
    """Too many ticks of the picture clock were late."""

    kind: ClassVar[str] = "overload"
    label: ClassVar[Text] = Text("机器过载", "Overload")
    help: ClassVar[Text] = Text("出画连续迟到。", "Too many pictures were late.")
    Settings: ClassVar[type[Settings]] = OverloadSettings

    settings: OverloadSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """Nothing is always late; and it is well below the limit, not above."""
        if settings.late_percent <= 0:
            return "always"
        return "reversed" if settings.well_at >= settings.late_percent else None

    def judge(self, now: Situation) -> Cause | None:
        """Late ticks over the limit."""
        if now.late_percent < self.settings.late_percent:
            return None
        params = {"subject": "machine", "late": f"{now.late_percent:.0f}"}
        words = PlanText("{late}% 的画面迟到", "{late} % of the pictures were late")
        return Cause("machine", words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """Well below the limit."""
        return now.late_percent < self.settings.well_at
