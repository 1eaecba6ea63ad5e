"""What callers from elsewhere may name, and the command that allows more."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

from studio.core import settings
from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command, only_given
from studio.core.errors import StudioError
from studio.core.places import PlaceDoor
from studio.show.keeper import ShowRepository

Folder = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
Host = Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[0-9A-Za-z.:/_-]+$")]
Folders = Annotated[list[Folder], msgspec.Meta(max_length=50)]
Hosts = Annotated[list[Host], msgspec.Meta(max_length=50)]


def place_door(keeper: ShowRepository, recordings: Callable[[], Path]) -> PlaceDoor:
    """The door for places of the engine's commands."""
    return PlaceDoor(
        show=lambda: keeper.show.folder,
        recordings=recordings,
        chosen=lambda: settings.load().remote_folders,
        hosts=lambda: settings.load().remote_hosts,
        recent=lambda: settings.load().recent_shows,
        shown=keeper.parts,
    )


class PlaceCommands:
    """Who is at this machine says what those elsewhere may name."""

    @command(
        "remote.places",
        role=Role.TECHNICIAN,
        label=("远程可用的文件夹与地址", "Places for remotes"),
        help=(
            "远程可读写的素材文件夹，与可拉流的内网地址；只能在本机修改，不填则列出。",
            "Media folders and inner addresses that remotes may use; changed at this machine only, "
            "told when nothing is given.",
        ),
    )
    async def places(self, folders: Folders | None = None, hosts: Hosts | None = None) -> Changed:
        now = await asyncio.to_thread(settings.load)
        before = {"folders": now.remote_folders, "hosts": now.remote_hosts}
        if folders is None and hosts is None:
            return changed(result=before)
        if not asking().is_here:
            raise StudioError("denied", "places.only_here")
        if folders is not None:
            now.remote_folders = [str(_folder(folder)) for folder in folders]
        if hosts is not None:
            now.remote_hosts = [_host(host) for host in hosts]
        try:
            await asyncio.to_thread(settings.save, now)
        except OSError as error:
            why, path = error.strerror or str(error), settings.settings_path()
            raise StudioError("failed", "media.cannot_write", path=str(path), why=why) from None
        told = {"folders": now.remote_folders, "hosts": now.remote_hosts}
        undo = {name: before[name] for name in only_given(folders=folders, hosts=hosts)}
        return changed(result=told, undo=("remote.places", undo))


def _folder(name: str) -> Path:
    try:
        path = Path(name).expanduser()
        is_there = path.is_absolute() and path.is_dir() and path.resolve() != Path(path.anchor)
    except (OSError, ValueError, RuntimeError):
        is_there = False
    if not is_there:
        raise StudioError("invalid", "places.no_folder", path=name)
    return path


def _host(name: str) -> str:
    if "/" in name:
        try:
            ipaddress.ip_network(name, strict=False)
        except ValueError:
            raise StudioError("invalid", "places.no_address", where="hosts", url=name) from None
    return name.lower()
