"""Hosts that callers from elsewhere named: they lie outside, whenever they are looked up.

An address is judged when it is named (`studio.core.places`), and opened seconds, days and restarts
later. Meanwhile its name may lead elsewhere (DNS rebinding), and a server may send on to another
(redirects). So whoever opens such an address looks again, and goes to what was looked at.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from studio.core import settings
from studio.core.clean import read_json, write_json
from studio.core.log import logger
from studio.core.paths import config_dir
from studio.core.whole_file import PRIVATE, write_whole

_log = logger(__name__)
MOST_HOSTS = 500
NAT64 = ipaddress.ip_network("64:ff9b::/96")
_lock = threading.Lock()


class Target(NamedTuple):
    """One place a host was found at: as `socket.socket` takes it."""

    family: int
    address: tuple[Any, ...]


def _path() -> Path:
    return config_dir() / "outer_hosts.json"


def outer_hosts() -> list[str]:
    """All there are, the newest last."""
    try:
        found = read_json(_path().read_bytes())
    except (OSError, ValueError):
        return []
    return [host for host in found if isinstance(host, str)] if isinstance(found, list) else []


def is_outer(host: str) -> bool:
    """Was it named by a caller from elsewhere, and by nobody here since?"""
    return bool(host) and host.rstrip(".").lower() in outer_hosts()


def note_outer(host: str) -> None:
    """A caller from elsewhere names it."""
    _keep(host, is_outer=True)


def forget_outer(host: str) -> None:
    """Somebody at this machine names it: it may lead where they like."""
    _keep(host, is_outer=False)


def _keep(host: str, *, is_outer: bool) -> None:
    with _lock:
        before = outer_hosts()
        if (host in before) is is_outer:
            return
        after = [other for other in before if other != host] + ([host] if is_outer else [])
        try:
            write_whole(_path(), write_json(after[-MOST_HOSTS:]), mode=PRIVATE)
        except OSError as error:
            _log.warning("%s cannot be written: %s", _path(), error.strerror or error)


def is_allowed(host: str, hosts: Iterable[str]) -> bool:
    """Is a host or address one that was opened to remotes (as a name, address or network)?"""
    for allowed in hosts:
        if host == allowed.strip().lower():
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(allowed, strict=False):
                return True
        except ValueError:
            continue
    return False


def is_public(address: str) -> bool:
    """Is it an address of the internet, by whatever form of IPv6 it is written?"""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            mapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if mapped is not None:
            found = mapped
    return found.is_global and not found.is_multicast


def outer_targets(host: str, port: int) -> list[Target]:
    """Where a host is now, inner addresses left out that were not opened to remotes. Blocks.

    Raises:
        PermissionError: it has none but inner ones.
        OSError: it is not found.
    """
    opened = settings.load().remote_hosts
    is_open = is_allowed(host.rstrip(".").lower(), opened)
    found = [
        Target(family, address)
        for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if is_open or is_public(str(address[0])) or is_allowed(str(address[0]), opened)
    ]
    if not found:
        raise PermissionError(f"{host[:80]} leads to this machine or the house's network")
    return found
