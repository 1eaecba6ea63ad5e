"""A figure that plans judge by has not come for five seconds: the probe itself is at fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.probe import FIGURES, STALE_NS
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger


class ProbeSilentSettings(Settings):
    """Which figures must come."""

    figures: Annotated[tuple[str, ...], setting("指标", "Figures")] = (
        "engine.fps",
        "engine.disk_free_gb",
    )
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 0


class ProbeSilent(Trigger):
    """One sample that is missing is nothing; none for five seconds is a fault."""

    kind: ClassVar[str] = "probe_silent"
    label: ClassVar[Text] = Text("没有数据", "No data")
    help: ClassVar[Text] = Text("五秒没有收到某个指标。", "A figure has not come for five seconds.")
    Settings: ClassVar[type[Settings]] = ProbeSilentSettings

    settings: ProbeSilentSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """Figures that are measured."""
        return None if settings.figures and set(settings.figures) <= FIGURES else "never"

    def judge(self, now: Situation) -> Cause | None:
        """The first one."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every figure that came once and has stopped coming."""
        for name in self.settings.figures:
            figure = now.figures.get(name)
            if figure is not None and now.at_ns - figure.at_ns > STALE_NS:
                params = {"subject": name}
                words = PlanText("没有收到 {subject}", "{subject} does not come")
                yield Cause(name, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """It comes again."""
        figure = now.figures.get(subject)
        return figure is not None and now.at_ns - figure.at_ns <= STALE_NS
