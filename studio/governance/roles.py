"""Who may come in by the remote door: tokens, each with a name and a role."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from studio.core.asking import Scope
from studio.core.clean import write_json
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.log import keep_secret, logger
from studio.governance.rights.model import ends_in, left_s
from studio.governance.secrets import Secrets

_log = logger(__name__)
TOKENS = "remote/tokens"
MOST = 100


class Token(msgspec.Struct, frozen=True):
    """A key for one person or device.

    Attributes:
        name: whose it is, as the journal shows it.
        secret: what is typed in as the password.
        role: what its owner may do at most ("viewer" … "owner").
        until: when it ends, UTC, ISO 8601; "" holds until it is removed.
        without: patterns of commands that it may not run, whatever its role ("shop.*").
        operator: whose device it is (`studio.governance.rights`); "" is nobody's.
        scopes: how far its owner's right reaches, where that was looked up; not kept.
    """

    name: str
    secret: str
    role: str = "controller"
    until: str = ""
    without: tuple[str, ...] = ()
    operator: str = ""
    scopes: tuple[Scope, ...] = ()

    @property
    def person(self) -> str:
        """Whose right it is."""
        return self.operator or self.name

    @property
    def right(self) -> Role:
        """The role as the bus knows it; a role that is not known may only look."""
        return role_of(self.role) or Role.VIEWER

    @property
    def left_s(self) -> float:
        """Seconds until it ends, by the wall clock; infinite for one that holds."""
        return left_s(self.until)


def role_of(name: str) -> Role | None:
    """The role of this name; None when there is none."""
    return Role.__members__.get(name.upper())


def keep_aside(store: Secrets, name: str, text: str) -> None:
    """Keeps what cannot be read under another name: the next change writes over its own."""
    aside = f"{name}.unreadable"
    try:
        if store.get(aside) != text:
            store.set(aside, text)
    except StudioError as error:
        _log.warning("%s cannot be kept aside: %s", name, error)


def load(store: Secrets) -> list[Token]:
    """All tokens. What cannot be read is said in the log and lets nobody in."""
    text = store.get(TOKENS)
    if not text:
        return []
    try:
        tokens = msgspec.json.decode(text, type=list[Token])
    except msgspec.DecodeError as error:
        _log.warning("the remote tokens cannot be read: %s", error)
        keep_aside(store, TOKENS, text)
        return []
    for token in tokens:
        keep_secret(token.secret)
    return tokens


def add(
    store: Secrets, name: str, role: str, *, hours: float = 0.0, without: Sequence[str] = (),
    operator: str = "",
) -> Token:  # fmt: skip
    """Makes a token; its secret is shown once, to whoever made it.

    Args:
        operator: whose device it is.
        hours: after which it ends; 0 holds until it is removed.
        without: patterns of commands that are not lent with it.

    Raises:
        StudioError: invalid (role), conflict (the name is taken, or too many).
    """
    if role_of(role) is None:
        known = ", ".join(entry.name.lower() for entry in Role)
        raise StudioError("invalid", "security.no_role", role=role, known=known)
    # One that has ended gives its name and place away.
    tokens = [token for token in load(store) if token.left_s > 0]
    if any(token.name == name for token in tokens) or len(tokens) >= MOST:
        raise StudioError("conflict", "security.token_taken", name=name, most=MOST)
    secret = secrets.token_urlsafe(18)
    token = Token(name, secret, role.lower(), ends_in(hours), tuple(without), operator)
    _save(store, [*tokens, token])
    return token


def remove(store: Secrets, name: str) -> None:
    """Forgets a token: it opens nothing any more.

    Raises:
        StudioError: not_found.
    """
    tokens = load(store)
    rest = [token for token in tokens if token.name != name]
    if len(rest) == len(tokens):
        known = ", ".join(token.name for token in tokens)
        raise StudioError("not_found", "security.no_token", name=name, known=known)
    _save(store, rest)


def _save(store: Secrets, tokens: list[Token]) -> None:
    store.set(TOKENS, write_json(msgspec.to_builtins(tokens)) if tokens else "")
