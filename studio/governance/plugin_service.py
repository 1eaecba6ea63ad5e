"""The plugins as a part of the state: desks, phones and remotes see which run and which wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from studio.core.plugins import PluginStatus, plugin_folders, status_of
from studio.core.service import Service
from studio.governance.plugin_commands import PluginCommands


class PluginListService(Service):
    """Knows the plugins of this machine."""

    name: ClassVar[str] = "plugins"
    View: ClassVar[Any] = tuple[PluginStatus, ...]

    def __init__(self) -> None:
        self._shown: tuple[PluginStatus, ...] = ()
        self._commands = (PluginCommands(self),)

    def commands(self) -> Sequence[object]:
        """List, accept, hold."""
        return self._commands

    async def start(self) -> None:
        """Looks once."""
        await self.look()

    async def look(self) -> tuple[PluginStatus, ...]:
        """Reads them anew."""
        self._shown = await asyncio.to_thread(_look)
        return self._shown

    def view(self) -> tuple[PluginStatus, ...]:
        """As they were at the last look."""
        return self._shown


def _look() -> tuple[PluginStatus, ...]:
    return tuple(status_of(folder) for folder in plugin_folders())
