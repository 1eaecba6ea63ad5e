"""RTMP chunks: messages cut up for the wire and put together again (RTMP 1.0 §5.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

SET_CHUNK_SIZE, ABORT, ACKNOWLEDGEMENT, USER_CONTROL, WINDOW_ACK_SIZE, SET_PEER_BANDWIDTH = range(
    1, 7
)
AUDIO, VIDEO, DATA_AMF3, COMMAND_AMF3, DATA_AMF0, COMMAND_AMF0 = 8, 9, 15, 17, 18, 20

_EXTENDED = 0xFFFFFF
_MAX_MESSAGE = 1 << 20
_MAX_STREAMS = 64


class ChunkError(ValueError):
    """What came is not RTMP."""


@dataclass(frozen=True, slots=True)
class RtmpMessage:
    """One RTMP message: its type, payload, timestamp (ms) and message stream."""

    type: int
    payload: bytes
    timestamp_ms: int = 0
    stream_id: int = 0


class ChunkWriter:
    """Cuts messages into chunks, with full headers (type 0) and continuations (type 3).

    A full header costs at most 8 bytes more than a compressed one, and gives each message its
    absolute timestamp, so that a dropped message never shifts the ones after it.
    """

    def __init__(self, chunk_size: int = 128) -> None:
        self.chunk_size = chunk_size

    def pack(self, channel: int, message: RtmpMessage) -> bytes:
        """``message`` as bytes on chunk stream ``channel`` (2–63)."""
        timestamp = message.timestamp_ms & 0xFFFFFFFF
        is_long = timestamp >= _EXTENDED
        extended = struct.pack(">I", timestamp) if is_long else b""
        payload = message.payload
        out = bytearray(bytes((channel,)))
        out += (_EXTENDED if is_long else timestamp).to_bytes(3, "big")
        out += len(payload).to_bytes(3, "big")
        out.append(message.type)
        out += struct.pack("<I", message.stream_id)
        out += extended
        out += payload[: self.chunk_size]
        again = bytes((0xC0 | channel,)) + extended
        for at in range(self.chunk_size, len(payload), self.chunk_size):
            out += again
            out += payload[at : at + self.chunk_size]
        return bytes(out)


class _Channel:
    __slots__ = ("delta", "is_long", "length", "parts", "size", "stream_id", "timestamp", "type")

    def __init__(self) -> None:
        self.timestamp = self.delta = self.length = self.type = self.stream_id = self.size = 0
        self.is_long = False
        self.parts: list[bytes] = []


class ChunkReader:
    """Puts what a server sends together again; feed it any pieces of the stream."""

    def __init__(self) -> None:
        self.chunk_size = 128
        self._buffer = bytearray()
        self._channels: dict[int, _Channel] = {}

    def feed(self, data: bytes) -> list[RtmpMessage]:
        """Adds ``data``; returns the messages that are whole now.

        Raises:
            ChunkError: this is not RTMP, or a message is larger than 1 MiB.
        """
        self._buffer += data
        messages: list[RtmpMessage] = []
        while True:
            used, message = self._one()
            if not used:
                return messages
            del self._buffer[:used]
            if message is not None:
                self._control(message)
                messages.append(message)

    def _control(self, message: RtmpMessage) -> None:
        if message.type == SET_CHUNK_SIZE and len(message.payload) >= 4:
            size = struct.unpack(">I", message.payload[:4])[0]
            if not 1 <= size <= 0xFFFFFF:
                raise ChunkError(f"chunk size {size}")
            self.chunk_size = size
        elif message.type == ABORT and len(message.payload) >= 4:
            channel = self._channels.get(struct.unpack(">I", message.payload[:4])[0])
            if channel:
                channel.parts.clear()
                channel.size = 0

    def _one(self) -> tuple[int, RtmpMessage | None]:
        data = self._buffer
        if not data:
            return 0, None
        form, number, at = data[0] >> 6, data[0] & 0x3F, 1
        if number < 2:
            at += number + 1
            if len(data) < at:
                return 0, None
            number = 64 + data[1] + (data[2] << 8 if number else 0)
        header = (11, 7, 3, 0)[form]
        if len(data) < at + header:
            return 0, None
        channel = self._channels.get(number)
        if channel is None:
            if form == 3 or len(self._channels) >= _MAX_STREAMS:
                raise ChunkError(f"chunk stream {number} begins without a header")
            channel = _Channel()
        field = int.from_bytes(data[at : at + 3], "big") if form < 3 else 0
        is_long = channel.is_long if form == 3 else field == _EXTENDED
        length = int.from_bytes(data[at + 3 : at + 6], "big") if form < 2 else channel.length
        if length > _MAX_MESSAGE:
            raise ChunkError(f"a message of {length} bytes")
        if form < 3 and channel.parts:
            raise ChunkError("a message begins inside another")
        body = at + header + (4 if is_long else 0)
        wanted = min(self.chunk_size, length - channel.size)
        if len(data) < body + wanted:
            return 0, None
        if form < 2:
            channel.type = data[at + 6]
        if form == 0:
            channel.stream_id = struct.unpack("<I", data[at + 7 : at + 11])[0]
        if is_long:
            field = struct.unpack(">I", data[body - 4 : body])[0]
        self._channels[number] = channel
        channel.length, channel.is_long = length, is_long
        if not channel.parts and channel.size == 0:
            if form == 0:
                channel.timestamp, channel.delta = field, 0
            else:
                channel.delta = field if form < 3 else channel.delta
                channel.timestamp = (channel.timestamp + channel.delta) & 0xFFFFFFFF
        channel.parts.append(bytes(data[body : body + wanted]))
        channel.size += wanted
        if channel.size < length:
            return body + wanted, None
        message = RtmpMessage(
            channel.type, b"".join(channel.parts), channel.timestamp, channel.stream_id
        )
        channel.parts.clear()
        channel.size = 0
        return body + wanted, message
