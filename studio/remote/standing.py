"""What a client may do now: the right of the password or the key, or that of its token."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from studio.core.asking import Asker
from studio.core.command import Role
from studio.governance.masking import Sight, sight_of

if TYPE_CHECKING:
    from studio.governance.roles import Token
    from studio.remote.gate import Caller
    from studio.remote.host import RequestHost


class Standing:
    """The right a client came in with, as it stands now.

    Args:
        host: knows the tokens, and who is shown persons in full.
        caller: who came in.
    """

    def __init__(self, host: RequestHost, caller: Caller) -> None:
        self._host, self._caller = host, caller

    def asker(self, name: str) -> Asker | None:
        """Whoever is behind a request; None when the token has ended.

        Args:
            name: of the client in the journal.
        """
        caller, token = self._caller, self._token()
        if caller.lent is not None and (token is None or token.left_s <= 0):
            return None
        if token is None:  # the password or the key
            person = "here" if caller.is_here else "owner"
            return Asker(caller.role, caller.is_here, name, person=person)
        return Asker(token.right, caller.is_here, name, token.without, token.scopes, token.person)

    def _token(self) -> Token | None:
        """The token it came in with, as it stands: its owner's right may have changed."""
        lent = self._caller.lent
        if lent is None or lent.left_s <= 0:
            return None
        return self._host.commands.standing(lent)

    def sight(self, name: str) -> Sight:
        """How much of persons it is shown."""
        asker = self.asker(name)
        if asker is None:
            return Sight.WATCHER
        return sight_of(asker, is_unmasked=self._host.rooms.rights.is_unmasked(asker.person))

    @property
    def role(self) -> Role:
        """What it may do at most."""
        if self._caller.lent is None:
            return self._caller.role
        token = self._token()
        return Role.VIEWER if token is None else token.right

    @property
    def left_s(self) -> float:
        """Seconds until its right ends; infinite for the password and the key."""
        if self._caller.lent is None:
            return math.inf
        token = self._token()
        return token.left_s if token else 0.0
