"""The publishing conversation: all phases, refusals with their words, rubbish."""

import struct

import pytest

from studio.protocols.rtmp import amf0
from studio.protocols.rtmp.address import parse
from studio.protocols.rtmp.chunk import (
    ACKNOWLEDGEMENT,
    COMMAND_AMF0,
    USER_CONTROL,
    ChunkReader,
    ChunkWriter,
    RtmpMessage,
)
from studio.protocols.rtmp.session import ProtocolFault, PublishSession, Refused, SessionPhase


class Server:
    """The other side, just enough of it."""

    def __init__(self) -> None:
        self.session = PublishSession(parse("rtmp://h/app/the-key"))
        self.writer = ChunkWriter()
        self.reader = ChunkReader()
        self.session.begin()
        hello = self.session.take()
        assert len(hello) == 1537
        assert hello[0] == 3
        self.session.feed(b"\x03" + bytes(1536) + hello[1:])
        self.heard: list[RtmpMessage] = []
        self.listen(skip=1536)

    def listen(self, skip: int = 0) -> list[list[amf0.Value]]:
        data = self.session.take()[skip:]
        messages = self.reader.feed(data)
        self.heard += messages
        return [amf0.decode(m.payload) for m in messages if m.type == COMMAND_AMF0]

    def say(self, *values: object) -> list[list[amf0.Value]]:
        self.session.feed(self.writer.pack(3, RtmpMessage(COMMAND_AMF0, amf0.encode(*values))))
        return self.listen()

    def to_publish(self) -> list[list[amf0.Value]]:
        self.say("_result", 1, {}, {"code": "NetConnection.Connect.Success"})
        return self.say("_result", 4, None, 1)


def test_the_way_to_live() -> None:
    server = Server()
    connect = amf0.decode(next(m.payload for m in server.heard if m.type == COMMAND_AMF0))
    assert connect[0] == "connect"
    assert connect[2]["app"] == "app"  # type: ignore[index, call-overload]
    assert "the-key" not in repr(connect)
    said = server.say("_result", 1, {}, {"code": "NetConnection.Connect.Success"})
    assert [c[0] for c in said] == ["releaseStream", "FCPublish", "createStream"]
    said = server.say("_result", 4, None, 1)
    assert said[0][0] == "publish"
    assert said[0][3:] == ["the-key", "live"]
    assert server.session.phase is SessionPhase.PUBLISH
    server.say("onStatus", 0, None, {"level": "status", "code": "NetStream.Publish.Start"})
    assert server.session.phase is SessionPhase.LIVE


def test_refusal_keeps_the_words_but_not_the_key() -> None:
    server = Server()
    server.to_publish()
    with pytest.raises(Refused) as caught:
        server.say(
            "onStatus",
            0,
            None,
            {
                "level": "error",
                "code": "NetStream.Publish.BadName",
                "description": "the-key is\x07 already publishing",
            },
        )
    assert caught.value.is_busy
    assert "already publishing" in caught.value.words
    assert "the-key" not in str(caught.value)
    assert "\x07" not in caught.value.words


def test_connect_rejected() -> None:
    server = Server()
    with pytest.raises(Refused) as caught:
        server.say("_error", 1, None, {"code": "NetConnection.Connect.InvalidApp"})
    assert caught.value.phase is SessionPhase.CONNECT
    assert not caught.value.is_busy


def test_unpublish_success_is_no_refusal() -> None:
    server = Server()
    server.to_publish()
    server.say("onStatus", 0, None, {"level": "status", "code": "NetStream.Publish.Start"})
    server.say("onStatus", 0, None, {"level": "status", "code": "NetStream.Unpublish.Success"})
    assert server.session.phase is SessionPhase.LIVE


def test_ping_is_answered() -> None:
    server = Server()
    ping = struct.pack(">HI", 6, 1234)
    server.session.feed(server.writer.pack(2, RtmpMessage(USER_CONTROL, ping)))
    server.listen()
    assert server.heard[-1].payload == struct.pack(">HI", 7, 1234)


def test_acknowledgements_are_counted_over_a_reset() -> None:
    server = Server()
    for sequence in (1000, 40_000, 0, 30_000):
        ack = RtmpMessage(ACKNOWLEDGEMENT, struct.pack(">I", sequence))
        server.session.feed(server.writer.pack(2, ack))
    assert server.session.acknowledged == 70_000


@pytest.mark.parametrize("data", [b"HTTP/1.1 400 Bad Request\r\n", b"\x00", b"\xff\xff"])
def test_another_protocol_is_named(data: bytes) -> None:
    session = PublishSession(parse("rtmp://h/app/k"))
    session.begin()
    with pytest.raises(ProtocolFault):
        session.feed(data)


def test_broken_amf_is_a_protocol_fault() -> None:
    server = Server()
    with pytest.raises(ProtocolFault):
        server.session.feed(server.writer.pack(3, RtmpMessage(COMMAND_AMF0, b"\x63\x63")))
