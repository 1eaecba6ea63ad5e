"""This machine's addresses in its networks."""

from __future__ import annotations

import ipaddress
import socket


def lan_addresses() -> list[str]:
    """Addresses of this machine in its networks, the one that leads out first; none is loopback.

    Nothing is sent: connecting a datagram socket only asks the system for the way.
    """
    found: list[str] = []
    for far in ("192.0.2.1", "192.168.255.254", "10.255.255.254", "172.31.255.254"):
        address = _towards(far)
        if address:
            found.append(address)
    try:
        found += [
            str(entry[4][0])
            for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        ]
    except OSError:
        pass
    usable = [a for a in dict.fromkeys(found) if not ipaddress.ip_address(a).is_loopback]
    return [address for address in usable if address != "0.0.0.0"]


def own_address() -> str:
    """The one that leads out, loopback where none does; no name is asked for, nobody waited for."""
    return _towards("192.0.2.1") or "127.0.0.1"  # TEST-NET: a route is asked for, no packet goes


def _towards(far: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ""
