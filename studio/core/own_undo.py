"""Whoever did a step may take it back, also where the way back is a command of more right."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import msgspec

from studio.core.asking import Asker

MOST = 20
"""Steps of one person that are remembered."""
MOST_PERSONS = 100


class _Way(NamedTuple):
    """The one way back that was answered to somebody."""

    show: str
    command: str
    args: Any
    least: int


class OwnUndos:
    """The ways back that were answered to those who may not go them of their own right.

    Each counts once, word for word as it was answered, in the show it was answered in. What goes
    it is answered its own way back, which is remembered in turn.
    """

    def __init__(self) -> None:
        self._of: dict[str, deque[_Way]] = {}

    def remember(
        self, asker: Asker, show: str, undo: tuple[str, dict[str, Any]], least: int
    ) -> None:
        """``asker`` did something that this takes back.

        Args:
            least: the role that the step itself needed: without it nobody takes it back.
        """
        who = _name(asker)
        ways = self._of.pop(who, None) or deque(maxlen=MOST)
        ways.append(_Way(show, undo[0], _plain(undo[1]), least))
        self._of[who] = ways  # the last of those who did something
        while len(self._of) > MOST_PERSONS:
            self._of.pop(next(iter(self._of)))

    def needs(self, asker: Asker, show: str, command: str, args: dict[str, Any]) -> int | None:
        """The role it needs where exactly this was answered to ``asker`` as the way back, and was
        not gone yet; else None."""
        way = self._found(asker, show, command, args)
        return None if way is None else way.least

    def forget(self, asker: Asker, show: str, command: str, args: dict[str, Any]) -> None:
        """It is gone now."""
        way = self._found(asker, show, command, args)
        if way is not None:
            self._of[_name(asker)].remove(way)

    def _found(self, asker: Asker, show: str, command: str, args: dict[str, Any]) -> _Way | None:
        ways = self._of.get(_name(asker))
        if not ways:
            return None
        asked = (show, command, _plain(args))
        return next((way for way in ways if way[:3] == asked), None)


def _name(asker: Asker) -> str:
    return asker.person or asker.origin


def _plain(args: dict[str, Any]) -> Any:
    """As it comes back over the wire."""
    return msgspec.to_builtins(args, enc_hook=str)
