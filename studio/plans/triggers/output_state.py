"""An output that was on air is down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger

DOWN = ("reconnecting", "refused", "failed")
UP = ("live", "recording", "congested")
OVER = "stopped"


class OutputStateSettings(Settings):
    """Which outputs."""

    kinds: Annotated[tuple[str, ...], setting("输出类型", "Kinds of output")] = ("rtmp", "file")
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 300


class OutputStateTrigger(Trigger):
    """Says which output is down and which still stand."""

    kind: ClassVar[str] = "output_state"
    label: ClassVar[Text] = Text("断流", "Output down")
    help: ClassVar[Text] = Text(
        "推流断开、被拒绝或录制失败。", "A stream is down or refused, or a recording failed."
    )
    Settings: ClassVar[type[Settings]] = OutputStateSettings

    settings: OutputStateSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """Some kind of output must be meant."""
        return None if set(settings.kinds) & {"rtmp", "file"} else "never"

    def judge(self, now: Situation) -> Cause | None:
        """The first output that is down."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every output that is down."""
        for name, status in now.outputs.items():
            if status.kind in self.settings.kinds and status.state.value in DOWN:
                standing = [n for n, s in now.outputs.items() if s.state.value in UP]
                params = {
                    "subject": name,
                    "state": status.state.value,
                    "standing": ", ".join(standing) or "-",
                    "why": status.server_words or status.reason.key,
                }
                words = PlanText(
                    "“{subject}”断开；仍在播出：{standing}",
                    '"{subject}" is down; still on air: {standing}',
                )
                yield Cause(name, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """It flows again: something was taken in the last second. Or a person stopped it.

        One that is being set up anew stands idle for a while, and a connection that is open has
        carried nothing yet: neither is evidence.
        """
        status = now.outputs.get(subject)
        if status is None or status.state.value == OVER:
            return True
        is_up = status.state.value in UP
        return is_up and (status.kind != "rtmp" or status.taken_kbps > 0)
