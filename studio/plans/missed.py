"""What came while a plan rested and is no longer seen when it has: it is not lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.plans.runs import RunKey
from studio.plans.triggers.base import Cause


class MissedCauses:
    """Remembers causes of momentary triggers (`Trigger.is_momentary`) over the rest of a plan.

    Only what came after the last run was over: a person who stopped it is not asked again about
    the same thing.
    """

    def __init__(self) -> None:
        self._kept: dict[RunKey, Cause] = {}
        self._old: set[RunKey] = set()

    def clear(self) -> None:
        """Remembers nothing."""
        self._kept.clear()
        self._old.clear()

    def ended(self, key: RunKey, is_seen: bool) -> None:
        """A run is over; what it was about may still be seen, which is nothing new."""
        self._old.discard(key)
        if is_seen:
            self._old.add(key)
        self._kept.pop(key, None)

    def with_missed(
        self,
        plan: str,
        causes: Mapping[str, Cause],
        rests: Callable[[RunKey], bool],
        is_well: Callable[[str], bool],
    ) -> dict[str, Cause]:
        """The causes seen now, and those that were seen only while the plan rested.

        Args:
            causes: by subject.
            rests: does the plan rest for this subject?
            is_well: is it over with the subject meanwhile?
        """
        self._old -= {key for key in self._old if key[0] == plan and key[1] not in causes}
        for subject, cause in causes.items():
            key = plan, subject
            if key not in self._old and rests(key):
                self._kept[key] = cause
        found = dict(causes)
        for key in [key for key in self._kept if key[0] == plan and not rests(key)]:
            cause = self._kept.pop(key)
            if key[1] not in found and not is_well(key[1]):
                found[key[1]] = cause
        return found
