"""Places at the door: strangers have few and lose them to newcomers, the owner always has one."""

from __future__ import annotations

import asyncio
import itertools
import selectors
from collections import Counter
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple, Protocol

from websockets.asyncio.server import ServerConnection

from studio.core.descriptors import share_of_descriptors
from studio.core.listening import TlsListener
from studio.core.log import logger
from studio.remote.gate import Caller

_log = logger(__name__)

GRACE_S = 0.25
"""So long a newcomer may be silent, while there are too many."""
GRACE_TIMES = 4
"""So many times their places stand for that moment, at most."""
_SELECTOR = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""One that needs no descriptor of its own."""
MOST_BY_TOKEN = 16
MOST_BY_TOKENS = 48
MOST_BY_PASSWORD = 64


class Stage(IntEnum):
    """How far a stranger has come; those who are least far go first."""

    SILENT = 0
    SPOKE = 1
    SHOOK = 2


class _Place(NamedTuple):
    """A stranger's place; the least goes first."""

    stage: Stage
    number: int
    came_at: float
    """On the loop's clock."""


class Strangers:
    """Connections that have not identified themselves, counted from their first moment on.

    A newcomer is never refused: with too many, the oldest of those go that have said nothing, then
    of those that have not shaken hands, then of the others. Whoever knows the password speaks at
    once; each has a moment's grace of its own for that, since sockets come in bursts and machines
    are busy, and words that wait to be read count as said.
    """

    def __init__(self, most: int | None = None) -> None:
        self._given = most
        self._there: dict[ServerConnection, _Place] = {}
        self._numbers = itertools.count()
        self._is_told = False
        self._thinning: asyncio.TimerHandle | None = None

    def came(self, connection: ServerConnection) -> None:
        """A socket was opened."""
        now = asyncio.get_running_loop().time()
        self._there[connection] = _Place(Stage.SILENT, next(self._numbers), now)
        if len(self._there) > self.most and self._thinning is None:
            self._thin_in(GRACE_S)
        if len(self._there) > GRACE_TIMES * self.most:
            self._part_with(self._first_to_go())

    @property
    def most(self) -> int:
        """How many may stand; this machine's limits may change while it runs."""
        return share_of_descriptors() if self._given is None else self._given

    def _thin_in(self, seconds: float) -> None:
        self._thinning = asyncio.get_running_loop().call_later(seconds, self._thin)

    def _thin(self) -> None:
        self._thinning = None
        now = asyncio.get_running_loop().time()
        while len(self._there) > self.most:
            first = self._first_to_go()
            left_s = self._there[first].came_at + GRACE_S - now
            if left_s > 0:
                return self._thin_in(left_s)
            self._part_with(first)

    def _first_to_go(self) -> ServerConnection:
        while True:
            first = min(self._there, key=self._there.__getitem__)
            if self._there[first].stage is not Stage.SILENT or not _has_words(first):
                return first
            self.spoke(first)

    def _part_with(self, stranger: ServerConnection) -> None:
        if not self._is_told:
            self._is_told = True
            _log.warning("remote door: more than %s that do not say who they are", self.most)
        self.left(stranger)
        stranger.transport.abort()

    def spoke(self, connection: ServerConnection) -> None:
        """Its first bytes are here."""
        self._reached(connection, Stage.SPOKE)

    def shook(self, connection: ServerConnection) -> None:
        """Its handshake is done."""
        self._reached(connection, Stage.SHOOK)

    def _reached(self, connection: ServerConnection, stage: Stage) -> None:
        place = self._there.get(connection)
        if place is not None and place.stage < stage:
            self._there[connection] = place._replace(stage=stage)

    def left(self, connection: ServerConnection) -> None:
        """It is gone, or no stranger any more."""
        self._there.pop(connection, None)


def _has_words(connection: ServerConnection) -> bool:
    """Has it said something that was not read yet?"""
    door = connection.transport.get_extra_info("socket")
    try:
        with _SELECTOR() as waiting:
            waiting.register(door.fileno(), selectors.EVENT_READ)
            return bool(waiting.select(0))
    except (OSError, ValueError, AttributeError):  # closed under our hands
        return False


class CountedConnection(ServerConnection):
    """A connection that counts from its socket on, before anything was said."""

    strangers: Strangers
    listener: TlsListener | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counts it; the oldest stranger may have to go."""
        super().connection_made(transport)
        if self.listener is not None:
            self.listener.settled(transport)
        self.strangers.came(self)

    def data_received(self, data: bytes) -> None:
        """Its words count for it."""
        self.strangers.spoke(self)
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Counts it no more."""
        self.strangers.left(self)
        super().connection_lost(exc)


def counted(strangers: Strangers, listener: TlsListener | None = None) -> type[ServerConnection]:
    """The kind of connection a server makes, counted by ``strangers``; before by ``listener``."""
    own = {"strangers": strangers, "listener": listener}
    return type("CountedAtDoor", (CountedConnection,), own)


class StrangerItem(Protocol):
    """A client that has said who it is."""

    @property
    def token(self) -> str: ...
    @property
    def is_here(self) -> bool: ...
    @property
    def is_identified(self) -> bool: ...


def is_room(caller: Caller, sessions: Iterable[StrangerItem]) -> bool:
    """Is there a place for this caller?

    No token takes all of those for tokens, and all tokens together none of the owner's; programs
    of this machine that hold the key always have one.
    """
    if caller.is_here:
        return True
    held = Counter(
        session.token for session in sessions if session.is_identified and not session.is_here
    )
    if not caller.token:
        return held[""] < MOST_BY_PASSWORD
    return held[caller.token] < MOST_BY_TOKEN and held.total() - held[""] < MOST_BY_TOKENS
