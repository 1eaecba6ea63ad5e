"""A source on programme is lost, frozen or missing."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import Words
from studio.plans.triggers.base import Cause, Situation, Trigger
from studio.scenes.model import Scene

WORDS = {
    "lost": Words("“{subject}”信号丢失", '"{subject}" is lost'),
    "frozen": Words("“{subject}”画面冻结", '"{subject}" is frozen'),
    "missing": Words("“{subject}”打不开", '"{subject}" cannot be opened'),
    "black": Words("“{subject}”黑屏", '"{subject}" is black'),
}


class SourceHealthSettings(Settings):
    """What counts as a fault."""

    states: Annotated[tuple[str, ...], setting("故障状态", "Faults")] = (
        "lost",
        "frozen",
        "missing",
    )
    least_area: Annotated[float, setting("至少占画面", "Least part of the picture", ge=0, le=1)] = (
        0.25
    )
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 0


class SourceHealth(Trigger):
    """Looks at what fills a good part of the programme: a lost corner is no reason to leave."""

    kind: ClassVar[str] = "source_health"
    label: ClassVar[Text] = Text("机位故障", "Source fault")
    help: ClassVar[Text] = Text(
        "直播画面的主要来源丢失、冻结或打不开。",
        "A main source on programme is lost, frozen or cannot be opened.",
    )
    Settings: ClassVar[type[Settings]] = SourceHealthSettings

    settings: SourceHealthSettings

    def judge(self, now: Situation) -> Cause | None:
        """The first main source on programme that is not well."""
        for canvas in now.scenes.canvases:
            scene = now.scenes.scene(now.scenes.programme.get(canvas.name, ""))
            if not canvas.is_enabled or scene is None or scene.purpose == "standby":
                continue
            for source in self._main(scene, canvas.name):
                health = now.health.get(source)
                if health is not None and health.state in self.settings.states:
                    words = WORDS.get(health.state, WORDS["lost"])
                    params = {"subject": source, "state": health.state, "scene": scene.name}
                    return Cause(source, words.filled(params), params)
        return None

    def is_well(self, now: Situation, subject: str) -> bool:
        """It delivers again (or is gone from the show)."""
        health = now.health.get(subject)
        return health is None or health.state in ("ok", "still", "sound")

    def _main(self, scene: Scene, canvas: str) -> list[str]:
        return [
            item.source
            for item in scene.items
            if item.is_enabled
            and (box := item.boxes.get(canvas)) is not None
            and box.w * box.h >= self.settings.least_area
        ]
