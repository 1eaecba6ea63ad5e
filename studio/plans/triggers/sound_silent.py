"""A source that is nothing but sound, a microphone, gives none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Situation, Trigger

WELL = ("sound", "ok")


class SoundSilentSettings(Settings):
    """Which, and for how long; a room's own noise is above what counts as silence (-60 dB)."""

    sources: Annotated[tuple[str, ...], setting("来源（空：全部）", "Sources (none: all)")] = ()
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 3000


class SoundSilent(Trigger):
    """Nothing above -60 dB for five seconds and ``for_ms`` more: unplugged, not a pause."""

    kind: ClassVar[str] = "sound_silent"
    label: ClassVar[Text] = Text("麦克风无声", "Microphone silent")
    help: ClassVar[Text] = Text("只有声音的来源没有声音。", "A source of sound alone gives none.")
    Settings: ClassVar[type[Settings]] = SoundSilentSettings

    settings: SoundSilentSettings

    def judge(self, now: Situation) -> Cause | None:
        """The first one."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every source of sound that is silent."""
        for name, health in now.health.items():
            if self.settings.sources and name not in self.settings.sources:
                continue
            if health.state == "silent":
                params = {"subject": name}
                words = PlanText("“{subject}”没有声音", '"{subject}" gives no sound')
                yield Cause(name, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """It is heard, or gone from the show."""
        health = now.health.get(subject)
        return health is None or (health.state in WELL and not health.is_silent)
