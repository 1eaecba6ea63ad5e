"""The programme as a camera for other programs: frames written to a v4l2loopback device.

Linux alone has such a device that any program may write to. Layout of the structures:
linux/videodev2.h.
"""

from __future__ import annotations

import ctypes
import os
import select
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.media.slot import Slot

_log = logger(__name__)

QUERYCAP, S_FMT = 0x80685600, 0xC0D05605
VIDEO_OUTPUT = 2
YUV420 = int.from_bytes(b"YU12", "little")
FIELD_NONE, REC709 = 1, 3
DRIVER = b"v4l2 loopback"
WAIT_S = 0.5
INSTALL = {"win32": "outputs.no_camera_windows", "darwin": "outputs.no_camera_macos"}


class CameraStatus(msgspec.Struct, frozen=True):
    """What the virtual camera does.

    Attributes:
        device: it writes to; "" when it is off.
        frames: written; dropped: that came while the device was busy.
        devices: there are to write to, by their paths.
        why_not: key of the reason there is no camera here, "" when there is one.
    """

    is_on: bool = False
    device: str = ""
    canvas: str = "landscape"
    frames: int = 0
    dropped: int = 0
    error: str = ""
    devices: tuple[str, ...] = ()
    why_not: str = ""


class _Capability(ctypes.Structure):
    _fields_ = [
        ("driver", ctypes.c_char * 16),
        ("card", ctypes.c_char * 32),
        ("bus", ctypes.c_char * 32),
        ("version", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("device_caps", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 3),
    ]


class _PixelFormat(ctypes.Structure):
    _fields_ = [
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("pixelformat", ctypes.c_uint32),
        ("field", ctypes.c_uint32),
        ("bytesperline", ctypes.c_uint32),
        ("sizeimage", ctypes.c_uint32),
        ("colorspace", ctypes.c_uint32),
        ("priv", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("encoding", ctypes.c_uint32),
        ("quantization", ctypes.c_uint32),
        ("transfer", ctypes.c_uint32),
    ]


class _FormatUnion(ctypes.Union):
    # The kernel's union holds pointers too: it is aligned to eight bytes.
    _fields_ = [
        ("pix", _PixelFormat),
        ("raw", ctypes.c_uint8 * 200),
        ("align", ctypes.c_uint64 * 25),
    ]


class _Format(ctypes.Structure):
    _fields_ = [("type", ctypes.c_uint32), ("fmt", _FormatUnion)]


def format_for(width: int, height: int) -> ctypes.Structure:
    """The request that tells the device what will be written: planar 4:2:0, BT.709."""
    wanted = _Format(type=VIDEO_OUTPUT)
    wanted.fmt.pix.width, wanted.fmt.pix.height = width, height
    wanted.fmt.pix.pixelformat, wanted.fmt.pix.field = YUV420, FIELD_NONE
    wanted.fmt.pix.bytesperline = width
    wanted.fmt.pix.sizeimage = width * height * 3 // 2
    wanted.fmt.pix.colorspace = REC709
    return wanted


def is_loopback(path: Path) -> bool:
    """Whether a device is one that v4l2loopback made."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        told = _Capability()
        fcntl.ioctl(handle, QUERYCAP, told)
        return bytes(told.driver).startswith(DRIVER)
    except OSError:
        return False
    finally:
        os.close(handle)


def find_devices(folder: Path = Path("/dev")) -> tuple[str, ...]:
    """Devices that can be written to."""
    if not sys.platform.startswith("linux"):
        return ()
    found = sorted(folder.glob("video*"), key=lambda path: (len(path.name), path.name))
    return tuple(str(path) for path in found if is_loopback(path))


def why_not(devices: tuple[str, ...], platform: str = sys.platform) -> str:
    """Key of the reason there is no virtual camera on this machine; "" when there is one."""
    if platform in INSTALL:
        return INSTALL[platform]
    return "" if devices else "outputs.no_camera_linux"


class VirtualCamera:
    """Writes the latest picture; a slow reader costs pictures, never time.

    Args:
        told: called from its thread when it ended by itself.
    """

    def __init__(self, told: Callable[[], object] = lambda: None) -> None:
        self._told = told
        self._slot: Slot[NDArray[np.uint8]] = Slot()
        self._thread: threading.Thread | None = None
        self._handle = -1
        self._size = (0, 0)
        self._is_ending = False
        self.canvas = "landscape"
        self.device = ""
        self.error = ""
        self.frames = self.dropped = 0

    @property
    def is_on(self) -> bool:
        """Whether pictures are written."""
        return bool(self.device)

    def needs(self, canvas: str) -> bool:
        """Whether a canvas is written."""
        return self.is_on and canvas == self.canvas

    def start(self, device: str, canvas: str, width: int, height: int) -> None:
        """Begins to write.

        Args:
            device: of v4l2loopback, or a FIFO another program reads raw pictures from.

        Raises:
            StudioError: unavailable (no such device, busy, nobody reads), invalid (no camera).
        """
        self.stop()
        self._handle = _open(device, width, height)
        self._size, self.canvas, self.device = (width, height), canvas, device
        self.frames = self.dropped = 0
        self.error, self._is_ending = "", False
        self._slot.clear()
        self._thread = threading.Thread(target=self._run, name="virtual camera", daemon=True)
        self._thread.start()

    def put(self, canvas: str, picture: NDArray[np.uint8]) -> None:
        """The picture of a tick, (h * 3 // 2, w) uint8; from the picture thread, returns at once.

        It is copied: the compositor paints over its buffers.
        """
        width, height = self._size
        if self.needs(canvas) and picture.shape == (height * 3 // 2, width):
            self._slot.put(picture.copy())

    def stop(self) -> None:
        """Ends it within `WAIT_S`."""
        self._is_ending = True
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(4 * WAIT_S)
        self.device = ""

    def _run(self) -> None:
        handle = self._handle
        try:
            while not self._is_ending:
                before = self._slot.count
                picture = self._slot.wait(WAIT_S)
                if picture is not None and self._write(handle, picture.reshape(-1).data):
                    self.frames += 1
                    self.dropped += max(0, self._slot.count - before - 1)
        except OSError as fault:
            self.error = fault.strerror or str(fault)
            _log.warning("virtual camera %s: %s", self.device, self.error)
            self.device = ""
        finally:
            os.close(handle)
        if self.error:
            self._told()

    def _write(self, handle: int, data: memoryview) -> bool:
        """A whole picture; a FIFO takes it in pieces. False when it was ended in between."""
        while data and not self._is_ending:
            _, ready, _ = select.select([], [handle], [], WAIT_S)
            if not ready:
                continue
            try:
                data = data[os.write(handle, data) :]
            except BlockingIOError:
                continue
        return not data


def _open(device: str, width: int, height: int) -> int:
    try:
        mode = os.stat(device).st_mode
        if not (stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
            raise StudioError("invalid", "outputs.not_a_camera", device=device)
        access = os.O_RDWR if stat.S_ISCHR(mode) else os.O_WRONLY
        handle = os.open(device, access | os.O_NONBLOCK)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("unavailable", "outputs.camera_busy", device=device, why=why) from None
    if stat.S_ISCHR(mode):
        import fcntl

        try:
            fcntl.ioctl(handle, S_FMT, format_for(width, height))
        except OSError as error:
            os.close(handle)
            why = error.strerror or str(error)
            raise StudioError(
                "unavailable", "outputs.camera_busy", device=device, why=why
            ) from None
    return handle
