"""A named thread with a stop that is heard, and faults that are contained and told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from studio.core.backoff import Backoff
from studio.core.log import logger

_log = logger(__name__)


class Worker:
    """Runs ``body(stopping)`` in a thread of its own; a fault restarts it after a back-off.

    Args:
        name: shown in logs and debuggers.
        body: returns when done, or soon after ``stopping`` is set.
        on_fault: told of each exception, from the worker's thread.
        restart: False ends the worker at the first fault.
        pause: waits between a fault and the next try, given the back-off's seconds; for who knows
            better when it is worth it. It ends soon after ``stopping`` is set.
    """

    def __init__(
        self,
        name: str,
        body: Callable[[threading.Event], None],
        *,
        on_fault: Callable[[Exception], None] | None = None,
        restart: bool = True,
        backoff: Backoff | None = None,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self.name = name
        self._body = body
        self._on_fault = on_fault
        self._restart = restart
        self._backoff = backoff or Backoff()
        self.stopping = threading.Event()
        self._pause = pause or self.stopping.wait
        self._thread: threading.Thread | None = None
        self._last_said = ""

    def start(self) -> None:
        """Starts the thread; a second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Asks the thread to end and waits for it; False when it did not end in time."""
        self.stopping.set()
        if self._thread is None or self._thread is threading.current_thread():
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """Is the thread running?"""
        return self._thread is not None and self._thread.is_alive()

    def healthy(self) -> None:
        """The body tells that it works again: the next fault is retried at once."""
        self._backoff.reset()

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._body(self.stopping)
                return
            except Exception as fault:
                if self.stopping.is_set():
                    return  # nobody waits for it any more
                said = f"{type(fault).__name__}: {fault}"
                if said != self._last_said:
                    _log.warning("%s: %s", self.name, said)
                self._last_said = said
                if self._on_fault:
                    self._on_fault(fault)
                if not self._restart:
                    return
                self._pause(self._backoff.next_s())
