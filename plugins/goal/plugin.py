"""A goal for the show: an example of a plugin with state, commands, an event and a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from studio.api import (
    Event,
    PluginService,
    Role,
    ServiceTools,
    ShowContext,
    StudioError,
    Text,
    changed,
    command,
)


class GoalPart(msgspec.Struct, frozen=True):
    """What the show keeps: what is to be reached, "1000 likes"."""

    target: int = 0
    words: str = ""


class GoalView(GoalPart, frozen=True):
    """What desks and remotes see; texts on the picture may follow ``goal.reached``."""

    reached: int = 0


class GoalReached(Event, frozen=True, kw_only=True):
    """The goal was reached."""

    name: ClassVar[str] = "goal.reached"
    label: ClassVar[Text] = Text("目标达成", "Goal reached")
    help: ClassVar[Text] = Text("达到目标时发出一次。", "Sent once when the goal is reached.")

    target: int


class GoalCommands:
    """The goal from outside."""

    def __init__(self, goal: Goal) -> None:
        self._goal = goal

    @command(
        "goal.set",
        role=Role.CONTROLLER,
        label=("设定目标", "Set the goal"),
        help=("设定本场目标，从零计数。", "Sets what this show is to reach; counts from nothing."),
    )
    def set_goal(
        self, target: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)], words: str = ""
    ) -> Any:
        before = self._goal.part
        self._goal.put(GoalPart(target, words), 0)
        undo = {"target": before.target, "words": before.words}
        return changed("goal", undo=("goal.set", undo))

    @command(
        "goal.add",
        role=Role.CONTROLLER,
        label=("目标加数", "Count towards the goal"),
        help=("为目标加上一个数。", "Adds a number to what is reached."),
    )
    def add(self, count: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)] = 1) -> Any:
        self._goal.add(count)
        return changed("goal", undo=("goal.add", {"count": -count}))


class Goal(PluginService):
    """Owns the goal; one class and nothing else to sign up for."""

    name: ClassVar[str] = "goal"
    Part: ClassVar[Any] = GoalPart
    View: ClassVar[Any] = GoalView
    Checkpoint: ClassVar[Any] = int

    def __init__(self, tools: ServiceTools) -> None:
        super().__init__(tools)
        self.part = GoalPart()
        self._reached = 0
        self._commands = (GoalCommands(self),)

    def commands(self) -> Sequence[object]:
        """Set and add."""
        return self._commands

    async def reset(self) -> None:
        """Another show has another goal."""
        self.put(GoalPart(), 0)

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over the show's goal."""
        self.put(part or GoalPart(), 0)

    def save(self) -> GoalPart:
        """As it is now."""
        return self.part

    def view(self) -> GoalView:
        """The goal and how far it is."""
        return GoalView(self.part.target, self.part.words, self._reached)

    def checkpoint(self) -> int:
        """How far it is."""
        return self._reached

    async def restore(self, kept: Any) -> None:
        """Goes on counting."""
        self._reached = kept

    def put(self, part: GoalPart, reached: int) -> None:
        """Another goal."""
        self.part, self._reached = part, reached

    def add(self, count: int) -> None:
        """Counts; tells when the goal is reached.

        Raises:
            StudioError: conflict, without a goal.
        """
        if not self.part.target:
            raise StudioError("conflict", "goal.none")
        before, self._reached = self._reached, max(0, self._reached + count)
        if before < self.part.target <= self._reached:
            self.tools.events.publish(GoalReached(target=self.part.target))
