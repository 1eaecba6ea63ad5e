"""The virtual camera's way to write, on the nearest real thing: a pipe another program reads."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.outputs.virtual_camera import (
    QUERYCAP,
    S_FMT,
    VirtualCamera,
    _Capability,
    _Format,
    find_devices,
    format_for,
    is_loopback,
    why_not,
)

PATIENCE_S = 10.0
WIDE, HIGH = 64, 48
SIZE = WIDE * HIGH * 3 // 2

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")


def picture(luma: int) -> np.ndarray:
    made = np.full((HIGH * 3 // 2, WIDE), 128, np.uint8)
    made[:HIGH] = luma
    return made


def test_the_structures_are_the_kernels() -> None:
    """Sizes and numbers of videodev2.h on 64 bits: the size stands in the request itself."""
    assert ctypes.sizeof(_Capability) == 104 == (QUERYCAP >> 16) & 0x3FFF
    assert ctypes.sizeof(_Format) == 208 == (S_FMT >> 16) & 0x3FFF
    wanted = bytes(format_for(1920, 1080))
    assert wanted[:4] == (2).to_bytes(4, "little")
    assert wanted[8:20] == (1920).to_bytes(4, "little") + (1080).to_bytes(4, "little") + b"YU12"
    assert wanted[28:32] == (1920 * 1080 * 3 // 2).to_bytes(4, "little")


def test_pictures_go_out_whole_and_in_order(tmp_path: Path) -> None:
    pipe = tmp_path / "camera"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    camera = VirtualCamera()
    camera.start(str(pipe), "landscape", WIDE, HIGH)
    try:
        assert camera.needs("landscape")
        assert not camera.needs("portrait")
        for luma in (16, 120, 235):
            buffer = picture(luma)
            camera.put("landscape", buffer)
            buffer[:] = 0  # the compositor goes on with its buffer
            data = b""
            while len(data) < SIZE:
                data += os.read(reader, SIZE - len(data))
            assert data == picture(luma).tobytes()
        camera.put("portrait", picture(1))
        camera.put("landscape", picture(1)[:-3])  # another size: not for this device
    finally:
        camera.stop()
    assert not camera.is_on
    assert camera.frames == 3
    os.close(reader)


def test_a_reader_that_goes_away_ends_it_and_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "camera"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    told = threading.Event()
    camera = VirtualCamera(told.set)
    camera.start(str(pipe), "landscape", WIDE, HIGH)
    os.close(reader)
    camera.put("landscape", picture(50))
    assert told.wait(PATIENCE_S)
    assert not camera.is_on
    assert camera.error


def test_a_stalled_reader_costs_pictures_and_no_time(tmp_path: Path) -> None:
    pipe = tmp_path / "camera"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    camera = VirtualCamera()
    camera.start(str(pipe), "landscape", 640, 480)
    made = np.zeros((720, 640), np.uint8)
    for _ in range(100):
        camera.put("landscape", made)
    camera.stop()  # within its time limit although nobody reads
    assert camera.frames == 0
    os.close(reader)


def test_what_is_no_camera_is_refused(tmp_path: Path) -> None:
    camera, file = VirtualCamera(), tmp_path / "notes.txt"
    file.write_text("mine")
    with pytest.raises(StudioError) as refused:
        camera.start(str(file), "landscape", WIDE, HIGH)
    assert refused.value.code == "invalid"
    assert file.read_text() == "mine"
    with pytest.raises(StudioError) as refused:
        camera.start(str(tmp_path / "none"), "landscape", WIDE, HIGH)
    assert refused.value.code == "unavailable"
    pipe = tmp_path / "nobody"
    os.mkfifo(pipe)
    with pytest.raises(StudioError) as refused:
        camera.start(str(pipe), "landscape", WIDE, HIGH)
    assert refused.value.code == "unavailable"


def test_devices_of_other_drivers_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / "video0").write_text("")
    assert find_devices(tmp_path) == ()
    assert not is_loopback(Path("/dev/null"))


def test_each_system_says_what_is_missing() -> None:
    assert why_not((), "linux") == "outputs.no_camera_linux"
    assert why_not(("/dev/video9",), "linux") == ""
    assert why_not((), "win32") == "outputs.no_camera_windows"
    assert why_not((), "darwin") == "outputs.no_camera_macos"
