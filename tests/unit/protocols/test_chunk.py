"""Messages survive being cut into chunks, whatever pieces the wire brings them in."""

import random
import struct

import pytest

from studio.protocols.rtmp.chunk import (
    SET_CHUNK_SIZE,
    VIDEO,
    ChunkError,
    ChunkReader,
    ChunkWriter,
    RtmpMessage,
)


@pytest.mark.parametrize("timestamp", [0, 33, 0xFFFFFE, 0xFFFFFF, 0x1000000, 0xFFFFFFFF])
@pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 5000])
def test_round_trip_in_any_pieces(timestamp: int, size: int) -> None:
    rng = random.Random(size)
    sent = [
        RtmpMessage(VIDEO, rng.randbytes(size), timestamp, 1),
        RtmpMessage(8, b"sound", (timestamp + 1) & 0xFFFFFFFF, 1),
    ]
    writer = ChunkWriter()
    data = b"".join(writer.pack(6 if m.type == VIDEO else 4, m) for m in sent)
    reader = ChunkReader()
    got: list[RtmpMessage] = []
    at = 0
    while at < len(data):
        step = rng.randrange(1, 300)
        got += reader.feed(data[at : at + step])
        at += step
    assert got == sent


def test_chunk_size_follows_the_peer() -> None:
    writer, reader = ChunkWriter(), ChunkReader()
    data = writer.pack(2, RtmpMessage(SET_CHUNK_SIZE, struct.pack(">I", 4096)))
    writer.chunk_size = 4096
    data += writer.pack(6, RtmpMessage(VIDEO, b"y" * 9000, 5, 1))
    assert [len(m.payload) for m in reader.feed(data)] == [4, 9000]


def test_interleaved_channels() -> None:
    video = ChunkWriter().pack(6, RtmpMessage(VIDEO, b"v" * 200, 10, 1))
    sound = ChunkWriter().pack(4, RtmpMessage(8, b"a" * 20, 10, 1))
    cut = 12 + 128
    got = ChunkReader().feed(video[:cut] + sound + video[cut:])
    assert [(m.type, len(m.payload)) for m in got] == [(8, 20), (VIDEO, 200)]


def test_compressed_headers_are_read() -> None:
    first = ChunkWriter().pack(5, RtmpMessage(8, b"one", 100, 1))
    second = bytes((0x45,)) + (20).to_bytes(3, "big") + (3).to_bytes(3, "big") + b"\x08two"
    third = bytes((0x85,)) + (21).to_bytes(3, "big") + b"ten"
    fourth = bytes((0xC5,)) + b"six"
    got = ChunkReader().feed(first + second + third + fourth)
    assert [(m.timestamp_ms, m.payload) for m in got] == [
        (100, b"one"),
        (120, b"two"),
        (141, b"ten"),
        (162, b"six"),
    ]


def test_what_is_not_rtmp_is_refused() -> None:
    with pytest.raises(ChunkError):
        ChunkReader().feed(bytes((0xC7,)) + b"no header before")
    huge = bytes((6, 0, 0, 0)) + (0xFFFFFF).to_bytes(3, "big") + b"\x09\x01\x00\x00\x00"
    with pytest.raises(ChunkError):
        ChunkReader().feed(huge)
    with pytest.raises(ChunkError):
        ChunkReader().feed(ChunkWriter().pack(2, RtmpMessage(SET_CHUNK_SIZE, bytes(4))))


def test_rubbish_never_raises_anything_else() -> None:
    rng = random.Random(3)
    for _ in range(400):
        reader = ChunkReader()
        try:
            for _ in range(20):
                reader.feed(rng.randbytes(rng.randrange(1, 500)))
        except ChunkError:
            pass
