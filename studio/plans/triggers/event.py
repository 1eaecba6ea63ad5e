"""An event came, once or often: any event that the studio announces, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from studio.core.clock import NS
from studio.core.event import Event, all_events
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Sanity, Situation, Trigger


class EventSettings(Settings):
    """Which events, how many, and what ends it."""

    name: Annotated[str, setting("事件", "Event")] = "stock.changed"
    field: Annotated[str, setting("看哪一项", "Field")] = ""
    values: Annotated[tuple[str, ...], setting("为这些值", "Is one of")] = ()
    subject: Annotated[str, setting("对象取自", "Subject from field")] = ""
    count: Annotated[int, setting("次数", "Times", ge=1, le=1000)] = 1
    within_s: Annotated[float, setting("在几秒内", "Within seconds", ge=0.5, le=600)] = 10.0
    quiet_s: Annotated[
        float, setting("安静几秒算恢复（0：看新值）", "Well after quiet seconds (0: by value)",
                       ge=0, le=600),
    ] = 0.0  # fmt: skip
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 0


class EventTrigger(Trigger):
    """Counts events of the last seconds; a later event with another value ends it."""

    kind: ClassVar[str] = "event"
    label: ClassVar[Text] = Text("事件", "Event")
    help: ClassVar[Text] = Text(
        "任何事件，可限定某项的值与次数。", "Any event, by value and count."
    )
    Settings: ClassVar[type[Settings]] = EventSettings
    is_momentary: ClassVar[bool] = True

    settings: EventSettings

    @classmethod
    def sanity(cls, settings: Any) -> Sanity | None:
        """The event is one that is announced, with these fields."""
        kind = all_events().get(settings.name)
        if kind is None:
            return "never"
        fields = {*kind.__struct_fields__, ""}
        if not {settings.field, settings.subject} <= fields:
            return "never"
        return "always" if settings.values == ("",) and not settings.field else None

    def _is_it(self, event: Event) -> bool:
        if not self.settings.field:
            return True
        value = getattr(event, self.settings.field, None)
        given = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
        return any(part in self.settings.values for part in given)

    def _subject(self, event: Event) -> str:
        return str(getattr(event, self.settings.subject, "")) if self.settings.subject else ""

    def judge(self, now: Situation) -> Cause | None:
        """The latest that came often enough."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every subject of which enough came, and whose latest event is one of them."""
        if now.heard is None:
            return
        since = now.at_ns - int(self.settings.within_s * NS)
        counts: dict[str, int] = {}
        over: set[str] = set()
        for heard in now.heard.since(self.settings.name, since):
            subject = self._subject(heard.event)
            if self.settings.subject and not subject:
                continue  # it is about nothing that a plan could be for
            if not self._is_it(heard.event):
                if subject not in counts:
                    over.add(subject)  # the latest of it says otherwise
                continue
            if subject not in over:
                counts[subject] = counts.get(subject, 0) + 1
        for subject, count in counts.items():
            if count >= self.settings.count:
                shown = subject or "-"
                params = {"subject": shown, "count": str(count), "name": self.settings.name}
                words = PlanText("{name}：{subject}", "{name}: {subject}")
                yield Cause(shown, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """Quiet for long enough, or a later event of the same subject says otherwise."""
        if now.heard is None:
            return False
        quiet = int(self.settings.quiet_s * NS)
        since = now.at_ns - quiet if quiet else 0
        for heard in now.heard.since(self.settings.name, since):
            if (self._subject(heard.event) or "-") == subject:
                return not self._is_it(heard.event)
        return True
