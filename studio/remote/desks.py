"""The desks that are linked, with their screens: who opens a window when a remote asks for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from studio.core.asking import asking
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.text import Text
from studio.protocols.obs_ws import Data, Subscription

if TYPE_CHECKING:
    from studio.remote.clients import RemoteClient

MOST_SCREENS = 16
Name = Annotated[str, msgspec.Meta(max_length=200)]
Pixels = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]


class DeskScreen(msgspec.Struct, frozen=True):
    """A screen of a desk's machine: its name, size and place in pixels."""

    name: Name = ""
    width: Pixels = 0
    height: Pixels = 0
    x: Pixels = 0
    y: Pixels = 0


class Screens(msgspec.Struct, frozen=True):
    """What a desk says of itself."""

    screens: Annotated[tuple[DeskScreen, ...], msgspec.Meta(max_length=MOST_SCREENS)] = ()


class ProjectorWanted(Event, frozen=True, kw_only=True):
    """A desk is asked to open a window; told to that desk alone.

    Attributes:
        what: "programme", "preview", "multiview", "scene" or "source".
        shows: name of the scene or source.
        screen: number of the desk's own screen to fill, -1 for a window.
        geometry: where the window stood before, as Qt writes it (base64); "" chooses.
    """

    name: ClassVar[str] = "projector.wanted"
    label: ClassVar[Text] = Text("打开投影窗口", "Projector wanted")
    help: ClassVar[Text] = Text(
        "请一个控制台打开投影窗口或全屏画面。",
        "A desk is asked to open a projector, in a window or on a whole screen.",
    )

    what: str
    shows: str = ""
    canvas: str = "landscape"
    screen: int = -1
    geometry: str = ""


class FormWanted(Event, frozen=True, kw_only=True):
    """A desk is asked to open the settings of a source; told to that desk alone."""

    name: ClassVar[str] = "form.wanted"
    label: ClassVar[Text] = Text("打开来源设置", "Settings wanted")
    help: ClassVar[Text] = Text(
        "请一个控制台打开来源的设置与滤镜。",
        "A desk is asked to open the settings and filters of a source.",
    )

    source: str


class DeskRegistry:
    """Desks in the order in which they came, those at this machine before those elsewhere.

    Args:
        send: tells one session an event.
    """

    def __init__(self, send: Callable[[RemoteClient, Event], None]) -> None:
        self._send = send
        self._screens: dict[RemoteClient, tuple[DeskScreen, ...]] = {}
        self._elsewhere: set[RemoteClient] = set()

    def announce(self, session: RemoteClient, given: Screens) -> int:
        """A desk has these screens, now; answers the number of its first in the whole list.

        Raises:
            StudioError: denied: who only looks is asked to open nothing.
        """
        asker = asking()
        if asker.role < Role.CONTROLLER:
            raise StudioError("denied", "remote.no_desk_role", role=Role.CONTROLLER.name.lower())
        if session not in self._screens:
            session.closing.append(lambda: self._left(session))
        if not asker.is_here:
            self._elsewhere.add(session)
        self._screens[session] = given.screens
        owners = [place for place, _, _ in self._places()]
        return owners.index(session) if session in owners else len(owners)

    def _places(self) -> list[tuple[RemoteClient, int, DeskScreen]]:
        """Every screen with its desk and its number there; who hears no events opens nothing.

        Desks at this machine come first: their screens keep their numbers whoever comes.
        """
        desks = sorted(self._screens.items(), key=lambda desk: desk[0] in self._elsewhere)
        return [
            (session, at, screen)
            for session, screens in desks
            if session.events & Subscription.VENDORS
            for at, screen in enumerate(screens)
        ]

    def _newest(self) -> RemoteClient:
        """The desk that came last; one at this machine while there is any.

        Raises:
            StudioError: unavailable, when no desk is open.
        """
        desks = [desk for desk, _, _ in self._places()]
        if not desks:
            raise StudioError("unavailable", "remote.no_desk")
        return next((desk for desk in reversed(desks) if desk not in self._elsewhere), desks[-1])

    def _left(self, session: RemoteClient) -> None:
        self._screens.pop(session, None)
        self._elsewhere.discard(session)

    def monitors(self) -> list[Data]:
        """All screens in the protocol's words."""
        shown = [screen for _, _, screen in self._places()]
        return [
            {
                "monitorName": f"{place.name}({index})",
                "monitorIndex": index,
                "monitorWidth": place.width,
                "monitorHeight": place.height,
                "monitorPositionX": place.x,
                "monitorPositionY": place.y,
            }
            for index, place in enumerate(shown)
        ]

    def edit(self, source: str) -> dict[str, Any]:
        """Asks the desk that came last to open a source's settings.

        Raises:
            StudioError: unavailable, when no desk is open.
        """
        desk = self._newest()
        self._send(desk, FormWanted(source=source))
        return {"desk": desk.name}

    def open(self, wanted: ProjectorWanted) -> dict[str, Any]:
        """Asks the desk whose screen it is, or for a window the one that came last.

        Raises:
            StudioError: unavailable, when no desk is open; not_found: there is no such screen.
        """
        session, screen = self._newest(), -1
        places = self._places()
        if wanted.screen >= 0:
            if wanted.screen >= len(places):
                raise StudioError(
                    "not_found", "remote.no_screen", n=wanted.screen, count=len(places)
                )
            session, screen, _ = places[wanted.screen]
        self._send(session, msgspec.structs.replace(wanted, screen=screen))
        return {"desk": session.name, "screen": screen}
