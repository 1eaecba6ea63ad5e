"""Keeps one RTMP output on air: connects, sends, notices what is wrong, tries again."""

from __future__ import annotations

import asyncio
import time

from studio.core.log import logger
from studio.core.reason import Reason
from studio.protocols.rtmp.address import (
    BadAddress,
    RtmpAddress,
    backup_key_of,
    hide_key,
    parse,
)
from studio.protocols.rtmp.connection import Connection, LinkFault, fault, open_connection
from studio.sender.clip import StandbyClip, Unit
from studio.sender.flv import VIDEO_TAG, FlvMux, Tag
from studio.sender.machine import Machine
from studio.sender.meter import FlowMeter
from studio.sender.model import Backup, OutputState, Step
from studio.sender.retry import Retry
from studio.sender.spare import StandbyConnection
from studio.sender.wire import Configure

CONGESTED_MS = 700
FLOWING_MS = 300
DROP_MS = 2000
STALL_MS = 8000
_GAP_NS = 250_000_000
_SILENT_NS = 1_000_000_000
_STEADY_NS = 2_000_000_000
_RATE_NS = 3_000_000_000
_PROBE_S = 0.6
_NOBODY_THERE = ("outputs.nobody_listens", "outputs.no_way", "outputs.no_such_host")

_log = logger(__name__)


