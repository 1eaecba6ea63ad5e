"""Bookings that wait are taken together: one thread, one trip to the store for all of them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from studio.core.log import logger
from studio.shop.stock.model import Booking

_log = logger(__name__)
J = TypeVar("J")
MOST_IN_A_COMMIT = 512
Asked = tuple[J, Future[Booking]]


class BookingThread(Generic[J]):
    """Takes all that waits to ``commit``, in order, again and again.

    Args:
        name: of the thread.
        commit: books a lot and sets each future, to a booking or an exception.
        end: called in the thread when everything is booked.
    """

    def __init__(
        self,
        name: str,
        commit: Callable[[Sequence[Asked[J]]], None],
        end: Callable[[], None],
    ) -> None:
        self._commit, self._end = commit, end
        self._jobs: queue.SimpleQueue[Asked[J] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def book(self, job: J) -> Future[Booking]:
        """Queues a booking; callable from any thread."""
        future: Future[Booking] = Future()
        self._jobs.put((job, future))
        return future

    def close(self, wait_s: float) -> None:
        """Books what waits and ends."""
        self._jobs.put(None)
        self._thread.join(wait_s)

    def _run(self) -> None:
        while True:
            first = self._jobs.get()
            batch = [first]
            while len(batch) < MOST_IN_A_COMMIT and not self._jobs.empty():
                batch.append(self._jobs.get())
            # Who has gone meanwhile has nothing booked; from here on nobody can go any more.
            asked = [
                item
                for item in batch
                if item is not None and item[1].set_running_or_notify_cancel()
            ]
            if asked:
                self._take(asked)
            if None in batch:
                self._end()
                return

    def _take(self, asked: Sequence[Asked[J]]) -> None:
        """Books a lot; what no store expects ends neither the thread nor the wait of anybody."""
        try:
            self._commit(asked)
        except Exception as error:
            _log.exception("bookings in %s failed", self._thread.name)
            for _, future in asked:
                if not future.done():
                    future.set_exception(error)
