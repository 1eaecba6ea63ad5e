"""The process of the ears: ``python -m studio.host.ears.worker``, at low priority.

It reads an `EarsRequest` and sound on stdin, writes `HeardLine` objects, and ends with its stdin.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from studio.core.errors import StudioError
from studio.core.priority import background_thread
from studio.host.ears.model_files import HEARING
from studio.host.ears.recogniser import SpeechRecogniser, voice_finder
from studio.host.ears.windows import HOP, RATE, SHORT_S, Sound, WindowCutter
from studio.host.ears.wire import EarsRequest, HeardLine

NICENESS = 12


def heard_lines(request: EarsRequest, sound: Iterator[Sound]) -> Iterator[HeardLine]:
    """Lines of words for pieces of sound as they come.

    Raises:
        StudioError: not_found, invalid: the model.
    """
    folder = Path(request.folder)
    key = HEARING.missing(folder)
    if key:
        raise StudioError("not_found", key)
    if not request.is_checked:
        HEARING.check(folder)
    recogniser = SpeechRecogniser(folder, request.language, request.hints)
    cutter = WindowCutter(voice_finder())
    yield HeardLine()
    at = 0
    for piece in sound:
        at += len(piece)
        for window in cutter.take(piece):
            words = recogniser.hear(window.sound)
            if words.is_sure:
                yield HeardLine(
                    window.end_s, words.text, len(window.sound) > RATE * (SHORT_S + 0.2),
                    window.begins_clean, window.ends_clean, window.ends_now,
                )  # fmt: skip
        yield HeardLine(at / RATE)


def _pieces(pipe: BinaryIO) -> Iterator[Sound]:
    while True:
        raw = pipe.read(HOP * 2)
        if len(raw) < 2:
            return
        whole = np.frombuffer(raw[: len(raw) // 2 * 2], np.int16)
        yield whole.astype(np.float32) / np.float32(32768)


def main() -> None:
    """Serves one engine."""
    background_thread(NICENESS)
    out = sys.stdout.buffer

    def tell(line: HeardLine) -> None:
        out.write(msgspec.json.encode(line) + b"\n")
        out.flush()

    try:
        request = msgspec.json.decode(sys.stdin.buffer.readline(), type=EarsRequest)
        for line in heard_lines(request, _pieces(sys.stdin.buffer)):
            tell(line)
    except StudioError as error:
        tell(HeardLine(error=error.key, where=str(error.params.get("path", ""))))
    except (BrokenPipeError, msgspec.DecodeError):
        return


if __name__ == "__main__":
    main()
