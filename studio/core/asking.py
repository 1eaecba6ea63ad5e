"""Who asks: the right and the place of whoever is behind the command that runs just now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import NamedTuple


class Asker(NamedTuple):
    """Attributes:
    role: the right it runs with (`studio.core.command.Role`).
    is_here: at this machine: the desk, the command line, the engine itself. A client that came
        in with a token or a password may be anywhere.
    origin: who it is, for the journal ("desk", "cli", "plan:NAME").
    without: patterns of commands that are not lent to it, whatever its role ("shop.*").
    """

    role: int = 4
    is_here: bool = True
    origin: str = "engine"
    without: tuple[str, ...] = ()

    def may_not(self, command: str) -> bool:
        """Is this one of the commands that are not lent to it?"""
        return any(fnmatchcase(command, pattern) for pattern in self.without)


_asker: ContextVar[Asker] = ContextVar("asker", default=Asker())  # noqa: B039 - immutable


def asking() -> Asker:
    """Who asks now; the engine itself when nobody does."""
    return _asker.get()


@contextmanager
def asked_by(asker: Asker) -> Iterator[None]:
    """What runs inside, and every task begun inside, is asked by ``asker``.

    Nobody gains by asking through another: of two, the lesser right holds and the farther place.
    """
    before = _asker.get()
    least = Asker(
        min(before.role, asker.role),
        before.is_here and asker.is_here,
        asker.origin,
        before.without + tuple(word for word in asker.without if word not in before.without),
    )
    token = _asker.set(least)
    try:
        yield
    finally:
        _asker.reset(token)
