"""An entry of the journal as those see it who do not keep the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol


class Happening(NamedTuple):
    """Something that happened, on the clock of the picture.

    Attributes:
        entry: its number in the journal; they stand in the order of time.
        run: of the engine that wrote it.
        at_ns: monotonic; it goes on in the next engine until the machine starts anew.
    """

    entry: int
    run: int
    at_ns: int
    at_utc: str
    name: str
    data: dict[str, Any]
    scene: str = ""
    sku: str = ""
    value_cents: int | None = None
    currency: str = ""


class PastEvents(Protocol):
    """Knows what happened. Each call reads the disk: not for the engine's loop."""

    def find(self, name: str, text: str) -> Happening | None:
        """The first entry of this name whose data hold a text."""
        ...

    def between(self, first_utc: str, last_utc: str, *names: str) -> Iterator[Happening]:
        """Entries from one time to another, in their order, one by one; of these names alone."""
        ...

    def before(self, first_utc: str, name: str, most: int) -> list[Happening]:
        """The last entries of a name before a time, in their order."""
        ...

    def picture(self, at_utc: str) -> bytes | None:
        """The programme's picture of a moment as JPEG; None where no recording shows it."""
        ...
