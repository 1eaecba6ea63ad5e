"""What is sized from outside is looked at first and refused, never tried."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from studio.core.bounded import read_bounded, read_start
from studio.core.errors import StudioError
from studio.media.picture_file import read_picture
from studio.sources.base import SourceContext
from studio.sources.kinds.text import TextSettings, TextSource


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.write("好".encode() * 10)
        file.truncate(size)
    return path


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = sparse(tmp_path / "a.bin", 3_000_000_000)
    began = time.monotonic()
    with pytest.raises(StudioError) as fault:
        read_bounded(path, 1_000_000)
    assert fault.value.key == "files.too_large"
    assert read_start(path, 3) == "好".encode()
    assert time.monotonic() - began < 1


def test_no_pipe_and_no_device_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError):
            read_bounded(path, 100)
        with pytest.raises(OSError):
            read_start(path, 100)


def test_a_text_of_gigabytes_is_read_to_its_bound(tmp_path: Path) -> None:
    path = sparse(tmp_path / "long.txt", 1_500_000_000)
    source = TextSource(TextSettings(file=str(path)), SourceContext(tmp_path))
    began = time.monotonic()
    assert source._words().startswith("好好")
    assert time.monotonic() - began < 1


def huge_png(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    row = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def test_a_picture_is_judged_by_its_head(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(huge_png(30_000))
    began = time.monotonic()
    with pytest.raises(StudioError) as fault:
        read_picture(path)
    assert fault.value.key == "sources.picture_large"
    bmp = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54, 0, 0, 54, 40, 30_000, 30_000, 1, 24,
                      0, 0, 0, 0, 0, 0)  # fmt: skip
    (tmp_path / "logo.bmp").write_bytes(bmp + b"\0" * 1000)
    with pytest.raises(StudioError):
        read_picture(tmp_path / "logo.bmp")
    assert time.monotonic() - began < 1


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA")
def test_the_ceiling_refuses_and_the_process_lives() -> None:
    code = (
        "from studio.core.ceiling import set_ceiling\n"
        "import numpy\n"
        "assert set_ceiling(0.0, 2 << 30) <= 2 << 30\n"
        "try:\n    numpy.ones(384_000_000_000, numpy.uint8)\n"
        "except MemoryError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "refused", done.stderr
