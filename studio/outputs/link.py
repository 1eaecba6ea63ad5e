"""The engine's end of one output: finds or starts its sender, feeds it, watches its heartbeat."""

from __future__ import annotations

import hashlib
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from studio.core import life
from studio.core.backoff import Backoff
from studio.core.log import logger
from studio.core.paths import project_dir
from studio.core.reason import Reason
from studio.core.streams import child_environment
from studio.core.worker import Worker
from studio.outputs.change_over import Piece, RenditionSwitch
from studio.outputs.line import (
    STOP_S,
    SenderConnection,
    SenderFault,
    is_sender,
    kill_sender,
    sender_words,
)
from studio.sender import wire
from studio.sender.model import OutputSettings, OutputState, OutputStatus

QUEUE_BYTES = 12 << 20
SOUND_ALONE_BYTES = 4096
HEARTBEAT_S = 3.0
_START_S = 10.0
_DETACHED_PROCESS, _NEW_GROUP, _BREAKAWAY, _NO_WINDOW = 0x8, 0x200, 0x1000000, 0x08000000

FIXED = ("kind", "url", "canvas", "backup_url", "ca_file", "codec", "short_side")
"""What a sender cannot change without a new connection or file."""

_log = logger(__name__)


class SenderClient:
    """One thread an output. Nothing it waits for can be felt elsewhere.

    Args:
        settings: what to publish.
        keys: key and backup key; secrets, told to the sender over its socket alone.
        runtime: folder of the notes.
        clip: gives the standby clip (NUT bytes); may take a second, is called in a thread.
        codec: digest of how the packets are encoded; a running sender with another is replaced.
        rung: whose pictures it carries (`studio.outputs.renditions`); "" is the canvas' first.
        on_status: told of each status, from the thread.
        on_keyframe_wanted: the sender waits for a keyframe.
        log: folder for the senders' logs.
    """

    def __init__(
        self,
        settings: OutputSettings,
        keys: tuple[str, str],
        *,
        runtime: Path,
        clip: Callable[[], bytes],
        on_status: Callable[[OutputStatus], None],
        on_keyframe_wanted: Callable[[], None],
        codec: str = "",
        rung: str = "",
        log: Path | None = None,
    ) -> None:
        self.settings = settings
        self._change = RenditionSwitch(rung or settings.canvas)
        self._codec = codec
        self._keys = keys
        self._runtime = runtime
        self._clip = clip
        self._on_status = on_status
        self._on_keyframe_wanted = on_keyframe_wanted
        self._log = log
        self._lock = threading.Lock()
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._is_open = False
        self._needs_key = True
        self._is_woken = False
        self._urgent: deque[bytes] = deque()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._process: subprocess.Popen[bytes] | None = None
        self._adopted: wire.SenderRecord | None = None  # of a sender that another engine started
        self._base = OutputStatus(name=settings.name)
        self._seen = OutputStatus(name=settings.name)
        self._is_detaching = False
        self._lost_ns = 0
        self.dropped = 0
        self._worker = Worker(
            f"output-{settings.name}",
            self._body,
            on_fault=self._faulted,
            backoff=Backoff((0.0, 0.2, 0.5, 1.0, 2.0)),
        )

    # -- any thread --------------------------------------------------------------------------

    def start(self) -> None:
        """Finds or starts the sender."""
        self._worker.start()

    def wait_begun(self, timeout_s: float) -> bool:
        """Waits until something was taken, or it failed; did it begin at all?"""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and not self._worker.stopping.wait(0.02):
            if self._seen.packets or self._seen.state is OutputState.FAILED:
                break
        return self._seen.packets > 0

    def stop(self, timeout_s: float = STOP_S + 1.5) -> bool:
        """Ends the output and its sender; the stream ends. False when the thread still hangs."""
        self._worker.stopping.set()
        self._wake()
        has_ended = self._worker.stop(timeout_s)
        if has_ended and not self._is_detaching:
            self._ended()  # stopped before its thread had begun, it has not said so itself
        return has_ended

    def detach(self, timeout_s: float = 2.0) -> bool:
        """Lets go of the sender, which goes on by itself with the standby clip."""
        self._is_detaching = True
        return self.stop(timeout_s)

    def retry_now(self) -> None:
        """Does not wait for the next try."""
        self._say(wire.RetryNow())

    def tell(self, message: wire.Dump | wire.Split | wire.Mark) -> None:
        """Hands a word to the sender."""
        self._say(message)

    def renew_clip(self) -> None:
        """Gives the sender the standby clip as it is now; one that it has already changes nothing.

        May take a second: call it in a thread.
        """
        if self._is_open:
            self._say(*self._standby())

    def adjust(self, settings: OutputSettings) -> None:
        """New settings that need no new connection."""
        self.settings = settings
        self._say(wire.Configure(settings, *self._keys, self._codec))

    def put(
        self,
        is_video: bool,
        pts_us: int,
        dts_us: int,
        duration_us: int,
        is_keyframe: bool,
        data: bytes,
        rung: str = "",
    ) -> None:
        """Hands an encoded packet on; never blocks. Too much waiting: on from the next keyframe.

        A picture of another ``rung`` than its own is left out (see `RenditionSwitch`).
        """
        if not self._is_open:
            return
        piece = Piece(is_video, pts_us, dts_us, duration_us, is_keyframe, data)
        with self._lock:
            for entry in self._change.put(rung, piece) if is_video and rung else [piece]:
                self._append(entry)
            # Sound goes with the next picture: half the wakings, and nobody hears 30 ms.
            wakes = bool(self._queue) and not self._is_woken
            wakes = wakes and (is_video or self._queued > SOUND_ALONE_BYTES)
            self._is_woken = self._is_woken or wakes
        if wakes:
            self._wake()

    def _append(self, piece: Piece) -> None:
        if self._queued > QUEUE_BYTES:
            self.dropped += len(self._queue)
            self._queue.clear()
            self._queued, self._needs_key = 0, True
        if self._needs_key:
            if not (piece.is_video and piece.is_keyframe):
                self.dropped += self._seen.packets > 0
                return
            self._needs_key = False
        head = wire.Packet(
            piece.is_video, piece.pts_us, piece.dts_us, piece.duration_us, piece.is_keyframe
        )
        frame = wire.pack(head, piece.data)
        self._queue.append(frame)
        self._queued += len(frame)

    def move(self, rung: str) -> bool:
        """Goes on with another rung of its family at that one's next keyframe; is it another?"""
        with self._lock:
            return self._change.to(rung)

    @property
    def rung(self) -> str:
        """Whose pictures it carries."""
        return self._change.rung

    @property
    def rungs(self) -> set[str]:
        """Rungs it takes pictures from."""
        return {self._change.rung, self._change.next} - {""}

    @property
    def status(self) -> OutputStatus:
        """The newest status."""
        return self._seen

    def _say(self, message: wire.ToSender, payload: bytes = b"") -> None:
        with self._lock:
            self._urgent.append(wire.pack(message, payload))
        self._wake()

    def _wake(self) -> None:
        try:
            self._wake_in.send(b"!")
        except OSError:
            pass  # full: it is awake already; closed: it has ended

    # -- the output's thread -----------------------------------------------------------------

    def _body(self, stopping: threading.Event) -> None:
        line = self._reach(stopping)
        if line is None:
            return
        try:
            self._serve(line, stopping)
        finally:
            self._is_open = False
            line.close()

    def _faulted(self, fault: Exception) -> None:
        """The sender died or hangs: it is ended, what it had done is kept, another is started."""
        self._kill()
        seen = self._seen
        self._base = msgspec.structs.replace(seen, reconnects=seen.reconnects + 1)
        self._lost_ns = time.monotonic_ns()
        self._tell(
            msgspec.structs.replace(
                seen,
                state=OutputState.RECONNECTING,
                reason=Reason("outputs.sender_lost", {"why": str(fault)}),
                reconnects=seen.reconnects + 1,
                pid=0,
            )
        )

    def _reach(self, stopping: threading.Event) -> SenderConnection | None:
        """A line to the sender: one that runs already, or a new one."""
        path = wire.note_path(self._runtime, self.settings.name)
        note = wire.read_note(path)
        if note is not None and not is_sender(self._runtime, note):
            _log.info("sender of %s (%d) has gone", self.settings.name, note.pid)
            path.unlink(missing_ok=True)
        elif note is not None:
            try:
                line = SenderConnection.open(note)
            except SenderFault as fault:
                _log.info("sender of %s (%d): %s", self.settings.name, note.pid, fault)
                kill_sender(self._runtime, note)
                path.unlink(missing_ok=True)
            else:
                if (what := self._differs(line)) is None:
                    self._adopted = note
                    self._brief(line)
                    return line
                self._replace(line, note, what)
        self._spawn()
        deadline = time.monotonic() + _START_S
        while not stopping.is_set():
            note = wire.read_note(path)
            if note is not None and self._process is not None and note.pid == self._process.pid:
                line = SenderConnection.open(note)
                self._brief(line)
                return line
            if self._process is not None and self._process.poll() is not None:
                raise SenderFault(f"ended at once with {self._process.returncode}")
            if time.monotonic() > deadline:
                raise SenderFault("does not start")
            stopping.wait(0.02)
        self._kill()
        return None

    def _differs(self, line: SenderConnection) -> str | None:
        """What a running sender publishes otherwise than it is wanted now; None when it fits."""
        welcome = line.welcome
        if welcome is None or not welcome.is_configured or welcome.settings is None:
            return None
        for field in FIXED:
            if getattr(welcome.settings, field) != getattr(self.settings, field):
                return field
        return "codec" if welcome.codec != self._codec else None

    def _replace(self, line: SenderConnection, note: wire.SenderRecord, what: str) -> None:
        """Ends a sender that carries something else; viewers of the old address see an end."""
        _log.warning("%s: its %s has changed: the sender is replaced", self.settings.name, what)
        self._tell(
            msgspec.structs.replace(
                self._seen,
                state=OutputState.RECONNECTING,
                reason=Reason("outputs.settings_changed", {"what": what}),
            )
        )
        try:
            line.send_all(wire.pack(wire.StopSending()))
            deadline = time.monotonic() + STOP_S
            while is_sender(self._runtime, note) and time.monotonic() < deadline:
                time.sleep(0.02)
        except SenderFault:
            pass
        line.close()
        kill_sender(self._runtime, note)
        wire.note_path(self._runtime, self.settings.name).unlink(missing_ok=True)

    def _brief(self, line: SenderConnection) -> None:
        configure = wire.Configure(self.settings, *self._keys, self._codec)
        line.send_all(wire.pack(configure))
        if line.welcome is not None and line.welcome.is_configured:
            # It has a clip that fits: viewers wait for the programme, not for another picture.
            threading.Thread(
                target=lambda: self._say(*self._standby()),
                name=f"clip-{self.settings.name}",
                daemon=True,
            ).start()
        else:
            head, clip = self._standby()
            line.send_all(wire.pack(head, clip))
        with self._lock:
            self._queue.clear()
            self._queued, self._needs_key, self._is_open = 0, True, True
        self._on_keyframe_wanted()

    def _standby(self) -> tuple[wire.Standby, bytes]:
        clip = self._clip()
        return wire.Standby(hashlib.sha256(clip).hexdigest()), clip

    def _spawn(self) -> None:
        command = [sys.executable, *sender_words(self._runtime, self.settings.name)]
        if self._log is not None:
            command += ["--log", str(self._log / f"{self._note_stem()}.log")]
        path = os.pathsep.join(filter(None, [str(project_dir()), os.environ.get("PYTHONPATH")]))
        flags = _DETACHED_PROCESS | _NEW_GROUP | _NO_WINDOW if sys.platform == "win32" else 0
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=child_environment(PYTHONPATH=path),
            start_new_session=sys.platform != "win32",
            creationflags=flags,
            close_fds=True,
        )

    def _note_stem(self) -> str:
        return wire.note_path(self._runtime, self.settings.name).stem

    def _serve(self, line: SenderConnection, stopping: threading.Event) -> None:
        awake = life.AwakeClock()  # what both slept through is no silence of the sender
        heard = awake()
        stop_by = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_out, selectors.EVENT_READ)
            watched = selectors.EVENT_READ
            selector.register(line.socket, watched)
            line.socket.setblocking(False)
            while True:
                if stopping.is_set() and not stop_by:
                    if self._is_detaching:
                        return
                    self._is_open = False
                    self._say(wire.StopSending())
                    stop_by = time.monotonic() + STOP_S
                wanted = selectors.EVENT_READ
                if self._next(line):
                    wanted |= selectors.EVENT_WRITE
                if wanted != watched:
                    selector.modify(line.socket, wanted)
                    watched = wanted
                for key, _ in selector.select(0.1):
                    if key.fileobj is self._wake_out:
                        self._swallow()
                try:
                    line.flush()
                    statuses = line.read()
                except SenderFault:
                    if stop_by:
                        self._ended()
                        return
                    raise
                for status in statuses:
                    heard = awake()
                    self._heard(status)
                now = time.monotonic()
                silent_s = awake() - heard
                if stop_by and (now > stop_by or self._seen.state is OutputState.STOPPED):
                    self._ended()
                    return
                if silent_s > HEARTBEAT_S:
                    raise SenderFault(f"no heartbeat for {HEARTBEAT_S:.0f} s")

    def _next(self, line: SenderConnection) -> bool:
        """Moves frames to the line when it has nothing left; is there anything to send?"""
        if not line.pending:
            with self._lock:
                self._is_woken = False
                while self._urgent:
                    line.pending += self._urgent.popleft()
                while self._queue and len(line.pending) < 1 << 16:
                    frame = self._queue.popleft()
                    self._queued -= len(frame)
                    line.pending += frame
        return bool(line.pending)

    def _swallow(self) -> None:
        try:
            self._wake_out.recv(4096)
        except OSError:
            pass

    def _heard(self, status: OutputStatus) -> None:
        base = self._base
        if status.state is OutputState.IDLE:
            return  # alive, but it has not been told yet what to do
        if base.since_utc:
            status = msgspec.structs.replace(
                status,
                packets=base.packets + status.packets,
                bytes=base.bytes + status.bytes,
                acked_bytes=base.acked_bytes + status.acked_bytes,
                reconnects=base.reconnects + status.reconnects,
                gap_ms=base.gap_ms + status.gap_ms,
                standby_ms=base.standby_ms + status.standby_ms,
                live_ms=base.live_ms + status.live_ms,
                since_utc=base.since_utc,
            )
        if self._lost_ns and status.state in (OutputState.LIVE, OutputState.RECORDING):
            gap_ms = (time.monotonic_ns() - self._lost_ns) // 1_000_000
            self._base = msgspec.structs.replace(base, gap_ms=base.gap_ms + gap_ms)
            self._lost_ns = 0
            self._worker.healthy()
        if status.wants_keyframe:
            self._on_keyframe_wanted()
        self._tell(msgspec.structs.replace(status, dropped=status.dropped + self.dropped))

    def _tell(self, status: OutputStatus) -> None:
        self._seen = status
        self._on_status(status)

    def _ended(self) -> None:
        self._kill()
        if self._seen.state is not OutputState.STOPPED:
            self._tell(
                msgspec.structs.replace(
                    self._seen, state=OutputState.STOPPED, reason=Reason(), pid=0
                )
            )

    def _kill(self) -> None:
        """Ends the sender if it has not ended by itself (which it has 0.3 s for)."""
        process, self._process = self._process, None
        adopted, self._adopted = self._adopted, None
        if process is not None:
            try:
                process.wait(0.3 if self._worker.stopping.is_set() else 0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        elif adopted is not None and not (
            self._worker.stopping.is_set() and self._seen.state is OutputState.STOPPED
        ):
            kill_sender(self._runtime, adopted)
