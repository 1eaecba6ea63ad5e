"""One RTMP connection: a socket, plain or TLS, in which every phase has a deadline."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from typing import cast

from studio.core.reason import Reason
from studio.protocols.rtmp.address import RtmpAddress
from studio.protocols.rtmp.chunk import AUDIO, DATA_AMF0, VIDEO
from studio.protocols.rtmp.ledger import DeliveryTracker, kernel_queue
from studio.protocols.rtmp.session import ProtocolFault, PublishSession, Refused, SessionPhase

PHASE_S = 2.5
TOTAL_S = 5.0


class LinkFault(Exception):
    """The connection did not come about, or is gone.

    Attributes:
        reason: for a person.
        is_refusal: the server said no, rather than the network.
        is_busy: the stream is still taken; it is worth trying again soon.
        words: the server's own, "" when it said nothing.
    """

    def __init__(
        self, reason: Reason, *, is_refusal: bool = False, is_busy: bool = False, words: str = ""
    ) -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.is_refusal = is_refusal
        self.is_busy = is_busy
        self.words = words


def fault(key: str, **params: str | int | float | bool) -> LinkFault:
    """A fault of the network, with its message key."""
    return LinkFault(Reason(key, params))


def _refused(no: Refused) -> LinkFault:
    key = "outputs.busy" if no.is_busy else "outputs.refused"
    return LinkFault(
        Reason(key, {"code": no.code or no.phase.value, "words": no.words}),
        is_refusal=True,
        is_busy=no.is_busy,
        words=str(no),
    )


class Connection(asyncio.Protocol):
    """A publishing connection that is up, or on its way.

    Use `open_connection`. While it is up call `send`, look at `ledger` after `look`, and wait on
    `ended`, which never raises and gives the fault (None after our own `close`).
    """

    def __init__(
        self, address: RtmpAddress, *, codec: str = "h264", holds_publish: bool = False
    ) -> None:
        self.address = address
        self.session = PublishSession(address, codec=codec, holds_publish=holds_publish)
        self.ledger = DeliveryTracker()
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[LinkFault | None] = loop.create_future()
        self._moved = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._socket: socket.socket | None = None
        self._is_ours = False
        self._corked = bytearray()

    # -- asyncio's side ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio, also after TLS."""
        self._transport = cast(asyncio.Transport, transport)
        self._socket = transport.get_extra_info("socket")

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        was_handshake = self.session.phase is SessionPhase.HANDSHAKE
        try:
            self.session.feed(data)
        except Refused as no:
            self._end(_refused(no))
        except ProtocolFault as wrong:
            self._end(fault("outputs.not_rtmp", phase=wrong.phase.value, why=str(wrong)))
        else:
            self._flush(counts=not was_handshake)
        self._moved.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Called by asyncio."""
        phase = self.session.phase
        if phase is SessionPhase.PUBLISH:
            # Many servers answer a wrong key by hanging up without a word.
            self._end(LinkFault(Reason("outputs.hung_up_at_key"), is_refusal=True))
        elif isinstance(error, ssl.SSLError):
            self._end(fault("outputs.tls_failed", why=_tls_words(error)))
        elif phase is SessionPhase.LIVE:
            self._end(fault("outputs.reset" if error else "outputs.closed"))
        else:
            self._end(fault("outputs.closed_early", phase=phase.value))
        self._moved.set()

    # -- our side ----------------------------------------------------------------------------

    def _flush(self, *, counts: bool = True) -> None:
        self._uncork()  # what was said before goes before
        data = self.session.take()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
            if counts:
                self.ledger.wrote(len(data), time.monotonic_ns())

    def _end(self, why: LinkFault | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None if self._is_ours else why)
        if self._transport is not None:
            self._transport.abort()

    async def reach(self, phase: SessionPhase) -> None:
        """Waits until the conversation has come to ``phase``.

        Raises:
            LinkFault: it ended before.
        """
        order = list(SessionPhase)
        while order.index(self.session.phase) < order.index(phase):
            if self.ended.done():
                raise self.ended.result() or fault("outputs.closed_early", phase=phase.value)
            self._moved.clear()
            await self._moved.wait()
        if self.ended.done() and (why := self.ended.result()):
            raise why

    def greet(self) -> None:
        """Starts the handshake."""
        self.session.begin()
        self._flush(counts=False)

    async def publish(self, limit_s: float = PHASE_S) -> None:
        """Publishes on a connection that was held ready.

        Raises:
            LinkFault: it did not come about; nothing is left open.
        """
        self.session.publish()
        self._flush()
        try:
            async with asyncio.timeout(limit_s):
                await self.reach(SessionPhase.LIVE)
        except TimeoutError:
            why = fault("outputs.silent", phase=SessionPhase.PUBLISH.value)
            self.drop(why)
            raise why from None

    @property
    def is_ready(self) -> bool:
        """Held ready: it only has to publish."""
        return self.session.phase is SessionPhase.READY and not self.ended.done()

    @property
    def is_up(self) -> bool:
        """Published, and not ended."""
        return self.session.phase is SessionPhase.LIVE and not self.ended.done()

    def send(self, type: int, timestamp_ms: int, payload: bytes) -> int:
        """Hands one media message over; returns its bytes on the wire, 0 when the link is down."""
        if not self.is_up or self._transport is None:
            return 0
        if type == DATA_AMF0:
            data = self.session.metadata(payload)
        else:
            assert type in (AUDIO, VIDEO)
            data = self.session.media(type, timestamp_ms, payload)
        if not self._corked:  # sound and picture that come together leave together
            asyncio.get_running_loop().call_soon(self._uncork)
        self._corked += data
        self.ledger.wrote(len(data), time.monotonic_ns())
        return len(data)

    def _uncork(self) -> None:
        data, self._corked = self._corked, bytearray()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    @property
    def own_queue(self) -> int:
        """Bytes in our own buffer."""
        if self._transport is None:
            return 0
        return self._transport.get_write_buffer_size() + len(self._corked)

    def look(self) -> None:
        """Brings the ledger up to date."""
        waiting = self.own_queue
        if self._socket is not None and self._socket.fileno() >= 0:
            waiting += kernel_queue(self._socket.fileno())
        self.ledger.look(waiting, self.session.acknowledged, time.monotonic_ns())

    def drop(self, why: LinkFault) -> None:
        """Gives the connection up at once."""
        self._end(why)

    def release(self) -> None:
        """Lets go of it at once, without a fault."""
        self._is_ours = True
        self._end(None)

    async def close(self, grace_s: float = 0.7) -> None:
        """Says good-bye and closes; never takes longer than ``grace_s``."""
        self._is_ours = True
        if self._transport is None or self._transport.is_closing():
            self._end(None)
            return
        self._uncork()
        self.session.end()
        self._flush()
        deadline = time.monotonic() + grace_s
        while time.monotonic() < deadline and not self._transport.is_closing():
            self.look()
            if self.ledger.tcp_taken >= self.ledger.sent:
                break
            await asyncio.sleep(0.01)
        self._transport.close()
        await asyncio.wait([self.ended], timeout=max(0.0, deadline - time.monotonic()))
        self._end(None)


async def open_connection(
    address: RtmpAddress,
    ca_file: str = "",
    *,
    phase_s: float = PHASE_S,
    total_s: float = TOTAL_S,
    on_phase: Callable[[str], None] = lambda phase: None,
    codec: str = "h264",
    holds_publish: bool = False,
) -> Connection:
    """Connects and publishes.

    Args:
        address: with its key.
        ca_file: PEM of an authority of one's own.
        codec: "h264" or "hevc" (enhanced RTMP).
        holds_publish: stops just before it publishes (`Connection.publish` goes on).
        phase_s: limit of each phase.
        total_s: limit of all together.
        on_phase: told as each phase begins.

    Raises:
        LinkFault: with the reason; nothing is left open.
    """
    now = "tcp"
    connection = Connection(address, codec=codec, holds_publish=holds_publish)

    def begin(phase: str) -> None:
        nonlocal now
        now = phase
        on_phase(phase)

    try:
        async with asyncio.timeout(total_s):
            begin("tcp")
            async with asyncio.timeout(phase_s):
                await _connect_tcp(connection, address)
            if address.is_tls:
                begin("tls")
                async with asyncio.timeout(phase_s):
                    await _start_tls(connection, address, ca_file, phase_s)
            connection.greet()
            steps = [
                (SessionPhase.HANDSHAKE, SessionPhase.CONNECT),
                (SessionPhase.CONNECT, SessionPhase.CREATE),
                (SessionPhase.CREATE, SessionPhase.READY),
            ]
            for phase, aim in (
                steps if holds_publish else [*steps, (SessionPhase.PUBLISH, SessionPhase.LIVE)]
            ):
                begin(phase.value)
                async with asyncio.timeout(phase_s):
                    await connection.reach(aim)
    except TimeoutError:
        why = fault("outputs.silent", phase=now)
        connection.drop(why)
        raise why from None
    except BaseException:
        connection.drop(fault("outputs.closed_early", phase=now))
        raise
    return connection


async def _connect_tcp(connection: Connection, address: RtmpAddress) -> None:
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.create_connection(
            lambda: connection, address.host, address.port, happy_eyeballs_delay=0.25
        )
    except socket.gaierror:
        raise fault("outputs.no_such_host", host=address.host) from None
    except ConnectionRefusedError:
        raise fault("outputs.nobody_listens", host=address.host, port=address.port) from None
    except OSError as error:
        raise fault(
            "outputs.no_way", host=address.host, port=address.port, why=error.strerror or str(error)
        ) from None
    # What waits shall wait with us, where it can still be thrown away, not in the kernel.
    sock: socket.socket = transport.get_extra_info("socket")
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lowat = getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if lowat is not None:
            sock.setsockopt(socket.IPPROTO_TCP, lowat, 64 * 1024)
    except OSError:
        pass


async def _start_tls(
    connection: Connection, address: RtmpAddress, ca_file: str, limit_s: float
) -> None:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise fault("outputs.ca_file", file=ca_file, why=str(error)) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    loop = asyncio.get_running_loop()
    assert connection._transport is not None
    try:
        transport = await loop.start_tls(
            connection._transport,
            connection,
            context,
            server_hostname=address.host,
            ssl_handshake_timeout=limit_s + 1,
        )
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message or "certificate verify failed"
        raise fault("outputs.tls_untrusted", host=address.host, why=why) from None
    except ssl.SSLError as error:
        raise fault("outputs.tls_failed", why=_tls_words(error)) from None
    except OSError as error:
        raise fault("outputs.tls_failed", why=error.strerror or str(error)) from None
    if transport is None:
        raise fault("outputs.tls_failed", why="closed")
    connection.connection_made(transport)


def _tls_words(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()
