"""How much of pictures callers from elsewhere may have: stills by their pixels, views by number."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from studio.core.asking import Asker
from studio.core.command import Role
from studio.core.errors import StudioError

PIXELS_A_SECOND = {
    Role.VIEWER: 2_000_000,
    Role.STREAMER: 4_000_000,
    Role.CONTROLLER: 4_000_000,
    Role.TECHNICIAN: 8_000_000,
    Role.OWNER: 16_000_000,
}
AHEAD_S = 2.0
"""So much of it may be taken at once."""
PATIENCE_S = 5.0
"""Whoever would wait longer for a picture is told when to ask again."""
MOST_CALLERS = 200
MOST_VIEWS = 64
MOST_VIEWS_ELSEWHERE = 40
"""All callers from elsewhere together; the others are kept for desks at this machine."""
MOST_VIEWS_BY_TOKEN = {Role.VIEWER: 4, Role.STREAMER: 8, Role.CONTROLLER: 8, Role.TECHNICIAN: 8}


class PictureAllowance:
    """Pixels a second for each caller from elsewhere, by its name: more connections give no more.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, asker: Asker, pixels: int) -> float:
        """Seconds until ``asker`` may have a picture of so many pixels, which counts as had.

        Raises:
            StudioError: unavailable: it has had so many that it must ask again later.
        """
        if asker.is_here:
            return 0.0
        name, now = caller_name(asker), self._clock()
        free_at = max(self._free_at.get(name, 0.0), now - AHEAD_S)
        wait_s = max(0.0, free_at - now)
        if wait_s > PATIENCE_S:
            raise StudioError("unavailable", "remote.pictures_spent", seconds=round(wait_s))
        self._free_at[name] = free_at + pixels / PIXELS_A_SECOND[_role(asker)]
        self._free_at.move_to_end(name)
        while len(self._free_at) > MOST_CALLERS:
            self._free_at.popitem(last=False)
        return wait_s


def check_views(asker: Asker, open_ones: Iterable[str]) -> None:
    """May one more view be opened by ``asker``?

    Args:
        open_ones: by whom each view that is open was opened (`caller_name`).

    Raises:
        StudioError: invalid: there are too many, in all, from elsewhere or by this token.
    """
    owners = list(open_ones)
    name = caller_name(asker)
    limits = [(len(owners), MOST_VIEWS)]
    if name:
        limits.append((sum(1 for owner in owners if owner), MOST_VIEWS_ELSEWHERE))
        if (most := MOST_VIEWS_BY_TOKEN.get(_role(asker))) is not None:
            limits.append((owners.count(name), most))
    for count, most in limits:
        if count >= most:
            raise StudioError("invalid", "remote.views_full", most=most)


def caller_name(asker: Asker) -> str:
    """Whose it is: a token's, the password's (whatever name it gave itself), "" at this machine."""
    if asker.is_here:
        return ""
    return asker.origin if asker.origin.startswith("remote:") else "remote"


def _role(asker: Asker) -> Role:
    return Role(max(Role.VIEWER, min(Role.OWNER, asker.role)))
