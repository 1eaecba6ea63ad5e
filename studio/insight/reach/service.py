"""Reach lists as a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from studio.core.event import Events
from studio.core.service import Service
from studio.governance.people import PeopleKeys
from studio.insight.reach.book import Buyers, Consents, ReachBook
from studio.insight.reach_commands import ReachCommands


class ReachService(Service):
    """Lists of persons who agreed; shows nothing by itself.

    Args:
        book: of the lists.
        consents: who agreed to what.
        buyers: what they ordered.
        people: by which name they go.
        events: told of each list.
    """

    name: ClassVar[str] = "reach"

    def __init__(
        self, book: ReachBook, consents: Consents, buyers: Buyers, people: PeopleKeys,
        events: Events,
    ) -> None:  # fmt: skip
        self._commands = ReachCommands(book, consents, buyers, people, events.publish)

    def commands(self) -> Sequence[object]:
        """Count, write, lists, remove."""
        return (self._commands,)
