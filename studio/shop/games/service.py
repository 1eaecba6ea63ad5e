"""Games as a service of the engine: draws that run, fed by every comment there is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from studio.core.clock import now_ns
from studio.core.service import Service
from studio.core.state import State
from studio.shop.games.draw import Draw, DrawView, Heard
from studio.shop.games_commands import GameCommands

TELL_S = 0.2


class DrawListener(Protocol):
    """Hears a comment; it returns soon."""

    def __call__(self, id: str, person: str, author: str, text: str, /) -> None: ...


class CommentStream(Protocol):
    """Where comments come from, before any of them falls away."""

    def listen(self, listener: DrawListener) -> None:
        """Calls ``listener`` with every comment of a person that is not muted."""
        ...

    def muted_people(self) -> set[str]:
        """Who is muted now ("platform/identity")."""
        ...


class GameService(Service):
    """Draws of the show. They end with it; their proofs are files.

    Args:
        comments: all platforms in one.
        state: told a few times a second at most.
    """

    name: ClassVar[str] = "games"
    View: ClassVar[Any] = tuple[DrawView, ...]

    def __init__(self, comments: CommentStream, state: State) -> None:
        self.draws: dict[str, Draw] = {}
        self._comments, self._state = comments, state
        self._is_telling = False
        self._loop = asyncio.get_running_loop()
        self._commands = (GameCommands(self),)
        comments.listen(self._hear)

    def commands(self) -> Sequence[object]:
        """Draws."""
        return self._commands

    async def reset(self) -> None:
        """No draw is left."""
        self.draws = {}

    def view(self) -> tuple[DrawView, ...]:
        """Every draw of this show."""
        return tuple(draw.view() for draw in self.draws.values())

    def muted_people(self) -> set[str]:
        """Who is muted now."""
        return self._comments.muted_people()

    def _hear(self, id: str, person: str, author: str, text: str) -> None:
        counts = False
        for draw in self.draws.values():
            if draw.stage in ("open", "closing"):
                counts |= draw.hear(Heard(id, person, author, text), now_ns())
        if counts and not self._is_telling:
            self._is_telling = True
            self._loop.call_later(TELL_S, self._tell)

    def _tell(self) -> None:
        self._is_telling = False
        self._state.touch("games")
