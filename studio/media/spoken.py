"""A sentence made by the voice, as a file: its sound with the mouth shapes that go with it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np

from studio.core.paths import data_dir
from studio.media.sound import CHANNELS, RATE, Samples

STEP_S = 0.025
"""Length of a mouth shape."""
CLOSED, SHAPES = "-", "aeiou"
"""A mouth that is shut, and the shapes of an open one."""
STEP = round(RATE * STEP_S)
MOST_BYTES = 40_000_000
_NAME = re.compile(r"[0-9a-f]{32}")


class SpokenFile(msgspec.Struct, frozen=True):
    """What the file holds, as MessagePack.

    Attributes:
        pcm: 16-bit samples, one channel, 48 kHz: `STEP` of them for each mouth shape.
        mouths: "a", "e", "i", "o", "u" or "-" (closed), one sign each 25 ms.
    """

    pcm: bytes
    mouths: str

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.mouths) * STEP / RATE

    def samples(self) -> Samples:
        """(n, 2) float32, the same on both sides."""
        mono = np.frombuffer(self.pcm, "<i2").astype(np.float32) / np.float32(32_768)
        return np.ascontiguousarray(np.repeat(mono[:, None], CHANNELS, axis=1))


def spoken_folder() -> Path:
    """Where they lie; it need not exist."""
    return data_dir() / "voice" / "said"


def read_spoken(name: str) -> SpokenFile | None:
    """One by its name; None where there is none, or none that is whole."""
    if not _NAME.fullmatch(name):
        return None
    path = spoken_folder() / name
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        made = msgspec.msgpack.decode(path.read_bytes(), type=SpokenFile)
    except (OSError, msgspec.DecodeError):
        return None
    return made if len(made.pcm) == len(made.mouths) * STEP * 2 else None
