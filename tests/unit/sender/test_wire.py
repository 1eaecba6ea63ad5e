"""Engine and sender understand each other, and nobody else gets in."""

import os
import random
import stat
import sys
from pathlib import Path

import pytest

from studio.sender import wire
from studio.sender.model import OutputSettings, OutputStatus


def test_frames_in_any_pieces() -> None:
    messages: list[tuple[wire.ToSender, bytes]] = [
        (wire.Configure(OutputSettings(name="抖音", url="rtmp://h/a"), "k"), b""),
        (wire.Packet(True, 1, 1, 33_333, True), os.urandom(70_000)),
        (wire.StopSending(), b""),
    ]
    data = b"".join(wire.pack(m, p) for m, p in messages)
    unpacker = wire.SenderUnpacker()
    unpacker.is_trusted = True
    rng = random.Random(2)
    got: list[tuple[wire.ToSender, bytes]] = []
    at = 0
    while at < len(data):
        step = rng.randrange(1, 9000)
        got += unpacker.feed(data[at : at + step])
        at += step
    assert got == messages


def test_status_comes_back() -> None:
    status = OutputStatus(name="x", packets=3)
    assert wire.EngineUnpacker().feed(wire.pack(wire.SenderStatus(status))) == [
        wire.SenderStatus(status)
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\2\0\0\0\0{}",
        b"\xff" * 20,
        b"\0\0\0\1\0\0\0\1\x80x",
    ],
)
def test_strangers_are_turned_away(data: bytes) -> None:
    with pytest.raises(wire.WireFault):
        wire.SenderUnpacker().feed(data)


def test_notes(tmp_path: Path) -> None:
    note = wire.SenderRecord(12, 3456, wire.new_token(), "主推流 / main")
    path = wire.note_path(tmp_path, note.output)
    wire.write_note(path, note)
    assert wire.find_notes(tmp_path) == {note.output: note}
    assert wire.note_path(tmp_path, "主推流 | main") != path
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("{")
    assert wire.read_note(path) is None
