"""The publishing side of an RTMP conversation, without any socket: bytes in, bytes out."""

from __future__ import annotations

import enum
import os
import struct
from collections.abc import Mapping

from studio.protocols.rtmp import amf0
from studio.protocols.rtmp.address import HIDDEN, RtmpAddress
from studio.protocols.rtmp.chunk import (
    ACKNOWLEDGEMENT,
    COMMAND_AMF0,
    COMMAND_AMF3,
    DATA_AMF0,
    SET_CHUNK_SIZE,
    USER_CONTROL,
    VIDEO,
    WINDOW_ACK_SIZE,
    ChunkError,
    ChunkReader,
    ChunkWriter,
    RtmpMessage,
)

CHUNK_SIZE = 4096
ACK_WINDOW = 32 * 1024
"""We ask for an acknowledgement this often; a server may ignore it."""

_CONTROL, _COMMAND, _AUDIO_CHANNEL, _VIDEO_CHANNEL = 2, 3, 4, 6
_HANDSHAKE = 1536
_PING, _PONG = 6, 7
_MAX_WORDS = 200
_SAYS_NO = (".BadName", ".Failed", ".Rejected", ".Denied", ".InvalidApp", ".AccessDenied")


class SessionPhase(enum.Enum):
    """How far the conversation has come; the name is part of the reason when it fails."""

    HANDSHAKE = "handshake"
    CONNECT = "connect"
    CREATE = "create_stream"
    READY = "ready"
    PUBLISH = "publish"
    LIVE = "live"
    CLOSED = "closed"


class ProtocolFault(Exception):
    """What the server sent is not RTMP; ``phase`` says when."""

    def __init__(self, phase: SessionPhase, why: str) -> None:
        super().__init__(why)
        self.phase = phase


class Refused(Exception):
    """The server said no.

    Attributes:
        code: its status code, e.g. "NetStream.Publish.BadName"; "" when it gave none.
        words: its description, shortened; control characters removed.
    """

    def __init__(self, phase: SessionPhase, code: str, words: str) -> None:
        super().__init__(f"{code} {words}".strip())
        self.phase = phase
        self.code = code
        self.words = words

    @property
    def is_busy(self) -> bool:
        """Does it mean that the stream is still taken by an older connection?"""
        said = f"{self.code} {self.words}".lower()
        return any(word in said for word in ("badname", "already", "busy", "in use", "duplicate"))


