"""The sender's own state: one table, one reason, and the times that follow from them."""

from __future__ import annotations

from collections.abc import Callable

from studio.core.reason import Reason
from studio.sender.model import TRANSITIONS, Kind, OutputState, Step, next_state

_FLOWING = (OutputState.LIVE, OutputState.RECORDING, OutputState.CONGESTED, OutputState.STANDBY)


class Machine:
    """Fires steps, tells of changes."""

    def __init__(self, kind: Kind, on_change: Callable[[], None]) -> None:
        self.kind = kind
        self.state = OutputState.IDLE
        self.reason = Reason()
        self._on_change = on_change

    @property
    def is_flowing(self) -> bool:
        """Do viewers (or the file) get something?"""
        return self.state in _FLOWING

    def fire(self, step: Step, reason: Reason | None = None) -> None:
        """Something happened; ``reason`` says why, for a person."""
        if (self.state, step) not in TRANSITIONS[self.kind]:
            return
        state = next_state(self.kind, self.state, step)
        reason = reason or Reason()
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self._on_change()
