"""Which plugins may run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from studio.core import plugins
from studio.core.command import Changed, Role, changed, command
from studio.core.plugins import PluginStatus


class PluginList(Protocol):
    """The plugins as they are shown."""

    async def look(self) -> tuple[PluginStatus, ...]:
        """Reads them anew."""
        ...


class PluginCommands:
    """Accept one, or keep it out; both hold from the next start on."""

    def __init__(self, plugin_list: PluginList) -> None:
        self._list = plugin_list

    @command(
        "plugins.list",
        role=Role.TECHNICIAN,
        label=("插件", "Plugins"),
        help=(
            "列出插件：想要什么、为何停用。",
            "What each plugin asks for, why one is kept out.",
        ),
    )
    async def plugins(self) -> Changed:
        return changed(result={"plugins": await self._list.look()})

    @command(
        "plugins.accept",
        role=Role.OWNER,
        label=("放行插件", "Accept a plugin"),
        help=(
            "同意插件申请的权限，并清除它的出错记录；下次启动生效。",
            "Lets a plugin have what it asks for and forgets its faults; from the next start on.",
        ),
    )
    async def accept(self, name: str) -> Changed:
        return await self._put(plugins.accept, name)

    @command(
        "plugins.hold",
        role=Role.TECHNICIAN,
        label=("停用插件", "Keep a plugin out"),
        help=(
            "下次启动不再加载，直到放行。",
            "Not loaded from the next start on, until accepted.",
        ),
    )
    async def hold(self, name: str) -> Changed:
        return await self._put(plugins.hold, name)

    async def _put(self, act: Callable[[str], PluginStatus], name: str) -> Changed:
        status = await asyncio.to_thread(act, name)
        await self._list.look()
        return changed("plugins", result={"plugin": status})
