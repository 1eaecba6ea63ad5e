"""The other address, kept ready: connected and greeted, so that a change is one word away."""

from __future__ import annotations

import asyncio

from studio.core.backoff import Backoff
from studio.core.log import logger
from studio.protocols.rtmp.address import RtmpAddress
from studio.protocols.rtmp.connection import Connection, LinkFault, open_connection

STEPS_S = (1.0, 2.0, 5.0, 10.0, 20.0)
STEADY_S = 10.0
_log = logger(__name__)


class StandbyConnection:
    """Holds a connection that has done everything but publish, and renews it when it ends.

    It lays no claim to the stream before it is needed: servers that let a key publish once only
    do not mind. A server that hangs up on who does not publish is asked again, ever more seldom.
    """

    def __init__(self, ca_file: str, codec: str) -> None:
        self._ca_file = ca_file
        self._codec = codec
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_warm(self) -> bool:
        """Is it ready now?"""
        return self._connection is not None and self._connection.is_ready

    def keep(self, address: RtmpAddress) -> None:
        """Keeps ``address`` ready from now on, instead of the one before."""
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._run(address))

    def take(self) -> Connection | None:
        """The connection, which is the caller's from now on; None when there is none ready."""
        found = self._connection if self.is_warm else None
        if found is not None:
            self._connection = None
            self.stop()
        return found

    def stop(self) -> None:
        """Lets go of it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._connection is not None:
            self._connection.release()
            self._connection = None

    async def _run(self, address: RtmpAddress) -> None:
        backoff = Backoff(STEPS_S, jitter=0.2)
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                self._connection = await open_connection(
                    address, self._ca_file, codec=self._codec, holds_publish=True
                )
                await asyncio.shield(self._connection.ended)
                self._connection = None
            except LinkFault as why:
                _log.info("%s is not ready: %s", address.shown, why)
            if loop.time() - began > STEADY_S:
                backoff.reset()
            await asyncio.sleep(backoff.next_s())
