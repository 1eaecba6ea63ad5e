"""Services that plugins bring, and the bus they are lent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from studio.core.command import Bus, Changed, Role, Spec
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.paths import data_dir
from studio.core.plugins import PluginAsks, is_asked, manifest_of, note_fault, plugin_folders
from studio.core.registry import plugin_name
from studio.core.service import Service, ServiceTools
from studio.core.state import State


class PluginBus:
    """The bus as a plugin has it: its own commands, and those its manifest asks for.

    Args:
        bus: the studio's.
        name: of the plugin, for the journal.
        asks: what its manifest says.
        own: the beginning of its own commands' names ("goal.").
    """

    def __init__(self, bus: Bus, name: str, asks: PluginAsks, own: str) -> None:
        self._bus, self._name, self._asks, self._own = bus, name, asks, own

    def specs(self) -> list[Spec]:
        """The commands it may run."""
        return [spec for spec in self._bus.specs() if self._is_open(spec.id)]

    def _is_open(self, command: str) -> bool:
        return command.startswith(self._own) or is_asked(self._asks, command)

    async def run(self, id: str, args: Mapping[str, Any] | None = None) -> Changed:
        """Runs a command with the rights of a controller at most.

        Raises:
            StudioError: denied, for one that the plugin did not ask for; else as the bus.
        """
        if not self._is_open(id):
            raise StudioError("denied", "plugins.denied", plugin=self._name, command=id)
        return await self._bus.run(
            id,
            dict(args or {}),
            role=Role.CONTROLLER,
            origin=f"plugin:{self._name}",
            is_here=self._asks.files,
        )


def plugin_services(
    types: Iterable[type[Service]],
    errors: list[StudioError],
    bus: Bus,
    events: Events,
    state: State,
) -> Iterator[Service]:
    """One of each; one that cannot be made is told in ``errors`` and left out."""
    folders = {folder.name: folder for folder in plugin_folders()}
    for service in types:
        name = plugin_name(service.__module__)
        try:
            asks = manifest_of(folders[name]).asks if name in folders else PluginAsks()
            lent = PluginBus(bus, name, asks, f"{service.name}.")
            folder = data_dir() / "plugin-data" / service.name
            tools = ServiceTools(lent, events, state, folder)
            yield service(tools)  # type: ignore[call-arg]
        except Exception as fault:
            note_fault(name, f"{type(fault).__name__}: {fault}")
            errors.append(plugin_error(service.__module__, fault))


def plugin_error(module: str, fault: Exception) -> StudioError:
    """What is told of a plugin that failed."""
    why = f"{type(fault).__name__}: {fault}"
    return StudioError("failed", "extension.plugin", path=module, why=why)
