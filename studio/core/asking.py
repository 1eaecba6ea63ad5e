"""Who asks: the right and the place of whoever is behind the command that runs just now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

import msgspec

PERSONAL = "personal"
"""The class of data of which a scope says whether it is shown (`studio.governance.catalogue`)."""
UNNAMED = ("", "here", "owner")
"""Persons that nobody gave a name: the engine, this machine, whoever knows the password."""


class Scope(msgspec.Struct, frozen=True):
    """How far a right reaches; a right that has none reaches everywhere.

    Attributes:
        only: patterns of the commands it is for ("scenes.*"); () is every one.
        without: patterns of those that are left out.
        shows: names of the shows it is for; () is every one.
        data: classes of data it shows besides what is public or inner.
    """

    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    data: tuple[str, ...] = (PERSONAL,)

    def has(self, command: str) -> bool:
        """Is this one of its commands?"""
        return (not self.only or _matches(self.only, command)) and not _matches(
            self.without, command
        )


class Asker(NamedTuple):
    """Attributes:
    role: the right it runs with (`studio.core.command.Role`).
    is_here: at this machine: the desk, the command line, the engine itself. A client that came
        in with a token or a password may be anywhere.
    origin: who it is, for the journal ("desk", "cli", "plan:NAME").
    without: patterns of commands that are not lent to it, whatever its role ("shop.*").
    scopes: how far its right reaches; what one of them leaves out is out.
    person: whose right it is: an operator, a token, "here", "owner"; "" is the engine's own.
    reason: why it asks, where it says so.
    """

    role: int = 4
    is_here: bool = True
    origin: str = "engine"
    without: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    person: str = ""
    reason: str = ""

    def may_not(self, command: str) -> bool:
        """Is this one of the commands that are not lent to it?"""
        if self.without and _matches(self.without, command):
            return True
        return not all(scope.has(command) for scope in self.scopes)

    def is_away(self, show: str) -> bool:
        """Is its right for other shows than this one?"""
        return any(scope.shows and show not in scope.shows for scope in self.scopes)

    @property
    def individual(self) -> str:
        """Who it is where two people must agree: somebody named, whose devices are all theirs.

        Those at this machine or with the password are told apart by their desks.
        """
        return self.origin if self.person in UNNAMED else f"person {self.person}"

    def sees(self, data: str) -> bool:
        """Are data of this class shown to it, as far as its scopes say?"""
        return all(data in scope.data for scope in self.scopes)


_asker: ContextVar[Asker] = ContextVar("asker", default=Asker())  # noqa: B039 - immutable


def asking() -> Asker:
    """Who asks now; the engine itself when nobody does."""
    return _asker.get()


@contextmanager
def asked_by(asker: Asker) -> Iterator[None]:
    """What runs inside, and every task begun inside, is asked by ``asker``.

    Nobody gains by asking through another: of two, the lesser right holds and the farther place,
    and what either leaves out is out.
    """
    before = _asker.get()
    least = Asker(
        min(before.role, asker.role),
        before.is_here and asker.is_here,
        asker.origin,
        before.without + tuple(word for word in asker.without if word not in before.without),
        before.scopes + tuple(scope for scope in asker.scopes if scope not in before.scopes),
        before.person or asker.person,
        asker.reason or before.reason,
    )
    token = _asker.set(least)
    try:
        yield
    finally:
        _asker.reset(token)


@lru_cache(maxsize=8192)
def _matches(patterns: tuple[str, ...], command: str) -> bool:
    return any(fnmatchcase(command, pattern) for pattern in patterns)
