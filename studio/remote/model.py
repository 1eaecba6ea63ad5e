"""What desks see of the remote door: plain data."""

from __future__ import annotations

import msgspec


class PairedDevice(msgspec.Struct, frozen=True):
    """A device with a token; its secret is told to nobody again.

    Attributes:
        until: when a lent one ends by itself; "" holds until it is turned away.
    """

    name: str = ""
    role: str = ""
    is_here: bool = False
    until: str = ""


class PhoneView(msgspec.Struct, frozen=True):
    """What `phone.status` answers.

    Attributes:
        url: what a phone opens, without a token; "" while the door is closed.
        fingerprint: of its certificate, SHA-256 in pairs.
        addresses: of this machine in its networks.
        clear_until: an exception for clear text holds until then; "" without one.
    """

    is_on: bool = False
    is_tls: bool = True
    address: str = ""
    port: int = 0
    url: str = ""
    fingerprint: str = ""
    addresses: tuple[str, ...] = ()
    clear_until: str = ""
    devices: tuple[PairedDevice, ...] = ()


class Pairing(msgspec.Struct, frozen=True):
    """What `phone.pair` answers, this once: the address with the token in it."""

    name: str = ""
    role: str = ""
    url: str = ""
