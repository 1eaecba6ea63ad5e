"""Faults of the wall clock: somebody, or the time service, sets it during the show."""

from __future__ import annotations

from typing import ClassVar

from studio.core.text import Text
from studio.plans.faults.base import DrillFault, Shadow

JUMP_S = 45.0


class ClockJump(DrillFault):
    """The wall clock is set on by three quarters of a minute."""

    name: ClassVar[str] = "clock_jump"
    label: ClassVar[Text] = Text("电脑时间跳变", "Clock set during the show")
    plan: ClassVar[str] = "clock_jumped"

    def arm(self, shadow: Shadow) -> None:
        """On."""
        shadow.jump_clock(JUMP_S)

    def clear(self, shadow: Shadow) -> None:
        """Back."""
        shadow.jump_clock(0.0)
