"""A hostile RTMP server on loopback: silent, rude, flaky, deaf, or talking rubbish."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
import time

from studio.protocols.rtmp import amf0
from studio.protocols.rtmp.chunk import COMMAND_AMF0, ChunkReader, ChunkWriter, RtmpMessage

MODES = ("silent", "bad_name", "garbage", "resetting", "deaf", "hangs_up", "good")


class Hostile:
    """Listens on a free loopback port and behaves as ``mode`` says.

    Modes: silent (accepts, never answers), bad_name (onStatus NetStream.Publish.BadName),
    garbage (random bytes after the handshake), resetting (RST after ``reset_s`` of media),
    deaf (publishes, then never reads again), hangs_up (closes at publish without a word), good.

    Attributes:
        accepted: connections so far.
        received: bytes of all connections.
        media: (type, timestamp) of every audio and video message.
        connected: what the newest client said of itself.
        first_video: payload of the first video message.
    """

    def __init__(
        self, mode: str, *, reset_s: float = 1.0, tls: ssl.SSLContext | None = None
    ) -> None:
        assert mode in MODES
        self.mode = mode
        self.reset_s = reset_s
        self._tls = tls
        self.accepted = self.received = 0
        self.media: list[tuple[int, int]] = []
        self.connected: dict[str, object] = {}
        self.first_video = b""
        self._stopping = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        if mode == "deaf":
            self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        self._server.settimeout(0.1)
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._talks: list[threading.Thread] = []

    def url(self, key: str = "hostile-key") -> str:
        """Address to publish to."""
        scheme = "rtmps" if self._tls else "rtmp"
        return f"{scheme}://127.0.0.1:{self.port}/live/{key}"

    def __enter__(self) -> Hostile:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(5)
        for talk in self._talks:
            talk.join(5)
        self._server.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._server.accept()
            except TimeoutError:
                continue
            self.accepted += 1
            talk = threading.Thread(target=self._guarded, args=(client,), daemon=True)
            talk.start()
            self._talks.append(talk)

    def _guarded(self, client: socket.socket) -> None:
        with client:
            try:
                if self._tls is not None:
                    client.settimeout(5)
                    client = self._tls.wrap_socket(client, server_side=True)
                self._talk(client)
            except OSError:
                pass

    def _read(self, client: socket.socket) -> bytes:
        client.settimeout(0.1)
        while not self._stopping.is_set():
            try:
                data = client.recv(65536)
            except TimeoutError:
                continue
            self.received += len(data)
            return data
        return b""

    def _talk(self, client: socket.socket) -> None:
        if self.mode == "silent":
            while self._read(client):
                pass
            return
        early = b""
        while len(early) < 1537:
            data = self._read(client)
            if not data:
                return
            early += data
        client.sendall(b"\x03" + bytes(8) + os.urandom(1528) + early[1:1537])
        while len(early) < 1537 + 1536:
            data = self._read(client)
            if not data:
                return
            early += data
        if self.mode == "garbage":
            while not self._stopping.wait(0.05):
                client.sendall(os.urandom(4096))
            return
        self._serve(client, early[3073:])

    def _serve(self, client: socket.socket, data: bytes) -> None:
        reader, writer = ChunkReader(), ChunkWriter()

        def say(*values: object, stream: int = 0) -> None:
            client.sendall(
                writer.pack(3, RtmpMessage(COMMAND_AMF0, amf0.encode(*values), 0, stream))
            )

        published_s = 0.0
        while True:
            for message in reader.feed(data):
                if message.type in (8, 9):
                    self.media.append((message.type, message.timestamp_ms))
                    if message.type == 9 and not self.first_video:
                        self.first_video = bytes(message.payload[:16])
                if message.type != COMMAND_AMF0:
                    continue
                values = amf0.decode(message.payload)
                if values[0] == "connect":
                    if isinstance(values[2], dict):
                        self.connected = dict(values[2])
                    ok = {"code": "NetConnection.Connect.Success", "level": "status"}
                    say("_result", values[1], {}, ok)
                elif values[0] == "createStream":
                    say("_result", values[1], None, 1)
                elif values[0] == "publish":
                    if self.mode == "hangs_up":
                        return
                    if self.mode == "bad_name":
                        info = {
                            "level": "error",
                            "code": "NetStream.Publish.BadName",
                            "description": f"{values[3]} is taken",
                        }
                        say("onStatus", 0, None, info, stream=1)
                        return
                    info = {"level": "status", "code": "NetStream.Publish.Start"}
                    say("onStatus", 0, None, info, stream=1)
                    published_s = time.monotonic()
                    if self.mode == "deaf":
                        self._stopping.wait()
                        return
            on_air_s = time.monotonic() - published_s if published_s else 0.0
            if self.mode == "resetting" and on_air_s > self.reset_s:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            data = self._read(client)
            if not data:
                return
