"""Opens projectors on the desk from anywhere: a remote, a key, a plan."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

import msgspec

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.remote.desks import DeskRegistry, ProjectorWanted
from studio.remote.rooms import EngineFacade

What = Literal["programme", "preview", "multiview", "scene", "source"]


class ProjectorCommands:
    """Windows of the desks."""

    def __init__(self, desks: DeskRegistry, rooms: EngineFacade) -> None:
        self._desks, self._rooms = desks, rooms

    @command(
        "projector.open",
        label=("打开投影窗口", "Open a projector"),
        help=(
            "在控制台打开直播、预监、多画面、场景或来源；screen 为要铺满的显示器，-1 为窗口。",
            "Opens programme, preview, multiview, a scene or a source in a window of the desk; "
            "screen is the number of a display to fill, -1 a window.",
        ),
    )
    def open(
        self,
        what: What = "programme",
        name: str = "",
        canvas: Literal["landscape", "portrait"] = "landscape",
        screen: Annotated[int, msgspec.Meta(ge=-1, le=63)] = -1,
        geometry: Annotated[str, msgspec.Meta(max_length=4096)] = "",
    ) -> Changed:
        shows = ""
        if what == "scene":
            shows = self._rooms.scenes.get(name).name
        elif what == "source":
            shows = self._rooms.bank.get(name).name
        try:
            base64.b64decode(geometry, validate=True)
        except (binascii.Error, ValueError):
            raise StudioError("invalid", "remote.geometry") from None
        wanted = ProjectorWanted(
            what=what, shows=shows, canvas=canvas, screen=screen, geometry=geometry
        )
        return changed(result=self._desks.open(wanted))

    @command(
        "projector.settings",
        label=("在控制台打开来源设置", "Open a source's settings"),
        help=(
            "在控制台打开来源的设置与滤镜。",
            "Opens a source's settings and filters on the desk.",
        ),
    )
    def settings(self, source: str) -> Changed:
        return changed(result=self._desks.edit(self._rooms.bank.get(source).name))

    @command(
        "projector.screens",
        label=("控制台的显示器", "The desks' screens"),
        help=("列出已连接控制台的显示器。", "Lists the screens of the desks that are linked."),
    )
    def screens(self) -> Changed:
        return changed(result=self._desks.monitors())
