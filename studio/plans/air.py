"""What plans have put on the picture, in whose order, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec


class AirHold(msgspec.Struct):
    """One canvas that plans have taken.

    Attributes:
        before: the scene that stood there before the first of them.
        stack: (incident, scene) of each run that wants it away, the last on top.
    """

    before: str
    stack: list[tuple[str, str]] = []

    @property
    def ours(self) -> str:
        """The scene that is there now by the plans' doing."""
        return self.stack[-1][1] if self.stack else self.before


class WayBack(NamedTuple):
    """Where a canvas goes when a run lets go of it."""

    canvas: str
    scene: str


class PlanAir:
    """The canvases that plans hold. A person's take ends all of it."""

    def __init__(self) -> None:
        self.holds: dict[str, AirHold] = {}

    def took(
        self, incident: str, before: Mapping[str, str], after: Mapping[str, str], *, aimed: bool
    ) -> None:
        """Notes what a step did to the picture.

        Args:
            before, after: scene by canvas.
            aimed: the step wanted the picture; where it stood already, it is held with the others.
        """
        for canvas, scene in after.items():
            hold = self.holds.get(canvas)
            if before.get(canvas) != scene:
                if hold is None or hold.ours != before.get(canvas):
                    hold = self.holds[canvas] = AirHold(before.get(canvas, ""))
                self._push(hold, incident, scene)
            elif aimed and hold is not None and hold.ours == scene:
                self._push(hold, incident, scene)

    @staticmethod
    def _push(hold: AirHold, incident: str, scene: str) -> None:
        hold.stack = [entry for entry in hold.stack if entry[0] != incident]
        hold.stack.append((incident, scene))

    def holders(self, canvas: str) -> tuple[str, ...]:
        """The runs that hold a canvas, the last on top."""
        hold = self.holds.get(canvas)
        return () if hold is None else tuple(incident for incident, _ in hold.stack)

    def has(self, incident: str) -> bool:
        """Does this run hold any canvas?"""
        return any(incident in self.holders(canvas) for canvas in self.holds)

    def is_needed_by_others(self, incident: str) -> bool:
        """Is there a canvas that this run and another one hold?"""
        return any(
            incident in holders and len(holders) > 1 for holders in map(self.holders, self.holds)
        )

    def way_back(self, incident: str, programme: Mapping[str, str]) -> list[WayBack]:
        """The canvases that go to another scene when this run lets go."""
        ways = []
        for canvas, hold in self.holds.items():
            if not hold.stack or hold.stack[-1][0] != incident:
                continue
            scene = hold.stack[-2][1] if len(hold.stack) > 1 else hold.before
            if programme.get(canvas) == hold.ours and scene and scene != hold.ours:
                ways.append(WayBack(canvas, scene))
        return ways

    def release(self, incident: str) -> None:
        """The run holds nothing any more."""
        for canvas, hold in list(self.holds.items()):
            hold.stack = [entry for entry in hold.stack if entry[0] != incident]
            if not hold.stack:
                del self.holds[canvas]

    def keep_only(self, incidents: Iterable[str]) -> None:
        """Lets go of what runs hold that are no more."""
        known = set(incidents)
        for canvas in list(self.holds):
            for incident in self.holders(canvas):
                if incident not in known:
                    self.release(incident)

    def forget(self) -> None:
        """A person has decided what is on the picture."""
        self.holds.clear()

    def home(self, programme: Mapping[str, str]) -> dict[str, str] | None:
        """The programme as it will be when all plans have let go; None when they hold nothing."""
        if not self.holds:
            return None
        back = {
            canvas: hold.before
            for canvas, hold in self.holds.items()
            if hold.before and programme.get(canvas) == hold.ours
        }
        return {**programme, **back}
