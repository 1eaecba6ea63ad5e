"""Plans rest after they were at work: what a drill arms before that, they may not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from studio.plans.model import Plan


class PlanRests:
    """Until when each plan of a drill rests.

    Args:
        plans: by id.
        clock: seconds, monotonic.
    """

    def __init__(
        self, plans: Mapping[str, Plan], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._plans, self._clock = plans, clock
        self._until: dict[str, float] = {}

    def over(self, plans: Iterable[str]) -> None:
        """These have ended by now."""
        for id in plans:
            if id in self._plans:
                self._until[id] = self._clock() + self._plans[id].cooldown_s

    def left_s(self, plans: Iterable[str]) -> float:
        """How long it is until all of these have rested."""
        now = self._clock()
        return max((self._until.get(id, now) - now for id in plans), default=0.0)
