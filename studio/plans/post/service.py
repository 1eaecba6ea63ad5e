"""The command post as a service of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from studio.core.bounded import read_bounded
from studio.core.event import Event, Events
from studio.core.paths import assets_dir
from studio.core.service import Service
from studio.core.state import State
from studio.outputs.events import OutputChanged
from studio.plans.events import PlanEnded, PlanStarted, RoleTold
from studio.plans.post.desk import CommandPost
from studio.plans.post.model import PostCheckpoint, PostView, Seen, Statement
from studio.plans.post_commands import PostCommands
from studio.plans.service import PlanService
from studio.plans.steps import said
from studio.scenes.events import SceneTaken
from studio.sender.model import OutputState, OutputStatus

MOST_BYTES = 1_000_000
FLOWS = (OutputState.LIVE, OutputState.CONGESTED)
SILENT = (OutputState.IDLE, OutputState.STOPPED)


class PostService(Service):
    """Opens when a plan that is not green runs, closes when all is settled.

    Args:
        plans: say what runs and how things stand.
        events, state: heard and told.
    """

    name: ClassVar[str] = "post"
    View: ClassVar[Any] = PostView
    Checkpoint: ClassVar[Any] = PostCheckpoint

    def __init__(self, plans: PlanService, events: Events, state: State) -> None:
        self._plans, self._state = plans, state
        self.post = CommandPost()
        self._commands = PostCommands(self.post)
        self._statements = read_statements()
        events.on(PlanStarted, self._started)
        events.on(RoleTold, self._told)
        events.on(PlanEnded, self._ended)
        events.on(SceneTaken, self._look)
        events.on(OutputChanged, self._look)

    def commands(self) -> Sequence[object]:
        """Accept, say, acknowledge."""
        return (self._commands,)

    def view(self) -> PostView:
        """What everybody sees of it."""
        post = self.post
        if not post.since_utc:
            return PostView(statements=self._statements)
        return PostView(
            True, post.since_utc, self._seen(), tuple(post.tasks), tuple(post.messages),
            self._statements,
        )  # fmt: skip

    async def reset(self) -> None:
        """Another show: nobody waits for anything of this one."""
        self.post.close()

    def checkpoint(self) -> PostCheckpoint:
        """Tasks and messages outlive the engine."""
        return self.post.kept()

    async def restore(self, kept: Any) -> None:
        """As it was."""
        self.post.take(kept)

    # -- what is heard -------------------------------------------------------------------------

    def _started(self, started: PlanStarted) -> None:
        plan = self._plans.plans.plans.get(started.plan)
        if plan is not None and plan.level != "green" and self.post.open():
            self._state.touch(self.name)

    def _told(self, told: RoleTold) -> None:
        if not self.post.since_utc or told.level == "green":
            return
        run = next((r for r in self._plans.plans.runs if r.incident.id == told.incident), None)
        plan = run.plan.id if run else ""
        self.post.add_task(
            told.role,  # type: ignore[arg-type]
            told.text.pair(), told.level, told.incident, plan,  # type: ignore[arg-type]
        )  # fmt: skip
        self._state.touch(self.name)

    def _ended(self, _: PlanEnded) -> None:
        others = [run for run in self._plans.plans.runs if run.plan.level != "green"]
        if self.post.since_utc and not others and self.post.is_settled:
            self.post.close()
        self._state.touch(self.name)

    def _look(self, _: Event) -> None:
        if self.post.since_utc:
            self._state.touch(self.name)

    # -- what viewers see ----------------------------------------------------------------------

    def _seen(self) -> tuple[Seen, ...]:
        now = self._plans.situation()
        standby = {scene.name for scene in now.scenes.scenes if scene.is_standby}
        return tuple(
            seen_by(status, now.scenes.programme.get(status.canvas, ""), standby)
            for status in now.outputs.values()
            if status.kind == "rtmp" and status.state not in SILENT
        )


def seen_by(status: OutputStatus, scene: str, standby: set[str]) -> Seen:
    """What viewers of an output see: a scene, a standby, the sender's clip, or nothing."""
    if status.state in FLOWS:
        key = "plans.post_sees_standby" if scene in standby else "plans.post_sees_scene"
        text = said(key, scene=scene)
    elif status.state is OutputState.STANDBY:
        text = said("plans.post_sees_clip")
    else:
        text = said("plans.post_sees_nothing")
    is_programme = status.state in FLOWS and scene not in standby
    return Seen(status.name, status.canvas, status.state.value, text.pair(), is_programme)


def read_statements() -> tuple[Statement, ...]:
    """The words for viewers that are shipped."""
    text = read_bounded(assets_dir() / "statements.json", MOST_BYTES)
    return msgspec.json.decode(text, type=tuple[Statement, ...])
