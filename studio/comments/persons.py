"""What the lists of the running show have of a person: given out, and taken out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from studio.comments.keeper import CommentQueue
from studio.comments.views import view_entry
from studio.core.errors import StudioError
from studio.governance.people import Person
from studio.governance.persons import StoreAnswer

LONGEST_S = 10.0
T = TypeVar("T")


class LiveComments:
    """The comments on the desk as a store of persons; asked from a worker's thread.

    Args:
        queue: lives on the loop that is running now.
    """

    name = "comments"

    def __init__(self, queue: CommentQueue) -> None:
        self._queue = queue
        self._loop = asyncio.get_running_loop()

    def called(self, name: str) -> list[Person]:
        """Nobody: whoever commented is known by their key."""
        return []

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """Their comments that are still in the lists."""

        def found() -> list[dict[str, Any]]:
            entries = [entry for person in persons for entry in self._queue.about(person.who)]
            return [msgspec.to_builtins(view_entry(entry)) for entry in entries]

        return self._there(found)

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """Their comments leave every list and the picture; a mute goes on without the name."""
        return StoreAnswer(self._there(lambda: sum(self._queue.forget(p.who) for p in persons)))

    def _there(self, job: Callable[[], T]) -> T:
        """On the loop, where the queue lives."""

        async def work() -> T:
            return job()

        try:
            return asyncio.run_coroutine_threadsafe(work(), self._loop).result(LONGEST_S)
        except TimeoutError:
            raise StudioError("failed", "privacy.busy", store=self.name) from None