class RtmpSink:
    """One destination. All of it runs on the sender's loop.

    Attributes:
        wants_keyframe: nothing can be sent until one comes.
        packets, bytes, dropped, reconnects: counted since the start.
        attempt, next_try_s, words: of the connection.
    """

    def __init__(self, configure: Configure, clip: StandbyClip, machine: Machine) -> None:
        settings = configure.settings
        self._machine = machine
        self._mux = FlvMux(clip)
        self._ca_file = settings.ca_file
        self._addresses: list[RtmpAddress] = []
        self._wrong: Reason | None = None
        try:
            self._addresses.append(parse(settings.url, configure.key))
            if settings.backup_url:
                backup_key = backup_key_of(configure.backup_key, configure.key)
                self._addresses.append(parse(settings.backup_url, backup_key))
        except BadAddress as bad:
            self._wrong = Reason(bad.key, {"url": bad.shown})
        self.shown_url = self._addresses[0].shown if self._addresses else hide_key(settings.url)
        self._codec = settings.codec
        self._retry = Retry(has_backup=len(self._addresses) > 1)
        self._spare = StandbyConnection(settings.ca_file, settings.codec)
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._now = asyncio.Event()
        self._try_at_ns = 0
        self._is_dropping = False
        self._has_greeted = False
        self._kept_for = self._is_busy = False
        self._is_patient = False
        self._flow_bytes = self._seen_bytes = 0
        self._acked_before = 0
        self._sent_ns = self._good_ns = self._up_ns = 0
        self._gap_ns = 0
        self._flow_ns = 0
        self._meter = FlowMeter()
        self.wants_keyframe = True
        self.packets = self.bytes = self.dropped = self.reconnects = 0
        self.words = ""

    # -- what the process asks ---------------------------------------------------------------

    def start(self) -> None:
        """Begins to connect."""
        self._machine.fire(Step.START)
        if self._wrong is not None:
            self._machine.fire(Step.BROKEN, self._wrong)
            return
        self._keep_spare()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def retry_now(self) -> None:
        """Does not wait for the next try."""
        self._now.set()

    def put(self, unit: Unit) -> None:
        """A unit of the timeline."""
        for tag in self._mux.mux(unit):
            self._send(tag)

    def poll(self) -> None:
        """Looks at the connection's evidence; called every few ms."""
        connection = self._connection
        if connection is None or not connection.is_up:
            return
        connection.look()
        now_ns = time.monotonic_ns()
        ledger, machine = connection.ledger, self._machine
        self._meter.look(ledger.sent, ledger.taken, now_ns)
        queue_ms = ledger.queue_ms(now_ns)
        if ledger.stalled_ms(now_ns) > STALL_MS:
            connection.drop(fault("outputs.stalled", seconds=STALL_MS // 1000))
        elif machine.is_flowing and queue_ms > CONGESTED_MS:
            machine.fire(Step.SLOW, Reason("outputs.slow"))
            self._is_dropping = self._is_dropping or queue_ms > DROP_MS
        elif queue_ms < FLOWING_MS and ledger.taken > self._flow_bytes:
            self._flows(now_ns)
        elif machine.is_flowing and now_ns - self._sent_ns > _SILENT_NS:
            machine.fire(Step.SLOW, Reason("outputs.no_packets"))

        self._count_gap(connection, now_ns)

    def _flows(self, now_ns: int) -> None:
        """The server takes what is sent."""
        assert self._connection is not None
        self._flow_bytes = self._connection.ledger.taken
        self._flow_ns = self._flow_ns or now_ns
        self._up_ns = self._up_ns or now_ns
        if self._retry.attempt and now_ns - self._up_ns > _STEADY_NS:
            self._retry.worked()
        if self._machine.state is not OutputState.STANDBY:
            self._machine.fire(Step.TAKEN)
        if self._is_dropping:
            self._is_dropping, self.wants_keyframe, self._is_patient = False, True, True

    def _count_gap(self, connection: Connection, now_ns: int) -> None:
        """Viewers get something as long as the server takes bytes and no picture is dropped."""
        ledger = connection.ledger
        is_new = ledger.taken > self._seen_bytes and self._flow_ns > 0
        self._seen_bytes = ledger.taken
        if is_new and not self._is_dropping and not self.wants_keyframe:
            if self._good_ns and now_ns - self._good_ns > _GAP_NS:
                self._gap_ns += now_ns - self._good_ns
            self._good_ns = now_ns

    async def stop(self) -> None:
        """Ends within a second."""
        self._spare.stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=0.2)
        if self._connection is not None:
            await self._connection.close()
            self._account(self._connection)
            self._connection = None

    @property
    def is_measuring(self) -> bool:
        """It flows, but this connection has not for three seconds: nobody knows its rate."""
        if self._connection is None or not self._machine.is_flowing or not self._up_ns:
            return False
        return time.monotonic_ns() - self._up_ns < _RATE_NS

    # -- what the status tells ---------------------------------------------------------------

    @property
    def attempt(self) -> int:
        """Tries since it last flowed."""
        return self._retry.attempt

    @property
    def next_try_s(self) -> float:
        """Seconds until the next try."""
        return max(0.0, (self._try_at_ns - time.monotonic_ns()) / 1e9) if self._try_at_ns else 0.0

    @property
    def acked_bytes(self) -> int:
        """What servers took: their acknowledgements, or else what left this machine."""
        return self._acked_before + (self._taken(self._connection) if self._connection else 0)

    @property
    def queue_ms(self) -> int:
        """Age of the oldest byte not yet taken."""
        connection = self._connection
        return connection.ledger.queue_ms(time.monotonic_ns()) if connection else 0

    @property
    def asks_keyframe(self) -> bool:
        """Shall the encoder be asked for one? A slow line waits for the next: the others pay."""
        return self.wants_keyframe and not self._is_patient

    def rates_kbps(self) -> tuple[int, int]:
        """Handed over and taken in the last second."""
        return self._meter.kbps() if self._connection else (0, 0)

    def gap_ms(self) -> int:
        """Time without anything new for viewers, summed, the present gap included."""
        now = time.monotonic_ns() - self._good_ns if self._good_ns else 0
        return (self._gap_ns + (now if now > _GAP_NS else 0)) // 1_000_000

    def live_ms(self) -> int:
        """Time on air without the gaps."""
        if not self._flow_ns:
            return 0
        return max(0, (time.monotonic_ns() - self._flow_ns) // 1_000_000 - self.gap_ms())

    # -- the connection's life ---------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            try:
                connection = await self._reach()
            except LinkFault as why:
                await self._wait(why)
                continue
            self._greet(connection)
            why_ended = await connection.ended
            self._account(connection)
            self._connection = None
            self.reconnects += 1
            await self._wait(why_ended or fault("outputs.closed"))

    async def _reach(self) -> Connection:
        """Publishes: on the connection that stands ready after a failure, or on a new one.

        Raises:
            LinkFault: with the reason.
        """
        ready: Connection | None = None
        if self._retry.use_backup != self._kept_for:  # it is the other one's turn
            ready = self._spare.take()
        elif self._retry.attempt and not self._is_busy:
            ready = self._spare.take()
            if ready is not None:
                self._retry.turn()
        self.shown_url = self._next_address().shown
        if self._retry.use_backup != self._kept_for:
            self._keep_spare()
        if ready is not None:
            await ready.publish()
            return ready
        return await open_connection(self._next_address(), self._ca_file, codec=self._codec)

    def _keep_spare(self) -> None:
        """The address that is not in use is kept ready."""
        self._kept_for = self._retry.use_backup
        if len(self._addresses) > 1:
            self._spare.keep(self._addresses[not self._retry.use_backup])

    @property
    def backup(self) -> Backup:
        """How it stands with the backup address."""
        if len(self._addresses) < 2:
            return "none"
        if self._retry.use_backup:
            return "in_use"
        return "warm" if self._spare.is_warm else "away"

    def _greet(self, connection: Connection) -> None:
        _log.info("published to %s", connection.address.shown)
        self._connection = connection
        self._meter = FlowMeter()
        self._is_dropping = self._has_greeted = self._is_patient = False
        self._flow_bytes = self._seen_bytes = connection.ledger.sent
        self._up_ns = 0
        self.wants_keyframe = True

    async def _wait(self, why: LinkFault) -> None:
        self.words = why.words or self.words
        self._is_busy = why.is_busy
        delay_s = self._retry.failed(is_busy=why.is_busy)
        if self._spare.is_warm and not why.is_busy:
            delay_s = 0.0  # the other address only has to publish
        self._machine.fire(Step.REFUSED if why.is_refusal else Step.LOST, why.reason)
        _log.info("%s: %s; next try in %.1f s", self.shown_url, why, delay_s)
        self._try_at_ns = time.monotonic_ns() + int(delay_s * 1e9)
        self._now.clear()
        probe: asyncio.Task[None] | None = None
        if why.reason.key in _NOBODY_THERE and delay_s > _PROBE_S:
            probe = asyncio.get_running_loop().create_task(self._probe(self._next_address()))
        try:
            async with asyncio.timeout(delay_s):
                await self._now.wait()
        except TimeoutError:
            pass
        finally:
            if probe is not None:
                probe.cancel()
        self._try_at_ns = 0

    def _next_address(self) -> RtmpAddress:
        return self._addresses[self._retry.use_backup and len(self._addresses) > 1]

    async def _probe(self, address: RtmpAddress) -> None:
        """Knocks now and then while it waits: a server that is back is taken at once."""
        while True:
            await asyncio.sleep(_PROBE_S)
            try:
                async with asyncio.timeout(_PROBE_S):
                    _, writer = await asyncio.open_connection(address.host, address.port)
            except (OSError, TimeoutError):
                continue
            writer.close()
            self._now.set()
            return

    @staticmethod
    def _taken(connection: Connection) -> int:
        acknowledged = connection.session.acknowledged
        return connection.ledger.taken if acknowledged is None else acknowledged

    def _account(self, connection: Connection) -> None:
        self._acked_before += self._taken(connection)

    # -- sending -----------------------------------------------------------------------------

    def _send(self, tag: Tag) -> None:
        connection = self._connection
        if connection is None or not connection.is_up or tag.is_header:
            self._drop(tag)
            return
        if self._is_dropping and tag.type == VIDEO_TAG:
            self._drop(tag)
            return
        if self.wants_keyframe:
            if not tag.is_keyframe:
                self._drop(tag)
                return
            self.wants_keyframe = self._is_patient = False
            if not self._has_greeted:
                self._has_greeted = True
                for header in self._mux.headers:
                    connection.send(header.type, tag.timestamp_ms, header.payload)
        self.bytes += connection.send(tag.type, tag.timestamp_ms, tag.payload)
        self.packets += 1
        self._sent_ns = time.monotonic_ns()

    def _drop(self, tag: Tag) -> None:
        """Counts what viewers will miss; before the first picture they miss nothing."""
        self.dropped += self.packets > 0 and not tag.is_header
