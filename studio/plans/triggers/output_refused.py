"""A platform refuses a stream: a warning, a ban, a key that is not valid any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Situation, Trigger
from studio.plans.triggers.output_state import OVER, UP


class OutputRefusedSettings(Settings):
    """How long it must be so."""

    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 1000


class OutputRefused(Trigger):
    """Not lost, but turned away, with the server's words."""

    kind: ClassVar[str] = "output_refused"
    label: ClassVar[Text] = Text("被平台拒绝", "Refused by the platform")
    help: ClassVar[Text] = Text("平台拒绝推流。", "A platform turns a stream away.")
    Settings: ClassVar[type[Settings]] = OutputRefusedSettings

    settings: OutputRefusedSettings

    def judge(self, now: Situation) -> Cause | None:
        """The first one."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every stream that is refused."""
        for name, status in now.outputs.items():
            if status.kind == "rtmp" and status.state.value == "refused":
                why = status.server_words or status.reason.key or "-"
                params = {"subject": name, "why": why}
                words = PlanText("“{subject}”被拒绝：{why}", '"{subject}" is refused: {why}')
                yield Cause(name, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """It is taken again, or a person ended it."""
        status = now.outputs.get(subject)
        if status is None or status.state.value == OVER:
            return True
        return status.state.value in UP and status.taken_kbps > 0
