"""When to try again and at which address: pure, so that it can be tested without a network."""

from __future__ import annotations

import random
from collections.abc import Sequence

from studio.core.backoff import Backoff

STEPS_S = (0.0, 0.5, 1.0, 2.0, 3.0)
BUSY_S = 0.5
_BUSY_TRIES = 16
_TRIES_EACH = 3


class Retry:
    """First at once, then 0.5, 1, 2, 3, 3 … s; "stream busy" every half second for a while.

    After three failures in a row the other address is taken, if there is one, and so on in turn.

    Attributes:
        attempt: tries since it last worked.
        use_backup: which address is next.
    """

    def __init__(
        self,
        has_backup: bool,
        steps_s: Sequence[float] = STEPS_S,
        rng: random.Random | None = None,
    ) -> None:
        self._rng = rng or random.Random()
        self._backoff = Backoff(steps_s, jitter=0.2, rng=self._rng)
        self._has_backup = has_backup
        self._busy = self._here = 0
        self.attempt = 0
        self.use_backup = False

    def failed(self, *, is_busy: bool = False) -> float:
        """A try or a connection failed; returns the seconds to wait."""
        self.attempt += 1
        self._here += 1
        if self._has_backup and self._here >= _TRIES_EACH:
            self.use_backup, self._here = not self.use_backup, 0
        if is_busy and self._busy < _BUSY_TRIES:
            self._busy += 1
            return BUSY_S * (1 + self._rng.uniform(-0.2, 0.2))
        return self._backoff.next_s()

    def turn(self) -> None:
        """The other address is taken at once, because it stands ready."""
        self.use_backup, self._here = not self.use_backup, 0

    def worked(self) -> None:
        """The server took something: start from the first step again."""
        self._backoff.reset()
        self.attempt = self._busy = self._here = 0
