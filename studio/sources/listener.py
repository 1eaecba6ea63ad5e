"""Listens for phones and encoders that push RTMP; each key leads to one source of the show.

A server of our own, because FFmpeg's asks nobody for a key, takes one caller, and holds the
interpreter while it waits for a silent one. RTMP 1.0; FLV tags come out.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import socket
import struct
import threading
import time
from collections import deque
from typing import Any

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.protocols.rtmp import amf0
from studio.protocols.rtmp.chunk import (
    AUDIO,
    COMMAND_AMF0,
    DATA_AMF0,
    SET_CHUNK_SIZE,
    SET_PEER_BANDWIDTH,
    VIDEO,
    WINDOW_ACK_SIZE,
    ChunkError,
    ChunkReader,
    ChunkWriter,
    RtmpMessage,
)

_log = logger(__name__)

HAND = 1536
GREET_S = 5.0
SILENT_S = 10.0
MOST_CALLERS = 16
MOST_WAITING = 32_000_000
WINDOW = 2_500_000
FLV_HEAD = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"


class Pipe:
    """What one caller sends, as an FLV file that is read while it comes (`read` alone)."""

    def __init__(self) -> None:
        self._parts: deque[bytes] = deque([FLV_HEAD])
        self._waiting = 0
        self._came = threading.Condition()
        self._is_over = False
        self.stopping: threading.Event | None = None

    def put(self, kind: int, at_ms: int, payload: bytes) -> None:
        """A tag; the caller is let go when nobody takes what it sends."""
        head = struct.pack(">B", kind) + len(payload).to_bytes(3, "big")
        head += (at_ms & 0xFFFFFF).to_bytes(3, "big") + bytes([at_ms >> 24 & 0xFF]) + bytes(3)
        tag = head + payload + struct.pack(">I", len(payload) + 11)
        with self._came:
            self._waiting += len(tag)
            if self._waiting > MOST_WAITING:
                self._is_over = True
            else:
                self._parts.append(tag)
            self._came.notify()

    def close(self) -> None:
        """The caller is gone; what has come is still read."""
        with self._came:
            self._is_over = True
            self._came.notify()

    @property
    def is_over(self) -> bool:
        """Has the caller gone?"""
        return self._is_over

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; b"" at the end. Waits for them."""
        with self._came:
            while not self._parts:
                stops = self.stopping is not None and self.stopping.is_set()
                if self._is_over or stops:
                    return b""
                self._came.wait(0.25)
            part = self._parts.popleft()
            if 0 <= size < len(part):
                self._parts.appendleft(part[size:])
                part = part[:size]
            self._waiting -= len(part)
            return part


class IngestEndpoint:
    """Where one source waits for its caller."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._pipe: Pipe | None = None
        self._last: Pipe | None = None
        self._came = threading.Condition()

    def enter(self) -> Pipe:
        """A caller came in; one that was there before (a phone that changed networks) goes."""
        with self._came:
            if self._last is not None:
                self._last.close()
            self._pipe = self._last = Pipe()
            self._came.notify_all()
            return self._pipe

    def wait(self, seconds: float) -> Pipe | None:
        """The caller's pipe, taken once; None when nobody came."""
        with self._came:
            if self._pipe is None:
                self._came.wait(seconds)
            pipe, self._pipe = self._pipe, None
            return pipe


class IngestListener:
    """One port. Opened by the first door, closed with the last."""

    _all: dict[tuple[str, int], IngestListener] = {}
    _lock = threading.Lock()

    def __init__(self, host: str, port: int) -> None:
        self._doors: dict[str, IngestEndpoint] = {}
        self._place = (host, port)
        self._stopping = threading.Event()
        try:
            self._socket = socket.create_server((host, port), backlog=8)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError(
                "unavailable", "sources.ingest_port", port=str(port), why=why
            ) from None
        self.port: int = self._socket.getsockname()[1]
        self._socket.settimeout(0.5)
        self._callers = 0
        self._thread = threading.Thread(target=self._listen, name=f"ingest {port}", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, host: str, port: int, door: IngestEndpoint) -> IngestListener:
        """The listener of a port, with one more door.

        Raises:
            StudioError: unavailable (port in use), conflict (another source has this key).
        """
        with cls._lock:
            listener = cls._all.get((host, port))
            if listener is None:
                listener = cls._all[host, port] = cls(host, port)
            if door.key in listener._doors:
                raise StudioError("conflict", "sources.ingest_taken", stream=door.key.split("-")[0])
            listener._doors[door.key] = door
            return listener

    def leave(self, door: IngestEndpoint) -> None:
        """The door is closed; with the last one the port."""
        with self._lock:
            if self._doors.get(door.key) is door:
                del self._doors[door.key]
            if self._doors or self._stopping.is_set():
                return
            self._stopping.set()
            self._all.pop(self._place, None)
        self._socket.close()
        self._thread.join(1.0)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                caller, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self._callers >= MOST_CALLERS:
                caller.close()
                continue
            self._callers += 1
            threading.Thread(
                target=self._serve, args=(caller,), name="ingest caller", daemon=True
            ).start()

    def _serve(self, caller: socket.socket) -> None:
        call = Call(caller, self._find)
        try:
            call.run(self._stopping)
        except (OSError, ChunkError, ValueError, struct.error) as fault:
            _log.info("an ingest caller left: %s", type(fault).__name__)
        finally:
            self._callers -= 1
            call.close()

    def _find(self, key: str) -> IngestEndpoint | None:
        for known, door in list(self._doors.items()):
            if hmac.compare_digest(known.encode(), key.encode()):
                return door
        return None


