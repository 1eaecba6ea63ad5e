"""The services of an engine as one ordered list: everything that is done to all of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.plugins import note_fault, note_well
from studio.core.registry import plugin_name
from studio.core.service import Every, Finding, PluginService, Service, ShowContext
from studio.core.state import State
from studio.core.troubles import tell_trouble
from studio.core.unknown import unknown_fields

_log = logger(__name__)
MOST_FAILURES = 10


def decode_part(service: type[Service], raw: Mapping[str, Any], path: str) -> Any:
    """A service's part of show.json; its default where it is not there.

    Raises:
        StudioError: invalid, with the place in the file.
    """
    key = service.show_key()
    empty: Any = [] if _is_list(service.Part) else {}
    plain = raw.get(key, empty)
    try:
        part = msgspec.convert(plain, service.Part)
    except msgspec.ValidationError as error:
        text = str(error)
        why = re.sub(r"`\$", f"`{key}", text) if "`$" in text else f"{key}: {text}"
        raise StudioError("invalid", "show.broken", path=path, why=why) from None
    stray = unknown_fields(plain, service.Part, key)
    if stray:
        unknown = StudioError("invalid", "show.unknown_field", where=", ".join(stray[:5]))
        raise StudioError("invalid", "show.broken", path=path, why=unknown)
    return part


def decode_parts(
    services: Sequence[type[Service]], raw: Mapping[str, Any], path: str
) -> dict[str, Any]:
    """Every part of a show, by its key; ``path`` of the file is for the error.

    Raises:
        StudioError: invalid, with the place in the file.
    """
    return {
        service.show_key(): decode_part(service, raw, path)
        for service in services
        if service.show_key()
    }


def find_faults(
    services: Sequence[type[Service]], context: ShowContext, *, is_opening: bool = False
) -> list[Finding]:
    """Every fault of a show, in the order of the services.

    Args:
        is_opening: without advice, which may take its time in a large show.
    """
    faults: list[Finding] = []
    for service in services:
        if is_opening and service.is_advice:
            continue
        part = context.parts.get(service.show_key())
        faults += service.validate(part, context)
    return faults


class Services:
    """The list, and the loops over it. One that fails names itself.

    Args:
        ordered: services in the order in which they load; they are left in the reverse one.
    """

    def __init__(self, ordered: Sequence[Service]) -> None:
        self._ordered = tuple(ordered)
        self._tasks: list[asyncio.Task[None]] = []
        self._aside: list[StudioError] = []
        names = [service.name for service in ordered]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two services are called {', '.join(twice)}")

    def __iter__(self) -> Iterator[Service]:
        return iter(self._ordered)

    @property
    def types(self) -> tuple[type[Service], ...]:
        """Their classes."""
        return tuple(type(service) for service in self._ordered)

    def register(self, bus: Bus, state: State) -> None:
        """Adds all commands and all parts of the state; a plugin that cannot be is set aside.

        Raises:
            ValueError: a command of the studio is there twice.
        """
        for service in self._ordered:
            try:
                bus.add(*service.commands())
            except Exception as fault:
                if not isinstance(service, PluginService):
                    raise
                self._set_aside(service, fault)
                continue
            if service.View is not None:
                state.add_struct(service.name, service.view, service.plain_of)

    def _set_aside(self, service: Service, fault: Exception) -> None:
        """A plugin's fault never stops the studio."""
        _log.exception("the plugin %s is set aside", service.name)
        self._ordered = tuple(kept for kept in self._ordered if kept is not service)
        why = f"{type(fault).__name__}: {fault}"
        where = type(service).__module__
        note_fault(plugin_name(where), why)
        self._aside.append(StudioError("failed", "extension.plugin", path=where, why=why))

    def errors(self) -> list[StudioError]:
        """What could not be used, of all of them."""
        own = [error for service in self._ordered for error in service.errors]
        return [*self._aside, *own]

    @property
    def part_names(self) -> tuple[str, ...]:
        """The parts of the state there are."""
        return tuple(service.name for service in self._ordered if service.View is not None)

    # -- the show ------------------------------------------------------------------------------

    def accept(self, context: ShowContext) -> None:
        """Refuses a show that cannot be taken over now, before anything has changed.

        Raises:
            StudioError: conflict.
        """
        for service in self._ordered:
            if service.show_key():
                service.accept(context.parts[service.show_key()], context)

    async def reset(self) -> None:
        """Leaves the show; one that cannot let go is told and the others go on."""
        for service in reversed(self._ordered):
            try:
                await service.reset()
            except Exception:
                _log.exception("%s did not let go of the show", service.name)

    async def load(self, context: ShowContext, *, is_first: bool = False) -> None:
        """Takes a show over.

        Args:
            is_first: there is none to go back to: a plugin that fails is set aside.

        Raises:
            StudioError: failed, with the service that could not.
        """
        for service in self._ordered:
            try:
                with _named(service):
                    await service.load(context.parts.get(service.show_key()), context)
            except StudioError as error:
                if not (is_first and isinstance(service, PluginService)):
                    raise
                self._set_aside(service, error)

    async def ready(self, context: ShowContext) -> None:
        """The first picture is there.

        Raises:
            StudioError: failed, with the service that could not.
        """
        for service in self._ordered:
            with _named(service):
                await service.ready(context)

    def save(self) -> dict[str, Any]:
        """What show.json keeps of every service, as plain data by key."""
        kept = {}
        for service in self._ordered:
            key = service.show_key()
            part = service.save() if key else None
            if part is not None:
                kept[key] = part if isinstance(part, dict) else msgspec.to_builtins(part)
        return kept

    # -- what survives a kill ------------------------------------------------------------------

    def checkpoint(self, names: Sequence[str] | None = None) -> dict[str, Any]:
        """What must survive a kill, as plain data by service; all of it, or of ``names`` only."""
        return {
            service.name: msgspec.to_builtins(service.checkpoint())
            for service in self._ordered
            if service.Checkpoint is not None and (names is None or service.name in names)
        }

    async def restore(self, kept: Mapping[str, Any]) -> None:
        """Goes on where a killed engine was; what cannot be read is told and left out."""
        for service in self._ordered:
            if service.Checkpoint is None or service.name not in kept:
                continue
            try:
                await service.restore(msgspec.convert(kept[service.name], service.Checkpoint))
            except (StudioError, msgspec.ValidationError) as error:
                _log.warning("%s does not go on where it was: %s", service.name, error)
            except Exception:
                _log.exception("%s does not go on where it was", service.name)

    # -- beginning and end ---------------------------------------------------------------------

    async def start(self) -> None:
        """Starts every service and its periodic jobs."""
        loop = asyncio.get_running_loop()
        for service in self._ordered:
            with _named(service):
                await service.start()
            plugin = plugin_name(type(service).__module__)
            self._tasks += [
                loop.create_task(
                    _of_plugin(job, plugin) if plugin else _again(job),
                    name=f"{service.name}.{job.name}",
                )
                for job in service.every
            ]
            if plugin:
                note_well(plugin)

    async def stop(self) -> None:
        """Ends the jobs, then every service, last first."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for service in reversed(self._ordered):
            try:
                await service.stop()
            except Exception:
                _log.exception("%s did not end cleanly", service.name)


class _named:
    """Names the service in what it raises."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if fault is None or isinstance(fault, StudioError) or not isinstance(fault, Exception):
            return
        _log.error("%s failed", self._service.name, exc_info=fault)
        why = f"{type(fault).__name__}: {fault}"
        raise StudioError("failed", "show.service", service=self._service.name, why=why) from fault


async def _again(every: Every, most: int = 0) -> None:
    """Runs a job until cancelled; one that fails is told once and done again.

    Args:
        most: failures in a row after which it is done no more; 0 is never.

    Raises:
        Exception: why it failed the last time.
    """
    told, in_a_row = "", 0
    while True:
        await asyncio.sleep(every.seconds)
        try:
            every.job()
        except Exception as fault:
            in_a_row += 1
            if str(fault) != told:
                told = str(fault)
                _log.exception("%s failed and is done again", every.name)
            if in_a_row == most:
                raise
        else:
            in_a_row = 0


async def _of_plugin(every: Every, name: str) -> None:
    """A plugin's job ends when it fails again and again; the plugin is kept out from then on."""
    try:
        await _again(every, MOST_FAILURES)
    except Exception as fault:
        why = f"{type(fault).__name__}: {fault}"
        tell_trouble("plugins.job_ended", name=name, job=every.name, why=why, path=name)
        await asyncio.to_thread(note_fault, name, why, is_last=True)


def _is_list(kind: Any) -> bool:
    return isinstance(
        msgspec.inspect.type_info(kind), msgspec.inspect.ListType | msgspec.inspect.VarTupleType
    )
