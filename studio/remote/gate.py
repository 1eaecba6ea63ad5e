"""Who comes in: the password, a token with a role, or the key of this run; guessing is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from studio.core.clock import NS, now_ns
from studio.core.command import Role
from studio.core.log import logger
from studio.remote.protocol import Challenge
from studio.security.roles import Token

_log = logger(__name__)

FIRST_S = 0.3
MOST_S = 2.0
FORGET_NS = 60 * NS
LINE = 4


class Caller(NamedTuple):
    """Who a client is: a name for the journal, what it may do, by which token, and where.

    Attributes:
        is_here: a program of this user at this machine, which read the key from its own note.
    """

    name: str
    role: Role
    token: str = ""
    is_here: bool = False


class Gate:
    """Judges answers to challenges.

    A wrong answer makes the next one wait, longer each time, and all wait in one short line: a
    page or program that guesses gets a try every two seconds, however many connections it opens.

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
        self._line = asyncio.Lock()
        self._waiting = 0
        self._failures = 0
        self._failed_ns = 0

    @property
    def is_open(self) -> bool:
        """Does it ask for nothing?"""
        return not self._password

    async def admit(self, challenge: Challenge, answer: str) -> Caller | None:
        """Who gave this answer; None for nobody, after a wait."""
        if self._waiting >= LINE:
            return None
        self._waiting += 1
        try:
            async with self._line:
                caller = self._match(challenge, answer)
                if caller is None:
                    await asyncio.sleep(self._penalty_s())
                return caller
        finally:
            self._waiting -= 1

    def _match(self, challenge: Challenge, answer: str) -> Caller | None:
        if self._key and challenge.is_right(answer, self._key):
            return Caller("remote", Role.OWNER, is_here=True)
        if self._password and challenge.is_right(answer, self._password):
            return Caller("remote", Role.OWNER)
        for token in self._tokens():
            if challenge.is_right(answer, token.secret):
                return Caller(f"remote:{token.name}", token.right, token.name)
        return None

    def _penalty_s(self) -> float:
        now = now_ns()
        if now - self._failed_ns > FORGET_NS:
            self._failures = 0
        self._failures += 1
        self._failed_ns = now
        if self._failures in (1, 10, 100) or self._failures % 1000 == 0:
            _log.warning("remote door: wrong password (%s times in a row)", self._failures)
        return float(min(MOST_S, self._first_s * 2 ** min(self._failures - 1, 8)))
