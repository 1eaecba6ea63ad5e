"""Bookings awaited on an asyncio loop: it is woken once for all that are answered together."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from weakref import WeakKeyDictionary, ref

from studio.shop.stock.model import Booking


class _Answers:
    """Hands what a ledger's thread has booked to the futures of one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = ref(loop)  # it may go before its bookings are answered
        self._done: deque[tuple[asyncio.Future[Booking], Future[Booking]]] = deque()
        self._is_called = False

    def expect(self, booking: Future[Booking]) -> asyncio.Future[Booking]:
        waiting: asyncio.Future[Booking] = asyncio.get_running_loop().create_future()

        def take(done: Future[Booking]) -> None:
            self._done.append((waiting, done))
            if _lot.is_open:
                _lot.waiting.add(self)
            else:
                self.wake()

        def give_up(left: asyncio.Future[Booking]) -> None:
            if left.cancelled():
                booking.cancel()

        waiting.add_done_callback(give_up)
        booking.add_done_callback(take)
        return waiting

    def wake(self) -> None:
        """Lets the loop hand out what was answered; from any thread."""
        if not self._is_called:
            self._is_called = True
            loop = self._loop()
            if loop is not None and not loop.is_closed():
                loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._is_called = False  # before it looks: what comes now calls once more
        while self._done:
            waiting, done = self._done.popleft()
            if waiting.done():
                continue
            if done.cancelled():
                waiting.cancel()
            elif (error := done.exception()) is not None:
                waiting.set_exception(error)
            else:
                waiting.set_result(done.result())


class _Lot(threading.local):
    """What a ledger's thread answers together, and whose loops wait for it."""

    def __init__(self) -> None:
        self.is_open = False
        self.waiting: set[_Answers] = set()


_lot = _Lot()


@contextmanager
def answered_together() -> Iterator[None]:
    """A loop that waits for what this thread answers meanwhile is woken when all are answered.

    Woken at the first it would take turns with this thread for each of the others.
    """
    _lot.is_open = True
    try:
        yield
    finally:
        _lot.is_open = False
        waiting, _lot.waiting = _lot.waiting, set()
        for answers in waiting:
            answers.wake()


_of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Answers] = WeakKeyDictionary()


def answered(booking: Future[Booking]) -> asyncio.Future[Booking]:
    """A ledger's booking, to be awaited on the loop that runs; who stops waiting takes it back
    while it has not begun.

    As `asyncio.wrap_future`, which wakes the loop for each one anew.
    """
    loop = asyncio.get_running_loop()
    answers = _of_loops.get(loop)
    if answers is None:
        answers = _of_loops[loop] = _Answers(loop)
    return answers.expect(booking)
