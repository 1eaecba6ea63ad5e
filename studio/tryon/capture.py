"""Pictures and short clips of what is tried on, for the product's page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.core.errors import StudioError
from studio.core.priority import background_thread
from studio.core.whole_file import take_name, write_whole
from studio.media.cv import cv2
from studio.media.frame import to_av, to_rgb

if TYPE_CHECKING:
    from studio.media.frame import Frame

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_PAUSE_S = 0.008
_CLOCK = Fraction(1, 90_000)


def write_picture(frame: Frame, path: Path) -> None:
    """Stores a frame as PNG, JPEG or WebP, by its ending; whole or not at all.

    Raises:
        StudioError: invalid for another ending; failed when the folder cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in PICTURES:
        raise StudioError("invalid", "tryon.capture_ending", path=path.name)
    bgr = np.ascontiguousarray(to_rgb(frame)[:, :, ::-1])
    data = cv2.imencode(ending, bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data.tobytes())
    except OSError as error:
        raise StudioError("failed", "tryon.not_written", path=str(path), why=str(error)) from None


def record(
    latest: Callable[[], Frame | None],
    path: Path,
    seconds: float,
    stopping: threading.Event,
    touch: Callable[[Frame], Frame] = lambda frame: frame.copy(),
) -> int:
    """Writes every new picture of ``latest`` for so long as MP4 (H.264); runs in its own thread.

    Args:
        latest: the newest picture; looked at often, never waited for.
        path: of the clip.
        seconds: how long.
        stopping: ends it early; what is there is kept.
        touch: gives a copy of each picture with what belongs on it (the mark).

    Returns:
        How many pictures are in it.

    Raises:
        StudioError: failed, when it cannot be written or no picture came.
    """
    import av

    background_thread()
    temporary = path.with_name(path.name + ".new")
    until = time.monotonic() + seconds
    first_ns = last_ns = -1
    count, size = 0, (0, 0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(temporary), "w", format="mp4", options={"movflags": "faststart"}) as out:
            stream = out.add_stream("libx264", rate=30)
            stream.options = {"preset": "veryfast", "crf": "20"}
            stream.pix_fmt = "yuv420p"
            context = stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
            context.color_range = 1  # limited
            stream.time_base = stream.codec_context.time_base = _CLOCK
            while time.monotonic() < until and not stopping.is_set():
                frame = latest()
                if frame is None or frame.pts_ns <= last_ns or frame.alpha is not None:
                    stopping.wait(_PAUSE_S)
                    continue
                if not count:
                    size = stream.width, stream.height = frame.width, frame.height
                    first_ns = frame.pts_ns
                last_ns = frame.pts_ns
                if (frame.width, frame.height) != size:
                    continue
                picture = to_av(touch(frame).keep)
                picture.pts = round((frame.pts_ns - first_ns) * 9 / 100_000)
                picture.time_base = _CLOCK
                out.mux(stream.encode(picture))
                count += 1
            if count:
                out.mux(stream.encode(None))
        if not count:
            raise StudioError("failed", "tryon.capture_empty")
        take_name(temporary, path)
    except (OSError, av.FFmpegError) as error:
        raise StudioError("failed", "tryon.not_written", path=str(path), why=str(error)) from None
    finally:
        temporary.unlink(missing_ok=True)
    return count
