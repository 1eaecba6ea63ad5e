"""The sender as a program: hears the engine, holds feed and sink together, tells its status."""

from __future__ import annotations

import asyncio
import gc
import hmac
import os
import signal
import sys
import time
from pathlib import Path
from typing import Protocol

import msgspec

from studio.core import processes
from studio.core.clock import utc_iso
from studio.core.log import keep_secret, logger
from studio.core.reason import Reason
from studio.sender import wire
from studio.sender.clip import BadClip, StandbyClip, Unit
from studio.sender.delay import DelayBuffer
from studio.sender.feed import PacketFeed
from studio.sender.file_sink import FileSink
from studio.sender.machine import Machine
from studio.sender.model import OutputState, OutputStatus, Step
from studio.sender.rtmp_sink import RtmpSink

TICK_S = 0.02
CALM_TICK_S = 0.04
"""While the engine's packets pass straight through, nothing has to be paced here."""

STATUS_S = 0.25
PRESSED_STATUS_S = 0.1
PRESSED_MS = 120
"""With more than this waiting the engine is told more often: it has to act within a second."""

ALONE_S = 20.0
"""A sender that nobody has told what to do ends after this."""

_HELLO_S = 3.0
_STOP_S = 1.8
_log = logger(__name__)


class Sink(Protocol):
    """What the sender needs of a connection or a file."""

    wants_keyframe: bool
    shown_url: str
    packets: int
    dropped: int
    reconnects: int
    words: str

    @property
    def asks_keyframe(self) -> bool: ...
    @property
    def bytes(self) -> int: ...
    @property
    def acked_bytes(self) -> int: ...
    @property
    def attempt(self) -> int: ...
    @property
    def next_try_s(self) -> float: ...
    @property
    def queue_ms(self) -> int: ...
    def gap_ms(self) -> int: ...
    def live_ms(self) -> int: ...
    def start(self) -> None: ...
    def retry_now(self) -> None: ...
    def rates_kbps(self) -> tuple[int, int]: ...
    def put(self, unit: Unit) -> None: ...
    def poll(self) -> None: ...
    async def stop(self) -> None: ...


def _now_us() -> int:
    return time.monotonic_ns() // 1000


