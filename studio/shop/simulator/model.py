"""What a made-up room does, as plain data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

from studio.core.instants import iso

Did = Literal[
    "enter", "leave", "comment", "click", "cart", "order", "paid", "cancelled", "returned"
]


class SimulationPlan(msgspec.Struct, frozen=True):
    """How large a room, how long, and how its shop's messages come.

    Attributes:
        viewers: who come in all.
        minutes: of the show.
        repeats: copies of a message beside the first, on the average.
        late: share of messages that come a minute or more late.
    """

    seed: int = 1
    viewers: int = 300
    minutes: float = 20.0
    language: str = "zh"
    repeats: float = 0.3
    late: float = 0.05


class SimulatedGoods(NamedTuple):
    """One product: its name, number and SKUs."""

    name: str
    number: int
    skus: tuple[str, ...]


class SimulatedAct(NamedTuple):
    """Something a viewer does; seconds from the beginning."""

    at_s: float
    did: Did
    viewer: str
    text: str = ""
    kind: str = ""
    sku: str = ""
    pieces: int = 0
    order: str = ""


class Delivery(NamedTuple):
    """A message of the shop as it arrives: Standard Webhooks, the same id for each copy.

    Attributes:
        at_s: when it arrives.
        happened_s: when what it tells of happened.
    """

    at_s: float
    id: str
    happened_s: float
    type: str
    data: dict[str, Any]

    def body(self, start: datetime) -> dict[str, Any]:
        """The message of a show that began then."""
        at = start + timedelta(seconds=self.happened_s)
        return {"type": self.type, "timestamp": iso(at), "data": self.data}


class SimulatedTruth(msgspec.Struct, frozen=True):
    """What the ledger must say when every message has been booked.

    Attributes:
        sold: pieces by SKU, what came back taken off.
        open: pieces by SKU that are ordered, neither paid nor cancelled.
    """

    orders: int
    paid: int
    cancelled: int
    returned: int
    messages: int
    sold: dict[str, int]
    open: dict[str, int]


class Simulation(NamedTuple):
    """A whole show."""

    acts: list[SimulatedAct]
    deliveries: list[Delivery]
    truth: SimulatedTruth
