"""The contract of a trigger: looks at the situation, says what is wrong and when it is well."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from studio.core.extension import Extension
from studio.plans.model import PlanText
from studio.plans.probe import EventLog, Figure
from studio.scenes.model import ScenesState
from studio.scenes.visibility import PictureFacts
from studio.sender.model import OutputStatus
from studio.sources.model import Health


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand now; triggers read nothing else.

    Attributes:
        late_percent: ticks more than 10 ms late among the last 300.
        qualities: of try-on, by source ("full", "half", …).
        pictures: what is known of each source's picture.
        figures: numbers with their age, see `studio.plans.probe`.
        heard: the last events; None where nobody listens.
    """

    at_ns: int
    scenes: ScenesState
    health: dict[str, Health]
    outputs: dict[str, OutputStatus]
    late_percent: float = 0.0
    qualities: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, PictureFacts] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    heard: EventLog | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a plan starts: what it is about, and words for people."""

    subject: str
    words: PlanText
    params: dict[str, str] = field(default_factory=dict)


Sanity = Literal["never", "always", "reversed"]
"""What settings come to: it never fires, always fires, or is well while it still fires."""


class Trigger(Extension):
    """Judged about ten times a second on the engine loop; keeps no state but its settings.

    The watcher sees to it that a verdict stands for ``for_ms`` before it counts, and for the
    plan's ``well_ms`` before it counts as gone: nothing flaps.

    Class attributes:
        is_momentary: what it sees does not last by itself. Seen while its plan rests, it counts
            when that is over, unless it is well by then.
    """

    is_momentary: ClassVar[bool] = False

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @property
    def for_ms(self) -> int:
        """How long it must be wrong before the plan starts."""
        return int(getattr(self.settings, "for_ms", 0))

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """What is wrong with settings that can be read; None when they can be meant."""
        return None

    @abstractmethod
    def judge(self, now: Situation) -> Cause | None:
        """What is wrong, None when all is well."""

    def causes(self, now: Situation) -> Iterable[Cause]:
        """All that is wrong, one a subject; a trigger that knows several says them all."""
        cause = self.judge(now)
        return () if cause is None else (cause,)

    @abstractmethod
    def is_well(self, now: Situation, subject: str) -> bool:
        """Is the subject of an earlier verdict well again?"""