class Call:
    """One connection: greeting, commands, then tags into a pipe."""

    def __init__(self, caller: socket.socket, find: Any) -> None:
        self._socket, self._find = caller, find
        self._reader, self._writer = ChunkReader(), ChunkWriter()
        self._pipe: Pipe | None = None
        self._taken = self._told = 0

    def run(self, stopping: threading.Event) -> None:
        """Serves until either side has enough."""
        self._socket.settimeout(GREET_S)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._greet()
        heard = time.monotonic()
        self._socket.settimeout(0.5)
        while not stopping.is_set() and not (self._pipe is not None and self._pipe.is_over):
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                if time.monotonic() - heard > SILENT_S:
                    return
                continue
            if not data:
                return
            heard = time.monotonic()
            self._taken += len(data)
            for message in self._reader.feed(data):
                if not self._handle(message):
                    return
            if self._taken - self._told > WINDOW // 2:
                self._told = self._taken
                self._send(2, RtmpMessage(3, struct.pack(">I", self._taken & 0xFFFFFFFF)))

    def close(self) -> None:
        """Lets the caller and the source go."""
        if self._pipe is not None:
            self._pipe.close()
        self._socket.close()

    def _greet(self) -> None:
        until = time.monotonic() + GREET_S
        first = self._exactly(1 + HAND, until)
        if first[0] != 3:
            raise ChunkError(f"version {first[0]}")
        self._socket.sendall(b"\x03" + bytes(8) + os.urandom(HAND - 8) + first[1:])
        self._exactly(HAND, until)

    def _exactly(self, count: int, until: float) -> bytes:
        got = b""
        while len(got) < count:
            if time.monotonic() > until:
                raise TimeoutError
            part = self._socket.recv(count - len(got))
            if not part:
                raise ConnectionError("closed")
            got += part
        return got

    def _handle(self, message: RtmpMessage) -> bool:
        if message.type in (AUDIO, VIDEO):
            if self._pipe is None:
                return False  # nobody let it in
            if message.payload:
                self._pipe.put(message.type, message.timestamp_ms, message.payload)
            return True
        if message.type == DATA_AMF0 and self._pipe is not None:
            return True
        if message.type != COMMAND_AMF0:
            return True
        name, number, *rest = [*amf0.decode(message.payload), None, None]
        if name == "connect":
            self._send(2, RtmpMessage(WINDOW_ACK_SIZE, struct.pack(">I", WINDOW)))
            self._send(2, RtmpMessage(SET_PEER_BANDWIDTH, struct.pack(">IB", WINDOW, 2)))
            self._send(2, RtmpMessage(SET_CHUNK_SIZE, struct.pack(">I", 4096)))
            self._writer.chunk_size = 4096
            about = {"level": "status", "code": "NetConnection.Connect.Success",
                     "description": "", "objectEncoding": 0}  # fmt: skip
            self._answer("_result", number, {"fmsVer": "FMS/3,0,1,123", "capabilities": 31}, about)
        elif name == "createStream":
            self._answer("_result", number, None, 1)
        elif name == "publish":
            return self._publish(rest)
        elif name in ("deleteStream", "closeStream", "FCUnpublish"):
            return name != "deleteStream"
        elif name in ("releaseStream", "FCPublish"):
            self._answer("_result", number, None, None)
        elif name == "play":
            return False  # nothing is given out here
        return True

    def _publish(self, rest: list[Any]) -> bool:
        key = next((str(entry) for entry in rest if isinstance(entry, str)), "").split("?")[0]
        door: IngestEndpoint | None = self._find(key)
        if door is None:
            _log.warning("an ingest caller had no key of ours and was sent away")
            self._status("error", "NetStream.Publish.BadName", "There is no such key.")
            return False
        self._pipe = door.enter()
        self._status("status", "NetStream.Publish.Start", "")
        return True

    def _status(self, level: str, code: str, words: str) -> None:
        about = {"level": level, "code": code, "description": words}
        body = amf0.encode("onStatus", 0, None, about)
        self._send(5, RtmpMessage(COMMAND_AMF0, body, 0, 1))

    def _answer(self, name: str, number: object, *values: object) -> None:
        self._send(3, RtmpMessage(COMMAND_AMF0, amf0.encode(name, number, *values)))

    def _send(self, channel: int, message: RtmpMessage) -> None:
        self._socket.sendall(self._writer.pack(channel, message))
