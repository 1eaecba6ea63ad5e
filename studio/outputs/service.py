"""The way out as services of the engine: destinations, being on air, the virtual camera."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.names import check_name
from studio.core.service import Finding, Service, ShowContext
from studio.core.state import State
from studio.outputs.camera_commands import CameraCommands
from studio.outputs.commands import OutputCommands
from studio.outputs.destinations import check_address
from studio.outputs.events import EffortChanged
from studio.outputs.model import AirView, CameraView
from studio.outputs.pipeline import OutputPipeline
from studio.sender.model import OutputSettings, OutputState, OutputStatus, StandbyMedia

FLOWING_S = 4.0
POLL_S = 0.02


class CanvasSizes(Protocol):
    """The canvases of the show."""

    def is_composed(self, canvas: str) -> bool:
        """Is it on?"""
        ...

    def size_of(self, canvas: str) -> tuple[int, int]:
        """Width and height in pixels."""
        ...


class OutputService(Service):
    """Destinations and recordings.

    Args:
        pipeline: encoders and senders.
        commands: what can be done with them.
        canvases: what can be sent.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "outputs"
    Part: ClassVar[Any] = tuple[OutputSettings, ...]
    View: ClassVar[Any] = tuple[OutputStatus, ...]
    Checkpoint: ClassVar[Any] = tuple[OutputSettings, ...]

    def __init__(
        self,
        pipeline: OutputPipeline,
        commands: OutputCommands,
        canvases: CanvasSizes,
        events: Events,
        state: State,
    ) -> None:
        self.pipeline, self.outputs = pipeline, commands
        self._events = events
        self._loop = asyncio.get_running_loop()
        self.resumed: list[str] = []
        """Outputs that ran when the engine before this one was killed."""
        commands.is_composed = canvases.is_composed
        pipeline.on_effort = self._effort_changed
        events.on_all(commands.film.event)

    def commands(self) -> Sequence[object]:
        """Outputs, recordings and clips."""
        return (self.outputs, self.outputs.film)

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Names and addresses."""
        for number, settings in enumerate(part):
            try:
                check_name(settings.name)
            except StudioError as error:
                place = f"outputs[{number}].name"
                why = StudioError("invalid", "names.where", where=place, why=error)
                yield Finding(place, why, "broken")
            try:
                check_address(settings)
            except StudioError as error:
                yield Finding(f"outputs[{settings.name}]", error)

    async def reset(self) -> None:
        """Removes what does not run; what viewers watch goes on into the next show."""
        destinations = self.pipeline.destinations
        for name in destinations.names():
            if not destinations.is_running(name):
                with contextlib.suppress(StudioError):
                    destinations.remove(name)

    async def load(self, part: Any, context: ShowContext) -> None:
        """Adds a show's outputs; one that runs keeps its name and settings."""
        taken = self.pipeline.destinations.names()
        self.outputs.load([settings for settings in part if settings.name not in taken])

    def save(self) -> list[OutputSettings]:
        """All that are the show's own, without keys."""
        return self.outputs.settings()

    def view(self) -> tuple[OutputStatus, ...]:
        """How each is doing."""
        return tuple(self.pipeline.destinations.statuses())

    def checkpoint(self) -> tuple[OutputSettings, ...]:
        """Those that run."""
        outputs = self.pipeline.destinations
        return tuple(outputs.settings(name) for name in outputs.names() if outputs.is_running(name))

    async def restore(self, kept: Any) -> None:
        """Has them ready as they were; `resumed` says which are to be started."""
        for settings in kept:
            self.resumed.append(self.outputs.restore(settings))

    async def stop(self) -> None:
        """Ends every output; within about 2 s."""
        await asyncio.to_thread(self.pipeline.close)

    async def until_flowing(self, names: Sequence[str], stopping: asyncio.Event) -> None:
        """Until every output flows or has said why not: "on air" is told from there."""
        waiting = (OutputState.IDLE, OutputState.CONNECTING)
        until = now_ns() + int(FLOWING_S * NS)
        while now_ns() < until and not stopping.is_set():
            states = [self.pipeline.destinations.status(name).state for name in names]
            if not any(state in waiting for state in states):
                return
            await asyncio.sleep(POLL_S)

    def output_changed(self, status: OutputStatus) -> None:
        """Told by the senders' threads."""
        self._loop.call_soon_threadsafe(self.outputs.told, status)

    def _effort_changed(self, rung: str, is_eased: bool) -> None:
        event = EffortChanged(rung=rung, is_eased=is_eased)
        self._loop.call_soon_threadsafe(self._events.publish, event)


class AirService(Service):
    """Being on air as a whole: the budget, the check, the standby film.

    Args:
        outputs: their commands.
        find: finds files of the show.
    """

    name: ClassVar[str] = "air"
    key: ClassVar[str] = "standby"
    Part: ClassVar[Any] = StandbyMedia
    View: ClassVar[Any] = AirView

    def __init__(self, outputs: OutputCommands) -> None:
        self.air = outputs.air

    def commands(self) -> Sequence[object]:
        """Delay, dump, check, standby film."""
        return (self.air,)

    async def reset(self) -> None:
        """The standby scene stands in again; the last check was of another show."""
        self.air.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over the show's standby film."""
        folder = context.folder
        self.air.find = lambda path: folder / Path(path).expanduser()
        self.air.load_standby(part)

    def save(self) -> StandbyMedia:
        """As it is now."""
        return self.air.standby

    def view(self) -> AirView:
        """How the show is doing on its lines."""
        return self.air.view()


class CameraService(Service):
    """The virtual camera.

    Args:
        canvases: what it can show.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "virtualcam"
    View: ClassVar[Any] = CameraView

    def __init__(self, canvases: CanvasSizes, events: Events, state: State) -> None:
        loop = asyncio.get_running_loop()
        self._commands = CameraCommands(
            canvases.size_of, events.publish, state.touch, loop.call_soon_threadsafe
        )
        self.camera = self._commands.camera

    def commands(self) -> Sequence[object]:
        """Start, stop, status."""
        return (self._commands,)

    def view(self) -> CameraView:
        """What it does."""
        return self._commands.view()

    async def stop(self) -> None:
        """Gives the device back."""
        await asyncio.to_thread(self.camera.stop)