class Sender:
    """One output. The engine may come and go; the newest one that knows the token is heard."""

    def __init__(self, output: str, runtime: Path) -> None:
        self._output = output
        self._note = wire.note_path(runtime, output)
        self._token = wire.new_token()
        self._engine: EngineLine | None = None
        self._configure: wire.Configure | None = None
        self._clip: StandbyClip | None = None
        self._feed: PacketFeed | None = None
        self._sink: Sink | None = None
        self._delay = DelayBuffer()
        self._machine = Machine("rtmp", self._changed)
        self._ended = asyncio.Event()
        self._fault: Exception | None = None
        self._is_dirty = True
        self._told_s = 0.0
        self._since = utc_iso()
        self._began_s = time.monotonic()

    async def run(self) -> None:
        """Until it is told to stop."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: EngineLine(self), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        me = processes.own_identity()
        note = wire.SenderRecord(me.pid, port, self._token, self._output, started=me.started)
        wire.write_note(self._note, note)
        self._hear_signals(loop)
        try:
            self._beat(loop)
            await self._ended.wait()
            if self._fault is not None:
                raise self._fault
            await self._finish()
        finally:
            left = wire.read_note(self._note)
            if left is not None and left.token == self._token:
                self._note.unlink(missing_ok=True)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._ended.is_set():
            return
        try:
            self._tick()
        except Exception as fault:
            self._fault = fault
            self._ended.set()
            return
        feed = self._feed
        is_calm = feed is not None and not feed.is_standby and not self._delay.length_us
        loop.call_later(CALM_TICK_S if is_calm else TICK_S, self._beat, loop)

    def _hear_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        if sys.platform != "win32":
            loop.add_signal_handler(signal.SIGTERM, self._ended.set)
            loop.add_signal_handler(signal.SIGINT, lambda: None)

    # -- the engine --------------------------------------------------------------------------

    def greeted(self, line: EngineLine, hello: wire.Hello) -> bool:
        """An engine said hello: is it ours?"""
        if not hmac.compare_digest(hello.token, self._token) or hello.version != wire.VERSION:
            return False
        if self._engine is not None:
            self._engine.close()
        self._engine = line
        told = self._configure
        line.send(
            wire.Welcome(
                os.getpid(),
                self._output,
                self._sink is not None,
                told.settings if told else None,
                told.codec if told else "",
            )
        )
        self._changed()
        return True

    def left(self, line: EngineLine) -> None:
        """The line is gone; the show is not."""
        if line is self._engine:
            self._engine = None
            self._delay.put(None, _now_us())
            self._pass_on()

    def heard(self, message: wire.ToSender, payload: bytes) -> None:
        """One message of the engine."""
        if isinstance(message, wire.Packet):
            if self._feed is not None:
                unit = Unit(
                    message.is_video,
                    message.pts_us,
                    message.dts_us,
                    message.duration_us,
                    message.is_keyframe,
                    payload,
                )
                self._delay.put(unit, _now_us())
                self._pass_on()
        elif isinstance(message, wire.Configure):
            self._configured(message)
        elif isinstance(message, wire.Standby):
            self._got_clip(message, payload)
        elif isinstance(message, wire.RetryNow):
            if self._sink is not None:
                self._sink.retry_now()
        elif isinstance(message, wire.Dump):
            self._delay.clear()
            if self._feed is not None:
                self._feed.hold(_now_us(), round(message.hold_s * 1_000_000))
        elif isinstance(message, wire.Split):
            if isinstance(self._sink, FileSink):
                self._sink.split()
        elif isinstance(message, wire.Mark):
            if isinstance(self._sink, FileSink):
                self._sink.mark(message)
        elif isinstance(message, wire.StopSending):
            self._ended.set()

    def _configured(self, message: wire.Configure) -> None:
        for secret in (message.key, message.backup_key):
            keep_secret(secret)
        if self._sink is None:
            self._configure = message
            self._begin()
        elif self._configure is not None:
            # What can change under way does: the address cannot, the engine looks at that first.
            known = self._configure
            self._configure = msgspec.structs.replace(known, settings=message.settings)
            if self._feed is not None:
                self._feed.has_standby = message.settings.has_standby
            length_us = round(message.settings.delay_s * 1_000_000)
            if length_us > self._delay.length_us and self._feed is not None:
                self._feed.hold(
                    _now_us(), 0
                )  # the clip at once, not after half a second of nothing
            self._delay.length_us = length_us

    def _got_clip(self, message: wire.Standby, payload: bytes) -> None:
        known = self._feed.clip if self._feed is not None else self._clip
        if known is not None and known.sha256 == message.sha256:
            return
        try:
            clip = StandbyClip(payload)
        except BadClip as bad:
            _log.warning("standby clip: %s", bad)
            if self._clip is None:
                self._machine.fire(Step.START)
                self._machine.fire(Step.BROKEN, Reason("outputs.bad_clip", {"why": str(bad)}))
            return
        if self._clip is None:
            self._clip = clip
            self._begin()
            return
        if clip.extradata == self._clip.extradata and self._feed is not None:
            self._feed.clip = clip  # another picture, the same codec: from its next turn on
        clip.release()
        gc.collect()  # FFmpeg's objects hold each other; every engine that comes back brings one

    def _begin(self) -> None:
        if self._configure is None or self._clip is None:
            return
        settings = self._configure.settings
        self._delay.length_us = round(settings.delay_s * 1_000_000)
        self._machine.kind = settings.kind
        kind = FileSink if settings.kind == "file" else RtmpSink
        sink: Sink = kind(self._configure, self._clip, self._machine)
        self._sink = sink
        self._feed = PacketFeed(self._clip, sink.put, _now_us(), has_standby=settings.has_standby)
        sink.start()

    # -- time --------------------------------------------------------------------------------

    def _tick(self) -> None:
        feed, sink, now_us = self._feed, self._sink, _now_us()
        if feed is not None and sink is not None:
            if sink.wants_keyframe and feed.is_standby:
                feed.restart(now_us)
            self._pass_on()
            feed.tick(now_us)
            sink.poll()
            self._watch_standby(feed, now_us)
        elif time.monotonic() - self._began_s > ALONE_S:
            _log.warning("nobody said what to publish: ending")
            self._ended.set()
        now_s = time.monotonic()
        is_pressed = sink is not None and sink.queue_ms > PRESSED_MS
        if self._is_dirty or now_s - self._told_s >= (PRESSED_STATUS_S if is_pressed else STATUS_S):
            self._tell(now_s)

    def _pass_on(self) -> None:
        """What has waited long enough goes on its way."""
        feed, now_us = self._feed, _now_us()
        if feed is None:
            return
        for unit in self._delay.due(now_us):
            if unit is None:
                feed.lost()
            else:
                feed.put(unit, now_us)

    def _watch_standby(self, feed: PacketFeed, now_us: int) -> None:
        machine = self._machine
        if feed.is_standby and machine.state in (OutputState.LIVE, OutputState.RECORDING):
            is_filling = self._engine is not None and self._delay.is_filling(now_us)
            is_wanted = is_filling or feed.is_held(now_us)  # a delay grows, or was dumped
            key = "outputs.held" if is_wanted else "outputs.engine_silent"
            machine.fire(Step.ENGINE_LOST, Reason(key))
        elif not feed.is_standby and machine.state is OutputState.STANDBY:
            machine.fire(Step.TAKEN)
        if self._engine is None and self._configure is not None and feed.is_standby:
            limit_us = self._configure.settings.standby_limit_s * 1_000_000
            if now_us - feed.began_us > limit_us:
                _log.warning("no engine for %d s: ending", limit_us // 1_000_000)
                self._ended.set()

    def _changed(self) -> None:
        self._is_dirty = True

    def _tell(self, now_s: float) -> None:
        self._is_dirty, self._told_s = False, now_s
        if self._engine is not None:
            self._engine.send(wire.SenderStatus(self.status()))

    def status(self) -> OutputStatus:
        """What is known now."""
        settings = self._configure.settings if self._configure else None
        machine, sink, feed = self._machine, self._sink, self._feed
        status = OutputStatus(
            name=self._output,
            kind=machine.kind,
            canvas=settings.canvas if settings else "",
            state=machine.state,
            reason=machine.reason,
            pid=os.getpid(),
            since_utc=self._since,
        )
        if sink is None or feed is None:
            return status
        status = msgspec.structs.replace(status, delayed_ms=self._delay.waiting_us // 1000)
        return _counted(status, sink, feed)

    async def _finish(self) -> None:
        if self._sink is not None:
            try:
                async with asyncio.timeout(_STOP_S):
                    await self._sink.stop()
            except TimeoutError:
                _log.warning("the other side did not let go in time")
        self._machine.fire(Step.STOP)
        self._tell(time.monotonic())
        if self._engine is not None:
            await self._engine.drain(0.1)


def _counted(status: OutputStatus, sink: Sink, feed: PacketFeed) -> OutputStatus:
    sent, taken = sink.rates_kbps()
    return msgspec.structs.replace(
        status,
        shown_url=sink.shown_url,
        attempt=sink.attempt,
        next_try_s=round(sink.next_try_s, 2),
        packets=sink.packets,
        bytes=sink.bytes,
        acked_bytes=sink.acked_bytes,
        queue_ms=sink.queue_ms,
        kbps=sent,
        taken_kbps=taken,
        dropped=sink.dropped,
        reconnects=sink.reconnects,
        gap_ms=sink.gap_ms(),
        live_ms=sink.live_ms(),
        standby_ms=feed.standby_us(_now_us()) // 1000,
        is_standby=feed.is_standby,
        wants_keyframe=sink.asks_keyframe or feed.is_waiting or feed.is_standby,
        server_words=sink.words,
        backup=sink.backup if isinstance(sink, RtmpSink) else "none",
        is_measuring=isinstance(sink, RtmpSink) and sink.is_measuring,
        files=sink.files if isinstance(sink, FileSink) else 0,
        time_left_s=sink.time_left_s if isinstance(sink, FileSink) else 0,
        playable_ms=sink.playable_ms if isinstance(sink, FileSink) else 0,
    )


class EngineLine(asyncio.Protocol):
    """One connection of an engine."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._unpacker = wire.SenderUnpacker()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._timer = asyncio.get_running_loop().call_later(_HELLO_S, self._too_late)

    def _too_late(self) -> None:
        if not self._unpacker.is_trusted:
            self.close()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        try:
            for message, payload in self._unpacker.feed(data):
                if self._unpacker.is_trusted:
                    self._sender.heard(message, payload)
                elif isinstance(message, wire.Hello) and self._sender.greeted(self, message):
                    self._unpacker.is_trusted = True
                else:
                    raise wire.WireFault("no hello, or a wrong token")
        except wire.WireFault as wrong:
            _log.warning("a caller was turned away: %s", wrong)
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Called by asyncio."""
        if self._timer is not None:
            self._timer.cancel()
        self._sender.left(self)

    def send(self, message: wire.ToEngine) -> None:
        """Tells the engine; an engine that does not read is cut off."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > 1 << 18:
            self.close()
            return
        self._transport.write(wire.pack(message))

    async def drain(self, limit_s: float) -> None:
        """Waits until what was told has left."""
        deadline = time.monotonic() + limit_s
        while (
            self._transport is not None
            and self._transport.get_write_buffer_size()
            and time.monotonic() < deadline
        ):
            await asyncio.sleep(0.005)

    def close(self) -> None:
        """Hangs up."""
        if self._transport is not None:
            self._transport.abort()
