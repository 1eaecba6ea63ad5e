"""Who comes in: the password, a token with a role, or the key of this run; guessing is slow."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.core.clock import NS, now_ns
from studio.core.command import Role
from studio.core.log import logger
from studio.governance.roles import Token
from studio.protocols.obs_ws import Challenge

_log = logger(__name__)

FIRST_S = 0.3
MOST_S = 2.0
FORGET_NS = 60 * NS
LOOK_S = 0.015
"""Answers from an address that guesses are looked at one after another, so far apart."""
MOST_AT_ONCE = 8
"""Wrong answers of an address whose wait is not over; with more, the next one is not looked at.
Who does not wait for the answer, on many connections, comes to no more tries than that."""
MOST_ADDRESSES = 1000


class Caller(NamedTuple):
    """Who a client is: a name for the journal, what it may do, by which token, and where.

    Attributes:
        is_here: a program of this user at this machine, which read the key from its own note.
        lent: the token it came in with.
    """

    name: str
    role: Role
    token: str = ""
    is_here: bool = False
    lent: Token | None = None


@dataclass(slots=True)
class _Brake:
    """What an address has guessed of late."""

    failures: int = 0
    failed_ns: int = 0
    free_s: float = 0.0
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))


class Authenticator:
    """Judges answers to challenges.

    Each address has a brake of its own. After a wrong answer what comes from there is looked at
    one after another, `LOOK_S` apart, and a wrong one is answered after a wait that grows. A
    right one is answered when it is looked at: guessers on the same machine, or behind the same
    tunnel, cost the owner a moment and never the turn.

    Args:
        password: opens as owner; "" lets everybody on loopback in.
        key: opens as owner, for programs of the same user (`studio.remote.place`).
        tokens: the tokens there are now.
    """

    def __init__(
        self,
        password: str,
        key: str = "",
        tokens: Callable[[], list[Token]] = list,
        *,
        first_s: float = FIRST_S,
    ) -> None:
        self._password = password
        self._key = key
        self._tokens = tokens
        self._first_s = first_s
        self._brakes: OrderedDict[str, _Brake] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Does it ask for nothing?"""
        return not self._password

    async def admit(self, challenge: Challenge, answer: str, address: str = "") -> Caller | None:
        """Who gave this answer; None for nobody, after a wait."""
        if self._key and challenge.is_right(answer, self._key):
            return Caller("remote", Role.OWNER, is_here=True)  # too long to be guessed
        brake = self._brake(address)
        await brake.places.acquire()
        wait_s = 0.0
        try:
            if brake.failures:
                now_s = time.monotonic()
                brake.free_s = max(brake.free_s, now_s) + LOOK_S
                await asyncio.sleep(brake.free_s - now_s)
            caller = self._match(challenge, answer)
            if caller is None:
                wait_s = self._penalty_s(brake)
        finally:  # its place is taken until then, also when its connection is not there any more
            asyncio.get_running_loop().call_later(wait_s, brake.places.release)
        if wait_s:
            await asyncio.sleep(wait_s)
        return caller

    def _brake(self, address: str) -> _Brake:
        brake = self._brakes.setdefault(address, _Brake())
        self._brakes.move_to_end(address)
        if now_ns() - brake.failed_ns > FORGET_NS:
            brake.failures = 0
        while len(self._brakes) > MOST_ADDRESSES:
            self._brakes.popitem(last=False)
        return brake

    @property
    def guesses(self) -> list[tuple[str, int]]:
        """Addresses that guessed of late, with how often."""
        now = now_ns()
        return [
            (address, brake.failures)
            for address, brake in self._brakes.items()
            if brake.failures and now - brake.failed_ns <= FORGET_NS
        ]

    def _match(self, challenge: Challenge, answer: str) -> Caller | None:
        if self._password and challenge.is_right(answer, self._password):
            return Caller("remote", Role.OWNER)
        for token in self._tokens():
            if challenge.is_right(answer, token.secret):
                if token.left_s <= 0:
                    return None
                return Caller(f"remote:{token.name}", token.right, token.name, lent=token)
        return None

    def _penalty_s(self, brake: _Brake) -> float:
        brake.failures += 1
        brake.failed_ns = now_ns()
        if brake.failures in (1, 10, 100) or brake.failures % 1000 == 0:
            _log.warning("remote door: wrong password (%s times in a row)", brake.failures)
        return float(min(MOST_S, self._first_s * 2 ** min(brake.failures - 1, 8)))
