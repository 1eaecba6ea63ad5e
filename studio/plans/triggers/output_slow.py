"""An output cannot get rid of what it should send: the uplink is slow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger
from studio.plans.triggers.output_state import OVER, UP


class OutputSlowSettings(Settings):
    """How much may wait."""

    queue_ms: Annotated[int, setting("积压毫秒", "Waiting (ms)", ge=100, le=60_000)] = 1500
    well_queue_ms: Annotated[int, setting("恢复于", "Well below", ge=0, le=60_000)] = 300
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 3000


class OutputSlow(Trigger):
    """Media waits for the line, though the connection stands."""

    kind: ClassVar[str] = "output_slow"
    label: ClassVar[Text] = Text("上行拥塞", "Uplink slow")
    help: ClassVar[Text] = Text("推流有积压。", "What should be sent waits for the line.")
    Settings: ClassVar[type[Settings]] = OutputSlowSettings

    settings: OutputSlowSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """It is well below the limit."""
        return "reversed" if settings.well_queue_ms >= settings.queue_ms else None

    def judge(self, now: Situation) -> Cause | None:
        """The first one."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every stream that is slow."""
        for name, status in now.outputs.items():
            if status.kind != "rtmp" or status.state.value not in UP:
                continue
            if status.queue_ms >= self.settings.queue_ms:
                params = {"subject": name, "figure": str(status.queue_ms)}
                words = PlanText(
                    "“{subject}”上行慢，积压 {figure} ms",
                    '"{subject}" is slow: {figure} ms are waiting',
                )
                yield Cause(name, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """Hardly anything waits, and something was taken; or a person ended it."""
        status = now.outputs.get(subject)
        if status is None or status.state.value == OVER:
            return True
        return status.queue_ms <= self.settings.well_queue_ms and status.taken_kbps > 0
