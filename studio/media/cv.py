"""The one way to OpenCV: import it late, single-threaded, without its Qt settings."""

from __future__ import annotations

import functools
import os
from types import ModuleType

MOST_PIXELS = 100_000_000
"""Of a picture; its head is looked at before it is unpacked, whatever the format."""


@functools.cache
def load() -> ModuleType:
    """The cv2 module.

    opencv-python sets QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR when imported, which breaks
    PySide6 in the same process; both are put back. One thread: the studio has its own.
    """
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
    before = {name: os.environ.get(name) for name in names}
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
    import cv2

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    cv2.setNumThreads(1)
    if not os.environ.get("OPENCV_LOG_LEVEL"):
        cv2.utils.logging.setLogLevel(0)  # what it has to say comes as an error, and is told once
    return cv2


class _Late:
    """``cv2`` itself from the first use on."""

    def __getattr__(self, name: str) -> object:
        value = getattr(load(), name)
        setattr(self, name, value)
        return value


cv2: ModuleType = _Late()  # type: ignore[assignment]
