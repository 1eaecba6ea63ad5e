"""Orders from shops as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.shop.stock.model import OWN, Channel, Line, Shortfall

SenderKind = Literal["standard", "shopify", "woocommerce"]
SenderName = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
What = Literal["paid", "ordered", "cancelled", "returned", "stock", "nothing"]
DOOR_PORT = 8460
MOST_SENDERS = 20


class Sender(msgspec.Struct, frozen=True):
    """A shop that sends messages. Its secret is in the keyring, never here.

    Attributes:
        name: part of its address, "/orders/NAME".
        channel: whose share of the ledger it sells from.
    """

    name: SenderName
    kind: SenderKind = "standard"
    channel: Channel = OWN

    @property
    def secret_name(self) -> str:
        """Under which its secret is kept."""
        return f"orders/{self.name}"


class OrderMessage(msgspec.Struct, frozen=True):
    """What a shop says, in one form for all of them.

    Attributes:
        id: of the order, in that shop; of a return its own.
        order: that a return is of.
        at_utc: when the shop said so; "" is not known.
        counts: pieces to sell, by SKU; of "stock" alone.
        no_sku: lines that name no SKU.
    """

    what: What
    id: str = ""
    order: str = ""
    lines: tuple[Line, ...] = ()
    buyer: str = ""
    at_utc: str = ""
    restocks: bool = True
    counts: dict[str, int] = {}
    no_sku: int = 0


class OrderPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        port: of the door.
        is_lan: it listens in the house's network too, encrypted; else on this machine alone.
    """

    senders: Annotated[tuple[Sender, ...], msgspec.Meta(max_length=MOST_SENDERS)] = ()
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = DOOR_PORT
    is_lan: bool = False


class OrderKept(msgspec.Struct, frozen=True):
    """What must survive a kill."""

    is_open: bool = False


class Conflict(msgspec.Struct, frozen=True):
    """Where shop and ledger do not agree.

    Attributes:
        why: "promised": more is held here than the shop has; "late": the message was overtaken,
            and brought no piece back.
    """

    sender: str
    sku: str
    says: int
    here: int
    why: Literal["promised", "late"]
    at_utc: str


class SenderView(msgspec.Struct, frozen=True):
    """A sender as desks see it.

    Attributes:
        booked, again, refused: messages taken, heard before, and not taken (forged, old, broken).
        last_utc: of the last one that was taken.
        error: why the last one was refused.
    """

    sender: Sender
    has_secret: bool = False
    booked: int = 0
    again: int = 0
    refused: int = 0
    last_utc: str = ""
    error: str = ""


class OrdersView(msgspec.Struct, frozen=True):
    """Orders from shops as desks see them; who bought is not in it.

    Attributes:
        addresses: of the door; empty while it is closed.
        short: pieces that orders are owed.
        error: why the door could not be opened again.
    """

    is_open: bool = False
    port: int = DOOR_PORT
    is_lan: bool = False
    addresses: tuple[str, ...] = ()
    senders: tuple[SenderView, ...] = ()
    short: tuple[Shortfall, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    error: str = ""
