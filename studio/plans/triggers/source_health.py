"""A source on programme is lost, frozen or missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger
from studio.scenes.visibility import PictureFacts, visible_share

WORDS = {
    "lost": PlanText("“{subject}”信号丢失", '"{subject}" is lost'),
    "frozen": PlanText("“{subject}”画面冻结", '"{subject}" is frozen'),
    "missing": PlanText("“{subject}”打不开", '"{subject}" cannot be opened'),
    "black": PlanText("“{subject}”黑屏", '"{subject}" is black'),
}

WELL = frozenset(("ok", "still", "sound"))


class SourceHealthSettings(Settings):
    """What counts as a fault."""

    states: Annotated[tuple[str, ...], setting("故障状态", "Faults")] = (
        "lost",
        "frozen",
        "missing",
    )
    least_area: Annotated[
        float, setting("至少占画面", "Least visible part of the picture", ge=0, le=1)
    ] = 0.25
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 0


class SourceHealth(Trigger):
    """Looks at what viewers miss: the visible, uncovered share of the programme.

    A lost corner is no reason to leave; nor is what is covered, only heard, or still by nature.
    """

    kind: ClassVar[str] = "source_health"
    label: ClassVar[Text] = Text("机位故障", "Source fault")
    help: ClassVar[Text] = Text(
        "直播画面的主要来源丢失、冻结或打不开。",
        "A main source on programme is lost, frozen or cannot be opened.",
    )
    Settings: ClassVar[type[Settings]] = SourceHealthSettings

    settings: SourceHealthSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """Only states that are faults can come, and some must be named."""
        if not set(settings.states) & WORDS.keys():
            return "never"
        return "always" if set(settings.states) & WELL else None

    def judge(self, now: Situation) -> Cause | None:
        """The first source on a programme that viewers miss."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every source on a programme that viewers miss."""
        for source, health in now.health.items():
            facts = now.pictures.get(source, PictureFacts())
            if health.state not in self.settings.states or facts.is_still or not facts.has_video:
                continue
            scene = self._missed_in(source, now)
            if scene is not None:
                words = WORDS.get(health.state, WORDS["lost"])
                params = {"subject": source, "state": health.state, "scene": scene}
                yield Cause(source, words.filled(params), params)

    def _missed_in(self, source: str, now: Situation) -> str | None:
        """The scene on programme in which viewers miss it."""
        for canvas in now.scenes.canvases:
            scene = now.scenes.scene(now.scenes.programme.get(canvas.name, ""))
            if not canvas.is_enabled or scene is None or scene.purpose == "standby":
                continue
            if visible_share(source, now.scenes, canvas, now.pictures) >= self.settings.least_area:
                return scene.name
        return None

    def is_well(self, now: Situation, subject: str) -> bool:
        """It delivers again (or is gone from the show)."""
        health = now.health.get(subject)
        return health is None or health.state in WELL
