"""A drill's processes reach nothing but this machine: enforced below whatever opens a socket."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from studio.core.errors import StudioError

DRILL = "SHOPCAST_DRILL"
MARK = ("演练", "DRILL")
_HOSTS = frozenset({"localhost", "ip6-localhost", ""})
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_guarded = False


def is_drill() -> bool:
    """Is this process part of a drill?"""
    return os.environ.get(DRILL, "") not in ("", "0")


def drill_owner() -> int:
    """The process that runs the drill; 0 where it does not say, and on Windows."""
    value = os.environ.get(DRILL, "")
    return int(value) if value.isdecimal() and int(value) > 1 and os.name == "posix" else 0


def is_this_machine(host: str) -> bool:
    """Does a host name or address mean this machine, whatever a resolver says?"""
    plain = host.strip("[]").split("%")[0].lower()
    if plain in _HOSTS:
        return True
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return False


def leads_outside(address: str) -> bool:
    """Is this an address (scheme://…) of another machine?"""
    if not _ADDRESS.match(address.strip()):
        return False
    try:
        parts = urlsplit(address.strip())
        return parts.scheme.lower() != "file" and not is_this_machine(parts.hostname or "")
    except ValueError:
        return True


def keep_inside(address: str) -> None:
    """Refuses, in a drill, what a library would open past Python's sockets.

    Raises:
        PermissionError: the address is of another machine.
    """
    if is_drill() and leads_outside(address):
        raise PermissionError(f"a drill opens nothing outside this machine: {address[:60]}")


def refuse_outside(value: Any) -> None:
    """Refuses plain data of a drill that name an address of another machine, however deep.

    Raises:
        StudioError: denied.
    """
    if isinstance(value, str):
        if leads_outside(value):
            raise StudioError("denied", "drill.outside", host=_host_of(value))
    elif isinstance(value, Mapping):
        for inner in value.values():
            refuse_outside(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            refuse_outside(inner)


def _host_of(address: str) -> str:
    """Where it leads; not its path, which may be a key."""
    try:
        return urlsplit(address.strip()).hostname or "-"
    except ValueError:
        return "-"


def guard_drill() -> None:
    """From now on no socket of this process leads to another machine, where it is a drill's.

    An audit hook cannot be taken off again and sees every connect, send and look-up of Python.
    """
    global _guarded
    if not is_drill() or _guarded:
        return
    _guarded = True
    sys.addaudithook(_judge)


def _judge(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        target = args[1] if len(args) > 1 else None
        if isinstance(target, tuple) and target and not is_this_machine(str(target[0])):
            raise PermissionError(f"a drill connects to this machine alone, not to {target[0]}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
        name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
        if not is_this_machine(name):
            raise PermissionError(f"a drill looks up no other machine: {name[:60]}")