class PublishSession:
    """Walks handshake → connect → createStream → publish → live.

    Call `begin`, write what `take` gives to the socket, and `feed` what comes from it. One that
    ``holds_publish`` waits before the last step for `publish`.

    Args:
        codec: "h264" or "hevc".

    Attributes:
        phase: how far it is.
        acknowledged: bytes the server says it has taken in this connection (counted since the
            handshake), None until it has acknowledged anything.
        window: what the server uses between acknowledgements, as far as known.
    """

    def __init__(
        self, address: RtmpAddress, *, codec: str = "h264", holds_publish: bool = False
    ) -> None:
        self._address = address
        # Enhanced RTMP: a client that sends another codec says so.
        self._offer = {"fourCcList": ["hvc1"]} if codec == "hevc" else {}
        self._holds_publish = holds_publish
        self._reader = ChunkReader()
        self._writer = ChunkWriter()
        self._raw = bytearray()
        self._out = bytearray()
        self._stream_id = 0
        self._received = self._told = 0
        self._peer_window = 2_500_000
        self._last_ack = 0
        self.phase = SessionPhase.HANDSHAKE
        self.acknowledged: int | None = None
        self.server_status = ""

    def begin(self) -> None:
        """Queues C0 and C1."""
        self._out += b"\x03" + bytes(8) + os.urandom(_HANDSHAKE - 8)

    def take(self) -> bytes:
        """What is to be sent now; it is given once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def feed(self, data: bytes) -> None:
        """What the server sent, in any pieces.

        Raises:
            Refused: it said no, with its words.
            ProtocolFault: it does not speak RTMP.
        """
        if self.phase is SessionPhase.HANDSHAKE:
            self._raw += data
            if self._raw and self._raw[0] not in (3, 6):
                raise ProtocolFault(self.phase, f"version {self._raw[0]}")
            if len(self._raw) < 1 + 2 * _HANDSHAKE:
                return
            self._out += self._raw[1 : 1 + _HANDSHAKE]  # C2 echoes S1
            data = bytes(self._raw[1 + 2 * _HANDSHAKE :])
            self._raw.clear()
            self._say_connect()
        self._received += len(data)
        try:
            for message in self._reader.feed(data):
                self._hear(message)
        except (ChunkError, amf0.AmfError) as fault:
            raise ProtocolFault(self.phase, str(fault)) from None
        if self._received - self._told >= self._peer_window:
            self._told = self._received
            self._control(ACKNOWLEDGEMENT, struct.pack(">I", self._received & 0xFFFFFFFF))

    def media(self, type: int, timestamp_ms: int, payload: bytes) -> bytes:
        """A media or data message as bytes for the wire; only while live."""
        channel = _VIDEO_CHANNEL if type == VIDEO else _AUDIO_CHANNEL
        return self._writer.pack(channel, RtmpMessage(type, payload, timestamp_ms, self._stream_id))

    def metadata(self, payload: bytes) -> bytes:
        """onMetaData (AMF0, as FLV has it) as @setDataFrame."""
        framed = amf0.encode("@setDataFrame") + payload
        return self._writer.pack(_AUDIO_CHANNEL, RtmpMessage(DATA_AMF0, framed, 0, self._stream_id))

    def end(self) -> None:
        """Queues the good-bye."""
        if self.phase is SessionPhase.LIVE:
            self._command("FCUnpublish", 6, None, self._address.stream)
            self._command("deleteStream", 7, None, self._stream_id)
        self.phase = SessionPhase.CLOSED

    # -- what we say -------------------------------------------------------------------------

    def _say_connect(self) -> None:
        self.phase = SessionPhase.CONNECT
        self._control(SET_CHUNK_SIZE, struct.pack(">I", CHUNK_SIZE))
        self._writer.chunk_size = CHUNK_SIZE
        self._control(WINDOW_ACK_SIZE, struct.pack(">I", ACK_WINDOW))
        self._command(
            "connect",
            1,
            {
                **self._offer,
                "app": self._address.app,
                "type": "nonprivate",
                "flashVer": "FMLE/3.0 (compatible; Shopcast)",
                "swfUrl": self._address.tc_url,
                "tcUrl": self._address.tc_url,
            },
        )

    def publish(self) -> None:
        """Queues what a session that holds its publish has not said yet."""
        if self.phase is SessionPhase.READY:
            self._claim()
            self._say_publish()

    def _claim(self) -> None:
        self._command("releaseStream", 2, None, self._address.stream)
        self._command("FCPublish", 3, None, self._address.stream)

    def _say_create(self) -> None:
        self.phase = SessionPhase.CREATE
        if not self._holds_publish:  # until it publishes it lays no claim to the stream
            self._claim()
        self._command("createStream", 4, None)

    def _say_publish(self) -> None:
        self.phase = SessionPhase.PUBLISH
        self._command("publish", 5, None, self._address.stream, "live", stream=self._stream_id)

    def _command(self, *values: object, stream: int = 0) -> None:
        message = RtmpMessage(COMMAND_AMF0, amf0.encode(*values), 0, stream)
        self._out += self._writer.pack(_COMMAND, message)

    def _control(self, type: int, payload: bytes) -> None:
        self._out += self._writer.pack(_CONTROL, RtmpMessage(type, payload))

    # -- what we hear ------------------------------------------------------------------------

    def _hear(self, message: RtmpMessage) -> None:
        payload = message.payload
        if message.type == ACKNOWLEDGEMENT and len(payload) >= 4:
            self._hear_ack(struct.unpack(">I", payload[:4])[0])
        elif message.type == WINDOW_ACK_SIZE and len(payload) >= 4:
            self._peer_window = max(1024, struct.unpack(">I", payload[:4])[0])
        elif message.type == USER_CONTROL and payload[:2] == struct.pack(">H", _PING):
            self._control(USER_CONTROL, struct.pack(">H", _PONG) + payload[2:6])
        elif message.type == COMMAND_AMF0:
            self._hear_command(amf0.decode(payload))
        elif message.type == COMMAND_AMF3:
            self._hear_command(amf0.decode(payload[1:]))

    def _hear_ack(self, sequence: int) -> None:
        step = (sequence - self._last_ack) & 0xFFFFFFFF
        self._last_ack = sequence
        if step < 1 << 31:  # a counter that was set back to 0 (nginx does) counts nothing
            self.acknowledged = (self.acknowledged or 0) + step

    def _hear_command(self, values: list[amf0.Value]) -> None:
        name = values[0] if values else None
        number = values[1] if len(values) > 1 else None
        if name == "_result":
            if number == 1 and self.phase is SessionPhase.CONNECT:
                self._say_create()
            elif number == 4 and self.phase is SessionPhase.CREATE:
                stream_id = values[3] if len(values) > 3 else None
                if not isinstance(stream_id, float) or not 0 <= stream_id < 1 << 32:
                    raise ProtocolFault(self.phase, "createStream without a stream number")
                self._stream_id = int(stream_id)
                if self._holds_publish:
                    self.phase = SessionPhase.READY
                else:
                    self._say_publish()
        elif name == "_error" and number in (1, 4, 5):
            raise self._refusal(values[-1])
        elif name == "onStatus":
            self._hear_status(values[3] if len(values) > 3 else None)
        elif name == "close":
            raise self._refusal(values[-1])

    def _hear_status(self, info: amf0.Value) -> None:
        code = _field(info, "code")
        level = _field(info, "level")
        self.server_status = code
        if code == "NetStream.Publish.Start":
            if self.phase is SessionPhase.PUBLISH:
                self.phase = SessionPhase.LIVE
        elif level == "error" or code.endswith(_SAYS_NO):
            raise self._refusal(info)

    def _refusal(self, info: amf0.Value) -> Refused:
        words = _field(info, "description")
        if self._address.stream:  # some servers repeat the key in what they say
            words = words.replace(self._address.stream, HIDDEN)
        return Refused(self.phase, _field(info, "code"), words)


def _field(info: amf0.Value, name: str) -> str:
    value = info.get(name) if isinstance(info, Mapping) else None
    text = value if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())[:_MAX_WORDS]
